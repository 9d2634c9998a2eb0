"""Rows of a query that names columns: the declared fields and objects they hold, by position and by name."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.paths import Path
from privlint.analysis.solver import Solver
from privlint.analysis.targets import Target
from privlint.knowledge.ports import parse_port


def rows(s: Solver, code: Code, target: Target) -> list[tuple[Path, int]]:
    """(path below the result, item) of every declared field whose column is an argument of the call, and of the objects
    that one of several classes among them stands for."""
    model = target.model
    if model is None or not (model.rows or model.single):
        return []
    plain = [arg.value for arg in target.args if not arg.name]
    found: list[tuple[Path, int]] = []
    for number, value in enumerate(plain):
        for name, item in _columns(s, code, value, model.label) + (_objects(s, code, value) if plain[1:] else []):
            if model.single and len(plain) == 1:
                found.append((parse_port(model.single).path, item))
            if model.rows:
                prefix = parse_port(model.rows).path
                found += [((*prefix, step), item) for step in (("k", number), f".{name}" if name else None) if step]
    return found


def _objects(s: Solver, code: Code, value: int) -> list[tuple[str, int]]:
    """One of several classes in a query gives its objects."""
    names = [term.name for term in s.query.of(code, value) if term.kind == "class"]
    return [(name.rpartition(".")[2], s.items.carrier(name)) for name in names if s.items.carrier(name) >= 0]


def _columns(s: Solver, code: Code, value: int, label: str) -> list[tuple[str, int]]:
    """Declared fields that an attribute read off their class is the column of, with the name that the row has for
    them; "" for what a function of the database makes of a column."""
    instr = code.code[value]
    if isinstance(instr, ir.Call):
        return _computed(s, code, instr, label)
    if not isinstance(instr, ir.Load):
        return []
    owners = (term.name for term in s.query.of(code, instr.base) if term.kind == "class")
    items = (s.items.held(owner).get(instr.attr, -1) for owner in owners)
    return [(instr.attr, item) for item in items if item >= 0]


def _computed(s: Solver, code: Code, call: ir.Call, label: str) -> list[tuple[str, int]]:
    """`User.email.label("to")`, `func.lower(User.email)`."""
    func = code.code[call.func]
    if isinstance(func, ir.Load) and label and func.attr == label and call.args:
        named = code.code[call.args[0].value]
        name = str(named.value) if isinstance(named, ir.Const) else ""
        return [(name, item) for _, item in _columns(s, code, func.base, label)]
    names = [term.name for term in s.query.of(code, call.func) if term.kind == "ext"]
    models = [s.query.members.library.model(name) for name in names]
    if not names or any(model is not None and model.clean for model in models):
        return []
    return [("", item) for arg in call.args for _, item in _columns(s, code, arg.value, label)]
