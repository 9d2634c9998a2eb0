"""Mappings that are copied item by item: what lay under a key lies under the same key of the copy.

`{key: clean(value) for key, value in mapping.items()}`, and a loop that stores under the keys it iterates over, be it
`mapping.items()` or the mapping itself (`copy[key] = mapping[key]`). The keys under which a mapping holds an item are
noted where it is iterated, since the values lose them on their way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from privlint import ir
from privlint.analysis.bounds import MAX_COPY_STEPS, MAX_KNOWN_KEYS
from privlint.analysis.paths import Element, Path, is_text_key, join

if TYPE_CHECKING:
    from collections.abc import Callable

    from privlint.analysis.code import Code
    from privlint.analysis.facts import Context, Fact, Origin
    from privlint.analysis.solver import Solver

_ITEMS, _KEYS = "items", "keys"
_THROUGH = (ir.After, ir.Typed, ir.Await)


class _Copy(msgspec.Struct, frozen=True):
    """A value that was stored under the keys of an iteration."""

    at: int
    path: Path
    mask: int
    origin: Origin


class Copies:
    """What is known of iterations over mappings: by context and position of the call of `items()`, or of the key."""

    def __init__(self, solver: Solver) -> None:
        self._s = solver
        self._keys: dict[tuple[int, int], dict[Element, int]] = {}
        self._made: dict[tuple[int, int], list[_Copy]] = {}

    def iterate(self, c: Context, at: int, call: ir.Call, fact: Fact, mask: int) -> None:
        """`fact` lies in a mapping whose items the call at `at` gives."""
        value, path = fact
        if c.code.names.get(at) != _ITEMS or not path or not is_text_key(path[0]):
            return
        func = c.code.code[call.func]
        if not isinstance(func, ir.Load) or func.base != value:
            return
        self._note(c, at, path[0], mask)

    def read(self, c: Context, item: ir.Item, path: Path, mask: int) -> None:
        """What lies at `path` in a mapping is taken out under one of the keys that it is iterated by."""
        if is_text_key(path[0]) and _iterates(c.code, item):
            self._note(c, item.key, path[0], mask)

    def _note(self, c: Context, at: int, element: Element, mask: int) -> None:
        held = self._keys.setdefault((c.id, at), {})
        held[element] = held.get(element, 0) | mask
        for copy in self._made.get((c.id, at), ()):
            self._add(c, copy, element, self._s.lanes.among(copy.mask, mask))

    def keep(self, c: Context, at: int, key: int, value: int, path: Path, mask: int, origin: Origin) -> int:
        """Puts what is stored under a key of an iteration where it came from; what is left came from elsewhere."""
        source = iterated(c.code, key, value)
        held = self._keys.get((c.id, source)) if source >= 0 else None
        if not held:
            return mask
        copy = _Copy(at, path, mask, origin)
        self._made.setdefault((c.id, source), []).append(copy)
        for element, known in list(held.items()):
            both = self._s.lanes.among(copy.mask, known)
            self._add(c, copy, element, both)
            mask &= ~both
        return mask

    def _add(self, c: Context, copy: _Copy, element: Element, mask: int) -> None:
        if mask:
            self._s.add(c, copy.at, join((element,), copy.path), mask, copy.origin)


def iterated(code: Code, key: int, value: int) -> int:
    """The call of `items()` whose keys `key` is, if `value` was made of the values beside them; `key` itself if it is
    one of a mapping's and `value` was made of what lies under it; -1 otherwise."""
    if key >= 0 and isinstance(code.code[key], ir.Elem):
        return key if _is_made_of(code, value, lambda item: item.key == key and _iterates(code, item)) else -1
    part = _key(code, key, 0)
    if part is None:
        return -1
    element = code.code[part.base]
    call = element.base if isinstance(element, ir.Elem) else -1
    made = code.code[call] if call >= 0 else None
    while isinstance(made, ir.Call) and code.names.get(call) != _ITEMS and len(made.args) == 1:  # `list(d.items())`
        call = made.args[0].value
        made = code.code[call]
    if not isinstance(made, ir.Call) or code.names.get(call) != _ITEMS:
        return -1
    pair = part.base
    return call if _is_made_of(code, value, lambda item: item.base == pair and _is_number(code, item.key, 1)) else -1


def _iterates(code: Code, item: ir.Item) -> bool:
    """`mapping[key]` with a key that an iteration over `mapping` or `mapping.keys()` gives."""
    element = code.code[item.key] if item.key >= 0 else None
    if not isinstance(element, ir.Elem):
        return False
    call = code.code[element.base]
    func = code.code[call.func] if isinstance(call, ir.Call) and code.names.get(element.base) == _KEYS else None
    base = func.base if isinstance(func, ir.Load) else element.base
    return code.original(base) == code.original(item.base)


def _key(code: Code, value: int, depth: int) -> ir.Item | None:
    """The first part of a pair that a key is, maybe as text or after it was looked at."""
    instr = code.code[value] if value >= 0 else None
    if isinstance(instr, ir.Item):
        return instr if _is_number(code, instr.key, 0) else None
    if isinstance(instr, _THROUGH):
        return _key(code, instr.value, depth)
    if isinstance(instr, ir.Join) and depth < MAX_KNOWN_KEYS:
        return next((part for each in instr.values if (part := _key(code, each, depth + 1))), None)
    if isinstance(instr, ir.Call) and code.names.get(value) == "str" and len(instr.args) == 1:
        return _key(code, instr.args[0].value, depth)
    return None


def _is_number(code: Code, value: int, number: int) -> bool:
    instr = code.code[value] if value >= 0 else None
    return isinstance(instr, ir.Const) and instr.value.__class__ is int and instr.value == number


def _is_made_of(code: Code, value: int, is_wanted: Callable[[ir.Item], bool]) -> bool:
    """Whether such an item went into a value, by whatever calls."""
    pending, seen = [value], set[int]()
    while pending and len(seen) < MAX_COPY_STEPS:
        value = pending.pop()
        if value < 0 or value in seen:
            continue
        seen.add(value)
        instr = code.code[value]
        if isinstance(instr, ir.Item) and is_wanted(instr):
            return True
        if isinstance(instr, ir.Call):
            pending += [instr.func, *(arg.value for arg in instr.args)]
        elif isinstance(instr, _THROUGH):
            pending.append(instr.value)
        elif isinstance(instr, ir.Load | ir.Item):
            pending.append(instr.base)
        elif isinstance(instr, ir.Join):
            pending.extend(instr.values)
        elif isinstance(instr, ir.Text):
            pending.extend(instr.parts)
    return False
