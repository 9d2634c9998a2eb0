"""Attributes that a class states in terms of others, such as `label = column_property(name + email)` and
`owner_email = association_proxy("owner", "email")`. Reading one reads the declared fields behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.arguments import argument_value
from privlint.analysis.code import Code, operands
from privlint.analysis.paths import Path, join
from privlint.analysis.symbols import decorator_name
from privlint.models import CallableModel

if TYPE_CHECKING:
    from privlint.analysis.solver import Solver
    from privlint.analysis.symbols import Class

Read = tuple[Path, int]
"""(path below the attribute, item that lies there)."""


class Derived:
    def __init__(self, solver: Solver) -> None:
        self._s = solver
        self._program = solver.program
        self._memo: dict[tuple[str, str], list[Read]] = {}
        self._stated = self._find()

    @property
    def attributes(self) -> list[tuple[str, str]]:
        """(class, attribute) of those that lead to declared fields, sorted."""
        return [each for each in sorted(self._stated) if self.reads(*each)]

    def reads(self, owner: str, name: str) -> list[Read]:
        """What reading the attribute off an instance of the class reads."""
        if not self._stated:
            return []
        found = self._memo.get((owner, name))
        if found is None:
            self._memo[owner, name] = []  # an attribute that is stated in terms of itself holds nothing
            found = self._memo[owner, name] = list(dict.fromkeys(self._read(owner, name)))
        return found

    def _read(self, owner: str, name: str) -> Iterator[Read]:
        holder = next((c for c in self._s.query.members.library.line(owner) if (c, name) in self._stated), "")
        model = self._stated.get((holder, name))
        record = self._program.classes.get(holder)
        if model is None or record is None:
            return
        code = self._s.units.code(f"{record.module}:{record.definition.qualname}")
        bound = [i.value for i in code.code if isinstance(i, ir.SetGlobal) and i.name == name]
        for call in (code.code[value] for value in bound):
            if isinstance(call, ir.Call):
                named = [_names(code, argument_value(call, model.params, param)) for param in model.derives]
                yield from self._followed(owner, named)

    def _followed(self, owner: str, named: list[list[str]]) -> Iterator[Read]:
        """What lies behind a chain of attributes, each of which is one of some names."""
        for name in named[0] if named else ():
            if len(named) == 1:
                yield from self._fields(owner, name)
                continue
            for item, path in self._s.relation(owner, name):
                inner = self._followed(self._s.items.class_of(item), named[1:])
                yield from ((join(path, below), field) for below, field in inner)

    def _fields(self, owner: str, name: str) -> list[Read]:
        item = self._s.items.held(owner).get(name, -1)
        return [((), item)] if item >= 0 else self.reads(owner, name)

    def _find(self) -> dict[tuple[str, str], CallableModel]:
        """Class attributes that a call of a model with `derives` is assigned to."""
        models = {name: model for name, model in self._s.query.models.callables.items() if model.derives}
        lasts = {name.rpartition(".")[2] for name in models}
        found: dict[tuple[str, str], CallableModel] = {}
        for class_id, record in self._program.classes.items() if models else ():
            for name, model in self._in_class(record, models, lasts):
                found[class_id, name] = model
        return found

    def _in_class(
        self, record: Class, models: dict[str, CallableModel], lasts: set[str]
    ) -> Iterator[tuple[str, CallableModel]]:
        for name, fields in record.fields.items():
            for value in (f.value for f in fields if f.where == "class" and f.value is not None):
                text = decorator_name(value) if value.kind == "call" else ""
                if text.rpartition(".")[2] in lasts and not record.definition.parent:
                    called = self._s.query.members.kinds.callable_name(record.module, record.definition.qualname, value)
                    if called in models:
                        yield name, models[called]


def _names(code: Code, value: int) -> list[str]:
    """Attributes of the class that an expression in its body names: by a text, or anywhere in it."""
    instr = code.code[value] if value >= 0 else None
    if isinstance(instr, ir.Const):
        return [instr.value] if isinstance(instr.value, str) else []
    bound = {i.value: i.name for i in code.code if isinstance(i, ir.SetGlobal)}
    found: dict[str, None] = {}
    open_ = [value] if value >= 0 else []
    while open_:
        value = open_.pop()
        instr = code.code[value]
        name = bound.get(value) or getattr(instr, "attr", "")
        if name:
            found[name] = None
        open_ += operands(instr) if value not in bound else ()
    return list(found)
