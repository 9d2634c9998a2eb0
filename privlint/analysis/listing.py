"""Classes of the program that list attributes of other objects: schemas and forms of libraries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.types import TypeQuery


def listed(query: TypeQuery, code: Code, value: int) -> list[str] | None:
    """The attributes that the class of a value lists; None if that cannot be told."""
    found: dict[str, None] = {}
    types = query.of(code, value) if value >= 0 else ()
    for term in types:
        stated = query.members.stated
        named = stated.texts(term.name, "Meta.fields")
        if named is None and stated.states(term.name, "Meta.model"):  # the model's own attributes, whichever they are
            return None
        found.update(dict.fromkeys([*(named or ()), *_in_body(query, term.name)]))
    return list(found) or None


def _in_body(query: TypeQuery, owner: str) -> Iterator[str]:
    for ancestor in query.members.library.line(owner):
        record = query.program.classes.get(ancestor)
        for name, fields in record.fields.items() if record else ():
            for field in fields:
                if field.where == "class" and field.value is not None and field.value.kind == "call":
                    renamed = [a.args[0].value for a in field.value.args if a.kind == "kw" and a.text == "attribute"]
                    yield next((text for text in renamed if isinstance(text, str)), name)
