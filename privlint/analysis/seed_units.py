"""Which units may hold the beginnings of data: those that read a declared field by its name, and those where an object
that holds some may be born. A superset, made of indexes and models, so that little else is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from privlint import ir
from privlint.analysis.bounds import MAX_CALLERS_FOR_TYPES
from privlint.analysis.fetched import Fetched, by_arguments, flat
from privlint.analysis.handed import Handed
from privlint.analysis.program import Class, split_unit
from privlint.analysis.rows import naming
from privlint.analysis.solver import Solver
from privlint.analysis.sources import Sources
from privlint.analysis.symbols import Module
from privlint.analysis.terms import Type, Types, obj

Receivers = tuple[dict[tuple[str, str], list[str]], Counter[tuple[str, str]]]
"""((unit, attribute) -> the receiver of each read of it, (unit, text) -> how often an attribute of it is used)."""


class SeedUnits:
    """`relations` are attributes that give an object with declared fields, `derived` those that a class states in terms
    of others: name to the classes that have it."""

    def __init__(self, solver: Solver, sources: Sources, handed: Handed, variables: set[str]) -> None:
        """`variables`: units with declared local variables."""
        self._s = solver
        self._sources = sources
        self._handed = handed
        self._variables = variables
        self._program = solver.program
        self._declared = solver.program.declarations
        self._receivers: dict[str, Receivers] = {}  # by module
        self._given: list[str] = []
        self._fetched = Fetched(solver)
        self.relations = self._relation_names()
        if self._fetched.makes or self._given:
            self.relations = {name: [] for name in sorted(by_arguments(solver))} | self.relations
        self.derived: dict[str, list[str]] = {}
        for owner, name in solver.derived.attributes:
            self.derived.setdefault(name, []).append(owner)

    def all(self) -> set[str]:
        units: set[str] = set()
        for owner, name in sorted(self._declared.fields):
            units.update(self._program.readers(owner, name))
        for name, owners in self.derived.items():
            units.update(unit for owner in owners for unit in self._program.readers(owner, name))
        for class_id in self._s.items.carriers:
            record = self._program.classes[class_id]
            units.update(u for u in self._program.mentions_class(class_id) if not self._only_names(u, record))
            units.update(self._program.unit_of(function) for function in record.methods.values())
        for name, owners in sorted(self.relations.items()):
            for owner in owners:
                units.update(self._related(name, self._program.readers(owner, name)))
        units.update(self._holding_classes())
        units.update(self._program.unit_of(function) for function, _ in self._declared.params)
        units.update(self._variables)
        units.update(self._sources.units)
        units.update(self._fetched.units)
        units.update(naming(self._s))
        units.update(u for u in self._s.query.injected.units() if self._is_injected(u))
        return units | self._stating() | self._handed.units()

    def _holding_classes(self) -> Iterator[str]:
        """Units that may make such an object by another name of its class: an attribute of a class or a variable of a
        module holds it (`self.form_class(...)`, `FORMS["contact"](...)`)."""
        for module in self._program.modules.values():
            for field in module.index.fields:
                if field.value is None or not any(
                    self._is_carrier(module.name, field, e) for e in _entries(field.value)
                ):
                    continue
                if field.where == "module":
                    yield from self._program.global_readers(module.name, field.name)
                elif field.where == "class" and f"{module.name}.{field.owner}" in self._program.classes:
                    yield from self._program.readers(f"{module.name}.{field.owner}", field.name)

    def _is_carrier(self, module: str, field: ir.FieldDef, expr: ir.Expr) -> bool:
        symbol = self._program.resolve(module, expr.text, field.owner) if expr.kind == "name" else None
        return symbol is not None and symbol.kind == "class" and self._s.items.carrier(symbol.name) >= 0

    def _is_injected(self, unit: str) -> bool:
        """Whether a default of a function's parameters tells that such an object is injected."""
        function = self._program.functions[unit]
        types = (self._s.query.injected.types(function, param.default) for param in function.definition.params)
        return any(self._carries(each) for each in types)

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
            if class_id in self._stated_names or any(self._carries(types) for types in bound):
                units.update(u for u in self._program.mentions_class(class_id) if u in self._program.functions)
                units.update(self._program.unit_of(each) for each in self._program.classes[class_id].methods.values())
        return units

    def _related(self, name: str, units: list[str]) -> list[str]:
        """Units where an object may begin by reading relation `name`: it is used as a whole there (its own attributes
        are found by their names), and the type query has a chance with its receiver."""
        return [unit for unit in units if any(self._typable(unit, text) for text in self._wholes(unit, name))]

    def _wholes(self, unit: str, name: str) -> list[str]:
        """Receivers that `name` is read from in a unit, other than to read or call an attribute of it."""
        module, _, unit = unit.partition("#")[0].partition(":")
        used, chained = self.counted(module)
        read = Counter(used.get((unit, name), ()))
        return [text for text, number in read.items() if number > chained[unit, f"{text}.{name}"]]

    def counted(self, module: str) -> Receivers:
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
                if told and self._carries(members.declared_field(owner, name)):
                    found.setdefault(name, []).append(owner)
            for name, unit in record.methods.items():
                if members.declares(self._program.functions[unit]) and self._carries(
                    members.attribute((obj(owner),), name)
                ):
                    found.setdefault(name, []).append(owner)
        for (owner, name), types in members.relations.reverse().items():
            if self._carries(types):
                found.setdefault(name, []).append(owner)
        for (owner, name), model in sorted(self._s.query.models.attributes.items()):
            plain = model.type and not model.shows and not _reads_class(model.type)
            if plain and self._carries(members.library.types(model.type, obj(owner), owner, None)):
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
        read = [(owner, name, text) for owner, name, text in typed if _reads_class(text)]
        found: dict[str, list[str]] = {}
        for class_id in sorted(self._program.classes) if read else ():
            line = members.library.line(class_id)
            for owner, name, text in read:
                types = members.library.types(text, obj(class_id), class_id, None) if owner in line else ()
                if self._carries(types) or any(owners.intersection(self._elements(term)) for term in types):
                    found.setdefault(class_id, []).append(name)
        self._given = [class_id for class_id in sorted(self._program.classes) if self._is_given(class_id)]
        for class_id in self._given:
            found.setdefault(class_id, [])
        return found

    def _is_given(self, class_id: str) -> bool:
        """Whether a library hands such objects, or objects made for them, to the methods of a class."""
        library = self._s.query.members.library
        texts = (
            text for model in library.class_models(class_id) for text in model.gives.values() if _reads_class(text)
        )
        types = (library.types(text, obj(class_id), class_id, None) for text in texts)
        return any(self._carries((term,)) for each in types for term in flat(each))

    def _carries(self, types: Types) -> bool:
        return any(self._s.carried(term) for term in types)


def _count_receivers(module: Module) -> Receivers:
    used: dict[tuple[str, str], list[str]] = {}
    for use in module.index.attributes:
        if use.mode == "load":
            used.setdefault((use.unit, use.name), []).append(use.receiver)
    chained = Counter((use.unit, use.receiver) for use in module.index.attributes)
    chained.update((call.unit, call.receiver) for call in module.index.calls)
    return used, chained


def _entries(value: ir.Expr) -> tuple[ir.Expr, ...]:
    """The value itself, or the entries of a display."""
    return value.args if value.kind in ("seq", "dict") else (value,)


def _reads_class(text: str) -> bool:
    """Whether a model's type is read off the class of the receiver."""
    return any(place in text for place in ("attr:", "result:", "each:"))


def _split(name: str) -> tuple[str, str]:
    owner, _, last = name.rpartition(".")
    return owner, last


def _is_constant(field: ir.FieldDef) -> bool:
    return field.value is not None and field.value.kind in ("const", "seq")
