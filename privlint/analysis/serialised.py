"""What objects let out that write the fields of other objects under names of their own: serializers."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from privlint import ir
from privlint.analysis.bounds import MAX_NESTED_SERIALIZERS
from privlint.analysis.code import Code
from privlint.analysis.modelled import read_off
from privlint.analysis.paths import Path
from privlint.analysis.solver import Solver
from privlint.analysis.terms import Types, obj
from privlint.models import AttributeModel

Field = tuple[Path, int]
"""Where what is written holds an item."""


class Listing(msgspec.Struct, frozen=True):
    """The names that a class lists, and where; None: all of them, as it says or because it cannot be told."""

    names: tuple[str, ...] | None
    code: Code
    position: int
    known: bool = True


class Serialised:
    def __init__(self, solver: Solver) -> None:
        self._s = solver
        self._members = solver.query.members
        self._library = solver.query.members.library
        self._program = solver.program
        models = solver.query.models.attributes
        self._shown = {owner: model for (owner, _), model in sorted(models.items()) if model.shows}

    def model(self, name: str) -> AttributeModel | None:
        """What the library says of the attribute that holds what an object of a class writes."""
        if not self._shown:
            return None
        return next((self._shown[owner] for owner in self._library.line(name) if owner in self._shown), None)

    def fields(self, name: str, shown: Types = (), depth: int = 0) -> list[Field]:
        """Every field that an object of class `name` lets out of the objects that it is for: those of the class that it
        states, else `shown`."""
        model = self.model(name)
        if model is None or depth > MAX_NESTED_SERIALIZERS:
            return []
        found: dict[Field, None] = {}
        for term in self._library.types(model.shows, obj(name), name, None) or shown:
            for written in self._names(name, model, term.name):
                for path, item in self._written(name, model, term.name, written, depth):
                    found[(("k", written), *path), item] = None
        return list(found)

    def listing(self, name: str, attribute: str) -> Listing | None:
        """The names that attribute `attribute` of a class lists."""
        for field, module in self._members.stated.fields(name, attribute) if attribute else ():
            for unit in self._program.lookups.ids(module, field.owner):
                code = self._s.units.code(unit)
                for position in reversed(range(len(code.code))):
                    instr = code.code[position]
                    if isinstance(instr, ir.SetGlobal) and instr.name == field.name:
                        names, known = self._texts(code, instr.value, 0)
                        return Listing(names, code, position, known)
        return None

    def _names(self, name: str, model: AttributeModel, shown: str) -> list[str]:
        listed, dropped = self.listing(name, model.names), self.listing(name, model.drops)
        if listed is not None and listed.names is not None:
            return list(listed.names)
        declared = list(self._declared_names(name))
        if listed is None and dropped is None and model.names and not self._states_class(name, model):
            return declared
        left_out = dropped.names or () if dropped is not None else ()
        return [each for each in dict.fromkeys((*self._s.items.held(shown), *declared)) if each not in left_out]

    def _states_class(self, name: str, model: AttributeModel) -> bool:
        return bool(self._library.types(model.shows, obj(name), name, None))

    def _declared_names(self, name: str) -> Iterator[str]:
        for owner in self._library.line(name):
            record = self._program.classes.get(owner)
            for field_name, fields in record.fields.items() if record is not None else ():
                if any(f.where == "class" and f.value is not None and f.value.kind == "call" for f in fields):
                    yield field_name

    def _written(self, name: str, model: AttributeModel, shown: str, written: str, depth: int) -> list[Field]:
        for field, module in self._members.stated.fields(name, written):
            if field.value is not None and field.value.kind == "call":
                return self._by_declaration(field, module, model, shown, written, depth)
        return self._scalars(shown, written.replace(".", "__"))

    def _by_declaration(
        self, field: ir.FieldDef, module: str, model: AttributeModel, shown: str, written: str, depth: int
    ) -> list[Field]:
        """A field of the serializer that is declared: under another name, by another serializer, by a method."""
        call = field.value
        if call is None or not call.args:
            return []
        given = {arg.text: arg.args[0].value for arg in call.args[1:] if arg.kind == "kw" and arg.args}
        if model.hides and given.get(model.hides) is True:
            return []
        symbol = self._program.resolve(module, call.args[0].text, field.owner) if call.args[0].text else None
        called = self._library.model(symbol.name) if symbol is not None else None
        if called is not None and called.method:
            return []
        source = given.get(model.renames) if model.renames else None
        source = source.replace(".", "__") if isinstance(source, str) else written
        inner = given.get(model.inner) if model.inner else None
        if isinstance(inner, str):
            return self._scalars(shown, f"{source}__{inner}")
        if symbol is not None and self.model(symbol.name) is not None:
            return self.fields(symbol.name, self._members.attribute((obj(shown),), source), depth + 1)
        return self._scalars(shown, source)

    def _scalars(self, shown: str, name: str) -> list[Field]:
        """A relation is written as a key, not as the object."""
        return [(path, item) for path, item in read_off(self._s, shown, name) if not self._s.items.class_of(item)]

    def _texts(self, code: Code, value: int, depth: int) -> tuple[tuple[str, ...] | None, bool]:
        """The texts of a list that a class body states, put together of others or not; and whether that is known."""
        instr = code.code[value]
        if isinstance(instr, ir.Const):
            return None, True
        if isinstance(instr, ir.Build) and not instr.many:
            items = [code.code[each] for each in instr.values]
            return tuple(str(each.value) for each in items if isinstance(each, ir.Const)), True
        if depth > MAX_NESTED_SERIALIZERS:
            return None, False
        if isinstance(instr, ir.Operate):
            parts = [self._texts(code, each, depth + 1)[0] for each in instr.operands]
            if all(part is not None for part in parts):
                return tuple(name for part in parts for name in part or ()), True
        return self._texts_of(code, instr)

    def _texts_of(self, code: Code, instr: ir.AnyInstr) -> tuple[tuple[str, ...] | None, bool]:
        """The list of another class: `PersonSerializer.Meta.fields`."""
        names: list[str] = []
        while isinstance(instr, ir.Load):
            names.insert(0, instr.attr)
            for term in self._s.query.of(code, instr.base):
                above = self.listing(term.name, ".".join(names)) if term.kind == "class" else None
                if above is not None:
                    return above.names, above.known
            instr = code.code[instr.base]
        return None, False
