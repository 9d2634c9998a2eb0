"""Calls that say what a class is for: `admin.site.register(Person, PersonAdmin)`, `@admin.register(Person)`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from privlint.analysis.terms import Types, obj, union

if TYPE_CHECKING:
    from privlint import ir
    from privlint.analysis.code import Code
    from privlint.analysis.types import TypeQuery
    from privlint.models import CallableModel

Stated = dict[tuple[str, str], Types]
"""(class, attribute) -> instances of the class that a call states it to hold."""


class Registrations:
    def __init__(self, query: TypeQuery) -> None:
        self._query = query
        self._program = query.program
        models = query.models.callables
        self._stating = {name: model for name, model in models.items() if model.states}
        self._lasts = {name.rpartition(".")[2] for name in self._stating}

    def of(self, owner: str, name: str) -> Types:
        return union(self.by_decorators(owner, name), self._by_calls.get((owner, name), ()))

    def by_decorators(self, owner: str, name: str) -> Types:
        return self._by_decorators.get((owner, name), ())

    @cached_property
    def _by_decorators(self) -> Stated:
        found: Stated = {}
        for class_id in sorted(self._program.classes) if self._lasts else ():
            record = self._program.classes[class_id]
            for expr in record.definition.decorators:
                text = expr.args[0].text if expr.kind == "call" and expr.args else ""
                known = self._program.resolve(record.module, text) if text.rpartition(".")[2] in self._lasts else None
                model = self._stating.get(known.name) if known is not None else None
                if model is not None:
                    self._add(found, class_id, model, self._query.members.stated.arguments(record.module, expr, model))
        return found

    @cached_property
    def _by_calls(self) -> Stated:
        """Calls in the bodies of modules alone: that is where classes are registered."""
        found: Stated = {}
        names = tuple(sorted(self._lasts))
        units = {unit for name in names for unit in self._program.lookups.calling(name) if unit.endswith(":")}
        for unit in sorted(units):
            code = self._query.units.code(unit)
            for call in code.calls_of(names):
                self._call(found, code, call)
        return found

    def _call(self, found: Stated, code: Code, call: ir.Call) -> None:
        from privlint.analysis.arguments import argument_value

        for term in self._query.of(code, call.func):
            model = self._stating.get(term.name) if term.kind == "ext" else None
            if model is None or not model.of:
                continue
            given = {p: self._query.of(code, argument_value(call, model.params, p)) for p in model.params}
            given |= {str(number): given[p] for number, p in enumerate(model.params)}
            for owner in given[model.of]:
                if owner.kind == "class":
                    self._add(found, owner.name, model, given)

    def _add(self, found: Stated, owner: str, model: CallableModel, given: dict[str, Types]) -> None:
        def argument(_kind: str, place: str) -> Types:
            return tuple(obj(t.name) if t.kind in ("class", "ext") else t for t in given.get(place, ()))

        for name, text in model.states.items():
            types = self._query.members.library.types(text, None, "", argument)
            found[owner, name] = union(found.get((owner, name), ()), types)
