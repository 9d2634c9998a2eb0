"""PRV901: a file does not parse, so nothing in it was analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._problems import diagnose_problems
from privlint.diagnostics import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput

RULE = Rule("PRV901", "syntax-error", Severity.WARNING, "0.1.0")


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:  # noqa: ARG001 - the same for any policy
    yield from diagnose_problems(
        RULE,
        found,
        "Mend the syntax, or list the file under `exclude` in [tool.privlint] if it is no code of the project.",
    )
