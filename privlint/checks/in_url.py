"""PRV602: personal data stands in a URL, a key, a file name or another name that is kept and passed on by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, diagnose, judge_sinks
from privlint.checks._wording import act, listing
from privlint.diagnostics import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput

RULE = Rule("PRV602", "in-url", Severity.WARNING, "0.1.0", ("GDPR Art. 5(1)(c), (f)", "GDPR Art. 25", "GDPR Art. 32"))


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    def reasons(claim: Claim) -> Iterable[str]:
        if claim.flow.sink.kind == "url" and not claim.flow.pseudonymous:
            yield "url"

    for judged in judge_sinks(found.flows, context, reasons):
        yield diagnose(
            RULE,
            judged,
            context,
            f"{act(judged.sink, judged.categories, judged.target.label)}; URLs and keys are written to logs and "
            "histories along the way",
            help=(f"Send {listing(judged.categories)} in the body, or use an identifier in its place.",),
        )
