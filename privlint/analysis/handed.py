"""Objects with declared fields that stand under a name: what a library's module hands out (the user of the request),
and module variables whose annotation names the class."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.paths import Path
from privlint.analysis.solver import Solver


class Handed:
    """`names` are those that a body can read, by module."""

    def __init__(self, solver: Solver) -> None:
        self._s = solver
        self._program = solver.program
        self.names: dict[str, set[str]] = {}
        self._from_libraries()
        self._annotated()

    def _from_libraries(self) -> None:
        models = self._s.query.models.attributes
        typed = {name for (_, name), model in models.items() if model.type}
        for module in self._program.modules.values():
            for item in module.index.imports:
                if item.name in typed and self._carries(module.name, item.bound, item.scope):
                    self.names.setdefault(module.name, set()).add(item.bound)

    def _annotated(self) -> None:
        annotations = self._s.query.annotations
        for module in self._program.modules.values():
            for field in module.index.fields:
                if field.where == "module" and field.annotation is not None:
                    types = annotations.types(module.name, "", field.annotation)
                    if any(self._s.carried(term) for term in types):
                        self._importers(module.name, field.name)

    def _importers(self, module: str, name: str) -> None:
        for unit in self._program.global_readers(module, name):
            reader = unit.partition("#")[0].partition(":")[0]
            bound = (i.bound for i in self._program.modules[reader].index.imports if i.name == name)
            self.names.setdefault(reader, set()).update((name, *bound))

    def _carries(self, module: str, name: str, scope: str) -> bool:
        symbol = self._program.resolve(module, name, scope)
        if symbol is None or symbol.kind != "external":
            return False
        return any(self._s.carried(term) for term in self._s.query.symbol(symbol))

    def units(self) -> set[str]:
        """Units that read one of the names."""
        found: set[str] = set()
        for module, names in self.names.items():
            for name in names:
                found.update(self._program.lookups.mentioning(module, name))
        return found

    def items(self, code: Code, position: int) -> list[tuple[int, Path]]:
        """(item, path to it) of the objects that the name read at `position` stands for."""
        instr = code.code[position]
        name = instr.name if isinstance(instr, ir.Global | ir.Imported) else ""
        module = code.unit.partition("#")[0].partition(":")[0]
        if name not in self.names.get(module, ()):
            return []
        return [found for term in self._s.query.of(code, position) for found in self._s.carried(term)]
