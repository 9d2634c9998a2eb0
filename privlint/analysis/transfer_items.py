"""What a fact becomes in containers: what is taken out by a key, put under one, or built together."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.aliases import write_through
from privlint.analysis.calling import enter_implicit, enter_targets
from privlint.analysis.facts import Context, Display, Fact, Origin
from privlint.analysis.implicit import fall_through
from privlint.analysis.indexing import counted, fields_of, is_mapping, positional
from privlint.analysis.keys import is_other_key, iterates, known_keys
from privlint.analysis.paths import (
    ANY,
    KEY,
    VALUE,
    Element,
    Path,
    is_item,
    is_text_key,
    item,
    join,
    matches,
)
from privlint.analysis.reading import (
    item_handed_back,
    only_hands_back,
    read_attribute,
    read_carrier,
)
from privlint.analysis.shifting import indices, length_of, offset_in
from privlint.analysis.solver import Solver
from privlint.analysis.tags import contradicts, retagged, shown_tags, tagged, tags_on

_SEQUENCES = frozenset({"list", "tuple", "set", "frozenset"})
POSITIONAL = "match_arg"  # kind of a key that counts what a class pattern takes by position


def get_item(s: Solver, c: Context, at: int, i: ir.Item, value: int, path: Path, mask: int) -> None:
    key = c.code.code[i.key] if i.key >= 0 else None
    step = Origin("step", (value, path))
    if s.callees.indexes:
        targets = s.targets(c, at)
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
        if is_other_key(s.query, c.code, i.key, path[0]):
            return
        for wanted in _wanted(s, c, i, number):
            if matches(path[0], wanted) and not contradicts(s, c.code, at, path[1:]):
                s.add(c, at, path[1:], _met(s, c, i, path[0], wanted, mask), step)


def _wanted(s: Solver, c: Context, i: ir.Item, number: int | None) -> tuple[Element, ...]:
    """The elements that a key can stand for."""
    if isinstance(number, int) and number < 0:
        return (("k", counted(s.callees, c.code, i.base, number)),)
    return elements_named(s, c, i.key) or (VALUE,)


def elements_named(s: Solver, c: Context, key: int) -> tuple[Element, ...]:
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
    if length and start >= -length and position < length:
        kept = range(*indices(key, length))
        position = position + length if position < 0 else position
        return ("k", kept.index(position)) if position in kept else None
    if key.step is not None:
        return ANY
    if start < 0 or position < 0 or (stop is not None and stop < 0):
        return ANY
    if position < start or (stop is not None and position >= stop):
        return None
    return ("k", position - start)


def store_item(s: Solver, c: Context, at: int, i: ir.StoreItem, value: int, path: Path, mask: int) -> None:
    key = c.code.code[i.key] if i.key >= 0 else None
    step = Origin("step", (value, path))
    if ("__setitem__" if i.value >= 0 else "__delitem__") in s.callees.properties:
        targets = s.targets(c, at)
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
    for element in elements if not isinstance(key, ir.Slice) else (_placed(key, path),):
        written = s.with_tags(c.code, i.base, join((element,), inner))
        s.add(c, at, written, mask, step)
        write_through(s, c, i.base, written, mask, step)


def _placed(key: ir.Slice, path: Path) -> Element:
    """Where an item of what replaces a slice lies."""
    place = path[0][1] if path and isinstance(path[0], tuple) else None
    start = key.start or 0
    return ("k", start + place) if isinstance(place, int) and place >= 0 <= start and key.step is None else ANY


def _is_under(element: Element, key: Element) -> bool:
    """Whether an item that a constant key holds is the one of `key`."""
    return isinstance(element, tuple) and element[:2] == key


def _kept(s: Solver, c: Context, i: ir.StoreItem, key: ir.AnyInstr | None, path: Path) -> Path | None:
    """Where `path` lies once an item or a slice is replaced or deleted; None if nowhere."""
    number = path[0][1] if isinstance(path[0], tuple) else None
    if isinstance(key, ir.Slice):
        whole = key.stop is None and key.step is None
        if not key.start and whole:
            return None if is_item(path[0]) else path
        if whole and isinstance(number, int) and number >= 0 <= (key.start or 0):
            return None if number >= (key.start or 0) else path
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
    known = elements_named(s, c, i.key) if i.key >= 0 else ()
    return known if len(known) == 1 else (VALUE,)  # of several, one is as likely to be another one's


def build(s: Solver, c: Context, at: int, i: ir.Build, value: int, path: Path, mask: int) -> None:
    step = Origin("step", (value, path))
    if i.kind == "dict":
        _build_dict(s, c, at, i, value, path, mask, step)
        return
    known = i.kind in ("tuple", "list") and not i.many
    for number, operand in enumerate(i.values):
        if operand == value:
            offset = offset_in(s.callees, c.code, i, number) if known else -1
            if isinstance(c.code.code[operand], ir.Spread):
                s.add(c, at, _spread(path, offset), mask, step)
            else:
                s.add(c, at, join((("k", offset) if offset >= 0 else ANY,), path), mask, step)


def _spread(path: Path, offset: int) -> Path:
    """An element of a container that is spread into a display: it lies behind the `offset` elements before."""
    place = path[0][1] if path and isinstance(path[0], tuple) else None
    moved: Element = ("k", place + offset) if isinstance(place, int) and place >= 0 <= offset else ANY
    return (moved, *path[1:])


def _build_dict(s: Solver, c: Context, at: int, i: ir.Build, value: int, path: Path, mask: int, step: Origin) -> None:
    shown = _display(s, c, at, i)
    for number in shown.places.get(value, ()):
        key, last = i.keys[number], shown.last
        if i.values[number] == value and key < 0:
            if path:
                spread = tuple(s.callees.implicit.looked_through(c.code, value))
                enter_implicit(s, c, at, spread, (value, path), mask)
            overwritten = bool(path) and isinstance(path[0], tuple) and last.get(path[0][:2], -1) > number
            if not overwritten:
                s.add(c, at, _spread_into(c, i, last, number, path), mask, step)
        elif i.values[number] == value:
            constant = isinstance(c.code.code[key], ir.Const)
            left = mask if constant else s.copies.keep(c, at, key, value, path, mask, step)
            element = shown.elements[number]
            if last.get(element, -1) <= number:
                s.add(c, at, tagged(join((element,), path), shown.tags), left, step)
        if key == value and not path:
            s.add(c, at, (KEY,), mask & s.lanes.scalars, step)


def _display(s: Solver, c: Context, at: int, i: ir.Build) -> Display:
    """What a display of a mapping has where; read once, since every value of it asks."""
    key = (c.code.unit, c.code.body, at)
    found = s.displays.get(key)
    if found is None:
        named = [elements_named(s, c, each) if each >= 0 else () for each in i.keys]
        last = {each[0]: number for number, each in enumerate(named) if len(each) == 1}
        places: dict[int, list[int]] = {}
        for number, pair in enumerate(zip(i.keys, i.values, strict=True)):
            for value in dict.fromkeys(pair):
                places.setdefault(value, []).append(number)
        elements = [each[0] if len(each) == 1 else VALUE for each in named]  # one of several stands for any
        found = s.displays[key] = Display(elements, last, places, shown_tags(c.code, i))
    return found


def _spread_into(c: Context, i: ir.Build, last: dict[Element, int], number: int, path: Path) -> Path:
    """`path` below a mapping that is spread into a display, some tags of which may follow."""
    for key in sorted(ir.TAG_KEYS):
        place = last.get(("k", key), -1)
        if place > number:
            path = retagged(path, key, c.code.code[i.values[place]])
    return path
