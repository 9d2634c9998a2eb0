"""Functions that choose among others by the class of their argument: `functools.singledispatch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from privlint import ir
    from privlint.analysis.program import Function
    from privlint.analysis.terms import Types
    from privlint.analysis.types import TypeQuery

_REGISTER = "register"


class Dispatching:
    def __init__(self, query: TypeQuery) -> None:
        self._query = query
        self._program = query.program
        self._known: dict[str, tuple[tuple[str, Types], ...]] = {}

    def chosen(self, unit: str, given: Types) -> tuple[str, ...]:
        """The functions that a call of `unit` runs, if it is one that dispatches; `given` is what its first argument
        may be. Nothing for others, and for an argument that only `unit` itself is there for."""
        registered = self._registered(unit)
        names = [term.name for term in given if term.kind == "obj"]
        if not registered or (given and not names):
            return ()
        inherits = self._query.members.library.inherits
        fitting = [
            function
            for function, types in registered
            if not names or any(inherits(name, term.name) for name in names for term in types)
        ]
        return tuple(dict.fromkeys(fitting))

    def _registered(self, unit: str) -> tuple[tuple[str, Types], ...]:
        """(function, classes that it is for) of every function that is registered with a function that dispatches."""
        found = self._known.get(unit)
        if found is None:
            function = self._program.functions.get(unit)
            decorated = function is not None and bool(function.definition.decorators)
            found = self._known[unit] = tuple(self._find(function)) if decorated and function is not None else ()
        return found

    def _find(self, function: Function) -> list[tuple[str, Types]]:
        members = self._query.members
        models = (members.models.callables.get(name) for name in members.kinds.decorators(function))
        if not any(model is not None and model.decorates == "dispatch" for model in models):
            return []
        return [
            (other.id, self._classes(decorator, other))
            for other in self._program.lookups.decorated_functions(_REGISTER)
            for decorator in other.definition.decorators
            if self._is_for(decorator, other, function)
        ]

    def _is_for(self, decorator: ir.Expr, other: Function, function: Function) -> bool:
        """`@text.register`, with or without the class, where `text` is the function."""
        named = decorator.args[0] if decorator.kind == "call" and decorator.args else decorator
        text, _, last = named.text.rpartition(".")
        scope = other.definition.qualname.rpartition(".")[0]
        if last != _REGISTER or text.rpartition(".")[2] != function.name:
            return False
        if function.owner and other.owner == function.owner:
            return text == function.name
        symbol = self._program.resolve(other.module, text, scope)
        return symbol is not None and symbol.kind == "function" and symbol.name == function.id

    def _classes(self, decorator: ir.Expr, function: Function) -> Types:
        given = decorator.args[1:] if decorator.kind == "call" else ()
        position = 1 if function.owner else 0
        params = function.definition.params
        annotation = given[0] if given else params[position].annotation if len(params) > position else None
        return self._query.annotations.types(function.module, function.definition.qualname, annotation)
