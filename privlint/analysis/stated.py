"""What class bodies and decorators state about objects of libraries: whose manager it is, which model a form is for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from privlint import ir
from privlint.analysis.terms import Type, Types, obj, union

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.members import Members
    from privlint.analysis.program import Function
    from privlint.analysis.signals import Connection
    from privlint.models import CallableModel


def _is_callable(term: Type) -> bool:
    return term.kind in ("func", "bound", "ext")


class Stated:
    """`held` reads a class off an attribute of a class, `bind` and `binders` tell whom an object of a bound class
    belongs to, `parameter` types a parameter by the decorators of its function."""

    def __init__(self, members: Members) -> None:
        self._members = members
        self._program = members.program
        self._library = members.library
        self._binders: dict[str, dict[str, None]] | None = None

    # ------------------------------------------------------------------------------------------- classes in attributes

    def held(self, owner: str, name: str) -> Types:
        """Instances of the class that attribute `name` of class `owner` holds; `Meta.model` lies in an inner class,
        `form.Meta.model` in one of the class that another attribute holds."""
        for field, module in self.fields(owner, name):
            found = self.instances(module, field.owner, field.value)
            if found:
                return found
        head, _, rest = name.partition(".")
        if rest:
            return union(*(self.held(term.name, rest) for term in self.held(owner, head)))
        registered = self._members.registered
        return union(*(registered(ancestor, name) for ancestor in self._library.line(owner)))

    def instances(self, module: str, scope: str, expr: ir.Expr | None) -> Types:
        """Instances of the class that an expression outside of bodies names."""
        if expr is None:
            return ()
        if expr.kind == "const" and isinstance(expr.value, str):
            return self._members.class_by_name(module, expr.value)
        if expr.kind == "call" and expr.args:
            called = self._program.resolve(module, expr.args[0].text, scope) if expr.args[0].text else None
            model = self._library.model(called.name) if called is not None else None
            terms = self._made(module, scope, expr, model) if model is not None and model.returns else ()
        elif expr.kind == "name":
            symbol = self._program.resolve(module, expr.text, scope)
            terms = self._attribute(symbol.name) if symbol is not None and symbol.kind == "external" else ()
            terms = terms or self._members.query.symbol(symbol)
        else:
            return ()
        return tuple(obj(term.name, *term.args) for term in terms if term.kind in ("class", "ext"))

    def arguments(self, module: str, call: ir.Expr, model: CallableModel) -> dict[str, Types]:
        """Instances of the classes that a call outside of bodies is given, by name and by position."""
        return {place: self.instances(module, "", expr) for place, expr in _arguments(call, model).items()}

    def _made(self, module: str, scope: str, call: ir.Expr, model: CallableModel) -> Types:
        """What a call outside of bodies gives, its arguments being names of classes."""

        def argument(_kind: str, place: str) -> Types:
            return self.instances(module, scope, given.get(place))

        given = _arguments(call, model)
        return self._library.types(model.returns, None, "", argument)

    def texts(self, owner: str, name: str) -> list[str] | None:
        """The texts that attribute `name` of class `owner` lists; None if it is no such list."""
        for field, _ in self.fields(owner, name):
            if field.value is None or field.value.kind != "seq":
                return None
            return [str(item.value) for item in field.value.args if item.kind == "const"]
        return None

    def listed(self, code: Code, value: int) -> list[str]:
        """The texts, or the keys of the mapping, that a constant of a module or class holds; none if it is none."""
        query, instr = self._members.query, code.code[value]
        if isinstance(instr, ir.Load):
            owners = [t.name for t in query.of(code, instr.base) if t.kind in ("obj", "class")]
            found = [[f for f, _ in self.fields(owner, instr.attr)] for owner in owners]
            return _texts(found[0]) if len(found) == 1 else []
        module, scope = query.scope(code)
        if isinstance(instr, ir.Global):
            symbol = self._program.resolve(module, instr.name, scope)
        elif isinstance(instr, ir.Imported):
            symbol = self._program.imported(module, instr.module, instr.name, instr.level)
        else:
            return []
        if symbol is None or symbol.kind != "variable":
            return []
        home, _, name = symbol.name.partition(":")
        fields = self._program.modules[home].index.fields
        return _texts([f for f in fields if f.where == "module" and f.name == name])

    def states(self, owner: str, name: str) -> bool:
        """Whether a class body binds anything to the attribute."""
        return any(True for _ in self.fields(owner, name))

    def fields(self, owner: str, name: str) -> Iterator[tuple[ir.FieldDef, str]]:
        """What class bodies bind to an attribute, nearest first, each with its module."""
        inner, _, attr = name.rpartition(".")
        for ancestor in self._library.line(owner):
            for holder in self._library.line(f"{ancestor}.{inner}") if inner else (ancestor,):
                record = self._program.classes.get(holder)
                for field in reversed(record.fields.get(attr, ())) if record else ():
                    yield field, record.module if record else ""

    def _attribute(self, name: str) -> Types:
        """What a model says of something of a library that is named with its owner: `settings.AUTH_USER_MODEL`."""
        owner, _, last = name.rpartition(".")
        model = self._library.attribute(owner, last) if owner else None
        return self._library.types(model.type, None, owner, None) if model is not None and model.type else ()

    # ------------------------------------------------------------------------------------------------- bound objects

    def is_bound(self, name: str) -> bool:
        return any(model.bound for model in self._library.class_models(name))

    def bind(self, types: Types, owner: str) -> Types:
        """`types` with `owner` as the type argument of those that belong to the class they are assigned in."""
        return tuple(self.fill(term, ((obj(owner),),)) for term in types)

    def fill(self, term: Type, args: tuple[Types, ...]) -> Type:
        """A bound type that does not say yet whom it belongs to gets the type arguments `args`."""
        if term.kind != "obj" or any(term.args) or not any(args) or not self.is_bound(term.name):
            return term
        return msgspec.structs.replace(term, args=args)

    def binders(self, class_id: str) -> tuple[Types, ...]:
        """Type arguments of an instance of a bound class, by the classes that assign one in their body."""
        if self._binders is None:
            self._binders = {}
            for owner, record in sorted(self._program.classes.items()):
                for field in (f for fields in record.fields.values() for f in fields):
                    if field.where == "class" and field.value is not None and field.value.kind == "call":
                        for name in self._classes_in(record.module, field.owner, field.value):
                            self._binders.setdefault(name, {})[owner] = None
        owners = self._binders.get(class_id, {})
        return (union(*((obj(owner),) for owner in owners)),) if owners else ()

    @cached_property
    def _kept_by(self) -> dict[str, list[str]]:
        self.binders("")
        found: dict[str, list[str]] = {}
        for name, owners in (self._binders or {}).items():
            for owner in owners:
                found.setdefault(owner, []).append(name)
        return found

    def kept_by(self, term: Type) -> Iterator[str]:
        """Bound classes of the program that the class keeps instances of which an object of a library belongs to: a
        relation hands out its manager."""
        for owner in term.args[0] if term.args and self.is_bound(term.name) else ():
            for ancestor in self._library.line(owner.name):
                yield from self._kept_by.get(ancestor, ())

    def _classes_in(self, module: str, scope: str, expr: ir.Expr) -> Iterator[str]:
        """Bound classes of the program that `PersonManager()`, `PersonQuerySet.as_manager()` and the like name."""
        if expr.kind == "name":
            for text in dict.fromkeys((expr.text, expr.text.rpartition(".")[0])):
                symbol = self._program.resolve(module, text, scope) if text else None
                if symbol is not None and symbol.kind == "class" and self.is_bound(symbol.name):
                    yield symbol.name
        elif expr.kind in ("call", "attr"):
            for arg in expr.args:
                yield from self._classes_in(module, scope, arg)

    # ----------------------------------------------------------------------------------------------------- parameters

    def parameter(self, function: Function, name: str) -> Types:
        """What the decorators of a function, its class or the name itself say of a parameter."""
        names = self._members.kinds.decorators(function)
        for expr, decorator in zip(function.definition.decorators, names, strict=True):
            model = self._library.model(decorator) if decorator else None
            place = _place(function, name) if model is not None and model.gives else ""
            if model is not None and (name in model.gives or place in model.gives):
                return self._given(function, expr, model, model.gives.get(name) or model.gives[place])
        for connection in self._members.connections(function):
            if name in connection.model.gives:
                return self._connected(connection, connection.model.gives[name])
        for class_model in self._library.class_models(function.owner) if function.owner else ():
            if name in class_model.gives:
                return self._library.types(class_model.gives[name], obj(function.owner), function.owner, None)
        filled = self.fills(function)
        if filled is not None and [p.name for p in function.definition.params[1:2]] == [name]:
            return self._library.types(filled.gives.get("0", ""), obj(function.owner), function.owner, None)
        if function.id in self._routed and [p.name for p in function.definition.params[:1]] == [name]:
            return self._library.types(self._routed[function.id], None, "", None)
        return self.called(name)

    def _connected(self, connection: Connection, text: str) -> Types:
        """A model's type, with the arguments of the call that connects the function in place."""

        def argument(_kind: str, place: str) -> Types:
            classes = connection.given.get(place, ())
            return tuple(obj(term.name) for term in classes if term.kind in ("class", "ext"))

        return self._library.types(text, None, "", argument)

    def fills(self, function: Function) -> CallableModel | None:
        """The model of the declaration of a field that the method computes: `get_age` where the class, or one that
        derives from it, has a field `age` that says so."""
        methods = self._methods.get(function.name, {}) if function.owner else {}
        for owner, model in methods.items():
            if owner == function.owner or self._library.inherits(owner, function.owner):
                return model
        return None

    @cached_property
    def _routed(self) -> dict[str, str]:
        """Functions that tables of routes name (`urlpatterns = [path("x", views.show)]`): what they are called with."""
        models = {name: model for name, model in self._members.models.callables.items() if model.hands}
        last = {name.rpartition(".")[2] for name in models}
        found: dict[str, str] = {}
        for module in self._program.modules.values() if models else ():
            tables = [f.value for f in module.index.fields if f.where == "module" and f.value is not None]
            for call in (call for table in tables for call in _calls(table)):
                text = call.args[0].text
                symbol = self._program.resolve(module.name, text, "") if text.rpartition(".")[2] in last else None
                model = models.get(symbol.name) if symbol is not None else None
                if model is not None:
                    found.update(dict.fromkeys(self._handed(module.name, call), model.hands))
        return found

    def _handed(self, module: str, expr: ir.Expr) -> Iterator[str]:
        """Functions among the arguments of a call, those that a decorator wraps there included."""
        for arg in expr.args[1:]:
            value = arg.args[0] if arg.kind == "kw" and arg.args else arg
            if value.kind == "call":
                yield from self._handed(module, value)
            elif value.kind == "name":
                symbol = self._program.resolve(module, value.text, "")
                if symbol is not None and symbol.kind == "function":
                    yield symbol.name

    @cached_property
    def _methods(self) -> dict[str, dict[str, CallableModel]]:
        """Method -> classes with a field that is computed by it."""
        found: dict[str, dict[str, CallableModel]] = {}
        if not any(model.method for model in self._members.models.callables.values()):
            return found
        for class_id in sorted(self._program.classes):
            record = self._program.classes[class_id]
            for field in (f for fields in record.fields.values() for f in fields):
                model = self._computed(record.module, field)
                if model is not None:
                    found.setdefault(model.method.format(field.name), {})[class_id] = model
        return found

    def _computed(self, module: str, field: ir.FieldDef) -> CallableModel | None:
        call = field.value
        if field.where != "class" or call is None or call.kind != "call" or not call.args[0].text:
            return None
        symbol = self._program.resolve(module, call.args[0].text, field.owner)
        model = self._library.model(symbol.name) if symbol is not None and symbol.kind == "external" else None
        return model if model is not None and model.method else None

    def called(self, name: str) -> Types:
        """An instance of the library's class that the name is kept for."""
        owner = self._library.called.get(name)
        return (obj(owner),) if owner else ()

    # ------------------------------------------------------------------------------------- what a class's members give

    def given_by(self, receiver: Type, name: str) -> Types:
        """What attribute `name` of a receiver is or, if that is a method, gives."""
        members = self._members
        return members.query.ask(("given by", receiver, name), lambda: self._given_by(receiver, name))

    def _given_by(self, receiver: Type, name: str) -> Types:
        members = self._members
        found = members.attribute((receiver,), name)
        return union(*(members.results.called_without(term) if _is_callable(term) else (term,) for term in found))

    def elements_of(self, receiver: Type, name: str) -> Types:
        return union(*(self._members.element(term) for term in self.given_by(receiver, name)))

    def _given(self, function: Function, expr: ir.Expr, model: CallableModel, text: str) -> Types:
        """A model's type, with the arguments of a decorator in place."""
        scope = function.definition.qualname.rpartition(".")[0]
        given = _arguments(expr, model)

        def argument(_kind: str, place: str) -> Types:
            return self.instances(function.module, scope, given.get(place))

        return self._library.types(text, None, "", argument)


def _arguments(call: ir.Expr, model: CallableModel) -> dict[str, ir.Expr]:
    """The arguments of a call outside of bodies, by name and by position."""
    given = {arg.text: arg.args[0] for arg in call.args[1:] if arg.kind == "kw" and arg.args}
    plain = [arg for arg in call.args[1:] if arg.kind != "kw"]
    given |= {str(place): arg for place, arg in enumerate(plain)}
    given |= {param: arg for param, arg in zip(model.params, plain, strict=False) if param}
    return given


def _place(function: Function, name: str) -> str:
    """The position of a parameter, as text; of a method, the first is that of its object."""
    names = [param.name for param in function.definition.params]
    return str(names.index(name) - bool(function.owner)) if name in names else ""


def _texts(fields: list[ir.FieldDef]) -> list[str]:
    """The texts of a display that a name is bound to once; keys, if it is a mapping."""
    value = fields[0].value if len(fields) == 1 else None
    if value is None or value.kind not in ("seq", "dict"):
        return []
    texts = value.args if value.kind == "seq" else value.args[::2]
    known = [item.value for item in texts if item.kind == "const" and isinstance(item.value, str)]
    return known if len(known) == len(texts) else []


def _calls(expr: ir.Expr) -> Iterator[ir.Expr]:
    """Calls in a display, or among the arguments of calls."""
    if expr.kind == "call":
        yield expr
    for each in expr.args if expr.kind in ("seq", "call") else ():
        yield from _calls(each)
