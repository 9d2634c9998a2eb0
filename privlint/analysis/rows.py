"""Rows of a query that names columns: the declared fields they hold, by position and by name."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.paths import Path
from privlint.analysis.solver import Solver
from privlint.analysis.targets import Target
from privlint.knowledge.ports import parse_port


def rows(s: Solver, code: Code, target: Target) -> list[tuple[Path, int]]:
    """(path below the result, item) of every declared field whose column is an argument of the call."""
    model = target.model
    if model is None or not (model.rows or model.single):
        return []
    plain = [arg.value for arg in target.args if not arg.name]
    found: list[tuple[Path, int]] = []
    for number, value in enumerate(plain):
        for name, item in _columns(s, code, value):
            if model.single and len(plain) == 1:
                found.append((parse_port(model.single).path, item))
            if model.rows:
                prefix = parse_port(model.rows).path
                found += [((*prefix, ("k", number)), item), ((*prefix, f".{name}"), item)]
    return found


def _columns(s: Solver, code: Code, value: int) -> list[tuple[str, int]]:
    """Declared fields that an attribute read off their class is the column of."""
    instr = code.code[value]
    if not isinstance(instr, ir.Load):
        return []
    owners = (term.name for term in s.query.of(code, instr.base) if term.kind == "class")
    items = (s.items.held(owner).get(instr.attr, -1) for owner in owners)
    return [(instr.attr, item) for item in items if item >= 0]
