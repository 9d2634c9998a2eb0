"""PRV902: a file cannot be read, so nothing in it was analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._problems import diagnose_problems
from privlint.diagnostics import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput

RULE = Rule("PRV902", "unreadable-file", Severity.WARNING, "0.1.0")


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:  # noqa: ARG001 - the same for any policy
    yield from diagnose_problems(
        RULE,
        found,
        "Make the file readable as the encoding it declares, or list it under `exclude` in [tool.privlint].",
    )
