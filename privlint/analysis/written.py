"""Attributes of library objects that hold the fields of other objects under their names: what a serializer gives."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.paths import ANY, Path
from privlint.analysis.serialised import Serialised
from privlint.analysis.solver import Solver


def written(s: Solver, serialised: Serialised, code: Code, load: ir.Load) -> list[tuple[Path, int]]:
    """(path, item) of every field that the attribute holds, as its model says."""
    found: dict[tuple[Path, int], None] = {}
    for term in s.query.of(code, load.base):
        model = s.query.members.library.attribute(term.name, load.attr) if term.kind == "obj" else None
        if model is None or not model.shows:
            continue
        prefix: Path = (ANY,) if _is_many(code, load.base) else ()
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
