"""PRV903: a part of a file was not analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._problems import diagnose_problems
from privlint.diagnostics import Diagnostic, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput

RULE = Rule("PRV903", "not-analysed", Severity.WARNING, "0.1.0")


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:  # noqa: ARG001 - the same for any policy
    yield from diagnose_problems(
        RULE,
        found,
        "Split what is too large or too deeply nested; until then flows through it, or some of them, are not seen.",
    )
