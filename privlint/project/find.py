"""From paths to programs: a path belongs to the nearest policy; a policy below another one is its own program."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from privlint.project.files import POLICY, PYPROJECT, PYTHON, Listing, compile_patterns, list_folder
from privlint.project.problem import ProjectError, show
from privlint.project.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Project(msgspec.Struct, frozen=True):
    """`root` and `policy` are absolute and free of links. `scope`: what the report is limited to, POSIX paths below
    the root; empty for everything."""

    root: Path
    policy: Path
    settings: Settings
    scope: tuple[str, ...] = ()


class Program(msgspec.Struct):
    """A project with its Python files: POSIX paths relative to its root, sorted. `left_out` are the Python files that
    `exclude` removed; `skipped` counts them and all else that was left out."""

    project: Project
    files: list[str]
    skipped: int = 0
    left_out: frozenset[str] = frozenset()


def find_programs(
    paths: list[Path],
    *,
    policy: Path | None = None,
    exclude: tuple[str, ...] | None = None,
    tracked_only: bool = False,
) -> list[Program]:
    """The programs that `paths` belong to (none: the current folder), and those with a policy of their own below them.

    `policy` is used in place of the one that the project names, `exclude` (relative to the root) in place of the
    settings' `exclude`.
    `tracked_only` (a commit hook) takes what git tracks, and passes over paths that are no part of a program. Raises
    ProjectError: nothing there, no policy, no Python file, a broken pyproject.toml, a folder that cannot be read."""
    projects = _find_projects([_locate(path) for path in paths] or [Path.cwd()], policy)
    programs: list[Program] = []
    for project in projects:
        programs += _list_programs(project, exclude, tracked_only)
    if not tracked_only:
        for path in paths:
            _expect_python(path, programs)
    if not any(program.files for program in programs) and not (tracked_only and paths):
        raise ProjectError(f"no Python file in {', '.join(show(project.root) for project in projects)}")
    programs = [program for program in programs if program.files and _is_concerned(program)]
    return sorted(programs, key=lambda program: program.project.root.as_posix())


def _locate(path: Path) -> Path:
    """The path without links. Raises ProjectError if there is nothing."""
    try:
        found = path.resolve(strict=True)
        if found.is_dir():
            os.scandir(found).close()
    except FileNotFoundError:
        raise ProjectError(f"{path}: no such file or folder") from None
    except (OSError, RuntimeError) as error:
        raise ProjectError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return found


# ------------------------------------------------------------------------------------------------------------ policies


def _find_projects(paths: list[Path], policy: Path | None) -> list[Project]:
    """One project per policy, with the given paths as its scope."""
    found: dict[Path, tuple[Path, list[str]]] = {}
    for path in paths:
        folder = path if path.is_dir() else path.parent
        root, own = find_policy(folder, policy)
        found.setdefault(root, (own, []))[1].append(path.relative_to(root).as_posix())
    return [
        Project(root, own, find_settings(root), () if "." in scope else tuple(sorted(set(scope))))
        for root, (own, scope) in found.items()
    ]


def find_policy(folder: Path, policy: Path | None) -> tuple[Path, Path]:
    """Root and policy of the project that a folder belongs to."""
    for root in (folder, *folder.parents):
        own = policy_of(root)
        if own is not None:
            return _root_of(root, own), policy.resolve() if policy else own
    if policy:
        here = Path.cwd()
        return (here if folder.is_relative_to(here) else folder), policy.resolve()
    raise ProjectError(
        f"{show(folder)}: no {POLICY} here or above; write one (a line `[policy]` is enough to begin with), "
        f"or name a file with `policy` in [tool.privlint] of {PYPROJECT}"
    )


def is_file(path: Path) -> bool:
    """False where nobody may look: above a project, or in a folder that is reported anyway."""
    return os.path.isfile(path)  # noqa: PTH113 (Path.is_file raises PermissionError)


def policy_of(folder: Path) -> Path | None:
    """The policy that a folder has: the one that its pyproject.toml names, else its privlint.toml."""
    pyproject = folder / PYPROJECT
    settings = load_settings(pyproject, required=False) if is_file(pyproject) else None
    if settings and settings.policy:
        named = (folder / settings.policy).resolve()
        if not named.is_file():
            raise ProjectError(f"{show(pyproject)}: `policy` names {settings.policy}, which is no file")
        return named
    return folder / POLICY if is_file(folder / POLICY) else None


def _root_of(folder: Path, policy: Path) -> Path:
    """The project's folder: that of the policy, unless a pyproject.toml above names this very policy."""
    for above in folder.parents:
        if is_file(above / PYPROJECT) and policy_of(above) == policy:
            return above
    return folder


def find_settings(root: Path) -> Settings:
    """Settings of a project: of the nearest pyproject.toml with the table; those of another program are its own."""
    for folder in (root, *root.parents):
        if is_file(folder / PYPROJECT):
            settings = load_settings(folder / PYPROJECT, required=folder == root)
            if settings and (folder == root or not settings.policy):
                return settings
        if folder != root and is_file(folder / POLICY):
            break
    return Settings()


# --------------------------------------------------------------------------------------------------------------- files


def _list_programs(project: Project, exclude: tuple[str, ...] | None, tracked_only: bool) -> list[Program]:
    """The project's own program first, then those of policies below it that lie in its scope."""
    listing = list_folder(project.root, tracked_only=tracked_only)
    is_excluded = _find_excluded(project, exclude)
    nested = [folder for folder in _nested_roots(project, listing) if not is_excluded(f"{folder}/")]
    own = [name for name in listing.files if not lies_in(name, nested)]
    left_out = frozenset(filter(is_excluded, own))
    files = [name for name in own if name not in left_out]
    programs = [Program(project, files, listing.skipped + len(left_out), left_out)]
    for folder in nested:
        root = project.root / folder
        policy = policy_of(root)
        if policy is not None and (not project.scope or lies_in(folder, project.scope)):
            programs += _list_programs(Project(root, policy, find_settings(root)), exclude, tracked_only)
    return programs


def _nested_roots(project: Project, listing: Listing) -> list[str]:
    """Folders below the root with a policy of their own, without those that lie in another one."""
    roots: list[str] = []
    folders = {name.rpartition("/")[0] for name in listing.configs} - {""}
    for folder in sorted(folders):
        if lies_in(folder, roots):
            continue
        policy = policy_of(project.root / folder)
        if policy is not None and policy != project.policy:
            roots.append(folder)
    return roots


def _find_excluded(project: Project, exclude: tuple[str, ...] | None) -> Callable[[str], bool]:
    """Whether a path below the root is excluded, by the settings or the command line."""
    settings = project.settings
    patterns = settings.extend_exclude if exclude is not None else (*settings.exclude, *settings.extend_exclude)
    written = compile_patterns(patterns) if patterns else None
    given = compile_patterns(exclude) if exclude else None
    prefix = prefix_of(project)

    def is_excluded(name: str) -> bool:
        return bool((written and written.match_file(prefix + name)) or (given and given.match_file(name)))

    return is_excluded


def _is_concerned(program: Program) -> bool:
    """Whether a finding of the program can lie in what was asked for."""
    scope = program.project.scope
    policy = program.project.policy
    if not scope or any(program.project.root / name == policy for name in scope):
        return True
    return any(lies_in(name, scope) for name in program.files)


def prefix_of(project: Project) -> str:
    """What leads from the folder of the settings to the root, with a slash; "" where they are one."""
    folder = project.settings.folder
    if folder is None or folder == project.root:
        return ""
    return project.root.relative_to(folder).as_posix() + "/"


def lies_in(name: str, folders: Iterable[str]) -> bool:
    """Whether a path is one of the folders or files, or below one."""
    return any(name == folder or name.startswith(f"{folder}/") for folder in folders)


def _expect_python(path: Path, programs: list[Program]) -> None:
    """Raises ProjectError if nothing of a given path is analysed: a pass over nothing must not look like one."""
    wanted = path.resolve()
    for program in programs:
        root = program.project.root
        if wanted == program.project.policy or (root.is_relative_to(wanted) and program.files):
            return
        if wanted.is_relative_to(root):
            below = wanted.relative_to(root).as_posix()
            if any(lies_in(name, (below,)) for name in program.files):
                return
            if any(lies_in(name, (below,)) for name in program.left_out):
                raise ProjectError(f"{path}: `exclude` leaves it out of the program")
    if wanted.is_dir():
        raise ProjectError(f"{path}: no Python file in it that git does not ignore")
    if wanted.suffix in PYTHON:
        raise ProjectError(f"{path}: no part of the program (ignored by git, or installed)")
    raise ProjectError(f"{path}: no Python file")
