"""Functions that are called by their names: `get_action("user_show")(...)`, where `get_action` gives what a table holds
under its argument. Which functions are in the table, the loop that fills it need not tell: they have that name."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.bounds import MAX_UNIQUE_METHODS, MIN_LOOK_UPS

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.symbols import Function
    from privlint.analysis.types import TypeQuery


class Registries:
    def __init__(self, query: TypeQuery) -> None:
        self._query = query
        self._program = query.program
        self._named: dict[str, list[str]] | None = None
        self._keys: dict[str, int] = {}
        self._scopes: dict[str, tuple[str, ...]] = {}
        self._texts: dict[str, list[str]] | None = None  # text that is a function's name -> modules that have it

    def functions(self, code: Code, call: ir.Call, unit: str) -> list[str]:
        """Functions of the program that calling `unit` gives, if it looks them up by a constant name."""
        for number, arg in enumerate(call.args):
            made = code.code[arg.value] if arg.value >= 0 and not arg.name else None
            name = made.value if isinstance(made, ir.Const) else None
            if isinstance(name, str) and self._by_name(name) and self._key(unit) == number:
                return self._registered(unit, name)
        return []

    def callers(self, unit: str) -> list[str]:
        """Units that may call a function by its name: their module has that text, and they call a look-up."""
        function = self._program.functions.get(unit)
        if function is None or function.owner or function.definition.parent:
            return []
        if not self._look_ups:
            return []
        lookups = self._program.lookups
        lookups.note(function.name)
        modules = set(self._modules_with(function.name))
        calling = {unit for name in sorted(self._look_ups) for unit in lookups.calling(name)} if modules else set()
        return sorted(u for u in calling if u.partition(":")[0] in modules and not u.endswith(":"))

    def _modules_with(self, name: str) -> list[str]:
        if self._texts is None:
            self._texts = {}
            for module in self._program.modules.values():
                for text in module.index.strings:
                    if self._by_name(text):
                        self._texts.setdefault(text, []).append(module.name)
        return self._texts.get(name, [])

    @cached_property
    def _look_ups(self) -> frozenset[str]:
        """Names of functions that look up others: they read a mapping of their module, and are called in many units of
        other modules."""
        found: set[str] = set()
        for unit, function in sorted(self._program.functions.items()):
            plain = not function.owner and not function.definition.parent and function.definition.params
            if plain and self._reads_mapping(function) and self._is_much_called(function.name):
                found.update({function.name} if self._key(unit) >= 0 else ())
        return frozenset(found)

    def _is_much_called(self, name: str) -> bool:
        sites = {(module, call.unit) for module, call in self._program.lookups.calls(name) if call.nargs > 0}
        return len(sites) >= MIN_LOOK_UPS

    def _reads_mapping(self, function: Function) -> bool:
        is_mentioned = self._program.lookups.is_mentioned
        tables = self._tables.get(function.module, ())
        return any(is_mentioned(function.module, function.definition.qualname, name) for name in tables)

    @cached_property
    def _tables(self) -> dict[str, list[str]]:
        """Variables that hold mappings, by module."""
        found: dict[str, list[str]] = {}
        for module in self._program.modules.values():
            for field in module.index.fields:
                if field.where == "module" and _is_mapping(field.value):
                    found.setdefault(module.name, []).append(field.name)
        self._program.lookups.note(*(name for names in found.values() for name in names))
        return found

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


def _is_mapping(value: ir.Expr | None) -> bool:
    called = value.args[0].text if value is not None and value.kind == "call" else ""
    return value is not None and (value.kind == "dict" or called.rpartition(".")[2].lower().endswith("dict"))


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
