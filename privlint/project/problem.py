"""Why a run cannot begin."""

from __future__ import annotations

from pathlib import Path


class ProjectError(Exception):
    """The job cannot be done as asked; each line of the text is one problem, with its place where there is one."""


def show(path: Path) -> str:
    """The path for people: relative to the current folder if it lies below it, POSIX."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()
