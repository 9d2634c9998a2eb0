"""Library models, looked up along the classes that code inherits from, and their types read in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from privlint.analysis.program import Program
from privlint.analysis.terms import Type, Types, fixed_tuple, mapping, obj, sequence, union
from privlint.knowledge.ports import TypeExpr, parse_type
from privlint.models import AttributeModel, CallableModel, ClassModel, Models

Argument = Callable[[str, str], Types]
"""(kind, name or position) -> types: what "arg:0", "value:0", "elem:0", "call:0" mean at one call."""


class LibraryQuery:
    def __init__(self, program: Program, models: Models) -> None:
        self._program = program
        self._models = models
        self._lines: dict[str, tuple[str, ...]] = {}
        prefixes = (name.partition('("')[0] for name in models.callables if '("' in name)
        self.keyed = frozenset(prefixes)  # callables whose first argument decides what they return

    def line(self, name: str) -> tuple[str, ...]:
        """`name` and every class it inherits from, of the project and of libraries, in method resolution order."""
        found = self._lines.get(name)
        if found is None:
            found = self._lines[name] = tuple(dict.fromkeys(self._ancestors(name, set())))
        return found

    def _ancestors(self, name: str, seen: set[str]) -> Iterator[str]:
        if name in seen:
            return
        seen.add(name)
        record = self._program.classes.get(name)
        if record is not None:
            for base in record.mro:
                yield base
                if base not in self._program.classes:
                    yield from self._ancestors(base, seen)
            return
        yield name
        model = self._models.classes.get(name)
        for base in model.bases if model else ():
            yield from self._ancestors(base, seen)

    def inherits(self, name: str, base: str) -> bool:
        return base in self.line(name)

    def class_models(self, name: str) -> Iterator[ClassModel]:
        for ancestor in self.line(name):
            model = self._models.classes.get(ancestor)
            if model is not None:
                yield model

    def callable(self, owner: str, name: str) -> tuple[str, CallableModel] | None:
        """The model of method `name` of class `owner`, with the qualified name it was found under."""
        for ancestor in self.line(owner):
            model = self._models.callables.get(f"{ancestor}.{name}")
            if model is not None:
                return f"{ancestor}.{name}", model
        return None

    def attribute(self, owner: str, name: str) -> AttributeModel | None:
        for wanted in (name, "*"):
            for ancestor in self.line(owner):
                model = self._models.attributes.get((ancestor, wanted))
                if model is not None:
                    return model
        return None

    def types(self, text: str, receiver: Type | None, owner: str, argument: Argument | None) -> Types:
        """The types that a model's text names, seen from `receiver` (whose class is `owner`)."""
        return self._read(parse_type(text), receiver, owner, argument) if text else ()

    def _read(self, expr: TypeExpr, receiver: Type | None, owner: str, argument: Argument | None) -> Types:
        def inner(item: TypeExpr) -> Types:
            return self._read(item, receiver, owner, argument)

        if expr.kind == "union":
            return union(*(inner(item) for item in expr.args))
        if expr.kind == "self":
            return (receiver,) if receiver else ()
        if expr.kind == "owner":
            return (obj(owner),) if owner else ()
        if expr.kind == "param":
            position = int(expr.name)
            return receiver.args[position] if receiver and position < len(receiver.args) else ()
        if expr.kind in ("arg", "value", "elem", "call"):
            return argument(expr.kind, expr.name) if argument else ()
        return self._class(expr, [inner(item) for item in expr.args])

    def _class(self, expr: TypeExpr, inner: list[Types]) -> Types:
        first = inner[0] if inner else ()
        if expr.name == "type":
            return tuple(Type("class" if t.name in self._program.classes else "ext", t.name) for t in first)
        if expr.name in ("list", "iter", "set", "frozenset"):
            return sequence(first)
        if expr.name == "dict":
            return mapping(first, inner[1] if len(inner) > 1 else ())
        if expr.name == "tuple":
            return fixed_tuple(inner)
        if expr.name in ("none", "None", "Any", "any"):
            return ()
        name = expr.name if "." in expr.name else f"builtins.{expr.name}"
        return (obj(name, *inner),)
