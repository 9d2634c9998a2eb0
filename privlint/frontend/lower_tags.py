"""Tests for what a mapping says that it is: `message["role"] == "user"`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from privlint import ir
from privlint.frontend.expr_cst import literal

if TYPE_CHECKING:
    from privlint.frontend.lower_frame import Frame

_EQUAL = (cst.Equal, cst.In)
_UNEQUAL = (cst.NotEqual, cst.NotIn)


class _Tag(NamedTuple):
    """Key `key` of the local `name`, or of its item number `place`."""

    name: str
    place: int | None
    key: str


def narrow_tagged(frame: Frame, test: cst.Comparison, *, truth: bool) -> None:
    """Tells the local what a comparison of its tag with constants says."""
    target = test.comparisons[0]
    if len(test.comparisons) != 1 or not isinstance(target.operator, _EQUAL + _UNEQUAL):
        return
    values = _texts(target.comparator)
    tag = _tag(frame, test.left) if values else None
    if tag is None or tag.key not in ir.TAG_KEYS or tag.name not in frame.env:
        return
    kind = "tagged" if isinstance(target.operator, _EQUAL) is truth else "untagged"
    args = tuple(ir.Expr("const", value=value) for value in values)
    frame.narrow(tag.name, ir.Expr(kind, tag.key, args, tag.place), frame.mark(test))


def _texts(node: cst.BaseExpression) -> list[str]:
    """The constants that something is compared with; none if one of them is no text."""
    if isinstance(node, cst.Tuple | cst.List | cst.Set):
        found = [_texts(element.value) for element in node.elements]
        return [text for texts in found for text in texts] if all(found) else []
    known = _constant(node)
    return [known] if isinstance(known, str) else []


def _constant(node: cst.BaseExpression) -> object:
    known = literal(node)
    return known[0] if known is not None and known[1] == "" else None


def _tag(frame: Frame, node: cst.BaseExpression) -> _Tag | None:
    if isinstance(node, cst.NamedExpr):
        node = node.target
    if isinstance(node, cst.Name):
        return _bound_tag(frame, node.value)
    if isinstance(node, cst.Subscript):
        return _of(node.value, _key(node))
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "get":
        return _of(node.func.value, _constant(node.args[0].value) if node.args else None)
    return None


def _of(owner: cst.BaseExpression, key: object) -> _Tag | None:
    if not isinstance(key, str):
        return None
    if isinstance(owner, cst.Name):
        return _Tag(owner.value, None, key)
    index = _key(owner) if isinstance(owner, cst.Subscript) else None
    if isinstance(owner, cst.Subscript) and isinstance(owner.value, cst.Name) and type(index) is int:
        return _Tag(owner.value.value, index, key)
    return None


def _key(node: cst.Subscript) -> object:
    element = node.slice[0].slice
    return _constant(element.value) if len(node.slice) == 1 and isinstance(element, cst.Index) else None


def _bound_tag(frame: Frame, name: str) -> _Tag | None:
    """`role = message.get("role")`: the local that the tag was taken from."""
    value = frame.env.get(name, -1)
    instr = frame.code[value] if value >= 0 else None
    base, key = -1, -1
    if isinstance(instr, ir.Item):
        base, key = instr.base, instr.key
    elif isinstance(instr, ir.Call) and instr.args:
        func = frame.code[instr.func]
        if isinstance(func, ir.Load) and func.attr == "get":
            base, key = func.base, instr.args[0].value
    known = frame.code[key] if key >= 0 else None
    if not isinstance(known, ir.Const) or not isinstance(known.value, str):
        return None
    owner = next(
        (n for n, v in frame.env.items() if n[0] != "@" and v >= 0 and frame.origin(v) == frame.origin(base)), ""
    )
    return _Tag(owner, None, known.value) if owner else None
