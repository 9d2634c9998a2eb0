"""Where facts begin: reads of declared fields, and births of objects that hold them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from privlint import ir
from privlint.analysis.bounds import MAX_CALLERS_FOR_TYPES, MAX_UNIQUE_METHODS
from privlint.analysis.built import Built
from privlint.analysis.code import Code
from privlint.analysis.facts import RETURN, Origin
from privlint.analysis.fetched import Fetched, by_arguments, flat
from privlint.analysis.flow import Declaration
from privlint.analysis.handed import Handed
from privlint.analysis.modelled import opens
from privlint.analysis.narrowing import leaves_out
from privlint.analysis.paths import Path
from privlint.analysis.program import Class, split_unit
from privlint.analysis.rows import naming, rows
from privlint.analysis.serialised import Serialised
from privlint.analysis.solver import Solver
from privlint.analysis.sources import Source, Sources
from privlint.analysis.symbols import Module, resembles
from privlint.analysis.targets import Target
from privlint.analysis.terms import Type, Types, obj
from privlint.analysis.written import read_by_call, written
from privlint.models import CallableModel

_UNTYPED = ("not", "lacks", "tagged", "untagged")  # tests that tell of no type what the value has
Receivers = tuple[dict[tuple[str, str], list[str]], Counter[tuple[str, str]]]
"""((unit, attribute) -> the receiver of each read of it, (unit, text) -> how often an attribute of it is used)."""


class Seeds:
    def __init__(self, solver: Solver, variables: dict[tuple[str, int, int], int], sources: Sources) -> None:
        """`variables`: items of declared local variables, by where they are bound; the items of `sources` are last."""
        self._s = solver
        self._sources = sources
        self._first_source = len(solver.items.fields) - len(sources.declarations)
        self._variables_at = variables
        self._program = solver.program
        self._declared = solver.program.declarations
        self._names: dict[str, list[str]] = {}  # declared attribute -> classes
        for owner, name in sorted(self._declared.fields):
            self._names.setdefault(name, []).append(owner)
        self.reads: list[tuple[str, int, int, int]] = []  # (unit, body, position, item) of every read that was found
        self._receivers: dict[str, Receivers] = {}  # by module
        self._given: list[str] = []
        self._fetched = Fetched(solver)
        self._relations = self._relation_names()
        if self._fetched.makes or self._given:
            self._relations = {name: [] for name in sorted(by_arguments(solver))} | self._relations
        self._derived: dict[str, list[str]] = {}  # attribute that a class states in terms of others -> classes
        for owner, name in solver.derived.attributes:
            self._derived.setdefault(name, []).append(owner)
        self._handed = Handed(solver)
        models = solver.query.models.attributes
        self._serialised = Serialised(solver)
        self.built = Built(solver, self._serialised)
        self._shown = frozenset(name for (_, name), model in models.items() if model.shows)

        self._begins: dict[type, Callable[..., None]] = {
            ir.Load: self._load,
            ir.Param: self._param,
            ir.Call: self._call,
            ir.Typed: self._typed,
            ir.Item: self._item,
            ir.Return: self._return,
            ir.Global: self._named,
            ir.Imported: self._named,
        }

    def plant(self) -> None:
        units = sorted(self._units())
        self._s.units.prepare(units)
        for unit in units:
            for code in self._s.units.codes(unit):
                if code.live:
                    self._body(code)
        self._returns()
        self._variables()
        self.built.plant()

    # -------------------------------------------------------------------------------------------------- which units

    def _units(self) -> set[str]:
        units: set[str] = set()
        for owner, name in sorted(self._declared.fields):
            units.update(self._program.readers(owner, name))
        for name, owners in self._derived.items():
            units.update(unit for owner in owners for unit in self._program.readers(owner, name))
        for class_id in self._s.items.carriers:
            record = self._program.classes[class_id]
            units.update(u for u in self._program.mentions_class(class_id) if not self._only_names(u, record))
            units.update(self._program.unit_of(function) for function in record.methods.values())
        for name, owners in sorted(self._relations.items()):
            for owner in owners:
                units.update(self._related(name, self._program.readers(owner, name)))
        units.update(self._program.unit_of(function) for function, _ in self._declared.params)
        units.update(unit for unit, _, _ in self._variables_at)
        units.update(self._sources.units)
        units.update(self._fetched.units)
        units.update(naming(self._s))
        units.update(u for u in self._s.query.injected.units() if self._is_injected(u))
        return units | self._stating() | self._handed.units()

    def _is_injected(self, unit: str) -> bool:
        """Whether a default of a function's parameters tells that such an object is injected."""
        function = self._program.functions[unit]
        types = (self._s.query.injected.types(function, param.default) for param in function.definition.params)
        return any(self._carried(each) for each in types)

    def _only_names(self, unit: str, record: Class) -> bool:
        """No object begins where a function names the class for nothing but its constants (`Order.PAID`), or the body
        of a class or module for anything but a call (`ForeignKey(Order)`)."""
        module, qualname, _ = split_unit(unit)
        name = record.id.rpartition(".")[2]
        index = self._program.modules[module].index
        calls = (c for c in index.calls if c.unit == qualname)
        names = set(self._program.lookups.called_too(name))
        if any(not names.isdisjoint((c.callee, *c.receiver.split("."))) for c in calls):
            return False
        if unit not in self._program.functions:
            return True
        if not self._program.lookups.only_reached_into(module, qualname, name):
            return False
        read = {u.name for u in index.attributes if u.unit == qualname and u.receiver == name}
        fields = (self._program.find(record.id, attribute) for attribute in sorted(read))
        return all(f is not None and f.field is not None and _is_constant(f.field) for f in fields)

    def _stating(self) -> set[str]:
        """Units around classes that only state that they deal with such objects: forms of a model, its managers."""
        units: set[str] = set()
        stated = self._s.query.members.stated
        for class_id in sorted(self._program.classes):
            bound = stated.binders(class_id) if stated.is_bound(class_id) else ()
            if class_id in self._stated_names or any(self._carried(types) for types in bound):
                units.update(u for u in self._program.mentions_class(class_id) if u in self._program.functions)
                units.update(self._program.unit_of(each) for each in self._program.classes[class_id].methods.values())
        return units

    def declarations(self) -> list[Declaration]:
        """All that is declared; what a library hands out only where it is known to."""
        found = self._s.items.fields
        begun = {self._first_source + number for number in self._sources.begun}
        return [d for number, d in enumerate(found) if d.by != "model" or number in begun]

    def _related(self, name: str, units: list[str]) -> list[str]:
        """Units where an object may begin by reading relation `name`: it is used as a whole there (its own attributes
        are found by their names), and the type query has a chance with its receiver."""
        return [unit for unit in units if any(self._typable(unit, text) for text in self._wholes(unit, name))]

    def _wholes(self, unit: str, name: str) -> list[str]:
        """Receivers that `name` is read from in a unit, other than to read or call an attribute of it."""
        module, _, unit = unit.partition("#")[0].partition(":")
        used, chained = self._counted(module)
        read = Counter(used.get((unit, name), ()))
        return [text for text, number in read.items() if number > chained[unit, f"{text}.{name}"]]

    def _counted(self, module: str) -> Receivers:
        if module not in self._receivers:
            self._receivers[module] = _count_receivers(self._program.modules[module])
        return self._receivers[module]

    def _typable(self, unit: str, receiver: str) -> bool:
        """Not so for a parameter without a type that nobody, or everybody, passes something for."""
        function = self._program.functions.get(unit)
        if function is None:
            return True
        params = (p for p in function.definition.params if p.annotation is None and p.kind != "*")
        if receiver.partition(".")[0] not in {p.name for p in params} - {"self", "cls"}:
            return True
        return 0 < len(self._program.lookups.callers(unit, guessed=False)) <= MAX_CALLERS_FOR_TYPES

    def _relation_names(self) -> dict[str, list[str]]:
        """Attributes that give an object with declared fields: name -> classes that have it."""
        found: dict[str, list[str]] = {}
        members = self._s.query.members
        for owner in sorted(self._program.classes):
            record = self._program.classes[owner]
            for name, fields in sorted(record.fields.items()):
                told = any(f.annotation is not None or (f.value is not None and f.value.kind == "call") for f in fields)
                if told and self._carried(members.declared_field(owner, name)):
                    found.setdefault(name, []).append(owner)
            for name, unit in record.methods.items():
                if members.declares(self._program.functions[unit]) and self._carried(
                    members.attribute((obj(owner),), name)
                ):
                    found.setdefault(name, []).append(owner)
        for (owner, name), types in members.relations.reverse().items():
            if self._carried(types):
                found.setdefault(name, []).append(owner)
        for (owner, name), model in sorted(self._s.query.models.attributes.items()):
            plain = model.type and not model.shows and not reads_class(model.type)
            if plain and self._carried(members.library.types(model.type, obj(owner), owner, None)):
                found.setdefault(name, []).append(owner)
        self._stated_names = self._stated({owner for owners in found.values() for owner in owners})
        for owner, names in self._stated_names.items():
            for name in names:
                found.setdefault(name, []).append(owner)
        return found

    def _elements(self, term: Type) -> Iterator[str]:
        """Classes whose attributes lie under their names in an object of a library (`cleaned_data` of a form)."""
        if self._s.query.members.hands_out_attributes(term):
            for element in self._s.query.members.element(term):
                yield from self._s.query.members.library.line(element.name)

    def _stated(self, owners: set[str]) -> dict[str, list[str]]:
        """Attributes whose type a library's model reads off the class: class -> names that give such an object, or one
        that hands out attributes of `owners`."""
        members = self._s.query.members
        models = self._s.query.models
        typed = [(owner, name, model.type) for (owner, name), model in sorted(models.attributes.items())]
        typed += [(*_split(name), model.returns) for name, model in sorted(models.callables.items())]
        read = [(owner, name, text) for owner, name, text in typed if reads_class(text)]
        found: dict[str, list[str]] = {}
        for class_id in sorted(self._program.classes) if read else ():
            line = members.library.line(class_id)
            for owner, name, text in read:
                types = members.library.types(text, obj(class_id), class_id, None) if owner in line else ()
                if self._carried(types) or any(owners.intersection(self._elements(term)) for term in types):
                    found.setdefault(class_id, []).append(name)
        self._given = [class_id for class_id in sorted(self._program.classes) if self._is_given(class_id)]
        for class_id in self._given:
            found.setdefault(class_id, [])
        return found

    def _is_given(self, class_id: str) -> bool:
        """Whether a library hands such objects, or objects made for them, to the methods of a class."""
        library = self._s.query.members.library
        texts = (text for model in library.class_models(class_id) for text in model.gives.values() if reads_class(text))
        types = (library.types(text, obj(class_id), class_id, None) for text in texts)
        return any(self._carried((term,)) for each in types for term in flat(each))

    def _carried(self, types: tuple[object, ...]) -> list[tuple[int, Path]]:
        return [found for term in types for found in self._s.carried(term)]  # type: ignore[arg-type]

    # ------------------------------------------------------------------------------------------------------- bodies

    def _body(self, code: Code) -> None:
        for position, instr in enumerate(code.code):
            begins = self._begins.get(type(instr))
            if begins is not None:
                begins(code, position, instr)
            if self._variables_at:
                item = self._variables_at.get((code.unit, code.body, position))
                if item is not None:
                    self._state(code, position, (), item)

    def _state(self, code: Code, position: int, path: Path, item: int, *, likely: bool = False) -> None:
        lanes = self._s.lanes
        mask = lanes.of(item, 1 if likely else 0)
        if not likely:  # a guess leaves room for what is known
            self._s.seeded.add((code.unit, code.body, position))
        own = self._s.own(code)
        key = (own.id, position, path)
        self._s.begun[key] = self._s.begun.get(key, 0) | mask
        self._s.add(own, position, path, mask, Origin("seed", item=item))

    def _load(self, code: Code, position: int, instr: ir.Load) -> None:
        for source in self._sources.attributes.get(instr.attr, ()):
            self._source(code, position, instr.base, source)
        if instr.attr in self._shown:
            for path, item in written(self._s, self._serialised, code, instr):
                self._state(code, position, path, item)
        if instr.attr in self._names:
            self._field(code, position, instr.base, instr.attr)
        if instr.attr in self._derived:
            for term in self._s.query.of(code, instr.base):
                for path, item in self._s.derived.reads(term.name, instr.attr) if term.kind == "obj" else ():
                    self._state(code, position, path, item)
        if instr.attr in self._relations and position not in code.methods:
            for item, path in self._carried(self._s.query.of(code, position)):
                self._state(code, position, path, item)

    def _source(self, code: Code, position: int, base: int, source: Source) -> None:
        """What a library's object holds: certain where its type is known, likely where it is only called like it."""
        types = self._s.query.of(code, base)
        line = self._s.query.members.library.line
        if any(t.kind in ("obj", "ext") and source.owner in line(t.name) for t in types):
            self._begin(code, position, source.number, source.attribute, source.path)
        elif not types and resembles(self._hint(code, base), source.owner):
            self._state(code, position, source.path, self._first_source + source.number, likely=True)

    def _begin(self, code: Code, position: int, number: int, mentioned: str, path: Path) -> None:
        item = self._first_source + number
        placed = self._sources.begin(number, mentioned, code.unit)
        if placed is not None:
            self._s.items.fields[item] = placed
        self._state(code, position, path, item)

    def _field(self, code: Code, position: int, base: int, name: str) -> None:
        types = self._s.query.of(code, base)
        asked = [holder for each in types for holder in self._s.query.members.delegation.holders(each, name)]
        for term in (*types, *asked):
            item = self._s.items.held(term.name).get(name, -1) if term.kind == "obj" else -1
            if item >= 0:
                self.reads.append((code.unit, code.body, position, item))
                self._state(code, position, (), item)
            elif term.kind == "obj" and term.name not in self._program.classes:
                for inherited in self._of_heirs(term.name, name):
                    self._state(code, position, (), inherited, likely=True)
        if all(map(self._is_made_up, asked)):
            for item in self._behind(types, name):
                self._state(code, position, (), item, likely=True)
        if all(map(self._is_made_up, types)):
            for item in self._guessed(code, base, name):
                self._state(code, position, (), item, likely=True)

    def _behind(self, types: Types, name: str) -> list[int]:
        """Fields of objects of no known type that other objects ask for what they lack, by how they are called."""
        delegation = self._s.query.members.delegation
        lacking = [t.name for t in types if t.kind == "obj" and not self._program.find(t.name, name)]
        hints = {inner.lower().replace("_", "") for owner in lacking for inner in delegation.of(owner)}
        owners = [owner for owner in self._names.get(name, ()) if any(resembles(hint, owner) for hint in hints)]
        return [self._s.items.held(owner)[name] for owner in owners]

    def _is_made_up(self, term: Type) -> bool:
        """No type, but the name of what gave the value: an attribute or a call of a library that no model knows."""
        if term.kind not in ("ext", "obj") or term.name in self._program.classes or "." not in term.name:
            return False
        if term.name in self._s.query.models.classes:  # a base that the program's own class may have or not
            return not self._s.query.members.library.heirs(term.name)
        return not term.name.startswith("builtins.") and term.name.rpartition(".")[2][:1].islower()

    def _of_heirs(self, base: str, name: str) -> list[int]:
        """Fields of that name in classes of the program that derive from a library's class, if they are few."""
        heirs = self._s.query.members.library.heirs(base)
        found = [self._s.items.held(heir)[name] for heir in heirs if name in self._s.items.held(heir)]
        return found if len(found) <= MAX_UNIQUE_METHODS else []

    def _guessed(self, code: Code, base: int, name: str) -> list[int]:
        """Fields that an untyped receiver may be read for, because it is called like the class that declares them."""
        hints = self._hints(code, base, name)
        tests = [i.annotation for i in _tests(code, base)]
        return [
            self._s.items.held(owner)[name]
            for owner in self._names.get(name, ())
            if all(resembles(hint, owner) for hint in hints)
            and not any(leaves_out(self._s.query, code, test, owner) for test in tests)
        ]

    def _hints(self, code: Code, base: int, name: str) -> list[str]:
        """How a value is called: by itself, or by the variables that `name` is read off in the unit."""
        hint = self._hint(code, base)
        if hint:
            return [hint]
        module, _, unit = code.unit.partition("#")[0].partition(":")
        texts = dict.fromkeys(self._counted(module)[0].get((unit, name), ()))
        return [text.lower().replace("_", "") for text in texts if text.isidentifier()] or [""]

    @staticmethod
    def _hint(code: Code, base: int) -> str:
        return code.name_of(next((i.value for i in reversed(_tests(code, base))), base))

    def _param(self, code: Code, position: int, instr: ir.Param) -> None:
        param = code.record.params[instr.index]
        declared = self._declared.params.get((code.unit, param.name)) if code.body == 0 else None
        if declared is not None:
            self._state(code, position, (), declared)
        for item, path in self._carried(self._s.query.parameter(code, instr)):  # what callers pass comes from them
            self._state(code, position, path, item)

    def _call(self, code: Code, position: int, _instr: ir.Call) -> None:
        """Births: constructors and library calls (queries) that give an object with declared fields."""
        if self._only_passed(code, position):
            return
        for target in self._s.callees.of(code, position):
            if target.kind == "model" and target.model is not None:
                self._read_by(code, target, target.model)
                read = read_by_call(self._s, self._serialised, code, target)
                for path, item in (*rows(self._s, code, target), *read):
                    self._state(code, position, path, item)
                if target.name in self._sources.callables:
                    self._begin(code, position, self._sources.callables[target.name], _split(target.name)[1], ())
            if target.kind == "body" and target.result != "self":
                if target.body == 0 and code.names.get(position) == "":  # no look-up by name finds such a call
                    self._s.attend(code, position, target)
                continue
            for item, path in self._carried(self._s.query.of(code, position)):
                self._state(code, position, path, item)
            return

    def _only_passed(self, code: Code, value: int) -> bool:
        """A value comes, by attributes that tell of no such object, from a parameter of which the body says nothing:
        what callers pass begins with them."""
        presumed = self._s.query.members.library.presumed
        while True:
            instr = code.code[value]
            if isinstance(instr, ir.Call):
                value = instr.func
            elif isinstance(instr, ir.Load) and instr.attr in presumed:
                return False
            elif isinstance(instr, ir.Load) and instr.attr not in self._relations:
                value = instr.base
            else:
                return isinstance(instr, ir.Param) and not self._s.query.parameter(code, instr)

    def _read_by(self, code: Code, target: Target, model: CallableModel) -> None:
        """Objects that a library's callable takes attributes off, where nothing else says that they begin."""
        if not opens(model):
            return
        for value in dict.fromkeys((target.receiver, *(arg.value for arg in target.args))):
            if value < 0 or not isinstance(code.code[value], ir.Load | ir.Global):
                continue
            if (code.unit, code.body, value) not in self._s.seeded:
                for item, path in self._carried(self._s.query.of(code, value)):
                    self._state(code, value, path, item)

    def _typed(self, code: Code, position: int, instr: ir.Typed) -> None:
        if (code.unit, code.body, position) in self._variables_at:
            return
        if not instr.narrowed or not self._s.query.of(code, instr.value):
            for found, path in self._carried(self._s.query.of(code, position)):
                self._state(code, position, path, found)

    def _return(self, code: Code, _position: int, instr: ir.Return) -> None:
        """What a function says that it returns begins where its own code does not tell what that is."""
        function = self._program.functions.get(code.unit) if not code.body else None
        value = code.code[instr.value] if instr.value >= 0 else None
        if function is None or not isinstance(value, ir.Call | ir.Item | ir.Elem | ir.Load | ir.Await):
            return
        definition = function.definition
        if definition.returns is None or definition.is_generator:
            return
        if not all(map(self._is_made_up, self._s.query.of(code, instr.value))):
            return
        types = self._s.query.annotations.types(function.module, definition.qualname, definition.returns)
        for item, path in self._carried(types):
            self._state(code, instr.value, path, item)

    def _item(self, code: Code, position: int, instr: ir.Item) -> None:
        key = code.code[instr.key] if instr.key >= 0 else None
        if not isinstance(key, ir.Const) or not isinstance(key.value, str):
            return
        if key.value in self._names:
            self._field(code, position, instr.base, key.value)
        if key.value in self._relations and position not in code.methods:
            for item, path in self._carried(self._s.query.of(code, position)):
                self._state(code, position, path, item)

    def _named(self, code: Code, position: int, _instr: ir.Global | ir.Imported) -> None:
        for item, path in self._handed.items(code, position):
            self._state(code, position, path, item)

    # ------------------------------------------------------------------------------------- beyond a body's own reads

    def _returns(self) -> None:
        """A declared return value begins at every call of the function."""
        for unit, item in sorted(self._declared.returns.items()):
            code = self._s.units.code(unit)
            own = self._s.own(code)
            own.origins.setdefault((RETURN, ()), []).append((self._s.lanes.of(item), Origin("seed", item=item)))
            self._s.leave(own, RETURN, (), self._s.lanes.of(item), (RETURN, ()))

    def _variables(self) -> None:
        for name, item in sorted(self._declared.variables.items()):
            module, _, variable = name.partition(":")
            for code, position in self._s.readers.of(("global", module, variable)):
                self._state(code, position, (), item)


def _tests(code: Code, value: int) -> list[ir.Typed]:
    """The tests that tell no type which a value came through, the last one first: they leave it its name."""
    found: list[ir.Typed] = []
    while isinstance(instr := code.code[value], ir.Typed) and instr.annotation.kind in _UNTYPED:
        found.append(instr)
        value = instr.value
    return found


def _count_receivers(module: Module) -> Receivers:
    used: dict[tuple[str, str], list[str]] = {}
    for use in module.index.attributes:
        if use.mode == "load":
            used.setdefault((use.unit, use.name), []).append(use.receiver)
    chained = Counter((use.unit, use.receiver) for use in module.index.attributes)
    chained.update((call.unit, call.receiver) for call in module.index.calls)
    return used, chained


def reads_class(text: str) -> bool:
    """Whether a model's type is read off the class of the receiver."""
    return any(place in text for place in ("attr:", "result:", "each:"))


def _split(name: str) -> tuple[str, str]:
    owner, _, last = name.rpartition(".")
    return owner, last


def _is_constant(field: ir.FieldDef) -> bool:
    return field.value is not None and field.value.kind in ("const", "seq")
