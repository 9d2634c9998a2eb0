"""What a fact becomes at a call: into bodies, through library models, past what is not known."""

from __future__ import annotations

import re

import msgspec

from privlint import ir
from privlint.analysis.captures import (
    GIVEN_PORTS,
    GIVEN_SELF,
    PORTS_PER_CALL,
    argument_number,
    given,
    is_carried,
    place_of,
)
from privlint.analysis.facts import TOKEN, Context, Fact, Origin
from privlint.analysis.formatting import conversion
from privlint.analysis.hits import Hit, SinkSite, formats, is_deep
from privlint.analysis.holding import sinks_of
from privlint.analysis.modelled import Ports, disclosed, flow, ports_of, reached, values
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
from privlint.analysis.reading import record_write
from privlint.analysis.reflection import REFLECTING
from privlint.analysis.showing import show, show_by
from privlint.analysis.solver import Solver
from privlint.analysis.targets import Target
from privlint.analysis.terms import obj
from privlint.analysis.told import untold
from privlint.knowledge.ports import Port, PortCall, parse_call, parse_port
from privlint.models import CallableModel, SinkModel

_CLEAN_NAME = re.compile(
    r"__(len|contains|eq|ne|lt|le|gt|ge|hash|bool)__$|(is|has|can|should|needs|exists|count|len|startswith|endswith|isinstance)(_|$)|index$|find$"
)
_NOTHING = Port("")
_CONTAINER_METHODS = ("builtins.list", "builtins.dict", "builtins.set")


def call(s: Solver, c: Context, at: int, i: ir.Call, value: int, path: Path, mask: int) -> None:
    fact = (value, path)
    s.copies.iterate(c, at, i, fact, mask)
    _take_apart(s, c, at, i, fact, mask)
    if s.callees.is_given(c.code, i.func):
        _hand_out(s, c, at, i, fact, mask)
        return
    if s.callees.wrapping.is_decorated(c.code, i.func):
        _hand_out(s, c, at, i, fact, mask)
        if not s.query.of(c.code, i.func):
            return
    if value == i.func and is_carried(path):
        fact = _given_ahead(s, c, at, i, fact, mask)
    elif value == i.func and path and any(term.kind == "class" for term in s.query.of(c.code, i.func)):
        s.add(c, at, path, mask, Origin("step", fact))  # an instance has what its class has, captured variables too
    for target in s.targets(c, at):
        if target.passive:
            continue
        if target.kind == "body":
            _handed_over(s, c, at, target, fact, mask)
            _attend(s, c, at, target)
            enter_target(s, c, at, target, fact, mask)
        elif target.kind == "model" and target.name == "functools.partial":
            _give_ahead(s, c, at, i, fact, mask)
        elif target.kind == "model":
            _library(s, c, at, i, target, fact, mask)
        elif target.kind == "fields":
            _construct(s, c, at, i, target, fact, mask)
        elif target.kind == "sent":
            _send(s, c, at, target, fact, mask)
        else:
            _unknown(s, c, at, i, target, fact, mask)


def _take_apart(s: Solver, c: Context, at: int, i: ir.Call, fact: Fact, mask: int) -> None:
    """`f(*parts)` and `f(**row)` with an object of the program: its elements, or what lies under its keys."""
    implicit = s.callees.implicit
    for arg in i.args if fact[1] else ():
        if arg.value == fact[0] and arg.name == "*" and implicit.iterates:
            enter_implicit(s, c, at, tuple(implicit.gone_through(c.code, fact[0])), fact, mask)
        elif arg.value == fact[0] and arg.name == "**":
            enter_implicit(s, c, at, tuple(implicit.looked_through(c.code, fact[0])), fact, mask)


def _send(s: Solver, c: Context, at: int, target: Target, fact: Fact, mask: int) -> None:
    if any(arg.value == fact[0] for arg in target.args):
        code = s.units.code(target.name, target.body)
        for position, instr in enumerate(code.code):
            if isinstance(instr, ir.Yield) and not instr.many:
                s.enter_at(c, at, target, fact, mask, code, position, fact[1])
    elif fact[0] == target.receiver and (not fact[1] or matches(fact[1][0], ANY)):
        s.add(c, at, fact[1][1:], mask, Origin("step", fact))


def enter_targets(s: Solver, c: Context, at: int, targets: tuple[Target, ...], fact: Fact, mask: int) -> None:
    for target in targets:
        if target.kind == "model":
            _library(s, c, at, ir.Call(0, -1, target.args), target, fact, mask)
        else:
            enter_target(s, c, at, target, fact, mask)


def enter_target(s: Solver, c: Context, at: int, target: Target, fact: Fact, mask: int) -> None:
    for index, path in s.binding(target).into(*fact):
        s.enter(c, at, target, fact, mask, index, path)


def _hand_out(s: Solver, c: Context, at: int, i: ir.Call, fact: Fact, mask: int) -> None:
    """The body calls a function that its caller gave it: the caller knows what that does."""
    first = GIVEN_PORTS + at * PORTS_PER_CALL
    for number, arg in enumerate(i.args[:GIVEN_SELF]):
        if arg.value == fact[0]:
            s.leave(c, first + number, fact[1], mask, fact)
    if i.func == fact[0] and is_carried(fact[1]):
        s.leave(c, first + GIVEN_SELF, fact[1], mask, fact)


def call_back(s: Solver, c: Context, at: int, called: Target, func: int, fact: Fact, mask: int) -> None:
    """Somebody else calls `called`, which the value `func` is, with `fact` as an argument or as what it carries."""
    instr = c.code.code[at]
    if not isinstance(instr, ir.Call):
        return
    if fact[0] == func and argument_number(fact[1]) < 0:
        if called.kind == "body" and called.body:
            s.attend(c.code, at, called)
            s.enter_captured(c, at, called, fact, mask)
        return
    if fact[0] == func:
        ahead = (place_of(func, argument_number(fact[1])), fact[1][1:])
        s.add(c, *ahead, mask, Origin("step", fact))
        fact = ahead
    if called.kind in ("body", "model") and not called.passive:
        _call_back(s, c, at, instr, called, fact, fact[1], mask)


def _attend(s: Solver, c: Context, at: int, target: Target) -> None:
    """A callable that is called by another name than its own is found by no look-up."""
    name = target.name.partition("#")[0].rpartition(":")[2].rpartition(".")[2]
    called = c.code.names.get(at, "")
    renamed = target.body == 0 and called != name and target.result != "self" and not name.startswith("__")
    if renamed or target.fits or (target.body != 0 and target.name != c.code.unit):
        s.attend(c.code, at, target)


def _give_ahead(s: Solver, c: Context, at: int, i: ir.Call, fact: Fact, mask: int) -> None:
    """`partial(function, ...)`: the callable carries its arguments along."""
    value, path = fact
    step = Origin("step", fact)
    first = sum(t.body for t in s.query.of(c.code, i.args[0].value)[:1] if t.kind == "partial")
    for number, arg in enumerate(i.args):
        if arg.value != value:
            continue
        if number:
            s.add(c, at, join((given(first + number - 1),), path), mask, step)
        elif is_carried(path):
            s.add(c, at, path, mask, step)


def _given_ahead(s: Solver, c: Context, at: int, i: ir.Call, fact: Fact, mask: int) -> Fact:
    """What the called object carries goes in: an argument as if it stood in the call, a variable where it is read."""
    number = argument_number(fact[1])
    if number < 0:
        for target in s.targets(c, at):
            if target.kind == "body" and target.body:
                _attend(s, c, at, target)
                s.enter_captured(c, at, target, fact, mask)
        return fact
    ahead = (place_of(i.func, number), fact[1][1:])
    s.add(c, *ahead, mask, Origin("step", fact))
    return ahead


def _handed_over(s: Solver, c: Context, at: int, target: Target, fact: Fact, mask: int) -> None:
    if target.handover and any(a.value == fact[0] for a in target.args):
        site = SinkSite(c.code.unit, c.code.body, at, target.handover, s.callees.dotted(target.name))
        s.hits.add(site, Hit(c.id, fact, True), mask)


def _construct(s: Solver, c: Context, at: int, i: ir.Call, target: Target, fact: Fact, mask: int) -> None:
    """A class whose constructor is generated: arguments become attributes of the new object."""
    value, path = fact
    step = Origin("step", fact)
    position = 0
    held = s.items.held(target.name)
    for arg in i.args:
        name = arg.name
        if not name:
            name = target.fields[position] if position < len(target.fields) else ""
            position += 1
        if arg.value != value:
            continue
        if arg.name == "**":
            if path and isinstance(path[0], tuple):
                if path[0][1] in target.fields or not s.callees.schemas.only_declared(target.name):
                    _attribute(s, c, at, target.name, str(path[0][1]), path[1:], mask, step, held)
            elif path and path[0] in (VALUE, ANY):
                s.add(c, at, path[1:], s.lanes.doubted(mask), step)
        elif name and name != "*":
            _attribute(s, c, at, target.name, name, path, mask, step, held)


def _attribute(
    s: Solver, c: Context, at: int, owner: str, name: str, path: Path, mask: int, step: Origin, held: dict[str, int]
) -> None:
    if step.fact is not None and not path:
        record_write(s, c, at, owner, name, step.fact, mask)
    mask = untold(s, owner, name, path, mask) if c.kind != TOKEN else mask
    if name not in held and not s.callees.schemas.leave_out((obj(owner, exact=True),), ("." + name, *path)):
        s.add(c, at, join(("." + name,), path), mask, step)
        completed = s.callees.completed(owner)
        if completed is not None:
            s.enter(c, at, completed, (at, join(("." + name,), path)), mask, 0, join(("." + name,), path))


def _library(s: Solver, c: Context, at: int, i: ir.Call, target: Target, fact: Fact, mask: int) -> None:
    model = target.model
    if model is None:
        _unmodelled(s, c, at, i, target, fact, mask)
        return
    if target.name in REFLECTING and not REFLECTING[target.name](s, c, at, i, fact, mask):
        _past(s, c, at, target.name.rpartition(".")[2], fact, mask)
    ports = ports_of(target, model, fact[0])
    if model.writes:
        _write_rows(s, c, at, target, model, ports, fact, mask)
    for sink in sinks_of(s, c, target, model):
        _sink(s, c, at, target, sink, ports, fact, mask)
    if model.clean:
        return
    if model.mark == "pseudonymous":
        mask = s.lanes.pseudonymous(mask)
    if model.carries:
        _carry(s, c, at, model, fact, disclosed(s, c, mask) if model.deep else mask, certain=True)
    if model.shows and any(arg.value == fact[0] for arg in target.args):
        show(s, c, at, fact, mask, "return", model.shows)
    if s.callees.implicit.iterates and (model.iterates or model.calls) and fact[0] != target.receiver:
        enter_implicit(s, c, at, tuple(s.callees.implicit.gone_through(c.code, fact[0])), fact, mask)
    done = [_callback(s, c, at, i, target, model, text, ports, fact, mask) for text in model.calls]
    if not any(done):
        flow(s, c, at, target, model, ports, fact, mask)


def _write_rows(
    s: Solver, c: Context, at: int, target: Target, model: CallableModel, ports: Ports, fact: Fact, mask: int
) -> None:
    """A query puts what it is given under names into fields of its rows: `Note.objects.create(text=...)`."""
    rows = [t.name for term in s.query.of(c.code, target.receiver) for t in (term.args[0] if term.args else ())]
    names: list[str] = []
    for arg in target.args if below_containers(fact[1]) else ():
        if arg.value != fact[0]:
            continue
        if "**" in model.writes and arg.name and arg.name not in (*model.params, "*", "**"):
            names.append(arg.name)
        elif fact[1] and is_text_key(fact[1][0]) and not ports.keys().isdisjoint(model.writes):
            names.append(str(fact[1][0][1]))
    for owner in rows:
        for name in names:
            record_write(s, c, at, owner, name.partition("__")[0], fact, mask)


def _sink(s: Solver, c: Context, at: int, target: Target, sink: SinkModel, ports: Ports, fact: Fact, mask: int) -> None:
    deep = is_deep(sink)
    for text in sink.data:
        rest = reached(parse_port(text), ports, fact[1])
        if rest is None:
            continue
        site = SinkSite(c.code.unit, c.code.body, at, sink.kind, target.name, sink, target.receiver)
        if deep:
            s.hits.add(site, Hit(c.id, fact, True), mask)
        elif below_containers(rest):
            s.hits.add(site, Hit(c.id, fact, False), mask & s.lanes.scalars)
        if sink.method or formats(sink):
            s.shown.setdefault((c.code.unit, c.code.body, at), {})[site] = None
        if sink.method:
            show_by(s, c, at, fact, mask, sink.method)
        elif formats(sink):
            call = c.code.code[at]
            how = conversion(c.code.code, call, fact[0]) if isinstance(call, ir.Call) else "str"
            show(s, c, at, fact, mask, "shown", how)
        break
    if sink.url and sink.url_data:
        rest = reached(parse_port(sink.url), ports, fact[1])
        if rest is not None and below_containers(rest):
            site = SinkSite(c.code.unit, c.code.body, at, "url", target.name, sink, target.receiver)
            s.hits.add(site, Hit(c.id, fact, False), mask & s.lanes.scalars)


def _carry(
    s: Solver, c: Context, at: int, model: CallableModel | None, fact: Fact, mask: int, *, certain: bool
) -> None:
    """The result holds what went in: as a scalar, unless the model says that it is no scalar."""
    del model
    value, path = fact
    if below_containers(path):
        scalars = mask & s.lanes.scalars
        if not certain:  # of a mapping inside of a mapping nothing tells that it is what comes back
            mappings = sum(map(_is_of_mapping, path))
            known = mappings > 1 or s.is_own_object(c.code, at)
            scalars = 0 if known else s.lanes.doubted(scalars)
            if mappings:  # settings of the call, as often as not: twice as doubtful
                scalars = s.lanes.doubted(scalars)
        s.add(c, at, (), scalars, Origin("step", (value, path)))


def _callback(
    s: Solver,
    c: Context,
    at: int,
    i: ir.Call,
    target: Target,
    model: CallableModel,
    text: str,
    ports: Ports,
    fact: Fact,
    mask: int,
) -> bool:
    """The library calls a function that it was given, with this argument. True: what it does with an object that the
    fact lies in is what the object's own method says."""
    callback = parse_call(text)
    funcs = values(target, model, callback.func.root)
    if callback.func.path:
        return _call_method(s, c, at, target, model, callback, fact, mask)
    if fact[0] in funcs and is_carried(fact[1]):
        _carried_into(s, c, at, i, target, model, callback, fact, mask)
        return False
    for index, port in enumerate(callback.args):
        rest = reached(port, ports, fact[1])
        if rest is None:
            continue
        if port.root in ("*", "**") or port.spread:
            rest = fact[1]
        for func in funcs:
            for called in s.callees.callback(c.code, func, callback, index, fact[0], target, len(model.params)):
                _call_back(s, c, at, i, called, fact, rest, mask)
    return False


def _call_method(
    s: Solver, c: Context, at: int, target: Target, model: CallableModel, call: PortCall, fact: Fact, mask: int
) -> bool:
    """The library calls a method of what it was given: `abs(x)` is `x.__abs__()`."""
    name = str(call.func.path[0])[1:]
    if name not in s.callees.method_names:
        return False
    given = tuple(next(iter(values(target, model, port.root)), -1) for port in call.args)
    result = "none" if call.result is None else "return"
    done = False
    for value in values(target, model, call.func.root):
        if fact[0] in (value, *given):
            targets = tuple(s.callees.implicit.named(c.code, value, name, given, result))
            enter_implicit(s, c, at, targets, fact, mask)
            done = done or (bool(targets) and fact[0] == value)
    return done


def enter_implicit(s: Solver, c: Context, at: int, targets: tuple[Target, ...], fact: Fact, mask: int) -> None:
    """Methods that the instruction calls by itself; what begins in them comes out here too."""
    for target in targets:
        if target.kind == "body":
            s.attend(c.code, at, target)
    enter_targets(s, c, at, targets, fact, mask)


def _call_back(s: Solver, c: Context, at: int, i: ir.Call, called: Target, fact: Fact, rest: Path, mask: int) -> None:
    if called.passive:
        return
    if called.kind == "body":
        s.attend(c.code, at, called)
        for number, path in s.binding(called).into(fact[0], rest):
            s.enter(c, at, called, fact, mask, number, path)
        return
    if rest != fact[1]:  # what the callback is given has no value of its own in the body
        if called.model is not None and called.model.shows:
            show(s, c, at, fact, mask, "return", called.model.shows, template=True)
        passed = (place_of(len(c.code.code) + at, 0), rest)
        s.add(c, *passed, mask, Origin("step", fact))
        args = tuple(ir.Arg(arg.name, passed[0] if arg.value == fact[0] else arg.value) for arg in called.args)
        called, fact = msgspec.structs.replace(called, args=args), passed
    _library(s, c, at, i, called, fact, mask)


def _carried_into(
    s: Solver,
    c: Context,
    at: int,
    i: ir.Call,
    target: Target,
    model: CallableModel,
    callback: PortCall,
    fact: Fact,
    mask: int,
) -> None:
    """What the callback itself carries along goes in where the library calls it."""
    index = max(len(callback.args) - 1, 0)
    if callback.args:
        called = s.callees.callback(c.code, fact[0], callback, index, -1, target, len(model.params))
    else:
        called = s.callees.callback(
            c.code, fact[0], msgspec.structs.replace(callback, args=(_NOTHING,)), 0, -1, target, len(model.params)
        )
    number = argument_number(fact[1])
    if number < 0:
        for each in called:
            if each.kind == "body" and each.body:
                s.attend(c.code, at, each)
                s.enter_captured(c, at, each, fact, mask)
        return
    ahead = (place_of(fact[0], number), fact[1][1:])
    s.add(c, *ahead, mask, Origin("step", fact))
    for each in called:
        _call_back(s, c, at, i, each, ahead, ahead[1], mask)


def _unmodelled(s: Solver, c: Context, at: int, i: ir.Call, target: Target, fact: Fact, mask: int) -> None:
    """A library's callable without a model: its result holds its arguments, as far as anyone can tell."""
    name = target.name.rpartition(".")[2]
    if fact[0] == target.receiver and not any(a.value == fact[0] for a in i.args):
        _method_of_value(s, c, at, i, target, name, fact, mask)
        return
    _past(s, c, at, name, fact, mask)


def _unknown(s: Solver, c: Context, at: int, i: ir.Call, target: Target, fact: Fact, mask: int) -> None:
    if target.receiver >= 0:
        _method_of_value(s, c, at, i, target, target.name, fact, mask)
    else:
        _past(s, c, at, target.name, fact, mask)


def _method_of_value(
    s: Solver, c: Context, at: int, i: ir.Call, target: Target, name: str, fact: Fact, mask: int
) -> None:
    """A method of something unknown. The fact tells what it can be: a scalar is a string, items lie in a container."""
    received = fact[0] == target.receiver
    kinds: tuple[str, ...] = _CONTAINER_METHODS
    if received and not fact[1]:
        kinds = ("builtins.str", "builtins.bytes")
    elif received and not is_item(fact[1][0]):
        return
    for kind in kinds:
        model = s.callees.model(f"{kind}.{name}")
        if model is not None:
            known = Target("model", f"{kind}.{name}", args=target.args, receiver=target.receiver, model=model)
            _library(s, c, at, i, known, fact, mask)
            return
    if received:
        _carry(s, c, at, None, fact, mask, certain=False)
    else:
        _past(s, c, at, name, fact, mask)


def _past(s: Solver, c: Context, at: int, name: str, fact: Fact, mask: int) -> None:
    s.unresolved.setdefault((c.code.unit, c.code.body, at), name)
    if not _CLEAN_NAME.match(name) and not _is_spread(c, at, fact[0]):
        _carry(s, c, at, None, fact, mask, certain=False)


def _is_of_mapping(element: Element) -> bool:
    return element in (VALUE, KEY) or (isinstance(element, tuple) and isinstance(element[1], str))


def _is_spread(c: Context, at: int, value: int) -> bool:
    """Whether a call only gets a value taken apart: all that somebody collected, not what the call is about."""
    call = c.code.code[at]
    names = {arg.name for arg in call.args if arg.value == value} if isinstance(call, ir.Call) else set()
    return bool(names) and names <= {"*", "**"}
