"""The policy of the example by itself: what is found in it is what its comments expect, and every clause is held."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from privlint.cli import run
from privlint.engine.policy_alone import judge_policy
from privlint.engine.rule_list import RULES
from tests.analysed import TODAY
from tests.mdtest import take_expectations

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "probackup"
PARTS = ("privlint.toml", "privlint.code.toml")
ROW = re.compile(r"\| (C\d+) \| [^|]+ \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")


@pytest.fixture(scope="module")
def found() -> list[Any]:
    policy, diagnostics = judge_policy(EXAMPLE / "privlint.toml", EXAMPLE, TODAY)
    assert policy is not None
    return [policy, diagnostics]


def test_the_findings_are_those_expected(found: list[Any]) -> None:
    expected: Counter[tuple[str, int, str]] = Counter()
    for name in PARTS:
        text = (EXAMPLE / name).read_text("utf-8")
        expected.update((each.path, each.line, each.code) for each in take_expectations(text, name, str)[1])
    assert Counter((each.path, each.line, each.code) for each in found[1] if not each.suppressed) == expected


def test_the_text_is_accepted(found: list[Any]) -> None:
    assert found[0].accepted is not None
    assert not [each for each in found[1] if each.code in ("PRV003", "PRV004")]


def test_every_clause_is_held(found: list[Any]) -> None:
    rows = ROW.findall((EXAMPLE / "CLAUSES.md").read_text("utf-8"))
    assert [row[0] for row in rows] == [f"C{number}" for number in range(1, 47)]
    stated = {".".join(str(part) for part in keys if not isinstance(part, int)) for keys in found[0].places}
    codes = {rule.code: rule.name for rule in RULES}
    for clause, held, rules, proofs in rows:
        for key in re.findall(r"`([^`]+)`", held):
            assert key in stated, (clause, key)
        assert set(re.findall(r"PRV\d+", rules)) <= set(codes), clause
        for proof in re.findall(r"`([^`]+)`", proofs):
            page = ROOT / "rules" / "diagnostics" / f"{proof}.md"
            assert page.is_file() or (ROOT / "tests" / f"{proof}.py").is_file(), (clause, proof)


def test_the_command_prints_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "check", str(EXAMPLE), "--output-format", "json"]) == 1
    printed = json.loads(capsys.readouterr().out)["diagnostics"]
    assert {each["code"] for each in printed} == {f"PRV10{number}" for number in range(1, 8)}
    assert run(["policy", "check", str(EXAMPLE), "--output-format", "full"]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("PRV104 basis-gap: ")
    assert "review: the ground of this section speaks of customers" in captured.err


def test_warnings_stand_before_questions(capsys: pytest.CaptureFixture[str]) -> None:
    run(["policy", "check", str(EXAMPLE), "--output-format", "github", "-q"])
    kinds = [line.split(" ")[0] for line in capsys.readouterr().out.splitlines() if line.startswith("::")]
    assert kinds == sorted(kinds, key=["::error", "::warning", "::notice"].index)


@pytest.mark.parametrize("form", ["concise", "json", "sarif", "github", "markdown", "full"])
def test_every_format_can_print_them(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "check", str(EXAMPLE), "--output-format", form, "-q"]) == 1
    assert "PRV106" in capsys.readouterr().out
