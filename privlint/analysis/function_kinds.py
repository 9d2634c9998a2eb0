"""What kind of function one is, as its decorators, its class and the models of libraries tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.analysis.symbols import decorator_name

if TYPE_CHECKING:
    from privlint import ir
    from privlint.analysis.members import Members
    from privlint.analysis.program import Function
    from privlint.models import ClassModel

_PROPERTIES = frozenset({"builtins.property", "functools.cached_property", "abc.abstractproperty"})
_CONTEXT_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})


class FunctionKinds:
    def __init__(self, members: Members) -> None:
        self._members = members
        self._program = members.program
        self._models = members.models
        self._found: dict[str, tuple[str, ...]] = {}
        self._uses: dict[str, tuple[ClassModel, ...]] = {}

    def decorators(self, function: Function) -> tuple[str, ...]:
        """Qualified names of a function's decorators, outermost first ("" for what is no name)."""
        found = self._found.get(function.id)
        if found is None:
            self._found[function.id] = ()  # a decorator that is found through the function itself is no name
            scope = function.definition.qualname.rpartition(".")[0]
            names = (self.callable_name(function.module, scope, expr) for expr in function.definition.decorators)
            found = self._found[function.id] = tuple(names)
        return found

    def callable_name(self, module: str, scope: str, expr: ir.Expr) -> str:
        """The qualified name of what an expression outside of bodies names, through objects too (`app.route`)."""
        text = decorator_name(expr)
        if not text:
            return ""
        symbol = self._program.resolve(module, text, scope)
        head, *rest = text.split(".")
        first = self._program.resolve(module, head, scope) if rest else None
        made = first is not None and first.kind == "variable"  # by a function of a library: its result has a type
        if symbol is not None and symbol.kind != "variable" and (not made or self._members.library.model(symbol.name)):
            return symbol.name
        types = self._members.query.symbol(first if rest else symbol)
        for name in rest:
            types = self._members.attribute(types, name)
        return types[0].name if types else symbol.name if symbol is not None and symbol.kind != "variable" else ""

    def is_static(self, function: Function) -> bool:
        return "builtins.staticmethod" in self.decorators(function)

    def is_class_method(self, function: Function) -> bool:
        name = function.definition.qualname.rpartition(".")[2]
        return "builtins.classmethod" in self.decorators(function) or name in ("__new__", "__init_subclass__")

    def is_property(self, function: Function) -> bool:
        return any(name in _PROPERTIES or self._makes_property(name) for name in self.decorators(function))

    def _makes_property(self, decorator: str) -> bool:
        model = self._models.callables.get(decorator)
        return model is not None and model.decorates == "property"

    def is_context_manager(self, function: Function) -> bool:
        return any(name in _CONTEXT_MANAGERS for name in self.decorators(function))

    def responds(self, function: Function) -> bool:
        """Whether a framework sends what the function returns to whoever asked."""
        for name in self.decorators(function):
            model = self._members.library.model(name)
            if model is not None and model.response:
                return True
        name = function.definition.qualname.rpartition(".")[2]
        models = self._members.library.class_models(function.owner) if function.owner else ()
        if any(model.response and name in model.entry for model in models) or self.shows(function):
            return True
        return self._members.stated.fills(function) is not None

    def shows(self, function: Function, *, mixed_in: bool = True) -> bool:
        """Whether the method gives names or objects for a template; `mixed_in`: in a class that it is mixed into."""
        models = self._used_as(function.owner) if mixed_in else self._members.library.class_models(function.owner)
        for model in models:
            if function.name in model.responds:
                return True
            if any(function.name in (self._members.stated.texts(function.owner, name) or ()) for name in model.lists):
                return True
        return False

    def _used_as(self, owner: str) -> tuple[ClassModel, ...]:
        """Models of what a class is, and of what the classes are that it is mixed into."""
        if not owner:
            return ()
        found = self._uses.get(owner)
        if found is None:
            names = (owner, *self._program.heirs(owner))
            models = {model.name: model for name in names for model in self._members.library.class_models(name)}
            found = self._uses[owner] = tuple(models.values())
        return found

    def is_entry(self, function: Function) -> bool:
        """Whether a framework calls the function by itself."""
        for name in self.decorators(function):
            model = self._members.library.model(name)
            if (model is not None and (model.entry or model.response)) or name in self._models.handovers:
                return True
        return any(function.name in model.entry for model in self._used_as(function.owner))
