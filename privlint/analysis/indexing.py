"""Positions and items: what a constant index reads, and items of library objects that a model describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.shifting import length_of
from privlint.analysis.terms import MAPPINGS, Type

if TYPE_CHECKING:
    from privlint.analysis.callees import Callees
    from privlint.analysis.code import Code


def counted(callees: Callees, code: Code, base: int, position: int) -> int:
    """`position` counted from the front where the length of `base` is known: a display, a tuple of a known type."""
    if position >= 0:
        return position
    length = length_of(callees, code, base)
    return position + length if length + position >= 0 else position


def is_mapping(callees: Callees, code: Code, base: int) -> bool:
    types = callees.query.of(code, base)
    line = callees.members.library.line
    return bool(types) and all(MAPPINGS.intersection(line(term.name)) for term in types)


def fields_of(callees: Callees, code: Code, base: int) -> tuple[str, ...]:
    """Names of the fields that are elements of `base` too, in their order; empty if it is no such object."""
    if not callees.records:
        return ()
    for term in callees.query.of(code, base):
        found = _fields(callees, term)
        if found:
            return found
    return ()


def _fields(callees: Callees, term: Type) -> tuple[str, ...]:
    if term.kind != "obj":
        return ()
    if term.name in callees.program.classes:
        models = callees.members.library.class_models(term.name)
        return callees.field_names(term.name) if any(model.indexed for model in models) else ()
    made = callees.query.models.callables.get(term.name)
    return tuple(term.attr.split(",")) if made is not None and made.record else ()


def positional(callees: Callees, code: Code, base: int, key: ir.Const) -> list[str]:
    """Attributes that the positional part number `key` of a class pattern reads off `base`."""
    found: list[str] = []
    for term in callees.query.of(code, base):
        names = _matched(callees, term) if term.kind == "obj" else ()
        if isinstance(key.value, int) and key.value < len(names):
            found.append(names[key.value])
    return found


def _matched(callees: Callees, term: Type) -> tuple[str, ...]:
    """`__match_args__` of a class: stated, or the parameters of a generated constructor."""
    stated = callees.program.find(term.name, "__match_args__")
    if stated is not None and stated.field is not None and stated.field.value is not None:
        return tuple(str(each.value) for each in stated.field.value.args)
    return callees.field_names(term.name) if term.name in callees.program.classes else _fields(callees, term)
