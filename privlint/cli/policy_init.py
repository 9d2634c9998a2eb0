"""What `privlint policy init` does: a first policy file, from a text or from a few answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from privlint.cli.output import CannotDo, is_interactive, write_file
from privlint.knowledge.load import load_review
from privlint.policy.draft import draft_answers, draft_policy
from privlint.project import show

if TYPE_CHECKING:
    from pathlib import Path

NAME = "privlint.toml"


def begin_policy(folder: Path, prose: Path | None, home: str) -> int:
    """Writes the file; one that is there is never touched."""
    if not folder.is_dir():
        raise CannotDo(f"{folder}: no such folder")
    target = folder / NAME
    if target.exists():
        raise CannotDo(f"{target}: there is a policy already; `privlint policy check` tells what it lacks")
    text = _ask(home) if prose is None else _read(folder, prose, home)
    write_file(target, text)
    click.echo(
        f"{show(target.resolve())}: written; `privlint policy check` tells what is still to be answered", err=True
    )
    return 0


def _read(folder: Path, prose: Path, home: str) -> str:
    try:
        text = prose.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise CannotDo(f"{prose}: the file is not UTF-8") from error
    except OSError as error:
        raise CannotDo(f"{prose}: cannot be read: {error.strerror}") from error
    if not prose.resolve().is_relative_to(folder.resolve()):
        raise CannotDo(f"{prose}: the text must lie in {folder} or below it")
    return draft_policy(text, prose.resolve().relative_to(folder.resolve()).as_posix(), home, load_review())


def _ask(home: str) -> str:
    """Answers of a person, or TODO where nobody can be asked."""
    questions = {
        "name": "Who is responsible (name of the organisation)?",
        "contact": "How are they reached (e-mail address or page)?",
        "service": "Host of the service, such as www.acme.example?",
    }
    answers = {}
    for key, question in questions.items():
        answers[key] = str(click.prompt(question, default="", show_default=False, err=True)) if is_interactive() else ""
    return draft_answers(answers, home)
