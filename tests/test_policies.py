"""Whole policies of invented companies under `data/policies`: the defects that were put in are found, nothing else is,
and once they are mended there is nothing left to find."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.analysed import judge_text
from tests.mdtest import Expectation, take_expectations

FOLDER = Path(__file__).parent / "data" / "policies"
NAMES = ("privlint.toml", "PRIVACY.md")

# What mends each defect of the pharmacy, as (file, what stands there, what should).
MENDED = [
    (
        "privlint.toml",
        '[[purposes.reminders.basis]]\nkind  = "consent"\n',
        '[[purposes.reminders.basis]]\nkind  = "consent"\narticle9 = "9(2)(a)"\n',
    ),
    (
        "privlint.toml",
        'article9 = "9(2)(a)"\nquote    = "The ground is their',
        'child = "by the app"\narticle9 = "9(2)(a)"\nquote    = "The ground is their',
    ),
    ("privlint.toml", 'safeguard  = "scc"\n', 'safeguard  = "scc"\nassessment = "TIA 2025-12"\n'),
    ("privlint.toml", 'role    = "joint"\n', 'role    = "joint"\nagreement = "arrangement of 2025-10"\n'),
    (
        "privlint.toml",
        "[rights]\n",
        "[rights]\n[rights.automated_decisions]\n[rights.withdraw_consent]\n[rights.marketing_opt_out]\n",
    ),
    (
        "privlint.toml",
        'keep   = "3 years"\n',
        'keep   = "3 years"\nuntil = "withdrawal_of_consent"\nwhichever = "earlier"\n',
    ),
    (
        "privlint.toml",
        'subjects = ["patient"]\nsource   = "the doctor',
        'subjects = ["patient", "carer", "teenager"]\nsource   = "the doctor',
    ),
    ("PRIVACY.md", "The insurance details on an invoice go to your insurer.", ""),
    ("PRIVACY.md", "correct and erase your data", "correct and delete your data"),
    ("privlint.toml", "correct and erase your data", "correct and delete your data"),
]


def read(name: str) -> tuple[dict[str, str], list[Expectation]]:
    """The files of a policy without their expectations, and these."""
    files: dict[str, str] = {}
    expected: list[Expectation] = []
    for each in NAMES:
        files[each], found = take_expectations((FOLDER / name / each).read_text("utf-8"), each, f"{each}:{{}}".format)
        expected += found
    return files, expected


@pytest.mark.parametrize("name", sorted(folder.name for folder in FOLDER.iterdir()))
def test_what_was_put_in_is_found(name: str) -> None:
    files, expected = read(name)
    found = Counter((each.path, each.line, each.code) for each in judge_text(files))
    assert found == Counter((each.path, each.line, each.code) for each in expected)


def test_a_mended_policy_has_nothing_left_to_find() -> None:
    files, _ = read("pharmacy")
    for name, old, new in MENDED:
        assert old in files[name], old
        files[name] = files[name].replace(old, new, 1)
    assert [f"{each.code} {each.line}: {each.message}" for each in judge_text(files)] == []


@pytest.mark.parametrize("number", range(len(MENDED) - 2))
def test_each_defect_is_found_for_itself(number: int) -> None:
    files, _ = read("pharmacy")
    for position, (name, old, new) in enumerate(MENDED):
        if position != number:
            files[name] = files[name].replace(old, new, 1)
    assert len({each.code for each in judge_text(files)}) in (1, 2), "the one defect that is left, and what quotes it"
