"""What an expression may be: the answers of the type query."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import msgspec

from privlint.analysis.bounds import MAX_TYPES

HEIR = "heir"
COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">=", "in", "not in", "is", "is not", "not"})
"""Operators that leave nothing of their operands but yes or no."""


class Type(msgspec.Struct, frozen=True, gc=False):
    """One alternative. `kind` is one of

    "obj"       an instance of class `name` (a class id of the project, or a dotted external name), `args` its type
                arguments; `exact`: made by calling the class, so no subclass
    "class"     the class `name` itself; `attr` "heir": or one that inherits from it
    "func"      function `name` (a unit id; `attr` "registered": found by its name); "bound" the same with `receiver`
    "closure"   body number `body` of unit `name`
    "module"    module `name`
    "ext"       something called `name` in code that is not read; `receiver` if it was taken off an object
    "super"     `super()` in class `name`, of `receiver`
    "handover"  method `attr` that a decorator put on function `name`
    "record"    a class that a library's call made, with the fields `attr` (joined by commas)
    "partial"   `args[0]` with `body` arguments given ahead, whose keywords are in `attr`, separated by commas
    "getter"    `attrgetter` and `itemgetter`: `attr` are its flows, one per line

    A list or dict with `attr` "placed" has no entries but `places`: constant key, and what lies under it.
    """

    kind: str
    name: str
    args: tuple[tuple[Type, ...], ...] = ()
    receiver: Type | None = None
    body: int = 0
    exact: bool = False
    attr: str = ""
    places: tuple[tuple[str | int, tuple[Type, ...]], ...] = ()


Types: TypeAlias = tuple[Type, ...]
Place: TypeAlias = "str | int"
"""A constant key of a container."""


def union(*alternatives: Iterable[Type]) -> Types:
    """Each alternative once, in the order they come; what exceeds the bound is unknown anyway and left out."""
    seen: dict[Type, None] = {}
    for types in alternatives:
        for term in types:
            seen[term] = None
    return tuple(seen)[:MAX_TYPES]


def class_of(name: str) -> Type:
    """The class of an object that may be an heir: `cls`, `type(thing)`."""
    return Type("class", name, attr=HEIR)


def obj(name: str, *args: Types, exact: bool = False) -> Type:
    return Type("obj", name, tuple(args), exact=exact)


STR: Types = (obj("builtins.str"),)
BYTES: Types = (obj("builtins.bytes"),)
INT: Types = (obj("builtins.int"),)
FLOAT: Types = (obj("builtins.float"),)
BOOL: Types = (obj("builtins.bool"),)
CALLABLES = frozenset({"func", "bound", "closure", "partial", "getter"})
SCALARS = frozenset({"builtins.str", "builtins.bytes", "builtins.int", "builtins.float", "builtins.bool"})
SEQUENCES = frozenset({"builtins.list", "builtins.set", "builtins.frozenset", "builtins.tuple", "builtins.iter"})
MAPPINGS = frozenset({"builtins.dict"})


def sequence(element: Types) -> Types:
    return (obj("builtins.list", element),)


def set_of(element: Types) -> Types:
    return (obj("builtins.set", element),)


def mapping(key: Types, value: Types) -> Types:
    return (obj("builtins.dict", key, value),)


def fixed_tuple(items: Iterable[Types]) -> Types:
    return (Type("obj", "builtins.tuple", tuple(items), attr="fixed"),)
