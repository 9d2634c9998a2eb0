"""Methods of classes that are defined inside of functions: they are bodies of the unit that the function is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from privlint.analysis.code import Code, Lowered
    from privlint.analysis.program import Function, Program


class LocalMethods:
    def __init__(self, program: Program, units: Lowered) -> None:
        self._program = program
        self._units = units
        self._by_module: dict[str, list[Function]] | None = None
        self._bodies: dict[str, dict[int, Function]] = {}

    def place(self, function: Function) -> tuple[str, int] | None:
        """The unit and the number of the body that a method is; None if it is no such method."""
        if not function.owner or not function.definition.parent:
            return None
        unit = self._program.unit_of(function.id)
        return next(((unit, body) for body, method in self._methods(unit).items() if method is function), None)

    def method(self, code: Code) -> Function | None:
        """The method that a body is."""
        if not code.body or "." not in code.record.name:
            return None
        return self._methods(code.unit).get(code.body)

    def _methods(self, unit: str) -> dict[int, Function]:
        found = self._bodies.get(unit)
        if found is None:
            module = unit.partition(":")[0]
            own = [f for f in self._of_module(module) if self._program.unit_of(f.id) == unit]
            found = self._bodies[unit] = {}
            for number, body in enumerate(self._units.unit(unit).bodies if own else ()):
                named = [f for f in own if "." in body.name and f.definition.qualname.endswith(f".{body.name}")]
                if named:
                    found[number] = named[0]
                    own.remove(named[0])
        return found

    def _of_module(self, module: str) -> list[Function]:
        if self._by_module is None:
            self._by_module = {}
            for function in self._program.functions.values():
                if function.owner and function.definition.parent:
                    self._by_module.setdefault(function.module, []).append(function)
        return self._by_module.get(module, [])
