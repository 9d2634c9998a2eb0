"""PRV306: personal data is read in code without any purpose, though it reaches no sink. One finding per module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks import undeclared_purpose
from privlint.checks._diagnose import controlled, diagnose_reads
from privlint.checks._wording import listing
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.names import below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.analysis.flow import Findings, Read
    from privlint.checks._inputs import CheckInput

RULE = Rule(
    "PRV306",
    "undeclared-use",
    Severity.WARNING,
    "0.1.0",
    ("GDPR Art. 5(1)(b)", "GDPR Art. 6(1)", "GDPR Art. 30(1)(b)"),
)
DIFFERENCE = "{data}: read in code that serves no purpose of the policy"


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    judged_already = _modules_of_sinks(found, context)
    modules: dict[str, list[Read]] = {}
    for read in found.reads:
        if read.module not in judged_already and _without_purpose(read):
            modules.setdefault(read.module, []).append(read)
    for module, reads in modules.items():
        fields = list(dict.fromkeys(read.source.name for read in reads))
        more = f" and {len(fields) - 3} more" if len(fields) > 3 else ""
        yield diagnose_reads(
            RULE,
            reads,
            f"`{module}` reads {listing(fields[:3], ',' if more else 'and')}{more} and serves no purpose of the policy",
            help=(
                f'Say what the code is for: `"{module}" = "..."` in [code], or `@purpose("...")` on `{reads[0].unit}`.',
            ),
        )


def _modules_of_sinks(found: Findings, context: CheckInput) -> set[str]:
    """Modules with a finding of PRV301: their reads say the same again."""
    places = {(finding.path, finding.function) for finding in undeclared_purpose.check(found, context)}
    return {flow.sink.module for flow in found.flows if (flow.sink.path, flow.sink.unit) in places}


def _without_purpose(read: Read) -> bool:
    in_own_class = bool(read.source.owner) and below(read.unit, read.source.owner)
    return controlled(read.source) and not in_own_class and not any(use.name for use in read.purposes)
