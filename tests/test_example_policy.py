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


# What is weak in the example's text, kind by kind: the rule and words of its message.
WEAK_SPOTS = [
    ("PRV106", "the ground of “Supplier relations” speaks of “Customer accounts”"),
    ("PRV106", "people who could supply the company"),
    ("PRV101", "5 purposes use it for others"),
    ("PRV102", "a period is stated for some people only; for “contact persons of organisations”"),
    ("PRV102", "4 of 7 purposes have no period"),
    ("PRV102", "“Promotion” keeps data longer than its basis holds"),
    ("PRV102", "does not say which of the two counts"),
    ("PRV104", "“Promotion” has a legal basis only under the condition “existing customer”"),
    ("PRV105", "only through their account"),
    (
        "PRV105",
        "not among the rights under “Your rights”; the right to object that stands there asks for “serious reasons”",
    ),
    ("PRV105", "grants withdrawal of consent, and no purpose"),
    ("PRV105", "promises data portability without a limit"),
    ("PRV101", "no purpose is there for “visitors of the website”"),
    ("PRV103", "“technical records” is also called “technical information” (3 times)"),
    ("PRV103", "the policy collects “technical records”, and no purpose of the service itself uses it"),
    ("PRV103", "payments are handled, and the text names no bank or card data"),
    ("PRV103", "leaves open what else belongs to “identity and contact details”"),
    ("PRV107", "the service stores what its customers put there"),
    ("PRV104", "the policy names no law"),
    ("PRV104", "the interest says no more than the purpose, or nothing in particular: “doing business”"),
    ("PRV104", "the words speak of defence only"),
    ("PRV107", "the text names kinds of recipients as examples"),
    ("PRV107", "does not say how people obtain a copy of the safeguards"),
    ("PRV102", "de-identified beside deletion"),
    ("PRV102", "data is never removed while a duty stands in the way"),
    ("PRV103", "5 things that people are to be told"),
    ("PRV103", "a change takes effect by being published"),
    ("PRV104", "“private individuals” and “one-person businesses” share a ground"),
    ("PRV103", "several words where one would do: “Havenkluis” and “HavenKluis”"),
    ("PRV101", "from everybody alike"),
]


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


@pytest.mark.parametrize(("code", "words"), WEAK_SPOTS)
def test_every_weak_spot_is_named_once(found: list[Any], code: str, words: str) -> None:
    assert len([each for each in found[1] if each.code == code and words in each.message]) == 1


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
