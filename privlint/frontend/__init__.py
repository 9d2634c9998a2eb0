"""Python in, IR out. LibCST is imported by the first unit that is lowered, not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from privlint.ir import Place, UnitIR


def lower_unit(
    source: str | bytes,
    first_line: int,
    last_line: int,
    kind: str,
    qualname: str,
    ordinal: int,
    spans: Sequence[tuple[int, int]],
) -> UnitIR:
    """The IR of one unit of `source`: see `privlint.frontend.lower`. It never raises; problems stand in the result."""
    from privlint.frontend.lower import lower_unit as lower

    return lower(source, first_line, last_line, kind, qualname, ordinal, spans)


def locate(
    source: str | bytes,
    first_line: int,
    last_line: int,
    kind: str,
    qualname: str,
    ordinal: int,
    spans: Sequence[tuple[int, int]],
    ordinals: Iterable[int],
) -> dict[int, tuple[Place, str]]:
    """Places in the file, and texts with white space normalised, of syntax nodes by their ordinal in the unit."""
    from privlint.frontend.lower import locate as find

    return find(source, first_line, last_line, kind, qualname, ordinal, spans, ordinals)
