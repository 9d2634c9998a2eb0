"""What an object of a schema is made with: of all that it is given, what its class declares."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from privlint import ir
from privlint.analysis.members import Members
from privlint.analysis.paths import ANY, Path
from privlint.analysis.program import Program
from privlint.analysis.terms import Type, Types, union


class Schemas:
    """`field_names` gives the fields that the constructor of a class takes."""

    def __init__(self, program: Program, members: Members, field_names: Callable[[str], tuple[str, ...]]) -> None:
        self._program = program
        self._members = members
        self._field_names = field_names
        self._left_out: dict[tuple[Type, str], bool] = {}

    def only_declared(self, name: str) -> bool:
        """Whether a schema leaves out what it does not declare: nothing in it says that more is allowed."""
        if not any(model.schema for model in self._members.library.class_models(name)):
            return False
        owners = [record for owner in self._members.library.line(name) if (record := self._program.classes.get(owner))]
        settings = [f.value for record in owners for f in record.fields.get("model_config", ())]
        inner = (self._program.classes.get(f"{owner}.Config") for owner in self._members.library.line(name))
        settings += [f.value for record in inner if record for f in record.fields.get("extra", ())]
        return not any(text.rpartition(".")[2] == "allow" for value in settings for text in _texts_in(value))

    def leave_out(self, types: Types, path: Path, *, objects: bool = False) -> bool:
        """Whether objects of these types, made from mappings, have nothing at `path`. Objects in them are kept as they
        are, unless `objects` become what is declared too."""
        if not types or not path:
            return False
        element, rest = path[0], path[1:]
        if element == ANY or (isinstance(element, tuple) and isinstance(element[1], int)):
            return self._leave_out_item(union(*(self._members.element(term) for term in types)), rest, objects)
        name = str(element[1]) if isinstance(element, tuple) else element[1:] if element.startswith(".") else ""
        if not name or not all(term.kind == "obj" for term in types):
            return False
        if all(self._lacks(term, name) for term in types):
            return True
        return self._leave_out_item(self._members.attribute(types, name), rest, objects)

    def _leave_out_item(self, types: Types, rest: Path, objects: bool) -> bool:
        """The same of what lies in it: a mapping becomes the class that is declared for it, and no heir."""
        if not rest or not (objects or isinstance(rest[0], tuple) or rest[0] == ANY):
            return False
        return self.leave_out(exactly(types), rest, objects=objects)

    def _lacks(self, term: Type, name: str) -> bool:
        found = self._left_out.get((term, name))
        if found is None:
            classes = (term.name,) if term.exact else (term.name, *self._program.heirs(term.name))
            found = self._left_out[term, name] = all(
                self.only_declared(each) and name not in self._field_names(each) and not self._renames(each, name)
                for each in classes
            )
        return found

    def _renames(self, class_id: str, key: str) -> bool:
        """Whether a class takes a field by another name, and that may be `key`."""
        owners = (self._program.classes.get(owner) for owner in self._members.library.line(class_id))
        fields = [f for record in owners if record for fields in record.fields.values() for f in fields]
        texts = {text for f in fields for written in (f.annotation, f.value) for text in _texts_in(written)}
        return key in texts or "alias_generator" in texts


def exactly(types: Types) -> Types:
    """The same types without their heirs."""
    return tuple(Type(t.kind, t.name, t.args, exact=True, attr=t.attr) for t in types)


def _texts_in(expr: ir.Expr | None) -> Iterator[str]:
    """Every text and name in an expression."""
    if expr is not None:
        yield from (str(expr.value), expr.text)
        for arg in expr.args:
            yield from _texts_in(arg)
