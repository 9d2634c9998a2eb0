"""Conditions: which are known before the program runs, and what a test tells about a local."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from privlint import ir
from privlint.frontend.expr_cst import convert, literal
from privlint.frontend.lower_tags import narrow_tagged

if TYPE_CHECKING:
    from privlint.frontend.lower_frame import Frame

_COMPARING: dict[type[cst.CSTNode], Callable[[Any, Any], Any]] = {
    cst.Equal: operator.eq,
    cst.NotEqual: operator.ne,
    cst.LessThan: operator.lt,
    cst.LessThanEqual: operator.le,
    cst.GreaterThan: operator.gt,
    cst.GreaterThanEqual: operator.ge,
}
_NONE = ir.Expr("const")
_TYPING_NAMES = frozenset({"typing", "typing_extensions", "t"})


def constant_truth(frame: Frame, test: cst.BaseExpression) -> bool | None:
    """The truth of `test` where it is the same in every run; code for type checkers never runs."""
    if isinstance(test, cst.UnaryOperation) and type(test.operator) is cst.Not:
        truth = constant_truth(frame, test.expression)
        return None if truth is None else not truth
    if isinstance(test, cst.BooleanOperation):
        return _boolean_truth(frame, test)
    if isinstance(test, cst.Name) and test.value in ("TYPE_CHECKING", "__debug__"):
        is_own = frame.scope.kind == "function" and test.value in frame.scope.locals
        return None if is_own else test.value == "__debug__"
    if isinstance(test, cst.Attribute) and test.attr.value == "TYPE_CHECKING":
        return False if isinstance(test.value, cst.Name) and test.value.value in _TYPING_NAMES else None
    if isinstance(test, cst.Comparison):
        return _compared(test)
    known = literal(test)
    if (
        known is None
        and isinstance(test, cst.Name)
        and frame.scope.kind == "function"
        and test.value not in frame.scope.shared
    ):
        instr = frame.code[frame.env[test.value]] if test.value in frame.env else None
        return bool(instr.value) if isinstance(instr, ir.Const) and not instr.kind else None
    if known is None or known[1] not in ("", "bytes"):
        return None
    return bool(known[0])


def _compared(test: cst.Comparison) -> bool | None:
    """The outcome of a comparison of two numbers or two texts."""
    if len(test.comparisons) != 1:
        return None
    left, right = literal(test.left), literal(test.comparisons[0].comparator)
    compare = _COMPARING.get(type(test.comparisons[0].operator))
    if left is None or right is None or compare is None or left[1] or right[1]:
        return None
    texts = isinstance(left[0], str) and isinstance(right[0], str)
    numbers = all(isinstance(each, (int, float)) for each in (left[0], right[0]))
    return bool(compare(left[0], right[0])) if texts or numbers else None


def _boolean_truth(frame: Frame, test: cst.BooleanOperation) -> bool | None:
    """An `and` with a false operand is false, an `or` with a true one is true; all must be known otherwise."""
    deciding = type(test.operator) is cst.Or
    known: list[bool | None] = []
    rest: cst.BaseExpression = test
    while isinstance(rest, cst.BooleanOperation) and type(rest.operator) is type(test.operator):
        known.append(constant_truth(frame, rest.right))
        rest = rest.left
    known.append(constant_truth(frame, rest))
    if deciding in known:
        return deciding
    return None if None in known else not deciding


def narrow(frame: Frame, test: cst.BaseExpression, *, truth: bool) -> None:
    """Tells the locals what they are once `test` has come out as `truth`."""
    if isinstance(test, cst.UnaryOperation):
        if type(test.operator) is cst.Not:
            narrow(frame, test.expression, truth=not truth)
    elif isinstance(test, cst.BooleanOperation):
        if (type(test.operator) is cst.And) is truth:
            _narrow_all(frame, test, truth=truth)
    elif isinstance(test, cst.Call):
        _narrow_called(frame, test, truth=truth)
    elif isinstance(test, cst.Comparison):
        _narrow_none(frame, test, truth=truth)
        narrow_tagged(frame, test, truth=truth)


def _narrow_all(frame: Frame, test: cst.BooleanOperation, *, truth: bool) -> None:
    operands: list[cst.BaseExpression] = []
    rest: cst.BaseExpression = test
    while isinstance(rest, cst.BooleanOperation) and type(rest.operator) is type(test.operator):
        operands.append(rest.right)
        rest = rest.left
    for operand in (rest, *reversed(operands)):
        narrow(frame, operand, truth=truth)


def _narrow_called(frame: Frame, test: cst.Call, *, truth: bool) -> None:
    """`isinstance(x, C)` either way; `hasattr(x, "name")` that came out false."""
    if not isinstance(test.func, cst.Name) or len(test.args) != 2:
        return
    name, asked = _tested(test.args[0].value), test.args[1].value
    learnt: ir.Expr | None = None
    if test.func.value == "isinstance":
        classes = _classes(asked)
        learnt = classes if truth else ir.Expr("not", args=(classes,))
    elif test.func.value == "hasattr" and not truth:
        known = literal(asked)
        learnt = ir.Expr("lacks", text=str(known[0])) if known is not None and isinstance(known[0], str) else None
    if learnt is not None and name in frame.env:
        frame.narrow(name, learnt, frame.mark(test))


def _classes(node: cst.BaseExpression) -> ir.Expr:
    if isinstance(node, cst.Tuple):
        return ir.Expr("or", args=tuple(convert(element.value) for element in node.elements))
    return convert(node)


def _narrow_none(frame: Frame, test: cst.Comparison, *, truth: bool) -> None:
    if len(test.comparisons) != 1:
        return
    target = test.comparisons[0]
    if type(target.operator) is not (cst.Is if truth else cst.IsNot):
        return
    if isinstance(target.comparator, cst.Name) and target.comparator.value == "None":
        name = _tested(test.left)
        if name in frame.env:
            frame.narrow(name, _NONE, frame.mark(test))


def _tested(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.NamedExpr):
        node = node.target
    return node.value if isinstance(node, cst.Name) else ""
