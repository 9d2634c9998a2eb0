"""Recipients as the record of processing names them: who they are, where, and what a transfer to them rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._differences import label_of_recipient
from privlint.checks._transfers import Destination, destination_of
from privlint.policy.record import Party
from privlint.policy.wording import ROLES, SAFEGUARDS, Wording, in_words, join, label_of, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.checks._inputs import CheckInput
    from privlint.policy.tables import Recipient


def announced_for(purpose: str, names: Iterable[str], context: CheckInput) -> Iterator[Party]:
    """Kinds of recipients that the policy announces for the purpose, of which it names nobody."""
    policy = context.policy
    known = {policy.recipients[name].class_ for name in names}
    for name, each in policy.recipient_classes.items():
        if name not in known and ("*" in each.for_ or purpose in each.for_):
            yield Party("", label_of(name, each), ROLES.get(each.role or "", ""))


def party(name: str, context: CheckInput, words: Wording) -> Party:
    """A recipient of the policy."""
    target = context.recipient(name)
    own = context.policy.recipients[name]
    destination = destination_of(None, target, context)
    assumed = " (as the catalogue assumes)"
    country = words.place(destination.country) + ("" if own.country or not destination.country else assumed)
    places = destination.location.split(", ") if destination.location else []
    location = join(map(words.place, places)) + ("" if own.location or not places else assumed)
    return Party(
        name=name,
        label=label_of_recipient(name, context),
        kind=words.kind_of(own),
        country=country,
        location=location,
        outside=destination.transfer.result not in ("inside", "unknown"),
        safeguard=_safeguard(own, destination),
        agreement=own.agreement,
    )


def _safeguard(own: Recipient, destination: Destination) -> str:
    """What a transfer out of the home area rests on, or why nothing carries it."""
    transfer = destination.transfer
    if transfer.result in ("inside", "unknown"):
        return ""
    if not transfer.allowed:
        return f"none that holds: {transfer.reason}"
    if transfer.mechanism == "derogation":
        return f"derogation: {in_words(own.derogation)}"
    parts = [transfer.reason if transfer.mechanism == "adequacy" else SAFEGUARDS[transfer.mechanism]]
    parts += [f"certified: {own.certified}"] if own.certified else []
    parts += [f"assessment: {own.assessment}"] if own.assessment else []
    parts += [f"further measures: {join(own.supplementary)}"] if own.supplementary else []
    return listed(parts)
