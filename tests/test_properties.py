"""What leaves a program as it is leaves the findings as they are: changes of the cases of `tests/flows`."""

from __future__ import annotations

import ast
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import rewriting
from tests.analysed import analyse_case
from tests.mdtest import Case, read_cases

FLOWS = Path(__file__).resolve().parent / "flows"
CHANGES = (
    rewriting.rename_locals,
    rewriting.split_into_temporaries,
    rewriting.wrap_in_identity,
    rewriting.move_a_function,
    rewriting.shuffle_files,
    rewriting.add_a_module,
)
KNOWN = {
    ("split_into_temporaries", "module as object"): "an attribute read off a module that was handed on",
}


def read_programs() -> list[Case]:
    """The cases of which every sink is numbered, and that this Python can parse."""
    programs = []
    for path in sorted(FLOWS.glob("*.md")):
        for case in read_cases(path):
            try:
                files = rewriting.numbered(case.files)
            except SyntaxError:
                continue
            if case.rules == ("PRV401",) and rewriting.sinks_by_line(files) and _is_wholly_numbered(files):
                programs.append(replace(case, files=files))
    return programs


def _is_wholly_numbered(files: dict[str, str]) -> bool:
    """Whether the sink is never called with stars or under another name, and is not a function of the case's own."""
    numbered = rewriting.sinks_by_line(files)
    return all(
        (path, node.lineno) in numbered or not rewriting.names_the_sink(node)
        for path, text in files.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name | ast.FunctionDef)
    )


PROGRAMS = read_programs()


def flagged(case: Case, files: dict[str, str]) -> set[tuple[str, tuple[str, ...]]]:
    """(sink, categories) of what is found."""
    sinks = rewriting.sinks_by_line(files)
    return {
        (sinks.get((found.path, found.line), f"{found.path}:{found.line}"), tuple(sorted(found.categories)))
        for found in analyse_case(replace(case, files=files))
        if found.code == "PRV401" and not found.suppressed
    }


def title(case: Case) -> str:
    return case.name.rpartition(" > ")[2]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(case=st.sampled_from(PROGRAMS), seed=st.integers(0, 1000))
def test_the_same_findings(change: rewriting.Change, case: Case, seed: int) -> None:
    if (change.__name__, title(case)) in KNOWN:
        return
    changed = change(case.files, random.Random(seed))
    assert flagged(case, changed) == flagged(case, case.files), f"{case.id}\n\n{changed}"


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: f"{known[0]}: {known[1]}")
def test_known_exceptions_are_still_exceptions(known: tuple[str, str]) -> None:
    change = next(change for change in CHANGES if change.__name__ == known[0])
    case = next(case for case in PROGRAMS if title(case) == known[1])
    assert flagged(case, change(case.files, random.Random(1))) != flagged(case, case.files)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_each_change_changes_many_programs(change: rewriting.Change) -> None:
    sample = PROGRAMS[::10]
    changed = [change(case.files, random.Random(1)) for case in sample]
    different = [
        case for case, files in zip(sample, changed, strict=True) if list(files.items()) != list(case.files.items())
    ]
    assert len(different) > len(sample) // 3
