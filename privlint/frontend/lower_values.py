"""Lowering of literals, displays, strings, operators and subscripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from privlint import ir
from privlint.frontend.expr_cst import clean_text, concatenated_parts, literal
from privlint.frontend.lower_conditions import constant_truth, narrow
from privlint.frontend.lower_dispatch import EXPRESSIONS, lower_expression
from privlint.frontend.lower_frame import Env, Frame

if TYPE_CHECKING:
    from collections.abc import Sequence

_STRINGS = (cst.SimpleString, cst.FormattedString, cst.ConcatenatedString)
_CONVERSION = re.compile(r"%(?:\((?P<key>[^)]*)\))?[-#0 +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?(?P<kind>[a-zA-Z%])")

_UNKNOWN = -(2**31)  # a start that cuts nothing off, and does not tell where an element will stand

OPERATORS: dict[type[cst.CSTNode], str] = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.Power: "**",
    cst.MatrixMultiply: "@",
    cst.BitAnd: "&",
    cst.BitOr: "|",
    cst.BitXor: "^",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.In: "in",
    cst.NotIn: "not in",
    cst.Is: "is",
    cst.IsNot: "is not",
    cst.Not: "not",
    cst.Minus: "u-",
    cst.Plus: "u+",
    cst.BitInvert: "u~",
}


def constant(frame: Frame, node: cst.CSTNode, value: str | float | None, kind: str = "") -> int:
    return frame.emit(ir.Const(frame.mark(node), value, kind))


def _literal(frame: Frame, node: cst.BaseExpression) -> int:
    value, kind = literal(node) or (None, "?")
    return frame.emit(ir.Const(frame.mark(node), value, kind))


# -------------------------------------------------------------------------------------------------------------- strings


def _concatenated(frame: Frame, node: cst.ConcatenatedString) -> int:
    if literal(node) is not None:
        return _literal(frame, node)
    return _text(frame, node, concatenated_parts(node))


def _formatted(frame: Frame, node: cst.FormattedString) -> int:
    return _text(frame, node, [node])


def _text(frame: Frame, node: cst.CSTNode, pieces: Sequence[cst.BaseExpression]) -> int:
    """A Text of strings and other operands, f-strings taken apart."""
    at = frame.mark(node)
    parts: list[tuple[int, str]] = []
    for piece in pieces:
        if isinstance(piece, (cst.FormattedString, cst.TemplatedString)):
            _contents(frame, piece.parts, parts)
        elif isinstance(piece, cst.ConcatenatedString) and literal(piece) is None:
            for inner in concatenated_parts(piece):
                if isinstance(inner, cst.FormattedString):
                    _contents(frame, inner.parts, parts)
                else:
                    parts.append((lower_expression(frame, inner), ""))
        else:  # an operand of `+` is not formatted
            how = "+" if len(pieces) > 1 and literal(piece) is None else ""
            parts.append((lower_expression(frame, piece), how))
    return frame.emit(ir.Text(at, tuple(value for value, _ in parts), tuple(how for _, how in parts)))


def _contents(frame: Frame, contents: Sequence[cst.CSTNode], parts: list[tuple[int, str]]) -> None:
    for content in contents:
        if isinstance(content, (cst.FormattedStringText, cst.TemplatedStringText)):
            parts.append((constant(frame, content, clean_text(content.value)), ""))
        elif isinstance(content, (cst.FormattedStringExpression, cst.TemplatedStringExpression)):
            how = content.conversion or ("r" if content.equal is not None and content.format_spec is None else "")
            parts.append((lower_expression(frame, content.expression), how))
            if content.format_spec is not None:
                _contents(frame, content.format_spec, parts)


def _templated(frame: Frame, node: cst.TemplatedString) -> int:
    """A template string keeps its parts apart: an object, but what it shows is what is in it."""
    return _text(frame, node, [node])


def _percent(frame: Frame, node: cst.BinaryOperation, left: cst.BaseExpression) -> int:
    """`"..." % values`: each value with the conversion that its place has."""
    at = frame.mark(node)
    parts = [(lower_expression(frame, left), "")]
    right = node.right
    known = literal(left)
    found = list(_CONVERSION.finditer(known[0])) if known is not None and isinstance(known[0], str) else []
    kinds = [match["kind"] for match in found if match["kind"] != "%"]
    if isinstance(right, cst.Tuple) and not any(isinstance(e, cst.StarredElement) for e in right.elements):
        for number, element in enumerate(right.elements):
            kind = kinds[number] if number < len(kinds) else "s"
            parts.append((lower_expression(frame, element.value), kind if kind in "ra" else "s"))
    elif isinstance(right, cst.Dict) and all(isinstance(e, cst.DictElement) for e in right.elements):
        wanted = {match["key"]: match["kind"] for match in found}
        for item in right.elements:
            key = literal(item.key) if isinstance(item, cst.DictElement) else None
            value = lower_expression(frame, item.value)
            if not wanted or key is None or key[0] in wanted:
                kind = wanted.get(str(key[0]), "s") if key is not None else "s"
                parts.append((value, kind if kind in "ra" else "s"))
    else:
        kind = kinds[0] if len(kinds) == 1 else "s"
        parts.append((lower_expression(frame, right), kind if kind in "ra" else "s"))
    return frame.emit(ir.Text(at, tuple(value for value, _ in parts), tuple(how for _, how in parts)))


# ------------------------------------------------------------------------------------------------------------ operators


def _binary(frame: Frame, node: cst.BinaryOperation) -> int:
    """Left-nested chains are lowered in a loop, for code that adds up thousands of operands."""
    chain: list[cst.BinaryOperation] = []
    rest: cst.BaseExpression = node
    value = -1
    while isinstance(rest, cst.BinaryOperation) and value < 0:
        if type(rest.operator) is cst.Add:
            terms, first = _terms(rest)
            if isinstance(first, _STRINGS) or any(isinstance(term.right, _STRINGS) for term in terms):
                value = _text(frame, rest, [first, *(term.right for term in reversed(terms))])
            chain += () if value >= 0 else terms
            rest = first
        elif type(rest.operator) is cst.Modulo and isinstance(rest.left, _STRINGS):
            value = _percent(frame, rest, rest.left)
        else:
            chain.append(rest)
            rest = rest.left
    if value < 0:
        value = lower_expression(frame, rest)
    for operation in reversed(chain):
        at = frame.mark(operation)
        right = lower_expression(frame, operation.right)
        value = frame.emit(ir.Operate(at, OPERATORS.get(type(operation.operator), "?"), (value, right)))
    return value


def _terms(node: cst.BinaryOperation) -> tuple[list[cst.BinaryOperation], cst.BaseExpression]:
    """The additions of a sum, last one first, and its first operand."""
    terms: list[cst.BinaryOperation] = []
    left: cst.BaseExpression = node
    while isinstance(left, cst.BinaryOperation) and type(left.operator) is cst.Add:
        terms.append(left)
        left = left.left
    return terms, left


def _unary(frame: Frame, node: cst.UnaryOperation) -> int:
    if literal(node) is not None:
        return _literal(frame, node)
    operators: list[tuple[int, str]] = []
    inner: cst.BaseExpression = node
    while isinstance(inner, cst.UnaryOperation) and literal(inner) is None:
        operators.append((frame.mark(inner), OPERATORS.get(type(inner.operator), "?")))
        inner = inner.expression
    value = lower_expression(frame, inner)
    for at, operator in reversed(operators):
        value = frame.emit(ir.Operate(at, operator, (value,)))
    return value


def _comparison(frame: Frame, node: cst.Comparison) -> int:
    at = frame.mark(node)
    left = lower_expression(frame, node.left)
    results: list[int] = []
    for target in node.comparisons:
        right = lower_expression(frame, target.comparator)
        results.append(frame.emit(ir.Operate(at, OPERATORS.get(type(target.operator), "?"), (left, right))))
        left = right
    return results[0] if len(results) == 1 else frame.emit(ir.Join(at, tuple(results)))


def _boolean(frame: Frame, node: cst.BooleanOperation) -> int:
    operands: list[cst.BaseExpression] = []
    is_and = type(node.operator) is cst.And
    left: cst.BaseExpression = node
    while isinstance(left, cst.BooleanOperation) and (type(left.operator) is cst.And) is is_and:
        operands.append(left.right)
        left = left.left
    operands.append(left)
    operands.reverse()
    values: list[int] = []
    ends: list[Env] = []
    for operand in operands:
        truth = constant_truth(frame, operand)
        value = lower_expression(frame, operand)
        values.append(value)
        if operand is operands[-1]:
            break
        if truth is not None and truth is not is_and:
            break
        ends.append(dict(frame.env))
        narrow(frame, operand, truth=is_and)
    frame.take(ends)
    frame.meet(ends, node)
    return _chosen(frame, node, values, is_and=is_and)


def _chosen(frame: Frame, node: cst.BooleanOperation, values: list[int], *, is_and: bool) -> int:
    """`x and x.name` gives `x` only where there is nothing in it, so a guard of what follows it is left out."""
    if is_and:
        followed = [any(_leads_to(frame, v, w) for w in values[i + 1 :]) for i, v in enumerate(values[:-1])]
        values = [*(v for v, guards in zip(values, followed, strict=False) if not guards), values[-1]]
    values = list(dict.fromkeys(values))
    return values[0] if len(values) == 1 else frame.emit(ir.Join(frame.mark(node), tuple(values)))


def _leads_to(frame: Frame, value: int, later: int) -> bool:
    value = frame.unnarrowed(value)
    while later > value:
        instr = frame.code[later]
        if isinstance(instr, ir.Load | ir.Item):
            later = instr.base
        elif isinstance(instr, ir.Typed | ir.After | ir.Await):
            later = instr.value
        elif isinstance(instr, ir.Call):
            later = instr.func
        else:
            return False
    return later == value


def _conditional(frame: Frame, node: cst.IfExp) -> int:
    """A chain of `a if c else b if d else ...` is lowered in a loop."""
    values: list[int] = []
    ends: list[Env] = []
    rest: cst.BaseExpression = node
    while isinstance(rest, cst.IfExp):
        truth = constant_truth(frame, rest.test)
        if truth is None:
            lower_expression(frame, rest.test)
            start = frame.env
            frame.env = dict(start)
            narrow(frame, rest.test, truth=True)
            values.append(lower_expression(frame, rest.body))
            ends.append(frame.env)
            frame.env = start
            narrow(frame, rest.test, truth=False)
        rest = rest.body if truth else rest.orelse
    values.append(lower_expression(frame, rest))
    ends.append(frame.env)
    frame.meet(ends, node)
    values = list(dict.fromkeys(values))
    return values[0] if len(values) == 1 else frame.emit(ir.Join(frame.mark(node), tuple(values)))


# ------------------------------------------------------------------------------------------------------------- displays


def _tuple(frame: Frame, node: cst.Tuple) -> int:
    return _display(frame, node, "tuple", node.elements)


def _list(frame: Frame, node: cst.List) -> int:
    return _display(frame, node, "list", node.elements)


def _set(frame: Frame, node: cst.Set) -> int:
    return _display(frame, node, "set", node.elements)


def _display(frame: Frame, node: cst.CSTNode, kind: str, elements: Sequence[cst.BaseElement]) -> int:
    at = frame.mark(node)
    values = [_element(frame, element) for element in elements]
    return frame.emit(ir.Build(at, kind, (), tuple(values)))


def _element(frame: Frame, element: cst.BaseElement) -> int:
    return lower_expression(frame, element if isinstance(element, cst.StarredElement) else element.value)


def _starred(frame: Frame, node: cst.StarredElement) -> int:
    value = lower_expression(frame, node.value)
    return frame.emit(ir.Spread(frame.mark(node), value))


def _dict(frame: Frame, node: cst.Dict) -> int:
    at = frame.mark(node)
    keys: list[int] = []
    values: list[int] = []
    for element in node.elements:
        keys.append(lower_expression(frame, element.key) if isinstance(element, cst.DictElement) else -1)
        values.append(lower_expression(frame, element.value))
    return frame.emit(ir.Build(at, "dict", tuple(keys), tuple(values)))


# ------------------------------------------------------------------------------------------------- attributes and items


def _attribute(frame: Frame, node: cst.Attribute) -> int:
    base = lower_expression(frame, node.value)
    return frame.emit(ir.Load(frame.mark(node), base, node.attr.value))


def _subscript(frame: Frame, node: cst.Subscript) -> int:
    base = lower_expression(frame, node.value)
    name = attribute_key(node)
    if name is not None:
        return frame.emit(ir.Load(frame.mark(node), _owner(frame, base), name))
    key = subscript_key(frame, node)
    return frame.emit(ir.Item(frame.mark(node), base, key))


def attribute_key(node: cst.Subscript) -> str | None:
    """ "x" for `anything.__dict__["x"]`, which is the attribute x."""
    base = node.value
    if not (isinstance(base, cst.Attribute) and base.attr.value == "__dict__") or len(node.slice) != 1:
        return None
    index = node.slice[0].slice
    known = literal(index.value) if isinstance(index, cst.Index) else None
    return known[0] if known is not None and isinstance(known[0], str) and not known[1] else None


def _owner(frame: Frame, loaded: int) -> int:
    """The object whose `__dict__` was loaded."""
    instr = frame.code[loaded]
    return instr.base if isinstance(instr, ir.Load) else loaded


def subscript_key(frame: Frame, node: cst.Subscript) -> int:
    if len(node.slice) == 1:
        return _key(frame, node.slice[0].slice)
    return frame.emit(ir.Build(frame.mark(node), "tuple", (), tuple(_key(frame, e.slice) for e in node.slice)))


def _key(frame: Frame, node: cst.BaseSlice) -> int:
    if isinstance(node, cst.Index):
        value = lower_expression(frame, node.value)
        return frame.emit(ir.Spread(frame.mark(node), value)) if node.star else value
    at = frame.mark(node)
    bounds: list[int | None] = []
    for part in (node.lower, node.upper, node.step) if isinstance(node, cst.Slice) else ():
        known = literal(part) if part is not None else (None, "")
        if part is not None and known is None:
            lower_expression(frame, part)
        bounds.append(known[0] if known is not None and (known[0] is None or type(known[0]) is int) else _UNKNOWN)
    start, stop, step = bounds
    if start == _UNKNOWN or step in (_UNKNOWN, 0) or (stop == _UNKNOWN and step not in (None, 1)):
        return frame.emit(ir.Slice(at, _UNKNOWN, None))
    return frame.emit(ir.Slice(at, start, None if stop == _UNKNOWN else stop, None if step == 1 else step))


EXPRESSIONS.update(
    {
        cst.SimpleString: _literal,
        cst.Integer: _literal,
        cst.Float: _literal,
        cst.Imaginary: _literal,
        cst.Ellipsis: _literal,
        cst.ConcatenatedString: _concatenated,
        cst.FormattedString: _formatted,
        cst.BinaryOperation: _binary,
        cst.UnaryOperation: _unary,
        cst.Comparison: _comparison,
        cst.BooleanOperation: _boolean,
        cst.IfExp: _conditional,
        cst.Tuple: _tuple,
        cst.List: _list,
        cst.Set: _set,
        cst.Dict: _dict,
        cst.StarredElement: _starred,
        cst.Attribute: _attribute,
        cst.Subscript: _subscript,
    }
)
if hasattr(cst, "TemplatedString"):  # LibCST 1.8 and later
    EXPRESSIONS[cst.TemplatedString] = _templated
