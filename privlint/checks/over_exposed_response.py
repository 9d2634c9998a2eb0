"""PRV603: a response returns an object with its declared fields, though nobody named them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, diagnose, judge_sinks
from privlint.checks._wording import listing
from privlint.diagnostics import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput

RULE = Rule(
    "PRV603",
    "over-exposed-response",
    Severity.WARNING,
    "0.1.0",
    ("GDPR Art. 5(1)(c), (f)", "GDPR Art. 25", "GDPR Art. 32"),
)


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    def reasons(claim: Claim) -> Iterable[str]:
        if claim.flow.sink.kind == "response" and claim.flow.whole:
            yield claim.flow.source.owner or claim.flow.source.name

    for judged in judge_sinks(found.flows, context, reasons):
        fields = sorted({claim.flow.source.name.rpartition(".")[2] for claim in judged.all_claims})
        yield diagnose(
            RULE,
            judged,
            context,
            f"`{judged.sink.unit}` returns {listing(judged.claims)} as a whole in a response, with "
            f"{listing(judged.categories)} ({', '.join(fields)})",
            help=("Return the fields that the page or client needs, by name.",),
        )
