"""Relations that a class declares, seen from the class they lead to: attributes that nobody wrote there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.analysis.symbols import decorator_name
from privlint.analysis.terms import Type, Types, obj, union

if TYPE_CHECKING:
    from privlint import ir
    from privlint.analysis.members import Members


class Relations:
    def __init__(self, members: Members) -> None:
        self._members = members
        self._program = members.program
        self._models = members.models
        self._reverse: dict[tuple[str, str], Types] | None = None

    def reverse(self) -> dict[tuple[str, str], Types]:
        """Attributes that relations declared on other classes put on a class: (class, name) to types."""
        if self._reverse is None:
            self._reverse = self._all()
        return self._reverse

    def of(self, term: Type, name: str) -> Types:
        for owner in self._members.library.line(term.name):
            found = self.reverse().get((owner, name))
            if found:
                return found
        return ()

    def _all(self) -> dict[tuple[str, str], Types]:
        reverse: dict[tuple[str, str], Types] = {}
        for owner in sorted(self._program.classes):
            record = self._program.classes[owner]
            for fields in record.fields.values():
                for field in fields:
                    self._add_reverse(reverse, owner, record.module, field)
        return reverse

    def _havers(self, owner: str) -> tuple[str, ...]:
        """The classes whose rows have a field of `owner`: its own, or those that derive from it if it has none."""
        own = self._program.classes.get(f"{owner}.Meta")
        told = own.fields.get("abstract", ()) if own is not None else ()
        abstract = any(field.value is not None and field.value.value is True for field in told)
        return self._program.heirs(owner) if abstract else (owner,)

    def _add_reverse(self, reverse: dict[tuple[str, str], Types], owner: str, module: str, field: ir.FieldDef) -> None:
        value = field.value
        if value is None or value.kind != "call":
            return
        symbol = self._program.resolve(module, decorator_name(value), field.owner)
        model = self._members.field_model(symbol.name, value) if symbol else None
        if model is None or not model.reverse_type:
            return
        named = {arg.text: arg.args[0] for arg in value.args[1:] if arg.kind == "kw" and arg.args}
        given = named.get(model.reverse)
        if given is not None and given.kind == "call" and len(given.args) > 1:  # `backref("posts", lazy="dynamic")`
            given = given.args[1]
        targets = self._members.field_argument(owner, value, "0")
        names = [*(target.name for target in targets), *self._library_target(owner, value)]
        for haver in self._havers(owner):
            last = haver.rpartition(".")[2].lower()
            text = str(given.value) if given is not None and given.kind == "const" else model.reverse_default
            name = text.replace("{class}", last).replace("%(class)s", last)
            types = self._members.library.types(model.reverse_type, obj(haver), haver, None)
            for target_name in names:
                key = (target_name, name)
                reverse[key] = union(reverse.get(key, ()), types)

    def _library_target(self, owner: str, value: ir.Expr) -> list[str]:
        """The library's class that a relation names, with those of its bases that are stored too (`User`,
        `AbstractUser`): code may know the object by each of them. The last one is the base of all."""
        expr = next((arg for arg in value.args[1:] if arg.kind != "kw"), None)
        record = self._program.classes[owner]
        found: list[str] = []
        for term in self._members.stated.instances(record.module, record.definition.qualname, expr):
            if term.name in self._models.classes:
                line = [name for name in self._members.library.line(term.name) if name in self._models.classes]
                found += [name for name in line if self._models.classes[name].stores][:-1]
        return found
