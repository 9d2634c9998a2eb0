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
from privlint.checks._differences import gather
from privlint.checks._not_found import NotFound
from privlint.checks._parties import announced_for, party
from privlint.checks._rows import NO_BASIS, REST, Row, Rows
from privlint.policy.record import Activity, Data, Difference, Named, Record, Seen
from privlint.policy.wording import Wording, contact_in_words, join, label_of, listed, period_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from privlint.analysis.flow import Declaration, Findings
    from privlint.checks._inputs import CheckInput
    from privlint.diagnostics import Diagnostic
    from privlint.policy.tables import Basis, Purpose

STALE = "PRV108"


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
        self._subjects = {each.name: each.subjects for each in found.declarations}
        self._stale = [each for each in diagnostics if each.code == STALE]
        self._rows = Rows(found, context, [each for each in diagnostics if each.code in sentences])
        self._not_found = NotFound(found, context, self._words)

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
            missing=tuple(
                f"{item.label} (Art. {item.article})"
                for item in (law.record_items if law else ())
                if not any(policy.states(path) for path in item.stated)
            ),
            activities=tuple(self._activities()),
            seen=self._seen(files),
        )

    # ------------------------------------------------------------ rows

    def _activities(self) -> Iterator[Activity]:
        for name, purpose in self._policy.purposes.items():
            for number, basis in enumerate(purpose.basis):
                yield self._purpose(name, purpose, number, basis)
            if not purpose.basis:
                yield self._purpose(name, purpose, NO_BASIS, None)
            elif (name, NO_BASIS) in self._rows:
                yield self._without_basis(name, purpose)
        customers = self._rows.for_customers
        if customers.places or customers.findings or self._data_of_customers():
            yield self._of_customers()
        yield from self._rest()

    def _purpose(self, name: str, purpose: Purpose, number: int, basis: Basis | None) -> Activity:
        row = self._rows.row((name, number))
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
            mapped=tuple(pattern for pattern, served in self._policy.code.items() if served == name),
            code=row.code,
            not_found=tuple(self._not_found.of_row(name, people, kept[0] if kept else "", row)),
            undeclared=self._differences(row),
        )

    def _without_basis(self, name: str, purpose: Purpose) -> Activity:
        return self._seen_only("no_basis", name, label_of(name, purpose), self._rows.row((name, NO_BASIS)))

    def _rest(self) -> Iterator[Activity]:
        """What no purpose is named for: code, findings, and recipients that may serve any purpose."""
        row, met = self._rows.row(REST), self._rows.recipients()
        named = {each for name in self._policy.purposes for each in self._policy.recipients_for(name)}
        unlimited = [name for name in self._policy.recipients if name not in met and name not in named]
        not_found = tuple(self._not_found.elsewhere(self._stale, unlimited))
        row.recipients.update(dict.fromkeys(unlimited))
        if row.places or row.findings or not_found:
            label = "Processing under no purpose of the policy"
            yield msgspec.structs.replace(self._seen_only("rest", "", label, row), not_found=not_found)

    def _of_customers(self) -> Activity:
        row = self._rows.for_customers
        for each in self._data_of_customers():
            row.categories.update(dict.fromkeys(each.categories))
            row.subjects.update(dict.fromkeys(each.subjects))
        return self._seen_only("processor", "", "Processing for customers, as their processor", row)

    def _data_of_customers(self) -> list[Declaration]:
        return [each for each in self._found.declarations if not controlled(each)]

    def _seen_only(self, kind: Literal["no_basis", "processor", "rest"], name: str, label: str, row: Row) -> Activity:
        """A row that the code makes and no purpose with its basis does."""
        return Activity(
            kind=kind,
            purpose=Named(name, label),
            basis_text="" if kind == "processor" else "none stated",
            subjects=tuple(Named(each, self._words.subject(each)) for each in sorted(row.subjects)),
            categories=tuple(self._data(each) for each in sorted(row.categories)),
            recipients=tuple(party(each, self._context, self._words) for each in sorted(row.recipients)),
            measures=self._measures(),
            code=row.code,
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

    def _differences(self, row: Row) -> tuple[Difference, ...]:
        return gather(row.findings, self._sentences, self._subjects, self._context, self._words)

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
