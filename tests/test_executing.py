"""The cases of `tests/flows` against Python itself, and the harness against cases that are wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.executing import FLOWS, LIBRARIES, Outcome, execute, outcomes
from tests.mdtest import USER_PAGE, parse_cases, read_cases

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="cases run in forks")

STANDARD = {*sys.stdlib_module_names, "builtins"}


def run(body: str) -> Outcome:
    (outcome,) = execute(parse_cases(f"# Title\n{USER_PAGE}\n```py\n{body}```\n", "none.md"))
    return outcome


def view(*lines: str) -> str:
    body = "".join(f"    {line}\n" for line in lines)
    return f"from models import User\nfrom sentry_sdk import set_extra\n\n\ndef view(user: User):\n{body}"


@pytest.mark.parametrize("path", sorted(FLOWS.glob("*.md")), ids=lambda path: path.stem)
def test_no_case_contradicts_python(path: Path) -> None:
    assert list(contradictions(outcomes(path))) == []


def test_no_page_of_the_standard_library_contradicts_python() -> None:
    pages = [path for path in sorted(LIBRARIES.glob("*.md")) if path.stem.split(".")[0] in STANDARD]
    cases = [case for path in pages for case in read_cases(path)]
    found = execute(cases)
    assert list(contradictions(found)) == []
    assert sum(outcome.state == "executed" for outcome in found) > len(cases) // 2


def test_no_form_of_an_installed_package_contradicts_python() -> None:
    cases = [
        case for path in sorted(LIBRARIES.glob("*.md")) for case in read_cases(path) if "form by form" in case.name
    ]
    found = execute([case for case in cases if Path(case.source).stem not in STANDARD])
    assert list(contradictions(found)) == []
    if not any(outcome.state == "executed" for outcome in found):
        pytest.skip("none of the packages is installed")


def contradictions(found: list[Outcome]) -> Iterator[str]:
    for outcome in found:
        if outcome.state == "contradicted" or not (outcome.shown or outcome.silent or outcome.reason):
            for text in (*outcome.wrong, *outcome.missing, "nothing ran"):
                yield f"{outcome.case.source}:{outcome.case.line}: {text}"


def test_a_flow_that_shows() -> None:
    outcome = run(view('set_extra("x", user.email)  # expect: PRV401 contact.email', 'set_extra("x", user.plan)'))
    assert (outcome.state, outcome.shown, outcome.silent) == ("executed", 1, 1)


def test_a_flow_that_is_not_expected() -> None:
    outcome = run(view('set_extra("x", [user.email.upper()])'))
    assert outcome.state == "contradicted"
    assert outcome.wrong == ("app.py:6: contact.email reaches the sink",)


def test_a_flow_that_is_expected_and_does_not_show() -> None:
    outcome = run(view('set_extra("x", user.plan)  # expect: PRV401 contact.email'))
    assert outcome.state == "contradicted"
    assert outcome.missing == ("app.py:6: contact.email does not reach the sink",)


def test_a_sink_that_is_never_called() -> None:
    outcome = run(view("return", 'set_extra("x", user.email)  # expect: PRV401 contact.email'))
    assert outcome.missing == ("app.py:7: contact.email: the sink is not called",)


def test_marks_say_the_truth() -> None:
    missed = run(view('set_extra("x", user.email)  # expect: MISSING PRV401 contact.email'))
    spurious = run(view('set_extra("x", user.email)  # expect: SPURIOUS PRV401 contact.email'))
    assert (missed.state, spurious.state) == ("executed", "contradicted")


def test_what_changes_with_the_field_shows() -> None:
    body = view("import hashlib", 'set_extra("x", hashlib.sha256(user.email.encode()).hexdigest())')
    assert run(body.replace("hexdigest())", "hexdigest())  # expect: PRV401 contact.email")).state == "executed"
    assert run(body).state == "executed"


def test_a_library_that_is_not_there() -> None:
    outcome = run(f"import not_to_be_had\n{view('set_extra(1, user.email)  # expect: PRV401')}")
    assert (outcome.state, outcome.reason) == ("not run", "needs not_to_be_had")


def test_no_file_and_no_network() -> None:
    outcome = run(
        view(
            "import socket",
            'path = "/tmp/privlint-harness-may-not-write"',
            "try:",
            '    open(path, "w")',
            "except PermissionError:",
            '    set_extra("x", user.email)  # expect: PRV401 contact.email',
            "try:",
            '    socket.create_connection(("127.0.0.1", 9))',
            "except PermissionError:",
            '    set_extra("x", user.email)  # expect: PRV401 contact.email',
        )
    )
    assert outcome.state == "executed"


def test_a_call_that_does_not_end() -> None:
    outcome = run(view('set_extra("x", user.email)  # expect: PRV401 contact.email', "while user:", "    pass"))
    assert outcome.state == "executed"
    assert outcome.problems == ("app.view: does not end",)


DJANGO = """# Title

Rules: PRV401

`shop/models.py`:
```py
from django.db import models


class Person(models.Model):
    email = models.EmailField()  # privlint: contact.email
    plan = models.CharField(max_length=10)
```

## case

`shop/views.py`:
```py
from django.views.generic import DetailView
from sentry_sdk import set_extra

from shop.models import Person


def view(request, pk):
    set_extra("x", Person.objects.get(pk=pk).email)  # expect: PRV401 contact.email
    set_extra("x", Person.objects.get(pk=pk).plan)


class Page(DetailView):
    model = Person

    def get_context_data(self, **kwargs):
        set_extra("x", self.object.email)WHAT
        return super().get_context_data(**kwargs)
```
"""


@pytest.mark.parametrize(("what", "state"), [("  # expect: PRV401 contact.email", "executed"), ("", "contradicted")])
def test_a_case_for_django_has_rows_and_requests(what: str, state: str) -> None:
    pytest.importorskip("django")
    (outcome,) = execute(parse_cases(DJANGO.replace("WHAT", what), "none.md"))
    assert outcome.state == state
    assert outcome.shown == (2 if what else 1)
