"""The example under `examples/probackup`: what is found there is what its comments expect, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mdtest import Expectation, take_expectations

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "probackup"
MODULES = sorted(EXAMPLE.rglob("*.py"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """What the command prints about the example."""
    command = [sys.executable, "-m", "privlint", "check", "examples/probackup", "--output-format", "json", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr or done.stdout
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


@pytest.fixture(scope="module")
def found(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [diagnostic for diagnostic in report["diagnostics"] if not diagnostic["suppressed"]]


@pytest.fixture(scope="module")
def expected() -> list[Expectation]:
    every: list[Expectation] = []
    for path in MODULES:
        name = relative(path)
        _, expectations = take_expectations(path.read_text(encoding="utf-8"), name, f"{name}:{{}}".format)
        every += expectations
    return every


def categories(diagnostic: dict[str, Any]) -> set[str]:
    flows = {flow["category"] for flow in diagnostic["flows"]}
    return (flows | {diagnostic["category"]}) - {""}


def fits(expectation: Expectation, diagnostic: dict[str, Any]) -> bool:
    place = (diagnostic["path"], diagnostic["line"], diagnostic["code"])
    if place != (expectation.path, expectation.line, expectation.code):
        return False
    if expectation.categories and not categories(diagnostic) & set(expectation.categories):
        return False
    return expectation.target in ("", diagnostic["recipient"])


def describe(diagnostic: dict[str, Any]) -> str:
    held = ", ".join(sorted(categories(diagnostic)))
    to = f" -> {diagnostic['recipient']}" if diagnostic["recipient"] else ""
    return f"{diagnostic['path']}:{diagnostic['line']}: {diagnostic['code']} {held}{to}: {diagnostic['message']}"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_the_example_is_python(path: Path) -> None:
    compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True)


def test_every_expected_mistake_is_found(found: list[dict[str, Any]], expected: list[Expectation]) -> None:
    wanted = [one for one in expected if one.mark != "MISSING"]
    missing = [str(one) for one in wanted if not any(fits(one, diagnostic) for diagnostic in found)]
    assert missing == []


def test_known_gaps_are_still_gaps(found: list[dict[str, Any]], expected: list[Expectation]) -> None:
    gaps = [one for one in expected if one.mark == "MISSING"]
    closed = [str(one) for one in gaps if any(fits(one, diagnostic) for diagnostic in found)]
    assert closed == [], "drop the mark MISSING"


def test_nothing_else_is_found(found: list[dict[str, Any]], expected: list[Expectation]) -> None:
    surplus = [describe(diagnostic) for diagnostic in found if not any(fits(one, diagnostic) for one in expected)]
    assert surplus == []


def test_no_mistake_is_found_twice(found: list[dict[str, Any]]) -> None:
    keys = [(d["path"], d["line"], d["column"], d["code"], d["recipient"]) for d in found]
    assert sorted(keys) == sorted(set(keys))


def test_a_trace_leads_from_the_declaration_to_the_sink(found: list[dict[str, Any]]) -> None:
    for diagnostic in found:
        for flow in diagnostic["flows"]:
            steps = flow["trace"]
            assert steps[0]["kind"] == "declaration", describe(diagnostic)
            assert (steps[-1]["path"], steps[-1]["line"]) == (diagnostic["path"], diagnostic["line"])


def test_the_approved_exception_silences_one_transfer(report: dict[str, Any]) -> None:
    silenced = [diagnostic for diagnostic in report["diagnostics"] if diagnostic["suppressed"]]
    assert [(d["code"], d["recipient"], d["path"]) for d in silenced] == [
        ("PRV403", "deskwell", relative(EXAMPLE / "probackup" / "support" / "helpdesk.py"))
    ]


def test_the_application_has_no_blind_spot(report: dict[str, Any]) -> None:
    assert report["summary"]["files"] == len(MODULES)
    assert report["summary"]["not_analysed"] == 0
