"""PRV302: a category reaches a sink for a purpose that does not list it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, Judged, categories_of, controlled, diagnose, judge_sinks
from privlint.checks._wording import act, called_from, listing, plural
from privlint.diagnostics import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput

RULE = Rule(
    "PRV302",
    "category-not-for-purpose",
    Severity.ERROR,
    "0.1.0",
    ("GDPR Art. 5(1)(b)-(c)", "GDPR Art. 25(2)"),
)


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    def reasons(claim: Claim) -> Iterable[str]:
        if controlled(claim.flow.source) and claim.flow.sink.kind != "store":
            for use in context.purposes(claim.flow):
                if use.name in context.policy.purposes and not context.policy.covers(use.name, claim.category):
                    yield use.name

    for judged in judge_sinks(found.flows, context, reasons):
        yield _not_listed(judged, context)


def _not_listed(judged: Judged[str], context: CheckInput) -> Diagnostic:
    policy = context.policy
    parts, help_ = [], []
    for name, claims in judged.claims.items():
        missing = categories_of(claims)
        uses = [use for claim in claims for use in context.purposes(claim.flow) if use.name == name]
        kinds = plural(len(missing), "is not", "are not")
        parts.append(f"{listing(missing)} {kinds} among the data of the purpose `{name}`{called_from(uses)}")
        help_.append(
            f"Add {listing(missing)} to `categories` of [purposes.{name}], if the policy is to say so, or leave "
            f"{plural(len(missing), 'it', 'them')} out in `{judged.sink.unit}`."
        )
    first = next(iter(judged.claims))
    return diagnose(
        RULE,
        judged,
        f"{act(judged.sink, judged.categories, judged.target.label)}; {'; '.join(parts)}",
        help=help_,
        severity=context.unsaid(RULE.severity),
        purpose=first,
        policy=policy.place("purposes", first, "categories"),
        element=policy.purposes[first],
    )
