"""Structural types: classes of the program that have what a `Protocol` asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.analysis.bounds import MAX_IMPLEMENTERS

if TYPE_CHECKING:
    from privlint.analysis.program import Program

_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})


def is_protocol(program: Program, class_id: str) -> bool:
    record = program.classes.get(class_id)
    return record is not None and not _PROTOCOLS.isdisjoint(record.mro)


class Protocols:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._having: dict[str, list[str]] | None = None
        self._found: dict[str, tuple[str, ...]] = {}

    def methods(self, class_id: str, name: str) -> list[str]:
        """What implements method `name` of a protocol: function ids, sorted; none if too many classes fit it."""
        if not is_protocol(self._program, class_id):
            return []
        found = (self._program.find(owner, name) for owner in self.implementers(class_id))
        return sorted({member.function for member in found if member is not None and member.function})

    def implementers(self, class_id: str) -> tuple[str, ...]:
        """Classes that have every member of a protocol without inheriting from it."""
        found = self._found.get(class_id)
        if found is None:
            found = self._found[class_id] = self._find(class_id)
        return found

    def _find(self, class_id: str) -> tuple[str, ...]:
        record = self._program.classes[class_id]
        asked = sorted({*record.methods, *record.fields})
        if not asked:
            return ()
        rarest = min(asked, key=lambda name: (len(self._classes_with(name)), name))
        fit: dict[str, None] = {}
        for first in self._classes_with(rarest):
            for owner in (first, *self._program.heirs(first)):
                known = self._program.classes[owner]
                if class_id in known.mro or not _PROTOCOLS.isdisjoint(known.mro):
                    continue
                if all(self._program.find(owner, name) is not None for name in asked):
                    fit[owner] = None
        return tuple(sorted(fit)) if len(fit) <= MAX_IMPLEMENTERS else ()

    def _classes_with(self, name: str) -> list[str]:
        if self._having is None:
            self._having = {}
            for owner in sorted(self._program.classes):
                record = self._program.classes[owner]
                for member in {**record.methods, **record.fields}:
                    self._having.setdefault(member, []).append(owner)
        return self._having.get(name, [])
