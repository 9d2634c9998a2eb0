"""What the analysis found is kept over changes that it could not have seen, and over no other."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from privlint.analysis import analyse
from privlint.analysis.flow import Findings
from privlint.engine import Outcome, RunOptions, pipeline, run_program
from privlint.project import find_programs
from tests.projects import write_files

TODAY = datetime.date(2026, 11, 23)
POLICY = """\
[policy]
[purposes.support]
categories = ["contact"]
basis = "contract"
[code]
app = "support"
"""
MODELS = """\
from dataclasses import dataclass
from typing import Annotated

from privlint import Personal


@dataclass
class User:
    name: str
    email: Annotated[str, Personal("contact.email")]

    def shown(self) -> str:
        return self.email


class Basket:
    def total(self):
        return 3
"""
VIEWS = """\
import logging

from app.models import Basket, User


def view(user: User) -> None:
    tag(user.shown())


def tag(value):
    logging.info("user %s", value)


def count(basket: Basket):
    size = basket.total()
    return size + 1


def keep(path):
    return path.suffix
"""
FILES = {"privlint.toml": POLICY, "app/__init__.py": "", "app/models.py": MODELS, "app/views.py": VIEWS}

Change = Callable[[Mapping[str, str]], Mapping[str, str]]


def replaced(path: str, old: str, new: str) -> Change:
    def change(files: Mapping[str, str]) -> Mapping[str, str]:
        assert files[path].count(old) == 1
        return {path: files[path].replace(old, new)}

    return change


UNSEEN: dict[str, Change] = {
    "a comment above": replaced("app/views.py", "def view", "# What people see.\n\n\ndef view"),
    "a comment below": lambda files: {"app/models.py": files["app/models.py"] + "\n# The end.\n"},
    "the lines of a class": replaced("app/models.py", "    name: str\n", "    # as written\n    name: str\n"),
    "a number in a unit that holds no data": replaced("app/views.py", "size + 1", "size + 2"),
    "a name in such a unit that nobody asked for": replaced("app/views.py", "path.suffix", "path.stem.center(3)"),
    "a docstring": replaced("app/views.py", "    return path.suffix", '    """Its end."""\n    return path.suffix'),
    "two files": lambda files: {path: f"# new\n{text}" for path, text in files.items() if path.endswith("s.py")},
}
SEEN: dict[str, Change] = {
    "another text that is logged": replaced("app/views.py", '"user %s"', '"person %s"'),
    "data goes to a function": replaced("app/views.py", "return path.suffix", "return tag(path.suffix)"),
    "a new reader of the field": replaced("app/views.py", "return path.suffix", "return tag(path.email)"),
    "the class is named": replaced("app/views.py", "path.suffix", "User(path, path)"),
    "the class is named by a string": replaced("app/views.py", "path.suffix", 'getattr(path, "User")'),
    "a module is named by a string": replaced("app/views.py", "path.suffix", '__import__("app.models")'),
    "a receiver becomes another": replaced("app/views.py", "size = basket.total()", "basket = User('a', 'b')"),
    "a new field": replaced("app/models.py", "    name: str\n", "    name: str\n    city: str\n"),
    "a declared field": replaced("app/models.py", "name: str", 'name: Annotated[str, Personal("identity.name")]'),
    "an import": replaced("app/views.py", "import logging\n", "import json\nimport logging\n"),
    "a function": lambda files: {"app/views.py": files["app/views.py"] + "\n\ndef more(x):\n    return x\n"},
    "a signature": replaced("app/views.py", "def keep(path)", "def keep(path, user: User)"),
    "a purpose": replaced("app/views.py", "def count(", "# privlint: purpose=other\ndef count("),
    "a declaring comment": replaced("app/models.py", "    name: str\n", "    name: str  # privlint: identity.name\n"),
    "a file": lambda _files: {"app/more.py": "from app.views import tag\n\n\ndef f(x):\n    tag(x.email)\n"},
    "a file that does not parse": lambda _files: {"app/models.py": "def broken(:\n"},
    "the policy": replaced("privlint.toml", '["contact"]', '["identity"]'),
}


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for every time that the analysis is made."""
    made: list[str] = []
    real = analyse

    def noted(*arguments: Any) -> Findings:
        made.append("analysed")
        return real(*arguments)

    monkeypatch.setattr(pipeline, "analyse", noted)
    return made


def run(root: Path, *, cache: bool = True) -> Outcome:
    (program,) = find_programs([root])
    outcome = run_program(program, RunOptions(jobs=1, cache=cache, today=TODAY))
    assert outcome.diagnostics
    return outcome


def change(root: Path, how: Change) -> None:
    write_files(root, how(dict(FILES.items())))


@pytest.mark.parametrize("name", [*UNSEEN, *SEEN])
def test_the_analysis_is_made_anew_only_for_what_it_could_see(name: str, tmp_path: Path, analysed: list[str]) -> None:
    root = write_files(tmp_path, FILES)
    run(root)
    change(root, {**UNSEEN, **SEEN}[name])
    found = run(root)
    assert len(analysed) == (1 if name in UNSEEN else 2)
    assert found == run(root, cache=False)


def test_changes_after_one_another_are_each_held_against_the_last(tmp_path: Path, analysed: list[str]) -> None:
    root = write_files(tmp_path, FILES)
    run(root)
    for number in (1, 2):
        write_files(root, {"app/views.py": VIEWS.replace("def view", "# new\n" * number + "def view")})
        kept = run(root)
        assert len(analysed) == number
        assert kept == run(root, cache=False)


def test_a_kept_finding_stands_on_its_new_line(tmp_path: Path) -> None:
    root = write_files(tmp_path, FILES)
    before = [(each.path, each.line, len(each.trace)) for each in run(root).diagnostics]
    change(root, UNSEEN["a comment above"])
    after = [(each.path, each.line, len(each.trace)) for each in run(root).diagnostics]
    moved = [(path, line + 3 if path == "app/views.py" else line, steps) for path, line, steps in before]
    assert after == moved


def test_a_removed_file_is_seen(tmp_path: Path, analysed: list[str]) -> None:
    root = write_files(tmp_path, {**FILES, "app/more.py": "X = 1\n"})
    run(root)
    (root / "app/more.py").unlink()
    assert run(root) == run(root, cache=False)
    assert len(analysed) == 3
