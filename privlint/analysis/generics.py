"""Type variables: what they stand for on one receiver, or at one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from privlint import ir
from privlint.analysis.terms import Type, Types, obj, union

if TYPE_CHECKING:
    from privlint.analysis.expressions import Annotations
    from privlint.analysis.program import Function, Program

Bindings: TypeAlias = Mapping[str, Types]

_MAX_BASES = 8
_DECLARING = ("Generic", "Protocol")
_UNIONS = frozenset({"typing.Union", "typing.Optional"})
_CLASSES = frozenset({"typing.Type", "builtins.type"})


class Generics:
    def __init__(self, program: Program, annotations: Annotations) -> None:
        self._program = program
        self._annotations = annotations
        self._parameters: dict[str, tuple[str, ...]] = {}
        self._returns: dict[str, bool] = {}

    # ----------------------------------------------------------------------------------------------------- variables

    def variables(self, module: str, scope: str, expr: ir.Expr | None) -> Iterator[str]:
        """Type variables that an annotation names, in order: a `TypeVar`, or a name that nothing else defines (a type
        parameter in the syntax of Python 3.12)."""
        if expr is None:
            return
        if expr.kind == "name" and self._is_variable(module, scope, expr.text):
            yield expr.text
        for arg in expr.args:
            yield from self.variables(module, scope, arg)

    def _is_variable(self, module: str, scope: str, text: str) -> bool:
        if "." in text:
            return False
        symbol = self._program.resolve(module, text, scope)
        if symbol is None:
            return text[:1].isupper()
        if symbol.kind != "variable":
            return False
        home, _, name = symbol.name.partition(":")
        values = (f.value for f in self._program.modules[home].index.fields if f.where == "module" and f.name == name)
        return any(v is not None and v.kind == "call" and v.args[0].text.endswith("TypeVar") for v in values)

    def parameters(self, class_id: str) -> tuple[str, ...]:
        """Type parameters of a class in order: those of `Generic[...]`, else those of its other bases, else those that
        its own annotations name."""
        found = self._parameters.get(class_id)
        if found is None:
            found = self._parameters[class_id] = tuple(dict.fromkeys(self._find_parameters(class_id)))
        return found

    def _find_parameters(self, class_id: str) -> list[str]:
        record = self._program.classes[class_id]
        scope = record.definition.qualname
        bases = [base for base in record.definition.bases if base.kind == "sub" and base.args]
        declaring = [b for b in bases if b.args[0].text.rpartition(".")[2] in _DECLARING]
        named = [v for base in declaring or bases for v in self.variables(record.module, scope, base)]
        if named or bases:
            return named
        exprs: list[ir.Expr | None] = [f.annotation for fields in record.fields.values() for f in fields]
        for unit in record.methods.values():
            definition = self._program.functions[unit].definition
            exprs += [*(param.annotation for param in definition.params), definition.returns]
        return [v for expr in exprs for v in self.variables(record.module, scope, expr)]

    # ------------------------------------------------------------------------------------------------------ bindings

    def on(self, term: Type, owner: str, depth: int = 0) -> Bindings:
        """What the type parameters of class `owner` stand for on an instance of `term`, which inherits from it."""
        record = self._program.classes.get(term.name)
        if record is None or depth > _MAX_BASES:
            return {}
        own = dict(zip(self.parameters(term.name), term.args, strict=False)) if term.args else {}
        if term.name == owner:
            return own
        for base in record.definition.bases:
            if base.kind != "sub":
                continue
            for inner in self._annotations.substituted(record.module, record.definition.qualname, base, own):
                if self._program.is_subclass(inner.name, owner):
                    return self.on(inner, owner, depth + 1)
        return {}

    def returns_variable(self, function: Function) -> bool:
        """Whether the annotation of the result names a type variable."""
        found = self._returns.get(function.id)
        if found is None:
            definition = function.definition
            names = self.variables(function.module, definition.qualname, definition.returns)
            found = self._returns[function.id] = next(names, "") != ""
        return found

    def learnt(self, module: str, scope: str, expr: ir.Expr, given: Types) -> dict[str, Types]:
        """What an argument of types `given` tells of the type variables in its parameter's annotation."""
        if expr.kind == "name":
            return {expr.text: given} if given and self._is_variable(module, scope, expr.text) else {}
        if expr.kind == "or":
            return self._learnt(module, scope, expr.args, [given] * len(expr.args))
        if expr.kind != "sub" or len(expr.args) < 2:
            return {}
        symbol = self._program.resolve(module, expr.args[0].text, scope)
        name = symbol.name if symbol is not None else ""
        inner = expr.args[1:]
        if name in _UNIONS:
            return self._learnt(module, scope, inner, [given] * len(inner))
        if name in _CLASSES:
            made = union(obj(t.name) for t in given if t.kind in ("class", "ext"))
            return self._learnt(module, scope, inner, [made])
        held = [union(*(t.args[n] for t in given if n < len(t.args) and t.attr != "fixed")) for n in range(len(inner))]
        return self._learnt(module, scope, inner, held)

    def _learnt(self, module: str, scope: str, exprs: tuple[ir.Expr, ...], given: list[Types]) -> dict[str, Types]:
        found: dict[str, Types] = {}
        for expr, types in zip(exprs, given, strict=False):
            for name, inner in self.learnt(module, scope, expr, types).items():
                found.setdefault(name, inner)
        return found
