"""Reads the policy file: all of its errors with their places, or a Policy in which every name is defined."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING

import msgspec

from privlint.policy.lock import LockError, read_lock
from privlint.policy.references import conflicts, undefined_names
from privlint.policy.sources import Source, Sources, display_name, error_at, read_sources
from privlint.policy.texts import TextError, read_text
from privlint.policy.types import Place, Policy, PolicyError, PolicyErrors
from privlint.policy.walk import Problem, read_policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from privlint.models import Taxonomy
    from privlint.policy.lock import Accepted
    from privlint.policy.tables import ExceptionEntry, PolicyFile
    from privlint.policy.texts import Page
    from privlint.policy.types import Path


def load_policy(
    path: FilePath, taxonomy: Taxonomy, *, root: FilePath | None = None, rules: Mapping[str, str] | None = None
) -> Policy:
    """The policy in `path` and in the files that it extends.

    `root` is the project's folder, by default that of the file: places are relative to it. `rules` maps codes to
    names, so that exceptions can be checked and may use either. Raises PolicyErrors with every error there is.
    """
    sources = read_sources(path, root or path.parent)
    if not sources.files:
        raise PolicyErrors(sources.errors)
    tables, reading = read_policy(sources.raw)
    problems = list(reading.problems)
    if not sources.errors:  # a file that is missing may define what seems undefined
        problems += undefined_names(sources.raw, reading.references, taxonomy, rules or {})
        problems += conflicts(tables)
    page = read_prose(sources, tables.policy.prose, problems)
    accepted = read_accepted(sources, lock_of(path), root or path.parent)
    errors = sources.errors + [locate(problem, sources) for problem in problems]
    if errors:
        raise PolicyErrors(errors)
    policy = build_policy(tables, sources, taxonomy, rules or {})
    policy.accepted = accepted
    if page is not None:
        policy.prose_text, policy.prose_lines = page.text, page.lines
        policy.prose_path = display_name(prose_file(sources, tables.policy.prose), root or path.parent)
    return policy


def build_policy(tables: PolicyFile, sources: Sources, taxonomy: Taxonomy, rules: Mapping[str, str]) -> Policy:
    values = {name: getattr(tables, name) for name in tables.__struct_fields__}
    values["recipients"] = {
        name: msgspec.structs.replace(recipient, key=name) for name, recipient in tables.recipients.items()
    }
    values["exceptions"] = tuple(with_code(entry, rules) for entry in tables.exceptions)
    return Policy(**values, taxonomy=taxonomy, places=sources.places, path=sources.files[0].name)


def with_code(entry: ExceptionEntry, rules: Mapping[str, str]) -> ExceptionEntry:
    """The exception with the code of its rule, where its name was written."""
    code = next((code for code, name in rules.items() if name == entry.rule), entry.rule)
    return msgspec.structs.replace(entry, rule=code)


def read_prose(sources: Sources, name: str, problems: list[Problem]) -> Page | None:
    """The text that quotes are checked against, relative to the file that names it."""
    key: Path = ("policy", "prose")
    if not name or any(problem.path == key for problem in problems):
        return None
    try:
        return read_text(prose_file(sources, name))
    except TextError as error:
        problems.append(Problem(key, str(error), error.hint))
    except (FileNotFoundError, NotADirectoryError):
        problems.append(Problem(key, f"the file `{name}` does not exist"))
    except OSError as error:
        problems.append(Problem(key, f"cannot read `{name}`: {error.strerror or 'unreadable'}"))
    return None


def prose_file(sources: Sources, name: str) -> FilePath:
    """The published text lies beside the file that names it."""
    return stating_file(sources, ("policy", "prose")).file.parent / name


def lock_of(path: FilePath) -> FilePath:
    """The lock of accepted sentences, beside the policy file."""
    return path.with_suffix(".lock")


def read_accepted(sources: Sources, path: FilePath, root: FilePath) -> tuple[Accepted, ...] | None:
    """The sentences of the lock; None if there is none."""
    name = display_name(path, root)
    hint = "take it from version control, or write it anew with `privlint policy accept`"
    try:
        return read_lock(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    except FileNotFoundError:
        return None
    except LockError as error:
        sources.errors.append(PolicyError(name, error.line, 1, 1, str(error), hint))
    except UnicodeDecodeError:
        sources.errors.append(PolicyError(name, 1, 1, 1, "the file is not UTF-8", hint))
    except OSError as error:
        sources.errors.append(PolicyError(name, 1, 1, 1, f"cannot be read: {error.strerror or 'unreadable'}", hint))
    return None


def stating_file(sources: Sources, key: Path) -> Source:
    place = sources.places.get(key)
    return next((source for source in sources.files if place and source.name == place.path), sources.files[0])


def locate(problem: Problem, sources: Sources) -> PolicyError:
    """The problem at its place, or at the nearest key above it that is written."""
    place, exact = nearest(sources.places, problem.path)
    name = sources.files[0].name
    return error_at(place, name, problem.message, problem.hint, at_key=problem.at_key or not exact)


def nearest(places: Mapping[Path, Place], path: Path) -> tuple[Place | None, bool]:
    """The place of a key path or of what stands above it; an element that was written as a single string has the
    place of that string."""
    if path in places:
        return places[path], True
    while path:
        shortened = isinstance(path[-1], int)
        path = path[:-1]
        if path in places:
            return places[path], shortened
    return None, False
