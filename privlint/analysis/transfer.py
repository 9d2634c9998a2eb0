"""What a fact becomes at each kind of instruction. Calls are in `calling`."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.aliases import write_through
from privlint.analysis.calling import call, enter_implicit, enter_targets
from privlint.analysis.captures import RECEIVER, captured, escaping, given
from privlint.analysis.facts import RETURN, TOKEN, Context, Fact, Origin
from privlint.analysis.formatting import CONVERSIONS
from privlint.analysis.globals import variable_heap
from privlint.analysis.hits import Hit, SinkSite
from privlint.analysis.implicit import CONCATENATED, fall_through
from privlint.analysis.indexing import counted, fields_of, is_mapping, length_of, positional
from privlint.analysis.keys import iterates, known_keys
from privlint.analysis.narrowing import leaves_out
from privlint.analysis.paths import (
    ANY,
    CUT,
    KEY,
    VALUE,
    Element,
    Path,
    below_containers,
    is_item,
    is_text_key,
    item,
    join,
    matches,
)
from privlint.analysis.raising import raised_class
from privlint.analysis.reading import (
    handed_back,
    item_handed_back,
    only_hands_back,
    read_attribute,
    read_carrier,
    write_attribute,
)
from privlint.analysis.reflection import open_up
from privlint.analysis.showing import show
from privlint.analysis.solver import Handler, Solver
from privlint.analysis.tags import contradicts, retagged, shown_tags, tagged, tags_on, tested

_PLAIN = frozenset({"str", "bytes", "int", "float", "bool"})
_SEQUENCES = frozenset({"list", "tuple", "set", "frozenset"})
_RETAGGING = frozenset({"update", "setdefault", "__setitem__"})
POSITIONAL = "match_arg"  # kind of a key that counts what a class pattern takes by position
RETURNED = ".<returned>"  # what a generator returns, below the generator
_CONTAINERS = _SEQUENCES | {"dict"}
_CLEAN = frozenset({"==", "!=", "<", ">", "<=", ">=", "in", "not in", "is", "is not", "not"})


def load(s: Solver, c: Context, at: int, i: ir.Load, value: int, path: Path, mask: int) -> None:
    if at in c.code.methods:
        return
    if i.attr == "__dict__":
        open_up(s, c, at, (value, path), mask)
        return
    if i.attr in s.callees.properties:
        targets = s.callees.of(c.code, at)
        if targets:
            enter_implicit(s, c, at, targets, (value, path), mask)
            return
    made_up = not s.callees.implicit.defined.isdisjoint(("__getattr__", "__getattribute__"))
    if made_up and not (path and path[0] == "." + i.attr):
        enter_implicit(s, c, at, s.callees.of(c.code, at), (value, path), mask)
    if s.callees.is_method(c.code, at, i.attr):
        s.add(c, at, (given(RECEIVER), *path), mask, Origin("step", (value, path)))
        return
    read_attribute(s, c, at, i.attr, (value, path), mask)


def get_item(s: Solver, c: Context, at: int, i: ir.Item, value: int, path: Path, mask: int) -> None:
    key = c.code.code[i.key] if i.key >= 0 else None
    step = Origin("step", (value, path))
    if s.callees.indexes:
        targets = s.callees.of(c.code, at)
        if targets:
            enter_implicit(s, c, at, targets, (value, path), mask)
            if not fall_through(targets):
                return
    if value != i.base:
        return
    number = key.value if isinstance(key, ir.Const) and key.value.__class__ is int else None
    if number is not None and s.callees.records:
        _read_field(s, c, at, i.base, number, (value, path), mask)
    if isinstance(key, ir.Const) and key.kind == POSITIONAL:
        for name in positional(s.callees, c.code, i.base, key):
            read_attribute(s, c, at, name, (value, path), mask)
        return
    if not path:
        named = isinstance(key, ir.Const) and isinstance(key.value, str)
        s.add(c, at, (), s.lanes.guessed(mask & s.lanes.scalars) if named else mask & s.lanes.scalars, step)
        if isinstance(key, ir.Const) and isinstance(key.value, str):
            read_carrier(s, c, at, key.value, mask, step)
    elif isinstance(key, ir.Slice):
        shifted = _slice(path[0], key, length_of(s.callees, c.code, i.base))
        if shifted is not None:
            s.add(c, at, (shifted, *path[1:]), mask, step)
    else:
        s.copies.read(c, i, path, mask)
        for wanted in _wanted(s, c, i, number):
            if matches(path[0], wanted) and not contradicts(s, c.code, at, path[1:]):
                s.add(c, at, path[1:], _met(s, c, i, path[0], wanted, mask), step)


def _wanted(s: Solver, c: Context, i: ir.Item, number: int | None) -> tuple[Element, ...]:
    """The elements that a key can stand for."""
    if isinstance(number, int) and number < 0:
        return (("k", counted(s.callees, c.code, i.base, number)),)
    return _elements(s, c, i.key) or (VALUE,)


def _elements(s: Solver, c: Context, key: int) -> tuple[Element, ...]:
    """The elements that a key names; none if that is not known."""
    instr = c.code.code[key]
    if isinstance(instr, ir.Const) and type(instr.value) in (int, str) and not instr.kind:
        return (item(instr.value),)
    return known_keys(s.query, c.code, key)


def _met(s: Solver, c: Context, i: ir.Item, element: Element, wanted: Element, mask: int) -> int:
    """What a read finds where only one side knows the key: it may be another one."""
    if wanted == VALUE:
        open_key = is_text_key(element) and not iterates(c.code, i.key, i.base)
        return s.lanes.doubted(mask) if open_key else mask
    return s.lanes.doubted(mask) if is_text_key(wanted) and not isinstance(element, tuple) else mask


def _read_field(s: Solver, c: Context, at: int, base: int, number: int, fact: Fact, mask: int) -> None:
    """`row[0]` of a row whose fields have names."""
    names = fields_of(s.callees, c.code, base)
    if -len(names) <= number < len(names):
        read_attribute(s, c, at, names[number], fact, mask)


def _slice(element: Element, key: ir.Slice, length: int) -> Element | None:
    """The element after slicing something of this length (0: not known); None if it is cut away."""
    if not isinstance(element, tuple):
        return element if is_item(element) else None
    position = element[1]
    if not isinstance(position, int):
        return element
    start, stop = key.start or 0, key.stop
    if length and start >= -length:
        start = start + length if start < 0 else start
        stop = max(stop + length, 0) if stop is not None and stop < 0 else stop
        position = position + length if position < 0 else position
    if start < 0 or position < 0 or (stop is not None and stop < 0):
        return ANY
    if position < start or (stop is not None and position >= stop):
        return None
    return ("k", position - start)


def elem(s: Solver, c: Context, at: int, i: ir.Elem, value: int, path: Path, mask: int) -> None:
    step = Origin("step", (value, path))
    if path:
        enter_implicit(s, c, at, s.callees.of(c.code, at), (value, path), mask)
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
        targets = s.callees.of(c.code, at)
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
    own = path[:1] == (given(RECEIVER),) and i.attr in s.callees.method_names  # a method, only put back where it was
    written = mask & ~handed_back(s, c, i, path) if value == i.value and not own else 0
    if written:
        write_attribute(s, c, at, i.base, i.attr, (value, path), written, at)
        write_through(s, c, i.base, join((f".{i.attr}",), path), written, step)


def store_item(s: Solver, c: Context, at: int, i: ir.StoreItem, value: int, path: Path, mask: int) -> None:
    key = c.code.code[i.key] if i.key >= 0 else None
    step = Origin("step", (value, path))
    if ("__setitem__" if i.value >= 0 else "__delitem__") in s.callees.properties:
        targets = s.callees.of(c.code, at)
        if targets:
            enter_targets(s, c, at, targets, (value, path), mask)
    if value == i.base:
        _keep_stored(s, c, at, i, key, (value, path), mask)
    if value == i.value and i.value >= 0:
        _put_item(s, c, at, i, key, (value, path), mask)
    if value == i.key and not path and i.value >= 0:
        s.add(c, at, (KEY,), mask & s.lanes.scalars, step)


def _keep_stored(
    s: Solver, c: Context, at: int, i: ir.StoreItem, key: ir.AnyInstr | None, fact: Fact, mask: int
) -> None:
    """What lies in a container stays there, unless the new item stands in its place."""
    path = fact[1]
    elements = _stored_under(s, c, i, key)
    only = elements[0] if len(elements) == 1 and isinstance(elements[0], tuple) else None
    if path and only is not None and _is_under(path[0], only):
        if tags_on(path[0]) and only_hands_back(c.code, i):
            held = s.tags_kept.setdefault((c.id, at, path[1:]), {})
            held[path[0]] = held.get(path[0], 0) | mask
        return
    kept = _kept(s, c, i, key, path) if path else path
    if kept is not None:
        name = str(only[1]) if only is not None else ""
        kept = retagged(kept, name, c.code.code[i.value] if i.value >= 0 else None)
        s.add(c, at, kept, mask, Origin("step", fact))


def _put_item(s: Solver, c: Context, at: int, i: ir.StoreItem, key: ir.AnyInstr | None, fact: Fact, mask: int) -> None:
    """The new item lies in the container, under whatever its key can be."""
    path, step = fact[1], Origin("step", fact)
    elements = _stored_under(s, c, i, key)
    if elements == (VALUE,) and _is_handed_out(s, c, i.base):
        return
    mask = s.lanes.new(item_handed_back(c, i, elements[0] if len(elements) == 1 else VALUE, path), mask)
    if not isinstance(key, ir.Const | ir.Slice):
        mask = s.copies.keep(c, at, i.key, i.value, path, mask, step)
    for known, held in s.tags_kept.get((c.id, at, path), {}).items():
        s.add(c, at, join((known,), path), mask & held, step)
        mask &= ~held
    inner = path[1:] if isinstance(key, ir.Slice) else path
    for element in elements:
        written = s.with_tags(c.code, i.base, join((element,), inner))
        s.add(c, at, written, mask, step)
        write_through(s, c, i.base, written, mask, step)


def _is_under(element: Element, key: Element) -> bool:
    """Whether an item that a constant key holds is the one of `key`."""
    return isinstance(element, tuple) and element[:2] == key


def _kept(s: Solver, c: Context, i: ir.StoreItem, key: ir.AnyInstr | None, path: Path) -> Path | None:
    """Where `path` lies once an item or a slice is replaced or deleted; None if nowhere."""
    number = path[0][1] if isinstance(path[0], tuple) else None
    if isinstance(key, ir.Slice):
        if not key.start and key.stop is None:
            return None if is_item(path[0]) else path
        return (ANY, *path[1:]) if isinstance(number, int) else path
    place = key.value if isinstance(key, ir.Const) else None
    if i.value >= 0 or type(place) is not int or not isinstance(number, int) or is_mapping(s.callees, c.code, i.base):
        return path
    if place < 0 or number < 0:
        place = counted(s.callees, c.code, i.base, place)
    if place < 0 or number < 0:
        return (ANY, *path[1:])
    return None if number == place else (("k", number - 1), *path[1:]) if number > place else path


def _is_handed_out(s: Solver, c: Context, base: int) -> bool:
    """A store of a library that tells what it is given (a session): what goes in under a computed name comes out under
    that name alone."""
    objects = (t for t in s.query.of(c.code, base) if t.kind == "obj")
    found = (s.query.members.library.callable(t.name, "__setitem__") for t in objects)
    return any(known is not None and known[1].sink for known in found)


def _stored_under(s: Solver, c: Context, i: ir.StoreItem, key: ir.AnyInstr | None) -> tuple[Element, ...]:
    if isinstance(key, ir.Slice) or (isinstance(key, ir.Const) and key.kind == "[*]"):
        return (ANY,)
    if isinstance(key, ir.Const) and type(key.value) is int and key.value < 0:
        return (("k", counted(s.callees, c.code, i.base, key.value)),)
    known = _elements(s, c, i.key) if i.key >= 0 else ()
    return known if len(known) == 1 else (VALUE,)  # of several, one is as likely to be another one's


def build(s: Solver, c: Context, at: int, i: ir.Build, value: int, path: Path, mask: int) -> None:
    step = Origin("step", (value, path))
    if i.kind == "dict":
        _build_dict(s, c, at, i, value, path, mask, step)
        return
    known = i.kind in ("tuple", "list") and not i.many
    for position, operand in enumerate(i.values):
        spread = isinstance(c.code.code[operand], ir.Spread)
        if operand == value:
            if spread:
                s.add(c, at, _spread(path), mask, step)
            else:
                s.add(c, at, join((("k", position) if known else ANY,), path), mask, step)
        known = known and not spread


def _spread(path: Path) -> Path:
    """Elements of a container that is spread into a display: their positions are not known."""
    return (ANY, *path[1:]) if path else (ANY,)


def _build_dict(s: Solver, c: Context, at: int, i: ir.Build, value: int, path: Path, mask: int, step: Origin) -> None:
    keys = [_elements(s, c, key) if key >= 0 else () for key in i.keys]
    last = {each[0]: number for number, each in enumerate(keys) if len(each) == 1}
    for number, (key, operand) in enumerate(zip(i.keys, i.values, strict=True)):
        if operand == value:
            if key < 0:
                overwritten = bool(path) and isinstance(path[0], tuple) and last.get(path[0][:2], -1) > number
                if not overwritten:
                    s.add(c, at, _spread_into(c, i, last, number, path), mask, step)
            else:
                constant = isinstance(c.code.code[key], ir.Const)
                left = mask if constant else s.copies.keep(c, at, key, operand, path, mask, step)
                element = keys[number][0] if len(keys[number]) == 1 else VALUE  # one of several stands for any
                if last.get(element, -1) <= number:
                    s.add(c, at, tagged(join((element,), path), shown_tags(c.code, i)), left, step)
        if key == value and not path:
            s.add(c, at, (KEY,), mask & s.lanes.scalars, step)


def _spread_into(c: Context, i: ir.Build, last: dict[Element, int], number: int, path: Path) -> Path:
    """`path` below a mapping that is spread into a display, some tags of which may follow."""
    for key in sorted(ir.TAG_KEYS):
        place = last.get(("k", key), -1)
        if place > number:
            path = retagged(path, key, c.code.code[i.values[place]])
    return path


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
    targets = s.callees.of(c.code, at)
    if targets:
        enter_implicit(s, c, at, targets, (value, path), mask)
    for part, how in zip(i.parts, i.conversions or ("",) * len(i.parts), strict=True):
        if part == value and how != CONCATENATED:
            show(s, c, at, (value, path), mask, "return", CONVERSIONS[how])


def operate(s: Solver, c: Context, at: int, i: ir.Operate, value: int, path: Path, mask: int) -> None:
    targets = s.callees.of(c.code, at) if i.operator in s.callees.implicit.operators else ()
    if targets:
        enter_implicit(s, c, at, targets, (value, path), mask)
    if targets or i.operator in _CLEAN:
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
    return any(_elements(s, c, key) == (element,) for key in right.keys if key >= 0)


def _moved(s: Solver, c: Context, i: ir.Operate, value: int, element: Element) -> Element:
    """Where an item of the right operand of `+` lies in the sum."""
    number = element[1] if isinstance(element, tuple) else None
    if i.operator.rstrip("=") != "+" or value == i.operands[0] or not isinstance(number, int):
        return element
    length = length_of(s.callees, c.code, i.operands[0])
    return ("k", number + length) if length and number >= 0 else ANY


def after(s: Solver, c: Context, at: int, i: ir.After, value: int, path: Path, mask: int) -> None:
    if s.callees.empties(c.code, i.call, value):
        return
    if path and is_text_key(path[0]) and s.callees.removes(c.code, i.call, value, str(path[0][1])):
        return
    if path and s.callees.overwrites(c.code, i.call, value, path[0]):
        return
    moved = path and isinstance(path[0], tuple) and s.callees.moves(c.code, i.call, value)
    left: Path = (ANY, *path[1:]) if moved else path
    for key in sorted(ir.TAG_KEYS) if c.code.names.get(i.call, "") in _RETAGGING else ():
        left = retagged(left, key, None)
    s.add(c, at, left, mask, Origin("step", (value, path)))


def enter(s: Solver, c: Context, at: int, i: ir.Enter, value: int, path: Path, mask: int) -> None:
    del i
    step = Origin("step", (value, path))
    targets = s.callees.of(c.code, at)
    enter_implicit(s, c, at, targets, (value, path), mask)
    if any(target.result != "none" for target in targets):
        return
    if path and path[0] == ANY:
        s.add(c, at, path[1:], mask, step)
    else:
        s.add(c, at, path, mask, step)


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
