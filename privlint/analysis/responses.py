"""What a route lets out of what it returns: the fields that its response model declares."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.callees import Callees
from privlint.analysis.code import Code
from privlint.analysis.paths import ANY, Path
from privlint.analysis.schemas import exactly
from privlint.analysis.symbols import Function
from privlint.analysis.terms import MAPPINGS, SEQUENCES, Types


def response_model(callees: Callees, function: Function) -> Types:
    """The types that a route makes of what it returns; empty if nothing tells."""
    expr = _stated(callees, function)
    if expr is None:
        return ()
    scope = function.definition.qualname.rpartition(".")[0]
    return exactly(callees.query.annotations.types(function.module, scope, expr))


def keeps_back(callees: Callees, model: Types, code: Code, value: int, path: Path) -> bool:
    """Whether what lies at `path` below the returned `value` is none of what the response model declares."""
    return _is_made_into_model(callees, code, value) and callees.schemas.leave_out(model, path, objects=True)


def is_returned_itself(path: Path) -> bool:
    """Whether what is returned is the object, or a sequence of such."""
    return all(element == ANY or (isinstance(element, tuple) and isinstance(element[1], int)) for element in path)


def _is_made_into_model(callees: Callees, code: Code, value: int) -> bool:
    """Whether it is plain data, or an object of the program: a response of the framework's is sent as it is."""
    plain = MAPPINGS | SEQUENCES
    types = callees.query.of(code, value)
    return bool(types) and all(
        t.kind == "obj" and (t.name in plain or t.name in callees.program.classes) for t in types
    )


def _stated(callees: Callees, function: Function) -> ir.Expr | None:
    """The response model that a decorator is given, or the type that the function says it returns."""
    names = callees.members.kinds.decorators(function)
    for expr, name in zip(function.definition.decorators, names, strict=True):
        model = callees.model(name)
        if model is not None and model.limits:
            given = [arg.args[0] for arg in expr.args if arg.kind == "kw" and arg.text == model.limits and arg.args]
            return given[0] if given else function.definition.returns
    return None
