"""Units of the version of a file that an earlier run saw: what has the same text need not be parsed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from privlint.analysis.symbols import Module
from privlint.analysis.units import UnitTable
from privlint.engine.sources import decode
from privlint.ir import Place, UnitIR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from privlint.analysis.symbols import UnitSpan
    from privlint.cache import Records
    from privlint.cache.records import Located
    from privlint.engine.sources import Sources
    from privlint.ir import ModuleIndex


class Earlier:
    """`files` are the content hashes of that run, by path."""

    def __init__(self, files: Mapping[str, bytes], sources: Sources, records: Records) -> None:
        self._files = files
        self._sources = sources
        self._records = records
        self._units: dict[str, dict[str, bytes]] = {}
        self._spans: dict[str, dict[str, UnitSpan]] = {}

    def unit(self, span: UnitSpan) -> bytes | None:
        """The encoded unit, if it was lowered from the text that it has now."""
        content = self._content(span.path)
        if content is None:
            return None
        if span.path not in self._units:
            self._units[span.path] = self._records.load_units(content)
        encoded = self._units[span.path].get(unit_key(span))
        lowered = self._decode(encoded) if encoded is not None else None
        same = lowered is not None and not lowered.problems and lowered.digest == self._digest(span)
        return encoded if same else None

    def places(self, span: UnitSpan) -> dict[int, Located]:
        """The places that are known of such a unit, on the lines where it stands now."""
        from privlint.frontend.chunks import own_lines

        content = self._content(span.path)
        was = self._earlier_spans(span.path, content).get(unit_key(span)) if content is not None else None
        if content is None or was is None or self.unit(span) is None:
            return {}
        known = self._records.load_places(content).get(unit_key(span), {})
        lines = (own_lines(each.first_line, each.last_line, each.spans) for each in (was, span))
        now = dict(zip(*lines, strict=True))
        moved = {ordinal: (_move(place, now), text) for ordinal, (place, text) in known.items()}
        return {ordinal: (place, text) for ordinal, (place, text) in moved.items() if place is not None}

    def _content(self, path: str) -> bytes | None:
        content = self._files.get(path)
        return None if content == self._sources.hashes.get(path) else content

    def _decode(self, encoded: bytes) -> UnitIR | None:
        try:
            return self._records.decode_unit(encoded)
        except msgspec.MsgspecError:
            return None

    def _digest(self, span: UnitSpan) -> bytes:
        from privlint.frontend.chunks import cut, lines_of

        lines = lines_of(decode(self._sources.content(span.path)))
        if not isinstance(lines, list):
            return b""
        return cut(lines, span.first_line, span.last_line, span.kind, span.spans).digest

    def _earlier_spans(self, path: str, content: bytes) -> dict[str, UnitSpan]:
        if path not in self._spans:
            index = self._records.load_indexes([content]).get(content)
            self._spans[path] = spans_of(index) if index is not None else {}
        return self._spans[path]


def unit_key(span: UnitSpan) -> str:
    """Names a unit within its file."""
    return f"{span.kind}:{span.qualname}#{span.ordinal}"


def spans_of(index: ModuleIndex) -> dict[str, UnitSpan]:
    """The units of a file by their keys."""
    table = UnitTable(Module("", "", index, is_package=False, root=""))
    return {unit_key(span): span for span in map(table.span, table.all())}


def _move(place: Place, now: Mapping[int, int]) -> Place | None:
    line, end_line = now.get(place.line), now.get(place.end_line)
    return None if line is None or end_line is None else Place(line, place.column, end_line, place.end_column)
