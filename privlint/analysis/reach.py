"""Which modules import which, directly and not."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from privlint.analysis.program import Program


class Reach:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._reach: dict[str, frozenset[str]] = {}
        self._around: dict[str, frozenset[str]] = {}

    @cached_property
    def imports(self) -> dict[str, tuple[str, ...]]:
        """Modules of the program that each module imports by name, sorted."""
        return {name: tuple(sorted(self._direct(name))) for name in self._program.modules}

    @cached_property
    def importers(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {name: [] for name in self._program.modules}
        for name, targets in self.imports.items():
            for target in targets:
                found[target].append(name)
        return {name: tuple(sources) for name, sources in found.items()}

    def _direct(self, module: str) -> set[str]:
        names = self._program.names
        found = set()
        for item in self._program.modules[module].index.imports:
            base = names.module_symbol(module, item.module, item.level)
            if base.kind != "module":
                continue
            found.add(base.name)
            inner = names.submodule(base.name, item.name) if item.name and item.bound != "*" else None
            if inner is not None:
                found.add(inner.name)
        return {name for name in found if name in self._program.modules and name != module}

    def reach(self, module: str) -> frozenset[str]:
        found = self._reach.get(module)
        if found is None:
            found = self._reach[module] = _closure(module, self.imports)
        return found

    def around(self, module: str) -> frozenset[str]:
        """Modules that objects of a module can plausibly come to: those that reach it, those it reaches, and those
        that are imported together with it."""
        found = self._around.get(module)
        if found is None:
            beside = {other for source in self.importers[module] for other in self.imports[source]}
            found = self._around[module] = _closure(module, self.importers) | self.reach(module) | beside
        return found


def _closure(start: str, edges: dict[str, tuple[str, ...]]) -> frozenset[str]:
    seen = {start}
    queue = [start]
    while queue:
        for target in edges[queue.pop()]:
            if target not in seen:
                seen.add(target)
                queue.append(target)
    return frozenset(seen)
