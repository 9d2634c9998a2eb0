"""Where objects become text: the sites that call a `__str__` whose data begins in it (a member names a user)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.formatting import CONVERSIONS, conversion
from privlint.analysis.hits import SinkSite, formats
from privlint.analysis.implicit import CONCATENATED
from privlint.analysis.modelled import ports_of, reached
from privlint.analysis.targets import Target
from privlint.knowledge.ports import parse_port

if TYPE_CHECKING:
    from privlint.analysis.program import Function
    from privlint.analysis.solver import Solver

FORMATTING = frozenset({"__str__", "__repr__", "__format__"})


def formatting_sites(s: Solver, function: Function, codes: Iterator[Code]) -> Iterator[tuple[Code, int, Target]]:
    """Instructions of `codes` that make text of an object by `function`."""
    for code in codes:
        for at, instr in enumerate(code.code):
            if isinstance(instr, ir.Text):
                for part, how in zip(instr.parts, instr.conversions or ("",) * len(instr.parts), strict=True):
                    if how != CONCATENATED and _shows(s, code, part, CONVERSIONS[how], function):
                        yield code, at, _target(function, part, "return")
            elif isinstance(instr, ir.Call):
                yield from _called(s, code, at, instr, function)


def _called(
    s: Solver, code: Code, at: int, called_as: ir.Call, function: Function
) -> Iterator[tuple[Code, int, Target]]:
    """`str(member)`, `log.info("%s", member)`."""
    for called in s.callees.of(code, at):
        model = called.model
        if model is None or not (model.shows or model.sink):
            continue
        for arg in called.args:
            how = model.shows or conversion(code.code, called_as, arg.value)
            if not _shows(s, code, arg.value, how, function):
                continue
            if model.shows:
                yield code, at, _target(function, arg.value, "return")
            ports = ports_of(called, model, arg.value)
            for sink in model.sink:
                if formats(sink) and any(reached(parse_port(text), ports, ()) == () for text in sink.data):
                    site = SinkSite(code.unit, code.body, at, sink.kind, called.name, sink, called.receiver)
                    s.shown.setdefault((code.unit, code.body, at), {})[site] = None
                    yield code, at, _target(function, arg.value, "shown")


def _shows(s: Solver, code: Code, value: int, how: str, function: Function) -> bool:
    types = s.query.of(code, value) if value >= 0 else ()
    return any(function in s.callees.formatting.of(term, how).functions for term in types if term.kind == "obj")


def _target(function: Function, value: int, result: str) -> Target:
    return Target("body", function.id, 0, (ir.Arg("", value),), value, result)
