"""The Markdown beside each library model holds: what it says is flagged is found, what it accepts is silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysed import analyse_case
from tests.mdtest import Case, check_case, read_cases

FOLDER = Path(__file__).resolve().parent.parent / "rules" / "libraries"
CASES = [case for path in sorted(FOLDER.glob("*.md")) for case in read_cases(path)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_library_example(case: Case) -> None:
    assert check_case(case, analyse_case) == []
