"""Parts of an object that a call handed out: what is written into them is written into the object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.globals import heap_of
from privlint.analysis.paths import ANY, VALUE, Path, join
from privlint.analysis.ports import bound_port
from privlint.knowledge.ports import parse_port

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.facts import Context, Heap, Origin
    from privlint.analysis.solver import Solver
    from privlint.analysis.targets import Target


def write_through(s: Solver, c: Context, base: int, path: Path, mask: int, origin: Origin) -> None:
    """`path` of `base` was written. If `base` came out of a call that returns a part of what it was given
    (`outer.inner()`), that part of the argument holds the data as well; if the call returns what a variable of a module
    or a class holds (`client()`), that variable does."""
    code = c.code
    call = code.original(base)
    instr = code.code[call]
    if isinstance(instr, ir.Enter):  # of `with opened(outer) as inner`
        call = code.original(instr.manager)
    if not isinstance(code.code[call], ir.Call):
        return
    for target in s.callees.of(code, call):
        if target.model is not None and target.model.part:
            _write_part(s, c, call, target, path, mask, origin)
        if target.kind != "body" or target.result != "return":
            continue
        if origin.fact is not None:
            for heap in _places(s, s.units.code(target.name, target.body)):
                s.export(c, heap, origin.fact, path, mask)
        for index, part in _parts(s.units.code(target.name, target.body)):
            for value, inner in s.binding(target).back(index, part):
                for after in code.afters.get(call, ()):
                    instr = code.code[after]
                    if isinstance(instr, ir.After) and instr.value == value:
                        s.add(c, after, join(inner, path), mask, origin)


def _write_part(s: Solver, c: Context, call: int, target: Target, path: Path, mask: int, origin: Origin) -> None:
    """`table.setdefault(key, [])` gives an item of the table."""
    code = c.code
    model = target.model
    port = bound_port(c, target, model, parse_port(model.part)) if model is not None else None
    for after in code.afters.get(call, ()) if port is not None else ():
        instr = code.code[after]
        if port is not None and isinstance(instr, ir.After) and instr.value == target.receiver:
            s.add(c, after, join(tuple(VALUE if each == ANY else each for each in port.path), path), mask, origin)


def _places(s: Solver, code: Code) -> list[Heap]:
    """Places outside of bodies whose object the body returns."""
    if code.places is None:
        pending = [instr.value for instr in code.code if isinstance(instr, ir.Return)]
        found: dict[Heap, None] = {}
        seen: set[int] = set()
        while pending:
            value = pending.pop()
            if value in seen:
                continue
            seen.add(value)
            instr = code.code[code.original(value)]
            pending += instr.values if isinstance(instr, ir.Join) else ()
            heap = heap_of(s.query, code, code.original(value))
            if heap is not None and heap[0] != "cell":
                found[heap] = None
        code.places = list(found)
    return code.places


def _parts(code: Code) -> list[tuple[int, Path]]:
    """What the body returns of its parameters as they are: (number, path)."""
    if code.parts is None:
        leaving = ir.Yield if code.record.is_generator else ir.Return
        found = (_part(code, instr.value) for instr in code.code if isinstance(instr, leaving))
        code.parts = list(dict.fromkeys(part for part in found if part is not None))
    return code.parts


def _part(code: Code, value: int) -> tuple[int, Path] | None:
    path: Path = ()
    while value >= 0:
        value = code.original(value)
        instr = code.code[value]
        if isinstance(instr, ir.Param):
            return instr.index, path
        if not isinstance(instr, ir.Load):
            return None
        path = (f".{instr.attr}", *path)
        value = instr.base
    return None


def returned_parameter(code: Code) -> int:
    """The number of the parameter that every `return` of a body gives back, maybe written to; -1 if there is none."""
    pending = [i.value for i in code.code if isinstance(i, ir.Return)]
    seen: set[int] = set()
    found: set[int] = set()
    while pending:
        value = code.original(pending.pop()) if pending[-1] >= 0 else pending.pop()
        if value in seen:
            continue
        seen.add(value)
        instr = code.code[value] if value >= 0 else None
        if isinstance(instr, ir.Join):
            pending.extend(instr.values)
        else:
            found.add(instr.index if isinstance(instr, ir.Param) else -1)
    return found.pop() if len(found) == 1 else -1
