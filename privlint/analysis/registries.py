"""Functions that are called by their names: `get_action("user_show")(...)`, where `get_action` gives what a table holds
under its argument. Which functions are in the table, the loop that fills it need not tell: they have that name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.bounds import MAX_UNIQUE_METHODS

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.types import TypeQuery


class Registries:
    def __init__(self, query: TypeQuery) -> None:
        self._query = query
        self._program = query.program
        self._named: dict[str, list[str]] | None = None
        self._keys: dict[str, int] = {}
        self._scopes: dict[str, tuple[str, ...]] = {}

    def functions(self, code: Code, call: ir.Call, unit: str) -> list[str]:
        """Functions of the program that calling `unit` gives, if it looks them up by a constant name."""
        for number, arg in enumerate(call.args):
            made = code.code[arg.value] if arg.value >= 0 and not arg.name else None
            name = made.value if isinstance(made, ir.Const) else None
            if isinstance(name, str) and self._by_name(name) and self._key(unit) == number:
                return self._registered(unit, name)
        return []

    def is_sure(self, function: str) -> bool:
        """Whether no other function has its name."""
        return len(self._by_name(self._program.functions[function].name)) == 1

    def _registered(self, unit: str, name: str) -> list[str]:
        """Those of a package that the look-up names, or else of its own module; all of that name, if none is there."""
        functions = self._program.functions
        found = self._by_name(name)
        packages = self._scopes[unit]
        near = [f for f in found if functions[f].module.rpartition(".")[0] in packages]
        near = near or [f for f in found if functions[f].module == functions[unit].module]
        found = near or found
        return found if len(found) <= MAX_UNIQUE_METHODS else []

    def _by_name(self, name: str) -> list[str]:
        if self._named is None:
            self._named = {}
            for unit, function in sorted(self._program.functions.items()):
                if not function.owner and not function.definition.parent:
                    self._named.setdefault(function.name, []).append(unit)
        return self._named.get(name, [])

    def _key(self, unit: str) -> int:
        """The parameter by which a function looks up what it returns; -1 if it is no such function."""
        found = self._keys.get(unit)
        if found is None:
            function = self._program.functions.get(unit)
            plain = function is not None and not function.owner and not function.definition.parent
            found = self._keys[unit] = self._looked_up(unit) if plain else -1
        return found

    def _looked_up(self, unit: str) -> int:
        code = self._query.units.code(unit)
        self._scopes[unit] = tuple(
            i.value for i in code.code if isinstance(i, ir.Const) and isinstance(i.value, str) and "." in i.value
        )
        keys = {_key_of(code, i.value) for i in code.code if isinstance(i, ir.Return)} - {-1}
        return keys.pop() if len(keys) == 1 else -1


def _key_of(code: Code, value: int) -> int:
    """The parameter that is the key of a look-up in a module's variable: `TABLE[name]`, `TABLE.get(name)`."""
    instr = code.code[value] if value >= 0 else None
    if isinstance(instr, ir.Join):
        return max((_key_of(code, each) for each in instr.values if each < value), default=-1)
    base = key = -1
    if isinstance(instr, ir.Item):
        base, key = instr.base, instr.key
    elif isinstance(instr, ir.Call) and instr.args:
        func = code.code[instr.func]
        if isinstance(func, ir.Load) and func.attr == "get":
            base, key = func.base, instr.args[0].value
    if base < 0 or key < 0:
        return -1
    table, made = code.code[code.original(base)], code.code[code.original(key)]
    is_variable = isinstance(table, ir.Global | ir.Imported)
    return made.index if is_variable and isinstance(made, ir.Param) else -1
