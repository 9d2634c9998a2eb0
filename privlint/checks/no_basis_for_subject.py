"""PRV303: no line of legal basis of the purpose covers the person whose data is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, Judged, controlled, diagnose, judge_sinks
from privlint.checks._wording import act, called_from, code
from privlint.diagnostics import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput

RULE = Rule("PRV303", "no-basis-for-subject", Severity.ERROR, "0.1.0", ("GDPR Art. 6(1)", "GDPR Art. 9(2)"))
DIFFERENCE = "{data}, {done}: the purpose has no basis for these people"


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    policy = context.policy

    def reasons(claim: Claim) -> Iterable[tuple[str, str]]:
        if not controlled(claim.flow.source) or claim.flow.sink.kind == "store":
            return
        for use in context.purposes(claim.flow):
            purpose = policy.purposes.get(use.name)
            if purpose is not None and (purpose.basis or context.law.needs_basis):
                for subject in claim.flow.source.subjects or ("",):
                    if not policy.bases(use.name, subject):
                        yield use.name, subject

    for judged in judge_sinks(found.flows, context, reasons):
        yield _without_basis(judged, context)


def _without_basis(judged: Judged[tuple[str, str]], context: CheckInput) -> Diagnostic:
    policy = context.policy
    parts = [
        f"no basis of the purpose `{purpose}` covers {code(subject)}"
        if subject and policy.purposes[purpose].basis
        else f"the purpose `{purpose}` has no legal basis"
        for purpose, subject in judged.claims
    ]
    first, subject = next(iter(judged.claims))
    names = {purpose for purpose, _ in judged.claims}
    uses = [use for claim in judged.all_claims for use in context.purposes(claim.flow) if use.name in names]
    whom = f" for `{subject}`" if subject else ""
    return diagnose(
        RULE,
        judged,
        context,
        f"{act(judged.sink, judged.categories, judged.target.label)}{called_from(uses)}; "
        f"{'; '.join(dict.fromkeys(parts))}",
        help=(
            f"Add a line [[purposes.{first}.basis]]{whom}, if there is one.",
            "Or do not use this data for that purpose.",
        ),
        severity=context.unsaid(RULE.severity),
        purposes=(purpose for purpose, _ in judged.claims),
        policy=policy.place("purposes", first, "basis"),
        element=policy.purposes[first],
    )
