"""The parts of a policy in the words that people read: in the notice, in the record of processing, in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from privlint.models import Jurisdictions, Law
    from privlint.policy.tables import Basis, Contact, Element, Recipient, Retention
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


def in_words(name: str) -> str:
    """A name of the file as words."""
    return name.replace("_", " ")


def label_of(name: str, element: Element | None) -> str:
    """The policy's own words for something, else its name as words."""
    label: str = getattr(element, "label", "")
    return label or in_words(name)


def said(text: str) -> str:
    return f"\u201c{text}\u201d"


def join(parts: Iterable[str], word: str = "and") -> str:
    """ "a", "a and b", "a, b and c"; each once."""
    unique = list(dict.fromkeys(parts))
    return "".join(unique) if len(unique) < 2 else f"{', '.join(unique[:-1])} {word} {unique[-1]}"


def plural(number: int, one: str, many: str) -> str:
    return one if number == 1 else many


def count(number: int, one: str, many: str = "") -> str:
    """ "1 error", "3 errors"; `many` where a word takes no s."""
    return f"{number} {plural(number, one, many or one + 's')}"


def listed(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)


def contact_in_words(contact: Contact) -> str:
    """Name, address and how to reach them."""
    return listed([contact.name, contact.address, contact.contact])


def period_in_words(retention: Retention) -> str:
    """ "5 years from end of agreement or until unsubscribe, whichever is earlier; then deleted"."""
    keep = {"purpose": "as long as its purpose needs it", "forever": "without end"}.get(retention.keep, retention.keep)
    ends = [f"{keep} from {in_words(retention.starts)}" if retention.starts else keep] if keep else []
    ends += [f"until {in_words(event)}" for event in retention.until]
    text = " or ".join(ends)
    text += f", whichever is {retention.whichever}" if retention.whichever else ""
    text += f"; then {join((ENDS[each] for each in retention.then), 'or')}" if retention.then else ""
    return text + (f"; not removed under: {join(map(in_words, retention.hold), 'or')}" if retention.hold else "")


class Wording:
    """What needs the whole policy, or the law, to be put into words."""

    def __init__(self, policy: Policy, jurisdictions: Jurisdictions) -> None:
        self._policy = policy
        self._names = jurisdictions.names
        self.law: Law | None = jurisdictions.laws.get(policy.policy.home)

    def place(self, code: str) -> str:
        """A country or an area."""
        return self._names.get(code, code)

    def subject(self, name: str) -> str:
        return label_of(name, self._policy.subjects.get(name))

    def people(self, names: Iterable[str]) -> str:
        named = list(names)
        return "everybody" if not named or "*" in named else join(map(self.subject, named))

    def data(self, name: str) -> str:
        """A group or a category."""
        if name == "*":
            return "all data"
        if name in self._policy.groups:
            return label_of(name, self._policy.groups[name])
        return self._policy.category(name).label or name

    def basis(self, basis: Basis, people: str = "") -> str:
        """ "a legitimate interest (GDPR Art. 6(1)(f)); our interest: ..."; `people` are named where they are some."""
        known = self.law.bases.get(basis.kind) if self.law else None
        text = known.label if known else in_words(basis.kind)
        if known and self.law:
            text += f" ({self.law.cite}{known.article})"
        text += f" for {people}" if people else ""
        parts = [f"our interest: {basis.interest}"] if basis.interest else []
        parts += [f"law: {join(basis.law)}"] if basis.law else []
        parts += [f"only for people under the condition: {in_words(basis.only_if)}"] if basis.only_if else []
        parts += [f"special categories: {self._condition(basis.article9)}"] if basis.article9 else []
        parts += [f"convictions: {basis.article10}"] if basis.article10 else []
        parts += [f"national numbers: {basis.national}"] if basis.national else []
        parts += [f"children: {basis.child}"] if basis.child else []
        return "; ".join([text, *parts])

    def _condition(self, article: str) -> str:
        """ "explicit consent (GDPR Art. 9(2)(a))" where the law knows it."""
        label = self.law.conditions.get(article, "") if self.law else ""
        return f"{label} ({self.law.cite}{article})" if label and self.law else article

    def recipient(self, recipient: Recipient) -> str:
        return label_of(recipient.key, recipient)

    def kind_of(self, recipient: Recipient) -> str:
        """The kind of recipients that it belongs to, else its role."""
        own = self._policy.recipient_classes.get(recipient.class_)
        return label_of(recipient.class_, own) if own else ROLES.get(self._policy.role_of(recipient) or "", "")
