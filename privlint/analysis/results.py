"""What calls, operators and `with` give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from privlint import ir
from privlint.analysis.arguments import argument_value, constant_argument
from privlint.analysis.bounds import MAX_OVERRIDES
from privlint.analysis.getters import GETTERS, getter, read_types
from privlint.analysis.keys import known_names, name_pattern
from privlint.analysis.placed import entry
from privlint.analysis.symbols import resembles
from privlint.analysis.terms import HEIR, MAPPINGS, SEQUENCES, Place, Type, Types, class_of, fixed_tuple, obj, union
from privlint.knowledge.ports import parse_flow

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.members import Members
    from privlint.analysis.program import Function
    from privlint.models import CallableModel

_OPERATORS = {"|": "__or__", "+": "__add__", "/": "__truediv__", "%": "__mod__", "&": "__and__", ">>": "__rshift__"}


class Results:
    def __init__(self, members: Members) -> None:
        self._members = members
        self._program = members.program
        self._models = members.models
        self._query = members.query
        self._library = members.library

    def special(self, term: Type, name: str) -> Types:
        found = self._program.find(term.name, name) if term.name in self._program.classes else None
        return self._query.returned(found.function) if found is not None and found.function else ()

    def entered(self, code: Code, instr: ir.Enter) -> Types:
        """What `with` binds: of a generator its element, of an object what `__enter__` returns, else itself."""
        found: list[Types] = []
        manager = code.code[instr.manager]
        callees = self._query.of(code, manager.func) if isinstance(manager, ir.Call) else ()
        for callee in callees:
            function = self._program.functions.get(callee.name)
            if function is not None and self._members.kinds.is_context_manager(function):
                found.append(union(*(self._members.element(t) for t in self._query.returned(function.id))))
        if any(found):
            return union(*found)
        for term in self._query.of(code, instr.manager):
            name = "__aenter__" if instr.is_async else "__enter__"
            method = self._library.callable(term.name, name)
            if method is not None:
                found.append(self._library.types(method[1].returns, term, term.name, None) or (term,))
            else:
                found.append(self.special(term, name) or (term,))
        return union(*found)

    def result(self, code: Code, call: ir.Call, callee: Type) -> Types:
        """What calling `callee` gives."""
        emitted = self._members.signals.emission(code, call, callee)
        if emitted is not None:
            return self._members.signals.answers(emitted[1])
        if callee.kind == "class":
            return (obj(callee.name, exact=callee.attr != HEIR),)
        if callee.kind in ("func", "bound"):
            return self._returned(code, call, callee)
        if callee.kind == "closure":
            return self._query.returned(callee.name, callee.body)
        if callee.kind == "partial":
            return union(*(self.result(code, call, term) for term in callee.args[0]))
        if callee.kind == "obj":
            return self.special(callee, "__call__")
        if callee.kind == "getter" and call.args:
            return read_types(
                callee, self._query.of(code, call.args[0].value), self._members.attribute, self._members.item
            )
        if callee.kind == "record":
            return (Type("obj", callee.name, attr=callee.attr),)
        return self._external_result(code, call, callee) if callee.kind == "ext" else ()

    def presumed(self, code: Code, call: ir.Call) -> Types:
        """The method of a library that is meant on an object of which nothing is known, as its name or its arguments
        tell."""
        func = code.code[call.func]
        known = self._library.presumed.get(func.attr, ()) if isinstance(func, ir.Load) else ()
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
            return first >= 0 and any(t.kind in ("func", "bound", "closure") for t in self._query.of(code, first))
        given = [t for arg in call.args for t in self._query.of(code, arg.value) if t.kind in ("obj", "class")]
        if told == "row":
            rows = (t.name for t in given if t.kind == "obj")
            return any(model.stores for name in rows for model in self._library.class_models(name))
        return any(self._library.inherits(t.name, told) for t in given)

    def _is_stored(self, code: Code, value: int) -> bool:
        """Whether a value is a class of rows, an attribute of one, or a call on or of such an attribute."""
        instr = code.code[value]
        if isinstance(instr, ir.Call):
            func = code.code[instr.func]
            on = isinstance(func, ir.Load) and self._is_stored(code, func.base)
            return on or any(self._is_stored(code, arg.value) for arg in instr.args)
        terms = self._query.of(code, value)
        terms = (*terms, *self._query.of(code, instr.base)) if isinstance(instr, ir.Load) else terms
        classes = [t.name for t in terms if t.kind == "class"]
        return any(model.stores for name in classes for model in self._library.class_models(name))

    def operated(self, code: Code, instr: ir.Operate) -> Types:
        """What an operator gives, where the model of a library's class says so: `prompt | model`."""
        name = _OPERATORS.get(instr.operator, "")
        if name not in self._library.operators:
            return ()
        call = ir.Call(instr.at, -1, tuple(ir.Arg("", value) for value in instr.operands[1:]))
        left = self._query.of(code, instr.operands[0])
        known = ((t, self._library.callable(t.name, name)) for t in left if t.kind == "obj")
        return union(*(self._external_result(code, call, Type("ext", k[0], receiver=t)) for t, k in known if k))

    def _sending(self, code: Code, call: ir.Call) -> Types:
        """`getattr(client, verb)`: which of the methods that send it is makes no difference."""
        found: list[Type] = []
        for term in self._query.of(code, call.args[0].value):
            name = self._library.sender(term) if term.kind in ("obj", "ext") else ""
            if name:
                found.append(Type("ext", name, receiver=term if term.kind == "obj" else None))
        return tuple(found)

    def called_without(self, callee: Type) -> Types:
        """What a function, method or library callable gives, whatever its arguments are."""
        if callee.kind == "ext":
            model = self._library.model(callee.name)
            owner = callee.receiver.name if callee.receiver else callee.name.rpartition(".")[0]
            return self._library.types(model.returns, callee.receiver, owner, None) if model is not None else ()
        found = self._query.returned(callee.name)
        return tuple(self._members.stated.fill(t, callee.receiver.args) for t in found) if callee.receiver else found

    def _returned(self, code: Code, call: ir.Call, callee: Type) -> Types:
        registered = self._members.registries.functions(code, call, callee.name) if callee.kind == "func" else ()
        if registered:
            return tuple(Type("func", unit, attr="registered") for unit in registered)
        function = self._program.functions[callee.name]
        if self._query.generics.returns_variable(function):
            found = self._substituted(code, call, callee, function)
            if found:
                return found
        first = self._query.of(code, call.args[0].value) if call.args and not call.args[0].name else ()
        chosen = self._members.dispatching.chosen(callee.name, first)
        found = union(
            *(self._given_back(code, call, callee, name) for name in chosen or self._definitions(callee.name))
        )
        receiver = callee.receiver
        if receiver is None:
            return found
        # a method that returns `self` or makes instances of `cls` gives the receiver's own class
        owner = self._program.functions[callee.name].owner
        exact = obj(receiver.name) if receiver.kind == "class" else receiver
        own = (_own_class(t, owner, exact) for t in found)
        return tuple(self._members.stated.fill(t, exact.args) for t in own)

    def _given_back(self, code: Code, call: ir.Call, callee: Type, unit: str) -> Types:
        """What a function returns; of a parameter that it returns as it is, what this call gives for it."""
        parts = self._query.handed_back(unit) if unit == callee.name else None
        if parts is None:
            return self._query.returned(unit)
        names, others = parts
        function = self._program.functions[unit]
        params = tuple(param.name for param in function.definition.params)
        bound = callee.kind == "bound" and bool(function.owner)
        if bound and params[0] in names:
            return self._query.returned(unit)
        params = params[1:] if bound and not self._members.kinds.is_static(function) else params
        given = [argument_value(call, params, name) for name in names]
        if -1 in given:
            return self._query.returned(unit)
        return union(others, *(self._query.of(code, value) for value in given))

    def _definitions(self, function: str) -> tuple[str, ...]:
        return (function, *self._program.alternatives(function))

    def _substituted(self, code: Code, call: ir.Call, callee: Type, function: Function) -> Types:
        """The annotated result, where type variables stand for what the receiver and the arguments tell."""
        generics = self._query.generics
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
            given = self._query.of(code, argument_value(call, names, param.name))
            for name, types in generics.learnt(module, scope, param.annotation, given).items():
                bindings.setdefault(name, types)
        return self._query.annotations.substituted(module, scope, definition.returns, bindings) if bindings else ()

    def _external_result(self, code: Code, call: ir.Call, callee: Type) -> Types:
        if callee.name == "builtins.super":
            return self._super_object(code, call)
        if callee.name == "functools.partial" and call.args:
            ahead = call.args[1:]
            names = ",".join(arg.name for arg in ahead)
            inner = self._query.of(code, call.args[0].value)
            return (Type("partial", "functools.partial", (inner,), body=len(ahead), attr=names),)
        if callee.name in GETTERS:
            return getter(code, call, callee.name)
        if callee.name == "builtins.getattr" and len(call.args) > 1:
            return self._by_name(code, call) or self._sending(code, call)
        if callee.name.endswith(".__new__") and call.args:
            made = self._query.of(code, call.args[0].value)
            return tuple(obj(t.name) for t in made if t.kind == "class")
        if callee.name == "importlib.import_module" and call.args:
            return self._module_by_name(code, call.args[0].value)
        if callee.name == "builtins.type" and call.args:
            made = self._query.of(code, call.args[0].value)
            return tuple(class_of(t.name) if t.name in self._program.classes else Type("ext", t.name) for t in made)
        model = self._library.model(self.chosen(code, call, callee.name))
        if model is not None and callee.receiver is not None:
            first = argument_value(call, model.params, "0")
            key = code.code[first].value if first >= 0 and isinstance(code.code[first], ir.Const) else None  # type: ignore[union-attr]
            named = self._members.named_attribute(callee.receiver, model, key) if isinstance(key, str) else ()
            if named:
                return named
        if model is not None and model.record:
            return self._record(code, call, callee.name, model)
        placed = self._placed(code, call, callee, model) if model is not None and model.flow else ()
        if placed:
            return placed
        if model is not None and model.returns:
            receiver = callee.receiver
            owner = receiver.name if receiver else callee.name.rpartition(".")[0]
            return self._library.types(
                model.returns,
                receiver,
                owner,
                lambda kind, place: self.argument(code, call, model.params, kind, place),
            )
        keyed = self.keyed_name(code, call, callee.name)
        if keyed:
            return (obj(keyed),)
        if callee.name.startswith("builtins.") and model is not None and callee.name not in self._models.classes:
            return ()
        return (obj(_made_by(callee) if model is None else callee.name, *callee.args),)

    def _placed(self, code: Code, call: ir.Call, callee: Type, model: CallableModel) -> Types:
        """The entry of a table that a method takes out (`table.get("a")`), and the table that keywords make."""
        found: list[Types] = []
        flows = [parse_flow(text) for text in model.flow]
        for source, target in flows if callee.receiver is not None and callee.receiver.places else ():
            if source.root == "self" and source.keyed and target.root == "return" and not target.path:
                key = constant_argument(code, call, model.params, source.keyed[0][1])
                known = entry(callee.receiver, key) if callee.receiver is not None else None
                if known is None:
                    return ()
                found.append(known)
        if callee.name in MAPPINGS:
            entries = (arg for arg in call.args if arg.name.strip("*"))
            named: dict[Place, Types] = {arg.name: self._query.of(code, arg.value) for arg in entries}
            given = self._query.of(code, call.args[0].value) if call.args and not call.args[0].name else ()
            made = self._query.placing.named(named)
            found.append(union(self._query.placing.merged(g, m) for m in made for g in given) if given else made)
        return union(*found)

    def _by_name(self, code: Code, call: ir.Call) -> Types:
        """`getattr(thing, name)`: attributes of the names that it can be, methods that begin and end like it."""
        types = self._query.of(code, call.args[0].value)
        default = self._query.of(code, call.args[2].value) if len(call.args) > 2 else ()
        names = known_names(self._query, code, call.args[1].value)
        if not names:
            names = self._alike(types, name_pattern(self._query, code, call.args[1].value))
        return union(*(self._members.attribute(types, name) for name in names), default)

    def _alike(self, types: Types, pattern: tuple[str, str] | None) -> list[str]:
        """Methods whose names begin and end in a certain way, if they are few."""
        if pattern is None:
            return []
        start, end = pattern
        owners = [o for t in types if t.kind in ("obj", "class") for o in self._library.line(t.name)]
        records = (self._program.classes.get(owner) for owner in dict.fromkeys(owners))
        methods = dict.fromkeys(name for record in records if record is not None for name in record.methods)
        found = [name for name in methods if name.startswith(start) and name.endswith(end) and name != start + end]
        return found if len(found) <= MAX_OVERRIDES else []

    def keyed_name(self, code: Code, call: ir.Call, name: str) -> str:
        """The name of what a call returns where its first parameter decides: `client("mail")`, "" elsewhere."""
        if name not in self._library.keyed:
            return ""
        model = self._library.model(name)
        params = model.params if model else ()
        value = argument_value(call, params, params[0] if params else "0")
        first = code.code[value] if value >= 0 else None
        return f'{name}("{first.value}")' if isinstance(first, ir.Const) else ""

    def chosen(self, code: Code, call: ir.Call, name: str) -> str:
        """The name that the constants among a call's keywords select."""
        if name not in self._library.by_keyword:
            return name
        named = ((arg.name, code.code[arg.value]) for arg in call.args if arg.name)
        return self._library.chosen(name, {key: i.value for key, i in named if isinstance(i, ir.Const)})

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
        found = self._program.module_named(text)
        return (Type("module", found),) if found else ()

    def _super_object(self, code: Code, call: ir.Call) -> Types:
        if len(call.args) > 1:
            classes = [t for t in self._query.of(code, call.args[0].value) if t.kind == "class"]
            receivers = self._query.of(code, call.args[1].value)
            return tuple(Type("super", c.name, receiver=receivers[0] if receivers else obj(c.name)) for c in classes)
        function = self._program.functions.get(code.unit)
        if function is None or not function.owner:
            return ()
        receiver = class_of(function.owner) if self._members.kinds.is_class_method(function) else obj(function.owner)
        return (Type("super", function.owner, receiver=receiver),)

    def argument(self, code: Code, call: ir.Call, params: tuple[str, ...], kind: str, place: str) -> Types:
        if kind == "row":
            return self._row(code, call)
        value = argument_value(call, params, place)
        named = code.code[value] if kind == "arg" and value >= 0 else None
        if isinstance(named, ir.Const) and isinstance(named.value, str):
            return self._members.class_by_name(self._query.scope(code)[0], named.value)
        found = self._query.of(code, value)
        if kind == "value":
            return found
        if kind == "elem":
            return union(*(self._members.element(term) for term in found))
        if kind == "call":
            return union(*(self.result(code, call, term) for term in found))
        return tuple(obj(t.name, *t.args) if t.kind in ("class", "ext") else t for t in found)

    def _row(self, code: Code, call: ir.Call) -> Types:
        """What a query over these classes and columns gives: objects for one class, else tuples."""
        given = [self._query.of(code, arg.value) for arg in call.args if not arg.name]
        parts = [tuple(obj(t.name) for t in types if t.kind in ("class", "ext")) for types in given]
        known = [tuple(t for t in part if t.name in self._program.classes) for part in parts]
        return known[0] if len(known) == 1 and known[0] else fixed_tuple(known)


def _own_class(term: Type, owner: str, exact: Type) -> Type:
    """`term` with the class that a method was called on in the place of the class that it is written in."""
    if term.name == owner and term.kind == "obj" and not any(term.args):
        return exact
    if term.name in SEQUENCES and any(inner.name == owner for inners in term.args for inner in inners):
        args = tuple(tuple(_own_class(inner, owner, exact) for inner in inners) for inners in term.args)
        return msgspec.structs.replace(term, args=args)
    return term


def _made_by(callee: Type) -> str:
    """The class of what a library callable without a model gives: `Client.from_env()` is another way to make a
    `Client`; all else is called after what it comes from."""
    owner, _, name = callee.name.rpartition(".")
    other_way = name.startswith("from_") and owner.rpartition(".")[2][:1].isupper() and callee.receiver is None
    return owner if other_way else callee.name
