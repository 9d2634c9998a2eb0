"""Units for the analysis, by id: from the cache, from workers where many are asked for, else lowered here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from privlint.deep import with_room
from privlint.engine.earlier import unit_key
from privlint.engine.sources import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from privlint.analysis.program import Program, UnitSpan
    from privlint.cache.records import Located, Records
    from privlint.engine.earlier import Earlier
    from privlint.engine.progress import Progress
    from privlint.engine.sources import Sources
    from privlint.engine.workers import Workers
    from privlint.ir import UnitIR

# Below this many lines of units, handing them to processes takes longer than they save; below the second, starting
# processes does.
PARALLEL_LINES = 6_000
STARTING_LINES = 30_000


class Lowering:
    """`lower` and `locate` as the analysis wants them. `keep` writes to the cache what this run made."""

    def __init__(
        self,
        program: Program,
        sources: Sources,
        records: Records,
        workers: Workers,
        progress: Progress,
        earlier: Earlier,
    ) -> None:
        self._program = program
        self._sources = sources
        self._records = records
        self._workers = workers
        self._progress = progress
        self._earlier = earlier
        self._digests: dict[str, bytes] = {}  # of the units that were asked for
        self._units: dict[str, dict[str, bytes]] = {}  # path -> key of the unit -> encoded
        self._places: dict[str, dict[str, dict[int, Located]]] = {}
        self._changed: set[str] = set()
        self._located: set[str] = set()

    def lower(self, units: Sequence[str]) -> list[UnitIR]:
        """The units in the order of their ids."""
        spans = {unit: self._program.unit_span(unit) for unit in units}
        found: dict[str, UnitIR] = {}
        missing: dict[str, dict[str, UnitSpan]] = {}
        for unit, span in spans.items():
            lowered = self._decode(self._encoded(span))
            if lowered is None:
                missing.setdefault(span.path, {})[unit] = span
            else:
                found[unit] = lowered
        found.update(self._lower_missing(missing))
        self._digests.update((unit, lowered.digest) for unit, lowered in found.items())
        return [found[unit] for unit in units]

    def locate(self, unit: str, ordinals: Iterable[int]) -> dict[int, Located]:
        """Place and source of the syntax nodes of a unit, by ordinal."""
        from privlint.frontend import locate

        span = self._program.unit_span(unit)
        if span.path not in self._places:
            self._places[span.path] = self._records.load_places(self._sources.hashes[span.path])
        known = self._places[span.path].get(unit_key(span))
        if known is None:
            known = self._places[span.path][unit_key(span)] = self._earlier.places(span)
        missing = sorted(set(ordinals) - known.keys())
        if missing:
            known.update(locate(decode(self._sources.content(span.path)), *_arguments(span), missing))
            self._located.add(span.path)
        return {ordinal: known[ordinal] for ordinal in sorted(set(ordinals))}

    def seen(self, others: Iterable[str]) -> dict[str, dict[str, bytes]]:
        """By path and key: digests of the units that were lowered, nothing for `others`."""
        found: dict[str, dict[str, bytes]] = {}
        for unit in sorted({*others, *self._digests}):
            span = self._program.unit_span(unit)
            found.setdefault(span.path, {})[unit_key(span)] = self._digests.get(unit, b"")
        return found

    def keep(self) -> None:
        for path in sorted(self._changed):
            self._records.keep_units(self._sources.hashes[path], self._units[path])
        for path in sorted(self._located):
            self._records.keep_places(self._sources.hashes[path], self._places[path])

    def _encoded(self, span: UnitSpan) -> bytes | None:
        known = self._known(span.path)
        encoded = known.get(unit_key(span))
        if encoded is None:
            encoded = self._earlier.unit(span)
            if encoded is not None:
                known[unit_key(span)] = encoded
                self._changed.add(span.path)
        return encoded

    def _known(self, path: str) -> dict[str, bytes]:
        if path not in self._units:
            self._units[path] = self._records.load_units(self._sources.hashes[path])
        return self._units[path]

    def _decode(self, encoded: bytes | None) -> UnitIR | None:
        try:
            return None if encoded is None else self._records.decode_unit(encoded)
        except msgspec.MsgspecError:
            return None

    def _lower_missing(self, missing: dict[str, dict[str, UnitSpan]]) -> dict[str, UnitIR]:
        paths = sorted(missing)
        tasks = [(self._sources.content(path), [_arguments(span) for span in missing[path].values()]) for path in paths]
        lines = sum(span.last_line - span.first_line + 1 for path in paths for span in missing[path].values())
        if lines <= (PARALLEL_LINES if self._workers.started else STARTING_LINES):
            return self._keep_lowered(missing, self._workers.map(lower_batch, tasks, parallel=False))
        with self._progress.stage("reading", len(tasks)) as advance:
            return self._keep_lowered(missing, self._workers.map(lower_batch, tasks, parallel=True), advance)

    def _keep_lowered(
        self,
        missing: dict[str, dict[str, UnitSpan]],
        results: Iterator[list[bytes]],
        advance: Callable[[int], None] = lambda _: None,
    ) -> dict[str, UnitIR]:
        found: dict[str, UnitIR] = {}
        for path, result in zip(sorted(missing), results, strict=True):
            for (unit, span), encoded in zip(missing[path].items(), result, strict=True):
                self._known(path)[unit_key(span)] = encoded
                found[unit] = self._records.decode_unit(encoded)
            self._changed.add(path)
            advance(1)
        return found


Arguments = tuple[int, int, str, str, int, tuple[tuple[int, int], ...]]


def _arguments(span: UnitSpan) -> Arguments:
    return span.first_line, span.last_line, span.kind, span.qualname, span.ordinal, span.spans


def lower_batch(task: tuple[bytes, list[Arguments]]) -> list[bytes]:
    """What a worker does: the encoded units of one file."""
    from privlint.frontend import lower_unit

    content, units = task
    source = decode(content)
    encoder = msgspec.msgpack.Encoder()
    return with_room(lambda: [encoder.encode(lower_unit(source, *unit)) for unit in units])
