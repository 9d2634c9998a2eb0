"""Expressions outside of bodies, from the standard library's syntax tree to `ir.Expr`."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable

from privlint.ir import Expr

MAX_NODES = 1000  # of one expression; a larger display (a table of data) stands as "other"

MAX_TEXT = 1000  # characters of a string constant

OTHER = Expr("other")
_STRINGS_STAY = frozenset({"Literal"})
_MAX_DEPTH = 60


def dotted(node: ast.expr) -> str:
    """The text of a dotted name, "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    parts.append(node.id)
    parts.reverse()
    return ".".join(parts)


def constant_text(node: ast.expr) -> str:
    """The value of a string literal, "" for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def convert(node: ast.expr) -> Expr:
    """A value, decorator or base class."""
    return _Converter(annotation=False).convert(node, 0)


def convert_annotation(node: ast.expr | None) -> Expr | None:
    """An annotation: strings in it are parsed, but for those of `Literal` and of the metadata of `Annotated`."""
    return None if node is None else _Converter(annotation=True).convert(node, 0)


def parse_text(text: str) -> ast.expr | None:
    """A string that holds an expression, None if it does not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _is_text(value: str) -> bool:
    """Can it be written as UTF-8? A lone surrogate cannot."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


class _Converter:
    __slots__ = ("annotation", "left")

    def __init__(self, *, annotation: bool) -> None:
        self.annotation = annotation
        self.left = MAX_NODES

    def convert(self, node: ast.expr, depth: int) -> Expr:
        self.left -= 1
        if self.left < 0 or depth > _MAX_DEPTH:
            return OTHER
        method = _METHODS.get(type(node))
        return method(self, node, depth + 1) if method is not None else OTHER

    def all(self, nodes: list[ast.expr], depth: int) -> tuple[Expr, ...]:
        return tuple([self.convert(node, depth) for node in nodes])

    def quoted(self, node: ast.expr, depth: int) -> Expr:
        """A part of an annotation that is no type."""
        inner = _Converter(annotation=False)
        inner.left = self.left
        found = inner.convert(node, depth)
        self.left = inner.left
        return found

    def name(self, node: ast.Name, _depth: int) -> Expr:
        return Expr("name", node.id)

    def attribute(self, node: ast.Attribute, depth: int) -> Expr:
        text = dotted(node)
        return Expr("name", text) if text else Expr("attr", node.attr, (self.convert(node.value, depth),))

    def constant(self, node: ast.Constant, depth: int) -> Expr:
        value = node.value
        if self.annotation and isinstance(value, str):
            parsed = parse_text(value)
            if parsed is not None:
                return self.convert(parsed, depth)
        if isinstance(value, str):
            return Expr("const", value=value) if len(value) <= MAX_TEXT and _is_text(value) else OTHER
        if value is None or isinstance(value, (bool, float)):
            return Expr("const", value=value)
        if isinstance(value, int):
            return Expr("const", value=value) if value.bit_length() < 63 else OTHER
        return OTHER

    def call(self, node: ast.Call, depth: int) -> Expr:
        args = [self.quoted(node.func, depth)]
        args += [self.quoted(arg, depth) for arg in node.args]
        args += [Expr("kw", word.arg or "**", (self.quoted(word.value, depth),)) for word in node.keywords]
        return Expr("call", "", tuple(args))

    def starred(self, node: ast.Starred, depth: int) -> Expr:
        return Expr("kw", "*", (self.convert(node.value, depth),))

    def subscript(self, node: ast.Subscript, depth: int) -> Expr:
        base = self.convert(node.value, depth)
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        last = base.text.rpartition(".")[2]
        if last in _STRINGS_STAY:
            return Expr("sub", "", (base, *(self.quoted(item, depth) for item in items)))
        if last == "Annotated":
            meta = tuple(self.quoted(item, depth) for item in items[1:])
            return Expr("sub", "", (base, *(self.convert(item, depth) for item in items[:1]), *meta))
        return Expr("sub", "", (base, *self.all(items, depth)))

    def binary(self, node: ast.BinOp, depth: int) -> Expr:
        if not isinstance(node.op, ast.BitOr):
            return OTHER
        parts: list[ast.expr] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and isinstance(left.op, ast.BitOr):
            parts.append(left.right)
            left = left.left
        parts.append(left)
        return Expr("or", "", self.all(parts[::-1], depth))

    def sequence(self, node: ast.Tuple | ast.List | ast.Set, depth: int) -> Expr:
        kind = type(node).__name__.lower()
        return Expr("seq", kind, self.all(node.elts, depth)) if len(node.elts) < self.left else OTHER

    def mapping(self, node: ast.Dict, depth: int) -> Expr:
        if 2 * len(node.keys) >= self.left:
            return OTHER
        args: list[Expr] = []
        for key, value in zip(node.keys, node.values, strict=True):
            args.append(Expr("name", "?") if key is None else self.convert(key, depth))
            args.append(self.convert(value, depth))
        return Expr("dict", "", tuple(args))

    def unary(self, node: ast.UnaryOp, depth: int) -> Expr:
        if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            value = node.operand.value
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                found = self.constant(node.operand, depth)
                return Expr("const", value=-value) if found is not OTHER else OTHER
        return OTHER


_METHODS: dict[type, Callable[..., Expr]] = {
    ast.Name: _Converter.name,
    ast.Attribute: _Converter.attribute,
    ast.Constant: _Converter.constant,
    ast.Call: _Converter.call,
    ast.Starred: _Converter.starred,
    ast.Subscript: _Converter.subscript,
    ast.BinOp: _Converter.binary,
    ast.Tuple: _Converter.sequence,
    ast.List: _Converter.sequence,
    ast.Set: _Converter.sequence,
    ast.Dict: _Converter.mapping,
    ast.UnaryOp: _Converter.unary,
}
