"""PRV406: the SDK of a known service is initialised, and no recipient declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.diagnostics import Confidence, Diagnostic, PolicyPlace, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.analysis.flow import Findings, ServiceStart
    from privlint.checks._inputs import CheckInput, Target

RULE = Rule(
    "PRV406", "undeclared-service", Severity.WARNING, "0.1.0", ("GDPR Art. 28", "GDPR Art. 30(1)(d)", "GDPR Art. 25")
)
DIFFERENCE = "the SDK of {target}{country} is started: the policy does not name this recipient"


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    reached = {context.target(flow.sink).name for flow in found.flows}
    for start in found.services:
        target = context.target(start)
        if target.name and target.own is None and target.name not in reached:
            table = target.name if target.service else target.name.replace(".", "_")
            host = "" if target.service else f' with `domains = ["{target.name}"]`'
            yield diagnose_start(
                RULE,
                start,
                target,
                f"`{start.unit}` starts the SDK of {target.label}; the policy names no such recipient",
                help=(
                    f"Add [recipients.{table}]{host} to the policy, or remove the SDK.",
                    "No flow of declared data into it was found; such SDKs may collect by themselves.",
                ),
            )


def diagnose_start(
    rule: Rule,
    start: ServiceStart,
    target: Target,
    message: str,
    *,
    help: tuple[str, ...],  # noqa: A002
    country: str = "",
    policy: PolicyPlace | None = None,
) -> Diagnostic:
    """The finding where an SDK is initialised."""
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        confidence=Confidence.CERTAIN,
        message=message,
        path=start.path,
        line=start.line,
        column=start.column,
        end_line=start.end_line,
        end_column=start.end_column,
        sink="service",
        recipient=target.name,
        country=country,
        location=start.location,
        articles=rule.articles,
        policy=policy,
        help=help,
        function=start.unit,
        expression=start.expression,
    )
