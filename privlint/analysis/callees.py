"""Who is called here, and which argument becomes which parameter: explicit and implicit calls alike."""

from __future__ import annotations

import msgspec

from privlint import ir
from privlint.analysis.bounds import MAX_OVERRIDES
from privlint.analysis.captures import place_of, receiver_of
from privlint.analysis.code import Code
from privlint.analysis.effects import Effects
from privlint.analysis.formatting import Formatting
from privlint.analysis.getters import getter_model
from privlint.analysis.implicit import Implicit
from privlint.analysis.listing import computing
from privlint.analysis.paths import Path
from privlint.analysis.program import Function
from privlint.analysis.protocols import Protocols
from privlint.analysis.schemas import Schemas
from privlint.analysis.shifting import length_of
from privlint.analysis.targets import Target
from privlint.analysis.terms import CALLABLES, SCALARS, Type, Types
from privlint.analysis.types import TypeQuery
from privlint.analysis.wrapping import Wrapping
from privlint.knowledge.ports import Port, PortCall, parse_port
from privlint.models import CallableModel

_INDEXING = ("__missing__", "__iter__", "__class_getitem__")
_SENDING = frozenset({"send", "asend"})
_COMMON = ("builtins.dict", "builtins.list", "builtins.set", "builtins.str")


class Callees:
    def __init__(self, query: TypeQuery) -> None:
        self.query = query
        self.program = query.program
        self.members = query.members
        self._memo: dict[tuple[str, int, int], tuple[Target, ...]] = {}
        self._fields: dict[str, tuple[str, ...]] = {}
        self.implicit = Implicit(self)
        self.properties = self._implicit_names() | self.implicit.described()
        self.method_names = frozenset(name for record in self.program.classes.values() for name in record.methods)
        self.indexes = "__getitem__" in self.properties or not self.implicit.defined.isdisjoint(_INDEXING)
        self.records = self._record_names()
        self.effects = Effects(self)
        self.formatting = Formatting(self)
        self.wrapping = Wrapping(query)
        self.protocols = Protocols(query.program)
        self.schemas = Schemas(query.program, query.members, self.field_names)

    def _implicit_names(self) -> frozenset[str]:
        """Names whose mere reading, writing or indexing may call something of the project."""
        names = {
            function.definition.qualname.rpartition(".")[2]
            for function in self.program.functions.values()
            if function.owner and function.definition.decorators and self.members.kinds.is_property(function)
        }
        special = {"__getitem__", "__setitem__", "__delitem__"}
        names |= {m for m in special if any(name.endswith(f".{m}") for name in self.query.models.callables)}
        return frozenset(names | {m for c in self.program.classes.values() for m in special if m in c.methods})

    def _record_names(self) -> bool:
        """Whether the program has classes whose fields are elements too."""
        indexed = {name for name, model in self.query.models.classes.items() if model.indexed}
        if any(indexed & set(record.mro) for record in self.program.classes.values()):
            return True
        return any(model.record for model in self.query.models.callables.values())

    def of(self, code: Code, position: int) -> tuple[Target, ...]:
        """Callees of the instruction at `position`; none if it calls nothing."""
        key = (code.unit, code.body, position)
        found = self._memo.get(key)
        if found is None:
            targets = dict.fromkeys(self._resolve(code, position))
            placed = (self._placed(target) for target in targets)
            found = tuple(self._measured(code, target) for target in placed if target is not None)
            self._memo[key] = found
        return found

    def _measured(self, code: Code, target: Target) -> Target:
        """The target with the lengths of what is spread into its positions."""
        spread = [arg.value for arg in target.args if arg.name == "*"]
        if not spread or target.kind != "body":
            return target
        lengths = tuple(length_of(self, code, value) if value >= 0 else 0 for value in spread)
        return msgspec.structs.replace(target, lengths=lengths) if any(lengths) else target

    def _placed(self, target: Target) -> Target | None:
        """The target, where its body is: a method of a class inside a function is a body of that function's unit."""
        function = self.program.functions.get(target.name) if target.kind == "body" and not target.body else None
        if function is None or not function.definition.parent:
            return target
        place = self.query.locals.place(function)
        return msgspec.structs.replace(target, name=place[0], body=place[1]) if place is not None else None

    def _resolve(self, code: Code, position: int) -> list[Target]:
        instr = code.code[position]
        if isinstance(instr, ir.Call):
            return self._call(code, instr)
        if isinstance(instr, ir.Load):
            return self._getter(code, instr)
        if isinstance(instr, ir.Store):
            return self._setter(code, instr)
        if isinstance(instr, ir.Enter):
            return self._enter(code, instr)
        if isinstance(instr, ir.Item):
            found = self._special(code, instr.base, "__getitem__", (instr.base, instr.key))
            found = found or self.implicit.missing(code, instr) or self.implicit.unpacked(code, instr)
            return found or self.implicit.of_class(code, instr)
        if isinstance(instr, ir.StoreItem) and instr.value < 0:
            return self.implicit.deleted(code, instr)
        if isinstance(instr, ir.StoreItem):
            return self._special(code, instr.base, "__setitem__", (instr.base, instr.key, instr.value))
        if isinstance(instr, ir.Operate):
            return self.implicit.operate(code, instr)
        if isinstance(instr, ir.Text):
            return self.implicit.concatenate(code, instr)
        if isinstance(instr, ir.Elem):
            return self.implicit.iterate(code, instr.base) + self._next(code, instr.base)
        return self.implicit.iterate(code, instr.value) if isinstance(instr, ir.Spread) else []

    # ------------------------------------------------------------------------------------------------ explicit calls

    def _call(self, code: Code, call: ir.Call) -> list[Target]:
        func = code.code[call.func]
        receiver = code.receiver(func) if isinstance(func, ir.Load) else -1
        found: list[Target] = []
        for term in self.query.callees(code, call):
            stored = isinstance(func, ir.Load) and term.kind == "bound" and self._is_kept(term, func)
            found += self._alternative(term, call.args, -1 if stored else receiver, call.func)
            found += self._connected(code, call, term)
        found = [chosen for target in found for chosen in self._dispatched(code, self._chosen(code, target))]
        for target in found:
            if target.model is not None and target.model.listed == "self":
                found = [*found, *computing(self.query, code, target)]
        if isinstance(func, ir.Load) and func.attr in _SENDING and call.args:
            sent = self._sent(code, call, receiver)
            found = sent or found
        return found or self._by_name(func, call.args, receiver)

    def _dispatched(self, code: Code, target: Target) -> list[Target]:
        """What runs in the place of a function that chooses by the class of its first argument."""
        if target.kind != "body" or target.body:
            return [target]
        chosen = self.members.dispatching.chosen(target.name, self._first_given(code, target))
        return [msgspec.structs.replace(target, name=unit) for unit in chosen] or [target]

    def _first_given(self, code: Code, target: Target) -> Types:
        plain = [arg.value for arg in target.args if not arg.name][target.receiver >= 0 :]
        return self.query.of(code, plain[0]) if plain and plain[0] >= 0 else ()

    def _connected(self, code: Code, call: ir.Call, term: Type) -> list[Target]:
        """Functions that are called because they are connected to the signal that the call emits."""
        emitted = self.members.signals.emission(code, call, term)
        if emitted is None:
            return []
        model, functions = emitted
        path = parse_port(model.emits).path
        found = []
        for unit in functions:
            method = self.program.functions[unit].owner and not self.members.kinds.is_static(
                self.program.functions[unit]
            )
            args = (ir.Arg("", -1), *call.args) if method else call.args
            found.append(Target("body", unit, 0, args, result_path=path))
        return found

    def _is_kept(self, term: Type, func: ir.Load) -> bool:
        """Whether a method was put into an attribute of another name, rather than looked up there."""
        if last_name(term.name) == func.attr:
            return False
        found = self.program.find(term.receiver.name, func.attr) if term.receiver is not None else None
        return found is None or found.field is None or found.field.where != "class"

    def _chosen(self, code: Code, target: Target) -> Target:
        """The model that the constants among the keywords of a call select."""
        library = self.members.library
        if target.kind != "model" or target.name not in library.by_keyword:
            return target
        named = ((arg.name, code.code[arg.value]) for arg in target.args if arg.name)
        name = library.chosen(target.name, {key: i.value for key, i in named if isinstance(i, ir.Const)})
        return msgspec.structs.replace(target, model=self.model(name))

    def _sent(self, code: Code, call: ir.Call, receiver: int) -> list[Target]:
        """`generator.send(value)`, where the call that made the generator is known: the value of its `yield`."""
        made = code.code[code.original(receiver)]
        if not isinstance(made, ir.Call):
            return []
        bodies = (t for t in self._call(code, made) if t.kind == "body")
        args = call.args[:1]
        return [
            Target("sent", t.name, t.body, args, receiver, "element")
            for t in bodies
            if self.query.units.record(t.name, t.body).is_generator
        ]

    def given(self, terms: Types, args: tuple[ir.Arg, ...], func: int) -> list[Target]:
        """Callees of a function, the value `func`, that somebody else calls with `args`."""
        return [target for term in terms for target in self._alternative(term, args, -1, func)]

    def is_method(self, code: Code, load: int, name: str) -> bool:
        """Whether a `Load` gives a method, kept as a value."""
        if name not in self.method_names and not self._is_common(name):
            return False
        types = self.query.of(code, load)
        return bool(types) and all(
            t.kind == "bound" or (t.kind == "ext" and t.receiver is not None and self.model(t.name) is not None)
            for t in types
        )

    def takes_function(self, code: Code, position: int, value: int) -> bool:
        """Whether the call at `position` gives `value` to a body of the program."""
        instr = code.code[position]
        if not isinstance(instr, ir.Call) or not any(arg.value == value for arg in instr.args):
            return False
        return any(
            target.kind == "body" or (target.model is not None and target.model.calls)
            for target in self.of(code, position)
        )

    def is_given(self, code: Code, func: int) -> bool:
        """Whether a called value is a parameter that stands for whatever function the callers give."""
        instr = code.code[func]
        if not isinstance(instr, ir.Param) or code.record.params[instr.index].kind in ("*", "**"):
            return False
        types = self.query.of(code, func)
        return all(term.kind in CALLABLES or term.kind == "ext" for term in types)

    def by_default(self, code: Code, func: int, args: tuple[ir.Arg, ...]) -> tuple[Target, ...]:
        """What a called parameter is where the caller gives none: `def run(user, function=mail)`."""
        instr = code.code[func]
        default = code.record.params[instr.index].default if isinstance(instr, ir.Param) else None
        if default is None or default.kind != "name":
            return ()
        module, scope = self.query.scope(code)
        symbol = self.program.resolve(module, default.text, scope)
        return tuple(self._decorated(symbol.name, args)) if symbol is not None and symbol.kind == "function" else ()

    def _alternative(self, term: Type, args: tuple[ir.Arg, ...], receiver: int, func: int) -> list[Target]:
        """Callees that `func`, a value, stands for as `term`."""
        if term.kind == "func":
            found = self._decorated(term.name, args)
            found += [self.plain(other, args) for other in self.program.alternatives(term.name)]
            doubted = term.attr == "registered" and not self.members.registries.is_sure(term.name)
            return [msgspec.structs.replace(target, likely=True) for target in found] if doubted else found
        if term.kind == "bound":
            return self._bound(term, args, receiver if receiver >= 0 or func < 0 else receiver_of(func))
        if term.kind == "closure":
            bound = (ir.Arg("", receiver), *args) if term.receiver is not None else args
            return [Target("body", term.name, term.body, bound)]
        if term.kind == "class":
            return self._made(term.name, args)
        if term.kind == "partial":
            return self._partial(term, args, func)
        if term.kind == "getter":
            return [Target("model", term.name, args=args, model=getter_model(term))]
        if term.kind == "record":
            return [Target("fields", "", args=args, fields=tuple(term.attr.split(",")))]
        if term.kind == "handover":
            return [self._handover(term, args)]
        if term.kind == "obj":
            return self._callable_object(term, args, func if func >= 0 else receiver)
        if term.kind == "ext":
            taken = receiver < 0 <= func and term.receiver is not None
            own = receiver_of(func) if taken else receiver
            return [Target("model", term.name, args=args, receiver=own, model=self.model(term.name))]
        return []

    def _partial(self, term: Type, args: tuple[ir.Arg, ...], func: int) -> list[Target]:
        """Arguments given ahead stand before the others, under values that no instruction has."""
        found: list[Target] = []
        names = term.attr.split(",") if term.body else []
        for inner in term.args[0]:
            first = inner.body if inner.kind == "partial" else 0
            given = {arg.name for arg in args if arg.name}
            places = ((name, place_of(func, first + n)) for n, name in enumerate(names))
            ahead = tuple(ir.Arg(name, place) for name, place in places if name not in given)
            found += self._alternative(inner, (*ahead, *args), -1, func)
        return found

    def model(self, name: str) -> CallableModel | None:
        return self.members.library.model(name)

    def plain(self, unit: str, args: tuple[ir.Arg, ...], receiver: int = -1, result: str = "return") -> Target:
        named = self._named(unit)
        if named is not None:  # a project's own model of a function wins over its body
            return Target(
                "model", self.dotted(unit), args=args[1:] if receiver >= 0 else args, receiver=receiver, model=named
            )
        return Target("body", unit, 0, args, receiver, result)

    def _decorated(self, unit: str, args: tuple[ir.Arg, ...], receiver: int = -1) -> list[Target]:
        """A function with what decorators of the program put around it. One that passes on what it gets is only told
        of it; of one that calls the function in a way of its own, what that does is followed."""
        own, wrappers = self.plain(unit, args, receiver), self._wrappers(unit, args)
        if own.kind == "body" and (others := self._in_its_place(unit)):
            return [self.plain(other.name, args, receiver) for other in others]
        apart = [t for t in wrappers if self.wrapping.rearranges(self.query.units.code(t.name, t.body))]
        if len(apart) != 1 or own.kind != "body":
            return [own, *wrappers]
        drops = self.wrapping.drops(self.query.units.code(apart[0].name, apart[0].body))
        outer = msgspec.structs.replace(apart[0], result="return", wraps=unit)
        own = msgspec.structs.replace(own, passive=True, result="none" if drops else own.result)
        return [own, outer, *(t for t in wrappers if t is not apart[0])]

    def _in_its_place(self, unit: str) -> Types:
        """Functions of the program that a decorator gives instead of the one it decorates, whatever that is."""
        function = self.program.functions.get(unit)
        if function is None:
            return ()
        for expr, name in zip(function.definition.decorators, self.members.kinds.decorators(function), strict=True):
            if expr.kind == "name" and name in self.program.functions and self.query.handed_back(name) is None:
                types = self.query.returned(name)
                if len(types) == 1 and types[0].kind == "func" and types[0].name != unit and not types[0].attr:
                    return types
        return ()

    def _wrappers(self, unit: str, args: tuple[ir.Arg, ...]) -> list[Target]:
        """Functions that decorators of the program put around a function: they see its arguments. What they return is
        taken for what the function itself returns."""
        function = self.program.functions.get(unit)
        if function is None:
            return []
        found: list[Target] = []
        for expr, name in zip(function.definition.decorators, self.members.kinds.decorators(function), strict=True):
            if name not in self.program.functions:
                continue
            types = self.query.returned(name)
            if expr.kind == "call":
                given = [self.query.returned(t.name, t.body) for t in types if t.kind == "closure"]
                types = tuple(t for inner in given for t in inner)
            made = [t for t in types if t.kind == "closure"]
            inner = [t for t in made if not any(r.kind == "closure" for r in self.query.returned(t.name, t.body))]
            found += [Target("body", t.name, t.body, args, result="none") for t in inner or made]
        return found

    def _named(self, unit: str) -> CallableModel | None:
        return self.model(self.dotted(unit))

    @staticmethod
    def dotted(unit: str) -> str:
        """ "app.mail:Client.send" as people write it: "app.mail.Client.send"."""
        module, _, rest = unit.partition("#")[0].partition(":")
        return f"{module}.{rest}" if rest else module

    def _bound(self, term: Type, args: tuple[ir.Arg, ...], receiver: int) -> list[Target]:
        own = (ir.Arg("", receiver), *args)
        found = self._decorated(term.name, own, receiver)
        if term.receiver is None or term.receiver.exact:
            return found
        name = term.name.partition("#")[0].rpartition(".")[2]
        overrides = self.program.overriders(term.receiver.name, name)
        if len(overrides) <= MAX_OVERRIDES:
            found += [self.plain(unit, own, receiver) for unit in overrides if unit != term.name]
        fitting = self.protocols.methods(term.receiver.name, name)
        return found + [msgspec.structs.replace(self.plain(unit, own, receiver), fits=True) for unit in fitting]

    def _made(self, name: str, args: tuple[ir.Arg, ...]) -> list[Target]:
        """What runs when a class is called: its `__new__` and its constructor."""
        found = self.program.find(name, "__new__")
        new = [self.plain(found.function, (ir.Arg("", -1), *args))] if found is not None and found.function else []
        if new and self.program.find(name, "__init__") is None and not self.field_names(name):
            return new
        constructor = self._constructor(name, args)
        completed = self.completed(name) if constructor.kind == "fields" else None
        return [*new, constructor, *([completed] if completed is not None else [])]

    def completed(self, name: str) -> Target | None:
        """What a generated constructor calls in the end."""
        found = self.program.find(name, "__post_init__")
        if found is None or not found.function:
            return None
        return Target("body", found.function, 0, (ir.Arg("", -1),), result="self")

    def _constructor(self, name: str, args: tuple[ir.Arg, ...]) -> Target:
        declared = self.model(name)
        if declared is not None:
            return Target("model", name, args=args, model=declared)
        found = self.program.find(name, "__init__")
        if found is not None and found.function:
            return Target("body", found.function, 0, (ir.Arg("", -1), *args), result="self")
        external = next((b for b in self.members.library.line(name) if self.model(b) is not None), "")
        if external and not self.field_names(name):
            return Target("model", external, args=args, model=self.model(external))
        return Target("fields", name, args=args, fields=self.field_names(name))

    def field_names(self, name: str) -> tuple[str, ...]:
        """Annotated class fields in the order a generated constructor takes them: bases first."""
        found = self._fields.get(name)
        if found is None:
            names: dict[str, None] = {}
            for owner in reversed(self.members.library.line(name)):
                record = self.program.classes.get(owner)
                for field_name, fields in record.fields.items() if record else ():
                    if record is not None and any(self.formatting.is_field(record, f, given=True) for f in fields):
                        names[field_name] = None
            found = self._fields[name] = tuple(names)
        return found

    def _handover(self, term: Type, args: tuple[ir.Arg, ...]) -> Target:
        decorator = term.args[0][0].name
        model = self.query.models.handovers[decorator]
        how = model.call[term.attr]
        passed = args
        if how != "same":
            positional, _, keywords = how.partition(",")
            plain = [a for a in args if a.name == ""]
            given = {a.name: a.value for a in args if a.name}
            if plain and positional not in given:
                given[positional] = plain[0].value
            if len(plain) > 1 and keywords not in given:
                given[keywords] = plain[1].value
            passed = tuple(
                ir.Arg(mark, given[name]) for mark, name in (("*", positional), ("**", keywords)) if name in given
            )
        if self._binds_task(term.name, decorator):
            passed = (ir.Arg("", -1), *passed)
        return Target("body", term.name, 0, passed, result="none", handover=model.kind)

    def _binds_task(self, unit: str, decorator: str) -> bool:
        """`@task(bind=True)`: the first parameter is the task itself."""
        function = self.program.functions[unit]
        names = self.members.kinds.decorators(function)
        for expr, name in zip(function.definition.decorators, names, strict=True):
            if name == decorator and expr.kind == "call":
                return any(
                    a.kind == "kw" and a.text == "bind" and a.args and a.args[0].value is True for a in expr.args
                )
        return False

    def _callable_object(self, term: Type, args: tuple[ir.Arg, ...], receiver: int) -> list[Target]:
        if term.name in self.program.classes:
            found = self.program.find(term.name, "__call__")
            if found is not None and found.function:
                return [self.plain(found.function, (ir.Arg("", receiver), *args), receiver)]
            return []
        if term.name in SCALARS:  # another entry of the table: a text is never called
            return []
        name = f"{term.name}.__call__"
        return [Target("model", name, args=args, receiver=receiver, model=self.model(name) or self.model(term.name))]

    def _by_name(self, func: ir.AnyInstr, args: tuple[ir.Arg, ...], receiver: int) -> list[Target]:
        if not isinstance(func, ir.Load):
            return [Target("unknown", getattr(func, "name", ""), args=args)]
        named = [] if func.attr.startswith("__") or self._is_common(func.attr) else self.members.named(func.attr)
        own = (ir.Arg("", receiver), *args)
        found = [Target("body", unit, 0, own, receiver, likely=True) for unit in named if self._fits(unit, own)]
        return found or [Target("unknown", func.attr, args=args, receiver=receiver)]

    def _is_common(self, name: str) -> bool:
        """A method that every container or text has: it tells nothing about what is of no known type."""
        return any(self.model(f"{kind}.{name}") is not None for kind in _COMMON)

    def _fits(self, unit: str, args: tuple[ir.Arg, ...]) -> bool:
        """Whether a method takes these arguments: what it must have is there, and no keyword is strange."""
        function = self.program.functions[unit]
        if self.members.kinds.is_static(function) or self.members.kinds.is_property(function):
            return False
        params = function.definition.params
        kinds = {p.kind for p in params}
        names = {p.name for p in params}
        plain = sum(1 for a in args if a.name == "")
        spread = any(a.name in ("*", "**") for a in args)
        if "**" not in kinds and any(a.name not in names for a in args if a.name and a.name not in ("*", "**")):
            return False
        if "*" not in kinds and plain > sum(1 for p in params if p.kind in ("pos", "any")):
            return False
        needed = sum(1 for p in params if p.kind in ("pos", "any", "kw") and p.default is None)
        return spread or len(args) >= needed

    # ------------------------------------------------------------------------------------------------ implicit calls

    def _getter(self, code: Code, load: ir.Load) -> list[Target]:
        found: list[Target] = []
        for term in self.query.of(code, load.base):
            if term.kind == "obj" and term.name in self.program.classes:
                getters = [f for f in self.methods(term, load.attr) if self.members.kinds.is_property(f)]
                found += [Target("body", f.id, 0, (ir.Arg("", load.base),), load.base) for f in getters]
            if term.kind == "super":
                inherited = self.members.inherited_properties(term, load.attr)
                found += [Target("body", unit, 0, (ir.Arg("", load.base),), load.base) for unit in inherited]
        found += self.implicit.descriptor(code, load.base, load.attr, "__get__", (-1,))
        return found or self.implicit.made_up(code, load)

    def methods(self, term: Type, name: str) -> list[Function]:
        found = self.program.find(term.name, name)
        functions = [self.program.functions[found.function]] if found is not None and found.function else []
        if functions and not term.exact:
            functions += [self.program.functions[unit] for unit in self.program.overriders(term.name, name)]
        if found is None:
            functions += self.members.mixed_in_methods(term, name)
        return functions

    def _setter(self, code: Code, store: ir.Store) -> list[Target]:
        found: list[Target] = []
        for term in self.query.of(code, store.base):
            if term.kind == "obj" and term.name in self.program.classes:
                for function in self._setters(term.name, store.attr):
                    args = (ir.Arg("", store.base), ir.Arg("", store.value))
                    found.append(Target("body", function.id, 0, args, store.base, "none"))
        found += self.implicit.descriptor(code, store.base, store.attr, "__set__", (store.value,))
        return found or self.implicit.set(code, store)

    def _setters(self, name: str, attr: str) -> list[Function]:
        for owner in self.members.library.line(name):
            record = self.program.classes.get(owner)
            if record is not None and attr in record.setters:
                return [self.program.functions[record.setters[attr]]]
        return []

    def _enter(self, code: Code, instr: ir.Enter) -> list[Target]:
        if instr.leaving:
            return self.implicit.left(code, instr)
        name = "__aenter__" if instr.is_async else "__enter__"
        return self._special(code, instr.manager, name, (instr.manager,)) + self.implicit.left(code, instr)

    def _special(self, code: Code, base: int, name: str, values: tuple[int, ...]) -> list[Target]:
        found: list[Target] = []
        for term in self.query.of(code, base):
            if term.kind == "obj" and term.name in self.program.classes:
                args = tuple(ir.Arg("", v) for v in values)
                result = "none" if name == "__setitem__" else "return"
                found += [Target("body", f.id, 0, args, base, result) for f in self.methods(term, name)]
                if found:
                    continue
            known = self.members.library.callable(term.name, name) if term.kind in ("obj", "ext") else None
            if known is not None:
                given = tuple(ir.Arg("", v) for v in values[1:])
                found.append(Target("model", known[0], args=given, receiver=base, model=known[1]))
        return found

    def _next(self, code: Code, base: int) -> list[Target]:
        """What an iteration over an object of a library gives, where its model says so."""
        terms = [t for t in self.query.of(code, base) if t.kind == "obj" and t.name not in self.program.classes]
        known = (self.members.library.callable(term.name, "__next__") for term in terms)
        return [Target("model", each[0], receiver=base, model=each[1]) for each in known if each is not None]

    def callback(
        self, code: Code, func: int, call: PortCall, index: int, value: int, target: Target, params: int
    ) -> list[Target]:
        """Functions that a library calls when it is given `func`, with `value` as argument number `index` of `call`.
        `target` is the library's own callable, which has `params` named parameters."""
        args = (*(ir.Arg("", -1) for _ in range(index)), *_handed_on(call.args[index], value, target, params))
        wanted = call.result is not None and call.result.root == "return"
        path: Path = call.result.path if call.result is not None and wanted else ()
        found = []
        for term in self.query.of(code, func):
            for called in self._alternative(term, args, -1, func):
                if called.kind == "body":
                    kind = "return" if wanted and called.result == "return" else "none"
                    found.append(msgspec.structs.replace(called, result=kind, result_path=path))
                elif called.kind == "model" and called.model is not None:
                    model = _as_callback(called.model, wanted)
                    found.append(msgspec.structs.replace(called, model=model, result_path=path))
        return found


def last_name(unit: str) -> str:
    return unit.partition("#")[0].rpartition(":")[2].rpartition(".")[2]


def _handed_on(port: Port, value: int, target: Target, params: int) -> tuple[ir.Arg, ...]:
    """Arguments of a callback: `*` and `**` are those of the library's own call that it does not name."""
    root = port.root
    if port.spread:
        return (ir.Arg(port.spread, value),)
    if root == "*":
        return tuple(arg for arg in target.args if arg.name in ("", "*"))[params:]
    if root == "**":
        return tuple(arg for arg in target.args if arg.name not in ("", "*"))
    return (ir.Arg("", value),)


def _as_callback(model: CallableModel, wanted: bool) -> CallableModel:
    """A library's callable that another one calls: its result may be dropped."""
    if not wanted:
        kept = tuple(text for text in model.flow if not text.rpartition("->")[2].strip().startswith("return"))
        return msgspec.structs.replace(model, carries=False, flow=kept)
    if model.carries:
        return msgspec.structs.replace(model, carries=False, flow=(*model.flow, "any -> return", "self -> return"))
    return model
