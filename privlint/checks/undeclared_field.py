"""PRV205: personal data is written into a stored field that declares no category, or another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, diagnose, judge_sinks
from privlint.checks._wording import act, listing
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.names import below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput

RULE = Rule(
    "PRV205", "undeclared-field", Severity.WARNING, "0.1.0", ("GDPR Art. 5(1)(c)", "GDPR Art. 15", "GDPR Art. 17")
)


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    declared: dict[str, tuple[str, ...]] = {}
    for declaration in found.declarations:
        declared[declaration.name] = declared.get(declaration.name, ()) + declaration.categories

    def reasons(claim: Claim) -> Iterable[str]:
        held = declared.get(claim.flow.sink.callable, ())
        if claim.flow.sink.kind == "store" and not any(below(claim.category, name) for name in held):
            yield claim.flow.sink.callable

    for judged in judge_sinks(found.flows, context, reasons):
        field = judged.sink.callable
        held = declared.get(field, ())
        category = judged.categories[0]
        states = f"is declared as {listing(held)}" if held else "declares no category"
        yield diagnose(
            RULE,
            judged,
            context,
            f"{act(judged.sink, judged.categories, '')}, which {states}",
            help=(
                f'Declare the field with `Personal("{category}")`, or as `"{field}" = "{category}"` in [data].',
                "Or leave the data out of what is stored there.",
            ),
        )
