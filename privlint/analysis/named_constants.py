"""Constants that modules give a name: `KEY = "email"`, read as `KEY` there and where it is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir

if TYPE_CHECKING:
    from privlint.analysis.program import Program


class NamedConstants:
    """By the custom of names in capitals; what is bound twice, or declared as personal data, stays a variable."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._memo: dict[tuple[str, str, str], str | int | None] = {}

    def put_in(self, unit: str, code: list[ir.AnyInstr]) -> list[ir.AnyInstr]:
        """`code` with such names replaced by what they stand for."""
        changed: dict[int, ir.AnyInstr] = {}
        for position, instr in enumerate(code):
            if isinstance(instr, ir.Global) and instr.name.isupper():
                value = self._value(unit, instr.name)
                if value is not None:
                    changed[position] = ir.Const(instr.at, value)
        return [changed.get(position, instr) for position, instr in enumerate(code)] if changed else code

    def _value(self, unit: str, name: str) -> str | int | None:
        module, _, rest = unit.partition(":")
        key = (module, rest.partition("#")[0], name)
        if key not in self._memo:
            self._memo[key] = self._find(*key)
        return self._memo[key]

    def _find(self, module: str, scope: str, name: str) -> str | int | None:
        symbol = self._program.resolve(module, name, scope)
        if symbol is None or symbol.kind != "variable" or symbol.name in self._program.declarations.variables:
            return None
        home, _, variable = symbol.name.partition(":")
        index = self._program.modules[home].index
        bound = [field for field in index.fields if field.where == "module" and field.name == variable]
        if len(bound) != 1 or variable in index.globals_written or bound[0].value is None:
            return None
        value = bound[0].value.value
        return value if isinstance(value, str | int) and not isinstance(value, bool) else None
