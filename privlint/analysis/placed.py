"""Displays of functions, classes and objects of the program: which of them lies under which constant key.

A list or dict whose entries are all known carries them in its type (`Type.places`), so that each use of it is told
apart: `table["a"](user)` calls what stands under "a", and after `table["a"] = other` that one. A container that is
written to in a way that is not known here is *opened*: any of its entries may be meant from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from privlint.analysis.arguments import argument_value, constant_argument
from privlint.analysis.bounds import MAX_PLACES
from privlint.analysis.terms import CALLABLES, MAPPINGS, STR, Place, Type, Types, fixed_tuple, mapping, sequence, union
from privlint.knowledge.ports import Port, parse_flow

if TYPE_CHECKING:
    from privlint import ir
    from privlint.analysis.code import Code
    from privlint.analysis.types import TypeQuery
    from privlint.models import CallableModel

PLACED = "placed"
_KEPT = CALLABLES | {"class"}


class Placing:
    """`classes`: the classes of the program, whose objects are worth telling apart."""

    def __init__(self, classes: Mapping[str, object]) -> None:
        self._classes = classes

    def is_kept(self, term: Type) -> bool:
        return term.kind in _KEPT or (term.kind == "obj" and (term.name in self._classes or bool(term.places)))

    def holds(self, term: Type) -> bool:
        """Whether a container holds what is worth telling apart, so that writes into it are followed."""
        if term.kind != "obj" or (term.name not in MAPPINGS and term.name != "builtins.list"):
            return False
        return is_placed(term) or self._are_kept(term.args)

    def _are_kept(self, entries: Iterable[Types]) -> bool:
        return any(self.is_kept(term) for types in entries for term in types)

    # ----------------------------------------------------------------------------------------------------- displays

    def list_of(self, items: list[Types]) -> Types:
        return self._made(sequence(union(*items)), tuple(enumerate(items)))

    def dict_of(self, keys: Types, entries: dict[Place, Types]) -> Types:
        return self._made(mapping(keys, union(*entries.values())), tuple(entries.items()))

    def _made(self, types: Types, places: tuple[tuple[Place, Types], ...]) -> Types:
        if len(places) > MAX_PLACES or not self._are_kept(t for _, t in places):
            return types
        return tuple(msgspec.structs.replace(term, attr=PLACED, places=places) for term in types)

    # ------------------------------------------------------------------------------------------------------- writes

    def put(self, term: Type, key: Place | None, types: Types) -> Type:
        """`term` after `term[key] = ...`; None: the key is not known."""
        if is_placed(term) and term.name not in MAPPINGS:
            key = _within(term, key)
        if key is None or not is_placed(term):
            return self.opened(term, types)
        return self._again(term, dict(term.places) | {key: types})

    def appended(self, term: Type, types: Types) -> Type:
        if not is_placed(term) or term.name in MAPPINGS:
            return self.opened(term, types)
        return self._again(term, {**dict(term.places), len(term.places): types})

    def merged(self, term: Type, other: Type) -> Type:
        """`term` after `term.update(other)`."""
        if is_placed(term) and is_placed(other) and term.name in MAPPINGS and other.name in MAPPINGS:
            return self._again(term, dict(term.places) | dict(other.places))
        return self.opened(term, entries_of(other))

    def without(self, term: Type, key: Place | None) -> Type:
        if not is_placed(term):
            return term
        if key is None or term.name not in MAPPINGS:
            return self.opened(term, ())
        return self._again(term, {each: types for each, types in term.places if each != key})

    def opened(self, term: Type, types: Types) -> Type:
        """`term`, with `types` among what may lie anywhere in it."""
        if term.kind != "obj" or term.attr == "fixed":
            return term
        if term.name in MAPPINGS:
            keys, values = (*term.args, (), ())[:2]
            args: tuple[Types, ...] = (keys, self._with(values, types))
        elif term.name == "builtins.list":
            args = (self._with(term.args[0] if term.args else (), types),)
        else:
            return term
        return Type("obj", term.name, args)

    def _with(self, known: Types, types: Types) -> Types:
        return union(known, (term for term in types if self.is_kept(term)))

    def _again(self, term: Type, entries: dict[Place, Types]) -> Type:
        if term.name in MAPPINGS:
            return self.dict_of(term.args[0], entries)[0]
        return self.list_of([entries[n] for n in sorted(entries)])[0]

    def operated(self, operator: str, term: Type, other: Type) -> Type:
        """What an operator makes of two containers: `one | other`, `one + other`."""
        if operator in ("|", "|="):
            return self.merged(term, other)
        left, right = items_of(term), items_of(other)
        if operator in ("+", "+=") and left is not None and right is not None:
            return (fixed_tuple([*left, *right]) if term.attr == "fixed" else self.list_of([*left, *right]))[0]
        return self.opened(term, entries_of(other))

    def named(self, entries: dict[Place, Types]) -> Types:
        """A mapping made of keyword arguments; () where there is nothing to tell apart."""
        return self.dict_of(STR, entries) if self._are_kept(entries.values()) else ()

    # -------------------------------------------------------------------------------------------------------- calls

    def after(self, query: TypeQuery, code: Code, call: ir.Call, term: Type, model: CallableModel) -> Type:
        """`term` once a method of it has run, which `model` describes."""

        def given(port: Port) -> Types:
            if port.root == "**":
                return self.named({arg.name: query.of(code, arg.value) for arg in call.args if arg.name.strip("*")})
            places = [port.root] if port.root != "any" else map(str, range(len(call.args)))
            return union(*(query.of(code, argument_value(call, model.params, place)) for place in places))

        if model.empties:
            return self._again(term, {})
        if model.removes:
            return self.without(term, constant_argument(code, call, model.params, model.removes))
        into = [(source, target) for source, target in map(parse_flow, model.flow) if target.root == "self"]
        for source, target in into:
            if not target.path:
                for other in given(source):
                    term = self.merged(term, other)
            elif target.keyed:
                key = constant_argument(code, call, model.params, target.keyed[0][1])
                term = term if entry(term, key) is not None else self.put(term, key, given(source))
            elif model.moves or source.path:
                entries = given(source) if not source.path else union(*map(entries_of, given(source)))
                term = self.opened(term, entries)
            else:
                term = self.appended(term, given(source))
        return self.opened(term, ()) if model.moves and not into else term


def is_placed(term: Type) -> bool:
    return term.attr == PLACED


def entry(term: Type, key: Place | None) -> Types | None:
    """What lies under a constant key; None: that is not known."""
    if key is None or not is_placed(term):
        return None
    if term.name not in MAPPINGS:
        key = _within(term, key)
    return next((types for each, types in term.places if each == key), None)


def items_of(term: Type) -> list[Types] | None:
    """The entries of a list or tuple in their order; None if they are not known."""
    if term.attr == "fixed":
        return list(term.args)
    return [types for _, types in term.places] if is_placed(term) and term.name not in MAPPINGS else None


def entries_of(term: Type) -> Types:
    """Whatever lies in a container."""
    if term.attr == "fixed":
        return union(*term.args)
    if term.name in MAPPINGS:
        return term.args[1] if len(term.args) > 1 else ()
    return term.args[0] if term.args and term.kind == "obj" else ()


def part(term: Type, cut: ir.Slice, placing: Placing) -> Type:
    """`term[start:stop]`."""
    items = items_of(term)
    if items is None:
        return term
    if abs(cut.start or 0) > len(items):  # which ones is not known
        return sequence(union(*items))[0]
    items = items[cut.start : cut.stop : cut.step]
    return (fixed_tuple(items) if term.attr == "fixed" else placing.list_of(items))[0]


def _within(term: Type, key: Place | None) -> Place | None:
    """The place in a list that an index means."""
    if not isinstance(key, int):
        return None
    place = key + len(term.places) if key < 0 else key
    return place if 0 <= place < len(term.places) else None
