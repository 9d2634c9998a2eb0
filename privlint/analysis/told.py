"""What the declaration of an attribute tells by itself: no fact needs to carry it from the write to the reads."""

from __future__ import annotations

from privlint.analysis.paths import Path
from privlint.analysis.solver import Solver


def untold(s: Solver, owner: str, name: str, path: Path, mask: int) -> int:
    """What of `mask`, written below attribute `name` of a row, is more than the object that a relation is declared to
    give: that one begins at each read of the relation, whoever wrote it."""
    carriers = mask & s.lanes.carriers
    if not carriers or not any(model.stores for model in s.query.members.library.class_models(owner)):
        return mask
    given = {item for item, inner in _declared(s, owner, name) if inner == path}
    for item, lane in s.lanes.items(carriers) if given else ():
        if item in given:
            mask &= ~s.lanes.of(item, lane)
    return mask


def _declared(s: Solver, owner: str, name: str) -> list[tuple[int, Path]]:
    """Objects with declared fields that the declaration of an attribute names, on the class or one above it."""
    for above in s.query.members.library.line(owner):
        if above in s.program.classes and (types := s.query.members.declared_field(above, name)):
            return [found for term in types for found in s.carried(term)]
    return []
