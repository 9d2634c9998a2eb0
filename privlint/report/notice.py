"""The notice that people read (Art. 13, 14 GDPR), from the policy file: only what the file says, and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.policy.wording import (
    ROLES,
    SAFEGUARDS,
    Wording,
    contact_in_words,
    in_words,
    join,
    label_of,
    listed,
    period_in_words,
)
from privlint.report.page import Block, bullets, heading, paragraph, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.models import Jurisdictions
    from privlint.policy.tables import Purpose, Recipient
    from privlint.policy.types import Policy


def write_notice(policy: Policy, jurisdictions: Jurisdictions) -> list[Block]:
    """The blocks of the notice. What the file does not say is left out: `policy check` tells what is missing."""
    return list(_Notice(policy, jurisdictions).blocks())


class _Notice:
    def __init__(self, policy: Policy, jurisdictions: Jurisdictions) -> None:
        self._policy = policy
        self._words = Wording(policy, jurisdictions)

    def blocks(self) -> Iterator[Block]:
        policy = self._policy
        controller = policy.controller.name if policy.controller else ""
        yield heading(1, policy.policy.name or (f"Privacy notice of {controller}" if controller else "Privacy notice"))
        yield from self._edition()
        yield from self._who()
        yield from self._about()
        yield from self._data()
        yield from self._purposes()
        yield from self._recipients()
        yield from self._transfers()
        yield from self._periods()
        yield from self._rights()
        yield from self._changes()

    # ------------------------------------------------------------ parts

    def _edition(self) -> Iterator[Block]:
        header = self._policy.policy
        parts = [f"Version {header.version}"] if header.version else []
        parts += [f"in force since {header.effective}"] if header.effective else []
        if parts:
            yield paragraph(", ".join(parts) + ".")

    def _who(self) -> Iterator[Block]:
        controller, dpo = self._policy.controller, self._policy.dpo
        if controller is None and dpo is None:
            return
        yield heading(2, "Who is responsible")
        if controller is not None:
            country = self._words.place(controller.country)
            yield paragraph(listed([controller.name, controller.address, country, controller.contact]) + ".")
            if controller.representative:
                yield paragraph(f"Representative: {controller.representative}.")
        if dpo is not None:
            told = f"{contact_in_words(dpo)}." if dpo.needed else "none is needed."
            yield paragraph(f"Data protection officer: {told}")

    def _about(self) -> Iterator[Block]:
        if self._policy.subjects:
            yield heading(2, "Whom this is about")
            yield bullets(self._words.subject(name) for name in self._policy.subjects)

    def _data(self) -> Iterator[Block]:
        if not self._policy.groups:
            return
        yield heading(2, "Which data we use")
        rows: list[tuple[str, ...]] = []
        for name, group in self._policy.groups.items():
            held = join(self._policy.category(each).label or each for each in group.contains)
            more = "" if group.complete else ", among others"
            rows.append((label_of(name, group), held + more, self._words.people(group.subjects), group.source))
        yield _table(("Data", "What it is", "About whom", "Where it comes from"), rows)

    def _purposes(self) -> Iterator[Block]:
        if not self._policy.purposes:
            return
        yield heading(2, "What we use it for, and on what basis")
        for name, purpose in self._policy.purposes.items():
            yield heading(3, label_of(name, purpose))
            yield bullets(self._purpose(name, purpose))

    def _purpose(self, name: str, purpose: Purpose) -> Iterator[str]:
        if purpose.categories:
            yield f"Data: {join(map(self._words.data, purpose.categories))}"
        yield f"About: {self._words.people(purpose.subjects)}"
        for basis in purpose.basis:
            some = self._words.people(basis.subjects) if len(purpose.basis) > 1 and basis.subjects else ""
            yield f"Basis: {self._words.basis(basis, some)}"
        yield from self._kept(name, purpose)
        served = [self._policy.recipients[each] for each in self._policy.recipients_for(name)]
        if served:
            yield f"Received by: {join(map(self._words.recipient, served))}"
        if purpose.mandatory is not None:
            yield "People have to give this data" if purpose.mandatory else "People need not give this data"
        if purpose.automated_decision:
            yield "A decision is made by automated means"
        if purpose.profiling:
            yield "People are profiled"

    def _kept(self, name: str, purpose: Purpose) -> Iterator[str]:
        """The period of the purpose, or of each basis where they differ."""
        found = {self._policy.retention_of(name, basis): basis for basis in purpose.basis}
        periods = {retention: basis for retention, basis in found.items() if retention is not None}
        for (_, retention), basis in periods.items():
            whom = f" for {self._words.people(basis.subjects)}" if len(periods) > 1 and basis.subjects else ""
            yield f"Kept{whom}: {period_in_words(retention)}"
        if not purpose.basis and purpose.retention in self._policy.retention:
            yield f"Kept: {period_in_words(self._policy.retention[purpose.retention])}"

    def _recipients(self) -> Iterator[Block]:
        policy = self._policy
        if not policy.recipient_classes and not policy.recipients:
            return
        yield heading(2, "Who receives it")
        if policy.recipient_classes:
            yield bullets(
                f"{label_of(name, each)}: {ROLES[each.role]}" if each.role else label_of(name, each)
                for name, each in policy.recipient_classes.items()
            )
        if policy.recipients:
            rows = [self._recipient_row(each) for each in policy.recipients.values()]
            yield _table(("Recipient", "Kind", "Country", "Data goes to", "Safeguard", "Data"), rows)

    def _recipient_row(self, each: Recipient) -> tuple[str, ...]:
        kind = self._words.kind_of(each)
        places = join(map(self._words.place, each.location))
        data = join(map(self._words.data, each.categories)) if each.categories is not None else ""
        rest = SAFEGUARDS.get(each.safeguard, "") or in_words(each.derogation)
        return (self._words.recipient(each), kind, self._words.place(each.country), places, rest, data)

    def _transfers(self) -> Iterator[Block]:
        transfers = self._policy.transfers
        if transfers is None:
            return
        yield heading(2, "Other countries")
        if transfers.default:
            yield paragraph(f"Data stays within this area unless a recipient above is elsewhere: {transfers.default}.")
        if transfers.safeguards:
            named = join(SAFEGUARDS.get(each, each) for each in transfers.safeguards)
            yield paragraph(f"What a transfer rests on: {named}.")
        if transfers.copy:
            yield paragraph(f"A copy of the safeguards: {transfers.copy}.")

    def _periods(self) -> Iterator[Block]:
        if self._policy.retention:
            yield heading(2, "How long we keep it")
            yield bullets(
                f"{label_of(name, each)}: {period_in_words(each)}" for name, each in self._policy.retention.items()
            )

    def _rights(self) -> Iterator[Block]:
        policy = self._policy
        if policy.rights:
            yield heading(2, "Your rights")
            yield bullets(self._right(str(name), right.article) for name, right in policy.rights.items())
        if policy.rights_contact and policy.rights_contact.channels:
            yield paragraph(f"To use a right: {join(policy.rights_contact.channels, 'or')}.")
        if policy.authority is not None:
            yield paragraph(f"Supervisory authority: {contact_in_words(policy.authority)}.")

    def _right(self, name: str, article: str) -> str:
        known = self._words.law.rights.get(name) if self._words.law else None
        label = known.label if known else in_words(name)
        number = article or (known.article if known else "")
        return f"{label} ({self._words.law.cite if self._words.law else 'Art. '}{number})" if number else label

    def _changes(self) -> Iterator[Block]:
        updates = self._policy.updates
        if updates is not None and (updates.notice or updates.announced_on):
            yield heading(2, "Changes")
            if updates.notice:
                yield paragraph(f"How we tell you of a change that matters: {updates.notice}.")
            if updates.announced_on:
                yield paragraph(f"Changes are announced on {join(updates.announced_on)}.")


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Block:
    """A table without the columns that nothing stands in."""
    kept = [number for number in range(len(head)) if any(row[number] for row in rows)]
    return table([head[number] for number in kept], [[row[number] for number in kept] for row in rows])
