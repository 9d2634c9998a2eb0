"""Which objects a test leaves out: `isinstance` those of classes that have nothing to do with the one it names, its
negation those of that class, a failed `hasattr` those whose class has the attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.protocols import is_protocol

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.types import TypeQuery


def leaves_out(query: TypeQuery, code: Code, annotation: ir.Expr, owner: str) -> bool:
    """Whether no instance of class `owner` comes through the test."""
    if annotation.kind == "lacks":
        return query.program.find(owner, annotation.text) is not None
    refused = annotation.kind == "not"
    named = _named(query, code, annotation.args[0] if refused else annotation)
    if refused:
        return any(name in query.members.library.line(owner) for name in named)
    return bool(named) and not any(_meet(query, owner, name) for name in named)


def _meet(query: TypeQuery, owner: str, name: str) -> bool:
    """Whether something can be an instance of both classes."""
    line = query.members.library.line
    return any(name in line(each) for each in (owner, *query.program.heirs(owner))) or owner in line(name)


def _named(query: TypeQuery, code: Code, annotation: ir.Expr) -> list[str]:
    """The classes that a test names; none if one of them is not known."""
    found: list[str] = []
    module, scope = query.scope(code)
    for expr in annotation.args if annotation.kind == "or" else (annotation,):
        types = query.annotations.types(module, scope, expr)
        if not types or any(t.kind != "obj" or not _is_told(query, t.name) for t in types):
            return []
        found += [t.name for t in types]
    return found


def _is_told(query: TypeQuery, name: str) -> bool:
    """A class whose instances are those of its heirs: nothing tells that of a protocol, or of a library's class."""
    return name.startswith("builtins.") or (name in query.program.classes and not is_protocol(query.program, name))
