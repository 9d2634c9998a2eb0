"""What formatting an object tells: its own `__str__`, a generated `__repr__` that lists fields, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from privlint import ir
from privlint.analysis.symbols import decorator_name
from privlint.analysis.terms import Type

if TYPE_CHECKING:
    from privlint.analysis.callees import Callees
    from privlint.analysis.program import Class, Function

EXCEPTION = "builtins.BaseException"
_ORDER = {
    "format": ("__format__", "__str__", "__repr__"),
    "str": ("__str__", "__repr__"),
    "repr": ("__repr__",),
}

CONVERSIONS = {"": "format", "s": "str", "r": "repr", "a": "repr"}
"""How a part of a text is formatted, by its conversion."""


class Shown(msgspec.Struct, frozen=True):
    """How objects of a class become text: by one of `functions`, or by listing `fields`."""

    functions: tuple[Function, ...] = ()
    fields: frozenset[str] = frozenset()


class Formatting:
    def __init__(self, callees: Callees) -> None:
        self._callees = callees
        self._program = callees.program
        self._members = callees.members
        self._models = callees.query.models
        self._memo: dict[tuple[str, bool, str], Shown] = {}

    def of(self, term: Type, how: str) -> Shown:
        """What `how` ("str", "repr", "format") tells of an object of this type."""
        key = (term.name, term.exact, how)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._of(term, how) if term.kind == "obj" else Shown()
        return found

    def _of(self, term: Type, how: str) -> Shown:
        line = self._members.library.line(term.name)
        for name in _ORDER[how]:
            for owner in line:
                record = self._program.classes.get(owner)
                if record is not None and name in record.methods:
                    return Shown(tuple(self._callees.methods(term, name)))
                if name == "__repr__" and self._is_generated(owner, record):
                    return Shown(fields=self._fields(term.name, owner if record is not None else term.name))
                if owner == EXCEPTION and name == "__str__":
                    return Shown(fields=frozenset({"args"}))
        return Shown(fields=frozenset({"args"})) if EXCEPTION in line else Shown()

    def _is_generated(self, owner: str, record: Class | None) -> bool:
        if record is None:
            return self._role(owner) == "record"
        scope = record.definition.qualname.rpartition(".")[0]
        for expr in record.definition.decorators:
            symbol = self._program.resolve(record.module, decorator_name(expr), scope)
            model = self._models.callables.get(symbol.name) if symbol is not None else None
            if model is not None and model.decorates == "record":
                return not _says_no(expr)
        return False

    def _fields(self, name: str, generator: str) -> frozenset[str]:
        """Fields that the `__repr__` generated in class `generator` lists; all of class `name` where a library's base
        lists what the object has."""
        line = self._members.library.line(generator if generator in self._program.classes else name)
        found: dict[str, bool] = {}
        for owner in reversed(line):
            record = self._program.classes.get(owner)
            for field, bindings in record.fields.items() if record is not None else ():
                for binding in bindings:
                    if record is not None and self.is_field(record, binding):
                        found[field] = self._is_listed(record, binding)
        return frozenset(field for field, listed in found.items() if listed)

    def is_field(self, record: Class, field: ir.FieldDef, *, given: bool = False) -> bool:
        """Whether a name of a class body is a field; `given`: one that a constructor takes."""
        if field.where != "class":
            return False
        if field.annotation is not None:
            kind = decorator_name(field.annotation.args[0]) if field.annotation.args else field.annotation.text
            return kind.rpartition(".")[2] not in (("ClassVar",) if given else ("ClassVar", "InitVar"))
        if field.value is None or field.value.kind != "call":
            return False
        symbol = self._program.resolve(record.module, decorator_name(field.value), field.owner)
        model = self._models.callables.get(symbol.name) if symbol is not None else None
        return model is not None and model.field

    def _role(self, name: str) -> str:
        model = self._models.classes.get(name)
        return model.role if model is not None else ""

    def _is_listed(self, record: Class, field: ir.FieldDef) -> bool:
        if field.value is not None and field.value.kind == "call" and _says_no(field.value):
            return False
        declared = self._members.declared_field(record.id, field.name)
        return not any(self._role(term.name) == "masked" for term in declared)


def _says_no(call: ir.Expr) -> bool:
    """`repr=False` among the arguments."""
    return call.kind == "call" and any(
        arg.kind == "kw" and arg.text == "repr" and arg.args and arg.args[0].value is False for arg in call.args
    )


def conversion(code: list[ir.AnyInstr], call: ir.Call, value: int) -> str:
    """How a call that fills a template ("... %r", "{!r}") formats `value`: "str" where nothing tells."""
    plain = [arg.value for arg in call.args if arg.name == ""]
    template = code[plain[0]] if plain else None
    if not isinstance(template, ir.Const) or not isinstance(template.value, str) or value not in plain[1:]:
        return "str"
    kinds = [part[:1] for part in template.value.replace("%%", "").split("%")[1:]]
    place = plain.index(value, 1) - 1
    return "repr" if place < len(kinds) and kinds[place] in ("r", "a") else "str"
