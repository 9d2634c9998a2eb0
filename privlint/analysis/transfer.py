"""What a fact becomes at each kind of instruction. Calls are in `calling`."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.aliases import write_through
from privlint.analysis.calling import call, enter_implicit, enter_targets
from privlint.analysis.captures import RECEIVER, captured, escaping, given
from privlint.analysis.facts import RETURN, TOKEN, Context, Fact, Origin
from privlint.analysis.formatting import CONVERSIONS
from privlint.analysis.globals import class_heap, shared_heap, variable_heap
from privlint.analysis.hits import Hit, SinkSite
from privlint.analysis.implicit import CONCATENATED, fall_through
from privlint.analysis.indexing import fields_of, is_mapping
from privlint.analysis.narrowing import leaves_out
from privlint.analysis.paths import (
    ANY,
    CUT,
    Element,
    Path,
    below_containers,
    is_item,
    is_text_key,
    join,
    matches,
)
from privlint.analysis.raising import raised_class
from privlint.analysis.reading import (
    handed_back,
    read_attribute,
    write_attribute,
)
from privlint.analysis.reflection import close, open_up
from privlint.analysis.shifting import length_of, shifted
from privlint.analysis.showing import show
from privlint.analysis.solver import Handler, Solver
from privlint.analysis.tags import retagged, tested
from privlint.analysis.terms import COMPARISONS
from privlint.analysis.transfer_items import build, elements_named, get_item, store_item

_PLAIN = frozenset({"str", "bytes", "int", "float", "bool"})
_SEQUENCES = frozenset({"list", "tuple", "set", "frozenset"})
_RETAGGING = frozenset({"update", "setdefault", "__setitem__"})
RETURNED = ".<returned>"  # what a generator returns, below the generator
_CONTAINERS = _SEQUENCES | {"dict"}


def load(s: Solver, c: Context, at: int, i: ir.Load, value: int, path: Path, mask: int) -> None:
    if at in c.code.methods:
        return
    if i.attr == "__dict__":
        open_up(s, c, at, (value, path), mask)
        return
    if i.attr in s.callees.properties:
        targets = s.targets(c, at)
        if targets:
            enter_implicit(s, c, at, targets, (value, path), mask)
            return
    made_up = not s.callees.implicit.defined.isdisjoint(("__getattr__", "__getattribute__"))
    if made_up and not (path and path[0] == "." + i.attr):
        enter_implicit(s, c, at, s.targets(c, at), (value, path), mask)
    if s.callees.is_method(c.code, at, i.attr):
        s.add(c, at, (given(RECEIVER), *path), mask, Origin("step", (value, path)))
        return
    read_attribute(s, c, at, i.attr, (value, path), mask)


def elem(s: Solver, c: Context, at: int, i: ir.Elem, value: int, path: Path, mask: int) -> None:
    step = Origin("step", (value, path))
    if path:
        enter_implicit(s, c, at, s.targets(c, at), (value, path), mask)
    if not path:
        s.add(c, at, (), mask & s.lanes.scalars, step)
    elif matches(path[0], ANY):
        if not (isinstance(path[0], tuple) and is_mapping(s.callees, c.code, i.base)):  # a key of it, no position
            s.add(c, at, path[1:], mask, step)
    elif s.callees.records and path[0] in {f".{name}" for name in fields_of(s.callees, c.code, i.base)}:
        s.add(c, at, path[1:], mask, step)


def store(s: Solver, c: Context, at: int, i: ir.Store, value: int, path: Path, mask: int) -> None:
    step = Origin("step", (value, path))
    if i.attr in s.callees.properties or "__setattr__" in s.callees.implicit.defined:
        targets = s.targets(c, at)
        if targets:
            enter_targets(s, c, at, targets, (value, path), mask)
            if not fall_through(targets):
                if value == i.base:
                    s.add(c, at, path, mask, step)
                return
    if value == i.base:
        overwritten = bool(path) and path[0] == "." + i.attr
        kept = mask & handed_back(s, c, i, path[1:]) if overwritten else mask
        s.add(c, at, path, kept, step)
    shared = shared_heap(s.query, c.code, i)
    if shared is not None and value == i.value:
        s.export(c, shared, (value, path), path, mask)
        return
    of_class = class_heap(s.query, c.code, i) if path and value == i.value else None
    if of_class is not None:
        s.export(c, of_class, (value, path), path, mask)
    if value == i.value and i.attr == "__dict__":
        close(s, c, at, i, (value, path), mask)
        return
    own = path[:1] == (given(RECEIVER),) and i.attr in s.callees.method_names  # a method, only put back where it was
    written = mask & ~handed_back(s, c, i, path) if value == i.value and not own else 0
    if written:
        write_attribute(s, c, at, i.base, i.attr, (value, path), written, at)
        write_through(s, c, i.base, join((f".{i.attr}",), path), written, step)


def same(s: Solver, c: Context, at: int, i: ir.AnyInstr, value: int, path: Path, mask: int) -> None:
    del i
    s.add(c, at, path, mask, Origin("step", (value, path)))


def typed(s: Solver, c: Context, at: int, i: ir.Typed, value: int, path: Path, mask: int) -> None:
    """A test tells what the value is: then nothing lies in it that only another kind of value holds."""
    if not i.narrowed:
        s.add(c, at, path, mask, Origin("step", (value, path)))
    elif i.annotation.kind in ("tagged", "untagged"):
        let_through = tested(path, i.annotation)
        if let_through is not None:
            s.add(c, at, let_through, mask, Origin("step", (value, path)))
    elif i.annotation.kind == "const":  # it is None
        return
    elif not path:
        left = _left(s, c, i, mask)
        if i.annotation.text in _CONTAINERS and not s.query.of(c.code, i.value):  # data that is no text, for once
            left = (left & ~s.lanes.scalars) | s.lanes.doubted(left & s.lanes.scalars)
        s.add(c, at, path, left, Origin("step", (value, path)))
    elif not _excludes(i.annotation, path[0]):
        s.add(c, at, path, mask, Origin("step", (value, path)))


def _left(s: Solver, c: Context, i: ir.Typed, mask: int) -> int:
    """What of `mask` the value can still be once the test has come out."""
    for number, lane in s.lanes.items(mask & s.lanes.carriers) if c.kind != TOKEN else ():
        if leaves_out(s.query, c.code, i.annotation, s.items.class_of(number)):
            mask &= ~s.lanes.of(number, lane)
    return mask


def _excludes(annotation: ir.Expr, element: Element) -> bool:
    """Whether nothing lies under `element` of what came through the test."""
    if annotation.kind == "not":
        refused = {each.text for each in _alternatives(annotation.args[0])}
        placed = element == ANY or (isinstance(element, tuple) and isinstance(element[1], int))
        return "dict" in refused if is_text_key(element) else "list" in refused and placed
    kinds = _alternatives(annotation)
    if not all(each.kind == "name" for each in kinds):
        return False
    return all(
        is_item(element) if each.text in _PLAIN else each.text in _SEQUENCES and is_text_key(element) for each in kinds
    )


def _alternatives(annotation: ir.Expr) -> tuple[ir.Expr, ...]:
    return annotation.args if annotation.kind == "or" else (annotation,)


def text(s: Solver, c: Context, at: int, i: ir.Text, value: int, path: Path, mask: int) -> None:
    """Formatting shows scalars, what containers hold, and of an object what its own `__str__` tells."""
    step = Origin("step", (value, path))
    if below_containers(path):
        s.add(c, at, (), mask & s.lanes.scalars, step)
    targets = s.targets(c, at)
    if targets:
        enter_implicit(s, c, at, targets, (value, path), mask)
    for part, how in zip(i.parts, i.conversions or ("",) * len(i.parts), strict=True):
        if part == value and how != CONCATENATED:
            show(s, c, at, (value, path), mask, "return", CONVERSIONS[how])


def operate(s: Solver, c: Context, at: int, i: ir.Operate, value: int, path: Path, mask: int) -> None:
    targets = s.targets(c, at) if i.operator in s.callees.implicit.operators else ()
    if targets:
        enter_implicit(s, c, at, targets, (value, path), mask)
    if targets or i.operator in COMPARISONS:
        return
    step = Origin("step", (value, path))
    if i.operator == "%" and value == i.operands[-1]:
        show(s, c, at, (value, path), mask, "return", template=True)
    if not path:
        s.add(c, at, (), mask & s.lanes.scalars, step)
    elif i.operator.rstrip("=") == "%":
        if value == i.operands[-1] and below_containers(path):
            s.add(c, at, (), mask & s.lanes.scalars, step)
    elif i.operator.rstrip("=") == "-" and value != i.operands[0]:  # what is taken away
        return
    elif is_item(path[0]) and not _replaced(s, c, i, value, path[0]):
        s.add(c, at, (_moved(s, c, i, value, path[0]), *path[1:]), mask, step)


def _replaced(s: Solver, c: Context, i: ir.Operate, value: int, element: Element) -> bool:
    """Whether `left | {...}` puts something else under a key of the left one."""
    right = c.code.code[i.operands[-1]]
    if i.operator.rstrip("=") != "|" or value != i.operands[0] or not isinstance(right, ir.Build) or right.many:
        return False
    return any(elements_named(s, c, key) == (element,) for key in right.keys if key >= 0)


def _moved(s: Solver, c: Context, i: ir.Operate, value: int, element: Element) -> Element:
    """Where an item of the right operand of `+` lies in the sum."""
    number = element[1] if isinstance(element, tuple) else None
    if i.operator.rstrip("=") != "+" or value == i.operands[0] or not isinstance(number, int):
        return element
    length = length_of(s.callees, c.code, i.operands[0])
    return ("k", number + length) if length and number >= 0 else ANY


def after(s: Solver, c: Context, at: int, i: ir.After, value: int, path: Path, mask: int) -> None:
    if s.callees.effects.empties(c.code, i.call, value):
        return
    if path and is_text_key(path[0]) and s.callees.effects.removes(c.code, i.call, value, str(path[0][1])):
        return
    if path and s.callees.effects.overwrites(c.code, i.call, value, path[0]):
        return
    if path and is_text_key(path[0]) and s.callees.effects.updates(c.code, i.call, value, path[0][1]):
        return
    left = path
    if path and isinstance(path[0], tuple) and s.callees.effects.moves(c.code, i.call, value):
        place = path[0][1]
        moved = shifted(s.callees, c.code, i.call, value, place) if isinstance(place, int) else ANY
        if moved is None:
            return
        left = (moved, *path[1:])
    for key in sorted(ir.TAG_KEYS) if c.code.names.get(i.call, "") in _RETAGGING else ():
        left = retagged(left, key, None)
    s.add(c, at, left, mask, Origin("step", (value, path)))


def enter(s: Solver, c: Context, at: int, i: ir.Enter, value: int, path: Path, mask: int) -> None:
    step = Origin("step", (value, path))
    targets = s.targets(c, at)
    enter_implicit(s, c, at, targets, (value, path), mask)
    if value == i.error:
        _throw(s, c, i, (value, path), mask)
    if value != i.manager or i.leaving or any(target.result != "none" for target in targets):
        return
    if path and path[0] == ANY:
        s.add(c, at, path[1:], mask, step)
    else:
        s.add(c, at, path, mask, step)


def _throw(s: Solver, c: Context, i: ir.Enter, fact: Fact, mask: int) -> None:
    """A generator that serves as a manager is told of the exception at its `yield`."""
    made = c.code.original(i.manager)
    for target in s.targets(c, made) if isinstance(c.code.code[made], ir.Call) else ():
        if target.kind == "body" and s.units.record(target.name, target.body).is_generator:
            code = s.units.code(target.name, target.body)
            guards = {
                g for p, each in enumerate(code.code) if isinstance(each, ir.Yield) for g in code.catches.get(p, ())
            }
            for guard in sorted(guards):
                s.enter_at(c, made, target, fact, mask, code, guard, fact[1])


def raise_(s: Solver, c: Context, at: int, i: ir.Raise, value: int, path: Path, mask: int) -> None:
    fact = (value, path)
    if value == i.value:
        site = SinkSite(c.code.unit, c.code.body, at, "exception", "raise")
        if below_containers(path):
            s.hits.add(site, Hit(c.id, fact, False), mask & s.lanes.scalars)
        s.shown.setdefault((c.code.unit, c.code.body, at), {})[site] = None
        show(s, c, at, fact, mask, "shown")
    if value == i.value:
        s.raised(c, at, raised_class(s.query, c.code, at), path, mask, Origin("step", fact))
    if value == i.cause:
        caused = join((".__cause__",), path)
        s.raised(c, at, raised_class(s.query, c.code, at), caused, mask, Origin("step", fact))


def return_(s: Solver, c: Context, at: int, i: ir.Return, value: int, path: Path, mask: int) -> None:
    fact = (value, path)
    if value == i.value:
        s.leave(c, RETURN, join((RETURNED,), path) if c.code.record.is_generator else path, mask, fact)
        if s.responding.of(c.code) and not _told_of(s, c, value, path):
            shown = path[:-1] if path[-1:] == (CUT,) else path
            deep = below_containers(shown) or not s.responding.draws(c.code)
            s.hits.add(SinkSite(c.code.unit, c.code.body, at, "response", "return"), Hit(c.id, fact, deep), mask)
    _leave_params(s, c, i.exits, value, path, mask)


def _told_of(s: Solver, c: Context, value: int, path: Path) -> bool:
    """What lies in an attribute of a library's object that is a sink of its own (the headers of a response) was told
    where it was written."""
    if len(path) < 2 or not str(path[0]).startswith("."):
        return False
    library = s.query.members.library
    held = s.query.members.attribute(tuple(t for t in s.query.of(c.code, value) if t.kind == "obj"), str(path[0])[1:])
    stores = (library.callable(t.name, "__setitem__") for t in held if t.name not in s.program.classes)
    return any(known is not None and known[1].sink for known in stores)


def yield_(s: Solver, c: Context, at: int, i: ir.Yield, value: int, path: Path, mask: int) -> None:
    if value == i.value and i.many and path[:1] == (RETURNED,):  # what a generator returns is the value of `yield from`
        s.add(c, at, path[1:], mask, Origin("step", (value, path)))
    elif value == i.value:
        s.leave(c, RETURN, path if i.many else join((ANY,), path), mask, (value, path))
    _leave_params(s, c, i.exits, value, path, mask)


def _leave_params(s: Solver, c: Context, exits: tuple[int, ...], value: int, path: Path, mask: int) -> None:
    for index, version in enumerate(exits):
        if version == value:
            s.leave(c, index, path, mask, (value, path))


def set_cell(s: Solver, c: Context, at: int, i: ir.SetCell, value: int, path: Path, mask: int) -> None:
    del at
    s.export(c, ("cell", c.code.unit, str(i.body), i.name), (value, path), path, mask)
    if i.body == c.code.body:
        element = captured(i.body, i.name)
        for made in escaping(c.code, element, s.units.captured(c.code.unit), s.callees.takes_function):
            s.add(c, made, join((element,), path), mask, Origin("step", (value, path)))


def set_global(s: Solver, c: Context, at: int, i: ir.SetGlobal, value: int, path: Path, mask: int) -> None:
    del at
    module, _, rest = c.code.unit.partition("#")[0].partition(":")
    if rest and f"{module}.{rest}" in s.program.classes:
        s.export(c, ("attr", f"{module}.{rest}", i.name), (value, path), path, mask)
    else:
        heap = variable_heap(s.query, module, i.name, rest)
        s.export(c, heap or ("global", module, i.name), (value, path), path, mask)


HANDLERS: dict[type, Handler] = {
    ir.Load: load,  # type: ignore[dict-item]
    ir.Item: get_item,  # type: ignore[dict-item]
    ir.Elem: elem,  # type: ignore[dict-item]
    ir.Store: store,  # type: ignore[dict-item]
    ir.StoreItem: store_item,  # type: ignore[dict-item]
    ir.Build: build,  # type: ignore[dict-item]
    ir.Spread: same,
    ir.Join: same,
    ir.Text: text,  # type: ignore[dict-item]
    ir.Operate: operate,  # type: ignore[dict-item]
    ir.Call: call,  # type: ignore[dict-item]
    ir.After: after,  # type: ignore[dict-item]
    ir.Typed: typed,  # type: ignore[dict-item]
    ir.Enter: enter,  # type: ignore[dict-item]
    ir.Raise: raise_,  # type: ignore[dict-item]
    ir.Return: return_,  # type: ignore[dict-item]
    ir.Yield: yield_,  # type: ignore[dict-item]
    ir.Await: same,
    ir.SetCell: set_cell,  # type: ignore[dict-item]
    ir.SetGlobal: set_global,  # type: ignore[dict-item]
}
