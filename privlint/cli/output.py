"""Where reports go, and what a terminal can show."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from privlint.report import Options

COLORS = ("auto", "always", "never")
WIDTH = 100  # where there is no terminal to ask


def wants_color(choice: str) -> bool:
    """`auto` follows NO_COLOR, FORCE_COLOR, TERM and whether stdout is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def is_interactive() -> bool:
    """Whether somebody watches stderr."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")


def terminal_options(color: str, root: Path) -> Options:
    """How to write for people on stdout."""
    from privlint import __version__
    from privlint.report import Options

    terminal = sys.stdout.isatty()
    colored = wants_color(color)
    return Options(
        width=shutil.get_terminal_size((WIDTH, 24)).columns if terminal else WIDTH,
        color=colored,
        unicode=(sys.stdout.encoding or "ascii").lower().replace("-", "").startswith("utf"),
        hyperlinks=terminal and colored and not os.environ.get("CI"),
        version=__version__,
        root=root.as_posix() if terminal else "",
    )


def file_options() -> Options:
    """How to write into a file: no colours, UTF-8."""
    from privlint import __version__
    from privlint.report import Options

    return Options(width=WIDTH, version=__version__)


def write_stdout(text: str, *, utf8: bool) -> None:
    """`utf8`: for programs, whatever the terminal's encoding."""
    stream = sys.stdout
    encoding = "utf-8" if utf8 else (stream.encoding or "utf-8")
    try:
        stream.flush()
        stream.buffer.write(text.encode(encoding, "backslashreplace"))
        stream.buffer.flush()
    except BrokenPipeError:
        forget_stdout()
    except OSError as error:
        forget_stdout()
        raise CannotDo(f"the report cannot be written: {error.strerror}") from error


def forget_stdout() -> None:
    """The reader has seen enough: what follows is dropped, and the exit code stays what it is."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_file(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise CannotDo(f"{path}: cannot be written: {error.strerror}") from error


class CannotDo(click.ClickException):
    """The job could not be done: one line, exit code 2."""
