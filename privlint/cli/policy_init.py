"""What `privlint policy init` does: a first policy file, from a text, a data map or a few answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from privlint.cli.output import CannotDo, is_interactive, write_file
from privlint.knowledge.load import load_review, load_taxonomy
from privlint.policy.draft import draft_answers, draft_policy
from privlint.policy.language import ENGLISH, language_of
from privlint.policy.prose import normalise
from privlint.policy.texts import TextError, read_text
from privlint.project import ProjectError, show

if TYPE_CHECKING:
    from pathlib import Path

NAME = "privlint.toml"
DATA_MAPS = (".yml", ".yaml")


def begin_policy(folder: Path, source: Path | None, home: str) -> int:
    """Writes the file; one that is there is never touched."""
    if not folder.is_dir():
        raise CannotDo(f"{folder}: no such folder")
    target = folder / NAME
    if target.exists():
        raise CannotDo(f"{target}: there is a policy already; `privlint policy check` tells what it lacks")
    if source is None:
        text = _ask(home)
    elif source.suffix.lower() in DATA_MAPS:
        text = _read_data_map(source, home)
    else:
        text = _read(folder, source, home)
    write_file(target, text)
    click.echo(
        f"{show(target.resolve())}: written; `privlint policy check` tells what is still to be answered", err=True
    )
    return 0


def _content(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise CannotDo(f"{path}: the file is not UTF-8") from error
    except OSError as error:
        raise CannotDo(f"{path}: cannot be read: {error.strerror}") from error


def _read_data_map(path: Path, home: str) -> str:
    from privlint.policy.draft_fides import draft_from_fides
    from privlint.policy.fides import FidesError, read_data_map

    try:
        found = read_data_map(_content(path))
    except ImportError as error:
        raise CannotDo('a data map of Fides is YAML, which needs a library: pip install "privlint[fides]"') from error
    except FidesError as error:
        raise ProjectError("\n".join(f"{path}:{problem}" for problem in error.problems)) from error
    if found.left_out:
        click.echo(f"{path}: left alone: {', '.join(found.left_out)}", err=True)
    return draft_from_fides(found, path.name, home, load_taxonomy())


def _read(folder: Path, prose: Path, home: str) -> str:
    try:
        text = read_text(prose).text
    except TextError as error:
        raise CannotDo(f"{error}; {error.hint}") from error
    except OSError as error:
        raise CannotDo(f"{prose}: cannot be read: {error.strerror}") from error
    if not prose.resolve().is_relative_to(folder.resolve()):
        raise CannotDo(f"{prose}: the text must lie in {folder} or below it")
    review = load_review()
    if language_of(normalise(text), review.common_words) != ENGLISH:
        told = (
            "privlint knows headings in English only: what no table could be found for stands as quotes under [policy]"
        )
        click.echo(f"{prose}: {told}", err=True)
    return draft_policy(text, prose.resolve().relative_to(folder.resolve()).as_posix(), home, review)


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
