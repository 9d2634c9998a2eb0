"""The comparison of engines: that the cases stay what they are in its tree, and that every file has a family."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.benchmarks.engine_corpus import FLOWS, place, place_all, rewrite, sink_lines
from tests.benchmarks.engines import FAMILIES, Score, by_file, ours, score, table
from tests.mdtest import USER_PAGE, parse_cases

CASE = f"""# Title
{USER_PAGE}
```py
from models import User
from sentry_sdk import set_extra as tell


def view(user: User):
    tell("x", user.email)  # expect: PRV401 contact.email
    tell("x", user.plan)
    tell("x", user.plan)  # expect: SPURIOUS PRV401 contact.email
```
"""


def test_every_file_has_a_family() -> None:
    named = [name for names in FAMILIES.values() for name in names]
    assert sorted(named) == sorted(path.stem for path in FLOWS.glob("*.md"))


def test_imports_point_into_the_package() -> None:
    text = (
        "import models\nimport pkg.core, os\nfrom models import (\n    User,\n)\nfrom . import x\nimport pkg.a as b\n"
    )
    written = rewrite(text, ast.parse(text), {"models", "pkg", "pkg.core", "pkg.a"}, "c1")
    assert written.split("\n") == [
        "from c1 import models",
        "import c1.pkg.core; from c1 import pkg; import os",
        "from c1.models import (",
        "    User,",
        ")",
        "from . import x",
        "import c1.pkg.a as b",
        "",
    ]


def test_a_case_in_the_tree(tmp_path: Path) -> None:
    (case,) = parse_cases(CASE, "none.md")
    placed = place(case, tmp_path, "c0")
    assert placed is not None
    assert placed.truths == {("app.py", 6)}
    assert placed.sinks == {("app.py", line) for line in (6, 7, 8)}
    assert placed.declared.attributes == [("models.User", "email")]
    assert "from c0.models import User" in (tmp_path / "c0" / "app.py").read_text(encoding="utf-8")
    assert ours([placed]) == {("c0/app.py", 6)}


def test_scores() -> None:
    assert Score(3, 1, 1).recall == 75
    assert Score(3, 1, 1).precision == 75
    assert Score(0, 0, 0).precision == 100


def test_log_calls_are_no_service_calls() -> None:
    tree = ast.parse("import logging\nimport requests as r\nlogging.info(1)\nprint(2)\nr.post(3)\nother(4)\n")
    assert (sink_lines(tree, "log"), sink_lines(tree, "service")) == ({3, 4}, {5})


def test_the_table_counts_lines(tmp_path: Path) -> None:
    (case,) = parse_cases(CASE, "none.md")
    placed = place(case, tmp_path, "c0")
    assert placed is not None
    found = {("c0/app.py", 6), ("c0/app.py", 8)}
    assert score([placed], found) == Score(1, 1, 0)
    assert list(table([placed], {"x": found}, by_file([placed])))[2] == "| none | 1 | 1 | 2 | 100 / 50 |"


def test_cases_of_other_sinks_are_left_out(tmp_path: Path) -> None:
    placed, left_out = place_all(tmp_path, ("control", "tasks-and-web"))
    assert {one.family for one in placed} == {"control"}
    assert left_out > 0
