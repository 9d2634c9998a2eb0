"""PRV605: secrets or special categories of data are stored, cached or exported in plain form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, diagnose, judge_sinks
from privlint.checks._wording import act, listing
from privlint.diagnostics import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput

RULE = Rule("PRV605", "plain-storage", Severity.ERROR, "0.1.0", ("GDPR Art. 32(1)(a)", "GDPR Art. 5(1)(f)"))

KINDS = ("file", "export", "cache", "client", "store")


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    policy = context.policy

    def reasons(claim: Claim) -> Iterable[str]:
        sink = claim.flow.sink
        if sink.kind not in KINDS or sink.encrypted or claim.flow.pseudonymous:
            return
        if policy.secret(claim.category):
            yield "a secret"
        elif policy.special(claim.category):
            yield "a special category of data"

    for judged in judge_sinks(found.flows, context, reasons):
        yield diagnose(
            RULE,
            judged,
            context,
            f"{act(judged.sink, judged.categories, judged.target.label)} in plain form; it is "
            f"{' and '.join(judged.claims)}",
            help=(
                f"Hash or encrypt {listing(judged.categories)} before it is stored, or do not store it there.",
                "Where the service can encrypt what it stores, ask for it in the call.",
            ),
        )
