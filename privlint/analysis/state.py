"""What methods that nobody in the program calls leave in `self`, for other methods of the object to find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.paths import Path
from privlint.analysis.terms import obj

if TYPE_CHECKING:
    from privlint.analysis.program import Function
    from privlint.analysis.solver import Solver


class State:
    """Frameworks make the objects and call the methods, so no caller connects them. The attribute of a class does;
    objects that the program itself makes and hands on are followed as values, and stay apart."""

    def __init__(self, solver: Solver) -> None:
        self._s = solver
        self._open: dict[tuple[str, str], bool] = {}

    def owner(self, code: Code) -> str:
        """The class whose instance is the first parameter of the body; "" if it is no method of one."""
        function = self._method(code.unit) if not code.body else None
        return function.owner if function is not None else ""

    def _method(self, unit: str) -> Function | None:
        function = self._s.program.functions.get(unit)
        if function is None or not function.owner or function.definition.parent:
            return None
        members = self._s.query.members
        return None if members.kinds.is_static(function) or members.kinds.is_class_method(function) else function

    def is_kept(self, owner: str, path: Path) -> bool:
        """Not so for what is written into an object of a library (the request of a view): that is its own affair."""
        if len(path) < 2:
            return True
        types = self._s.query.members.attribute((obj(owner),), str(path[0])[1:])
        return not types or any(t.kind != "obj" or t.name in self._s.program.classes or t.args for t in types)

    def readers(self, owner: str, attribute: str) -> list[tuple[Code, int]]:
        """`self` of the methods of `owner`, its ancestors and its heirs that read the attribute, where the object is
        not one that a caller brings."""
        found = []
        methods = [
            unit
            for unit in self._s.program.readers(owner, attribute)
            if (method := self._method(unit)) is not None and self._are_related(method.owner, owner)
        ]
        self._s.units.prepare(methods)
        for unit in methods:
            code = self._s.units.code(unit)
            value = self._s.param(code, 0)
            if value >= 0 and self._is_open(code, owner, frozenset()):
                found.append((code, value))
        return found

    def _are_related(self, one: str, other: str) -> bool:
        program = self._s.program
        return program.is_subclass(one, other) or program.is_subclass(other, one)

    def _is_open(self, code: Code, owner: str, seen: frozenset[str]) -> bool:
        """Whether a framework calls a method, or nothing of the program does, or only methods of that kind, on the same
        object."""
        key = (code.unit, owner)
        known = self._open.get(key)
        if known is not None:
            return known
        if self._s.called_by_all(code) or self._s.query.members.kinds.is_entry(self._s.program.functions[code.unit]):
            return True
        sites = self._s.sites.of(code, guessed=False)
        found = not sites or any(
            self._passes_self(caller, target.receiver, owner)
            and caller.unit not in seen
            and self._is_open(caller, owner, seen | {code.unit})
            for caller, _, target in list(sites)
        )
        if not seen:
            self._open[key] = found
        return found

    def _passes_self(self, caller: Code, receiver: int, owner: str) -> bool:
        method = self._method(caller.unit) if not caller.body and receiver >= 0 else None
        if method is None or not self._are_related(method.owner, owner):
            return False
        first = caller.code[caller.original(receiver)]
        return isinstance(first, ir.Param) and first.index == 0
