"""Markers: values of declared fields that are recognised wherever they, or pieces of them, come out."""

from __future__ import annotations

import collections.abc
import contextlib
import dataclasses
import itertools
import re
import types
from collections.abc import Iterator
from typing import Any

PAIRS = ("zq", "xj", "vk", "wy", "bf", "pd", "gh", "tc", "mr", "ls")
OTHER = "uo"
DEPTH = 12


@dataclasses.dataclass
class Markers:
    """A pair of letters for each category; `turned` has another pair, so that all that depends on it differs."""

    letters: dict[str, str] = dataclasses.field(default_factory=dict)
    turned: str = ""

    def text(self, category: str) -> str:
        pair, digit = (OTHER, 8) if category == self.turned else (self._pair(category), 7)
        return f"{pair * 3}{digit}@{pair * 3}.{pair * 2}" if "email" in category else f"{pair * 3} {pair * 3}{digit}"

    def number(self, category: str) -> int:
        return 7310000 + 2 * PAIRS.index(self._pair(category)) + (category == self.turned)

    def inside(self, text: str) -> set[str]:
        """The categories whose markers, or pieces of three letters of them, stand in the text."""
        lowered = text.lower()
        found = set()
        for category, pair in self.letters.items():
            one, two = pair[0], pair[1]
            whole = re.search(f"{one}{two}{one}|{two}{one}{two}", lowered)
            if whole or str(7310000 + 2 * PAIRS.index(pair)) in lowered:
                found.add(category)
        return found

    def _pair(self, category: str) -> str:
        return self.letters.setdefault(category, PAIRS[len(self.letters) % len(PAIRS)])


def texts_in(value: object, depth: int = 0) -> Iterator[str]:
    """The texts that a value holds, in itself, its elements and its attributes."""
    if depth > DEPTH or isinstance(value, (type, types.ModuleType, types.FunctionType)):
        return
    if isinstance(value, str):
        yield str.__str__(value)
    elif isinstance(value, (bytes, bytearray, memoryview)):
        yield bytes(value).decode("latin-1")
    elif isinstance(value, (bool, int, float, complex, type(None))):
        yield repr(value)
    else:
        for inner in parts_of(value):
            yield from texts_in(inner, depth + 1)


def parts_of(value: Any) -> Iterator[object]:
    yield from _elements(value)
    # A serializer's data knows the serializer; nobody who is given the data sees that.
    yield from (inner for name, inner in getattr(value, "__dict__", {}).items() if name != "serializer")
    for owner in type(value).__mro__:
        for name in getattr(owner, "__slots__", ()):
            if isinstance(name, str) and hasattr(value, name):
                yield getattr(value, name)
    if isinstance(value, BaseException):
        yield from value.args
    with contextlib.suppress(Exception):
        yield value.getvalue()


def _elements(value: Any) -> Iterator[object]:
    with contextlib.suppress(Exception):
        if isinstance(value, collections.abc.Mapping):
            yield from itertools.islice(dict(value.items()).keys(), 100)
            yield from itertools.islice(dict(value.items()).values(), 100)
        elif isinstance(value, (collections.abc.Collection, collections.abc.Iterator)):
            yield from itertools.islice(value, 100)
