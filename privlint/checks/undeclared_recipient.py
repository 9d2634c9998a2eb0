"""PRV401: personal data goes to a service or host that no recipient of the policy matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, Judged, diagnose, judge_sinks
from privlint.checks._transfers import AREAS, destination_of, leaves_home
from privlint.checks._wording import act
from privlint.diagnostics import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.analysis.flow import Findings, Flow
    from privlint.checks._inputs import CheckInput

RULE = Rule(
    "PRV401",
    "undeclared-recipient",
    Severity.ERROR,
    "0.1.0",
    ("GDPR Art. 13(1)(e)", "GDPR Art. 28", "GDPR Art. 30(1)(d)"),
)
DIFFERENCE = "{data}, {done}{country}: the policy does not name this recipient"


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    def reasons(claim: Claim) -> Iterable[str]:
        if claim.target.name and claim.target.own is None and not is_own(claim.flow, context):
            yield claim.target.name

    for judged in judge_sinks(found.flows, context, reasons, by_recipient=True):
        yield _undeclared(judged, context)


def is_own(flow: Flow, context: CheckInput) -> bool:
    """Whether the data stays on one's own infrastructure."""
    return flow.sink.destination == "own" or bool(flow.sink.host and context.policy.own_host(flow.sink.host))


def _undeclared(judged: Judged[str], context: CheckInput) -> Diagnostic:
    target = judged.target
    destination = destination_of(judged.sink, target, context)
    home = AREAS[context.policy.policy.home]
    table = target.name if target.service else target.name.replace(".", "_")
    host = "" if target.service else f' with `domains = ["{target.name}"]`'
    message = f"{act(judged.sink, judged.categories, target.label)}; the policy names no recipient for this call"
    help_ = [f"Add [recipients.{table}]{host} to the policy, or stop sending the data there."]
    if leaves_home(destination):
        abroad = destination.transfer.country
        assumed = " (as the catalogue assumes)" if destination.assumed else ""
        message += f"; {context.jurisdictions.names.get(abroad, abroad)}{assumed} is outside "
        message += f"{home} and no safeguard is declared"
        help_.append(
            f"Outside {home} the entry needs `country` and `safeguard` as well: what was agreed with the recipient."
        )
        doubt = destination.transfer.doubt
        help_ += [f"{doubt[:1].upper()}{doubt[1:]}."] if doubt else []
    return diagnose(
        RULE,
        judged,
        context,
        message,
        help=help_,
        severity=context.unsaid(RULE.severity),
        country=destination.country,
        location=destination.location,
    )
