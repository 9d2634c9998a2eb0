"""What the steps of a trace say: one for each line that carries the data."""

from __future__ import annotations

import datetime
import textwrap

from privlint.diagnostics import Diagnostic
from privlint.engine import analyse_sources

TODAY = datetime.date(2026, 11, 23)
POLICY = '[policy]\nname = "test"\n[data]\n"app.User.email" = "contact.email"\n'


def found(source: str) -> list[Diagnostic]:
    return analyse_sources({"app.py": textwrap.dedent(source)}, POLICY, today=TODAY)


def test_exception_is_followed_from_where_it_is_raised_to_where_it_is_caught() -> None:
    diagnostics = found("""\
        import logging

        class User:
            email: str

        def inner(user: User):
            text = user.email
            raise ValueError(text)

        def middle(user: User):
            inner(user)

        def outer(user: User):
            try:
                middle(user)
            except ValueError as error:
                logging.error(error)
        """)
    (logged,) = [d for d in diagnostics if d.code == "PRV601"]
    steps = [(step.line, step.message) for step in logged.flows[0].trace]
    assert steps[2:] == [
        (8, "raised with the exception"),
        (11, "raised by inner()"),
        (16, "raised by middle()"),
        (17, "reaches logging.error"),
    ]


def test_exception_that_is_caught_where_it_is_raised() -> None:
    diagnostics = found("""\
        import logging

        class User:
            email: str

        def local(user: User):
            try:
                raise KeyError(user.email)
            except KeyError as error:
                logging.error(error)
        """)
    (logged,) = [d for d in diagnostics if d.code == "PRV601"]
    assert (9, "caught with the exception") in [(step.line, step.message) for step in logged.flows[0].trace]


def test_exception_that_leaves_the_body_of_a_module_goes_nowhere() -> None:
    diagnostics = found("""\
        class User:
            email: str

        def inner():
            raise ValueError(User().email)

        inner()
        """)
    assert [d.line for d in diagnostics if d.code == "PRV607"] == [5]
