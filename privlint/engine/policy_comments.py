"""Comments of the policy file that silence findings, as those of code do, on the line or the table they stand at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from privlint import suppress
from privlint.engine.rule_list import RULES
from privlint.ir import Comment

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Collection, Iterator, Sequence

    from privlint.diagnostics import Diagnostic
    from privlint.policy.types import Policy

# A string that a `#` may stand in, or a comment that speaks to privlint.
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|#\s*privlint:\s*(?P<text>.*)")


def silence_in_policy(
    diagnostics: list[Diagnostic],
    policy: Policy,
    lines_of: Callable[[str], list[str]],
    today: datetime.date,
    *,
    policy_only: Sequence[str] = (),
    active: Collection[str] = (),
) -> list[Diagnostic]:
    """All findings, those that a comment of the policy's files silences marked, and new ones about comments that do
    not work. `active` are the codes of the rules that ran and whose findings stand in these files."""
    suppressions: list[suppress.Suppression] = []
    spans: dict[str, suppress.FileSpans] = {}
    for name in sorted({place.path for place in policy.places.values()}):
        lines = lines_of(name)
        found, problems = suppress.find_suppressions(list(_comments(lines)), name)
        suppressions += found
        diagnostics = [*diagnostics, *problems]
        spans[name] = suppress.FileSpans(comments=_comment_lines(lines))
    return suppress.apply_suppressions(
        diagnostics, suppressions, spans, today, RULES, policy_only=policy_only, active=active
    )


def _comments(lines: Sequence[str]) -> Iterator[Comment]:
    for number, line in enumerate(lines, 1):
        if "privlint:" not in line:
            continue
        for match in _TOKEN.finditer(line):
            if match["text"] is not None:
                yield Comment(number, match.start() + 1, match["text"].strip(), not line[: match.start()].strip())


def _comment_lines(lines: Sequence[str]) -> frozenset[int]:
    return frozenset(number for number, line in enumerate(lines, 1) if line.lstrip().startswith("#"))
