"""What a fact becomes at a call of a library callable: the ports of its model, and the flows between them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from privlint import ir
from privlint.analysis.arguments import argument_value
from privlint.analysis.captures import is_carried
from privlint.analysis.facts import TOKEN, Context, Fact, Origin
from privlint.analysis.indexing import is_mapping
from privlint.analysis.keys import given_again, is_other_key, iterates, known_keys
from privlint.analysis.listing import Listed, fields_of_class, listed_fields, nested_in, written_below
from privlint.analysis.paths import (
    ANY,
    KEY,
    VALUE,
    Element,
    Path,
    below_containers,
    is_item,
    is_text_key,
    join,
    matches,
)
from privlint.analysis.ports import bound_port
from privlint.analysis.shifting import place_of_new
from privlint.analysis.targets import Target
from privlint.analysis.terms import SCALARS
from privlint.knowledge.ports import PathElement, Port, parse_call, parse_flow, parse_port
from privlint.models import CallableModel

if TYPE_CHECKING:
    from privlint.analysis.solver import Solver

_ANY_ATTRIBUTE = ".*"
_PLACED = ("list", "tuple", "set", "iter")

Ports = dict[str, tuple[Path, ...]]
"""Names that a model may call a value by, with where the value lies below that name: a keyword argument that the model
does not name is an item of `**`."""


class Arrival(NamedTuple):
    """What went through a port: the path left, the name that the port's wildcard stood for, and the items."""

    rest: Path
    name: str | int | None
    mask: int


def ports_of(target: Target, model: CallableModel, value: int) -> Ports:
    """Every name that a port can call this value by."""
    found: dict[str, list[Path]] = {}
    if value == target.receiver:
        found["self"] = [()]
    position = 0
    for arg in target.args:
        if arg.name == "":
            if arg.value == value:
                own = model.params[position] if position < len(model.params) else "*"
                for name in (str(position), "any", own):
                    found[name] = [()]
            position += 1
        elif arg.value == value:
            found["any"] = [()]
            if arg.name in ("*", "**"):
                found[arg.name] = found[f"spread{arg.name}"] = [()]
                if arg.name == "*":
                    _add_spread(found, model, position)
            else:
                _add_keyword(found, model, arg.name)
    return {name: tuple(prefixes) for name, prefixes in found.items()}


def _add_keyword(found: dict[str, list[Path]], model: CallableModel, name: str) -> None:
    found[name] = [()]
    if name in model.params:
        found[str(model.params.index(name))] = [()]
    else:
        found.setdefault("**", []).append((("k", name),))


def _add_spread(found: dict[str, list[Path]], model: CallableModel, start: int) -> None:
    """`f(first, *rest)`: the parameters from `start` on are items of what is spread."""
    for number, name in enumerate(model.params[start:]):
        for called in (name, str(start + number)):
            found[f"spread*:{called}"] = [(("k", number),)]


def reached(port: Port, ports: Ports, path: Path) -> Path | None:
    """What is left of `path` once it went through the port; None if it does not."""
    for below in _below(port, ports, path):
        rest = _through(port, below)
        if rest is not None:
            return rest
    return None


def _below(port: Port, ports: Ports, path: Path) -> list[Path]:
    """`path` as it lies below the port's root."""
    if port.root in ports:
        return [join(prefix, path) for prefix in ports[port.root]]
    if port.root == "self" or not ("spread*" in ports or "spread**" in ports):
        return []
    for place in ports.get(f"spread*:{port.root}", ()):
        if path and matches(path[0], place[0]):
            return [path[1:]]
    if path and isinstance(path[0], tuple) and "spread**" in ports:
        return [path[1:]] if path[0][1] == port.root else []
    return [path[1:]] if path and path[0] in (ANY, VALUE) else []


def _through(port: Port, path: Path) -> Path | None:
    for wanted in port.path:
        if not path:
            return path
        if not _fits(path[0], wanted, port):
            return None
        path = path[1:]
    return path


def _fits(element: Element, wanted: PathElement, port: Port) -> bool:
    if wanted == ANY:  # iterating an argument may give keys, the elements of a receiver are its values
        return is_item(element) and not (element == KEY and port.root == "self")
    if wanted == VALUE:
        return element == VALUE or is_text_key(element)
    if wanted == _ANY_ATTRIBUTE:
        return isinstance(element, str) and element.startswith(".")
    return matches(element, wanted)


# --------------------------------------------------------------------------------------------------------------- flows


def flow(
    s: Solver, c: Context, at: int, target: Target, model: CallableModel, ports: Ports, fact: Fact, mask: int
) -> None:
    """Everything that the model lets through."""
    if model.parses and fact[1]:
        return
    if model.replaces and fact[1] and any(fact[1][0] == f".{arg.name}" for arg in target.args if arg.value != fact[0]):
        return
    named = fact[1][0][1] if fact[1] and is_text_key(fact[1][0]) and fact[0] != target.receiver else None
    if named is not None and given_again(c.code, target, "return", named, fact[0]):
        return
    lying: Path | None = fact[1]
    if model.iterates and lying and fact[0] != target.receiver and not ("spread*" in ports or "spread**" in ports):
        lying = _gone_through(s, c, fact)
    called = {parse_call(text).func.root for text in model.calls} if is_carried(fact[1]) else ()
    for text in model.flow:
        source, goal = parse_flow(text)
        if source.root in called:  # a function that is called: what it captured is not its result
            continue
        below = _below(source, ports, lying) if lying is not None else ()
        pairs = source.root != "self" and source.path[:1] == (ANY,) and isinstance((*source.path, "", "")[1], tuple)
        if pairs and is_mapping(s.callees, c.code, fact[0]):  # its values are no pairs
            continue
        if not below or not _given(target, model, source):
            continue
        kept = _keeps_name(source, goal)
        bound, ends = bound_port(c, target, model, source), bound_port(c, target, model, goal)
        if goal.root == "self" and ends.path == (ANY,):
            place = place_of_new(s.callees, c.code, ir.Call(0, -1, target.args), target.receiver, model)
            ends = Port(ends.root, (place,))
        chosen = _Chosen(s, c, at, target, model) if kept else None
        for path in below:
            for arrival in _arrivals(s, c, bound, path, _read(s, c, target, model, source, bound, path, mask), chosen):
                for each in (arrival,) if chosen is None else chosen.written(arrival):
                    _emit(s, c, at, target, model, ends, each if kept else each._replace(name=None), fact)


def _gone_through(s: Solver, c: Context, fact: Fact) -> Path | None:
    """Where the data lies in what an iteration over the value gives: of a mapping the keys, and no value."""
    first = fact[1][0]
    if is_text_key(first) or (first != KEY and is_item(first) and is_mapping(s.callees, c.code, fact[0])):
        return None
    return (ANY,) if first == KEY else fact[1]


def _read(
    s: Solver, c: Context, target: Target, model: CallableModel, source: Port, bound: Port, path: Path, mask: int
) -> int:
    """What a read of one item finds where only one side knows its key: it may be another one."""
    if not path or not bound.path:
        return mask
    if isinstance(bound.path[0], tuple):
        return s.lanes.doubted(mask) if path[0] == VALUE else mask
    argument = next((name for place, name in source.keyed if place == 0), "")
    if not argument or source.root != "self" or not is_text_key(path[0]):
        return mask
    key = argument_value(ir.Call(0, -1, target.args), model.params, argument)
    names = known_keys(s.query, c.code, key)
    if names:
        return mask if any(matches(path[0], name) for name in names) else 0
    if not matches(path[0], VALUE) or is_other_key(s.query, c.code, key, path[0]):
        return 0
    return mask if iterates(c.code, key, target.receiver) else s.lanes.doubted(mask)


@cache
def _opens(model: tuple[str, ...]) -> bool:
    return any(isinstance(e, str) and e.startswith(".") for text in model for e in parse_flow(text)[0].path)


def opens(model: CallableModel) -> bool:
    """Whether it takes attributes off the objects it is given."""
    return model.deep or _opens(model.flow)


class _Chosen:
    """Which attribute names a flow takes, by the constants that `picks` and `drops` find in the arguments."""

    def __init__(self, s: Solver, c: Context, at: int, target: Target, model: CallableModel) -> None:
        self._s = s
        self.picked = _constants(c, target, model, model.picks)
        self._listed: dict[str | int | None, list[Listed]] = {}
        if model.listed and self.picked is None:
            fields = listed_fields(s.query, c.code, target.receiver if model.listed == "self" else at)
            for each in fields or ():
                self._listed.setdefault(each.attribute, []).append(each)
            self.picked = None if fields is None else [each.attribute for each in fields]
        self._dropped = frozenset(_constants(c, target, model, model.drops) or ())

    def written(self, arrival: Arrival) -> Iterator[Arrival]:
        """What is written of an attribute, under which name; of an object, what a nested class lists."""
        name = arrival.name
        if name is None or name in self._listed:
            for each in self._listed.get(name, ()):
                yield from self._nested(arrival._replace(name=each.name), nested_in(self._s.query, each))
            if name is None:
                yield arrival
        elif name not in self._dropped and (self.picked is None or name in self.picked):
            yield arrival

    def _nested(self, arrival: Arrival, schema: str) -> Iterator[Arrival]:
        rest = written_below(self._s.query, schema, arrival.rest) if schema else arrival.rest
        fields = fields_of_class(self._s.query, schema) if schema else None
        if rest is None:
            return
        if not fields or not below_containers(arrival.rest):
            yield arrival._replace(rest=rest)
            return
        yield arrival._replace(rest=rest, mask=arrival.mask & self._s.lanes.scalars)
        for number, lane in self._s.lanes.items(arrival.mask & self._s.lanes.carriers):
            for each in fields:
                for path, item in read_off(self._s, self._s.items.class_of(number), each.attribute):
                    below = join(rest, join((("k", each.name),), path))
                    yield arrival._replace(rest=below, mask=self._s.lanes.of(item, lane))


def _constants(c: Context, target: Target, model: CallableModel, ports: tuple[str, ...]) -> list[str] | None:
    """Names that the arguments at these ports give; None if none are given or one of them is not known."""
    found: list[str] = []
    for text in ports:
        wanted = parse_port(text)
        for arg in target.args:
            if wanted.root in ports_of(target, model, arg.value):
                names = _texts(c, arg.value)
                if names is None or arg.name in ("*", "**"):
                    return None
                found += names
    return found or None


def _texts(c: Context, value: int) -> list[str] | None:
    instr = c.code.code[value] if value >= 0 else None
    if isinstance(instr, ir.Const):
        return [instr.value] if isinstance(instr.value, str) else []
    if not isinstance(instr, ir.Build):
        return None
    found: list[str] = []
    for item in instr.keys or instr.values:
        inner = _texts(c, item) if item >= 0 else None
        if inner is None:
            return None
        found += inner
    return found


def takes_all(c: Context, target: Target, model: CallableModel) -> bool:
    """Whether the call takes objects apart, and its arguments name no fields to take."""
    wide = model.deep or any(_opens_objects(*parse_flow(text)) for text in model.flow)
    return wide and not model.listed and _constants(c, target, model, model.picks) is None


def _keeps_name(source: Port, goal: Port) -> bool:
    """Whether what the wildcard stood for is a name in the goal too: of an attribute, or of a key that is a text."""
    return _opens_objects(source, goal) or (VALUE in source.path and VALUE in goal.path)


def _opens_objects(source: Port, goal: Port) -> bool:
    """A flow between `.*` and `[*]` keeps the name; an attribute that an argument names is no wildcard."""
    keyed = {place for place, _ in source.keyed}
    return any(e == _ANY_ATTRIBUTE and n not in keyed for n, e in enumerate(source.path)) or _ANY_ATTRIBUTE in goal.path


def _given(target: Target, model: CallableModel, port: Port) -> bool:
    """Whether the arguments that name attributes are there at all."""
    if any(arg.name in ("*", "**") for arg in target.args):
        return True
    call = ir.Call(0, -1, target.args)
    named = (argument for place, argument in port.keyed if port.path[place] == _ANY_ATTRIBUTE)
    return all(argument_value(call, model.params, argument) >= 0 for argument in named)


def _arrivals(s: Solver, c: Context, port: Port, path: Path, mask: int, chosen: _Chosen | None) -> Iterator[Arrival]:
    name: str | int | None = None
    for number, wanted in enumerate(port.path):
        if not path:
            scalars = mask & s.lanes.scalars
            inner = number > 0 and isinstance(wanted, str) and wanted.startswith(".")
            if scalars and not inner:  # what lies in a container and is no object has no attributes
                named = isinstance(wanted, tuple) and isinstance(wanted[1], str)
                yield Arrival((), name, s.lanes.guessed(scalars) if named else scalars)
            if c.kind != TOKEN:
                yield from _off_carriers(s, port.path[number:], name, mask & s.lanes.carriers, chosen)
            return
        element = path[0]
        if not _fits(element, wanted, port) or _is_no_pair(element, port, number):
            return
        if wanted == _ANY_ATTRIBUTE:
            name = str(element)[1:]
        elif wanted in (ANY, VALUE):
            name = element[1] if isinstance(element, tuple) else None
        path = path[1:]
    yield Arrival(path, name, mask)


def _is_no_pair(element: Element, port: Port, place: int) -> bool:
    """A port for pairs (`0[*][1]`) finds none in a mapping of the argument: its values are not what it means."""
    following = port.path[place + 1] if place + 1 < len(port.path) else ""
    keyed = isinstance(element, tuple) and isinstance(element[1], str)
    return keyed and port.root != "self" and port.path[place] == ANY and isinstance(following, tuple)


def _off_carriers(
    s: Solver, wanted: tuple[PathElement, ...], name: str | int | None, mask: int, chosen: _Chosen | None
) -> Iterator[Arrival]:
    """What reading `wanted` off objects with declared fields gives."""
    for number, lane in s.lanes.items(mask):
        owner = s.items.class_of(number)
        if wanted[0] == _ANY_ATTRIBUTE:
            names = chosen.picked if chosen is not None and chosen.picked is not None else _attributes(s, owner)
            reads: list[tuple[str | int | None, str]] = [(each, each) for each in names]
        elif isinstance(wanted[0], tuple):
            reads = [(name, str(wanted[0][1]))]
        elif wanted[0].startswith("."):
            reads = [(name, wanted[0][1:])]
        else:
            continue
        for kept, attribute in reads:
            for path, item in read_off(s, owner, attribute):
                inner = s.lanes.of(item, lane)
                if len(wanted) == 1:
                    yield Arrival(path, kept, inner)
                else:
                    rest = Port("", wanted[1:])
                    yield from (a._replace(name=kept) for a in _arrivals_below(s, rest, path, inner, chosen))


def _arrivals_below(s: Solver, port: Port, path: Path, mask: int, chosen: _Chosen | None) -> Iterator[Arrival]:
    rest = _through(port, path)
    if rest is None:
        return
    if path or mask & s.lanes.scalars:
        yield Arrival(rest, None, mask)
    else:
        yield from _off_carriers(s, port.path, None, mask, chosen)


def _attributes(s: Solver, owner: str) -> list[str]:
    """Attributes of an object that hold data: declared fields, and objects in it (a row only refers to other rows)."""
    held = list(s.items.held(owner))
    is_row = _is_row(s, owner)
    records = [record for each in s.query.members.library.line(owner) if (record := s.program.classes.get(each))]
    inner = {
        name
        for name in dict.fromkeys(name for record in records for name in record.fields)
        if any(not (is_row and _is_row(s, s.items.class_of(item))) for item, _ in s.relation(owner, name))
    }
    return held + sorted(inner - set(held))


def _is_row(s: Solver, owner: str) -> bool:
    return any(model.stores for model in s.query.members.library.class_models(owner))


def read_off(s: Solver, owner: str, name: str) -> list[tuple[Path, int]]:
    """What attribute `name` of an instance of `owner` holds: a field, or objects with fields. `a__b` is `b` of `a`."""
    found = s.items.held(owner).get(name, -1)
    if found >= 0:
        return [((), found)]
    related = s.derived.reads(owner, name) or [(path, item) for item, path in s.relation(owner, name)]
    head, split, rest = name.partition("__")
    if related or not split or not head or not rest:
        return related
    inner = [s.items.class_of(item) for item, _ in s.relation(owner, head)]
    return [pair for class_id in inner if class_id for pair in read_off(s, class_id, rest)]


def disclosed(s: Solver, c: Context, mask: int) -> int:
    """The fields that objects in `mask` hold, in their place: they are written out."""
    carriers = mask & s.lanes.carriers if c.kind != TOKEN else 0
    found = mask & ~carriers
    for item, lane in s.lanes.items(carriers):
        for field in s.items.disclosed(item):
            found |= s.lanes.of(field, lane)
    return found


def _emit(
    s: Solver, c: Context, at: int, target: Target, model: CallableModel, goal: Port, arrival: Arrival, fact: Fact
) -> None:
    path = join(_named(goal, model, arrival.name), arrival.rest)
    mask = arrival.mask
    step = Origin("step", fact)
    if model.deep:  # of what an object refers to nothing tells whether it is written out
        mask = disclosed(s, c, mask) if below_containers(arrival.rest) else mask & s.lanes.scalars
    if goal.root == "return":
        if model.returns and f"builtins.{model.returns.removeprefix('builtins.')}" in SCALARS:
            if not model.deep and not below_containers(path):
                return
            path, mask = (), mask & s.lanes.scalars
        if model.validates and path and s.callees.schemas.leave_out(s.query.of(c.code, at), path):
            return
        s.add(c, at, join(target.result_path, path), mask, step)
        return
    for value in values(target, model, goal.root):
        s.write_after(c, at, value, path, mask, step)


def _named(goal: Port, model: CallableModel, name: str | int | None) -> Path:
    """The goal's path with the name that its wildcard stands for; what lies in an unknown attribute lies in all."""
    path = list(goal.path)
    place = max((n for n, e in enumerate(path) if e in (ANY, VALUE, _ANY_ATTRIBUTE)), default=-1)
    if name is not None and place >= 0:
        if path[place] == _ANY_ATTRIBUTE:
            path[place] = f".{name}"
        elif place or not model.returns.startswith(_PLACED):
            path[place] = ("k", name)
    return tuple(path[: path.index(_ANY_ATTRIBUTE)] if _ANY_ATTRIBUTE in path else path)


def values(target: Target, model: CallableModel, root: str) -> list[int]:
    """The values at a port."""
    if root == "self":
        return [target.receiver]
    return [arg.value for arg in target.args if root in ports_of(target, model, arg.value)]
