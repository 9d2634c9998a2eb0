"""PRV607: personal data stands in the text of an exception, from where it reaches logs and error trackers."""

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
    "PRV607", "in-exception", Severity.WARNING, "0.1.0", ("GDPR Art. 5(1)(c), (f)", "GDPR Art. 25", "GDPR Art. 32")
)


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    def reasons(claim: Claim) -> Iterable[str]:
        if claim.flow.sink.kind == "exception" and not claim.flow.pseudonymous:
            yield "exception"

    for judged in judge_sinks(found.flows, context, reasons):
        yield diagnose(
            RULE,
            judged,
            context,
            f"{act(judged.sink, judged.categories, '')}; whoever logs or reports the exception passes it on",
            help=("Say in the text what is wrong, and name the record by its identifier.",),
        )
