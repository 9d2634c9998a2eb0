"""Annotations and other expressions outside of bodies, read as types."""

from __future__ import annotations

from collections.abc import Mapping

from privlint import ir
from privlint.analysis.bounds import MAX_TYPE_ARGS_DEPTH
from privlint.analysis.program import Program, Symbol
from privlint.analysis.terms import Type, Types, class_of, fixed_tuple, mapping, obj, sequence, set_of, union
from privlint.models import Models

_TRANSPARENT = frozenset(
    f"{module}.{name}"
    for module in ("typing", "typing_extensions", "dataclasses")
    for name in (
        "Annotated",
        "ClassVar",
        "Final",
        "Optional",
        "Required",
        "NotRequired",
        "ReadOnly",
        "InitVar",
        "Awaitable",
        "Coroutine",
        "TypeGuard",
    )
) | {"collections.abc.Awaitable"}
_UNIONS = frozenset({"typing.Union", "typing_extensions.Union"})
_SEQUENCES = frozenset(
    {f"typing.{n}" for n in ("List", "Set", "FrozenSet", "Sequence", "Iterable", "Iterator", "Collection", "Deque")}
    | {f"typing.{n}" for n in ("Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator", "MutableSequence")}
    | {f"typing.{n}" for n in ("AbstractSet", "MutableSet")}
    | {f"collections.abc.{n}" for n in ("Sequence", "Iterable", "Iterator", "Collection", "Set", "MutableSequence")}
    | {f"collections.abc.{n}" for n in ("Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator", "MutableSet")}
    | {f"builtins.{n}" for n in ("list", "set", "frozenset")}
    | {"collections.deque"}
)
_SETS = frozenset(name for name in _SEQUENCES if name.rpartition(".")[2].lower().endswith("set"))
_MAPPINGS = frozenset(
    {f"typing.{n}" for n in ("Dict", "Mapping", "MutableMapping", "DefaultDict", "OrderedDict")}
    | {f"collections.abc.{n}" for n in ("Mapping", "MutableMapping")}
    | {"builtins.dict", "collections.defaultdict", "collections.OrderedDict"}
)
_TUPLES = frozenset({"typing.Tuple", "builtins.tuple"})
_CLASSES = frozenset({"typing.Type", "builtins.type"})
_NOTHING = frozenset(
    {
        "typing.Any",
        "typing.Callable",
        "collections.abc.Callable",
        "builtins.object",
        "typing.Literal",
        "typing.NoReturn",
    }
    | {"typing_extensions.Literal", "typing.TypeVar", "typing.Hashable"}
)
_SELF = frozenset({"typing.Self", "typing_extensions.Self"})


class Annotations:
    def __init__(self, program: Program, models: Models) -> None:
        self._program = program
        self._wrappers = frozenset(name for name, model in models.classes.items() if model.role == "wrapper")
        self._memo: dict[tuple[str, str, ir.Expr], Types] = {}
        self._bindings: Mapping[str, Types] = {}

    def types(self, module: str, scope: str, expr: ir.Expr | None) -> Types:
        """Instances of what `expr`, an annotation in `scope` of `module`, names; empty if that is nothing known."""
        if expr is None:
            return ()
        key = (module, scope, expr)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._types(module, scope, expr, 0)
        return found

    def substituted(self, module: str, scope: str, expr: ir.Expr | None, bindings: Mapping[str, Types]) -> Types:
        """As `types`, where type variables are known to stand for something."""
        if expr is None:
            return ()
        outer, self._bindings = self._bindings, bindings
        found = self._types(module, scope, expr, 0)
        self._bindings = outer
        return found

    def _types(self, module: str, scope: str, expr: ir.Expr, depth: int) -> Types:
        if depth > MAX_TYPE_ARGS_DEPTH:
            return ()
        if expr.kind == "or":
            return union(*(self._types(module, scope, arg, depth + 1) for arg in expr.args))
        if expr.kind == "name":
            return self._named(module, scope, expr.text, depth)
        if expr.kind == "sub" and expr.args and expr.args[0].kind == "name":
            return self._subscript(module, scope, expr, depth)
        return ()

    def _named(self, module: str, scope: str, text: str, depth: int) -> Types:
        if text in self._bindings:
            return self._bindings[text]
        symbol = self._program.resolve(module, text, scope)
        if symbol is None:
            return ()
        if symbol.kind == "class":
            return (obj(symbol.name),)
        if symbol.kind == "external":
            return self._external(scope, module, symbol.name)
        return self._alias(symbol, depth) if symbol.kind == "variable" else ()

    def _external(self, scope: str, module: str, name: str) -> Types:
        if name in _SELF:
            owner = f"{module}.{scope.rpartition('.')[0]}"
            return (obj(owner),) if owner in self._program.classes else ()
        if name in _NOTHING or name == "builtins.None":
            return ()
        if name in _SEQUENCES:
            return set_of(()) if name in _SETS else sequence(())
        if name in _MAPPINGS:
            return mapping((), ())
        return (obj(name),)

    def _alias(self, symbol: Symbol, depth: int) -> Types:
        module, _, variable = symbol.name.partition(":")
        for field in self._program.modules[module].index.fields:
            if field.where == "module" and field.name == variable and field.value is not None:
                value = field.value
                if value.kind == "call" and len(value.args) > 2 and value.args[0].text.endswith("NewType"):
                    value = value.args[2]
                return self._types(module, "", value, depth + 1)
        return ()

    def _subscript(self, module: str, scope: str, expr: ir.Expr, depth: int) -> Types:
        symbol = self._program.resolve(module, expr.args[0].text, scope)
        name = symbol.name if symbol else ""
        inner = [self._types(module, scope, arg, depth + 1) for arg in expr.args[1:]]
        first = inner[0] if inner else ()
        if name in _TRANSPARENT or name in self._wrappers:
            return inner[-1] if name.endswith("Coroutine") else first
        if name in _UNIONS:
            return union(*inner)
        if name in _SEQUENCES:
            return set_of(first) if name in _SETS else sequence(first)
        if name in _MAPPINGS:
            return mapping(first, inner[1] if len(inner) > 1 else ())
        if name in _TUPLES:
            variadic = len(expr.args) == 3 and expr.args[2].kind == "other"
            return sequence(first) if variadic else fixed_tuple(inner)
        if name in _CLASSES:
            return tuple(class_of(t.name) if t.name in self._program.classes else Type("ext", t.name) for t in first)
        if symbol is None or name in _NOTHING:
            return ()
        if symbol.kind == "variable":
            return self._alias(symbol, depth)
        return (obj(name, *inner),) if symbol.kind in ("class", "external") else ()
