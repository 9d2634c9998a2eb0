"""The one door under all Markdown cases: files and a policy in memory to diagnostics."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from privlint.checks import POLICY_RULES
from privlint.engine import analyse_sources
from privlint.engine.policy_alone import judge_policy

if TYPE_CHECKING:
    from privlint.diagnostics import Diagnostic
    from tests.mdtest import Case

TODAY = datetime.date(2026, 11, 23)


def analyse_case(case: Case) -> list[Diagnostic]:
    """What the whole program finds in a case, on the day of the case or on a fixed one."""
    today = datetime.date.fromisoformat(case.today) if case.today else TODAY
    if set(case.rules) & {rule.code for rule in POLICY_RULES}:
        return judge_text({**case.files, "privlint.toml": case.policy}, today)
    return analyse_sources(case.files, case.policy, today=today)


def judge_text(files: dict[str, str], today: datetime.date = TODAY) -> list[Diagnostic]:
    """What is found in a policy, `privlint.toml`, and the texts beside it, without any code."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for name, content in files.items():
            (root / name).write_text(content, encoding="utf-8")
        return judge_policy(root / "privlint.toml", root, today)[1]
