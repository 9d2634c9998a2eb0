"""Attributes of library objects that hold the fields of other objects under their names: what a serializer gives."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.paths import ANY, Path
from privlint.analysis.serialised import Serialised
from privlint.analysis.solver import Solver
from privlint.analysis.targets import Target


def written(s: Solver, serialised: Serialised, code: Code, load: ir.Load) -> list[tuple[Path, int]]:
    """(path, item) of every field that the attribute holds, as its model says."""
    return _held(s, serialised, code, load.base, load.attr)


def read_by_call(s: Solver, serialised: Serialised, code: Code, target: Target) -> list[tuple[Path, int]]:
    """The same of what a library's method gives that reads the attribute of its receiver."""
    if target.model is None or not target.model.reads or target.receiver < 0:
        return []
    return _held(s, serialised, code, target.receiver, target.model.reads)


def _held(s: Solver, serialised: Serialised, code: Code, base: int, attribute: str) -> list[tuple[Path, int]]:
    found: dict[tuple[Path, int], None] = {}
    for each in s.query.of(code, base):
        term = each.receiver if each.kind == "super" and each.receiver is not None else each
        model = s.query.members.library.attribute(term.name, attribute) if term.kind == "obj" else None
        if model is None or not model.shows:
            continue
        prefix: Path = (ANY,) if _is_many(code, base) else ()
        for path, item in serialised.fields(term.name):
            found[(*prefix, *path), item] = None
    return list(found)


def _is_many(code: Code, base: int) -> bool:
    """Whether the object was made for several others: `PersonSerializer(people, many=True)`."""
    made = code.code[base]
    while isinstance(made, ir.After | ir.Typed):
        made = code.code[made.value]
    given = {arg.name: code.code[arg.value] for arg in made.args} if isinstance(made, ir.Call) else {}
    many = given.get("many")
    return isinstance(many, ir.Const) and many.value is True
