"""Objects that keep another one and write into it: a writer and its file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from privlint import ir
from privlint.analysis.arguments import argument_value
from privlint.analysis.code import Code
from privlint.analysis.facts import Context, Fact, Origin
from privlint.models import CallableModel, Models, SinkModel

if TYPE_CHECKING:
    from privlint.analysis.solver import Solver
    from privlint.analysis.targets import Target


_PART = ".<part>"  # what lies in some part of an object


def part_makers(models: Models) -> frozenset[str]:
    """Last names of the callables that make a part of an object."""
    return frozenset(name.rpartition(".")[2] for name, model in models.callables.items() if model.within)


def held_names(models: Models) -> frozenset[str]:
    """Path elements under which a model says that its result keeps an argument."""
    return frozenset("." + model.holds for model in models.callables.values() if model.holds)


def write_through(s: Solver, c: Context, fact: Fact, mask: int) -> None:
    """What was written below the kept object of a writer lies in that object itself."""
    value, path = fact
    for position in _made(c.code, value):
        call = c.code.code[position]
        assert isinstance(call, ir.Call)
        for target in s.targets(c, position):
            model = target.model
            if model is None or "." + model.holds != path[0]:
                continue
            held = argument_value(call, model.params, model.holds)
            for after in c.code.afters.get(position, ()):
                instr = c.code.code[after]
                if isinstance(instr, ir.After) and instr.value == held:
                    s.add(c, after, path[1:], mask, Origin("step", fact))


def write_into_whole(s: Solver, c: Context, fact: Fact, mask: int) -> None:
    """What was written into an attribute of a part that a call made of an object lies in that object."""
    value, path = fact
    if value >= len(c.code.code) or not str(path[0]).startswith("."):
        return
    for position in _made(c.code, value):
        call = c.code.code[position]
        for target in s.targets(c, position) if value != position else ():
            model = target.model
            if model is None or not model.within or not isinstance(call, ir.Call):
                continue
            whole = argument_value(call, model.params, model.within)
            for after in c.code.afters.get(position, ()):
                instr = c.code.code[after]
                if isinstance(instr, ir.After) and instr.value == whole:
                    s.add(c, after, path if path[0] == _PART else (_PART, *path), mask, Origin("step", fact))


def _made(code: Code, value: int) -> Iterator[int]:
    """Positions of the calls that a version of an object goes back to."""
    pending, seen = [value], {-1}
    while pending:
        position = pending.pop()
        if position in seen:
            continue
        seen.add(position)
        instr = code.code[position]
        if isinstance(instr, ir.Call):
            yield position
        elif isinstance(instr, ir.After | ir.Typed):
            pending.append(instr.value)
        elif isinstance(instr, ir.Store | ir.StoreItem):
            pending.append(instr.base)
        elif isinstance(instr, ir.Join):
            pending.extend(instr.values)


def sinks_of(s: Solver, c: Context, target: Target, model: CallableModel) -> tuple[SinkModel, ...]:
    """The sinks of a call: where it writes into a kept object of a known type, those of that object's method, with the
    ports of this call."""
    if not model.like:
        return model.sink
    found: list[SinkModel] = []
    known = False
    for term in s.query.of(c.code, target.receiver):
        for kept in term.args[0] if term.args else ():
            method = s.query.members.library.callable(kept.name, model.like)
            if method is not None:
                known = True
                data = model.sink[0].data if model.sink else ("any",)
                found += [msgspec.structs.replace(sink, data=data, url="") for sink in method[1].sink if not sink.url]
    return tuple(dict.fromkeys(found)) if known else model.sink
