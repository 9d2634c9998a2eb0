"""What a route lets out of the objects that it returns: the fields that its response model declares."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.callees import Callees
from privlint.analysis.paths import ANY, Path
from privlint.analysis.symbols import Function

_SEQUENCES = frozenset({"builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset"})


def let_out(callees: Callees, function: Function) -> frozenset[str] | None:
    """Names of the fields of the response model; None where it does not tell."""
    expr = _stated(callees, function)
    if expr is None:
        return None
    scope = function.definition.qualname.rpartition(".")[0]
    pending = list(callees.query.annotations.types(function.module, scope, expr))
    found: set[str] = set()
    while pending:
        term = pending.pop()
        if term.name in _SEQUENCES:
            pending += [each for types in term.args for each in types]
        elif term.kind != "obj" or not callees.schemas.only_declared(term.name):
            return None
        else:
            found.update(callees.field_names(term.name))
    return frozenset(found) or None


def is_returned_itself(path: Path) -> bool:
    """Whether what is returned is the object, or a sequence of such."""
    return all(element == ANY or (isinstance(element, tuple) and isinstance(element[1], int)) for element in path)


def _stated(callees: Callees, function: Function) -> ir.Expr | None:
    """The response model that a decorator is given, or the type that the function says it returns."""
    names = callees.members.decorators(function)
    for expr, name in zip(function.definition.decorators, names, strict=True):
        model = callees.model(name)
        if model is not None and model.limits:
            given = [arg.args[0] for arg in expr.args if arg.kind == "kw" and arg.text == model.limits and arg.args]
            return given[0] if given else function.definition.returns
    return None
