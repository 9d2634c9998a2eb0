"""Keeping what the analysis found although files changed: where it could not have seen the difference.

The analysis sees of a file what it defines (imports, classes, signatures, fields), the text of the units that it
lowered, and what other units say under the names that it asked for. If all that is as it was, but for the lines it
stands on, it would find the same again; what it found is then moved to where the lines stand now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from privlint.analysis.flow import Findings
from privlint.analysis.marks import comment_kind
from privlint.engine.earlier import spans_of
from privlint.engine.sources import decode
from privlint.ir import AttributeUse, CallSite, ModuleIndex

if TYPE_CHECKING:
    from collections.abc import Mapping

    from privlint.cache import Records
    from privlint.engine.sources import Sources

T = TypeVar("T")

Lines = dict[int, int]
"""Where the lines of a file's earlier version stand now, of those that anything is known of."""

MAX_CHANGED = 50  # files: beyond them, comparing takes longer than it may save
_LINE_FIELDS = frozenset({"line", "def_line", "end_line"})
_DEFINING = ("imports", "functions", "classes", "fields", "globals_written", "exports", "problems")


class KeptAnalysis(msgspec.Struct):
    """What an analysis found, and what it saw: `files` are content hashes by path; `units` those that any question led
    to, by path and key, with the digest of their text (none where they were not lowered); `names` are those that were
    asked for among calls, attributes and mentions."""

    files: dict[str, bytes]
    units: dict[str, dict[str, bytes]]
    names: frozenset[str]
    found: Findings


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
        if old is None:
            return None
        compared = _Compared(old, indexes[path], kept, path)
        if not (
            compared.defines_the_same() and compared.says_the_same() and compared.reads_the_same(sources.content(path))
        ):
            return None
        moved[path] = compared.lines
    try:
        found = _move(kept.found, moved, {})
        found.unresolved = sorted(
            (path, moved[path][line] if path in moved else line, name) for path, line, name in found.unresolved
        )
    except KeyError:  # a place of which nothing is known
        return None
    return KeptAnalysis(dict(sources.hashes), kept.units, kept.names, found)


# ---------------------------------------------------------------------------------------------------------- comparing


class _Compared:
    """Two versions of a file. Each question notes in `lines` where what it compared stands now."""

    def __init__(self, old: ModuleIndex, new: ModuleIndex, kept: KeptAnalysis, path: str) -> None:
        self.lines: Lines = {}
        self._old = old
        self._new = new
        self._names = kept.names
        self._units = kept.units.get(path, {})
        self._files = kept.files

    def defines_the_same(self) -> bool:
        if any(comment_kind(comment) != "ignore" for index in (self._old, self._new) for comment in index.comments):
            return False  # what a comment speaks of hangs on the lines around it
        return all(_same(getattr(self._old, name), getattr(self._new, name), self.lines) for name in _DEFINING)

    def says_the_same(self) -> bool:
        """Whether units say the same, or nothing that was asked for."""
        strings = set(self._old.strings) ^ set(self._new.strings)
        if not self._names.isdisjoint(strings) or any(map(self._may_name, strings)):
            return False
        old, new = _by_unit(self._old), _by_unit(self._new)
        seen = {key.partition(":")[2].rpartition("#")[0] for key in self._units}
        for unit in sorted({*old, *new}):
            was, now = old.get(unit, _Said()), new.get(unit, _Said())
            lines: Lines = {}
            if _same(was, now, lines) and all(_note(before, here, self.lines) for before, here in lines.items()):
                continue
            if unit in seen or not self._names.isdisjoint(was.changed(now)):
                return False
        return True

    def _may_name(self, text: str) -> bool:
        """Whether a string may name a class or a module of the program, or lead from one object to another."""
        last = text.rpartition(".")[2]
        return (
            last[:1].isupper()
            or "__" in text
            or any(last in path.removesuffix(".py").split("/") for path in self._files)
        )

    def reads_the_same(self, content: bytes) -> bool:
        """Whether the units that were lowered have the text that they had."""
        from privlint.frontend.chunks import cut, lines_of, own_lines

        text = lines_of(decode(content))
        if not isinstance(text, list):
            return False
        earlier, present = spans_of(self._old), spans_of(self._new)
        for key, digest in self._units.items():
            was, now = earlier.get(key), present.get(key)
            if was is None or now is None:
                return False
            if not digest:
                continue
            if cut(text, now.first_line, now.last_line, now.kind, now.spans).digest != digest:
                return False
            pairs = zip(*(own_lines(span.first_line, span.last_line, span.spans) for span in (was, now)), strict=True)
            if not all(_note(before, here, self.lines) for before, here in pairs):
                return False
        return True


class _Said(msgspec.Struct):
    """What a unit says, as the index has it."""

    calls: list[CallSite] = []
    attributes: list[AttributeUse] = []
    mentions: list[str] = []
    locals: dict[str, list[str]] = {}

    def changed(self, other: _Said) -> set[str]:
        """The names under which the two say something else."""
        if self.mentions != other.mentions or self.locals != other.locals:  # what a receiver is may have changed
            return self._names() | other._names()
        mine, others = self._records(), other._records()
        return {name for name in {*mine, *others} if mine.get(name) != others.get(name)}

    def _names(self) -> set[str]:
        return {*self._records(), *self.mentions}

    def _records(self) -> dict[str, list[tuple[object, ...]]]:
        found: dict[str, list[tuple[object, ...]]] = {}
        for call in self.calls:
            found.setdefault(call.callee, []).append((call.receiver, call.nargs, call.keywords))
        for use in self.attributes:
            found.setdefault(use.name, []).append((use.receiver, use.mode))
        return found


def _by_unit(index: ModuleIndex) -> dict[str, _Said]:
    found: dict[str, _Said] = {}
    for call in index.calls:
        found.setdefault(call.unit, _Said()).calls.append(call)
    for use in index.attributes:
        found.setdefault(use.unit, _Said()).attributes.append(use)
    for name, units in index.mentions.items():
        for unit in units:
            found.setdefault(unit, _Said()).mentions.append(name)
    for unit, names in index.locals.items():
        found.setdefault(unit, _Said()).locals = names
    for said in found.values():
        said.mentions.sort()
    return found


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
