"""What a text says of recipients and transfers, and the words and judgements that findings about them share."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from privlint.checks._policy import Finding
from privlint.checks._words import holds, names_country, own_text
from privlint.diagnostics import Severity
from privlint.policy.prose import normalise
from privlint.policy.transfers import facts_of, judge_transfer, outside_of
from privlint.policy.wording import count, join, label_of, plural, said

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from privlint.checks._policy import PolicyInput
    from privlint.policy.tables import Recipient, RecipientClass
    from privlint.policy.transfers import Transfer
    from privlint.policy.types import Path
    from privlint.policy.vocabulary import Role

OLD = datetime.timedelta(days=365)
ROLES = {
    "processor": "processors",
    "controller": "controllers of their own",
    "joint": "joint controllers",
    "authority": "authorities",
}


def name_of(recipient: Recipient) -> str:
    return said(label_of(recipient.key, recipient))


def keys_of(recipient: Recipient, key: str) -> Path:
    return ("recipients", recipient.key, key) if key else ("recipients", recipient.key)


def announced_roles(context: PolicyInput) -> set[str]:
    """Roles of the kinds of recipients that the text announces, "" for a kind without one."""
    return {plain_role(each.role) for each in context.policy.recipient_classes.values()}


def plain_role(role: Role | None) -> str:
    return "joint" if role == "joint_controller" else role or ""


def roles_named(roles: Collection[str]) -> str:
    return join(ROLES[role] for role in ROLES if role in roles)


def judged_transfers(context: PolicyInput) -> list[tuple[Recipient, Transfer]]:
    return [
        (each, judge_transfer(context.policy, context.jurisdictions, facts_of(each), context.today))
        for each in context.policy.recipients.values()
        if each.country or each.location
    ]


def for_customers(context: PolicyInput) -> Iterator[Finding]:
    """Data that customers control, of which the text does not speak."""
    data = context.policy.data
    found = [name for name, entry in data.items() if entry.role == "processor"]
    if context.policy.prose_text is None or not context.english or not found:
        return
    if not holds(context.prose, context.review.processor_words):
        held = context.data_named(category for name in found for category in data[name].category)
        yield Finding(
            name="for-customers",
            keys=("data", found[0]),
            message=f"the code holds data for customers, as their processor ({held}), and the text does not speak of "
            "it",
            help=("Say in the text for what the company is only a processor, and who answers for that data.",),
            places=[(("data", name), name) for name in found[1:]],
            articles=("4(8)", "28"),
        )


def examples(context: PolicyInput) -> Iterator[Finding]:
    """Kinds of recipients that are examples, or leave those out who decide for themselves."""
    policy = context.policy
    classes = policy.recipient_classes
    if policy.prose_text is None or not classes or not context.english:
        return
    text = " ".join(_saying(context, each) for each in classes.values())
    word = holds(text, context.review.example_words)
    hedge = holds(text, context.review.hedge_words)
    if not word:
        return
    announced = announced_roles(context)
    roles = roles_named(announced)
    others = f"; it announces {roles}, and none who decide for themselves, as banks and advertising networks do"
    lacking = "" if "controller" in announced else others
    open_end = f"; {said(hedge)} leaves the rest open" if hedge else ""
    first = next(iter(classes))
    yield Finding(
        name="examples",
        keys=("recipient_classes", first),
        message=f"the text names kinds of recipients as examples ({said(word)}){lacking}{open_end}",
        help=("Name the recipients, or every kind of them, payment services and advertising networks included.",),
        severity=Severity.WARNING if "controller" not in announced else Severity.INFO,
        places=[
            (("recipient_classes", name), said(label_of(name, each))) for name, each in classes.items() if name != first
        ],
        articles=("13(1)(e)", "14(1)(e)"),
        element=classes[first],
    )


def _has_safeguards(context: PolicyInput) -> bool:
    """Whether there are safeguards to have a copy of: an adequacy decision is public."""
    offered = (context.policy.transfers.safeguards or ()) if context.policy.transfers else ()
    used = [transfer.mechanism for _, transfer in judged_transfers(context)]
    return any(each not in ("", "none", "adequacy", "derogation") for each in (*offered, *used))


def _saying(context: PolicyInput, element: RecipientClass) -> str:
    """The sentences that are quoted for a kind of recipients."""
    quotes = [words for quote in element.quote if (words := normalise(quote))]
    return " ".join(each.text for each in context.sentences if any(quote in each.text for quote in quotes))


def transfers_untold(context: PolicyInput) -> Iterator[Finding]:
    """Transfers of which people learn neither the country nor how to see the safeguards."""
    policy = context.policy
    if policy.prose_text is None:
        return
    outside: dict[str, list[Recipient]] = {}
    for each in policy.recipients.values():
        for country in outside_of(policy, context.jurisdictions, facts_of(each)):
            outside.setdefault(country, []).append(each)
    names = context.jurisdictions.names
    unnamed = [country for country in outside if context.english and not names_country(context, country)]
    copy = policy.transfers is not None and policy.transfers.copy
    told = []
    if unnamed:
        countries = (f"{names.get(code, code)} ({join(map(name_of, outside[code]))})" for code in unnamed)
        told.append(f"does not name the third countries of recipients, {join(countries)}")
    if not copy and _has_safeguards(context):
        told.append("does not say how people obtain a copy of the safeguards")
    if not told:
        return
    hedge = holds(own_text(context, policy.transfers), context.review.hedge_words) if policy.transfers else ""
    lead = f"on transfers the text promises {said(hedge)} none, " if hedge else "on transfers the text "
    yield Finding(
        name="transfers-untold",
        keys=("transfers",) if policy.transfers else ("recipients", next(iter(policy.recipients))),
        message=lead + ", and ".join(told),
        help=("Name the countries, and where the safeguards can be seen: `copy` under [transfers].",),
        places=[
            (keys_of(each, ""), f"{name_of(each)}: {names.get(country, country)}")
            for country in outside
            for each in outside[country]
        ],
        articles=("13(1)(f)", "14(1)(f)"),
        element=policy.transfers,
    )


def from_memory(context: PolicyInput) -> Iterator[Finding]:
    """Transfers that are in order only by decisions that nobody confirmed."""
    found = [
        (each, transfer.decision)
        for each, transfer in judged_transfers(context)
        if transfer.result == "adequate" and transfer.doubt and transfer.decision
    ]
    if found:
        (first, decision), *others = found
        yield Finding(
            name="from-memory",
            keys=keys_of(first, ""),
            message=f"{join(name_of(each) for each, _ in found)} {plural(len(found), 'rests', 'rest')} on adequacy "
            f"decisions that privlint knows from memory only, written down on {decision.checked_on}",
            help=("Look them up; what differs is stated in the policy file: [[adequacy]].",),
            severity=Severity.INFO,
            places=[(keys_of(each, ""), f"{name_of(each)}: {known.name}") for each, known in others],
            articles=("45",),
        )


def old_facts(context: PolicyInput) -> Iterator[Finding]:
    """Decisions that privlint has not looked at for a year."""
    checked = context.jurisdictions.checked_on
    found = [each for each, transfer in judged_transfers(context) if transfer.decision is not None]
    if not found or not checked or context.today - datetime.date.fromisoformat(checked) <= OLD:
        return
    rest = plural(len(found), "rests", "rest")
    yield Finding(
        name="old-facts",
        keys=("recipients", found[0].key),
        message=f"{count(len(found), 'recipient')} {rest} on adequacy decisions as privlint knew them on {checked}",
        help=("Take a newer privlint, or look the decisions up.",),
        severity=Severity.INFO,
        places=[(keys_of(each, ""), name_of(each)) for each in found[1:]],
        articles=("45",),
    )
