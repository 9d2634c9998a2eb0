"""Types of expressions that the index holds: values of fields and module variables, without lowering their body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.analysis.getters import BY_ARGUMENTS
from privlint.analysis.terms import BOOL, FLOAT, INT, SCALARS, STR, Type, Types, mapping, obj, sequence, union

if TYPE_CHECKING:
    from privlint import ir
    from privlint.analysis.types import TypeQuery

_PLACES = ("arg:", "value:", "elem:", "call:", "row:", "attr:", "owner", "Self", "$")


class Evaluation:
    def __init__(self, query: TypeQuery) -> None:
        self._query = query

    def types(self, module: str, scope: str, expr: ir.Expr) -> Types | None:
        """Types of `expr`, written in `scope` of `module`; None: the index does not tell, the body has to be read."""
        if expr.kind == "const":
            return {bool: BOOL, int: INT, float: FLOAT, str: STR}.get(type(expr.value), ())
        if expr.kind == "seq":
            return self._display(module, scope, expr)
        if expr.kind == "dict" and not expr.args:
            return mapping((), ())
        if expr.kind == "name":
            return self._named(module, scope, expr.text)
        if expr.kind == "call" and expr.args and expr.args[0].kind == "name":
            return self._called(self._named(module, scope, expr.args[0].text))
        return None

    def loosely(self, module: str, scope: str, expr: ir.Expr) -> Types:
        """Types of a name or of a chain of calls (`Person.objects.filter(active=True)`), whatever the arguments are."""
        if expr.kind == "name":
            return self._named(module, scope, expr.text) or ()
        if not expr.args:
            return ()
        base = self.loosely(module, scope, expr.args[0])
        members = self._query.members
        if expr.kind == "attr":
            return members.attribute(base, expr.text)
        if expr.kind != "call":
            return ()
        made = tuple(obj(term.name) for term in base if term.kind == "class")
        return union(made, *(members.results.called_without(t) for t in base if t.kind in ("func", "bound", "ext")))

    def _display(self, module: str, scope: str, expr: ir.Expr) -> Types | None:
        found = [self.types(module, scope, item) for item in expr.args]
        if expr.text == "tuple" or any(item is None for item in found):
            return None
        items = [item for item in found if item is not None]
        return self._query.placing.list_of(items) if expr.text == "list" else sequence(union(*items))

    def _named(self, module: str, scope: str, text: str) -> Types | None:
        head, *rest = text.split(".")
        symbol = self._query.program.resolve(module, text, scope)
        first = self._query.program.resolve(module, head, scope)
        of_class = symbol is not None and symbol.kind == "external" and first is not None and first.kind == "class"
        if symbol is not None and symbol.kind != "variable" and not of_class:
            return self._query.symbol(symbol)
        if first is None:
            return None
        types = self._query.symbol(first)
        for name in rest:
            types = self._query.members.attribute(types, name)
        return types or None

    def _called(self, callees: Types | None) -> Types | None:
        if not callees:
            return None
        found: list[Type] = []
        for callee in callees:
            if callee.kind == "class":
                found.append(obj(callee.name, exact=True))
            elif callee.kind == "func":
                found += self._query.returned(callee.name)
            elif callee.kind == "ext":
                made = self._made(callee)
                if made is None:
                    return None
                found += made
            else:
                return None
        return union(found)

    def _made(self, callee: Type) -> Types | None:
        """What a library callable gives when its arguments do not matter."""
        members = self._query.members
        model = members.library.model(callee.name)
        if callee.name in members.library.keyed or callee.name in members.library.by_keyword:
            return None
        if callee.name in BY_ARGUMENTS:
            return None
        if callee.receiver is not None or (model is not None and model.record):
            return None
        if model is None:
            known = callee.name.startswith("builtins.")
            return None if known else (obj(callee.name),)
        if not model.returns:
            return () if model.clean or callee.name in SCALARS else (obj(callee.name),)
        if any(place in model.returns for place in _PLACES):
            return None
        return members.library.types(model.returns, None, "", None)
