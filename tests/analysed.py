"""The one door under all Markdown cases: files and a policy in memory to diagnostics."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from privlint.engine import analyse_sources

if TYPE_CHECKING:
    from privlint.diagnostics import Diagnostic
    from tests.mdtest import Case

TODAY = datetime.date(2026, 11, 23)


def analyse_case(case: Case) -> list[Diagnostic]:
    """What the whole program finds in a case, on the day of the case or on a fixed one."""
    today = datetime.date.fromisoformat(case.today) if case.today else TODAY
    return analyse_sources(case.files, case.policy, today=today)
