"""A policy judged by itself: no code is read, and nothing of the analysis is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import checks
from privlint.engine.policy_comments import silence_in_policy
from privlint.engine.present import add_frames
from privlint.engine.run import read_lines, read_policy
from privlint.knowledge.load import load_catalogue, load_jurisdictions, load_review

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from pathlib import Path

    from privlint.diagnostics import Diagnostic
    from privlint.policy.types import Policy


def judge_policy(
    path: Path, root: Path, today: datetime.date, *, policy_only: Sequence[str] = ()
) -> tuple[Policy | None, list[Diagnostic]]:
    """All findings about a policy and its text, with paths relative to the root; no policy if it is not valid."""
    policy = read_policy(path, root)
    if isinstance(policy, list):
        return None, policy

    def lines_of(name: str) -> list[str]:
        return read_lines(root / name)

    context = checks.PolicyInput(policy, load_jurisdictions(), today, load_review(), load_catalogue)
    codes = {rule.code for rule in checks.POLICY_RULES}
    diagnostics = silence_in_policy(
        checks.run_policy_checks(context), policy, lines_of, today, policy_only=policy_only, active=codes
    )
    add_frames(diagnostics, lines_of, before=0, after=2)  # a table begins with its name
    return policy, diagnostics
