"""A framework of the program's own, which calls one method of more classes than can be followed."""

from __future__ import annotations

import datetime

import pytest

from privlint.analysis.bounds import MAX_OVERRIDES
from privlint.engine import analyse_sources

TODAY = datetime.date(2026, 11, 23)
POLICY = '[policy]\nname = "test"\n[data]\n"app.User.email" = "contact.email"\n'
BASE = """\
from flask import current_app

class User:
    email: str

class Page:
    def build(self): ...

    def show(self):
        result = self.build()
        {use}

class Mine(Page):
    def build(self):
        return self.user().email

    def user(self) -> User: ...

"""
OTHERS = "".join(f"class Page{n}(Page):\n    def build(self): ...\n\n" for n in range(MAX_OVERRIDES))


@pytest.mark.parametrize(
    ("use", "sinks"),
    [
        ("return current_app.make_response(result)", ["response"]),
        ("return len(result)", []),
    ],
)
def test_override_answers_if_what_calls_the_method_does(use: str, sinks: list[str]) -> None:
    source = BASE.replace("{use}", use) + OTHERS
    diagnostics = analyse_sources({"app.py": source}, POLICY, today=TODAY)
    assert [d.sink for d in diagnostics if d.code == "PRV301"] == sinks
