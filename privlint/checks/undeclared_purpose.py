"""PRV301: personal data reaches a sink in code that serves no purpose, or one that the policy does not define."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, Judged, controlled, diagnose, judge_sinks
from privlint.checks._wording import act, called_from, listing
from privlint.diagnostics import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput

RULE = Rule(
    "PRV301",
    "undeclared-purpose",
    Severity.ERROR,
    "0.1.0",
    ("GDPR Art. 5(1)(b)", "GDPR Art. 6(1)", "GDPR Art. 30(1)(b)"),
)
DIFFERENCE = "{data}, {done}: in code that serves no purpose of the policy"


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    def reasons(claim: Claim) -> Iterable[str]:
        if controlled(claim.flow.source) and claim.flow.sink.kind != "store":
            yield from (use.name for use in context.purposes(claim.flow) if use.name not in context.policy.purposes)

    for judged in judge_sinks(found.flows, context, reasons):
        yield _without_purpose(judged, context)


def _without_purpose(judged: Judged[str], context: CheckInput) -> Diagnostic:
    undefined = sorted(name for name in judged.claims if name)
    uses = [use for c in judged.all_claims for use in context.purposes(c.flow) if use.name in judged.claims]
    state = f"the policy defines no purpose {listing(undefined)}" if undefined else "this code serves no purpose"
    module = judged.sink.module
    known = listing(list(context.policy.purposes)[:6], "or") or "none so far"
    return diagnose(
        RULE,
        judged,
        context,
        f"{act(judged.sink, judged.categories, judged.target.label)}{called_from(uses)}; {state}",
        help=(
            f'Say what the code is for: `"{module}" = "..."` in [code], or `@purpose("...")` on `{judged.sink.unit}`.',
            f"Purposes of the policy: {known}.",
        ),
        severity=context.unsaid(RULE.severity),
        purposes=undefined,
    )
