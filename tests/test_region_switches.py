"""Every switch that decides where a client sends, as a program would use it: the recipient and the place it gives.

`data/region_switches.txt` holds the cases: "=== RECIPIENT:PLACE" (no text: nothing is found; "US?": the country of the
recipient, the place is not known), what stands at the top of the module, "---", and the body of a function in which `v`
is personal.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from privlint.engine import analyse_sources
from tests.analysed import TODAY

CASES = re.findall(
    r"^=== ?(.*)\n((?:(?!---).*\n)*)---\n((?:(?!===).*\n)*)",
    (Path(__file__).parent / "data" / "region_switches.txt").read_text(encoding="utf-8"),
    re.MULTILINE,
)

HEAD = """
from dataclasses import dataclass
from typing import Annotated
from privlint import Personal

@dataclass
class Person:
    email: Annotated[str, Personal("contact.email")]

"""


def test_there_are_cases() -> None:
    assert len(CASES) > 100


@pytest.mark.parametrize(("expected", "top", "body"), CASES, ids=lambda text: text.strip().rpartition("\n")[2][:60])
def test_switch(expected: str, top: str, body: str) -> None:
    inner = "".join(f"    {line}\n" for line in body.splitlines())
    code = f"{HEAD}{top}\nasync def f(person: Person):\n    v = person.email\n{inner}"
    every = analyse_sources({"app.py": code}, "[policy]\n", today=TODAY)
    assert not [each for each in every if each.code.startswith("PRV9")]
    found = {f"{one.recipient}:{one.location or f'{one.country}?'}" for one in every if one.code == "PRV401"}
    assert sorted(found) == ([expected] if expected else [])
