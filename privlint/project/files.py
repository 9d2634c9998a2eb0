"""The Python files of a folder: what git shows, or what lies there; never what is installed or generated."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from privlint.project import git
from privlint.project.problem import ProjectError, show

if TYPE_CHECKING:
    import pathspec

VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".bzr", ".jj", "_darcs", "CVS"})
DEPENDENCIES = frozenset({"site-packages", "dist-packages", "node_modules", "__pypackages__", ".eggs"})
CACHES = frozenset(
    {
        "__pycache__",
        ".cache",
        ".hypothesis",
        ".import_linter_cache",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".nox",
        ".privlint_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".tox",
    }
)
SKIPPED = VERSION_CONTROL | DEPENDENCIES | CACHES
ENVIRONMENT = "pyvenv.cfg"
PYTHON = (".py", ".pyi")
POLICY = "privlint.toml"
PYPROJECT = "pyproject.toml"


class Listing(msgspec.Struct):
    """Paths are relative to the listed folder, POSIX, sorted. `configs` are the policies and pyproject files;
    `skipped` counts Python files, and folders as a whole, that were left out."""

    files: list[str]
    configs: list[str]
    skipped: int = 0


class _Found(msgspec.Struct):
    names: list[str] = []
    skipped: int = 0


def list_folder(root: Path, *, tracked_only: bool = False) -> Listing:
    """What lies in a folder. `tracked_only`: what git knows, where there is git."""
    found = _list_by_git(root, tracked_only) or _walk(root)
    kept = _Found(skipped=found.skipped)
    environments: dict[str, bool] = {"": False}
    for name in found.names:
        if not name.endswith((*PYTHON, POLICY, PYPROJECT)):
            continue
        if _is_installed(root, name.rpartition("/")[0], environments) or _is_second_name(root, name):
            kept.skipped += name.endswith(PYTHON)
        elif _is_there(root / name):
            kept.names.append(name)
    kept.names.sort()
    files = [name for name in kept.names if name.endswith(PYTHON)]
    return Listing(files, [name for name in kept.names if not name.endswith(PYTHON)], kept.skipped)


def _is_installed(root: Path, folder: str, known: dict[str, bool]) -> bool:
    """Whether a folder (relative to `root`) is or lies in an environment, a dependency or a cache."""
    if folder not in known:
        parent, _, name = folder.rpartition("/")
        known[folder] = name in SKIPPED or _is_environment(root / folder) or _is_installed(root, parent, known)
    return known[folder]


def _is_environment(folder: Path) -> bool:
    return os.path.exists(folder / ENVIRONMENT)  # noqa: PTH110 (False where nobody may look)


def _is_there(path: Path) -> bool:
    """Whether it is a file. One that nobody may look at counts: it is to be reported as unreadable."""
    try:
        return path.is_file()
    except PermissionError:
        return True


def _is_second_name(root: Path, name: str) -> bool:
    """Whether it is a link to a file that has a name of its own in the project."""
    path = root / name
    if not os.path.islink(path):  # noqa: PTH114 (False where nobody may look)
        return False
    try:
        return path.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # links in a circle
        return True


# ----------------------------------------------------------------------------------------------------------------- git


def _list_by_git(root: Path, tracked_only: bool) -> _Found | None:
    names = git.list_tracked(root) if tracked_only else git.list_visible(root)
    if names is None or (not names and git.is_ignored(root)):
        return None
    found = _Found()
    for name in names:
        if os.path.isdir(root / name) and not (root / name).is_symlink():  # noqa: PTH112 (False where nobody may look)
            # a submodule, or a repository in the repository
            inner = _list_by_git(root / name.rstrip("/"), tracked_only) or _walk(root / name.rstrip("/"))
            found.names += [f"{name.rstrip('/')}/{below}" for below in inner.names]
            found.skipped += inner.skipped
        else:
            found.names.append(name)
    found.skipped += sum(map(_counts_as_skipped, git.list_ignored(root)))
    return found


def _counts_as_skipped(ignored: str) -> bool:
    """Python files and whole folders count; what tools leave behind holds no source and does not."""
    parts = ignored.rstrip("/").split("/")
    return ignored.endswith((*PYTHON, "/")) and not (CACHES | VERSION_CONTROL).intersection(parts)


# ---------------------------------------------------------------------------------------------------------------- walk


def _walk(root: Path) -> _Found:
    """All files below `root` that no .gitignore names; links to folders are not followed."""
    found = _Found()
    pending: list[tuple[str, list[tuple[str, pathspec.GitIgnoreSpec]]]] = [("", [])]
    while pending:
        folder, specs = pending.pop()
        entries = _scan(root / folder)
        if ".gitignore" in {entry.name for entry in entries}:
            specs = [*specs, (folder, _read_ignore(root / folder / ".gitignore"))]
        for entry in entries:
            name = f"{folder}/{entry.name}".lstrip("/")
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_folder and entry.name in CACHES | VERSION_CONTROL:
                continue
            left_out = _is_dependency(entry) if is_folder else False
            if left_out or _is_ignored(name, is_folder, specs):
                found.skipped += is_folder or name.endswith(PYTHON)
            elif is_folder:
                pending.append((name, specs))
            else:
                found.names.append(name)
    return found


def _scan(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise ProjectError(f"{show(folder)}: the folder cannot be read: {error.strerror}") from error


def _is_dependency(folder: os.DirEntry[str]) -> bool:
    return folder.name in DEPENDENCIES or _is_environment(Path(folder.path))


def _read_ignore(path: Path) -> pathspec.GitIgnoreSpec:
    try:
        return compile_patterns(path.read_text("utf-8", "surrogateescape").splitlines())
    except OSError as error:
        raise ProjectError(f"{show(path)}: cannot be read: {error.strerror}") from error


def _is_ignored(name: str, is_folder: bool, specs: Iterable[tuple[str, pathspec.GitIgnoreSpec]]) -> bool:
    """The last .gitignore that says something about a path decides; the deeper one speaks last."""
    ignored = False
    for folder, spec in specs:
        below = name[len(folder) + 1 :] if folder else name
        said = spec.check_file(below + "/" if is_folder else below).include
        ignored = ignored if said is None else said
    return ignored


def compile_patterns(patterns: Iterable[str]) -> pathspec.GitIgnoreSpec:
    """Patterns as in .gitignore. Raises ProjectError for one that cannot be read."""
    import pathspec

    try:
        return pathspec.GitIgnoreSpec.from_lines(patterns)
    except ValueError as error:
        raise ProjectError(f"cannot read the pattern: {error}") from error
