"""`"...".format(...)` with a literal template: the text of what its fields name, taken apart as an f-string is."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

import libcst as cst

from privlint import ir
from privlint.frontend.expr_cst import literal
from privlint.frontend.lower_dispatch import lower_expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.frontend.lower_frame import Frame

TEMPLATES = (cst.SimpleString, cst.ConcatenatedString)
_FIELD = re.compile(r"(?P<root>[^.\[\]]*)(?P<rest>(?:\.[^.\[\]]+|\[[^\]]+\])*)$")
_STEP = re.compile(r"\.(?P<attribute>[^.\[\]]+)|\[(?P<key>[^\]]+)\]")
_MAX_NESTING = 2  # a format specification may name fields, and those have none

_Field = tuple[str, str]
"""What a field names ("0.email"), and how it is converted."""


def format_call(frame: Frame, node: cst.Call) -> int:
    """The text that a call of `format` or `format_map` makes; -1 where the template is no literal."""
    func = node.func
    if not isinstance(func, cst.Attribute) or func.attr.value not in ("format", "format_map"):
        return -1
    known = literal(func.value)
    if known is None or not isinstance(known[0], str) or known[1]:
        return -1
    fields = _fields(known[0])
    if fields is None or (func.attr.value == "format_map" and (len(node.args) != 1 or node.args[0].star)):
        return -1
    at = frame.mark(node)
    parts = [(lower_expression(frame, func.value), "")]
    arguments = _Arguments(frame, node, at, mapped=func.attr.value == "format_map")
    for field, conversion in fields:
        value = arguments.field(field)
        if value >= 0:
            parts.append((value, conversion))
    return frame.emit(ir.Text(at, tuple(value for value, _ in parts), tuple(how for _, how in parts)))


def _fields(template: str) -> list[_Field] | None:
    """The fields of a template, numbered where they have no name; None if it is no template."""
    try:
        found = list(_parsed(template, _MAX_NESTING))
    except ValueError:
        return None
    number = -1
    fields: list[_Field] = []
    for name, conversion in found:
        match = _FIELD.match(name)
        if match is None:
            return None
        root = match["root"]
        if not root:
            number += 1
            root = str(number)
        fields.append((root + match["rest"], conversion))
    return fields


def _parsed(template: str, nesting: int) -> Iterator[_Field]:
    for _, name, specification, conversion in Formatter().parse(template):
        if name is None:
            continue
        yield name, conversion or ""
        if specification and nesting:
            yield from _parsed(specification, nesting - 1)


class _Arguments:
    """What a call gives to the fields of its template."""

    def __init__(self, frame: Frame, node: cst.Call, at: int, *, mapped: bool) -> None:
        self._frame = frame
        self._at = at
        self._plain: list[int] = []
        self._named: dict[str, int] = {}
        self._spread = self._mapping = -1
        for arg in node.args:
            value = lower_expression(frame, arg.value)
            if arg.star == "**" or mapped:
                self._mapping = value
            elif arg.star:
                self._spread = value
            elif arg.keyword is not None:
                self._named[arg.keyword.value] = value
            elif self._spread < 0:
                self._plain.append(value)

    def field(self, text: str) -> int:
        """The value of a field; -1 if the call gives none."""
        match = _FIELD.match(text)
        value = self._root(match["root"]) if match is not None else -1
        for step in _STEP.finditer(match["rest"]) if match is not None and value >= 0 else ():
            name, key = step["attribute"], step["key"]
            value = self._frame.emit(ir.Load(self._at, value, name)) if name else self._item(value, _key(key))
        return value

    def _root(self, root: str) -> int:
        if not root.isdecimal():
            named = self._named.get(root, -1)
            return self._item(self._mapping, root) if named < 0 <= self._mapping else named
        number = int(root)
        if number < len(self._plain):
            return self._plain[number]
        return self._item(self._spread, number - len(self._plain)) if self._spread >= 0 else -1

    def _item(self, base: int, key: str | int) -> int:
        return self._frame.emit(ir.Item(self._at, base, self._frame.emit(ir.Const(self._at, key))))


def _key(text: str) -> str | int:
    return int(text) if text.isdecimal() else text
