"""PRV107: a recipient lacks its class, role, agreement, country, safeguard or assessment, or the text is silent."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from privlint.checks._policy import Finding, count, report
from privlint.checks._questions import ask
from privlint.checks._wording import plural
from privlint.checks._words import holds, own_text
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.prose import normalise
from privlint.policy.transfers import facts_of, judge_transfer, outside_of
from privlint.policy.wording import join, label_of, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.checks._policy import PolicyInput
    from privlint.policy.tables import Recipient, RecipientClass, Role
    from privlint.policy.transfers import Transfer
    from privlint.policy.types import Path

RULE = Rule(
    "PRV107",
    "recipient-incomplete",
    Severity.WARNING,
    "0.1.0",
    (
        "GDPR Art. 13(1)(e)-(f)",
        "GDPR Art. 26",
        "GDPR Art. 28(1)-(3)",
        "GDPR Art. 30(1)(d)-(e)",
        "GDPR Art. 46",
    ),
)
OLD = datetime.timedelta(days=365)
ROLES = {
    "processor": "processors",
    "controller": "controllers of their own",
    "joint": "joint controllers",
    "joint_controller": "joint controllers",
    "authority": "authorities",
}
# Judgements of a transfer that leave something to be done.
OPEN = ("missing", "not_offered", "expired", "out_of_scope", "no_certificate")


def check_policy(context: PolicyInput) -> Iterator[Diagnostic]:
    parts = (_countries, _transfers, _assessments, _roles, _classes, _role_clash, _beyond_class, _agreements)
    for part in (*parts, _unannounced, _for_customers, _examples, _telling, _old_facts, _from_memory):
        for finding in part(context):
            yield report(RULE, finding, context)
    yield from ask(RULE, context)


def _role(context: PolicyInput, recipient: Recipient) -> Role | None:
    """Its own role, else that of its class."""
    own = context.policy.recipient_classes.get(recipient.class_)
    return recipient.role or (own.role if own else None)


def _name(recipient: Recipient) -> str:
    return said(recipient.label or recipient.key.replace("_", " "))


def _gap(
    name: str, found: list[Recipient], message: str, help_: str, articles: tuple[str, ...] = (), key: str = ""
) -> Iterator[Finding]:
    """One finding about all recipients that lack the same. {names}, {have}, {are}, {belong} and {get} stand in the
    message."""
    if not found:
        return
    words = {"have": plural(len(found), "has", "have"), "are": plural(len(found), "is", "are")}
    words |= {name: plural(len(found), f"{name}s", name) for name in ("belong", "get")}
    yield Finding(
        name=name,
        keys=_keys(found[0], key),
        message=message.format(names=join(map(_name, found)), **words),
        help=(help_,),
        places=[(_keys(each, key), _name(each)) for each in found[1:]],
        articles=articles,
        element=found[0],
    )


def _keys(recipient: Recipient, key: str) -> Path:
    return ("recipients", recipient.key, key) if key else ("recipients", recipient.key)


# ---------------------------------------------------------------- recipients


def _countries(context: PolicyInput) -> Iterator[Finding]:
    found = [each for each in context.policy.recipients.values() if not each.country]
    assumed = context.catalogue() if found else {}
    notes = {
        each.key: f"the catalogue, checked on {known.checked_on}, assumes {known.country}"
        for each in found
        if (known := assumed.get(each.service or each.key)) and known.country not in ("", "*")
    }
    for finding in _gap(
        "no-country",
        found,
        "the policy does not say in which country {names} {are} established",
        "Add `country`, and `location` if the data goes to another one.",
        ("13(1)(f)", "30(1)(e)"),
    ):
        if found[0].key in notes:
            finding.message += f" ({notes[found[0].key]})"
        finding.places = [(_keys(each, ""), notes.get(each.key, _name(each))) for each in found[1:]]
        yield finding


def _judged(context: PolicyInput) -> list[tuple[Recipient, Transfer]]:
    return [
        (each, judge_transfer(context.policy, context.jurisdictions, facts_of(each), context.today))
        for each in context.policy.recipients.values()
        if each.country or each.location
    ]


def _transfers(context: PolicyInput) -> Iterator[Finding]:
    by_reason: dict[tuple[str, str], list[Recipient]] = {}
    for each, transfer in _judged(context):
        if transfer.result in OPEN:
            by_reason.setdefault((transfer.result, transfer.reason), []).append(each)
    for (result, reason), found in by_reason.items():
        yield Finding(
            name=f"transfer {result} {reason}",
            keys=_keys(found[0], ""),
            message=f"{join(map(_name, found))}: {reason}",
            help=(
                "Name what the transfer rests on, `safeguard` with what belongs to it, or keep the data inside.",
                f"Adequacy decisions are those that privlint knew on {context.jurisdictions.checked_on}.",
            ),
            places=[(_keys(each, ""), _name(each)) for each in found[1:]],
            articles=("13(1)(f)", "44", "45", "46"),
            element=found[0],
        )


def _assessments(context: PolicyInput) -> Iterator[Finding]:
    found = [each for each, transfer in _judged(context) if transfer.mechanism == "scc" and not each.assessment]
    yield from _gap(
        "no-assessment",
        [each for each in found if each.safeguard == "scc"],
        "{names} {have} standard contractual clauses and no assessment of the transfer is stated",
        'Add `assessment = "..."`: where it is filed and when it was made; `supplementary` where it asks for measures.',
        ("46", "13(1)(f)"),
        "safeguard",
    )


def _roles(context: PolicyInput) -> Iterator[Finding]:
    found = [each for each in context.policy.recipients.values() if _role(context, each) is None]
    yield from _gap(
        "no-role",
        found,
        "the policy does not say in which role {names} {get} data: as a processor, or to decide for themselves",
        'Add `role = "processor"`, "controller", "joint" or "authority", or the class that it belongs to.',
        ("4(7)-(8)", "26", "28"),
    )


def _classes(context: PolicyInput) -> Iterator[Finding]:
    """Recipients of no class that the text announces. Those with a role that no class has: see `_unannounced`."""
    announced = _announced(context)
    found = [
        each
        for each in context.policy.recipients.values()
        if announced
        and not each.class_
        and not _is_named(context, each)
        and (_role(context, each) is None or _plain(each.role) in announced)
    ]
    yield from _gap(
        "no-class",
        found,
        "{names} {belong} to none of the kinds of recipients that the text announces",
        "Add `class`, or announce this kind of recipient in the text and in [recipient_classes].",
        ("13(1)(e)", "14(1)(e)"),
    )


def _is_named(context: PolicyInput, recipient: Recipient) -> bool:
    """Whether the text names the recipient itself."""
    return bool(holds(context.prose, [recipient.label or recipient.key.replace("_", " ")]))


def _announced(context: PolicyInput) -> set[str]:
    return {_plain(each.role) for each in context.policy.recipient_classes.values()}


def _plain(role: Role | None) -> str:
    return "joint" if role == "joint_controller" else role or ""


def _unannounced(context: PolicyInput) -> Iterator[Finding]:
    """Recipients with a role of which the text has no class."""
    announced = _announced(context)
    known = join(ROLES[role] for role in ROLES if role in announced)
    by_role: dict[str, list[Recipient]] = {}
    for each in context.policy.recipients.values():
        role = _plain(_role(context, each))
        if announced and not each.class_ and role and role not in announced and not _is_named(context, each):
            by_role.setdefault(role, []).append(each)
    for role, found in by_role.items():
        yield from _gap(
            f"unannounced {role}",
            found,
            "the policy gives {names} the role `" + role + f"`, and the text announces only {known}",
            "Announce this kind of recipient in the text and in [recipient_classes].",
            ("13(1)(e)", "14(1)(e)"),
        )


def _role_clash(context: PolicyInput) -> Iterator[Finding]:
    classes = context.policy.recipient_classes
    for each in context.policy.recipients.values():
        own = classes.get(each.class_)
        if own and own.role and each.role and _plain(own.role) != _plain(each.role):
            yield Finding(
                name=f"role {each.key}",
                keys=("recipients", each.key, "role"),
                message=f"the policy gives {_name(each)} the role `{each.role}`, and its class, "
                f"{said(label_of(each.class_, own))}, the role `{own.role}`",
                help=("Correct the role, or the class.",),
                places=[(("recipient_classes", each.class_), said(label_of(each.class_, own)))],
                articles=("4(7)-(8)", "26", "28"),
                element=own,
            )


def _beyond_class(context: PolicyInput) -> Iterator[Finding]:
    """Recipients with purposes for which the text does not announce their class."""
    classes = context.policy.recipient_classes
    for each in context.policy.recipients.values():
        own = classes.get(each.class_)
        if own is None or "*" in own.for_:
            continue
        purposes = each.purposes or ()
        beyond = [name for name in purposes if name not in own.for_]
        if beyond:
            may = join("every purpose" if name == "*" else context.purpose_label(name) for name in beyond)
            announced = context.purposes_named(own.for_)
            yield Finding(
                name=f"beyond {each.key}",
                keys=("recipients", each.key, "purposes"),
                message=f"{_name(each)} may get data for {may}; the policy announces "
                f"{said(label_of(each.class_, own))} for {announced} only",
                help=("Take the purpose out, or announce it in the text.",),
                places=[(("recipient_classes", each.class_), said(label_of(each.class_, own)))],
                articles=("5(1)(b)", "13(1)(e)"),
                element=own,
            )


def _agreements(context: PolicyInput) -> Iterator[Finding]:
    found = [
        each
        for each in context.policy.recipients.values()
        if not each.agreement and _role(context, each) not in ("controller", "authority")
    ]
    yield from _gap(
        "no-agreement",
        found,
        "no agreement with {names} is stated",
        'Add `agreement = "..."`: what was signed and when.',
        ("26", "28(3)"),
    )


# ---------------------------------------------------------------- the text


def _for_customers(context: PolicyInput) -> Iterator[Finding]:
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


def _examples(context: PolicyInput) -> Iterator[Finding]:
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
    announced = _announced(context)
    roles = join(ROLES[role] for role in ROLES if role in announced)
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
    used = [transfer.mechanism for _, transfer in _judged(context)]
    return any(each not in ("", "none", "adequacy", "derogation") for each in (*offered, *used))


def _saying(context: PolicyInput, element: RecipientClass) -> str:
    """The sentences that are quoted for a kind of recipients."""
    quotes = [normalise(quote) for quote in element.quote]
    return " ".join(each.text for each in context.sentences if any(quote in each.text for quote in quotes))


def _telling(context: PolicyInput) -> Iterator[Finding]:
    """Transfers of which people learn neither the country nor how to see the safeguards."""
    policy = context.policy
    if policy.prose_text is None:
        return
    outside: dict[str, list[Recipient]] = {}
    for each in policy.recipients.values():
        for country in outside_of(policy, context.jurisdictions, facts_of(each)):
            outside.setdefault(country, []).append(each)
    names = context.jurisdictions.names
    named = [country for country in outside if holds(context.prose, [names.get(country, country)])]
    unnamed = [country for country in outside if country not in named and context.english]
    copy = policy.transfers is not None and policy.transfers.copy
    told = []
    if unnamed:
        countries = (f"{names.get(code, code)} ({join(map(_name, outside[code]))})" for code in unnamed)
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
            (_keys(each, ""), f"{_name(each)}: {names.get(country, country)}")
            for country in outside
            for each in outside[country]
        ],
        articles=("13(1)(f)", "14(1)(f)"),
        element=policy.transfers,
    )


def _from_memory(context: PolicyInput) -> Iterator[Finding]:
    """Transfers that are in order only by decisions that nobody confirmed."""
    found = [
        (each, transfer.decision)
        for each, transfer in _judged(context)
        if transfer.result == "adequate" and transfer.doubt and transfer.decision
    ]
    if found:
        (first, decision), *others = found
        yield Finding(
            name="from-memory",
            keys=_keys(first, ""),
            message=f"{join(_name(each) for each, _ in found)} {plural(len(found), 'rests', 'rest')} on adequacy "
            f"decisions that privlint knows from memory only, written down on {decision.checked_on}",
            help=("Look them up; what differs is stated in the policy file: [[adequacy]].",),
            severity=Severity.INFO,
            places=[(_keys(each, ""), f"{_name(each)}: {known.name}") for each, known in others],
            articles=("45",),
        )


def _old_facts(context: PolicyInput) -> Iterator[Finding]:
    """Decisions that privlint has not looked at for a year."""
    checked = context.jurisdictions.checked_on
    relying: Iterable[Recipient] = [each for each, transfer in _judged(context) if transfer.decision is not None]
    found = list(relying)
    if not found or not checked or context.today - datetime.date.fromisoformat(checked) <= OLD:
        return
    yield Finding(
        name="old-facts",
        keys=("recipients", found[0].key),
        message=f"{count(len(found), 'recipient')} rest on adequacy decisions as privlint knew them on {checked}",
        help=("Take a newer privlint, or look the decisions up.",),
        severity=Severity.INFO,
        places=[(_keys(each, ""), _name(each)) for each in found[1:]],
        articles=("45",),
    )
