"""Where the cache lies, how it is marked as one, and when it is refused."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

NAME = ".privlint_cache"
VARIABLE = "PRIVLINT_CACHE_DIR"
DATABASE = "cache.sqlite3"
TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# A cache that privlint made; it may be deleted at any time.\n"
OWN_FILES = (".gitignore", "CACHEDIR.TAG")


class CacheError(Exception):
    """There is no cache for this run; the text says why."""


class TrackedCacheError(CacheError):
    """git tracks the cache: then a change under review could bring its own results."""


def cache_folder(root: Path) -> Path:
    """`.privlint_cache` of the project, or where PRIVLINT_CACHE_DIR says."""
    moved = os.environ.get(VARIABLE)
    return Path(moved).expanduser().absolute() if moved else root / NAME


def prepare(folder: Path) -> Path:
    """Makes the folder with what marks it as a cache; returns the path of the database. Raises CacheError."""
    if _is_tracked(folder):
        raise TrackedCacheError(
            f"git tracks {folder.name}: what others can write is not trusted (git rm -r --cached it)"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_once(folder / ".gitignore", "*\n")
        _write_once(folder / "CACHEDIR.TAG", TAG)
    except OSError as error:
        raise CacheError(f"{folder.name} cannot be written: {error.strerror}") from error
    return folder / DATABASE


def clean(folder: Path) -> bool:
    """Removes the cache; False if there is none. A folder that privlint did not make loses its database only."""
    if not folder.is_dir():
        return False
    names = {entry.name for entry in folder.iterdir()}
    own = {*OWN_FILES, *(f"{DATABASE}{end}" for end in ("", "-journal", "-wal", "-shm"))}
    for name in names & own:
        (folder / name).unlink()
    if names <= own:
        shutil.rmtree(folder)
    return bool(names & own)


def _write_once(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text, "utf-8")


def _is_tracked(folder: Path) -> bool:
    """Whether git has files of the folder in its index."""
    if not folder.is_dir():
        return False
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "-c", "core.fsmonitor=false", "ls-files", "-z", "--cached", "--", "."],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0 and bool(done.stdout)
