"""What the program puts into a container that begins empty: functions, classes and objects of its own.

A container is known by its place: a variable of a module, an attribute of a class, or a value of one body. Whatever is
put into it at any depth counts as an element (`table.setdefault(name, []).append(function)`); under a constant key it
is told apart from what lies under other ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from privlint import ir
from privlint.analysis.bounds import MAX_STORERS
from privlint.analysis.globals import heap_of, units_reading
from privlint.analysis.terms import MAPPINGS, SEQUENCES, Type, Types, union

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.facts import Heap
    from privlint.analysis.types import TypeQuery

_PUTTING = frozenset({"add", "append", "appendleft", "insert", "setdefault", "extend", "put", "put_nowait"})
_READING = frozenset({"get", "setdefault", "values", "items", "copy", "pop", "popleft"})
_WRAPPING = frozenset({"list", "tuple", "sorted", "reversed", "set", "iter", "enumerate"})
TAKING = frozenset({"get", "pop", "popleft", "get_nowait"})
_CALLED = frozenset({"func", "bound", "closure", "partial", "class"})
_MAX_STEPS = 8

_Place: TypeAlias = "Heap | int"
"""A place outside of bodies, or a value of the body that is looked at."""

_Key: TypeAlias = "str | int | None"


class Contents:
    def __init__(self, query: TypeQuery) -> None:
        self._query = query
        self._keys: dict[Heap, list[_Key]] = {}
        self._puts: dict[tuple[str, int], list[tuple[int, int, _Key, int]]] = {}

    def elements(self, code: Code, base: int, key: ir.AnyInstr | None = None) -> Types:
        """What may be taken out of `base`, or out of what lies in it; under a constant `key` what was put there."""
        found = self._place(code, base)
        if found is None:
            return ()
        place, inner = found
        wanted = inner if inner is not None else _constant(key)
        put = list(self._put_here(code, place)) if isinstance(place, int) else self._put_anywhere(place)
        return union(*(types for under, types in put if wanted is None or under is None or under == wanted))

    def _put_anywhere(self, place: Heap) -> list[tuple[_Key, Types]]:
        def answer() -> Types:
            put = [pair for code in self._writers(place) for pair in self._put_here(code, place)]
            self._keys[place] = [under for under, types in put for _ in types]
            return tuple(term for _, types in put for term in types)

        types = self._query.ask(("contents", place), answer)
        keys = self._keys.get(place, [])
        if len(keys) != len(types):  # the answer rests on a question that is still open
            return [(None, types)]
        return [(under, (term,)) for under, term in zip(keys, types, strict=True)]

    def _writers(self, place: Heap) -> list[Code]:
        if place[0] in ("global", "external", "shared"):
            home = [f"{place[1]}:"] if place[0] == "global" else []
            units = [*home, *units_reading(self._query, place)]
        else:
            units = self._query.program.lookups.readers(place[1], place[2], guessed=False)
        if len(units) > MAX_STORERS:
            return []
        self._query.units.prepare(units)
        return [code for unit in dict.fromkeys(units) for code in self._query.units.codes(unit)]

    def _put_here(self, code: Code, place: _Place) -> Iterator[tuple[_Key, Types]]:
        for base, value, key, named in self._put(code):
            found = self._place(code, base)
            if found is not None and found[0] == place:
                types = tuple(t for t in self._query.of(code, value) if self._is_own(t))
                for under, term in self._query.decorating.given(code, value, named):
                    yield under, (term,)
                if types:
                    yield (found[1] if found[1] is not None else key), types

    def _put(self, code: Code) -> list[tuple[int, int, _Key, int]]:
        """(container, value, constant key, value of the key or -1) of what a body puts into containers."""
        known = self._puts.get((code.unit, code.body))
        if known is not None:
            return known
        found: list[tuple[int, int, _Key, int]] = []
        for instr in code.code:
            if isinstance(instr, ir.StoreItem) and instr.value >= 0:
                found.append((instr.base, instr.value, _constant(code.code[instr.key]), instr.key))
            elif isinstance(instr, ir.Call) and instr.args:
                func = code.code[instr.func]
                if isinstance(func, ir.Load) and func.attr in _PUTTING:
                    found.append((func.base, instr.args[-1].value, None, -1))
        self._puts[code.unit, code.body] = found
        return found

    def _is_own(self, term: Type) -> bool:
        return term.kind in _CALLED or (term.kind == "obj" and term.name in self._query.program.classes)

    def _place(self, code: Code, value: int) -> tuple[_Place, _Key] | None:
        """The container that `value` is, or lies in, and the constant key that it lies under there."""
        key: _Key = None
        for _ in range(_MAX_STEPS):
            if value < 0:
                return None
            value = code.original(value)
            instr = code.code[value]
            if isinstance(instr, ir.Join):
                containers = [v for v in instr.values if v < value and self._is_container(code, v)]
                if not containers:
                    return None
                value = containers[0]
            elif isinstance(instr, ir.Item):
                key, value = _constant(code.code[instr.key]), instr.base
            elif isinstance(instr, ir.Elem):
                key, value = None, instr.base
            elif isinstance(instr, ir.Call):
                found = self._called_on(code, instr)
                key, value = found if found is not None else (None, -1)
            else:
                place = self._own_place(code, value, instr)
                return (place, key) if place is not None else None
        return None

    def _is_container(self, code: Code, value: int) -> bool:
        return any(t.name in MAPPINGS or t.name in SEQUENCES for t in self._query.of(code, value))

    def _called_on(self, code: Code, call: ir.Call) -> tuple[_Key, int] | None:
        """`table.get(key, [])` and `list(items)` lie in the container."""
        func = code.code[call.func]
        if isinstance(func, ir.Load) and func.attr in _READING:
            return (_constant(code.code[call.args[0].value]) if call.args else None), func.base
        if isinstance(func, ir.Global) and func.name in _WRAPPING and len(call.args) == 1:
            return None, call.args[0].value
        return None

    def _own_place(self, code: Code, value: int, instr: ir.AnyInstr) -> _Place | None:
        if isinstance(instr, ir.Build):
            return value
        heap = heap_of(self._query, code, value)
        if heap is not None or not isinstance(instr, ir.Load):
            return heap
        owners = [t.name for t in self._query.of(code, instr.base) if t.kind in ("obj", "class")]
        for owner in owners:
            member = self._query.program.find(owner, instr.attr) if owner in self._query.program.classes else None
            if member is not None and member.field is not None:
                return ("attr", member.owner, instr.attr)
        return None


def _constant(instr: ir.AnyInstr | None) -> _Key:
    return instr.value if isinstance(instr, ir.Const) and isinstance(instr.value, str | int) else None


def may_hold(types: Types) -> bool:
    """Whether containers of these types may hold more than their types tell."""
    return any(t.name in MAPPINGS or t.name in SEQUENCES or t.kind == "class" for t in types) or not types
