"""Reverse look-ups: who may call, read or name something. A superset of what is true, made of indexes alone.

The maps are inverted once, by last name; receivers, arity and import reach then filter.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from privlint.analysis.arity import Arity
from privlint.analysis.by_name import ByName, names_in
from privlint.analysis.classes import accessor_role
from privlint.analysis.reach import Reach
from privlint.analysis.receivers import Instance, Known, Receivers, SuperOf
from privlint.analysis.symbols import Class, Function, Symbol, decorator_name, resembles
from privlint.analysis.units import Units
from privlint.ir import AttributeUse, CallSite, Expr

if TYPE_CHECKING:
    from privlint.analysis.program import Program

Site = TypeVar("Site", CallSite, AttributeUse)

_CONSTRUCTORS = frozenset({"__init__", "__new__", "__post_init__"})


class Lookups:
    def __init__(self, program: Program, units: Units) -> None:
        self._program = program
        self._units = units
        self._by_name = ByName(program)
        self._arity = Arity()
        self._receivers = Receivers(program)
        self._receivers.hints = program.hints
        self._graph = Reach(program)
        self._memo: dict[tuple[str, str, str], list[str]] = {}
        self._read: set[str] = set()  # units whose records were read one by one
        self._targets: dict[tuple[str, str, str], frozenset[str]] = {}
        self._related: dict[str, frozenset[str]] = {}
        self._called_on: dict[str, dict[Known, list[tuple[str, CallSite]]]] = {}
        self._used_on: dict[str, dict[Known, list[tuple[str, AttributeUse]]]] = {}

    def _once(self, kind: str, name: str, detail: str, answer: Callable[[], Iterable[str]]) -> list[str]:
        key = (kind, name, detail)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = sorted(set(answer()))
        return found

    def _ids(self, module: str, unit: str, line: int = 0) -> list[str]:
        return self._units.table(module).ids(unit, line)

    # --------------------------------------------------------------------------------------------------- what was seen

    @property
    def asked(self) -> set[str]:
        """Names that were looked up among the records of bodies."""
        return self._by_name.asked

    @property
    def answered(self) -> set[str]:
        """Ids of the units that any look-up gave or read."""
        return self._read.union(*self._memo.values())

    def note(self, *names: str) -> None:
        """Names that somebody looks for in records of bodies without these look-ups."""
        self._by_name.asked.update(names)

    # -------------------------------------------------------------------------------------------------------- by name

    def calling(self, name: str) -> list[str]:
        """Units with a call by a last name, sorted."""
        return self._once("calling", name, "", lambda: self._at(self._by_name.calls(name)))

    def reading(self, attribute: str) -> list[str]:
        """Units that load an attribute of a name, off anything."""
        uses = ((module, use) for module, use in self._by_name.uses(attribute) if use.mode == "load")
        return self._once("reading", attribute, "", lambda: self._at(uses))

    def naming(self, name: str) -> list[tuple[str, int]]:
        """(module, line) of every attribute and call by a last name, in order of the program."""
        sites = [(module, use.line) for module, use in self._by_name.uses(name)]
        sites += [(module, call.line) for module, call in self._by_name.calls(name)]
        return sorted(sites, key=lambda site: self._order[site[0]])

    @cached_property
    def _order(self) -> dict[str, int]:
        return {module: number for number, module in enumerate(self._program.modules)}

    def storing(self, attribute: str) -> list[tuple[str, AttributeUse]]:
        """(module, use) of every store into an attribute of a name."""
        return [(module, use) for module, use in self._by_name.uses(attribute) if use.mode == "store"]

    def calls(self, name: str) -> Iterator[tuple[str, CallSite]]:
        """(module, call) of every call by a last name."""
        return self._by_name.calls(name)

    def mentions(self, name: str) -> Iterator[tuple[str, str]]:
        """(module, qualified name of the unit) wherever a plain name is read."""
        return self._by_name.mentions(name)

    def called_too(self, name: str) -> list[str]:
        """The name, and others that the same thing may go by."""
        return self._by_name.others(name)

    def decorated_functions(self, name: str) -> list[Function]:
        """Functions with a decorator of that last name."""
        return self._by_name.decorated.get(name, [])

    def decorated_classes(self, name: str) -> list[Class]:
        """Classes with a decorator of that last name."""
        return self._by_name.decorated_classes.get(name, [])

    def is_mentioned(self, module: str, unit: str, name: str) -> bool:
        """Whether the units of that qualified name read a plain name."""
        return unit in self._in_module(module, name)

    def mentioning(self, module: str, name: str) -> list[str]:
        """Ids of the units of a module that read a plain name."""
        return [found for unit in self._in_module(module, name) for found in self.ids(module, unit)]

    def _in_module(self, module: str, name: str) -> list[str]:
        self._by_name.asked.add(name)
        return self._program.modules[module].index.mentions.get(name, [])

    def calls_in(self, function: Function) -> list[CallSite]:
        """The calls of a function, in order."""
        self._read.update(self._ids(function.module, function.definition.qualname))
        index = self._program.modules[function.module].index
        return [call for call in index.calls if call.unit == function.definition.qualname]

    def _at(self, sites: Iterable[tuple[str, Site]]) -> Iterator[str]:
        for module, site in sites:
            yield from self._ids(module, site.unit, site.line)

    def storers(self, attribute: str, receivers: Container[str]) -> list[str]:
        """Units that store an attribute of something that is called like one of `receivers`, sorted."""
        found = set()
        for module, use in self._by_name.uses(attribute):
            if use.mode == "store" and use.receiver.rpartition(".")[2] in receivers:
                found.update(self._ids(module, use.unit, use.line))
        return sorted(found)

    def units_at(self, module: str, unit: str, line: int) -> list[str]:
        """Ids of the units of that qualified name which hold a line."""
        found = self._ids(module, unit, line)
        self._read.update(found)
        return found

    # ------------------------------------------------------------------------------------------------------ callers

    def callers(self, function_id: str, *, guessed: bool = True) -> list[str]:
        function = self._program.functions[function_id]
        return self._once("callers", function_id, str(guessed), lambda: self._callers(function, guessed))

    def _callers(self, function: Function, guessed: bool) -> Iterator[str]:
        if function.definition.parent:
            yield from self._callers_of_nested(function, guessed)
        elif not function.owner:
            yield from self._callers_of_plain(function, guessed)
        else:
            yield from self._callers_of_method(function, guessed)
            if function.name in _CONSTRUCTORS:
                yield from self._makers(function)
            elif function.name.startswith("__") and function.name.endswith("__"):
                yield from self._implicit_callers(function)

    def _callers_of_nested(self, function: Function, guessed: bool) -> Iterator[str]:
        """The unit itself; where it hands the function out, those that call what it made: a variable, or a function
        that it decorates."""
        unit = self._program.unit_of(function.id)
        yield unit
        outer = self._program.functions.get(unit)
        if outer is None or outer.owner:
            return
        symbols = {Symbol("function", outer.id)}
        for name in self._by_name.others(outer.name):
            yield from self._through_values(name, symbols, made=True)
            for decorated in self._by_name.decorated.get(name, ()):
                if decorated.definition.parent:
                    continue
                scope = decorated.definition.qualname.rpartition(".")[0]
                texts = (decorator_name(decorator) for decorator in decorated.definition.decorators)
                if any(text and self._program.resolve(decorated.module, text, scope) in symbols for text in texts):
                    yield from self.callers(decorated.id, guessed=guessed)

    def _callers_of_plain(self, function: Function, guessed: bool) -> Iterator[str]:
        symbol = self._program.resolve(function.module, function.definition.qualname)
        targets = {Symbol("function", function.id)} | ({symbol} if symbol and _same(symbol, function) else set())
        fits = self._arity.fits
        for name in self._by_name.others(function.name):
            for module, call in self._by_name.calls(name):
                if self._calls_plain(module, call, targets, function, guessed) and fits(function, call, bound=False):
                    yield from self._ids(module, call.unit, call.line)
            yield from self._holders(name, targets)
            yield from self._through_values(name, targets)

    def _through_values(self, name: str, targets: set[Symbol], *, made: bool = False) -> Iterator[str]:
        """Readers of variables and attributes whose value holds one of the symbols (tables of functions, partials) or,
        with `made`, what calling it gives."""
        for module, field in self._by_name.values.get(name, ()):
            scope = field.unit or field.owner
            texts = [text for text in names_in(field.value, called=made) if text.rpartition(".")[2] == name]
            if not any(self._program.resolve(module, text, scope) in targets for text in texts):
                continue
            if field.where == "module":
                yield from self.global_readers(module, field.name)
            elif f"{module}.{field.owner}" in self._program.classes:
                yield from self.readers(f"{module}.{field.owner}", field.name, guessed=False)

    def _calls_plain(
        self, module: str, call: CallSite, targets: set[Symbol], function: Function, guessed: bool
    ) -> bool:
        if call.receiver:
            base = self._receivers.of(module, call.unit, call.receiver)
            return isinstance(base, Symbol) and self._program.member(base, call.callee) in targets
        known = self._receivers.root(module, call.unit, call.callee, called=True)
        if known is None:
            return guessed and bool(self._graph.around(function.module) & self._graph.bits[module])
        return known in targets

    def _holders(self, name: str, targets: set[Symbol]) -> Iterator[str]:
        """Units that read one of the symbols as a value, by a plain name or from a module or class."""
        for module, unit in self._by_name.mentions(name):
            if self._program.resolve(module, name, unit) in targets:
                yield from self._ids(module, unit)
        for module, use in self._by_name.uses(name):
            if use.mode == "load":
                base = self._receivers.of(module, use.unit, use.receiver)
                if isinstance(base, Symbol) and self._program.member(base, name) in targets:
                    yield from self._ids(module, use.unit, use.line)

    def _callers_of_method(self, function: Function, guessed: bool) -> Iterator[str]:
        name = function.name
        for known, sites in self._calls_by_receiver(name).items():
            bound = not isinstance(known, Symbol) and not _is_static(function)
            for module, call in self._of_function(known, sites, function, name, guessed):
                if self._arity.fits(function, call, bound=bound, either=isinstance(known, Symbol)):
                    yield from self._ids(module, call.unit, call.line)
        yield from self._users(function, name, guessed and bool(function.definition.decorators))
        for attribute in self._property_names(function):
            yield from self._users(function, attribute, guessed)
        owner = function.definition.owner
        setters = self._program.classes[function.owner].setters
        if name not in setters and self.is_mentioned(function.module, owner, name):  # `handlers = [method]`
            yield from self._ids(function.module, owner)

    def _implicit_callers(self, function: Function) -> Iterator[str]:
        """Units that may run `__str__`, `__call__` and the like: where instances are named, kept or are `self`."""
        heirs = [h for h in self._program.heirs(function.owner) if self._made_by(h, function)]
        for class_id in (function.owner, *heirs):
            yield from self.mentions_class(class_id)
            yield from self._through_values(class_id.rpartition(".")[2], {Symbol("class", class_id)}, made=True)
        for class_id in self.kin(function.owner):
            record = self._program.classes.get(class_id)
            for method in record.methods.values() if record is not None else ():
                yield self._program.unit_of(method)

    def _users(self, function: Function, attribute: str, guessed: bool) -> Iterator[str]:
        """Units that read the attribute that a function answers. A method which is no property is only taken for one
        that is passed on where the receiver is known."""
        mode = {"setter": "store", "deleter": "del"}.get(accessor_role(function.definition), "load")
        for known, sites in self._uses_by_receiver(attribute).items():
            for module, use in self._of_function(known, sites, function, attribute, guessed):
                if use.mode == mode:
                    yield from self._ids(module, use.unit, use.line)

    def _property_names(self, function: Function) -> list[str]:
        """`x = property(get_x)`: attributes that call a method."""
        found = []
        for fields in self._program.classes[function.owner].fields.values():
            for field in fields:
                value = field.value
                if value is None or value.kind != "call" or value.args[0].text != "property":
                    continue
                if any(_text(arg) == function.name for arg in value.args[1:]):
                    found.append(field.name)
        return found

    def _calls_by_receiver(self, name: str) -> dict[Known, list[tuple[str, CallSite]]]:
        """The method calls by a name, by what they are called on: each receiver is asked about once, and there are few
        kinds of them."""
        found = self._called_on.get(name)
        if found is None:
            found = self._called_on[name] = {}
            for module, call in self._by_name.calls(name):
                if call.receiver:
                    found.setdefault(self._receivers.of(module, call.unit, call.receiver), []).append((module, call))
        return found

    def _uses_by_receiver(self, attribute: str) -> dict[Known, list[tuple[str, AttributeUse]]]:
        found = self._used_on.get(attribute)
        if found is None:
            found = self._used_on[attribute] = {}
            for module, use in self._by_name.uses(attribute):
                found.setdefault(self._receivers.of(module, use.unit, use.receiver), []).append((module, use))
        return found

    def _of_function(
        self, known: Known, sites: list[tuple[str, Site]], function: Function, name: str, guessed: bool
    ) -> list[tuple[str, Site]]:
        """The sites on receivers of one kind that may mean `function` when they say `name`."""
        if known is not None:
            return sites if self._may_be(known, function, name) else []
        if not guessed:
            return []
        near, bits = self._graph.around(function.module), self._graph.bits
        return [site for site in sites if near & bits[site[0]]]

    def _may_be(self, known: Known, function: Function, name: str) -> bool:
        """May a receiver be an object whose attribute `name` is `function`, or is answered by it (a property)?"""
        if isinstance(known, SuperOf):
            return function.id in self._methods(known.owner, name, known.owner)
        if isinstance(known, Instance):
            return any(self._instance_may(owner, name, function) for owner in known.names)
        if known is None or known.kind != "class":
            return False
        found = self._program.find(known.name, name)
        return found is not None and found.function == function.id

    def _instance_may(self, owner: str, name: str, function: Function) -> bool:
        if owner not in self._program.classes:
            return self._receivers.inherits(function.owner, owner)
        if name != function.name or accessor_role(function.definition) in ("setter", "deleter"):
            return function.owner in self.kin(owner)
        return function.id in self._methods(owner, name, "")

    def _methods(self, owner: str, name: str, after: str) -> frozenset[str]:
        """What `name` may be on an instance of a class or of one of its subclasses."""
        key = (owner, name, after)
        found = self._targets.get(key)
        if found is None:
            members = (self._program.find(heir, name, after) for heir in (owner, *self._program.heirs(owner)))
            found = self._targets[key] = frozenset(m.function for m in members if m is not None)
        return found

    # ------------------------------------------------------------------------------------------------- constructors

    def _makers(self, function: Function) -> Iterator[str]:
        classes = [c for c in (function.owner, *self._program.heirs(function.owner)) if self._made_by(c, function)]
        symbols = {Symbol("class", name) for name in classes}
        takes_fields = function.name == "__post_init__"  # the call gives them to what is generated
        for last in dict.fromkeys(name.rpartition(".")[2] for name in classes):
            for name in self._by_name.others(last):
                for module, call in self._by_name.calls(name):
                    fits = takes_fields or self._arity.fits(function, call, bound=True)
                    if fits and self._names_one(module, call, symbols):
                        yield from self._ids(module, call.unit, call.line)
                yield from self._passers(name, symbols)
                yield from self._through_values(name, symbols)
        for module, call in [*self._by_name.calls("cls"), *self._by_name.calls("__class__")]:
            owner = self._receivers.function(module, call.unit)
            if owner is not None and owner.owner and not self.kin(owner.owner).isdisjoint(classes):
                yield from self._ids(module, call.unit, call.line)

    def _made_by(self, class_id: str, function: Function) -> bool:
        found = self._program.find(class_id, function.name)
        return found is not None and found.function == function.id

    def _names_one(self, module: str, call: CallSite, symbols: set[Symbol]) -> bool:
        if not call.receiver:
            return self._receivers.root(module, call.unit, call.callee, called=True) in symbols
        base = self._receivers.of(module, call.unit, call.receiver)
        if isinstance(base, Instance):  # a class that is defined in the class of the receiver
            records = (self._program.classes.get(name) for name in base.names)
            owners = (owner for record in records if record is not None for owner in record.mro)
            return any(Symbol("class", f"{owner}.{call.callee}") in symbols for owner in owners)
        return isinstance(base, Symbol) and self._program.member(base, call.callee) in symbols

    def _passers(self, name: str, symbols: set[Symbol]) -> Iterator[str]:
        """Units that name a class as a value, not only to reach an attribute of it."""
        for module, unit in self._by_name.mentions(name):
            only_a_receiver = self._receivers.is_root(module, unit, name)
            if not only_a_receiver and self._program.resolve(module, name, unit) in symbols:
                yield from self._ids(module, unit)

    def ids(self, module: str, unit: str) -> list[str]:
        """Ids of the units of a module that have a qualified name."""
        return self.units_at(module, unit, 0)

    def only_reached_into(self, module: str, unit: str, name: str) -> bool:
        """A unit mentions a plain name only to reach its attributes."""
        return self._receivers.is_root(module, unit, name)

    # ------------------------------------------------------------------------------------------------------ readers

    def readers(self, class_id: str, attribute: str, *, guessed: bool = True) -> list[str]:
        detail = f"{attribute} {guessed}"
        return self._once("readers", class_id, detail, lambda: self._readers(class_id, attribute, guessed))

    def _readers(self, class_id: str, attribute: str, guessed: bool) -> Iterator[str]:
        for known, uses in self._uses_by_receiver(attribute).items():
            vague = known is None or (isinstance(known, Symbol) and known.kind == "external")
            if guessed if vague else self._holds(known, class_id) or self._answers(known, attribute):
                for module, use in uses:
                    if use.mode == "load" and (known is None or not vague or _is_called_like(use.receiver, class_id)):
                        yield from self._ids(module, use.unit, use.line)
        for known, calls in self._calls_by_receiver(attribute).items():  # an attribute that holds a callable
            if self._holds(known, class_id):
                for module, call in calls:
                    yield from self._ids(module, call.unit, call.line)

    def _holds(self, known: Known, class_id: str) -> bool:
        """May it be an instance of a class (or the class itself)?"""
        if known is None:
            return False
        if isinstance(known, SuperOf):
            return class_id in self.kin(known.owner)
        if isinstance(known, Instance):
            return any(self._fits_class(name, class_id) for name in known.names)
        return known.kind == "class" and known.name in self.kin(class_id)

    def _answers(self, known: Known, attribute: str) -> bool:
        """Is it an object that makes up the attributes it lacks, maybe of another one's?"""
        names = known.names if isinstance(known, Instance) else ()
        find = self._program.find
        own = (name for name in names if name in self._program.classes)
        return any(find(name, "__getattr__") is not None and find(name, attribute) is None for name in own)

    def _fits_class(self, name: str, class_id: str) -> bool:
        if name in self._program.classes:
            return class_id in self.kin(name)
        return self._receivers.inherits(class_id, name)

    def kin(self, class_id: str) -> frozenset[str]:
        """Classes that share an instance with a class: ancestors, heirs, and the ancestors of heirs (mixins)."""
        found = self._related.get(class_id)
        if found is None:
            heirs = (class_id, *self._program.heirs(class_id))
            mros = (self._program.classes[heir].mro for heir in heirs if heir in self._program.classes)
            found = self._related[class_id] = frozenset(name for mro in mros for name in mro) | frozenset(heirs)
        return found

    def global_readers(self, module: str, name: str) -> list[str]:
        return self._once("globals", module, name, lambda: self._global_readers(module, name))

    def _global_readers(self, module: str, name: str) -> Iterator[str]:
        wanted = self._program.names.in_module(module, name, follow=False) or Symbol("variable", f"{module}:{name}")
        for bound in self._by_name.others(name):
            for home, unit in self._by_name.mentions(bound):
                if self._is_variable(home, unit, bound, wanted):
                    yield from self._ids(home, unit)
            for home, call in self._by_name.calls(bound):
                if not call.receiver and self._is_variable(home, call.unit, bound, wanted):
                    yield from self._ids(home, call.unit, call.line)
        sites = [(home, u.unit, u.receiver, u.line) for home, u in self._by_name.uses(name) if u.mode == "load"]
        sites += [(home, c.unit, c.receiver, c.line) for home, c in self._by_name.calls(name) if c.receiver]
        for home, unit, receiver, line in sites:
            base = self._receivers.of(home, unit, receiver)
            if isinstance(base, Symbol) and base.kind == "module" and self._is_variable(base.name, "", name, wanted):
                yield from self._ids(home, unit, line)

    def external_readers(self, name: str) -> list[str]:
        """Units that read what a library keeps under a dotted name."""
        return self._once("externals", name, "", lambda: self._external_readers(name))

    def _external_readers(self, name: str) -> Iterator[str]:
        for bound in self._by_name.others(name.rpartition(".")[2]):
            yield from self._holders(bound, {Symbol("external", name)})

    def _is_variable(self, module: str, unit: str, name: str, wanted: Symbol) -> bool:
        if module not in self._program.modules:  # a namespace package
            return False
        local = self._program.names.scope(module).names.get(unit, {}) if unit else {}
        if name in local:
            return self._program.resolve(module, name, unit) == wanted
        return self._program.names.in_module(module, name, follow=False) == wanted

    # ------------------------------------------------------------------------------------------------------ classes

    def mentions_class(self, class_id: str) -> list[str]:
        return self._once("class", class_id, "", lambda: self._class_mentions(class_id))

    def _class_mentions(self, class_id: str) -> Iterator[str]:
        symbols = {Symbol("class", class_id)}
        for name in self._by_name.others(class_id.rpartition(".")[2]):
            for module, call in self._by_name.calls(name):
                if self._names_one(module, call, symbols):
                    yield from self._ids(module, call.unit, call.line)
            yield from self._holders(name, symbols)
            for function in self._by_name.annotated.get(name, ()):
                definition = function.definition
                exprs = [*(each for p in definition.params for each in (p.annotation, p.default)), definition.returns]
                if any(self._annotates(function, expr, name, symbols) for expr in exprs if expr is not None):
                    yield self._program.unit_of(function.id)

    def _annotates(self, function: Function, expr: Expr, name: str, symbols: set[Symbol]) -> bool:
        if expr.kind == "name" and expr.text.rpartition(".")[2] == name:
            return self._program.resolve(function.module, expr.text, function.definition.qualname) in symbols
        return any(self._annotates(function, arg, name, symbols) for arg in expr.args)

    def reach(self, module: str) -> frozenset[str]:
        return self._graph.reach(module)


def _is_static(function: Function) -> bool:
    return any(decorator.text == "staticmethod" for decorator in function.definition.decorators)


def _same(symbol: Symbol, function: Function) -> bool:
    return symbol.kind == "function" and symbol.name.partition("#")[0] == function.id.partition("#")[0]


def _text(arg: Expr) -> str:
    return arg.args[0].text if arg.kind == "kw" and arg.args else arg.text


def _is_called_like(receiver: str, class_id: str) -> bool:
    """`session.user`: nobody knows what it is, but for its name."""
    return resembles(receiver.rpartition(".")[2].lower().replace("_", ""), class_id)
