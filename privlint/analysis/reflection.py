"""`getattr(thing, name)` where the code tells the names, or where they come from `thing` itself:
`for column in self.__table__.columns`."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.facts import TOKEN, Context, Fact, Origin
from privlint.analysis.keys import known_keys
from privlint.analysis.reading import read_attribute
from privlint.analysis.solver import Solver

_MAX_STEPS = 20


def read_by_name(s: Solver, c: Context, at: int, call: ir.Call, fact: Fact, mask: int) -> bool:
    """What a `getattr` of the object that `fact` lies in reads; False if nothing tells which attributes it means."""
    plain = [arg.value for arg in call.args if not arg.name]
    names = known_keys(s.query, c.code, plain[1]) if len(plain) > 1 else ()
    for name in names:
        read_attribute(s, c, at, str(name[1]), fact, mask)
    if not names and _reads_own_names(c.code, call):
        read_all(s, c, at, fact, mask)
        return True
    return bool(names)


def _reads_own_names(code: Code, call: ir.Call) -> bool:
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
