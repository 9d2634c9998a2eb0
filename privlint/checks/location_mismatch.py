"""PRV404: the region or host in the code is not the location that the policy declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, diagnose, judge_sinks
from privlint.checks._transfers import place_set, places_in
from privlint.checks._wording import act
from privlint.checks.undeclared_service import diagnose_start
from privlint.diagnostics import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.analysis.flow import Findings, ServiceStart, Sink
    from privlint.checks._inputs import CheckInput, Target

RULE = Rule(
    "PRV404", "location-mismatch", Severity.ERROR, "0.1.0", ("GDPR Art. 44", "GDPR Art. 28(3)(a)", "GDPR Art. 32")
)
DIFFERENCE = "{data}, {done}: in another place than the policy says ({location})"


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    def reasons(claim: Claim) -> Iterable[str]:
        if said := contradiction(claim.flow.sink, claim.target, context):
            yield said

    for judged in judge_sinks(found.flows, context, reasons, by_recipient=True):
        own = context.policy.recipients[judged.target.name]
        yield diagnose(
            RULE,
            judged,
            context,
            f"{act(judged.sink, judged.categories, judged.target.label)}; {next(iter(judged.claims))}",
            help=_help(judged.target.name),
            country=own.country,
            policy=context.policy.place("recipients", judged.target.name, "location"),
            element=own,
        )
    for start in found.services:
        target = context.target(start)
        if said := contradiction(start, target, context):
            yield diagnose_start(
                RULE,
                start,
                target,
                f"`{start.unit}` starts the SDK of {target.label}; {said}",
                help=_help(target.name),
                country=context.policy.recipients[target.name].country,
                policy=context.policy.place("recipients", target.name, "location"),
            )


def contradiction(at: Sink | ServiceStart, target: Target, context: CheckInput) -> str:
    """What the code and the policy say of the location, if they differ."""
    if target.own is None or at.location in ("", "*"):
        return ""
    declared = target.own.location
    if not declared or place_set(places_in(at.location), context) & place_set(declared, context):
        return ""
    how = f" ({at.location_from})" if at.location_from else ""
    return f"the code says {at.location}{how}, the policy says {', '.join(declared)}"


def _help(recipient: str) -> tuple[str, ...]:
    return (
        "Correct the region, host or key in the code, if the policy is right.",
        f"Or correct `location` of [recipients.{recipient}], with a safeguard for the new place.",
    )
