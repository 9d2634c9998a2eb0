"""Keeping what the analysis found although files changed: where it could not have seen the difference.

The analysis sees of a file its index and the text of the units that it lowered. If both are as they were, but for the
lines they stand on, it would find the same again; what it found is then moved to where the lines stand now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from privlint.analysis.flow import Findings
from privlint.analysis.marks import comment_kind
from privlint.analysis.symbols import Module
from privlint.analysis.units import UnitTable
from privlint.engine.sources import decode
from privlint.ir import ModuleIndex

if TYPE_CHECKING:
    from collections.abc import Mapping

    from privlint.analysis.symbols import UnitSpan
    from privlint.cache import Records
    from privlint.engine.sources import Sources

T = TypeVar("T")

Lines = dict[int, int]
"""Where the lines of a file's earlier version stand now, of those that anything is known of."""

MAX_CHANGED = 50  # files: beyond them, comparing takes longer than it may save
_LINE_FIELDS = frozenset({"line", "def_line", "end_line"})


class KeptAnalysis(msgspec.Struct):
    """What an analysis found, and what it saw: `files` are content hashes by path, `texts` the digests of the units
    that it lowered, by path and key of the unit."""

    files: dict[str, bytes]
    texts: dict[str, dict[str, bytes]]
    found: Findings


def unit_key(span: UnitSpan) -> str:
    """Names a unit within its file."""
    return f"{span.kind}:{span.qualname}#{span.ordinal}"


def reuse(
    kept: KeptAnalysis, indexes: Mapping[str, ModuleIndex], sources: Sources, records: Records
) -> KeptAnalysis | None:
    """The same for the files as they are now; None if the analysis has to be made anew."""
    if kept.files.keys() != sources.hashes.keys() or sources.unreadable:
        return None
    changed = [path for path, content in sources.hashes.items() if kept.files[path] != content]
    if len(changed) > MAX_CHANGED or any(path.endswith(".pyi") or f"{path}i" in kept.files for path in changed):
        return None
    before = records.load_indexes({kept.files[path] for path in changed})
    moved: dict[str, Lines] = {}
    for path in changed:
        old = before.get(kept.files[path])
        lines = None if old is None else _compare(old, indexes[path], kept.texts.get(path, {}), sources.content(path))
        if lines is None:
            return None
        moved[path] = lines
    try:
        found = _move(kept.found, moved, {})
        found.unresolved = sorted(
            (path, moved[path][line] if path in moved else line, name) for path, line, name in found.unresolved
        )
    except KeyError:  # a place of which nothing is known
        return None
    return KeptAnalysis(dict(sources.hashes), kept.texts, found)


# ---------------------------------------------------------------------------------------------------------- comparing


def _compare(old: ModuleIndex, new: ModuleIndex, texts: Mapping[str, bytes], content: bytes) -> Lines | None:
    """The lines of a file that says the same as before, None if it says something else."""
    if any(comment_kind(comment) != "ignore" for index in (old, new) for comment in index.comments):
        return None  # what a comment speaks of hangs on the lines around it
    lines: Lines = {}
    shown = (name for name in ModuleIndex.__struct_fields__ if name not in ("lines", "comments"))
    if not all(_same(getattr(old, name), getattr(new, name), lines) for name in shown):
        return None
    return lines if _same_texts(old, new, texts, content, lines) else None


def _same(old: object, new: object, lines: Lines) -> bool:
    """Whether two records are equal but for their lines; where those went is noted."""
    if isinstance(old, msgspec.Struct):
        if type(old) is not type(new):
            return False
        for name in old.__struct_fields__:
            before, now = getattr(old, name), getattr(new, name)
            if name in _LINE_FIELDS:
                if not _note(before, now, lines):
                    return False
            elif not _same(before, now, lines):
                return False
        return True
    if isinstance(old, list | tuple):
        if not isinstance(new, list | tuple) or len(old) != len(new):
            return False
        return all(_same(before, now, lines) for before, now in zip(old, new, strict=True))
    return type(old) is type(new) and old == new


def _note(before: int, now: int, lines: Lines) -> bool:
    return lines.setdefault(before, now) == now


def _same_texts(old: ModuleIndex, new: ModuleIndex, texts: Mapping[str, bytes], content: bytes, lines: Lines) -> bool:
    """Whether the units that were lowered have the text that they had."""
    from privlint.frontend.chunks import cut, lines_of, own_lines

    text = lines_of(decode(content))
    if not isinstance(text, list):
        return False
    earlier, present = _spans(old), _spans(new)
    for key, digest in texts.items():
        was, now = earlier.get(key), present.get(key)
        if was is None or now is None:
            return False
        if cut(text, now.first_line, now.last_line, now.kind, now.spans).digest != digest:
            return False
        pairs = zip(*(own_lines(span.first_line, span.last_line, span.spans) for span in (was, now)), strict=True)
        if not all(_note(before, here, lines) for before, here in pairs):
            return False
    return True


def _spans(index: ModuleIndex) -> dict[str, UnitSpan]:
    table = UnitTable(Module("", "", index, is_package=False, root=""))
    spans = map(table.span, table.all())
    return {unit_key(span): span for span in spans}


# ------------------------------------------------------------------------------------------------------------- moving


def _move(value: T, moved: Mapping[str, Lines], lines: Lines) -> T:
    """The same with its places where they are now; `lines` are those of the file that the value lies in. Raises
    KeyError for a line of which nothing is known."""
    if isinstance(value, list):
        return [_move(each, moved, lines) for each in value]  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(_move(each, moved, lines) for each in value)  # type: ignore[return-value]
    if not isinstance(value, msgspec.Struct):
        return value
    path = getattr(value, "path", None)
    here = lines if path is None else moved.get(path, {})
    changed = {}
    for name in value.__struct_fields__:
        inner = getattr(value, name)
        now = here[inner] if name in _LINE_FIELDS and here and inner else _move(inner, moved, here)
        if now != inner:
            changed[name] = now
    return msgspec.structs.replace(value, **changed) if changed else value
