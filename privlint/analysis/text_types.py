"""Types of receivers by their text in the index, with what library models know: nothing is lowered.

The type query answers for lowered bodies; here its parts that rest on annotations, fields and models are asked about
a text such as `self.order.positions.all()[]`, so that look-ups can leave out what a receiver cannot be.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.bounds import MAX_TYPES
from privlint.analysis.code import Lowered
from privlint.analysis.members import Members
from privlint.analysis.receivers import LITERALS, Instance, Known, local_names, makes_its_own, split_text
from privlint.analysis.signals import Connection
from privlint.analysis.symbols import Function, Symbol, unit_id
from privlint.analysis.terms import STR, Type, Types, mapping, obj, sequence, union
from privlint.analysis.types import TypeQuery

if TYPE_CHECKING:
    from privlint.analysis.program import Program
    from privlint.models import Models


class TextTypes:
    """`of` is what a receiver may be; None: not known."""

    def __init__(self, program: Program, models: Models) -> None:
        self._program = program
        self._query = _IndexQuery(program, models, self)
        self._members = self._query.members

    def of(self, module: str, unit: str, text: str) -> Known:
        types = self.types(module, unit, text)
        if not types or len(types) >= MAX_TYPES:
            return None
        if all(term.kind == "obj" for term in types):
            names = tuple(sorted({term.name for term in types}))
            return None if any(self._is_protocol(name) for name in names) else Instance(names)
        first = types[0]
        if len(types) > 1 or first.receiver is not None:
            return None
        kind = {"class": "class", "module": "module", "func": "function", "ext": "external"}.get(first.kind)
        return Symbol(kind, first.name) if kind else None

    def inherits(self, class_id: str, base: str) -> bool:
        """Is `base` an ancestor of a class, through library classes too?"""
        return self._members.library.inherits(class_id, base)

    def _is_protocol(self, name: str) -> bool:
        record = self._program.classes.get(name)
        return record is not None and any(base.endswith(".Protocol") for base in record.mro)

    def types(self, module: str, unit: str, text: str) -> Types:
        return self._query.ask(("text", module, unit, text), lambda: self._types(module, unit, text))

    def _types(self, module: str, unit: str, text: str) -> Types:
        if text.startswith(":"):
            return self._query.annotations.types(module, unit, ir.Expr("name", text[1:]))
        root, parts = split_text(text)
        function = self._program.functions.get(unit_id(module, unit)) if unit else None
        if root == "super" and parts[:1] == ["()"]:
            if function is None or not function.owner:
                return ()
            found: Types = (Type("super", function.owner, receiver=obj(function.owner)),)
            parts = parts[1:]
        elif root in LITERALS:
            found = (obj(LITERALS[root]),)
        else:
            found = self._root(module, unit, root, function, called=parts[:1] == ["()"])
        for part in parts:
            found = self._step(found, part)
        return found

    def _root(self, module: str, unit: str, name: str, function: Function | None, *, called: bool) -> Types:
        if function is not None:
            for position, param in enumerate(function.definition.params):
                if param.name == name:
                    rebound = self._program.modules[module].index.locals.get(unit, {}).get(name, [])
                    found = [self._param(function, position), *(self.types(module, unit, text) for text in rebound)]
                    return union(*found) if all(found) else ()
            kind, texts = local_names(self._program, module, unit, name, called=called)
            if kind == "texts":
                found = [self.types(module, unit, text) for text in texts]
                return union(*found) if all(found) else ()
            if kind == "unknown":
                return ()
        return self._query.symbol(self._program.resolve(module, name, unit))

    def _param(self, function: Function, position: int) -> Types:
        definition = function.definition
        if position == 0 and function.owner and not self._members.kinds.is_static(function):
            made = self._members.kinds.is_class_method(function)
            return (Type("class", function.owner),) if made else (obj(function.owner),)
        if unit_id(function.module, definition.qualname, 1) in self._program.functions:
            return ()
        param = definition.params[position]
        found = self._query.annotations.types(function.module, definition.qualname, param.annotation)
        if param.kind == "*":
            return sequence(found)
        return (
            mapping(STR, found) if param.kind == "**" else found or self._members.stated.parameter(function, param.name)
        )

    def _step(self, types: Types, part: str) -> Types:
        if part == "[]":
            found = [self._element(term) for term in types]
        elif part == "()":
            found = [self._called(term) for term in types]
        else:
            found = [self._members.attribute((term,), part[1:]) for term in types]
        return union(*found) if found and all(found) else ()

    def _element(self, term: Type) -> Types:
        """Of an iteration or of a subscript: the text does not tell which."""
        return union(self._members.item(term, None), self._members.element(term))

    def _called(self, term: Type) -> Types:
        if term.kind == "class":
            return (obj(term.name),)
        if term.kind in ("func", "bound"):
            return self._members.result_of(term)
        if term.kind != "ext":
            return ()
        model = self._query.models.callables.get(term.name)
        if model is not None and model.returns:
            owner = term.receiver.name if term.receiver else term.name.rpartition(".")[0]
            return self._members.library.types(model.returns, term.receiver, owner, None)
        return (obj(term.name),) if term.receiver is None and makes_its_own(term.name) else ()


class _IndexQuery(TypeQuery):
    """The type query without bodies: results by annotation, values by the expressions in the index."""

    def __init__(self, program: Program, models: Models, texts: TextTypes) -> None:
        super().__init__(program, models, Lowered(program, _nothing_is_lowered))
        self.members: _IndexMembers = _IndexMembers(program, models, self)
        self._texts = texts

    def returned(self, unit: str, body: int = 0) -> Types:
        function = self.program.functions.get(unit)
        if function is None or body or function.definition.is_generator:
            return ()
        return self.annotations.types(function.module, function.definition.qualname, function.definition.returns)

    def written(self, unit: str, name: str) -> Types:
        module, _, owner = unit.partition(":")
        fields = [f for f in self.program.modules[module].index.fields if f.name == name and f.owner == owner]
        return self.assigned(module, fields)

    def assigned(self, module: str, fields: Sequence[ir.FieldDef]) -> Types:
        """What the values of fields are; nothing if one of them is not known."""
        told = [f for f in fields if f.value is not None and not (f.value.kind == "const" and f.value.value is None)]
        found = [self._field_value(module, field) for field in told]
        return union(*found) if found and all(found) else ()

    def _field_value(self, module: str, field: ir.FieldDef) -> Types:
        value = field.value
        if value is None:
            return ()
        if value.kind == "const" and isinstance(value.value, str):
            return STR
        scope = field.unit or field.owner
        if value.kind == "name":
            return self._texts.types(module, scope, value.text)
        if value.kind == "call" and value.args[0].kind == "name":
            return self._texts.types(module, scope, value.args[0].text + "()")
        return ()


class _IndexMembers(Members):
    def result_of(self, function: Type) -> Types:
        """What calling a function or bound method gives, by its annotation; of its own class, the receiver's."""
        found = self.query.returned(function.name)
        if function.receiver is None:
            return found
        owner = self.program.functions[function.name].owner
        return tuple(obj(function.receiver.name) if term.name == owner and not term.args else term for term in found)

    def registered(self, owner: str, name: str) -> Types:
        return self.registrations.by_decorators(owner, name)

    def connections(self, function: Function) -> list[Connection]:
        del function  # only bodies tell
        return []

    def _put_on(self, owners: list[str], name: str) -> Types:
        del owners, name  # only bodies tell
        return ()

    def _declared_by(self, term: Type, function: Function) -> Types:
        del term, function  # only bodies tell
        return ()

    def _answered(self, term: Type, name: str) -> Types:
        del name  # which object is asked instead, only bodies tell
        return self.results.special(term, "__getattr__") if term.kind == "obj" else ()

    def _assigned(self, owner: str, field: ir.FieldDef) -> Types:
        if not isinstance(self.query, _IndexQuery):
            return ()
        record = self.program.classes[owner]
        return self.query.assigned(record.module, record.fields[field.name])


def _nothing_is_lowered(_units: Sequence[str]) -> list[ir.UnitIR]:
    raise AssertionError("types of texts need no bodies")
