"""The files of a policy: the one that is named and those that it extends, joined into one tree with places."""

from __future__ import annotations

import os
import re
from pathlib import Path as FilePath
from typing import Any

import msgspec
import tomli

from privlint.policy.formats import check_format
from privlint.policy.places import index_places
from privlint.policy.types import Path, Place, PolicyError

# What each file may say for itself, and lists to which each file may add.
PER_FILE = {("policy", "extends"), ("policy", "schema")}
JOINED = {("exceptions",), ("adequacy",)}


class Source(msgspec.Struct):
    """One file, parsed. `name` is its path for messages; `places` has the same shape as `raw`."""

    file: FilePath
    name: str
    text: str
    raw: dict[str, Any]
    places: dict[Path, Place]


class Sources(msgspec.Struct):
    """The joined tree of all files and what went wrong on the way."""

    raw: dict[str, Any] = {}
    places: dict[Path, Place] = {}
    errors: list[PolicyError] = []
    files: list[Source] = []

    def fail(self, place: Place | None, name: str, message: str, hint: str = "", *, at_key: bool = False) -> None:
        self.errors.append(error_at(place, name, message, hint, at_key=at_key))


def error_at(place: Place | None, name: str, message: str, hint: str = "", *, at_key: bool = False) -> PolicyError:
    """An error at a key or at its value; at the start of the file without a place."""
    if place is None:
        return PolicyError(name, 1, 1, 1, message, hint)
    if at_key:
        return PolicyError(place.path, place.line, place.column, place.end_column, message, hint)
    return PolicyError(place.path, place.value_line, place.value_column, place.value_end_column, message, hint)


def read_sources(path: FilePath, root: FilePath) -> Sources:
    """The policy file and, depth first, what it extends. Names in messages are relative to `root` where they can be."""
    sources = Sources()
    add_file(sources, path, root, None, ())
    return sources


def add_file(
    sources: Sources, path: FilePath, root: FilePath, origin: Place | None, above: tuple[FilePath, ...]
) -> None:
    source = read_file(sources, path, root, origin)
    if source is None:
        return
    sources.files.append(source)
    if len(sources.files) == 1:
        sources.raw, sources.places = source.raw, source.places
    else:
        join(sources, sources.raw, source.raw, source, ())
    for number, name in extended_files(source.raw):
        place = source.places.get(("policy", "extends", number)) or source.places.get(("policy", "extends"))
        following = resolve_extended(sources, source, name, place, (*above, path))
        if following is not None:
            add_file(sources, following, root, place, (*above, path))


def read_file(sources: Sources, path: FilePath, root: FilePath, origin: Place | None) -> Source | None:
    name = display_name(path, root)
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        sources.errors.append(PolicyError(name, line, 1, 1, "the file is not UTF-8"))
        return None
    except OSError as error:
        sources.fail(origin, name, f"cannot read {name}: {error.strerror or 'unreadable'}")
        return None
    try:
        raw = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        sources.errors.append(syntax_error(error, name, text))
        return None
    except RecursionError:
        sources.errors.append(PolicyError(name, 1, 1, 1, "the file is nested too deeply"))
        return None
    return Source(path, name, text, raw, index_places(text, name))


def display_name(path: FilePath, root: FilePath) -> str:
    """POSIX path relative to the root, or as given where the file does not lie below it."""
    try:
        return FilePath(os.path.relpath(path, root)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def syntax_error(error: tomli.TOMLDecodeError, name: str, text: str) -> PolicyError:
    """The place stands in tomli's message ("... (at line 3, column 5)" or "(at end of document)")."""
    message, _, where = str(error).rpartition(" (at ")
    lines = text.split("\n")
    found = re.match(r"line (\d+), column (\d+)", where)
    line, column = (int(found[1]), int(found[2])) if found else (len(lines), len(lines[-1]) + 1)
    if message.startswith("Cannot"):  # a key or table that exists: tomli stands after it
        while line > 1 and not lines[line - 1].strip():
            line -= 1
        column = len(lines[line - 1]) - len(lines[line - 1].lstrip()) + 1
        message = "this key or table is defined already"
    message = message[:1].lower() + message[1:]
    return PolicyError(name, line, column, column, f"the file is no valid TOML: {message}")


def extended_files(raw: dict[str, Any]) -> list[tuple[int, str]]:
    """Names under `policy.extends`; wrong types are reported by the walk."""
    header = raw.get("policy")
    names = header.get("extends", []) if isinstance(header, dict) else []
    names = [names] if isinstance(names, str) else names
    return (
        [(number, name) for number, name in enumerate(names) if isinstance(name, str)]
        if isinstance(names, list)
        else []
    )


def resolve_extended(
    sources: Sources, source: Source, name: str, place: Place | None, above: tuple[FilePath, ...]
) -> FilePath | None:
    """The file that `extends` names, relative to the file that says so and below the policy's folder."""
    if check_format("file", name):
        return None  # the walk reports it
    base = sources.files[0].file.parent.resolve()
    target = (source.file.parent / name).resolve()
    if not target.is_relative_to(base):
        sources.fail(place, source.name, f"`{name}` lies outside the policy's folder")
    elif target in [file.resolve() for file in above]:
        sources.fail(place, source.name, f"`{name}` extends itself, directly or through other files")
    elif not target.is_file():
        sources.fail(place, source.name, f"the file `{name}` does not exist")
    elif target in [known.file.resolve() for known in sources.files]:
        sources.fail(place, source.name, f"`{name}` is extended twice")
    else:
        return target
    return None


def join(sources: Sources, into: dict[str, Any], tables: dict[str, Any], source: Source, path: Path) -> None:
    """Merges `tables` (at `path` of `source`) into the tree; a key that stands in two files is an error."""
    for key, value in tables.items():
        here = (*path, key)
        if key not in into:
            into[key] = value
            adopt_places(sources, source, here, here)
        elif isinstance(value, dict) and isinstance(into[key], dict):
            join(sources, into[key], value, source, here)
        elif here in PER_FILE:
            continue
        elif isinstance(value, list) and isinstance(into[key], list) and joinable(here):
            for number, item in enumerate(value):
                adopt_places(sources, source, (*here, number), (*here, len(into[key])))
                into[key].append(item)
        else:
            first = sources.places[here]
            dotted = ".".join(str(part) for part in here)
            message = f"`{dotted}` is defined already"
            sources.fail(source.places.get(here), source.name, message, f"see {first.path}:{first.line}", at_key=True)


def joinable(path: Path) -> bool:
    return path in JOINED or (len(path) == 2 and path[0] == "models")


def adopt_places(sources: Sources, source: Source, old: Path, new: Path) -> None:
    """Takes over the places of a subtree, under its path in the joined tree."""
    for path, place in source.places.items():
        if path[: len(old)] == old:
            sources.places.setdefault((*new, *path[len(old) :]), place)
