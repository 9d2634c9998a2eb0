"""PRV203: the code declares a field of a category that no group or purpose of the policy holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import controlled, diagnose_declaration
from privlint.checks._wording import listing
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.types import Policy, covers_subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.analysis.flow import Declaration, Findings
    from privlint.checks._inputs import CheckInput

RULE = Rule(
    "PRV203",
    "undeclared-category",
    Severity.ERROR,
    "0.1.0",
    ("GDPR Art. 5(1)(c)", "GDPR Art. 13(1)(c)", "GDPR Art. 14(1)(d)", "GDPR Art. 30(1)(c)"),
)
DIFFERENCE = "{data}: held in the code; the policy does not collect it"


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    for declaration in found.declarations:
        for category in declaration.categories:
            if not controlled(declaration) or not context.policy.known_category(category):
                continue
            if not context.policy.declared(category):
                yield _not_held(declaration, category, context)
            elif left_out := uncollected_subjects(context.policy, category, declaration.subjects):
                yield _not_for_subject(declaration, category, left_out, context)


def _not_held(declaration: Declaration, category: str, context: CheckInput) -> Diagnostic:
    sibling = context.policy.open_group_sibling(category)
    lead = f"`{declaration.name}` holds `{category}`, and no group or purpose of the policy does"
    if sibling:
        return diagnose_declaration(
            RULE,
            declaration,
            category,
            f"{lead} (the group `{sibling}` is an open list)",
            help=(f"Add `{category}` to `contains` of [groups.{sibling}].",),
            severity=Severity.WARNING,
            policy=context.policy.place("groups", sibling),
            element=context.policy.groups[sibling],
        )
    return diagnose_declaration(
        RULE,
        declaration,
        category,
        lead,
        help=(
            f"Add `{category}` to the `categories` of the purpose that needs it, or to a group.",
            "Or stop collecting it.",
        ),
        severity=context.unsaid(RULE.severity),
    )


def _not_for_subject(
    declaration: Declaration, category: str, left_out: tuple[str, ...], context: CheckInput
) -> Diagnostic:
    policy = context.policy
    name = policy.groups_holding(category)[0]
    group = policy.groups[name]
    return diagnose_declaration(
        RULE,
        declaration,
        category,
        f"`{declaration.name}` holds `{category}` of {listing(left_out)}; the policy collects `{name}` for "
        f"{listing(group.subjects)} only",
        help=(
            f"Add {listing(left_out)} to `subjects` of [groups.{name}], or do not collect this field for them.",
            "If the field is about somebody else, say so with `subject=`.",
        ),
        policy=policy.place("groups", name, "subjects"),
        element=group,
    )


def uncollected_subjects(policy: Policy, category: str, subjects: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `subjects` whom neither a group nor a purpose collects the category for."""
    collected = [policy.groups[name].subjects for name in policy.groups_holding(category)]
    for purpose in policy.purposes.values():
        direct = tuple(name for name in purpose.categories if name not in policy.groups)
        if policy.names_cover(direct, category):
            collected.append(purpose.subjects)
    return tuple(subject for subject in subjects if not any(covers_subject(each, subject) for each in collected))
