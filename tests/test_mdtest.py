"""The harness itself: what it reads from Markdown, and when a case fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from privlint.diagnostics import Confidence, Diagnostic, Severity
from tests.mdtest import Case, MarkdownError, check_case, merge_tables, parse_cases

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = """\
# PRV401 undeclared-recipient

Personal data reaches a recipient that the policy does not name.

```toml
[purposes.support]
basis = "contract"
[[purposes.support.note]]
text = "a"
```

`models.py`:
```py
class User: ...
```

## Flagged: two of them

```py
one()  # expect: PRV401 contact.email, contact.phone -> mixpanel
two()  # keep  # expect: PRV401 -> a.example; MISSING PRV301
```

## Accepted: another policy

Rules: all
Today: 2027-01-31

```toml
[purposes.support]
basis = "consent"  # expect: PRV108
```

```py
# a heading in code
three()
```
"""


def _diagnostic(line: int, code: str = "PRV401", path: str = "app.py", **rest: object) -> Diagnostic:
    values: dict[str, object] = {
        "name": "n",
        "severity": Severity.ERROR,
        "confidence": Confidence.CERTAIN,
        "message": "m",
        "column": 1,
        "end_line": line,
        "end_column": 2,
    }
    return Diagnostic(code=code, path=path, line=line, **{**values, **rest})  # type: ignore[arg-type]


def _failures(case: Case, found: Sequence[Diagnostic]) -> list[str]:
    return check_case(case, lambda _: found)


def test_headings_are_cases_and_inherit() -> None:
    flagged, accepted = parse_cases(TEXT, "x.md")
    assert flagged.name == "PRV401 undeclared-recipient > Flagged: two of them"
    assert flagged.files == {"models.py": "class User: ...\n", "app.py": "one()\ntwo()  # keep\n"}
    assert flagged.rules == ("PRV401",)
    assert "[policy]" in flagged.policy
    assert [(e.line, e.code, e.categories, e.target, e.mark) for e in flagged.expectations] == [
        (1, "PRV401", ("contact.email", "contact.phone"), "mixpanel", ""),
        (2, "PRV401", (), "a.example", ""),
        (2, "PRV301", (), "", "MISSING"),
    ]
    assert accepted.rules == ()
    assert accepted.today == "2027-01-31"
    assert 'basis = "consent"\n' in accepted.policy
    assert "note" not in accepted.policy
    [on_policy] = accepted.expectations
    assert accepted.policy.splitlines()[on_policy.line - 1] == 'basis = "consent"'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# T\n```py\nx\n", "x.md:2: the block is not closed"),
        ("# T\n```py\nx\n```\n```py\ny\n```\n", "x.md:5: `app.py` stands twice under one heading"),
        ("# T\n```py\nx  # expect: PRV4 a\n```\n", "x.md:3: cannot read the expectation `PRV4 a`"),
    ],
)
def test_unreadable_cases_name_their_place(text: str, message: str) -> None:
    with pytest.raises(MarkdownError, match=message.replace("(", r"\(")):
        parse_cases(text, "x.md")


def test_tables_of_deeper_headings_replace() -> None:
    below = '[policy]\nhome = "EEA"\n[recipients.a]\ncountry = "US"\n[[exceptions]]\nrule = "PRV401"\n'
    above = '[recipients.b]\n[[exceptions]]\nrule = "PRV402"\n'
    assert merge_tables(below, above) == '[policy]\nhome = "EEA"\n[recipients.a]\ncountry = "US"\n' + above


def _case(comment: str) -> Case:
    [case] = parse_cases(f"# PRV401 x\n```py\none()\ntwo()  # expect: {comment}\n```\n", "x.md")
    return case


FOUND = _diagnostic(2, categories=("contact.email",), recipient="mixpanel", sink="service")


@pytest.mark.parametrize(
    ("comment", "found", "failures"),
    [
        ("PRV401 contact.email -> mixpanel", [FOUND], []),
        ("PRV401 -> service", [FOUND], []),
        ("PRV401 contact.phone", [FOUND], ["not found", "not expected"]),
        ("PRV401 contact.email -> sentry", [FOUND], ["not found", "not expected"]),
        ("PRV401", [], ["not found"]),
        ("PRV401", [FOUND, _diagnostic(1)], ["not expected"]),
        ("PRV401", [FOUND, FOUND], ["not expected"]),
        ("PRV401", [FOUND, _diagnostic(1, suppressed="a reason")], []),
        ("PRV401", [FOUND, _diagnostic(1, "PRV601")], []),
        ("PRV401", [FOUND, _diagnostic(1, "PRV901")], ["not expected"]),
        ("MISSING PRV401", [], []),
        ("MISSING PRV401", [FOUND], ["found now"]),
        ("SPURIOUS PRV401", [FOUND], []),
        ("SPURIOUS PRV401", [], ["gone now"]),
    ],
)
def test_what_makes_a_case_fail(comment: str, found: list[Diagnostic], failures: list[str]) -> None:
    messages = _failures(_case(comment), found)
    assert len(messages) == len(failures)
    for message, beginning in zip(messages, failures, strict=True):
        assert message.startswith(beginning)
