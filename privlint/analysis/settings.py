"""What a program assigns to the settings of a library: attributes of its modules, environment variables."""

from __future__ import annotations

from collections.abc import Iterator

from privlint import ir
from privlint.analysis.arguments import argument_value
from privlint.analysis.code import Code
from privlint.analysis.makers import Place
from privlint.analysis.types import TypeQuery
from privlint.knowledge.ports import PathElement

_ENVIRONMENT = "os.environ"
_EXPORTING = frozenset({"os.environ.setdefault", "os.putenv"})


class Settings:
    def __init__(self, query: TypeQuery) -> None:
        self._query = query
        self._program = query.program
        self._assigned: dict[str, list[Place]] = {}
        self._exported: dict[str, list[Place]] = {}

    def assigned(self, name: str) -> list[Place]:
        """Values that the program assigns to attribute `name` (dotted) of a module or class of a library."""
        found = self._assigned.get(name)
        if found is None:
            owner, _, attr = name.rpartition(".")
            units = sorted(
                {
                    self._program.unit_at(self._program.modules[module].path, use.line)
                    for module, use in self._program.lookups.storing(attr)
                    if self._names(module, use, owner)
                }
            )
            found = self._assigned[name] = [
                (code, instr.value)
                for code in self._codes(units)
                for instr in code.code
                if isinstance(instr, ir.Store) and instr.attr == attr and self._is(code, instr.base, owner)
            ]
        return found

    def _names(self, module: str, use: ir.AttributeUse, owner: str) -> bool:
        """Whether the receiver of a store may be the thing of the library called `owner`, or what calling it gives."""
        symbol = self._program.resolve(module, use.receiver.removesuffix("()"), use.unit)
        if symbol is not None and symbol.kind == "external":
            return symbol.name == owner
        return use.receiver.isidentifier() and self._imports(module, owner.partition(".")[0])

    def _imports(self, module: str, package: str) -> bool:
        index = self._program.modules[module].index
        return any(one.module.partition(".")[0] == package for one in index.imports)

    def _is(self, code: Code, value: int, name: str) -> bool:
        return any(term.kind in ("ext", "obj") and term.name == name for term in self._query.of(code, value))

    def _codes(self, units: list[str]) -> Iterator[Code]:
        self._query.units.prepare(units)
        for unit in units:
            yield from self._query.units.codes(unit)

    # -------------------------------------------------------------------------------------------------- environment

    def exported(self, variable: str) -> list[Place]:
        """Values that the program gives an environment variable: `os.environ[variable] = value`."""
        found = self._exported.get(variable)
        if found is None:
            self._program.lookups.note(variable, "environ", "putenv")
            units = [
                self._program.unit_at(module.path, line)
                for module in self._program.modules.values()
                if variable in module.index.strings
                for line in _environment_lines(module.index)
            ]
            found = self._exported[variable] = [
                (code, value)
                for code in self._codes(sorted(set(units)))
                for instr in code.code
                for key, value in self._export(code, instr)
                if value >= 0 and key >= 0 and _is_text(code, key, variable)
            ]
        return found

    def _export(self, code: Code, instr: ir.AnyInstr) -> Iterator[tuple[int, int]]:
        """(name, value) of a variable that an instruction sets."""
        if isinstance(instr, ir.StoreItem):
            if self._is(code, instr.base, _ENVIRONMENT):
                yield instr.key, instr.value
        elif isinstance(instr, ir.Call) and any(self._is(code, instr.func, name) for name in _EXPORTING):
            yield argument_value(instr, (), "0"), argument_value(instr, (), "1")


def _environment_lines(index: ir.ModuleIndex) -> Iterator[int]:
    """Lines that may set an environment variable."""
    for use in index.attributes:
        if use.name == "environ":
            yield use.line
    for call in index.calls:
        if call.callee == "putenv" or call.receiver.rpartition(".")[2] == "environ":
            yield call.line
    if any(one.name == "environ" for one in index.imports):
        yield from (function.def_line for function in index.functions)
        yield 1


def _is_text(code: Code, value: int, text: str) -> bool:
    instr = code.code[value]
    return isinstance(instr, ir.Const) and instr.value == text


def stored(code: Code, instr: ir.Store | ir.StoreItem, path: tuple[PathElement, ...]) -> int:
    """The value that a store writes to `path` of its object (`conf.variables["site"] = value` writes into what it was
    loaded from), -1 if it writes something else."""
    if not path or not _writes(code, instr, path[0]):
        return -1
    if len(path) == 1:
        return instr.value
    inner = code.code[instr.value] if instr.value >= 0 else None
    return stored(code, inner, path[1:]) if isinstance(inner, ir.Store | ir.StoreItem) else -1


def _writes(code: Code, instr: ir.Store | ir.StoreItem, element: PathElement) -> bool:
    if isinstance(instr, ir.Store):
        return element == f".{instr.attr}"
    key = code.code[instr.key]
    return isinstance(key, ir.Const) and element == ("k", key.value)
