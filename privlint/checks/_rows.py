"""What was seen of the code, by the row of the record of processing that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from privlint.checks._diagnose import controlled
from privlint.policy.record import CodePlace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from privlint.analysis.flow import Findings, Flow
    from privlint.checks._inputs import CheckInput
    from privlint.diagnostics import Diagnostic

NO_BASIS = -1
REST = ("", NO_BASIS)
WITHOUT_BASIS = "PRV303"  # is about people without a basis, whoever else the field is about
WITHOUT_PURPOSE = ("PRV301", "PRV306")  # are about code without a purpose, whatever other code comes there

Key = tuple[str, int]
"""A purpose and the number of its basis. "" is no purpose."""


class Row(msgspec.Struct):
    """What was seen for one row. `unnamed`: data was seen of which nobody says whose it is."""

    places: dict[tuple[str, int, str, str, str], dict[str, None]] = {}
    categories: dict[str, None] = {}
    subjects: dict[str, None] = {}
    recipients: dict[str, None] = {}
    unnamed: bool = False
    findings: list[Diagnostic] = []

    @property
    def code(self) -> tuple[CodePlace, ...]:
        return tuple(
            CodePlace(path, line, function, kind, tuple(categories), recipient)
            for (path, line, function, kind, recipient), categories in sorted(self.places.items())
        )


class Rows:
    """Flows and findings by row. `for_customers` is what is done for others, as their processor."""

    def __init__(self, found: Findings, context: CheckInput, findings: Sequence[Diagnostic]) -> None:
        self.for_customers = Row()
        self._context = context
        self._policy = context.policy
        self._rows: dict[Key, Row] = {}
        self._declared = {each.name: each for each in found.declarations}
        for flow in found.flows:
            self._see(flow)
        for each in findings:
            self._add(each)

    def __contains__(self, key: Key) -> bool:
        return key in self._rows

    def row(self, key: Key) -> Row:
        return self._rows.setdefault(key, Row())

    def recipients(self) -> set[str]:
        """Recipients of the policy that data was seen to go to."""
        return {name for row in (self.for_customers, *self._rows.values()) for name in row.recipients}

    def _see(self, flow: Flow) -> None:
        """Notes a flow in every row that it belongs to."""
        sink, target = flow.sink, self._context.target(flow.sink)
        for row in self._rows_of(flow):
            place = (sink.path, sink.line, sink.unit, sink.kind, target.name)
            row.places.setdefault(place, {}).update(dict.fromkeys(flow.source.categories))
            row.categories.update(dict.fromkeys(flow.source.categories))
            row.subjects.update(dict.fromkeys(flow.source.subjects))
            row.unnamed |= not flow.source.subjects
            if target.own is not None:
                row.recipients[target.name] = None

    def _rows_of(self, flow: Flow) -> list[Row]:
        if not controlled(flow.source):
            return [self.for_customers]
        names = [use.name for use in self._context.purposes(flow)]
        return [self.row(key) for key in self._keys(names, flow.source.subjects)]

    def _keys(self, purposes: Iterable[str], subjects: Iterable[str]) -> list[Key]:
        """The rows of data about these people that serves these purposes."""
        keys: dict[Key, None] = {}
        for name in purposes:
            own = self._policy.purposes.get(name)
            if own is None:
                keys[REST] = None
                continue
            for subject in tuple(subjects) or ("",):
                covering = self._policy.bases(name, subject)
                numbers = [number for number, basis in enumerate(own.basis) if basis in covering]
                keys.update(dict.fromkeys((name, number) for number in numbers or [NO_BASIS]))
        return list(keys)

    def _add(self, found: Diagnostic) -> None:
        """Puts what a rule found into the rows that it is about."""
        if self._is_for_customers(found):
            self.for_customers.findings.append(found)
            return
        named = found.purpose.split(", ")
        purposes = [name for name in self._policy.purposes if name in named or name == found.purpose]
        sources = [self._declared[flow.field] for flow in found.flows if flow.field in self._declared]
        subjects = dict.fromkeys(name for source in sources for name in source.subjects)
        keys = self._keys([] if found.code in WITHOUT_PURPOSE else purposes, subjects) or [REST]
        if found.code == WITHOUT_BASIS:
            keys = [key for key in keys if key[1] == NO_BASIS] or keys
        for key in keys:
            self.row(key).findings.append(found)

    def _is_for_customers(self, found: Diagnostic) -> bool:
        sources = [self._declared.get(flow.field) for flow in found.flows]
        return bool(sources) and all(source is not None and not controlled(source) for source in sources)
