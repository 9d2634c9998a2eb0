"""PRV302: a category reaches a sink for a purpose that does not list it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, Judged, categories_of, controlled, diagnose, judge_sinks
from privlint.checks._wording import act, called_from, listing
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.wording import plural

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
DIFFERENCE = "{data}, {done}: not among the data of this purpose"


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
    purposes: dict[tuple[str, ...], list[str]] = {}
    for name, claims in judged.claims.items():
        purposes.setdefault(categories_of(claims), []).append(name)
    parts, help_ = [], []
    for missing, names in purposes.items():
        uses = [use for c in judged.all_claims for use in context.purposes(c.flow) if use.name in names]
        every = missing == judged.categories
        data = plural(len(missing), "it", "them") if every else listing(missing)
        who = plural(len(names), "the purpose {} does", "the purposes {} do").format(listing(names))
        parts.append(f"{who} not list {data}{called_from(uses)}")
        help_.append(
            f"Leave {listing(missing)} out in `{judged.sink.unit}`, or add {plural(len(missing), 'it', 'them')} to "
            f"`categories` of {listing((f'[purposes.{name}]' for name in names), 'or')}."
        )
    first = next(iter(judged.claims))
    return diagnose(
        RULE,
        judged,
        context,
        f"{act(judged.sink, judged.categories, judged.target.label)}; {'; '.join(parts)}",
        help=help_,
        severity=context.unsaid(RULE.severity),
        purposes=judged.claims,
        policy=policy.place("purposes", first, "categories"),
        element=policy.purposes[first],
    )
