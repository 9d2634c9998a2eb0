"""Where the units of a program stand, and which unit a line belongs to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from privlint.analysis.symbols import Module, UnitSpan, split_unit, unit_id
from privlint.ir import ClassDef, FunctionDef


class _Definition:
    """A function or class that is a unit of its own."""

    __slots__ = ("children", "definition", "kind")

    def __init__(self, kind: str, definition: FunctionDef | ClassDef) -> None:
        self.kind = kind
        self.definition = definition
        self.children: list[tuple[int, int]] = []


class UnitTable:
    """The units of one module. Definitions inside a function belong to its unit."""

    def __init__(self, module: Module) -> None:
        self._module = module
        index = module.index
        pairs = [("function", f) for f in index.functions] + [("class", c) for c in index.classes]
        inner = [found for found in pairs if _is_unit(found[1])]
        inner.sort(key=lambda pair: (pair[1].line, -pair[1].end_line, pair[1].qualname))
        self._units = [_Definition(kind, definition) for kind, definition in inner]
        self._by_name: dict[str, list[_Definition]] = {}
        self._top: list[tuple[int, int]] = []
        self._parents: list[int] = []
        self._link()
        self._starts = [unit.definition.line for unit in self._units]

    def _link(self) -> None:
        open_units: list[int] = []
        for number, unit in enumerate(self._units):
            definition = unit.definition
            self._by_name.setdefault(definition.qualname, []).append(unit)
            while open_units and self._units[open_units[-1]].definition.end_line < definition.line:
                open_units.pop()
            while open_units and not definition.qualname.startswith(self._name(open_units[-1]) + "."):
                open_units.pop()
            self._parents.append(open_units[-1] if open_units else -1)
            siblings = self._units[open_units[-1]].children if open_units else self._top
            siblings.append((definition.line, definition.end_line))
            open_units.append(number)

    def _name(self, number: int) -> str:
        return self._units[number].definition.qualname

    def ids(self, qualname: str, line: int = 0) -> list[str]:
        """Ids of the units called `qualname`: the one that holds `line` where several are, else all."""
        known = self._by_name.get(qualname, ())
        if len(known) > 1 and line:
            known = [u for u in known if u.definition.line <= line <= u.definition.end_line] or known
        if not known and not qualname:
            return [unit_id(self._module.name, "")]
        return [unit_id(self._module.name, qualname, unit.definition.ordinal) for unit in known]

    def at(self, line: int) -> str:
        """Id of the innermost unit that holds `line`."""
        number = bisect_right(self._starts, line) - 1
        while number >= 0 and self._units[number].definition.end_line < line:
            number = self._parents[number]
        if number < 0:
            return unit_id(self._module.name, "")
        definition = self._units[number].definition
        return unit_id(self._module.name, definition.qualname, definition.ordinal)

    def span(self, unit: str) -> UnitSpan:
        _, qualname, ordinal = split_unit(unit)
        path = self._module.path
        if not qualname:
            return UnitSpan(path, "module", 1, max(self._module.index.lines, 1), "", 0, tuple(self._top))
        for found in self._by_name.get(qualname, ()):
            definition = found.definition
            if definition.ordinal == ordinal:
                spans = tuple(found.children) if found.kind == "class" else ()
                return UnitSpan(path, found.kind, definition.line, definition.end_line, qualname, ordinal, spans)
        raise KeyError(unit)

    def all(self) -> list[str]:
        """Ids of all units, the module body first, then in source order."""
        definitions = [unit.definition for unit in self._units]
        return [
            unit_id(self._module.name, ""),
            *(unit_id(self._module.name, definition.qualname, definition.ordinal) for definition in definitions),
        ]


class Units:
    """The unit tables of all modules, made when they are asked for."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules
        self._tables: dict[str, UnitTable] = {}

    def table(self, module: str) -> UnitTable:
        found = self._tables.get(module)
        if found is None:
            found = self._tables[module] = UnitTable(self._modules[module])
        return found


def _is_unit(definition: FunctionDef | ClassDef) -> bool:
    return not definition.parent
