"""PRV202: a declaration names a category that nobody defined, or two declarations of one field disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import diagnose_declaration
from privlint.checks._wording import listing
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.names import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.analysis.flow import Declaration, Findings
    from privlint.checks._inputs import CheckInput

RULE = Rule("PRV202", "unknown-category", Severity.ERROR, "0.1.0", ("GDPR Art. 30(1)(c)",))


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    known = (*context.taxonomy.names, *context.policy.categories)
    for declaration in found.declarations:
        for category in declaration.categories:
            if not context.policy.known_category(category):
                yield diagnose_declaration(
                    RULE,
                    declaration,
                    category,
                    f"`{declaration.name}` is declared as `{category}`, a category that neither the taxonomy nor the "
                    f"policy defines",
                    help=filter(
                        None,
                        (
                            suggest(category, known),
                            f'Define it as `"{category}" = {{ label = "..." }}` in [categories].',
                        ),
                    ),
                )
    for first, second in found.conflicts:
        yield _disagreeing(first, second, context)


def _disagreeing(first: Declaration, second: Declaration, context: CheckInput) -> Diagnostic:
    """At the one in the code, if the other is the policy's."""
    here, other = (first, second) if second.by == "data" else (second, first)
    by_policy = "data" in (first.by, second.by)
    where = "in [data]" if by_policy else "elsewhere"
    return diagnose_declaration(
        RULE,
        here,
        here.categories[0],
        f"`{here.name}` is declared twice: {_said(here)} here, {_said(other)} {where}",
        help=("Keep the declaration that is true and drop the other.",),
        policy=context.policy.place("data", here.name) if by_policy else None,
    )


def _said(declaration: Declaration) -> str:
    subjects = f" of {listing(declaration.subjects)}" if declaration.subjects else ""
    return f"as {listing(declaration.categories)}{subjects}"
