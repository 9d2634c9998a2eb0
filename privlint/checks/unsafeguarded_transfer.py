"""PRV403: a declared recipient is outside the home area, and no safeguard carries what goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, Judged, diagnose, judge_sinks
from privlint.checks._transfers import AREAS, destination_of, leaves_home
from privlint.checks._wording import act
from privlint.diagnostics import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput

RULE = Rule(
    "PRV403",
    "unsafeguarded-transfer",
    Severity.ERROR,
    "0.1.0",
    ("GDPR Art. 44-46", "GDPR Art. 49", "GDPR Art. 13(1)(f)", "GDPR Art. 30(1)(e)"),
)
DIFFERENCE = "{data}, {done}: nothing that holds carries the transfer"

# What to do, by the result of the judgement; {name} is the recipient, {home} the home area.
HELP = {
    "missing": (
        'If contractual clauses are signed: `safeguard = "scc"` and `assessment = "..."` in [recipients.{name}].',
        "Or send the data to a recipient or region inside {home}.",
    ),
    "not_offered": (
        "Use a safeguard that [transfers] lists, or change what the prose and [transfers] offer.",
        "Or send the data to a recipient or region inside {home}.",
    ),
    "expired": ("Name another safeguard in [recipients.{name}]: the decision is no longer in force.",),
    "out_of_scope": ("Name another safeguard in [recipients.{name}]: the decision does not cover this recipient.",),
    "no_certificate": (
        'If the recipient is on the list, add `certified = "..., checked on ..."` to [recipients.{name}].',
        "Else name another safeguard.",
    ),
}


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    def reasons(claim: Claim) -> Iterable[str]:
        if claim.target.own is not None:
            destination = destination_of(claim.flow.sink, claim.target, context)
            if leaves_home(destination):
                yield destination.transfer.reason

    for judged in judge_sinks(found.flows, context, reasons, by_recipient=True):
        yield _unsafeguarded(judged, context)


def _unsafeguarded(judged: Judged[str], context: CheckInput) -> Diagnostic:
    destination = destination_of(judged.sink, judged.target, context)
    transfer, name = destination.transfer, judged.target.name
    note = f" ({destination.assumption})" if destination.assumed else ""
    return diagnose(
        RULE,
        judged,
        context,
        f"{act(judged.sink, judged.categories, judged.target.label)}; {transfer.reason}{note}",
        help=(
            *(text.format(name=name, home=AREAS[context.policy.policy.home]) for text in HELP[transfer.result]),
            f"Adequacy decisions are those that privlint knew on {context.jurisdictions.checked_on}.",
        ),
        likely=destination.assumed,
        country=destination.country,
        location=destination.location,
        policy=transfer.place,
        element=context.policy.recipients[name],
    )
