"""Constants that modules give a name: `KEY = "email"`, read as `KEY` there or where it is imported, or as `m.KEY`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir

if TYPE_CHECKING:
    from privlint.analysis.program import Program
    from privlint.analysis.symbols import Symbol

Constant = str | int | None

_NAMES: dict[type, str] = {ir.Global: "name", ir.Imported: "name", ir.Load: "attr"}
"""What reads a name, and the field that says which."""


class NamedConstants:
    """By the custom of names in capitals; what is bound twice, or declared as personal data, stays a variable."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._memo: dict[tuple[str, str, str, int], Constant] = {}

    def put_in(self, unit: str, code: list[ir.AnyInstr]) -> list[ir.AnyInstr]:
        """`code` with such names replaced by what they stand for."""
        changed: dict[int, ir.AnyInstr] = {}
        for position, instr in enumerate(code):
            name = getattr(instr, _NAMES[type(instr)]) if type(instr) in _NAMES else ""
            if name.isupper():
                value = self._value(unit, *_named(code, instr))
                if value is not None:
                    changed[position] = ir.Const(instr.at, value)
        return [changed.get(position, instr) for position, instr in enumerate(code)] if changed else code

    def _value(self, unit: str, origin: str, name: str, level: int) -> Constant:
        module, _, rest = unit.partition(":")
        scope = rest.partition("#")[0]
        key = (module, "" if level >= 0 else scope, f"{origin}.{name}", level)
        if key not in self._memo:
            if level >= 0:
                symbol = self._program.imported(module, origin, name, level)
            else:
                symbol = self._program.resolve(module, f"{origin}.{name}" if origin else name, scope)
            self._memo[key] = self._constant(symbol, through_module=bool(origin) and level < 0)
        return self._memo[key]

    def _constant(self, symbol: Symbol | None, *, through_module: bool) -> Constant:
        if symbol is None or symbol.kind != "variable" or symbol.name in self._program.declarations.variables:
            return None
        home, _, variable = symbol.name.partition(":")
        fields = self._program.modules[home].index.fields
        bound = [field for field in fields if field.where == "module" and field.name == variable]
        written = variable in self._program.modules[home].index.globals_written
        if len(bound) != 1 or bound[0].value is None or written:
            return None
        if through_module and self._is_set(home, variable):
            return None
        value = bound[0].value.value
        return value if isinstance(value, str | int) and not isinstance(value, bool) else None

    def _is_set(self, module: str, variable: str) -> bool:
        """Whether others give it another value: `settings.LEVEL = 2`. (An imported name keeps what it was.)"""
        last = module.rpartition(".")[2]
        return any(use.receiver.rpartition(".")[2] == last for _, use in self._program.lookups.storing(variable))


def _named(code: list[ir.AnyInstr], instr: ir.AnyInstr) -> tuple[str, str, int]:
    """(module or name it is read from, name, level of the import or -1) of an instruction that reads a name."""
    if isinstance(instr, ir.Global):
        return "", instr.name, -1
    if isinstance(instr, ir.Imported):
        return instr.module, instr.name, instr.level
    base = code[instr.base] if isinstance(instr, ir.Load) else None
    return (base.name, instr.attr, -1) if isinstance(base, ir.Global) and isinstance(instr, ir.Load) else ("", "", -1)
