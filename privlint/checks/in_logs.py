"""PRV601: personal data is logged or printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, diagnose, judge_sinks
from privlint.checks._wording import act, listing
from privlint.diagnostics import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput

RULE = Rule("PRV601", "in-logs", Severity.WARNING, "0.1.0", ("GDPR Art. 5(1)(c), (f)", "GDPR Art. 25", "GDPR Art. 32"))


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    policy = context.policy

    def reasons(claim: Claim) -> Iterable[bool]:
        if claim.flow.sink.kind != "log" or claim.flow.pseudonymous:
            return
        guarded = policy.secret(claim.category) or policy.special(claim.category)
        if guarded or not policy.covers(policy.sink_purpose("log"), claim.category):
            yield guarded

    for judged in judge_sinks(found.flows, context, reasons):
        data = listing(judged.categories)
        guarded = True in judged.claims
        help_ = [f"Leave {data} out of the line, or log an identifier or a pseudonym instead."]
        if not guarded:
            help_.append(
                "If the logs are to hold it, give them a purpose that lists it: `[sinks.log]` with `purpose = ...`."
            )
        yield diagnose(
            RULE,
            judged,
            context,
            act(judged.sink, judged.categories, judged.target.label),
            help=help_,
            severity=Severity.ERROR if guarded else None,
        )
