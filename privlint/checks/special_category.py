"""PRV204: data that the law guards more (Art. 8, 9, 10, national numbers) without the condition that it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import Claim, Judged, controlled, diagnose, diagnose_declaration, judge_sinks
from privlint.checks._wording import act, called_from, listing
from privlint.diagnostics import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.analysis.flow import Declaration, Findings, Flow
    from privlint.checks._inputs import CheckInput
    from privlint.policy.tables import Basis
    from privlint.policy.types import Policy

RULE = Rule(
    "PRV204",
    "special-category",
    Severity.ERROR,
    "0.1.0",
    (
        "GDPR Art. 9(1)-(2)",
        "GDPR Art. 10",
        "GDPR Art. 35(3)(b)",
        "GDPR Art. 87",
        "GDPR Art. 8",
    ),
)
DIFFERENCE = "{data}: held or used, and no basis states the condition that the law asks for"

# Key of a basis line -> what it conditions, and what has to be written there.
CONDITIONS = {
    "article9": ("a special category of data (Art. 9)", "the condition it rests on, such as `9(2)(a)`"),
    "article10": ("data on convictions or offences (Art. 10)", "the law that allows it"),
    "national": ("a national number (Art. 87)", "the law that allows it"),
    "child": ("data of children (Art. 8)", "how the parents' consent is obtained"),
}


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    """Nothing under a law that asks for no basis: there is none to state a condition of."""
    if not context.law.needs_basis:
        return
    yield from _declared(found.declarations, context.policy)
    yield from _used(found.flows, context)


def _declared(declarations: Iterable[Declaration], policy: Policy) -> Iterator[Diagnostic]:
    """Fields for which no purpose of the policy states the condition."""
    for declaration in declarations:
        if not controlled(declaration):
            continue
        for category in declaration.categories:
            for key in conditions_of(policy, declaration, category):
                if not _stated_anywhere(policy, declaration, category, key):
                    what, needed = CONDITIONS[key]
                    yield diagnose_declaration(
                        RULE,
                        declaration,
                        category,
                        f"`{declaration.name}` holds `{category}`, {what}; no purpose of the policy states its "
                        f"condition",
                        help=(
                            f"Add `{key}` to the legal basis of the purpose that needs it: {needed}.",
                            "Or stop collecting it.",
                        ),
                    )


def _used(flows: Iterable[Flow], context: CheckInput) -> Iterator[Diagnostic]:
    """Uses for a purpose that does not state the condition, though another one does."""

    def reasons(claim: Claim) -> Iterable[tuple[str, str]]:
        if not controlled(claim.flow.source) or claim.flow.sink.kind == "store":
            return
        for key in conditions_of(context.policy, claim.flow.source, claim.category):
            if _stated_anywhere(context.policy, claim.flow.source, claim.category, key):
                for use in context.purposes(claim.flow):
                    if use.name in context.policy.purposes and not _stated(
                        context.policy, use.name, claim.flow.source, key
                    ):
                        yield use.name, key

    for judged in judge_sinks(flows, context, reasons):
        yield _used_without(judged, context)


def _used_without(judged: Judged[tuple[str, str]], context: CheckInput) -> Diagnostic:
    purposes = tuple(dict.fromkeys(purpose for purpose, _ in judged.claims))
    keys = tuple(dict.fromkeys(key for _, key in judged.claims))
    uses = [use for c in judged.all_claims for use in context.purposes(c.flow) if use.name in purposes]
    what = " and ".join(CONDITIONS[key][0] for key in keys)
    return diagnose(
        RULE,
        judged,
        context,
        f"{act(judged.sink, judged.categories, judged.target.label)} for {listing(purposes)}{called_from(uses)}; that "
        f"is {what}, and the basis of the purpose states no condition for it",
        help=tuple(f"Add `{key}` to [[purposes.{purposes[0]}.basis]]: {CONDITIONS[key][1]}." for key in keys),
        purposes=purposes,
        policy=context.policy.place("purposes", purposes[0], "basis"),
        element=context.policy.purposes[purposes[0]],
    )


def conditions_of(policy: Policy, declaration: Declaration, category: str) -> list[str]:
    """Keys of a basis line that this data needs."""
    child = policy.child(category) or any(
        policy.subjects[name].child for name in declaration.subjects if name in policy.subjects
    )
    needed = {
        "article9": policy.special(category),
        "article10": policy.criminal(category),
        "national": policy.national(category),
        "child": child,
    }
    return [key for key, holds in needed.items() if holds]


def _stated_anywhere(policy: Policy, declaration: Declaration, category: str, key: str) -> bool:
    return any(_stated(policy, name, declaration, key) for name in policy.purposes if policy.covers(name, category))


def _stated(policy: Policy, purpose: str, declaration: Declaration, key: str) -> bool:
    return any(
        states(basis, key) for subject in declaration.subjects or ("",) for basis in policy.bases(purpose, subject)
    )


def states(basis: Basis, key: str) -> bool:
    return bool(getattr(basis, key))
