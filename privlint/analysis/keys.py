"""Keys that are no literals, as far as the code tells which they can be."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.bounds import MAX_KNOWN_KEYS
from privlint.analysis.code import Code
from privlint.analysis.paths import Element, item

_READING = frozenset({"items", "keys"})


def known_keys(code: Code, value: int) -> tuple[Element, ...]:
    """The elements that a key can name: a literal, any of several, one of a display that is iterated over; empty if
    one of them is not known."""
    found = _known(code, value, 0)
    return tuple(dict.fromkeys(found)) if found is not None and len(found) <= MAX_KNOWN_KEYS else ()


def _known(code: Code, value: int, depth: int) -> list[Element] | None:
    instr = code.code[value] if value >= 0 else None
    if isinstance(instr, ir.Const):
        return [item(instr.value)] if isinstance(instr.value, str) else None
    if depth > MAX_KNOWN_KEYS:
        return None
    if isinstance(instr, ir.After | ir.Typed | ir.Await):
        return _known(code, instr.value, depth + 1)
    if isinstance(instr, ir.Join):
        return _all(code, instr.values, depth)
    if isinstance(instr, ir.Elem):
        shown = made_by(code, instr.base)
        if isinstance(shown, ir.Build) and not shown.many:
            return _all(code, shown.keys or shown.values, depth)
    return None


def _all(code: Code, values: tuple[int, ...], depth: int) -> list[Element] | None:
    found: list[Element] = []
    for value in values:
        inner = _known(code, value, depth + 1)
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
    return bool(_versions(code, source) & _versions(code, mapping))


def made_by(code: Code, value: int) -> ir.AnyInstr | None:
    """The instruction that every version of a value comes from, whatever loops and branches it went through."""
    made = [code.code[each] for each in sorted(_versions(code, value))]
    found = [instr for instr in made if not isinstance(instr, ir.Join)]
    return found[0] if len(found) == 1 else None


def _versions(code: Code, value: int) -> set[int]:
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
