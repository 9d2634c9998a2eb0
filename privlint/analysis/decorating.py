"""What is given to a function by decorating with it: `@hook`, or `@named("x")` where calling it makes the decorator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.bounds import MAX_OVERRIDES
from privlint.analysis.terms import Type

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.program import Function
    from privlint.analysis.types import TypeQuery


class Decorating:
    def __init__(self, query: TypeQuery) -> None:
        self._query = query
        self._program = query.program
        self._decorators: dict[str, bool] = {}

    def given(self, code: Code, value: int, key: int) -> list[tuple[str | int | None, Type]]:
        """Functions and classes that a parameter, the value, stands for since they are decorated with its function;
        with the constant that the decorator's call gives for `key`, a captured parameter of what made it."""
        instr = code.code[code.original(value)]
        function = self._program.functions.get(code.unit)
        if not isinstance(instr, ir.Param) or function is None:
            return []
        bound = 1 if function.owner and not self._query.members.kinds.is_static(function) else 0
        if instr.index != (0 if code.body else bound):
            return []
        found = [
            (self._named(function, expr, code, key, bound), term)
            for term, expr in self._decorated(function)
            if (expr.kind == "call") is bool(code.body)
        ]
        return found if len(found) <= MAX_OVERRIDES else []

    def is_decorator(self, unit: str) -> bool:
        """Whether anything in the program is decorated with a function, or with what it makes."""
        found = self._decorators.get(unit)
        if found is None:
            function = self._program.functions.get(unit)
            found = self._decorators[unit] = function is not None and any(
                True for _ in self._decorated(function, methods=True)
            )
        return found

    def _decorated(self, function: Function, *, methods: bool = False) -> Iterator[tuple[Type, ir.Expr]]:
        """What is decorated, with the decorator; `methods` too, and functions inside of functions."""
        members, lookups = self._query.members, self._program.lookups
        for name in lookups.called_too(function.name):
            for decorated in lookups.decorated_functions(name):
                names = members.kinds.decorators(decorated)
                for expr, known in zip(decorated.definition.decorators, names, strict=True):
                    if known == function.id and (methods or not (decorated.definition.parent or decorated.owner)):
                        yield Type("func", decorated.id), expr
            for record in lookups.decorated_classes(name):
                scope = record.definition.qualname.rpartition(".")[0]
                for expr in record.definition.decorators:
                    if members.kinds.callable_name(record.module, scope, expr) == function.id:
                        yield Type("class", record.id), expr

    def _named(self, function: Function, expr: ir.Expr, code: Code, key: int, bound: int) -> str | int | None:
        """What the decorator's call gives for the captured parameter `key`."""
        instr = code.code[key] if key >= 0 else None
        if not isinstance(instr, ir.Cell) or instr.body or expr.kind != "call":
            return None
        names = [param.name for param in function.definition.params][bound:]
        if instr.name not in names:
            return None
        keywords = {arg.text: arg.args[0] for arg in expr.args[1:] if arg.kind == "kw" and arg.args}
        plain = [arg for arg in expr.args[1:] if arg.kind != "kw"]
        place = names.index(instr.name)
        given = keywords.get(instr.name) or (plain[place] if place < len(plain) else None)
        known = given.value if given is not None and given.kind == "const" else None
        return known if isinstance(known, str | int) else None
