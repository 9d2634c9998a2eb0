"""A policy judged by itself: no code is read, and nothing of the analysis is loaded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from privlint import checks, suppress
from privlint.engine.present import add_frames
from privlint.engine.rule_list import RULES
from privlint.engine.run import read_lines, read_policy
from privlint.ir import Comment
from privlint.knowledge.load import load_catalogue, load_jurisdictions, load_review

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from privlint.diagnostics import Diagnostic
    from privlint.policy.types import Policy

# A string that a `#` may stand in, or a comment that speaks to privlint.
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|#\s*privlint:\s*(?P<text>.*)")


def judge_policy(
    path: Path, root: Path, today: datetime.date, *, policy_only: Sequence[str] = ()
) -> tuple[Policy | None, list[Diagnostic]]:
    """All findings about a policy and its text, with paths relative to the root; no policy if it is not valid."""
    policy = read_policy(path, root)
    if isinstance(policy, list):
        return None, policy
    context = checks.PolicyInput(policy, load_jurisdictions(), today, load_review(), load_catalogue)
    diagnostics = _silence(checks.run_policy_checks(context), policy, root, today, policy_only)
    add_frames(diagnostics, lambda name: read_lines(root / name), before=0, after=2)  # a table begins with its name
    return policy, diagnostics


def _silence(
    diagnostics: list[Diagnostic], policy: Policy, root: Path, today: datetime.date, policy_only: Sequence[str]
) -> list[Diagnostic]:
    """Comments of the policy file work as those of code do, on the line and on the table they stand at."""
    suppressions: list[suppress.Suppression] = []
    spans: dict[str, suppress.FileSpans] = {}
    for name in sorted({place.path for place in policy.places.values()}):
        lines = read_lines(root / name)
        found, problems = suppress.find_suppressions(list(_comments(lines)), name)
        suppressions += found
        diagnostics = [*diagnostics, *problems]
        spans[name] = suppress.FileSpans(comments=_comment_lines(lines))
    codes = {rule.code for rule in checks.POLICY_RULES}
    return suppress.apply_suppressions(
        diagnostics, suppressions, spans, today, RULES, policy_only=policy_only, active=codes
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
