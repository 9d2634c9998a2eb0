"""`getattr` and `setattr` with names that are no literals: constants of a module, any of several, or names that come
from the object itself (`for column in self.__table__.columns`)."""

from __future__ import annotations

from collections.abc import Callable

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.facts import TOKEN, Context, Fact, Origin
from privlint.analysis.keys import known_names
from privlint.analysis.paths import is_text_key
from privlint.analysis.reading import read_attribute, write_attribute
from privlint.analysis.solver import Solver

_MAX_STEPS = 20


def reads_own_names(code: Code, call: ir.Call) -> bool:
    """Whether the attribute that a `getattr` reads is each one of those that the object itself tells of."""
    plain = [arg.value for arg in call.args if not arg.name]
    if len(plain) < 2:
        return False
    thing, pending = code.original(plain[0]), [(plain[1], False)]
    for _ in range(_MAX_STEPS):
        if not pending:
            return False
        value, iterated = pending.pop()
        instr = code.code[code.original(value)]
        if iterated and code.original(value) == thing:
            return True
        iterated = iterated or isinstance(instr, ir.Elem)
        if isinstance(instr, ir.Load | ir.Elem | ir.Item):
            pending.append((instr.base, iterated))
        elif isinstance(instr, ir.Call):  # `columns.keys()`, `fields(thing)`
            pending += [(each, iterated) for each in (instr.func, *(arg.value for arg in instr.args))]
    return False


def read_all(s: Solver, c: Context, at: int, fact: Fact, mask: int) -> None:
    """Any attribute of the object is read."""
    step = Origin("step", fact)
    if fact[1] and isinstance(fact[1][0], str) and fact[1][0].startswith("."):
        s.add(c, at, fact[1][1:], mask, step)
    elif not fact[1] and c.kind != TOKEN:
        for carrier, lane in s.lanes.items(mask & s.lanes.carriers):
            for field in s.items.held(s.items.class_of(carrier)).values():
                s.add(c, at, (), s.lanes.of(field, lane), step)


def _read(s: Solver, c: Context, at: int, call: ir.Call, fact: Fact, mask: int) -> bool:
    """`getattr`; False where nothing tells what it reads."""
    plain = [arg.value for arg in call.args if not arg.name]
    if len(plain) < 2 or fact[0] != plain[0]:
        return True
    names = known_names(s.query, c.code, plain[1])
    for name in names:
        read_attribute(s, c, at, name, fact, mask)
    if not names and reads_own_names(c.code, call):
        read_all(s, c, at, fact, mask)
        return True
    return bool(names)


def _write(s: Solver, c: Context, at: int, call: ir.Call, fact: Fact, mask: int) -> bool:
    """`setattr`; what is not known to be written anywhere is not."""
    plain = [arg.value for arg in call.args if not arg.name]
    versions = [a for a in c.code.afters.get(at, ()) if getattr(c.code.code[a], "value", -1) == plain[0]]
    if any(arg.name == "**" and arg.value == fact[0] for arg in call.args) and fact[1] and is_text_key(fact[1][0]):
        for version in versions:  # names and values are items of a mapping
            write_attribute(s, c, version, plain[0], str(fact[1][0][1]), fact, mask, at, fact[1][1:])
    elif len(plain) == 3 and fact[0] == plain[2]:
        names = known_names(s.query, c.code, plain[1])
        for version in versions if len(names) == 1 else ():  # of several, one is as likely to be another one's value
            write_attribute(s, c, version, plain[0], names[0], fact, mask, at)
    return True


REFLECTING: dict[str, Callable[[Solver, Context, int, ir.Call, Fact, int], bool]] = {
    "builtins.getattr": _read,
    "builtins.setattr": _write,
}
