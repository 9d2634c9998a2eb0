"""Questions to git. It is asked for files only: no hook and no monitor of the repository runs."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from privlint.project.problem import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

# Set by git when it runs a hook, relative to another folder than ours.
_LOCAL_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")


def list_tracked(folder: Path) -> list[str] | None:
    """Paths below `folder`, relative to it, that git tracks; None outside of a work tree or without git."""
    return _list(folder, "--cached")


def list_visible(folder: Path) -> list[str] | None:
    """Those that git tracks or would track. Raises ProjectError for a folder that git cannot open."""
    return _list(folder, "--cached", "--others", "--exclude-standard")


def list_ignored(folder: Path) -> list[str]:
    """What git ignores below `folder`; a folder that is ignored as a whole stands for itself, with a slash."""
    return _list(folder, "--others", "--ignored", "--exclude-standard", "--directory") or []


def is_revision(folder: Path, name: str) -> bool:
    """Whether git knows a commit by that name."""
    done = _run(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return done is not None and done.returncode == 0


def read_file(folder: Path, revision: str, name: str) -> bytes | None:
    """A file as it was; `name` is relative to the folder. None if it was not there."""
    done = _run(folder, "show", "--end-of-options", f"{revision}:./{name}")
    return done.stdout if done is not None and done.returncode == 0 else None


def is_ignored(folder: Path) -> bool:
    """Whether the folder lies in a work tree that ignores it."""
    done = _run(folder, "check-ignore", "--quiet", ".")
    return done is not None and done.returncode == 0


def _list(folder: Path, *flags: str) -> list[str] | None:
    done = _run(folder, "ls-files", "-z", *flags)
    if done is None or done.returncode != 0:
        return None
    for line in os.fsdecode(done.stderr).splitlines():
        if "could not open directory" in line:
            raise ProjectError(f"cannot read a folder: {line.partition('could not open directory ')[2]}")
    return sorted({os.fsdecode(name) for name in done.stdout.split(b"\0") if name})


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes] | None:
    environment = {name: value for name, value in os.environ.items() if name not in _LOCAL_VARIABLES}
    environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.run(
            ["git", "-c", "core.fsmonitor=false", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
