"""PRV405: personal data goes to a destination that could not be resolved, and the policy declares none for the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, diagnose, judge_sinks
from privlint.checks._wording import act
from privlint.diagnostics import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput

RULE = Rule(
    "PRV405", "unresolved-destination", Severity.WARNING, "0.1.0", ("GDPR Art. 5(2)", "GDPR Art. 24", "GDPR Art. 30")
)
DIFFERENCE = "{data}, {done}"

KINDS = ("service", "message", "url")


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    def reasons(claim: Claim) -> Iterable[str]:
        if claim.flow.sink.kind in KINDS and claim.flow.sink.destination == "unknown" and not claim.target.name:
            yield claim.flow.sink.callable

    for judged in judge_sinks(found.flows, context, reasons):
        called = judged.sink.callable
        yield diagnose(
            RULE,
            judged,
            context,
            f"{act(judged.sink, judged.categories, '')}: the host is no constant that could be followed, and no "
            f"recipient of the policy declares this call",
            help=(
                f'If one recipient is meant, say so: `calls = ["{judged.sink.unit}"]` in its [recipients.*] table.',
                f"Or give `{called}` a constant host.",
            ),
        )
