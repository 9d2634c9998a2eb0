"""The record of processing (Art. 30): the rows that the policy declares, and beside them what the code was seen to do.

Which purpose a flow serves, to whom it goes and what a transfer rests on is asked as the rules ask it, and what the
code does beyond the policy is what the rules found. A row can only show what the analysis follows: declared fields on
their way to where they are judged (the kinds of sinks). What code only saves, compares or counts in its own store is
not seen, and what is said of data that was not found says no more than that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from privlint.checks._diagnose import controlled
from privlint.checks._differences import gather, label_of_recipient, subjects_in
from privlint.checks._parties import announced_for, party
from privlint.checks.stale_policy import is_visible
from privlint.policy.formats import parse_period
from privlint.policy.record import Activity, CodePlace, Data, Difference, Named, Record, Seen
from privlint.policy.wording import Wording, contact_in_words, join, label_of, listed, period_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from privlint.analysis.flow import Declaration, Findings, Flow
    from privlint.checks._inputs import CheckInput
    from privlint.diagnostics import Diagnostic
    from privlint.policy.tables import Basis, Purpose

NO_BASIS = -1
REST = ("", NO_BASIS)
STALE = "PRV108"
WITHOUT_BASIS = "PRV303"  # is about people without a basis, whoever else the field is about
WITHOUT_PURPOSE = ("PRV301", "PRV306")  # are about code without a purpose, whatever other code comes there

Key = tuple[str, int]
"""A purpose and the number of its basis. "" is no purpose."""


class _Row(msgspec.Struct):
    """What was seen for one row. `unnamed`: data was seen of which nobody says whose it is."""

    places: dict[tuple[str, int, str, str, str], dict[str, None]] = {}
    categories: dict[str, None] = {}
    subjects: dict[str, None] = {}
    recipients: dict[str, None] = {}
    unnamed: bool = False
    findings: list[Diagnostic] = []


def build_record(
    found: Findings,
    context: CheckInput,
    diagnostics: Sequence[Diagnostic],
    sentences: Mapping[str, str],
    files: int,
) -> Record:
    """`diagnostics` are what the rules found, the silenced ones included; `sentences` what those that hold the code
    against the policy say in a record, by their codes; `files` how many were read."""
    return _Builder(found, context, diagnostics, sentences).build(files)


class _Builder:
    def __init__(
        self, found: Findings, context: CheckInput, diagnostics: Sequence[Diagnostic], sentences: Mapping[str, str]
    ) -> None:
        self._found = found
        self._context = context
        self._policy = context.policy
        self._words = Wording(context.policy, context.jurisdictions)
        self._sentences = sentences
        self._rows: dict[Key, _Row] = {}
        self._for_customers = _Row()
        self._stale = [each for each in diagnostics if each.code == STALE]
        self._declared = {each.name: each for each in found.declarations}
        for flow in found.flows:
            self._see(flow)
        for each in diagnostics:
            if each.code in sentences:
                self._add(each)

    def build(self, files: int) -> Record:
        policy, law = self._policy, self._words.law
        controller, officer = policy.controller, policy.dpo
        place = self._words.place(controller.country) if controller else ""
        articles = law.record if law else ()
        return Record(
            title=policy.policy.name,
            article=f"{law.cite}{articles[0]}" if law and articles else "",
            policy=policy.path,
            controller=listed([controller.name, controller.address, place, controller.contact]) if controller else "",
            representative=controller.representative if controller else "",
            officer=(contact_in_words(officer) if officer.needed else "none is needed") if officer else "",
            activities=tuple(self._activities()),
            seen=self._seen(files),
        )

    # ------------------------------------------------------------ what was seen

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

    def _rows_of(self, flow: Flow) -> list[_Row]:
        if not controlled(flow.source):
            return [self._for_customers]
        names = [use.name for use in self._context.purposes(flow)]
        return [self._row(key) for key in self._keys(names, flow.source.subjects)]

    def _row(self, key: Key) -> _Row:
        return self._rows.setdefault(key, _Row())

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
            self._for_customers.findings.append(found)
            return
        named = found.purpose.split(", ")
        purposes = [name for name in self._policy.purposes if name in named or name == found.purpose]
        subjects = {name: None for flow in found.flows for name in subjects_in(flow.subject)}
        keys = self._keys([] if found.code in WITHOUT_PURPOSE else purposes, subjects) or [REST]
        if found.code == WITHOUT_BASIS:
            keys = [key for key in keys if key[1] == NO_BASIS] or keys
        for key in keys:
            self._row(key).findings.append(found)

    def _is_for_customers(self, found: Diagnostic) -> bool:
        sources = [self._declared.get(flow.field) for flow in found.flows]
        return bool(sources) and all(source is not None and not controlled(source) for source in sources)

    # ------------------------------------------------------------ rows

    def _activities(self) -> Iterator[Activity]:
        for name, purpose in self._policy.purposes.items():
            for number, basis in enumerate(purpose.basis):
                yield self._purpose(name, purpose, number, basis)
            if not purpose.basis:
                yield self._purpose(name, purpose, NO_BASIS, None)
            elif (name, NO_BASIS) in self._rows:
                yield self._without_basis(name, purpose)
        if self._for_customers.places or self._for_customers.findings or self._data_of_customers():
            yield self._of_customers()
        rest = self._row(REST)
        not_found = tuple(self._elsewhere())
        if rest.places or rest.findings or not_found:
            label = "Processing under no purpose of the policy"
            yield msgspec.structs.replace(self._seen_only("rest", "", label, rest), not_found=not_found)

    def _purpose(self, name: str, purpose: Purpose, number: int, basis: Basis | None) -> Activity:
        row = self._row((name, number))
        people = (basis.subjects if basis else ()) or purpose.subjects
        kept = self._policy.retention_of(name, basis) if basis else None
        if basis is None and purpose.retention in self._policy.retention:
            kept = purpose.retention, self._policy.retention[purpose.retention]
        serving = list(dict.fromkeys([*self._policy.recipients_for(name), *row.recipients]))
        return Activity(
            kind="purpose",
            purpose=Named(name, label_of(name, purpose)),
            basis=basis.kind if basis else "",
            basis_text=self._words.basis(basis) if basis else "none stated",
            subjects=self._people(people),
            categories=tuple(map(self._data, purpose.categories)),
            recipients=(
                *(party(each, self._context, self._words) for each in serving),
                *announced_for(name, serving, self._context),
            ),
            retention=self._retention(kept[0]) if kept else "",
            measures=self._measures(),
            code=_code(row),
            not_found=tuple(self._not_found(name, purpose, people, row))
            + tuple(self._unended(kept[0] if kept else "")),
            undeclared=self._differences(row),
        )

    def _without_basis(self, name: str, purpose: Purpose) -> Activity:
        return self._seen_only("no_basis", name, label_of(name, purpose), self._row((name, NO_BASIS)))

    def _of_customers(self) -> Activity:
        row = self._for_customers
        for each in self._data_of_customers():
            row.categories.update(dict.fromkeys(each.categories))
            row.subjects.update(dict.fromkeys(each.subjects))
        return self._seen_only("processor", "", "Processing for customers, as their processor", row)

    def _data_of_customers(self) -> list[Declaration]:
        return [each for each in self._found.declarations if not controlled(each)]

    def _seen_only(self, kind: Literal["no_basis", "processor", "rest"], name: str, label: str, row: _Row) -> Activity:
        """A row that the code makes and no purpose with its basis does."""
        return Activity(
            kind=kind,
            purpose=Named(name, label),
            basis_text="" if kind == "processor" else "none stated",
            subjects=tuple(Named(each, self._words.subject(each)) for each in sorted(row.subjects)),
            categories=tuple(self._data(each) for each in sorted(row.categories)),
            recipients=tuple(party(each, self._context, self._words) for each in sorted(row.recipients)),
            measures=self._measures(),
            code=_code(row),
            undeclared=self._differences(row),
        )

    def _people(self, names: tuple[str, ...]) -> tuple[Named, ...]:
        if not names or "*" in names:
            return (Named("*", "everybody"),)
        return tuple(Named(name, self._words.subject(name)) for name in names)

    def _data(self, name: str) -> Data:
        group = self._policy.groups.get(name)
        held = group.contains if group else (name,)
        guarded = any(
            is_so(each)
            for each in held
            for is_so in (self._policy.special, self._policy.criminal, self._policy.national)
        )
        contains = tuple(Named(each, self._words.data(each)) for each in group.contains) if group else ()
        return Data(name, self._words.data(name), contains, guarded)

    def _retention(self, name: str) -> str:
        enforced = self._policy.enforced_by.get(f"retention.{name}", ())
        by = f"; removed by {join(enforced)}" if enforced else ""
        return period_in_words(self._policy.retention[name]) + by

    def _measures(self) -> tuple[str, ...]:
        """What the policy states, else what its text says."""
        security = self._policy.security
        return (security.measures or security.quote) if security else ()

    def _differences(self, row: _Row) -> tuple[Difference, ...]:
        return gather(row.findings, self._sentences, self._context, self._words)

    # ------------------------------------------------------------ declared, and not found

    def _not_found(self, name: str, purpose: Purpose, people: tuple[str, ...], row: _Row) -> Iterator[str]:
        if not row.places:
            yield f"a use of the data of {self._words.people(people)} for this purpose"
            return
        yield from self._data_not_found(purpose, row)
        absent = [each for each in people if each != "*" and each not in row.subjects]
        if absent and not row.unnamed:
            yield f"data of {self._words.people(absent)}"
        recipients = self._policy.recipients
        absent = [each for each in self._policy.recipients_for(name) if each not in row.recipients]
        visible = [each for each in absent if is_visible(recipients[each], self._context)]
        if visible:
            yield f"data on its way to {self._parties(visible)}"
        if len(visible) < len(absent):
            hidden = self._parties(each for each in absent if each not in visible)
            yield f"what goes to {hidden}: the policy names nothing by which code could show it"

    def _data_not_found(self, purpose: Purpose, row: _Row) -> Iterator[str]:
        declared = [each for each in self._policy.expand(purpose.categories) if each != "*"]
        absent = [each for each in declared if not self._any_of(each, row.categories)]
        held = [category for each in self._found.declarations if controlled(each) for category in each.categories]
        unheld = [each for each in absent if not self._any_of(each, held)]
        unused = [each for each in absent if each not in unheld]
        if unheld:
            yield f"a field that holds {join(map(self._words.data, unheld), 'or')}"
        if unused:
            yield f"a use of {join(map(self._words.data, unused), 'or')} for this purpose"

    def _any_of(self, name: str, categories: Iterable[str]) -> bool:
        return any(self._policy.names_cover((name,), each) for each in categories)

    def _unended(self, name: str) -> Iterator[str]:
        """A period that no code is named for."""
        retention = self._policy.retention.get(name)
        timed = retention is not None and (parse_period(retention.keep) or retention.until)
        if timed and not self._policy.enforced_by.get(f"retention.{name}"):
            yield "code that removes the data when its period is over: the policy file names none"

    def _parties(self, names: Iterable[str]) -> str:
        return join(label_of_recipient(name, self._context) for name in names)

    def _elsewhere(self) -> Iterator[str]:
        """Entries of the policy that match nothing, and that no row speaks of."""
        told = {f"recipients.{each}" for name in self._policy.purposes for each in self._policy.recipients_for(name)}
        for each in self._stale:
            if each.function not in told and not each.function.startswith("purposes."):
                yield each.message

    # ------------------------------------------------------------ how much was seen

    def _seen(self, files: int) -> Seen:
        found, law = self._found, self._words.law
        checked = self._context.jurisdictions.checked_on
        notes = [f"adequacy decisions as they were looked up on {checked}"] if checked else []
        if law is not None and law.unconfirmed:
            notes.append(f"the articles of the {law.name} are cited from memory, {law.checked_on}: look them up")
        return Seen(
            files=files,
            fields=len(found.declarations),
            flows=len(found.flows),
            unresolved=found.counts.unresolved,
            not_analysed=tuple(sorted({each.path for each in found.problems})),
            law=tuple(notes),
        )


def _code(row: _Row) -> tuple[CodePlace, ...]:
    return tuple(
        CodePlace(path, line, function, kind, tuple(categories), recipient)
        for (path, line, function, kind, recipient), categories in sorted(row.places.items())
    )
