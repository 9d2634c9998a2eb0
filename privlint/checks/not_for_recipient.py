"""PRV402: a declared recipient gets a category, or data for a purpose, that the policy does not give it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, Judged, categories_of, diagnose, judge_sinks
from privlint.checks._wording import act, listing
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput
    from privlint.policy.tables import Recipient

RULE = Rule(
    "PRV402",
    "not-for-recipient",
    Severity.ERROR,
    "0.1.0",
    ("GDPR Art. 5(1)(b)-(c)", "GDPR Art. 25(2)", "GDPR Art. 28(3)(a)"),
)
DIFFERENCE = "{data}, {done}: this recipient may not get it, or not for this purpose"


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    policy = context.policy

    def reasons(claim: Claim) -> Iterable[tuple[str, str]]:
        own = claim.target.own
        if own is None:
            return
        allowed = policy.recipient_allows(own, claim.category)
        if not allowed:
            yield "categories", ""
        for use in context.purposes(claim.flow):
            if use.name and allowed and not policy.recipient_allows(own, claim.category, use.name):
                yield "purposes", use.name
            elif use.name and not _class_serves(own, use.name, context):
                yield "class", use.name

    for judged in judge_sinks(found.flows, context, reasons, by_recipient=True):
        yield _not_given(judged, context)


def _class_serves(own: Recipient, purpose: str, context: CheckInput) -> bool:
    served = context.policy.recipient_classes.get(own.class_)
    return served is None or "*" in served.for_ or purpose in served.for_


def _not_given(judged: Judged[tuple[str, str]], context: CheckInput) -> Diagnostic:
    policy, name = context.policy, judged.target.name
    own = policy.recipients[name]
    kinds = {kind: [purpose for each, purpose in judged.claims if each == kind] for kind, _ in judged.claims}
    parts, help_ = [], []
    if "categories" in kinds:
        over = categories_of(judged.claims["categories", ""])
        allowed = listing(own.categories or ()) or "no data"
        parts.append(f"the policy gives `{name}` {allowed}")
        help_.append(
            f"Leave {listing(over)} out of this call, or add {plural(len(over), 'it', 'them')} to `categories` of "
            f"[recipients.{name}]."
        )
    if "purposes" in kinds:
        served = listing(own.purposes or ()) or "no purpose"
        parts.append(f"the policy uses `{name}` for {served}, and this code serves {listing(kinds['purposes'])}")
        help_.append(
            f"Do not send it there for {listing(kinds['purposes'], 'or')}, or add it to `purposes` of "
            f"[recipients.{name}]."
        )
    if "class" in kinds:
        served = listing(policy.recipient_classes[own.class_].for_)
        parts.append(
            f"recipients of the class `{own.class_}` serve {served}, and this code serves {listing(kinds['class'])}"
        )
        help_.append(
            f"Do not send it there for {listing(kinds['class'], 'or')}, or add it to `for` of "
            f"[recipient_classes.{own.class_}]."
        )
    first = next(iter(kinds))
    keys = ("recipient_classes", own.class_, "for") if first == "class" else ("recipients", name, first)
    return diagnose(
        RULE,
        judged,
        context,
        f"{act(judged.sink, judged.categories, judged.target.label)}; {'; '.join(parts)}",
        help=help_,
        purposes=(purpose for _, purpose in judged.claims if purpose),
        country=own.country,
        policy=policy.place(*keys),
        element=policy.recipient_classes[own.class_] if first == "class" else own,
    )
