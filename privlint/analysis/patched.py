"""Functions that the program puts in the place of others: `Card.text = loud`, `mailing.send = quiet`.

Who put it there, and whether that has happened yet, is not asked: both may be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.bounds import MAX_STORERS
from privlint.analysis.terms import CALLABLES, Type, Types, union

if TYPE_CHECKING:
    from privlint.analysis.program import Symbol
    from privlint.analysis.types import TypeQuery


class Patched:
    def __init__(self, query: TypeQuery) -> None:
        self._query = query
        self._program = query.program

    def methods(self, term: Type, name: str) -> Types:
        """What is stored under `name` in a class that `term` has methods of, bound to it if it is an object."""
        found = union(*(self._stored("class", owner, name) for owner in self._program.classes[term.name].mro))
        if term.kind != "obj":
            return found
        return tuple(Type("bound", t.name, receiver=term) if t.kind == "func" else t for t in found)

    def functions(self, module: str, name: str) -> Types:
        """What is stored under `name` in a module from outside of it."""
        return self._stored("module", module, name)

    def _stored(self, kind: str, owner: str, name: str) -> Types:
        return self._query.ask(("patched", kind, owner, name), lambda: self._find(kind, owner, name))

    def _find(self, kind: str, owner: str, name: str) -> Types:
        units: dict[str, None] = {}
        for module, use in self._program.lookups.storing(name):
            symbol = self._symbol(module, use.unit, use.receiver)
            if symbol is not None and (symbol.kind, symbol.name) == (kind, owner):
                units.update(dict.fromkeys(self._program.lookups.ids(module, use.unit)))
        if len(units) > MAX_STORERS:
            return ()
        self._query.units.prepare(list(units))
        found: list[Types] = []
        for unit in units:
            for code in self._query.units.codes(unit):
                for store in code.code:
                    if isinstance(store, ir.Store) and store.attr == name and store.value >= 0:
                        bases = self._query.of(code, store.base)
                        if any((base.kind, base.name) == (kind, owner) for base in bases):
                            found.append(self._query.of(code, store.value))
        return tuple(term for term in union(*found) if term.kind in CALLABLES)

    def _symbol(self, module: str, unit: str, receiver: str) -> Symbol | None:
        plain = bool(receiver) and all(part.isidentifier() for part in receiver.split("."))
        return self._program.resolve(module, receiver, unit) if plain else None
