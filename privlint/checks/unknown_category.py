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
    yield from _disagreeing(found.declarations, context)


def _disagreeing(declarations: list[Declaration], context: CheckInput) -> Iterator[Diagnostic]:
    first: dict[str, Declaration] = {}
    for declaration in declarations:
        other = first.setdefault(declaration.name, declaration)
        if set(other.categories) == set(declaration.categories):
            continue
        by_policy = "data" in (other.by, declaration.by)
        yield diagnose_declaration(
            RULE,
            declaration,
            declaration.categories[0],
            f"`{declaration.name}` is declared twice: as {listing(other.categories)} and as "
            f"{listing(declaration.categories)}",
            help=("Keep the declaration that is true and drop the other.",),
            policy=context.policy.place("data", declaration.name) if by_policy else None,
        )
