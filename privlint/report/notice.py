"""The notice that people read (Art. 13, 14 GDPR), from the policy file: only what the file says, and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.report.page import Block, bullets, heading, paragraph, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.models import Jurisdictions, Law
    from privlint.policy.tables import Basis, Contact, Element, Purpose, Recipient, Retention
    from privlint.policy.types import Policy

ROLES = {
    "processor": "works for us (processor)",
    "controller": "decides for itself (controller)",
    "joint": "decides together with us (joint controller)",
    "joint_controller": "decides together with us (joint controller)",
    "authority": "authority",
}
SAFEGUARDS = {
    "adequacy": "adequacy decision",
    "scc": "standard contractual clauses",
    "bcr": "binding corporate rules",
    "code_of_conduct": "code of conduct",
    "certification": "certification",
}
ENDS = {
    "delete": "deleted",
    "de-identify": "stripped of what identifies people",
    "aggregate": "merged into figures",
    "archive": "archived",
}


def write_notice(policy: Policy, jurisdictions: Jurisdictions) -> list[Block]:
    """The blocks of the notice. What the file does not say is left out: `policy check` tells what is missing."""
    return list(_Notice(policy, jurisdictions).blocks())


class _Notice:
    def __init__(self, policy: Policy, jurisdictions: Jurisdictions) -> None:
        self._policy = policy
        self._law: Law | None = jurisdictions.laws.get(policy.policy.home)
        self._names = jurisdictions.names

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
            country = self._names.get(controller.country, controller.country)
            yield paragraph(_listed([controller.name, controller.address, country, controller.contact]))
            if controller.representative:
                yield paragraph(f"Representative: {controller.representative}.")
        if dpo is not None:
            told = _contact(dpo) if dpo.needed else "none is needed."
            yield paragraph(f"Data protection officer: {told}")

    def _about(self) -> Iterator[Block]:
        if self._policy.subjects:
            yield heading(2, "Whom this is about")
            yield bullets(self._subject(name) for name in self._policy.subjects)

    def _data(self) -> Iterator[Block]:
        if not self._policy.groups:
            return
        yield heading(2, "Which data we use")
        rows: list[tuple[str, ...]] = []
        for name, group in self._policy.groups.items():
            held = _join(self._policy.category(each).label or each for each in group.contains)
            more = "" if group.complete else ", among others"
            rows.append((_label(name, group), held + more, self._people(group.subjects), group.source))
        yield _table(("Data", "What it is", "About whom", "Where it comes from"), rows)

    def _purposes(self) -> Iterator[Block]:
        if not self._policy.purposes:
            return
        yield heading(2, "What we use it for, and on what basis")
        for name, purpose in self._policy.purposes.items():
            yield heading(3, _label(name, purpose))
            yield bullets(self._purpose(name, purpose))

    def _purpose(self, name: str, purpose: Purpose) -> Iterator[str]:
        if purpose.categories:
            yield f"Data: {_join(map(self._data_name, purpose.categories))}"
        yield f"About: {self._people(purpose.subjects)}"
        for basis in purpose.basis:
            yield self._basis(purpose, basis)
        yield from self._kept(name, purpose)
        served = [each for each in self._policy.recipients.values() if each.purposes and name in each.purposes]
        if served:
            yield f"Received by: {_join(map(_recipient, served))}"
        if purpose.mandatory is not None:
            yield "People have to give this data" if purpose.mandatory else "People need not give this data"
        if purpose.automated_decision:
            yield "A decision is made by automated means"
        if purpose.profiling:
            yield "People are profiled"

    def _basis(self, purpose: Purpose, basis: Basis) -> str:
        known = self._law.bases.get(basis.kind) if self._law else None
        text = f"Basis: {known.label if known else basis.kind.replace('_', ' ')}"
        if known and self._law:
            text += f" ({self._law.cite}{known.article})"
        if len(purpose.basis) > 1 and basis.subjects:
            text += f" for {self._people(basis.subjects)}"
        parts = [f"our interest: {basis.interest}"] if basis.interest else []
        parts += [f"law: {_join(basis.law)}"] if basis.law else []
        parts += [f"only for people under the condition: {_words(basis.only_if)}"] if basis.only_if else []
        parts += [f"special categories: Art. {basis.article9}"] if basis.article9 else []
        parts += [f"children: {basis.child}"] if basis.child else []
        return "; ".join([text, *parts])

    def _kept(self, name: str, purpose: Purpose) -> Iterator[str]:
        """The period of the purpose, or of each basis where they differ."""
        found = {self._policy.retention_of(name, basis): basis for basis in purpose.basis}
        periods = {retention: basis for retention, basis in found.items() if retention is not None}
        for (_, retention), basis in periods.items():
            whom = f" for {self._people(basis.subjects)}" if len(periods) > 1 and basis.subjects else ""
            yield f"Kept{whom}: {_period(retention)}"
        if not purpose.basis and purpose.retention in self._policy.retention:
            yield f"Kept: {_period(self._policy.retention[purpose.retention])}"

    def _recipients(self) -> Iterator[Block]:
        policy = self._policy
        if not policy.recipient_classes and not policy.recipients:
            return
        yield heading(2, "Who receives it")
        if policy.recipient_classes:
            yield bullets(
                f"{_label(name, each)}: {ROLES[each.role]}" if each.role else _label(name, each)
                for name, each in policy.recipient_classes.items()
            )
        if policy.recipients:
            rows = [self._recipient_row(each) for each in policy.recipients.values()]
            yield _table(("Recipient", "Kind", "Country", "Data goes to", "Safeguard", "Data"), rows)

    def _recipient_row(self, each: Recipient) -> tuple[str, ...]:
        own = self._policy.recipient_classes.get(each.class_)
        role = each.role or (own.role if own else None)
        kind = _label(each.class_, own) if own else ROLES.get(role or "", "")
        places = _join(self._names.get(place, place) for place in each.location)
        data = _join(map(self._data_name, each.categories)) if each.categories is not None else ""
        rest = SAFEGUARDS.get(each.safeguard, "") or _words(each.derogation)
        return (_recipient(each), kind, self._names.get(each.country, each.country), places, rest, data)

    def _transfers(self) -> Iterator[Block]:
        transfers = self._policy.transfers
        if transfers is None:
            return
        yield heading(2, "Other countries")
        if transfers.default:
            yield paragraph(f"Data stays within this area unless a recipient above is elsewhere: {transfers.default}.")
        if transfers.safeguards:
            named = _join(SAFEGUARDS.get(each, each) for each in transfers.safeguards)
            yield paragraph(f"What a transfer rests on: {named}.")
        if transfers.copy:
            yield paragraph(f"A copy of the safeguards: {transfers.copy}.")

    def _periods(self) -> Iterator[Block]:
        if self._policy.retention:
            yield heading(2, "How long we keep it")
            yield bullets(f"{_label(name, each)}: {_period(each)}" for name, each in self._policy.retention.items())

    def _rights(self) -> Iterator[Block]:
        policy = self._policy
        if policy.rights:
            yield heading(2, "Your rights")
            yield bullets(self._right(str(name), right.article) for name, right in policy.rights.items())
        if policy.rights_contact and policy.rights_contact.channels:
            yield paragraph(f"To use a right: {_join(policy.rights_contact.channels, 'or')}.")
        if policy.authority is not None:
            yield paragraph(f"Supervisory authority: {_contact(policy.authority)}")

    def _right(self, name: str, article: str) -> str:
        known = self._law.rights.get(name) if self._law else None
        label = known.label if known else _words(name)
        number = article or (known.article if known else "")
        return f"{label} ({self._law.cite if self._law else 'Art. '}{number})" if number else label

    def _changes(self) -> Iterator[Block]:
        updates = self._policy.updates
        if updates is not None and (updates.notice or updates.announced_on):
            yield heading(2, "Changes")
            if updates.notice:
                yield paragraph(f"How we tell you of a change that matters: {updates.notice}.")
            if updates.announced_on:
                yield paragraph(f"Changes are announced on {_join(updates.announced_on)}.")

    # ------------------------------------------------------------ words

    def _subject(self, name: str) -> str:
        return _label(name, self._policy.subjects.get(name))

    def _people(self, names: Iterable[str]) -> str:
        named = list(names)
        return "everybody" if not named or "*" in named else _join(map(self._subject, named))

    def _data_name(self, name: str) -> str:
        if name == "*":
            return "all data"
        if name in self._policy.groups:
            return _label(name, self._policy.groups[name])
        return self._policy.category(name).label or name


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Block:
    """A table without the columns that nothing stands in."""
    kept = [number for number in range(len(head)) if any(row[number] for row in rows)]
    return table([head[number] for number in kept], [[row[number] for number in kept] for row in rows])


def _label(name: str, element: Element | None) -> str:
    label: str = getattr(element, "label", "")
    return label or _words(name)


def _recipient(each: Recipient) -> str:
    return each.label or _words(each.key)


def _contact(contact: Contact) -> str:
    return _listed([contact.name, contact.address, contact.contact])


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part) + "."


def _words(name: str) -> str:
    return name.replace("_", " ")


def _join(parts: Iterable[str], word: str = "and") -> str:
    unique = list(dict.fromkeys(parts))
    return "".join(unique) if len(unique) < 2 else f"{', '.join(unique[:-1])} {word} {unique[-1]}"


def _period(retention: Retention) -> str:
    """ "5 years from end of agreement or until unsubscribe, whichever is earlier; then deleted"."""
    keep = {"purpose": "as long as its purpose needs it", "forever": "without end"}.get(retention.keep, retention.keep)
    ends = [f"{keep} from {_words(retention.starts)}" if retention.starts else keep] if keep else []
    ends += [f"until {_words(event)}" for event in retention.until]
    text = " or ".join(ends)
    text += f", whichever is {retention.whichever}" if retention.whichever else ""
    text += f"; then {_join((ENDS[each] for each in retention.then), 'or')}" if retention.then else ""
    return text + (f"; not removed under: {_join(map(_words, retention.hold), 'or')}" if retention.hold else "")
