"""Rows of a query that names columns: the declared fields they hold, by position and by name."""

from __future__ import annotations

from collections.abc import Iterator

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.modelled import read_off
from privlint.analysis.paths import Path
from privlint.analysis.solver import Solver
from privlint.analysis.targets import Target
from privlint.knowledge.ports import parse_port
from privlint.models import CallableModel

_BETWEEN = "__"  # `order__customer__email`: the column of another row that this one refers to


def naming(s: Solver) -> set[str]:
    """Units that name a column of another row in a query, so that its data may begin there."""
    models = s.query.models.callables
    names = {name.partition("(")[0].rpartition(".")[2] for name, model in models.items() if model.rows or model.single}
    declared = {name for _, name in s.program.declarations.fields}
    found: set[str] = set()
    for module in s.program.modules.values():
        texts = module.index.strings
        if any(_BETWEEN in text and text.rpartition(_BETWEEN)[2] in declared for text in texts):
            for call in module.index.calls:
                if call.callee in names:
                    found.update(s.program.lookups.units_at(module.name, call.unit, call.line))
    return found


def rows(s: Solver, code: Code, target: Target) -> list[tuple[Path, int]]:
    """(path below the result, item) of every declared field whose column is an argument of the call."""
    model = target.model
    if model is None or not (model.rows or model.single):
        return []
    owners = _owners(s, code, target)
    plain = [arg.value for arg in target.args if not arg.name]
    found: list[tuple[Path, int]] = []
    for number, value in enumerate(plain):
        for name, item in _columns(s, code, value, owners):
            if model.single and len(plain) == 1:
                found.append((parse_port(model.single).path, item))
            found += [(path, item) for path in _places(model, number, name)]
    for arg in target.args:
        if arg.name and arg.name not in ("*", "**"):
            for _, item in _columns(s, code, arg.value, owners):
                found += [(path, item) for path in _places(model, -1, arg.name)]
    return found


def _places(model: CallableModel, number: int, name: str) -> Iterator[Path]:
    prefix = parse_port(model.rows).path if model.rows else ()
    if model.rows and number >= 0 and "position" in model.rows_by:
        yield (*prefix, ("k", number))
    if model.rows and "attribute" in model.rows_by:
        yield (*prefix, f".{name}")
    if model.rows and "name" in model.rows_by:
        yield (*prefix, ("k", name))


def _owners(s: Solver, code: Code, target: Target) -> list[str]:
    """Classes of the objects that a query is about."""
    if target.receiver < 0:
        return []
    members = s.query.members
    queries = s.query.of(code, target.receiver)
    return [term.name for query in queries for term in members.element(query) if term.kind == "obj"]


def _columns(s: Solver, code: Code, value: int, owners: list[str]) -> list[tuple[str, int]]:
    """Declared fields that a value names as columns: an attribute read off their class, a text that leads to them from
    one of `owners`, a library's expression of such."""
    instr = code.code[value]
    if isinstance(instr, ir.Load):
        classes = (term.name for term in s.query.of(code, instr.base) if term.kind == "class")
        items = (s.items.held(owner).get(instr.attr, -1) for owner in classes)
        return [(instr.attr, item) for item in items if item >= 0]
    if isinstance(instr, ir.Const) and isinstance(instr.value, str):
        name = instr.value
        read = (pair for owner in owners for pair in read_off(s, owner, name))
        return [(name, item) for path, item in read if not s.items.class_of(item)]
    if isinstance(instr, ir.Call):
        models = (target.model for target in s.callees.of(code, value))
        if any(model is not None and model.column for model in models):
            return [pair for arg in instr.args for pair in _columns(s, code, arg.value, owners)]
    return []
