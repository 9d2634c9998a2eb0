"""Attributes that are read by names which are no literals: `getattr(thing, name)` where the names come from `thing`
itself (`for column in self.__table__.columns`) or from a display, and `thing.__dict__`."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.facts import TOKEN, Context, Fact, Origin
from privlint.analysis.keys import known_keys, made_by
from privlint.analysis.modelled import read_off
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


def read_named(s: Solver, c: Context, at: int, call: ir.Call, fact: Fact, mask: int) -> bool:
    """`getattr(thing, name)`, where the names are known: those that `thing` tells of, or those of a display. False:
    they are not."""
    if reads_own_names(c.code, call):
        _read(s, c, at, fact, mask, None)
        return True
    plain = [arg.value for arg in call.args if not arg.name]
    names = _listed(s, c.code, plain[1]) if len(plain) > 1 else []
    if names:
        _read(s, c, at, fact, mask, names)
    return bool(names)


def _listed(s: Solver, code: Code, value: int) -> list[str]:
    """The texts that a value can be, one after another, if a display in the body or of a module lists them."""
    known = [str(each[1]) for each in known_keys(code, value) if isinstance(each, tuple)]
    instr = code.code[code.original(value)]
    if known or not isinstance(instr, ir.Elem):
        return known
    shown = made_by(code, instr.base)
    module, scope = s.query.scope(code)
    symbol = s.program.resolve(module, shown.name, scope) if isinstance(shown, ir.Global) else None
    if symbol is None or symbol.kind != "variable":
        return []
    home, _, name = symbol.name.partition(":")
    bound = [f.value for f in s.program.modules[home].index.fields if f.where == "module" and f.name == name]
    items = bound[0].args if len(bound) == 1 and bound[0] is not None and bound[0].kind == "seq" else ()
    return [item.value for item in items if isinstance(item.value, str)]


def _read(s: Solver, c: Context, at: int, fact: Fact, mask: int, names: list[str] | None) -> None:
    """Each attribute of the object is read, or each of `names`."""
    step = Origin("step", fact)
    if fact[1] and isinstance(fact[1][0], str) and fact[1][0].startswith("."):
        if names is None or fact[1][0][1:] in names:
            s.add(c, at, fact[1][1:], mask, step)
    elif not fact[1] and c.kind != TOKEN:
        for carrier, lane in s.lanes.items(mask & s.lanes.carriers):
            owner = s.items.class_of(carrier)
            for name in s.items.held(owner) if names is None else names:
                for path, item in read_off(s, owner, name):
                    s.add(c, at, path, s.lanes.of(item, lane), step)


def open_up(s: Solver, c: Context, at: int, fact: Fact, mask: int) -> None:
    """`thing.__dict__`: the attributes are items of it."""
    step = Origin("step", fact)
    if fact[1] and isinstance(fact[1][0], str) and fact[1][0].startswith("."):
        s.add(c, at, (("k", fact[1][0][1:]), *fact[1][1:]), mask, step)
    elif not fact[1] and c.kind != TOKEN:
        for carrier, lane in s.lanes.items(mask & s.lanes.carriers):
            for name, field in s.items.held(s.items.class_of(carrier)).items():
                s.add(c, at, (("k", name),), s.lanes.of(field, lane), step)
