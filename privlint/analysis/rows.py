"""Rows of a query that names columns: the declared fields and objects they hold, by position and by name."""

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
    modules = {
        name
        for name, module in s.program.modules.items()
        if any(_BETWEEN in text and text.rpartition(_BETWEEN)[2] in declared for text in module.index.strings)
    }
    calling = (unit for name in sorted(names) for unit in s.program.lookups.calling(name)) if modules else ()
    return {unit for unit in calling if unit.partition(":")[0] in modules}


def rows(s: Solver, code: Code, target: Target) -> list[tuple[Path, int]]:
    """(path below the result, item) of every declared field whose column is an argument of the call, and of the objects
    that one of several classes among them stands for."""
    model = target.model
    if model is None or not (model.rows or model.single):
        return []
    owners = _owners(s, code, target)
    plain = [arg.value for arg in target.args if not arg.name]
    found: list[tuple[Path, int]] = []
    for number, value in enumerate(plain):
        objects = _objects(s, code, value) if plain[1:] else []
        for name, item in _columns(s, code, value, owners, model.label) + objects:
            if model.single and len(plain) == 1:
                found.append((parse_port(model.single).path, item))
            found += [(path, item) for path in _places(model, number, name)]
    for arg in target.args:
        if arg.name and arg.name not in ("*", "**"):
            for _, item in _columns(s, code, arg.value, owners, model.label):
                found += [(path, item) for path in _places(model, -1, arg.name)]
    return found


def _places(model: CallableModel, number: int, name: str) -> Iterator[Path]:
    prefix = parse_port(model.rows).path if model.rows else ()
    if model.rows and number >= 0 and "position" in model.rows_by:
        yield (*prefix, ("k", number))
    if model.rows and name and "attribute" in model.rows_by:
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


def _objects(s: Solver, code: Code, value: int) -> list[tuple[str, int]]:
    """One of several classes in a query gives its objects."""
    names = [term.name for term in s.query.of(code, value) if term.kind == "class"]
    return [(name.rpartition(".")[2], s.items.carrier(name)) for name in names if s.items.carrier(name) >= 0]


def _columns(s: Solver, code: Code, value: int, owners: list[str], label: str) -> list[tuple[str, int]]:
    """Declared fields that a value names as columns, with the name that the row has for them: an attribute read off
    their class, a text that leads to them from one of `owners`, a library's expression of such."""
    instr = code.code[value]
    if isinstance(instr, ir.Load):
        classes = (term.name for term in s.query.of(code, instr.base) if term.kind == "class")
        items = (s.items.held(owner).get(instr.attr, -1) for owner in classes)
        return [(instr.attr, item) for item in items if item >= 0]
    if isinstance(instr, ir.Const) and isinstance(instr.value, str):
        name = instr.value
        read = (pair for owner in owners for pair in read_off(s, owner, name))
        return [(name, item) for path, item in read if not s.items.class_of(item)]
    return _computed(s, code, instr, owners, label) if isinstance(instr, ir.Call) else []


def _computed(s: Solver, code: Code, call: ir.Call, owners: list[str], label: str) -> list[tuple[str, int]]:
    """`F("customer__email")`, `User.email.label("to")`, `func.lower(User.email)`; "" is the name of what a function of
    the database makes of a column."""
    func = code.code[call.func]
    if isinstance(func, ir.Load) and label and func.attr == label and call.args:
        named = code.code[call.args[0].value]
        name = str(named.value) if isinstance(named, ir.Const) else ""
        return [(name, item) for _, item in _columns(s, code, func.base, [], label)]
    names = [term.name for term in s.query.of(code, call.func) if term.kind == "ext"]
    models = [s.query.members.library.model(name) for name in names]
    if any(model is not None and model.column for model in models):
        return [pair for arg in call.args for pair in _columns(s, code, arg.value, owners, label)]
    if not names or any(model is not None and model.clean for model in models):
        return []
    return [("", item) for arg in call.args for _, item in _columns(s, code, arg.value, [], label)]
