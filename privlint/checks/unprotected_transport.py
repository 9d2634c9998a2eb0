"""PRV604: personal data travels without protection: plain http, ftp or smtp, certificate checks switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, diagnose, judge_sinks
from privlint.checks._wording import act
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.names import below
from privlint.policy.types import own_domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.analysis.flow import Findings, Sink
    from privlint.checks._inputs import CheckInput

RULE = Rule("PRV604", "unprotected-transport", Severity.ERROR, "0.1.0", ("GDPR Art. 5(1)(f)", "GDPR Art. 32(1)(a)"))

REASONS = {
    "http": "over plain http",
    "ftp": "over plain ftp",
    "smtp": "over smtp without TLS",
}


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    def reasons(claim: Claim) -> Iterable[str]:
        if claim.flow.sink.transport and not _stays_inside(claim.flow.sink, context):
            yield claim.flow.sink.transport

    for judged in judge_sinks(found.flows, context, reasons):
        [transport, *_] = judged.claims
        how = REASONS.get(transport, f"with `{transport}`, so that nobody checks who answers")
        yield diagnose(
            RULE,
            judged,
            context,
            f"{act(judged.sink, judged.categories, judged.target.label or judged.sink.host)} {how}",
            help=("Use the encrypted form of the protocol, with certificate checks on.",),
        )


def _stays_inside(sink: Sink, context: CheckInput) -> bool:
    """Loopback and the own network; the own service's public host is reached over the open net."""
    host = sink.host
    if any(host == public or below_host(host, public) for public in map(own_domain, context.policy.policy.service)):
        return False
    return sink.destination == "own" or bool(host and context.policy.own_host(host))


def below_host(host: str, domain: str) -> bool:
    return below(".".join(reversed(host.split("."))), ".".join(reversed(domain.split("."))))
