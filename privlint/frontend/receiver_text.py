"""The text by which an expression stands in the index where something is taken off it."""

from __future__ import annotations

import ast
import re

from privlint.frontend.expr_ast import constant_text, dotted, parse_text

NO_NAME = "()"
STRING = '""'
DISPLAYS = {ast.Dict: "{}", ast.DictComp: "{}", ast.List: "[]", ast.ListComp: "[]", ast.Set: "[]", ast.SetComp: "[]"}
_MAX_RECEIVER = 80


def receiver_text(node: ast.expr) -> str:
    """As the visitors return it, without recording anything."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return joined(receiver_text(node.value), "." + node.attr)
    if isinstance(node, ast.Call):
        return joined(receiver_text(node.func), "()")
    if isinstance(node, ast.Subscript):
        return joined(receiver_text(node.value), "[]")
    if type(node) in DISPLAYS:
        return DISPLAYS[type(node)]
    return STRING if constant_text(node) else NO_NAME


_ROOT = re.compile(r"[.(\[]")


def text_root(text: str) -> str:
    """The name that a receiver's text begins with."""
    return _ROOT.split(text, maxsplit=1)[0]


def joined(text: str, part: str) -> str:
    return (text if len(text) <= _MAX_RECEIVER else NO_NAME) + part


def annotation_text(node: ast.expr | None) -> str:
    """ ":User" for an annotation that is a plain name, also in `Optional[User]` and `User | None`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = parse_text(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant) and node.right.value is None:
        node = node.left
    elif isinstance(node, ast.Subscript) and dotted(node.value).rpartition(".")[2] == "Optional":
        node = node.slice
    text = dotted(node) if node is not None else ""
    return f":{text}" if text else NO_NAME
