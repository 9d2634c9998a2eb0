"""The data items of a program, numbered as bits of a mask: declared fields, and classes whose instances hold them."""

from __future__ import annotations

from privlint.analysis.flow import Declaration
from privlint.analysis.masks import Lanes
from privlint.analysis.program import Program


class Items:
    """`lanes` for masks; `fields` are the declarations, `carriers` the class ids behind them in bit order."""

    def __init__(self, program: Program, variables: list[Declaration]) -> None:
        """`variables` are declarations of local variables, which only lowered bodies know."""
        declared = program.declarations
        self.fields: list[Declaration] = [*declared.all, *variables]
        owners = {owner for owner, _ in declared.fields}
        related = sorted(c for c in program.classes if owners & set(program.classes[c].mro))
        self.carriers: list[str] = related
        self.lanes = Lanes(len(self.fields), len(related))
        self._carrier = {name: len(self.fields) + i for i, name in enumerate(related)}
        self._held: dict[str, dict[str, int]] = {}
        for (owner, name), item in sorted(declared.fields.items()):
            self._held.setdefault(owner, {})[name] = item

    def carrier(self, class_id: str) -> int:
        """The item of instances of a class; -1 if it declares nothing."""
        return self._carrier.get(class_id, -1)

    def held(self, class_id: str) -> dict[str, int]:
        """Declared attributes of a class, inherited ones included, with their items."""
        return self._held.get(class_id, {})

    def class_of(self, item: int) -> str:
        """The class of a carrier item, "" for a field."""
        return self.carriers[item - len(self.fields)] if item >= len(self.fields) else ""

    def disclosed(self, item: int) -> list[int]:
        """Fields that an item discloses when all of it leaves."""
        owner = self.class_of(item)
        return sorted(self.held(owner).values()) if owner else [item]
