"""Files that were not seen: the problems of the frontend as diagnostics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.diagnostics import Confidence, Diagnostic, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.analysis.flow import Findings


def diagnose_problems(rule: Rule, found: Findings, help_: str) -> Iterator[Diagnostic]:
    """One finding per problem of this rule's code."""
    for each in found.problems:
        problem = each.problem
        if problem.code == rule.code:
            yield Diagnostic(
                code=rule.code,
                name=rule.name,
                severity=rule.severity,
                confidence=Confidence.CERTAIN,
                message=problem.message,
                path=each.path,
                line=problem.line,
                column=problem.column,
                end_line=problem.line,
                end_column=problem.column,
                help=(help_,),
                expression=problem.message,
            )
