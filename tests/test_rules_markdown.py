"""Every rule's Markdown holds: what it says is flagged is found, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from privlint.engine.rule_list import RULES
from tests.analysed import analyse_case
from tests.mdtest import Case, check_case, read_cases

if TYPE_CHECKING:
    from privlint.diagnostics import Rule

FOLDER = Path(__file__).resolve().parent.parent / "rules" / "diagnostics"
CASES = [case for path in sorted(FOLDER.glob("*.md")) for case in read_cases(path)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_rule(case: Case) -> None:
    assert check_case(case, analyse_case) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_its_page(rule: Rule) -> None:
    text = (FOLDER / f"{rule.name}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {rule.code} {rule.name}\n")
    assert "\n## How to fix\n" in text
    assert not rule.articles or "\n## Why\n" in text
