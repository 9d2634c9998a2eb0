"""The Python that a flow must survive, family by family: found where it is, silent where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysed import analyse_case
from tests.mdtest import Case, check_case, read_cases

FOLDER = Path(__file__).resolve().parent / "flows"
CASES = [case for path in sorted(FOLDER.glob("*.md")) for case in read_cases(path)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_flow(case: Case) -> None:
    assert check_case(case, analyse_case) == []
