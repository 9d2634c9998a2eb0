"""PRV107: a recipient lacks its class, role, agreement, country, safeguard or assessment, or the text is silent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._policy import Finding, report_all
from privlint.checks._questions import ask
from privlint.checks._recipients import (
    announced_roles,
    examples,
    for_customers,
    from_memory,
    judged_transfers,
    keys_of,
    name_of,
    old_facts,
    plain_role,
    roles_named,
    transfers_untold,
)
from privlint.checks._words import holds
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.wording import join, label_of, plural, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.checks._policy import PolicyInput
    from privlint.policy.tables import Recipient, RecipientClass

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
# Judgements of a transfer that leave something to be done.
OPEN = ("missing", "not_offered", "expired", "out_of_scope", "no_certificate")


def check_policy(context: PolicyInput) -> Iterator[Diagnostic]:
    parts = (_countries, _transfers, _assessments, _roles, _classes, _against_class, _agreements)
    yield from report_all(RULE, (*parts, for_customers, examples, transfers_untold, old_facts, from_memory), context)
    yield from ask(RULE, context)


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
        keys=keys_of(found[0], key),
        message=message.format(names=join(map(name_of, found)), **words),
        help=(help_,),
        places=[(keys_of(each, key), name_of(each)) for each in found[1:]],
        articles=articles,
        element=found[0],
    )


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
        finding.places = [(keys_of(each, ""), notes.get(each.key, name_of(each))) for each in found[1:]]
        yield finding


def _transfers(context: PolicyInput) -> Iterator[Finding]:
    by_reason: dict[tuple[str, str], list[Recipient]] = {}
    for each, transfer in judged_transfers(context):
        if transfer.result in OPEN:
            by_reason.setdefault((transfer.result, transfer.reason), []).append(each)
    for (result, reason), found in by_reason.items():
        yield Finding(
            name=f"transfer {result} {reason}",
            keys=keys_of(found[0], ""),
            message=f"{join(map(name_of, found))}: {reason}",
            help=(
                "Name what the transfer rests on, `safeguard` with what belongs to it, or keep the data inside.",
                f"Adequacy decisions are those that privlint knew on {context.jurisdictions.checked_on}.",
            ),
            places=[(keys_of(each, ""), name_of(each)) for each in found[1:]],
            articles=("13(1)(f)", "44", "45", "46"),
            element=found[0],
        )


def _assessments(context: PolicyInput) -> Iterator[Finding]:
    found = [
        each for each, transfer in judged_transfers(context) if transfer.mechanism == "scc" and not each.assessment
    ]
    yield from _gap(
        "no-assessment",
        [each for each in found if each.safeguard == "scc"],
        "{names} {have} standard contractual clauses and no assessment of the transfer is stated",
        'Add `assessment = "..."`: where it is filed and when it was made; `supplementary` where it asks for measures.',
        ("46", "13(1)(f)"),
        "safeguard",
    )


def _roles(context: PolicyInput) -> Iterator[Finding]:
    found = [each for each in context.policy.recipients.values() if context.policy.role_of(each) is None]
    yield from _gap(
        "no-role",
        found,
        "the policy does not say in which role {names} {get} data: as a processor, or to decide for themselves",
        'Add `role = "processor"`, "controller", "joint" or "authority", or the class that it belongs to.',
        ("4(7)-(8)", "26", "28"),
    )


def _classes(context: PolicyInput) -> Iterator[Finding]:
    """Recipients of no kind that the text announces; those with a role of which it announces none stand apart."""
    announced = announced_roles(context)
    apart: dict[str, list[Recipient]] = {"": []}
    for each in context.policy.recipients.values():
        if announced and not each.class_ and not _is_named(context, each):
            role = plain_role(each.role)
            apart.setdefault(role if role not in announced else "", []).append(each)
    yield from _gap(
        "no-class",
        apart.pop(""),
        "{names} {belong} to none of the kinds of recipients that the text announces",
        "Add `class`, or announce this kind of recipient in the text and in [recipient_classes].",
        ("13(1)(e)", "14(1)(e)"),
    )
    for role, found in apart.items():
        yield from _gap(
            f"unannounced {role}",
            found,
            "the policy gives {names} the role `" + role + f"`, and the text announces only {roles_named(announced)}",
            "Announce this kind of recipient in the text and in [recipient_classes].",
            ("13(1)(e)", "14(1)(e)"),
        )


def _is_named(context: PolicyInput, recipient: Recipient) -> bool:
    """Whether the text names the recipient itself."""
    return bool(holds(context.prose, [label_of(recipient.key, recipient)]))


def _against_class(context: PolicyInput) -> Iterator[Finding]:
    """Recipients that are something else than their kind, or get data for more."""
    for each in context.policy.recipients.values():
        own = context.policy.recipient_classes.get(each.class_)
        for key, message, help_, articles in _clashes(each, own, context) if own else ():
            yield Finding(
                name=f"{key} {each.key}",
                keys=("recipients", each.key, key),
                message=message,
                help=(help_,),
                places=[(("recipient_classes", each.class_), said(label_of(each.class_, own)))],
                articles=articles,
                element=own,
            )


def _clashes(
    each: Recipient, own: RecipientClass, context: PolicyInput
) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Key, message, help and articles."""
    kind, name = said(label_of(each.class_, own)), name_of(each)
    if own.role and each.role and plain_role(own.role) != plain_role(each.role):
        message = f"the policy gives {name} the role `{each.role}`, and its class, {kind}, the role `{own.role}`"
        yield "role", message, "Correct the role, or the class.", ("4(7)-(8)", "26", "28")
    beyond = [one for one in each.purposes or () if one not in own.for_]
    if beyond and "*" not in own.for_:
        may = join("every purpose" if one == "*" else context.purpose_label(one) for one in beyond)
        message = f"{name} may get data for {may}; the policy announces {kind} for "
        message += f"{context.purposes_named(own.for_)} only"
        yield "purposes", message, "Take the purpose out, or announce it in the text.", ("5(1)(b)", "13(1)(e)")


def _agreements(context: PolicyInput) -> Iterator[Finding]:
    found = [
        each
        for each in context.policy.recipients.values()
        if not each.agreement and context.policy.role_of(each) not in ("controller", "authority")
    ]
    yield from _gap(
        "no-agreement",
        found,
        "no agreement with {names} is stated",
        'Add `agreement = "..."`: what was signed and when.',
        ("26", "28(3)"),
    )
