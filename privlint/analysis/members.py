"""Attributes, elements and results of what an expression may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from privlint import ir
from privlint.analysis.bounds import MAX_MIXED_INTO, MAX_OVERRIDES, MAX_STORERS, MAX_UNIQUE_METHODS
from privlint.analysis.delegation import Delegation
from privlint.analysis.getters import GETTERS, getter, read_types
from privlint.analysis.keys import known_names, name_pattern
from privlint.analysis.library import LibraryQuery
from privlint.analysis.program import Symbol
from privlint.analysis.registrations import Registrations
from privlint.analysis.registries import Registries
from privlint.analysis.signals import Connection, Signals
from privlint.analysis.stated import Stated
from privlint.analysis.symbols import resembles
from privlint.analysis.terms import MAPPINGS, SEQUENCES, STR, Type, Types, fixed_tuple, obj, union

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.program import Function, Program
    from privlint.analysis.types import TypeQuery
    from privlint.models import CallableModel, ClassModel, FieldModel, Models

_NAMED_ATTRIBUTE = "self[*].=0 -> return"
_PROPERTIES = frozenset({"builtins.property", "functools.cached_property", "abc.abstractproperty"})
_OPERATORS = {"|": "__or__", "+": "__add__", "/": "__truediv__", "%": "__mod__", "&": "__and__", ">>": "__rshift__"}
_CONTEXT_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})


class Members:
    """`attribute`, `item`, `element` and `result` of one alternative; `find` and friends tell kinds of functions."""

    def __init__(self, program: Program, models: Models, query: TypeQuery) -> None:
        self.program = program
        self.models = models
        self.query = query
        self.library = LibraryQuery(program, models)
        self.stated = Stated(self)
        self.registries = Registries(query)
        self.signals = Signals(query)
        self.delegation = Delegation(query)
        self.registrations = Registrations(query)
        self.library.held_class = self.stated.held
        self.library.given_by = self.stated.given_by
        self.library.elements_of = self.stated.elements_of
        self._decorators: dict[str, tuple[str, ...]] = {}
        declaring = (name for name, model in models.callables.items() if model.decorates == "field")
        self._declaring = frozenset(name.rpartition(".")[2] for name in declaring)
        self._by_last_name: dict[str, list[str]] | None = None
        self._named: dict[str, list[str]] | None = None
        self._reverse: dict[tuple[str, str], Types] | None = None
        self._uses: dict[str, tuple[ClassModel, ...]] = {}

    # -------------------------------------------------------------------------------------------- kinds of functions

    def decorators(self, function: Function) -> tuple[str, ...]:
        """Qualified names of a function's decorators, outermost first ("" for what is no name)."""
        found = self._decorators.get(function.id)
        if found is None:
            self._decorators[function.id] = ()  # a decorator that is found through the function itself is no name
            scope = function.definition.qualname.rpartition(".")[0]
            names = (self.callable_name(function.module, scope, expr) for expr in function.definition.decorators)
            found = self._decorators[function.id] = tuple(names)
        return found

    def callable_name(self, module: str, scope: str, expr: ir.Expr) -> str:
        """The qualified name of what an expression outside of bodies names, through objects too (`app.route`)."""
        text = decorator_name(expr)
        if not text:
            return ""
        symbol = self.program.resolve(module, text, scope)
        head, *rest = text.split(".")
        first = self.program.resolve(module, head, scope) if rest else None
        made = first is not None and first.kind == "variable"  # by a function of a library: its result has a type
        if symbol is not None and symbol.kind != "variable" and (not made or self.library.model(symbol.name)):
            return symbol.name
        types = self.query.symbol(first if rest else symbol)
        for name in rest:
            types = self.attribute(types, name)
        return types[0].name if types else symbol.name if symbol is not None and symbol.kind != "variable" else ""

    def is_static(self, function: Function) -> bool:
        return "builtins.staticmethod" in self.decorators(function)

    def is_class_method(self, function: Function) -> bool:
        name = function.definition.qualname.rpartition(".")[2]
        return "builtins.classmethod" in self.decorators(function) or name in ("__new__", "__init_subclass__")

    def is_property(self, function: Function) -> bool:
        return any(name in _PROPERTIES or self._makes_property(name) for name in self.decorators(function))

    def _makes_property(self, decorator: str) -> bool:
        model = self.models.callables.get(decorator)
        return model is not None and model.decorates == "property"

    def is_context_manager(self, function: Function) -> bool:
        return any(name in _CONTEXT_MANAGERS for name in self.decorators(function))

    def responds(self, function: Function) -> bool:
        """Whether a framework sends what the function returns to whoever asked."""
        for name in self.decorators(function):
            model = self.library.model(name)
            if model is not None and model.response:
                return True
        name = function.definition.qualname.rpartition(".")[2]
        models = self.library.class_models(function.owner) if function.owner else ()
        if any(model.response and name in model.entry for model in models) or self.shows(function):
            return True
        return self.stated.fills(function) is not None

    def shows(self, function: Function, *, mixed_in: bool = True) -> bool:
        """Whether the method gives names or objects for a template; `mixed_in`: in a class that it is mixed into."""
        models = self._used_as(function.owner) if mixed_in else self.library.class_models(function.owner)
        for model in models:
            if function.name in model.responds:
                return True
            if any(function.name in (self.stated.texts(function.owner, name) or ()) for name in model.lists):
                return True
        return False

    def _used_as(self, owner: str) -> tuple[ClassModel, ...]:
        """Models of what a class is, and of what the classes are that it is mixed into."""
        if not owner:
            return ()
        found = self._uses.get(owner)
        if found is None:
            names = (owner, *self.program.heirs(owner))
            models = {model.name: model for name in names for model in self.library.class_models(name)}
            found = self._uses[owner] = tuple(models.values())
        return found

    def is_entry(self, function: Function) -> bool:
        """Whether a framework calls the function by itself."""
        for name in self.decorators(function):
            model = self.library.model(name)
            if (model is not None and (model.entry or model.response)) or name in self.models.handovers:
                return True
        return any(function.name in model.entry for model in self._used_as(function.owner))

    def registered(self, owner: str, name: str) -> Types:
        """What calls that register a class state of its attribute."""
        return self.registrations.of(owner, name)

    def connections(self, function: Function) -> list[Connection]:
        """Calls that connect the function to a signal."""
        return self.signals.connections(function.id)

    # -------------------------------------------------------------------------------------------------- attributes

    def attribute(self, types: Types, name: str) -> Types:
        return union(*(self.query.ask(("attribute", t, name), lambda t=t: self._attribute(t, name)) for t in types))  # type: ignore[misc]

    def _attribute(self, term: Type, name: str) -> Types:
        if term.kind == "module":
            return self.query.symbol(self.program.member(Symbol("module", term.name), name))
        if term.kind == "ext":
            return self._external(term, name)
        if term.kind in ("obj", "class"):
            return self._member(term, name)
        if term.kind == "super":
            return self._super(term, name)
        if term.kind == "func":
            return self._function_attribute(term, name)
        return ()

    def _external(self, term: Type, name: str) -> Types:
        model = self.library.attribute(term.name, name)
        if model is not None and model.type:
            return self.library.types(model.type, obj(term.name), term.name, None)
        known = self.library.callable(term.name, name)
        return (Type("ext", known[0] if known is not None else f"{term.name}.{name}"),)

    def _member(self, term: Type, name: str) -> Types:
        if name == "__class__" and term.kind == "obj":
            return (Type("class" if term.name in self.program.classes else "ext", term.name),)
        if term.name in self.program.classes:
            found = self.program.find(term.name, name)
            if found is not None and found.function:
                return self._bind(term, self.program.functions[found.function])
            types = self._described(self._field(term, name)) if found is not None else ()
            if term.kind == "class" and found is not None and found.field is not None and self._is_enum(found.owner):
                return (obj(found.owner, exact=True),) if found.field.value is not None else types
            if term.kind == "obj" and found is not None and found.field is not None and found.field.where == "class":
                types = self._bound_value(term, found.field, types)
            if types or (found is not None and self._library_attribute(term, name) is None):
                return types or self._relation(term, name) or self._kept_name(term, name)
        found_types = self._relation(term, name) or self._library_attribute(term, name) or self._inner(term, name)
        found_types = found_types or self._answered(term, name) or self._mixed_in(term, name)
        return found_types or self._kept_name(term, name)

    def _mixed_in(self, term: Type, name: str) -> Types:
        """What an attribute that a class does not have is in the classes that it is mixed into."""
        heirs = self._mixed_into(term)
        having = [h for h in heirs if self.program.find(h, name) is not None or self.library.attribute(h, name)]
        return self.attribute(tuple(obj(heir) for heir in having), name)

    def mixed_in_methods(self, term: Type, name: str) -> list[Function]:
        """Methods that a class gets from others that it is mixed in with."""
        found = (self.program.find(heir, name) for heir in self._mixed_into(term))
        names = dict.fromkeys(member.function for member in found if member is not None and member.function)
        return [self.program.functions[unit] for unit in names]

    def _mixed_into(self, term: Type) -> tuple[str, ...]:
        heirs = () if term.exact or term.kind != "obj" else self.program.heirs(term.name)
        return heirs if len(heirs) <= MAX_MIXED_INTO else ()

    def _answered(self, term: Type, name: str) -> Types:
        """What an instance that lacks the attribute makes up, or another object that it asks has."""
        if term.kind != "obj":
            return ()
        asked = self.attribute(self.delegation.holders(term, name), name)
        return union(asked, self._special(term, "__getattr__"))  # of what is found it may make something else

    def _is_enum(self, owner: str) -> bool:
        return any(base.startswith("enum.") for base in self.library.line(owner))

    def _bound_value(self, term: Type, field: ir.FieldDef, types: Types) -> Types:
        """Functions that a class body binds to another name (`second = first`, a lambda) are methods."""
        if field.value is None or field.value.kind not in ("name", "other"):
            return types
        plain = {"func": "bound", "closure": "closure"}
        return tuple(
            msgspec.structs.replace(t, kind=plain[t.kind], receiver=term) if t.kind in plain and not t.receiver else t
            for t in types
        )

    def _kept_name(self, term: Type, name: str) -> Types:
        """An attribute of which nothing is known but that a library's class is called so."""
        return self.stated.called(name) if term.name in self.program.classes else ()

    def _inner(self, term: Type, name: str) -> Types:
        """A class that is defined in the body of a class."""
        names = (f"{owner}.{name}" for owner in self.library.line(term.name))
        return tuple(Type("class", inner) for inner in names if inner in self.program.classes)[:1]

    def class_level(self, owner: str, name: str) -> Types:
        """What a class itself holds under a name, before any descriptor is asked."""
        return self._field(Type("class", owner), name)

    def _described(self, types: Types) -> Types:
        """A descriptor of the project stands for what its `__get__` gives."""
        return union(*(self._special(t, "__get__") or (t,) for t in types))

    def _library_attribute(self, term: Type, name: str) -> Types | None:
        """None: no library class that `term` inherits from says anything about it."""
        receiver = term if term.kind == "obj" else Type("obj", term.name)
        model = self.library.attribute(term.name, name)
        if model is not None and model.type:
            return self.library.types(model.type, receiver, term.name, None)
        known = self.library.callable(term.name, name)
        if known is not None:
            return (Type("ext", known[0], receiver=receiver),)
        for kept in self.stated.kept_by(term) if term.kind == "obj" and term.name not in self.program.classes else ():
            found = self.program.find(kept, name)
            if found is not None and found.function:
                return self._bind(obj(kept, *term.args), self.program.functions[found.function])
        external = [base for base in self.library.line(term.name) if base not in self.program.classes]
        external = [base for base in external if base not in ("builtins.object", "object")]
        if term.kind == "obj" and not self.library.kept.isdisjoint(external):
            return self.query.ask(("put on", name, *external), lambda: self._put_on(external, name))
        return (Type("ext", f"{external[0]}.{name}", receiver=receiver),) if external else None

    def _put_on(self, owners: list[str], name: str) -> Types:
        """What the program itself stores under a name in an object of a library: `request.event = event`."""
        units = self.program.lookups.storers(name, self.library.called)
        if len(units) > MAX_STORERS:
            return ()
        self.query.units.prepare(units)
        found: list[Types] = []
        for unit in units:
            for code in self.query.units.codes(unit):
                stores = (i for i in code.code if isinstance(i, ir.Store) and i.attr == name)
                found += [
                    self.query.of(code, store.value)
                    for store in stores
                    if any(term.name in owners for term in self.query.of(code, store.base))
                ]
        return tuple(term for term in union(*found) if term.kind != "obj" or term.name in self.program.classes)

    def _bind(self, term: Type, function: Function) -> Types:
        if self.is_static(function):
            return (Type("func", function.id),)
        if self.is_class_method(function):
            return (Type("bound", function.id, receiver=Type("class", term.name)),)
        if self.declares(function):
            return self._declared_by(term, function)
        if term.kind == "class":
            return (Type("func", function.id),)
        if self.is_property(function):
            return self.query.returned(function.id)
        return (Type("bound", function.id, receiver=term),)

    def declares(self, function: Function) -> bool:
        """Whether the method stands for the field whose declaration it returns."""
        if not any(decorator_name(d).rpartition(".")[2] in self._declaring for d in function.definition.decorators):
            return False
        models = (self.models.callables.get(name) for name in self.decorators(function))
        return any(model is not None and model.decorates == "field" for model in models)

    def _declared_by(self, term: Type, function: Function) -> Types:
        """`@declared_attr def owner(cls): return relationship("Person")`"""
        code = self.query.units.code(function.id)
        returned = (code.code[i.value] for i in code.code if isinstance(i, ir.Return) and i.value >= 0)
        return union(*(self._declared_type(term, code, call) for call in returned if isinstance(call, ir.Call)))

    def _declared_type(self, term: Type, code: Code, call: ir.Call) -> Types:
        def argument(kind: str, place: str) -> Types:
            return self._argument(code, call, (), kind, place)

        models = (self.models.fields.get(self._chosen(code, call, t.name)) for t in self.query.of(code, call.func))
        return union(
            *(self.library.types(m.type, obj(term.name), term.name, argument) for m in models if m is not None)
        )

    def _super(self, term: Type, name: str) -> Types:
        receiver = term.receiver or obj(term.name)
        following = [
            self._bind(receiver, self.program.functions[unit]) for unit in self._behind(receiver.name, term.name, name)
        ]
        if following:
            return union(*following)
        bases = [base for base in self.library.line(term.name)[1:] if base not in self.program.classes]
        for base in bases:
            known = self.library.callable(base, name)
            if known is not None:
                return (Type("ext", known[0], receiver=receiver),)
        return (Type("ext", f"{bases[0]}.{name}", receiver=receiver),) if bases else ()

    def inherited_properties(self, term: Type, name: str) -> list[str]:
        """Properties that `super().name` may read."""
        receiver = term.receiver or obj(term.name)
        found = self._behind(receiver.name, term.name, name)
        return [unit for unit in found if self.is_property(self.program.functions[unit])]

    def _behind(self, receiver: str, owner: str, name: str) -> list[str]:
        """Functions that `name` may be behind class `owner`: its own bases' one, and one that stands between them in
        every subclass."""
        heirs = self.program.heirs(receiver) if receiver == owner else ()
        own = self.program.find(receiver, name, after=owner)
        found = {self.program.find(heir, name, after=owner) for heir in heirs[:MAX_OVERRIDES]}
        chosen = (own, *(found if len(found) == 1 else ()))
        return list(dict.fromkeys(member.function for member in chosen if member is not None and member.function))

    def _function_attribute(self, term: Type, name: str) -> Types:
        function = self.program.functions.get(term.name)
        if function is None:
            return ()
        for decorator in self.decorators(function):
            handover = self.models.handovers.get(decorator)
            if handover is not None and name in handover.call:
                return (Type("handover", term.name, attr=name, args=((Type("ext", decorator),),)),)
        return ()

    # ------------------------------------------------------------------------------------------------------ fields

    def _field(self, term: Type, name: str) -> Types:
        """Types of a field of a class: annotations first, then what a library's field says, then what is assigned."""
        found: list[Types] = []
        for owner in self.library.line(term.name):
            record = self.program.classes.get(owner)
            if record is None or name not in record.fields:
                continue
            declared = self._generic_field(term, owner, name) or self.declared_field(owner, name)
            if declared:
                return self.stated.bind(declared, term.name)
            found += [self.stated.bind(self._assigned(owner, field), term.name) for field in record.fields[name]]
            if any(found):
                break
        return union(*found)

    def _generic_field(self, term: Type, owner: str, name: str) -> Types:
        """A field whose annotation names type parameters of its class."""
        bindings = self.query.generics.on(term, owner) if term.kind == "obj" else {}
        if not bindings:
            return ()
        record = self.program.classes[owner]
        exprs = ((f.owner, f.annotation) for f in record.fields[name])
        annotations = self.query.annotations
        return union(*(annotations.substituted(record.module, scope, expr, bindings) for scope, expr in exprs))

    def _modelled(self, owner: str, field: ir.FieldDef) -> Types:
        """`author = ForeignKey(User)`: the model of `ForeignKey` says what the attribute is on an instance."""
        value = field.value
        if value is None or value.kind != "call":
            return ()
        record = self.program.classes[owner]
        symbol = self.program.resolve(record.module, decorator_name(value), field.owner)
        model = self._field_model(symbol.name, value) if symbol else None
        if model is None:
            return ()
        return self.library.types(
            model.type, obj(owner), owner, lambda kind, place: self._field_argument(owner, value, place, kind)
        )

    def _field_model(self, name: str, value: ir.Expr) -> FieldModel | None:
        given = {arg.text: arg.args[0].value for arg in value.args[1:] if arg.kind == "kw" and arg.args}
        found = self.models.fields.get(self.library.chosen(name, given))
        return found or self.library.field_like(name)

    def _field_argument(self, owner: str, value: ir.Expr, place: str, kind: str = "arg") -> Types:
        """The class that a field's call names: by name, by a string "app.User" or "User", or "self"; of kind "elem" the
        elements of what it is given."""
        arguments = [arg for arg in value.args[1:] if arg.kind != "kw"]
        named = {arg.text: arg.args[0] for arg in value.args[1:] if arg.kind == "kw" and arg.args}
        expr = named.get(place) if not place.isdecimal() else None
        if expr is None and place.isdecimal() and int(place) < len(arguments):
            expr = arguments[int(place)]
        if expr is None and place.isdecimal():
            expr = named.get("to") or named.get("argument")
        if expr is None:
            return ()
        record = self.program.classes[owner]
        if kind == "elem":
            given = self.query.evaluation.loosely(record.module, record.definition.qualname, expr)
            return union(*(self.element(term) for term in given))
        text = str(expr.value) if expr.kind == "const" else decorator_name(expr)
        if text == "self":
            return (obj(owner),)
        symbol = self.program.resolve(record.module, text, record.definition.qualname) if text else None
        if symbol is not None and symbol.kind == "class":
            return (obj(symbol.name),)
        told = self.stated.instances(record.module, record.definition.qualname, expr) if symbol is not None else ()
        known = tuple(t for t in told if t.name in self.program.classes or t.name in self.models.classes)
        return known or self.class_by_name(record.module, text)

    def class_by_name(self, module: str, text: str) -> Types:
        """A class named by a string: the only one of that last name, nearest package first."""
        candidates = self._classes_called(text.rpartition(".")[2])
        if len(candidates) > 1:
            package = module.split(".")

            def nearness(candidate: str) -> int:
                shared = 0
                for left, right in zip(package, candidate.split("."), strict=False):
                    if left != right:
                        break
                    shared += 1
                return shared

            best = max(nearness(c) for c in candidates)
            candidates = [c for c in candidates if nearness(c) == best]
        return (obj(candidates[0]),) if len(candidates) == 1 else ()

    def _classes_called(self, name: str) -> list[str]:
        if self._by_last_name is None:
            self._by_last_name = {}
            for class_id in sorted(self.program.classes):
                self._by_last_name.setdefault(class_id.rpartition(".")[2], []).append(class_id)
        return self._by_last_name.get(name, [])

    def _assigned(self, owner: str, field: ir.FieldDef) -> Types:
        module = self.program.classes[owner].module
        if field.value is not None and field.where == "class":
            known = self.query.evaluation.types(module, field.owner, field.value)
            if known is not None:
                return known
        if field.where == "self":
            unit = f"{module}:{field.unit}"
            function = self.program.functions.get(unit)
            place: tuple[str, int] | None = (unit, 0)
            if function is not None and function.definition.parent:
                place = self.query.locals.place(function)
            if place is None:
                return ()
            code = self.query.units.code(*place)
            stores = (i for i in code.code if isinstance(i, ir.Store) and i.attr == field.name)
            return union(*(self.query.of(code, i.value) for i in stores))
        if self.program.classes[owner].definition.parent:  # a class inside a function: its body is no unit
            return ()
        return self.query.written(f"{module}:{field.owner}", field.name)

    def declared_field(self, owner: str, name: str) -> Types:
        """What annotations and library fields say of a class's own field; nothing is lowered."""
        record = self.program.classes[owner]
        for field in record.fields.get(name, ()):
            found = self.query.annotations.types(record.module, field.owner, field.annotation)
            if found or (found := self._modelled(owner, field)):
                return found
        return ()

    def reverse_relations(self) -> dict[tuple[str, str], Types]:
        """Attributes that relations declared on other classes put on a class: (class, name) to types."""
        if self._reverse is None:
            self._reverse = self._reverse_relations()
        return self._reverse

    def _relation(self, term: Type, name: str) -> Types:
        for owner in self.library.line(term.name):
            found = self.reverse_relations().get((owner, name))
            if found:
                return found
        return ()

    def _reverse_relations(self) -> dict[tuple[str, str], Types]:
        reverse: dict[tuple[str, str], Types] = {}
        for owner in sorted(self.program.classes):
            record = self.program.classes[owner]
            for fields in record.fields.values():
                for field in fields:
                    self._add_reverse(reverse, owner, record.module, field)
        return reverse

    def _havers(self, owner: str) -> tuple[str, ...]:
        """The classes whose rows have a field of `owner`: its own, or those that derive from it if it has none."""
        own = self.program.classes.get(f"{owner}.Meta")
        told = own.fields.get("abstract", ()) if own is not None else ()
        abstract = any(field.value is not None and field.value.value is True for field in told)
        return self.program.heirs(owner) if abstract else (owner,)

    def _add_reverse(self, reverse: dict[tuple[str, str], Types], owner: str, module: str, field: ir.FieldDef) -> None:
        value = field.value
        if value is None or value.kind != "call":
            return
        symbol = self.program.resolve(module, decorator_name(value), field.owner)
        model = self._field_model(symbol.name, value) if symbol else None
        if model is None or not model.reverse_type:
            return
        named = {arg.text: arg.args[0] for arg in value.args[1:] if arg.kind == "kw" and arg.args}
        given = named.get(model.reverse)
        if given is not None and given.kind == "call" and len(given.args) > 1:  # `backref("posts", lazy="dynamic")`
            given = given.args[1]
        targets = self._field_argument(owner, value, "0")
        names = [*(target.name for target in targets), *self._library_target(owner, value)]
        for haver in self._havers(owner):
            last = haver.rpartition(".")[2].lower()
            text = str(given.value) if given is not None and given.kind == "const" else model.reverse_default
            name = text.replace("{class}", last).replace("%(class)s", last)
            types = self.library.types(model.reverse_type, obj(haver), haver, None)
            for target_name in names:
                key = (target_name, name)
                reverse[key] = union(reverse.get(key, ()), types)

    def _library_target(self, owner: str, value: ir.Expr) -> list[str]:
        """The library's class that a relation names, with those of its bases that are stored too (`User`,
        `AbstractUser`): code may know the object by each of them. The last one is the base of all."""
        expr = next((arg for arg in value.args[1:] if arg.kind != "kw"), None)
        record = self.program.classes[owner]
        found: list[str] = []
        for term in self.stated.instances(record.module, record.definition.qualname, expr):
            if term.name in self.models.classes:
                line = [name for name in self.library.line(term.name) if name in self.models.classes]
                found += [name for name in line if self.models.classes[name].stores][:-1]
        return found

    # ---------------------------------------------------------------------------------------- elements and results

    def item(self, term: Type, position: int | None, key: str = "") -> Types:
        """`term[position]`; None: the key is not a constant integer. `key` is the text of one that is a string."""
        if term.attr == "fixed":
            if position is not None and -len(term.args) <= position < len(term.args):
                return term.args[position]
            return union(*term.args)
        if term.name in MAPPINGS:
            return term.args[1] if len(term.args) > 1 else ()
        if term.name == "builtins.str":
            return STR
        known = self.library.callable(term.name, "__getitem__") if term.kind == "obj" else None
        if known is not None:
            named = self._named_attribute(term, known[1], key)
            return named or self.library.types(known[1].returns, term, term.name, None)
        if term.kind == "obj":
            return self._special(term, "__getitem__") or self._special(term, "__missing__") or self.element(term)
        return (obj(term.name),) if term.kind == "ext" and term.name in self.library.managers else ()

    def hands_out_attributes(self, term: Type) -> bool:
        """Whether the items of a library's object are attributes of what it is made for."""
        known = self.library.callable(term.name, "__getitem__") if term.kind == "obj" else None
        return known is not None and _NAMED_ATTRIBUTE in known[1].flow

    def _named_attribute(self, term: Type, model: CallableModel, key: str) -> Types:
        """What a method gives that hands out the attribute which its first argument names: `cleaned_data["owner"]`."""
        return self.attribute(self.element(term), key) if key and _NAMED_ATTRIBUTE in model.flow else ()

    def element(self, term: Type) -> Types:
        """One element of an iteration over `term`."""
        if term.kind != "obj":
            return ()
        if term.attr == "fixed":
            return union(*term.args)
        if term.name in SEQUENCES or term.name in MAPPINGS:
            return term.args[0] if term.args else ()
        if term.name == "builtins.str":
            return STR
        for model in self.library.class_models(term.name):
            if model.iterates:
                return self.library.types(model.iterates, term, term.name, None)
        found = self._special(term, "__iter__") or self._special(term, "__aiter__")
        following = (self._special(t, "__next__") or self._special(t, "__anext__") for t in found)
        return union(*(self.element(t) for t in found if t.name != term.name), *following)

    def _special(self, term: Type, name: str) -> Types:
        found = self.program.find(term.name, name) if term.name in self.program.classes else None
        return self.query.returned(found.function) if found is not None and found.function else ()

    def entered(self, code: Code, instr: ir.Enter) -> Types:
        """What `with` binds: of a generator its element, of an object what `__enter__` returns, else itself."""
        found: list[Types] = []
        manager = code.code[instr.manager]
        callees = self.query.of(code, manager.func) if isinstance(manager, ir.Call) else ()
        for callee in callees:
            function = self.program.functions.get(callee.name)
            if function is not None and self.is_context_manager(function):
                found.append(union(*(self.element(t) for t in self.query.returned(function.id))))
        if any(found):
            return union(*found)
        for term in self.query.of(code, instr.manager):
            name = "__aenter__" if instr.is_async else "__enter__"
            method = self.library.callable(term.name, name)
            if method is not None:
                found.append(self.library.types(method[1].returns, term, term.name, None) or (term,))
            else:
                found.append(self._special(term, name) or (term,))
        return union(*found)

    def result(self, code: Code, call: ir.Call, callee: Type) -> Types:
        """What calling `callee` gives."""
        emitted = self.signals.emission(code, call, callee)
        if emitted is not None:
            return self.signals.answers(emitted[1])
        if callee.kind == "class":
            return (obj(callee.name, exact=True),)
        if callee.kind in ("func", "bound"):
            return self._returned(code, call, callee)
        if callee.kind == "closure":
            return self.query.returned(callee.name, callee.body)
        if callee.kind == "partial":
            return union(*(self.result(code, call, term) for term in callee.args[0]))
        if callee.kind == "obj":
            return self._special(callee, "__call__")
        if callee.kind == "getter" and call.args:
            return read_types(callee, self.query.of(code, call.args[0].value), self.attribute, self.item)
        if callee.kind == "record":
            return (Type("obj", callee.name, attr=callee.attr),)
        return self._external_result(code, call, callee) if callee.kind == "ext" else ()

    def presumed(self, code: Code, call: ir.Call) -> Types:
        """The method of a library that is meant on an object of which nothing is known, as its name or its arguments
        tell."""
        func = code.code[call.func]
        known = self.library.presumed.get(func.attr, ()) if isinstance(func, ir.Load) else ()
        for name, tells in known:
            owner = name.rpartition(".")[0]
            if any(self._tells(code, call, owner, told) for told in tells):
                return (Type("ext", name, receiver=obj(owner)),)
        return ()

    def _tells(self, code: Code, call: ir.Call, owner: str, told: str) -> bool:
        """Whether a call tells that a method of `owner` is meant."""
        if told == "called":
            func = code.code[call.func]
            return isinstance(func, ir.Load) and resembles(code.name_of(func.base), owner)
        if told == "keywords":
            return bool(call.args) and all(arg.name not in ("", "*") for arg in call.args)
        first = next((arg.value for arg in call.args if not arg.name), -1)
        if told == "stored":
            return first >= 0 and self._is_stored(code, first)
        if told == "function":
            return first >= 0 and any(t.kind in ("func", "bound", "closure") for t in self.query.of(code, first))
        given = [t for arg in call.args for t in self.query.of(code, arg.value) if t.kind in ("obj", "class")]
        if told == "row":
            rows = (t.name for t in given if t.kind == "obj")
            return any(model.stores for name in rows for model in self.library.class_models(name))
        return any(self.library.inherits(t.name, told) for t in given)

    def _is_stored(self, code: Code, value: int) -> bool:
        """Whether a value is a class of rows, an attribute of one, or a call on or of such an attribute."""
        instr = code.code[value]
        if isinstance(instr, ir.Call):
            func = code.code[instr.func]
            on = isinstance(func, ir.Load) and self._is_stored(code, func.base)
            return on or any(self._is_stored(code, arg.value) for arg in instr.args)
        terms = self.query.of(code, value)
        terms = (*terms, *self.query.of(code, instr.base)) if isinstance(instr, ir.Load) else terms
        classes = [t.name for t in terms if t.kind == "class"]
        return any(model.stores for name in classes for model in self.library.class_models(name))

    def operated(self, code: Code, instr: ir.Operate) -> Types:
        """What an operator gives, where the model of a library's class says so: `prompt | model`."""
        name = _OPERATORS.get(instr.operator, "")
        if name not in self.library.operators:
            return ()
        call = ir.Call(instr.at, -1, tuple(ir.Arg("", value) for value in instr.operands[1:]))
        left = self.query.of(code, instr.operands[0])
        known = ((t, self.library.callable(t.name, name)) for t in left if t.kind == "obj")
        return union(*(self._external_result(code, call, Type("ext", k[0], receiver=t)) for t, k in known if k))

    def _sending(self, code: Code, call: ir.Call) -> Types:
        """`getattr(client, verb)`: which of the methods that send it is makes no difference."""
        found: list[Type] = []
        for term in self.query.of(code, call.args[0].value):
            name = self.library.sender(term) if term.kind in ("obj", "ext") else ""
            if name:
                found.append(Type("ext", name, receiver=term if term.kind == "obj" else None))
        return tuple(found)

    def called_without(self, callee: Type) -> Types:
        """What a function, method or library callable gives, whatever its arguments are."""
        if callee.kind == "ext":
            model = self.library.model(callee.name)
            owner = callee.receiver.name if callee.receiver else callee.name.rpartition(".")[0]
            return self.library.types(model.returns, callee.receiver, owner, None) if model is not None else ()
        found = self.query.returned(callee.name)
        return tuple(self.stated.fill(t, callee.receiver.args) for t in found) if callee.receiver else found

    def _returned(self, code: Code, call: ir.Call, callee: Type) -> Types:
        registered = self.registries.functions(code, call, callee.name) if callee.kind == "func" else ()
        if registered:
            return tuple(Type("func", unit, attr="registered") for unit in registered)
        function = self.program.functions[callee.name]
        if self.query.generics.returns_variable(function):
            found = self._substituted(code, call, callee, function)
            if found:
                return found
        found = self.query.returned(callee.name)
        receiver = callee.receiver
        if receiver is None:
            return found
        # a method that returns `self` or makes instances of `cls` gives the receiver's own class
        owner = self.program.functions[callee.name].owner
        exact = obj(receiver.name) if receiver.kind == "class" else receiver
        own = (_own_class(t, owner, exact) for t in found)
        return tuple(self.stated.fill(t, exact.args) for t in own)

    def _substituted(self, code: Code, call: ir.Call, callee: Type, function: Function) -> Types:
        """The annotated result, where type variables stand for what the receiver and the arguments tell."""
        generics = self.query.generics
        definition = function.definition
        module, scope = function.module, definition.qualname
        bindings: dict[str, Types] = {}
        if callee.receiver is not None and callee.receiver.kind == "obj" and function.owner:
            bindings.update(generics.on(callee.receiver, function.owner))
        skipped = 1 if function.owner and callee.kind == "bound" else 0
        first = definition.params[0].annotation if skipped and definition.params else None
        if first is not None and callee.receiver is not None:  # `def get(cls: type[T]) -> T`
            bindings.update(generics.learnt(module, scope, first, (callee.receiver,)))
        names = tuple(param.name for param in definition.params)[skipped:]
        for param in definition.params[skipped:]:
            if param.annotation is None or next(generics.variables(module, scope, param.annotation), None) is None:
                continue
            given = self.query.of(code, argument_value(call, names, param.name))
            for name, types in generics.learnt(module, scope, param.annotation, given).items():
                bindings.setdefault(name, types)
        return self.query.annotations.substituted(module, scope, definition.returns, bindings) if bindings else ()

    def _external_result(self, code: Code, call: ir.Call, callee: Type) -> Types:
        if callee.name == "builtins.super":
            return self._super_object(code, call)
        if callee.name == "functools.partial" and call.args:
            ahead = call.args[1:]
            names = ",".join(arg.name for arg in ahead)
            inner = self.query.of(code, call.args[0].value)
            return (Type("partial", "functools.partial", (inner,), body=len(ahead), attr=names),)
        if callee.name in GETTERS:
            return getter(code, call, callee.name)
        if callee.name == "builtins.getattr" and len(call.args) > 1:
            return self._by_name(code, call) or self._sending(code, call)
        if callee.name.endswith(".__new__") and call.args:
            made = self.query.of(code, call.args[0].value)
            return tuple(obj(t.name) for t in made if t.kind == "class")
        if callee.name == "importlib.import_module" and call.args:
            return self._module_by_name(code, call.args[0].value)
        if callee.name == "builtins.type" and call.args:
            made = self.query.of(code, call.args[0].value)
            return tuple(Type("class" if t.name in self.program.classes else "ext", t.name) for t in made)
        model = self.library.model(self._chosen(code, call, callee.name))
        if model is not None and callee.receiver is not None:
            first = argument_value(call, model.params, "0")
            key = code.code[first].value if first >= 0 and isinstance(code.code[first], ir.Const) else None  # type: ignore[union-attr]
            named = self._named_attribute(callee.receiver, model, key) if isinstance(key, str) else ()
            if named:
                return named
        if model is not None and model.record:
            return self._record(code, call, callee.name, model)
        if model is not None and model.returns:
            receiver = callee.receiver
            owner = receiver.name if receiver else callee.name.rpartition(".")[0]
            return self.library.types(
                model.returns,
                receiver,
                owner,
                lambda kind, place: self._argument(code, call, model.params, kind, place),
            )
        keyed = self.keyed_name(code, call, callee.name)
        if keyed:
            return (obj(keyed),)
        if callee.name.startswith("builtins.") and model is not None and callee.name not in self.models.classes:
            return ()
        return (obj(_made_by(callee) if model is None else callee.name, *callee.args),)

    def _by_name(self, code: Code, call: ir.Call) -> Types:
        """`getattr(thing, name)`: attributes of the names that it can be, methods that begin and end like it."""
        types = self.query.of(code, call.args[0].value)
        default = self.query.of(code, call.args[2].value) if len(call.args) > 2 else ()
        names = known_names(self.query, code, call.args[1].value)
        if not names:
            names = self._alike(types, name_pattern(self.query, code, call.args[1].value))
        return union(*(self.attribute(types, name) for name in names), default)

    def _alike(self, types: Types, pattern: tuple[str, str] | None) -> list[str]:
        """Methods whose names begin and end in a certain way, if they are few."""
        if pattern is None:
            return []
        start, end = pattern
        owners = [o for t in types if t.kind in ("obj", "class") for o in self.library.line(t.name)]
        records = (self.program.classes.get(owner) for owner in dict.fromkeys(owners))
        methods = dict.fromkeys(name for record in records if record is not None for name in record.methods)
        found = [name for name in methods if name.startswith(start) and name.endswith(end) and name != start + end]
        return found if len(found) <= MAX_OVERRIDES else []

    def keyed_name(self, code: Code, call: ir.Call, name: str) -> str:
        """The name of what a call returns where its first parameter decides: `client("mail")`, "" elsewhere."""
        if name not in self.library.keyed:
            return ""
        model = self.library.model(name)
        params = model.params if model else ()
        value = argument_value(call, params, params[0] if params else "0")
        first = code.code[value] if value >= 0 else None
        return f'{name}("{first.value}")' if isinstance(first, ir.Const) else ""

    def _chosen(self, code: Code, call: ir.Call, name: str) -> str:
        """The name that the constants among a call's keywords select."""
        if name not in self.library.by_keyword:
            return name
        named = ((arg.name, code.code[arg.value]) for arg in call.args if arg.name)
        return self.library.chosen(name, {key: i.value for key, i in named if isinstance(i, ir.Const)})

    def _record(self, code: Code, call: ir.Call, name: str, model: CallableModel) -> Types:
        """A class that a call makes: its fields are named by a text, by texts, or by pairs that begin with one."""
        value = argument_value(call, model.params, model.record)
        named = code.code[value] if value >= 0 else None
        if isinstance(named, ir.Const) and isinstance(named.value, str):
            return (Type("record", name, attr=",".join(named.value.replace(",", " ").split())),)
        names: list[str] = []
        for item in named.values if isinstance(named, ir.Build) else ():
            inner = code.code[item]
            first = code.code[inner.values[0]] if isinstance(inner, ir.Build) and inner.values else inner
            names.append(str(first.value) if isinstance(first, ir.Const) else "")
        return (Type("record", name, attr=",".join(names)),)

    def _module_by_name(self, code: Code, value: int) -> Types:
        """`import_module("a.b")` with a constant name."""
        instr = code.code[value]
        text = str(instr.value) if isinstance(instr, ir.Const) else ""
        found = self.program.module_named(text)
        return (Type("module", found),) if found else ()

    def _super_object(self, code: Code, call: ir.Call) -> Types:
        if len(call.args) > 1:
            classes = [t for t in self.query.of(code, call.args[0].value) if t.kind == "class"]
            receivers = self.query.of(code, call.args[1].value)
            return tuple(Type("super", c.name, receiver=receivers[0] if receivers else obj(c.name)) for c in classes)
        function = self.program.functions.get(code.unit)
        if function is None or not function.owner:
            return ()
        receiver = Type("class", function.owner) if self.is_class_method(function) else obj(function.owner)
        return (Type("super", function.owner, receiver=receiver),)

    def _argument(self, code: Code, call: ir.Call, params: tuple[str, ...], kind: str, place: str) -> Types:
        if kind == "row":
            return self._row(code, call)
        value = argument_value(call, params, place)
        named = code.code[value] if kind == "arg" and value >= 0 else None
        if isinstance(named, ir.Const) and isinstance(named.value, str):
            return self.class_by_name(self.query.scope(code)[0], named.value)
        found = self.query.of(code, value)
        if kind == "value":
            return found
        if kind == "elem":
            return union(*(self.element(term) for term in found))
        if kind == "call":
            return union(*(self.result(code, call, term) for term in found))
        return tuple(obj(t.name, *t.args) if t.kind in ("class", "ext") else t for t in found)

    def _row(self, code: Code, call: ir.Call) -> Types:
        """What a query over these classes and columns gives: objects for one class, else tuples."""
        given = [self.query.of(code, arg.value) for arg in call.args if not arg.name]
        parts = [tuple(obj(t.name) for t in types if t.kind in ("class", "ext")) for types in given]
        known = [tuple(t for t in part if t.name in self.program.classes) for part in parts]
        return known[0] if len(known) == 1 and known[0] else fixed_tuple(known)

    # ------------------------------------------------------------------------------------------------- by name only

    def named(self, name: str) -> list[str]:
        """Methods called `name` in the whole program, if they are few and no class has data of that name."""
        if self._named is None:
            self._named = {}
            fields: set[str] = set()
            for owner in sorted(self.program.classes):
                record = self.program.classes[owner]
                fields.update(record.fields)
                for method, function in sorted(record.methods.items()):
                    self._named.setdefault(method, []).append(function)
            for field in fields:
                self._named.pop(field, None)
        found = self._named.get(name, [])
        return found if len(found) <= MAX_UNIQUE_METHODS else []


def _own_class(term: Type, owner: str, exact: Type) -> Type:
    """`term` with the class that a method was called on in the place of the class that it is written in."""
    if term.name == owner and term.kind == "obj" and not any(term.args):
        return exact
    if term.name in SEQUENCES and any(inner.name == owner for inners in term.args for inner in inners):
        args = tuple(tuple(_own_class(inner, owner, exact) for inner in inners) for inners in term.args)
        return msgspec.structs.replace(term, args=args)
    return term


def argument_value(call: ir.Call, params: tuple[str, ...], place: str) -> int:
    """The value given for a parameter, by name or position; -1 if it is not given."""
    position = int(place) if place.isdecimal() else params.index(place) if place in params else -1
    plain = 0
    for arg in call.args:
        if arg.name == "":
            if plain == position:
                return arg.value
            plain += 1
        elif arg.name in ("*", "**"):
            if arg.name == "*":
                return -1
        elif arg.name == place or (0 <= position < len(params) and arg.name == params[position]):
            return arg.value
    return -1


def decorator_name(expr: ir.Expr) -> str:
    """The dotted name of a name or of what is called; "" for anything else."""
    if expr.kind == "call" and expr.args:
        return decorator_name(expr.args[0])
    return expr.text if expr.kind == "name" else ""


def _made_by(callee: Type) -> str:
    """The class of what a library callable without a model gives: `Client.from_env()` is another way to make a
    `Client`; all else is called after what it comes from."""
    owner, _, name = callee.name.rpartition(".")
    other_way = name.startswith("from_") and owner.rpartition(".")[2][:1].isupper() and callee.receiver is None
    return owner if other_way else callee.name
