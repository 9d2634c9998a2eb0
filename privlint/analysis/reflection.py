"""`getattr` and `setattr` with names that are no literals: constants of a module, any of several, or names that come
from the object itself (`for column in self.__table__.columns`). What is stored under the name that it was read by keeps
that name. `thing.__dict__` has them all, to be read and to be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.facts import TOKEN, Context, Fact, Origin
from privlint.analysis.keys import known_names, versions
from privlint.analysis.modelled import read_off
from privlint.analysis.paths import Path, is_text_key
from privlint.analysis.reading import read_attribute, write_attribute
from privlint.analysis.solver import Solver

_MAX_STEPS = 40


def _read(s: Solver, c: Context, at: int, call: ir.Call, fact: Fact, mask: int) -> bool:
    """`getattr` of the object that `fact` lies in; False if nothing tells which attributes it means."""
    plain = [arg.value for arg in call.args if not arg.name]
    if len(plain) < 2 or fact[0] != plain[0]:
        return True
    names = known_names(s.query, c.code, plain[1])
    if not names and not _reads_own_names(c.code, plain[0], plain[1]):
        return False
    step = Origin("step", fact)
    stores = _stored_by_name(c.code, at, plain[1])
    for name, path, read in _reads(s, c, fact, mask, set(names)):
        for store in stores:
            if isinstance(c.code.code[store], ir.Call):
                _set(s, c, store, name, (path, read), fact)
            else:
                s.add(c, store, (("k", name), *path), read, step)
        if not stores:
            s.add(c, at, path, read, step)
    for name in names if not stores else ():
        read_attribute(s, c, at, name, fact, mask)
    return True


def _reads(s: Solver, c: Context, fact: Fact, mask: int, names: set[str]) -> Iterator[tuple[str, Path, int]]:
    """(name, path below the attribute, items) of the attributes that are read: those called `names`, or all."""
    path = fact[1]
    if path:
        name = str(path[0])[1:] if str(path[0]).startswith(".") else ""
        if name and (not names or name in names):
            yield name, path[1:], mask
        return
    for carrier, lane in s.lanes.items(mask & s.lanes.carriers) if c.kind != TOKEN else ():
        owner = s.items.class_of(carrier)
        for name in sorted(names) or sorted(s.items.held(owner)):
            for inner, item in read_off(s, owner, name):
                yield name, inner, s.lanes.of(item, lane)


def _reads_own_names(code: Code, thing: int, name: int) -> bool:
    """Whether the name of an attribute is each one of those that the object itself tells of."""
    things, pending = versions(code, thing), [(name, False)]
    for _ in range(_MAX_STEPS):
        if not pending:
            return False
        value, iterated = pending.pop()
        value = code.original(value)
        if iterated and value in things:
            return True
        instr = code.code[value]
        iterated = iterated or isinstance(instr, ir.Elem)
        if isinstance(instr, ir.Load | ir.Elem | ir.Item):
            pending.append((instr.base, iterated))
        elif isinstance(instr, ir.Call):  # `columns.keys()`, `fields(thing)`
            pending += [(each, iterated) for each in (instr.func, *(arg.value for arg in instr.args))]
        elif isinstance(instr, ir.Join | ir.Build):  # `[column.name for column in columns]`
            pending += [(each, iterated) for each in instr.values]
    return False


def _stored_by_name(code: Code, at: int, name: int) -> list[int]:
    """The stores (`setattr` among them) that put the value at `at`, or a text of it, under the name that it was read
    by; none if anything else is done with it."""
    found: dict[int, None] = {}
    seen, pending = {at}, [at]
    while pending:
        value = pending.pop()
        for position in code.uses.get(value, ()):
            instr = code.code[position]
            if position in seen or isinstance(instr, ir.Operate):
                continue
            seen.add(position)
            key = _key_of(code, position, value)
            if key >= 0:
                if not _is_same(code, key, name):
                    return []
                found[position] = None
            elif isinstance(instr, ir.Typed | ir.Join | ir.After | ir.Load) or _makes_text(code, instr, value):
                pending.append(position)
            elif not _only_tests(code, instr):
                return []
    return list(found)


def _key_of(code: Code, position: int, value: int) -> int:
    """The key that an instruction puts a value under; -1 if it does not."""
    instr = code.code[position]
    if isinstance(instr, ir.Call) and code.names.get(position) == "setattr" and len(instr.args) == 3:
        return instr.args[1].value if instr.args[2].value == value else -1
    if isinstance(instr, ir.StoreItem):
        return instr.key if instr.value == value else -1
    if isinstance(instr, ir.Build) and instr.kind == "dict":
        return next((k for k, v in zip(instr.keys, instr.values, strict=True) if v == value), -1)
    return -1


def _makes_text(code: Code, instr: ir.AnyInstr, value: int) -> bool:
    """`str(value)`, `value.isoformat()`."""
    if not isinstance(instr, ir.Call):
        return False
    func = code.code[instr.func]
    if isinstance(func, ir.Load):
        return value in (instr.func, func.base)
    return isinstance(func, ir.Global) and func.name in ("str", "repr")


def _only_tests(code: Code, instr: ir.AnyInstr) -> bool:
    func = code.code[instr.func] if isinstance(instr, ir.Call) else None
    return isinstance(func, ir.Global) and func.name in ("isinstance", "hasattr", "callable", "len", "bool")


def _unwrapped(code: Code, value: int) -> int:
    """`name` of `str(name)`."""
    instr = code.code[value]
    func = code.code[instr.func] if isinstance(instr, ir.Call) and len(instr.args) == 1 else None
    made = isinstance(func, ir.Global) and func.name == "str"
    return instr.args[0].value if made and isinstance(instr, ir.Call) else value


def _is_same(code: Code, one: int, other: int) -> bool:
    """Whether two values are the same, or the same attribute of the same value; a name may be made a text of."""
    one, other = code.original(_unwrapped(code, one)), code.original(_unwrapped(code, other))
    if one == other:
        return True
    left, right = code.code[one], code.code[other]
    both = isinstance(left, ir.Load) and isinstance(right, ir.Load) and left.attr == right.attr
    return both and code.original(left.base) == code.original(right.base)  # type: ignore[union-attr]


def _set(s: Solver, c: Context, call: int, name: str, read: tuple[Path, int], fact: Fact) -> None:
    """`setattr(thing, name, ...)` puts what was read off `fact` (path, items) into the attribute."""
    thing = c.code.code[call].args[0].value  # type: ignore[union-attr]  # `_key_of` gives no other calls
    for version in _versions_after(c.code, call, thing):
        write_attribute(s, c, version, thing, name, fact, read[1], call, read[0])


def _versions_after(code: Code, call: int, thing: int) -> list[int]:
    return [a for a in code.afters.get(call, ()) if getattr(code.code[a], "value", -1) == thing]


def _write(s: Solver, c: Context, at: int, call: ir.Call, fact: Fact, mask: int) -> bool:
    """`setattr`; what is not known to be written anywhere is not."""
    plain = [arg.value for arg in call.args if not arg.name]
    later = _versions_after(c.code, at, plain[0])
    if any(arg.name == "**" and arg.value == fact[0] for arg in call.args) and fact[1] and is_text_key(fact[1][0]):
        for version in later:  # names and values are items of a mapping
            write_attribute(s, c, version, plain[0], str(fact[1][0][1]), fact, mask, at, fact[1][1:])
    elif len(plain) == 3 and fact[0] == plain[2]:
        names = known_names(s.query, c.code, plain[1])
        for version in later if len(names) == 1 else ():  # of several, one is as likely to be another one's value
            write_attribute(s, c, version, plain[0], names[0], fact, mask, at)
    return True


def open_up(s: Solver, c: Context, at: int, fact: Fact, mask: int) -> None:
    """`thing.__dict__`: the attributes are items of it."""
    step = Origin("step", fact)
    if fact[1] and isinstance(fact[1][0], str) and fact[1][0].startswith("."):
        s.add(c, at, (("k", fact[1][0][1:]), *fact[1][1:]), mask, step)
    elif not fact[1] and c.kind != TOKEN:
        for carrier, lane in s.lanes.items(mask & s.lanes.carriers):
            for name, field in s.items.held(s.items.class_of(carrier)).items():
                s.add(c, at, (("k", name),), s.lanes.of(field, lane), step)


def close(s: Solver, c: Context, at: int, i: ir.Store, fact: Fact, mask: int) -> None:
    """`thing.__dict__ = mapping`, also after `thing.__dict__.update(mapping)`: items of known names are attributes."""
    path = fact[1]
    known = bool(path) and is_text_key(path[0])
    name, rest = (str(path[0][1]), path[1:]) if known else (i.attr, path)
    write_attribute(s, c, at, i.base, name, fact, mask, at, rest)


REFLECTING: dict[str, Callable[[Solver, Context, int, ir.Call, Fact, int], bool]] = {
    "builtins.getattr": _read,
    "builtins.setattr": _write,
}
