"""Attributes, elements and results of what an expression may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from privlint import ir
from privlint.analysis.bounds import MAX_MIXED_INTO, MAX_OVERRIDES, MAX_STORERS, MAX_UNIQUE_METHODS
from privlint.analysis.delegation import Delegation
from privlint.analysis.dispatching import Dispatching
from privlint.analysis.function_kinds import FunctionKinds
from privlint.analysis.library import LibraryQuery
from privlint.analysis.program import Symbol
from privlint.analysis.registrations import Registrations
from privlint.analysis.registries import Registries
from privlint.analysis.relations import Relations
from privlint.analysis.results import Results
from privlint.analysis.signals import Connection, Signals
from privlint.analysis.stated import Stated
from privlint.analysis.symbols import decorator_name
from privlint.analysis.terms import MAPPINGS, SEQUENCES, STR, Type, Types, class_of, obj, union

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.program import Function, Program
    from privlint.analysis.types import TypeQuery
    from privlint.models import CallableModel, FieldModel, Models

_NAMED_ATTRIBUTE = "self[*].=0 -> return"
_PROPERTIES = frozenset({"builtins.property", "functools.cached_property", "abc.abstractproperty"})
_OPERATORS = {"|": "__or__", "+": "__add__", "/": "__truediv__", "%": "__mod__", "&": "__and__", ">>": "__rshift__"}
_CONTEXT_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})

_TYPED_MAPPINGS = frozenset({"typing.TypedDict", "typing_extensions.TypedDict"})


class Members:
    """`attribute`, `item` and `element` of one alternative; what calls give is in `results`."""

    def __init__(self, program: Program, models: Models, query: TypeQuery) -> None:
        self.program = program
        self.models = models
        self.query = query
        self.library = LibraryQuery(program, models)
        self.kinds = FunctionKinds(self)
        self.relations = Relations(self)
        self.results = Results(self)
        self.stated = Stated(self)
        self.registries = Registries(query)
        self.signals = Signals(query)
        self.delegation = Delegation(query)
        self.registrations = Registrations(query)
        self.dispatching = Dispatching(query)
        self.library.held_class = self.stated.held
        self.library.given_by = self.stated.given_by
        self.library.elements_of = self.stated.elements_of
        declaring = (name for name, model in models.callables.items() if model.decorates == "field")
        self._declaring = frozenset(name.rpartition(".")[2] for name in declaring)
        self._by_last_name: dict[str, list[str]] | None = None
        self._named: dict[str, list[str]] | None = None

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
            return (class_of(term.name) if term.name in self.program.classes else Type("ext", term.name),)
        if term.name in self.program.classes:
            found = self.program.find(term.name, name)
            if found is not None and found.function:
                bound = self._bind(term, self.program.functions[found.function])
                return union(bound, self.query.patched.methods(term, name))
            types = self._described(self._field(term, name)) if found is not None else ()
            if term.kind == "class" and found is not None and found.field is not None and self._is_enum(found.owner):
                return (obj(found.owner, exact=True),) if found.field.value is not None else types
            if term.kind == "obj" and found is not None and found.field is not None and found.field.where == "class":
                types = self._bound_value(term, found.field, types)
            if not types and found is not None and found.field is not None:
                types = self._stated_by_heirs(term, name, found.field)
            if types or (found is not None and self._library_attribute(term, name) is None):
                return types or self.relations.of(term, name) or self._kept_name(term, name)
        found_types = self.relations.of(term, name) or self._library_attribute(term, name) or self._inner(term, name)
        found_types = found_types or self._answered(term, name) or self._mixed_in(term, name)
        if not found_types and term.name in self.program.classes:
            found_types = self.query.patched.methods(term, name)
        return found_types or self._kept_name(term, name)

    def _stated_by_heirs(self, term: Type, name: str, field: ir.FieldDef) -> Types:
        """What heirs put in the place of a `None` that a class has for them to replace."""
        value = field.value
        if value is None or value.kind != "const" or value.value is not None or field.where != "class":
            return ()
        having = [heir for heir in self._mixed_into(term) if name in self.program.classes[heir].fields]
        return self.attribute(tuple(obj(heir, exact=True) for heir in having), name)

    def is_computed(self, term: Type, name: str) -> bool:
        """Whether reading the attribute calls something of the program: a property, a descriptor, an interception."""
        if term.name not in self.program.classes:
            return False
        found = self.program.find(term.name, name)
        if found is not None and found.function:
            return self.kinds.is_property(self.program.functions[found.function])
        if found is not None and found.field is not None and found.field.where == "class":
            level = self.class_level(found.owner, name)
            if any(self.program.find(t.name, "__get__") is not None for t in level if t.kind == "obj"):
                return True
        return self.program.find(term.name, "__getattribute__") is not None

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
        return union(asked, self.results.special(term, "__getattr__"))  # of what is found it may make something else

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
        return union(*(self.results.special(t, "__get__") or (t,) for t in types))

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
        if self.kinds.is_static(function):
            return (Type("func", function.id),)
        if self.kinds.is_class_method(function):
            of_object = Type("class", term.name) if term.exact else class_of(term.name)
            return (Type("bound", function.id, receiver=term if term.kind == "class" else of_object),)
        if self.declares(function):
            return self._declared_by(term, function)
        if term.kind == "class":
            return (Type("func", function.id),)
        if self.kinds.is_property(function):
            return self.query.returned(function.id)
        return (Type("bound", function.id, receiver=term),)

    def declares(self, function: Function) -> bool:
        """Whether the method stands for the field whose declaration it returns."""
        if not any(decorator_name(d).rpartition(".")[2] in self._declaring for d in function.definition.decorators):
            return False
        models = (self.models.callables.get(name) for name in self.kinds.decorators(function))
        return any(model is not None and model.decorates == "field" for model in models)

    def _declared_by(self, term: Type, function: Function) -> Types:
        """`@declared_attr def owner(cls): return relationship("Person")`"""
        code = self.query.units.code(function.id)
        returned = (code.code[i.value] for i in code.code if isinstance(i, ir.Return) and i.value >= 0)
        return union(*(self._declared_type(term, code, call) for call in returned if isinstance(call, ir.Call)))

    def _declared_type(self, term: Type, code: Code, call: ir.Call) -> Types:
        def argument(kind: str, place: str) -> Types:
            return self.results.argument(code, call, (), kind, place)

        models = (
            self.models.fields.get(self.results.chosen(code, call, t.name)) for t in self.query.of(code, call.func)
        )
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
        return [unit for unit in found if self.kinds.is_property(self.program.functions[unit])]

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
        for decorator in self.kinds.decorators(function):
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
        exprs = ((f.owner, f.annotation or self._given_by(record.module, f)) for f in record.fields[name])
        annotations = self.query.annotations
        return union(*(annotations.substituted(record.module, scope, expr, bindings) for scope, expr in exprs))

    def _given_by(self, module: str, field: ir.FieldDef) -> ir.Expr | None:
        """The annotation of the parameter that an attribute is made of: `self.item = item`."""
        method = self.program.functions.get(f"{module}:{field.unit}") if field.unit else None
        if method is None or field.value is None or field.value.kind != "name":
            return None
        return next((p.annotation for p in method.definition.params if p.name == field.value.text), None)

    def _modelled(self, owner: str, field: ir.FieldDef) -> Types:
        """`author = ForeignKey(User)`: the model of `ForeignKey` says what the attribute is on an instance."""
        value = field.value
        if value is None or value.kind != "call":
            return ()
        record = self.program.classes[owner]
        symbol = self.program.resolve(record.module, decorator_name(value), field.owner)
        model = self.field_model(symbol.name, value) if symbol else None
        if model is None:
            return ()
        return self.library.types(
            model.type, obj(owner), owner, lambda kind, place: self.field_argument(owner, value, place, kind)
        )

    def field_model(self, name: str, value: ir.Expr) -> FieldModel | None:
        given = {arg.text: arg.args[0].value for arg in value.args[1:] if arg.kind == "kw" and arg.args}
        found = self.models.fields.get(self.library.chosen(name, given))
        return found or self.library.field_like(name)

    def field_argument(self, owner: str, value: ir.Expr, place: str, kind: str = "arg") -> Types:
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
        if key and term.kind == "obj" and not _TYPED_MAPPINGS.isdisjoint(self.library.line(term.name)):
            return self._field(term, key)
        known = self.library.callable(term.name, "__getitem__") if term.kind == "obj" else None
        if known is not None:
            named = self.named_attribute(term, known[1], key)
            return named or self.library.types(known[1].returns, term, term.name, None)
        if term.kind == "obj":
            return (
                self.results.special(term, "__getitem__")
                or self.results.special(term, "__missing__")
                or self.element(term)
            )
        return (obj(term.name),) if term.kind == "ext" and term.name in self.library.managers else ()

    def hands_out_attributes(self, term: Type) -> bool:
        """Whether the items of a library's object are attributes of what it is made for."""
        known = self.library.callable(term.name, "__getitem__") if term.kind == "obj" else None
        return known is not None and _NAMED_ATTRIBUTE in known[1].flow

    def named_attribute(self, term: Type, model: CallableModel, key: str) -> Types:
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
        found = self.results.special(term, "__iter__") or self.results.special(term, "__aiter__")
        following = (self.results.special(t, "__next__") or self.results.special(t, "__anext__") for t in found)
        return union(*(self.element(t) for t in found if t.name != term.name), *following)

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
