"""LibCST expressions as `ir.Expr`, and the values of literals."""

from __future__ import annotations

from ast import Constant, literal_eval
from typing import TYPE_CHECKING, Any, TypeAlias

import libcst as cst

from privlint.frontend.expr_ast import MAX_NODES, MAX_TEXT, convert_annotation
from privlint.ir import Expr, ParamDef

if TYPE_CHECKING:
    from collections.abc import Callable

Literal: TypeAlias = "tuple[str | int | float | bool | None, str]"
"""A constant and its kind, as in `ir.Const`: "" where the value tells, else "bytes", "...", "int", "complex", "?"."""

OTHER = Expr("other")
_QUOTES = ('"""', "'''", '"', "'")
_SINGLETONS: dict[str, bool | None] = {"True": True, "False": False, "None": None}
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1  # what the cache's format can hold


def convert(node: cst.CSTNode, *, annotation: bool = False) -> Expr:
    """`node` as an Expr; in an annotation, strings are parsed and stand as what they contain."""
    if type(node) is cst.Name:
        return name_expr(node.value)
    found = _CONVERTERS.get(type(node))
    return OTHER if found is None else found(node, annotation)


def name_expr(name: str) -> Expr:
    if name in _SINGLETONS:
        return Expr("const", value=_SINGLETONS[name])
    return Expr("name", name)


def dotted(node: cst.CSTNode) -> str:
    """ "a.b.c" for a plain dotted name, "" for anything else."""
    parts: list[str] = []
    while type(node) is cst.Attribute:
        parts.append(node.attr.value)
        node = node.value
    if type(node) is not cst.Name:
        return ""
    parts.append(node.value)
    parts.reverse()
    return ".".join(parts)


# ------------------------------------------------------------------------------------------------------------- literals


def literal(node: cst.CSTNode) -> Literal | None:
    """The value of a literal, of a negated number and of joined plain strings; None for anything else."""
    found = _LITERALS.get(type(node))
    return None if found is None else found(node)


def _simple_string(node: cst.SimpleString) -> Literal:
    raw = node.value
    first = raw[0]
    if first in "\"'" and "\\" not in raw:
        width = 3 if raw[:3] in _QUOTES else 1
        return clean_text(raw[width:-width]), ""
    return constant(_evaluate(raw))


def _evaluate(raw: str) -> Any:
    try:
        return literal_eval(raw.lstrip())
    except (ValueError, SyntaxError, MemoryError):
        return raw


def constant(value: Any) -> Literal:
    """A Python constant as the value and kind of a Const that any cache can hold."""
    if value is None or isinstance(value, (bool, float)):
        return value, ""
    if isinstance(value, str):
        return clean_text(value), ""
    if isinstance(value, bytes):
        return value.decode("latin-1"), "bytes"
    if isinstance(value, int):
        return (value, "") if _SMALLEST <= value <= _LARGEST else (None, "int")
    return None, "..." if value is Ellipsis else "complex"


def clean_text(text: str) -> str:
    """Lone surrogates written out, since they have no encoding."""
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode()


def _number(node: cst.Integer | cst.Float | cst.Imaginary) -> Literal:
    try:
        return constant(literal_eval(node.value))
    except (ValueError, SyntaxError):  # more digits than Python converts
        return None, "int"


def _integer(node: cst.Integer) -> Literal:
    text = node.value
    if text.isdigit() and len(text) < 18 and (text[0] != "0" or text == "0"):
        return int(text), ""
    return _number(node)


def _concatenated(node: cst.ConcatenatedString) -> Literal | None:
    parts: list[str] = []
    kind = ""
    for part in concatenated_parts(node):
        if type(part) is not cst.SimpleString:
            return None
        value, kind = _simple_string(part)
        parts.append(str(value))
    return "".join(parts), kind


def concatenated_parts(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """The strings of an implicit concatenation, in order."""
    parts: list[cst.BaseExpression] = []
    while type(node) is cst.ConcatenatedString:
        parts.append(node.left)
        node = node.right
    parts.append(node)
    return parts


def _negated(node: cst.UnaryOperation) -> Literal | None:
    if type(node.operator) is not cst.Minus or type(node.expression) not in (cst.Integer, cst.Float):
        return None
    value, kind = _number_of(node.expression)
    return (-value, kind) if isinstance(value, (int, float)) else (None, kind)


def _number_of(node: cst.BaseExpression) -> Literal:
    return _integer(node) if isinstance(node, cst.Integer) else _number(cst.ensure_type(node, cst.Float))


def _singleton(node: cst.Name) -> Literal | None:
    return (_SINGLETONS[node.value], "") if node.value in _SINGLETONS else None


def _ellipsis(_node: cst.Ellipsis) -> Literal:
    return None, "..."


_LITERALS: dict[type[cst.CSTNode], Callable[[Any], Literal | None]] = {
    cst.SimpleString: _simple_string,
    cst.Integer: _integer,
    cst.Float: _number,
    cst.Imaginary: _number,
    cst.ConcatenatedString: _concatenated,
    cst.UnaryOperation: _negated,
    cst.Name: _singleton,
    cst.Ellipsis: _ellipsis,
}


# ---------------------------------------------------------------------------------------------------------- expressions


def _constant_expr(node: cst.BaseExpression, annotation: bool) -> Expr:
    value, kind = literal(node) or (None, "?")
    if kind or (isinstance(value, int) and value.bit_length() >= 63):
        return OTHER
    if isinstance(value, str):
        if annotation:
            return convert_annotation(Constant(value)) or OTHER
        return Expr("const", value=value) if len(value) <= MAX_TEXT else OTHER
    return Expr("const", value=value)


def _attribute(node: cst.Attribute, annotation: bool) -> Expr:
    name = dotted(node)
    return Expr("name", name) if name else Expr("attr", node.attr.value, (convert(node.value, annotation=annotation),))


def _call(node: cst.Call, _annotation: bool) -> Expr:
    """Keyword arguments stand last, as in the syntax tree of the standard library."""
    args = [_argument(arg) for arg in node.args]
    args.sort(key=lambda arg: arg.kind == "kw" and arg.text != "*")
    return Expr("call", args=(convert(node.func), *args))


def _argument(arg: cst.Arg) -> Expr:
    value = convert(arg.value)
    name = arg.star or (arg.keyword.value if arg.keyword is not None else "")
    return Expr("kw", name, (value,)) if name else value


def _subscript(node: cst.Subscript, annotation: bool) -> Expr:
    base = convert(node.value, annotation=annotation)
    last = base.text.rpartition(".")[2]
    items = []
    for number, item in enumerate(_items(node)):
        inner = annotation and last != "Literal" and (number == 0 or last != "Annotated")
        items.append(OTHER if item is None else convert(item, annotation=inner))
    return Expr("sub", args=(base, *items))


def _items(node: cst.Subscript) -> list[cst.BaseExpression | None]:
    """What stands in the brackets, that of parentheses in them included; None for a slice."""
    found = [element.slice.value if isinstance(element.slice, cst.Index) else None for element in node.slice]
    if len(found) == 1 and isinstance(found[0], cst.Tuple):
        return [element.value for element in found[0].elements]
    return found


def _operation(node: cst.BinaryOperation, annotation: bool) -> Expr:
    if type(node.operator) is not cst.BitOr:
        return OTHER
    parts: list[Expr] = []
    rest: cst.BaseExpression = node
    while isinstance(rest, cst.BinaryOperation) and type(rest.operator) is cst.BitOr:
        parts.append(convert(rest.right, annotation=annotation))
        rest = rest.left
    parts.append(convert(rest, annotation=annotation))
    return Expr("or", args=tuple(reversed(parts)))


def _sequence(node: cst.Tuple | cst.List | cst.Set, annotation: bool) -> Expr:
    if len(node.elements) >= MAX_NODES:
        return OTHER
    kind = type(node).__name__.lower()
    return Expr("seq", kind, tuple(_element(item, annotation) for item in node.elements))


def _element(item: cst.BaseElement, annotation: bool) -> Expr:
    value = convert(item.value, annotation=annotation)
    return Expr("kw", "*", (value,)) if isinstance(item, cst.StarredElement) else value


def _dict(node: cst.Dict, annotation: bool) -> Expr:
    if 2 * len(node.elements) >= MAX_NODES:
        return OTHER
    args: list[Expr] = []
    for item in node.elements:
        args.append(
            convert(item.key, annotation=annotation) if isinstance(item, cst.DictElement) else Expr("name", "?")
        )
        args.append(convert(item.value, annotation=annotation))
    return Expr("dict", args=tuple(args))


_CONVERTERS: dict[type[cst.CSTNode], Callable[[Any, bool], Expr]] = {
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.Subscript: _subscript,
    cst.BinaryOperation: _operation,
    cst.Tuple: _sequence,
    cst.List: _sequence,
    cst.Set: _sequence,
    cst.Dict: _dict,
    cst.SimpleString: _constant_expr,
    cst.ConcatenatedString: _constant_expr,
    cst.Integer: _constant_expr,
    cst.Float: _constant_expr,
    cst.UnaryOperation: _constant_expr,
}


# ----------------------------------------------------------------------------------------------------------- parameters


def parameters(params: cst.Parameters) -> list[ParamDef]:
    """In the order of the signature; lines are not known here (0)."""
    found = [_param(param, "pos") for param in params.posonly_params]
    found += [_param(param, "any") for param in params.params]
    if isinstance(params.star_arg, cst.Param):
        found.append(_param(params.star_arg, "*"))
    found += [_param(param, "kw") for param in params.kwonly_params]
    if params.star_kwarg is not None:
        found.append(_param(params.star_kwarg, "**"))
    return found


def _param(param: cst.Param, kind: str) -> ParamDef:
    annotation = convert(param.annotation.annotation, annotation=True) if param.annotation is not None else None
    default = convert(param.default) if param.default is not None else None
    return ParamDef(param.name.value, kind, annotation, default)
