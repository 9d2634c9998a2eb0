"""Keys that are no literals, as far as the code tells which they can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.bounds import MAX_KNOWN_KEYS
from privlint.analysis.code import Code
from privlint.analysis.paths import Element, item

if TYPE_CHECKING:
    from privlint.analysis.types import TypeQuery

_READING = frozenset({"items", "keys"})


def known_keys(query: TypeQuery, code: Code, value: int) -> tuple[Element, ...]:
    """The elements that a key can name: a literal, any of several, one of a display or of a constant of a module or
    class that is iterated over; empty if one of them is not known."""
    found = _known(query, code, value, 0)
    return tuple(dict.fromkeys(found)) if found is not None and len(found) <= MAX_KNOWN_KEYS else ()


def _known(query: TypeQuery, code: Code, value: int, depth: int) -> list[Element] | None:
    instr = code.code[value] if value >= 0 else None
    if isinstance(instr, ir.Const):
        return [item(instr.value)] if isinstance(instr.value, str) else None
    if depth > MAX_KNOWN_KEYS:
        return None
    if isinstance(instr, ir.After | ir.Typed | ir.Await):
        return _known(query, code, instr.value, depth + 1)
    if isinstance(instr, ir.Join):
        return _all(query, code, instr.values, depth)
    if isinstance(instr, ir.Item):  # `for name, label in LABELS.items()`
        number, pair = code.code[instr.key], code.code[instr.base]
        is_first = isinstance(number, ir.Const) and number.value == 0 and isinstance(pair, ir.Elem)
        shown = _items_of(code, pair.base) if is_first and isinstance(pair, ir.Elem) else -1
        return _listed(query, code, shown, depth) if shown >= 0 else None
    return _listed(query, code, instr.base, depth) if isinstance(instr, ir.Elem) else None


def _items_of(code: Code, value: int) -> int:
    """The mapping whose `items()` a value is; -1 for anything else."""
    instr = code.code[value]
    func = code.code[instr.func] if isinstance(instr, ir.Call) else None
    return func.base if isinstance(func, ir.Load) and func.attr == "items" else -1


def _listed(query: TypeQuery, code: Code, value: int, depth: int) -> list[Element] | None:
    """The elements of what is iterated over, or the keys of a mapping."""
    instr = code.code[value]
    if isinstance(instr, ir.Build):
        return None if instr.many else _all(query, code, instr.keys or instr.values, depth)
    names = query.members.stated.listed(code, value)
    return [item(name) for name in names] if names else None


def _all(query: TypeQuery, code: Code, values: tuple[int, ...], depth: int) -> list[Element] | None:
    found: list[Element] = []
    for value in values:
        inner = _known(query, code, value, depth + 1)
        if inner is None:
            return None
        found += inner
    return found


def iterates(code: Code, key: int, mapping: int) -> bool:
    """Whether the key comes from an iteration over the mapping that it is used on: it names what is there."""
    instr = code.code[key] if key >= 0 else None
    if isinstance(instr, ir.Item):  # `for key, value in mapping.items()`
        instr = code.code[instr.base]
    if not isinstance(instr, ir.Elem):
        return False
    source = instr.base
    made = code.code[source]
    while isinstance(made, ir.Call):
        func = code.code[made.func]
        if isinstance(func, ir.Load) and func.attr in _READING:
            source = func.base
        elif len(made.args) == 1:  # `list(mapping)`, `sorted(mapping.items())`
            source = made.args[0].value
        else:
            break
        made = code.code[source]
    return bool(versions(code, source) & versions(code, mapping))


def versions(code: Code, value: int) -> set[int]:
    """The values that `value` is a later version of, whichever branch was taken."""
    found: set[int] = set()
    pending = [value]
    while pending:
        each = code.original(pending.pop())
        if each not in found:
            found.add(each)
            instr = code.code[each]
            pending += instr.values if isinstance(instr, ir.Join) else ()
    return found
