"""Parameters whose default or annotation tells the framework what to call for their value:
`user=Depends(current_user)`, `user: Annotated[User, Depends(current_user)]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.terms import Type, Types, obj, union

if TYPE_CHECKING:
    from privlint.analysis.program import Function
    from privlint.analysis.types import TypeQuery

Taker = tuple[str, int]
"""A function's id and the number of its parameter."""


class Injected:
    def __init__(self, query: TypeQuery) -> None:
        self._query = query
        self._program = query.program
        self._models = {
            name: model.params[0]
            for name, model in query.models.callables.items()
            if model.returns == "call:0" and model.params and f"{model.params[0]}() -> return" in model.calls
        }
        self._takers: dict[tuple[str, int], list[Taker]] | None = None

    def types(self, function: Function, default: ir.Expr | None) -> Types:
        """What a parameter of `function` with this default is given."""
        found = self._dependencies(function, default)
        return union(*(self._given(term) for term in found)) if found else ()

    def takers(self, unit: str, body: int) -> list[Taker]:
        """The parameters that get what a body returns."""
        if self._takers is None:
            self._takers = self._find_takers()
        return self._takers.get((unit, body), [])

    def is_generator(self, unit: str, body: int) -> bool:
        """Whether a dependency gives its value by `yield`."""
        return any(isinstance(instr, ir.Yield) for instr in self._query.units.code(unit, body).code)

    def units(self) -> list[str]:
        """Functions that have such a parameter."""
        self.takers("", 0)
        return sorted({function for takers in (self._takers or {}).values() for function, _ in takers})

    def _find_takers(self) -> dict[tuple[str, int], list[Taker]]:
        found: dict[tuple[str, int], list[Taker]] = {}
        for unit, function in sorted(self._program.functions.items()) if self._models else ():
            for number, param in enumerate(function.definition.params):
                terms = self._dependencies(function, param.default)
                for term in terms or self._annotated(function, param.annotation):
                    for called in self._bodies(term):
                        found.setdefault(called, []).append((unit, number))
        return found

    def _annotated(self, function: Function, annotation: ir.Expr | None) -> Types:
        """The callables that the metadata of an annotation names, there or behind the name of a type."""
        scope = function.definition.qualname.rpartition(".")[0]
        home, named = function.module, annotation
        if annotation is not None and annotation.kind == "name":
            symbol = self._program.resolve(home, annotation.text, scope)
            home, _, name = symbol.name.partition(":") if symbol and symbol.kind == "variable" else ("", "", "")
            fields = self._program.modules[home].index.fields if home in self._program.modules else ()
            named, scope = next((f.value for f in fields if f.where == "module" and f.name == name), None), ""
        if named is None or named.kind != "sub" or named.args[0].text.rpartition(".")[2] != "Annotated":
            return ()
        return union(*(self._called(home, scope, each) for each in named.args[2:]))

    def _dependencies(self, function: Function, default: ir.Expr | None) -> Types:
        """The callables that a default names, as types."""
        scope = function.definition.qualname.rpartition(".")[0]
        return self._called(function.module, scope, default) if default is not None else ()

    def _called(self, module: str, scope: str, made: ir.Expr) -> Types:
        if made.kind != "call" or not self._models or made.args[0].kind != "name":
            return ()
        symbol = self._program.resolve(module, made.args[0].text, scope)
        param = self._models.get(symbol.name) if symbol is not None and symbol.kind == "external" else None
        if param is None:
            return ()
        given = [arg for arg in made.args[1:] if arg.kind != "kw"]
        given += [arg.args[0] for arg in made.args[1:] if arg.kind == "kw" and arg.text == param]
        return self._query.evaluation.types(module, scope, given[0]) or () if given else ()

    def _bodies(self, term: Type) -> list[tuple[str, int]]:
        if term.kind in ("func", "bound"):
            return [(term.name, 0)]
        if term.kind == "closure":
            return [(term.name, term.body)]
        if term.kind == "obj" and term.name in self._program.classes:
            called = self._program.find(term.name, "__call__")
            return [(called.function, 0)] if called is not None and called.function else []
        return []

    def _given(self, term: Type) -> Types:
        if term.kind == "class":
            return (obj(term.name, exact=True),)
        found: list[Types] = []
        for unit, body in self._bodies(term):
            given = self._query.returned(unit, body)
            if self.is_generator(unit, body):
                given = union(*(self._query.members.element(each) for each in given))
            found.append(given)
        return union(*found)
