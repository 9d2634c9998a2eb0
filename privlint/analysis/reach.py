"""Which modules import which, directly and not."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from privlint.analysis.program import Program

_MAX_HOMES = 3  # more modules than this with one name, and a string of that name tells nothing


class Reach:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._reach: dict[str, frozenset[str]] = {}
        self._around: dict[str, int] = {}

    @cached_property
    def imports(self) -> dict[str, tuple[str, ...]]:
        """Modules of the program that each module imports by name, sorted."""
        return {name: tuple(sorted(self._direct(name))) for name in self._program.modules}

    @cached_property
    def links(self) -> dict[str, tuple[str, ...]]:
        """As `imports`, with modules that are named by a string: `get_class("basket.forms", "BasketForm")`."""
        named = self._named_by_strings()
        return {name: tuple(sorted({*targets, *named[name]})) for name, targets in self.imports.items()}

    @cached_property
    def linked_from(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {name: [] for name in self._program.modules}
        for name, targets in self.links.items():
            for target in targets:
                found[target].append(name)
        return {name: tuple(sources) for name, sources in found.items()}

    def _named_by_strings(self) -> dict[str, set[str]]:
        """Modules whose dotted name ends with a string, or that define a class of that name, where these are few."""
        homes: dict[str, set[str]] = {}
        for name in self._program.modules:
            parts = name.split(".")
            for start in range(len(parts) - 1):
                homes.setdefault(".".join(parts[start:]), set()).add(name)
        for class_id, record in self._program.classes.items():
            last = class_id.rpartition(".")[2]
            if last[:1].isupper():
                homes.setdefault(last, set()).add(record.module)
        few = {text: modules for text, modules in homes.items() if len(modules) <= _MAX_HOMES}
        found = {}
        for name, module in self._program.modules.items():
            texts = few.keys() & module.index.strings
            found[name] = {home for text in texts for home in few[text] if home != name}
        return found

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

    @cached_property
    def bits(self) -> dict[str, int]:
        """One bit for each module: the sets of modules are as many as modules, and nearly as large."""
        return {name: 1 << number for number, name in enumerate(self._program.modules)}

    def around(self, module: str) -> int:
        """Modules (as `bits`) that objects of a module can plausibly come to: those that reach it, those it reaches,
        and those that are imported together with it."""
        found = self._around.get(module)
        if found is None:
            beside = {other for source in self.linked_from[module] for other in self.links[source]}
            near = _closure(module, self.linked_from) | _closure(module, self.links) | beside
            found = self._around[module] = sum(self.bits[name] for name in near)
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
