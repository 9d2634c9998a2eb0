"""Assignments of every form, deletions, and what a store does to the object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from privlint import ir
from privlint.frontend.expr_cst import convert
from privlint.frontend.lower_dispatch import EXPRESSIONS, STATEMENTS, lower_expression
from privlint.frontend.lower_frame import Frame
from privlint.frontend.lower_values import OPERATORS, attribute_key, subscript_key

if TYPE_CHECKING:
    from collections.abc import Sequence

_GROWN_IN_PLACE = (cst.List, cst.Dict, cst.Set, cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)


def assign(frame: Frame, target: cst.CSTNode, value: int) -> None:
    """Binds or stores `value`; unpacks it where `target` is a sequence."""
    if isinstance(target, cst.Name):
        frame.bind(target.value, value, frame.mark(target))
    elif isinstance(target, cst.Attribute):
        base = lower_expression(frame, target.value)
        _store(frame, target, base, target.attr.value, value)
    elif isinstance(target, cst.Subscript):
        base = lower_expression(frame, target.value)
        _store_item(frame, target, base, value)
    elif isinstance(target, (cst.Tuple, cst.List)):
        _unpack(frame, target.elements, value)
    elif isinstance(target, cst.StarredElement):
        assign(frame, target.value, value)


def _store(frame: Frame, target: cst.CSTNode, base: int, attr: str, value: int, since: int = 0) -> None:
    at = frame.mark(target)
    frame.renew(base, frame.emit(ir.Store(at, base, attr, value)), at, since)


def _store_item(frame: Frame, target: cst.Subscript, base: int, value: int) -> None:
    name = attribute_key(target)
    owner = frame.code[base]
    if name is not None and isinstance(owner, ir.Load):
        _store(frame, target, owner.base, name, value)
        return
    since = len(frame.log)
    key = subscript_key(frame, target)
    at = frame.mark(target)
    base = frame.present(base, since)
    frame.renew(base, frame.emit(ir.StoreItem(at, base, key, value)), at, since)


def _unpack(frame: Frame, elements: Sequence[cst.BaseElement], value: int) -> None:
    """Constant keys before a star, a slice for it, negative keys after it."""
    star = next((i for i, element in enumerate(elements) if isinstance(element, cst.StarredElement)), len(elements))
    for number, element in enumerate(elements):
        at = frame.mark(element)
        if number == star:
            after = len(elements) - star - 1
            key = frame.emit(ir.Slice(at, star, -after if after else None))
        else:
            key = frame.emit(ir.Const(at, number if number < star else number - len(elements)))
        assign(frame, element.value, frame.emit(ir.Item(at, value, key)))


def _assign(frame: Frame, node: cst.Assign) -> None:
    if len(node.targets) == 1 and _assign_pairs(frame, node.targets[0].target, node.value):
        return
    value = lower_expression(frame, node.value)
    for target in node.targets:
        assign(frame, target.target, value)


def _assign_pairs(frame: Frame, target: cst.BaseExpression, value: cst.BaseExpression) -> bool:
    """`a, b = b, a` pairs up, so that nothing is built and each name keeps being the object it is."""
    if not (isinstance(target, (cst.Tuple, cst.List)) and isinstance(value, (cst.Tuple, cst.List))):
        return False
    if len(target.elements) != len(value.elements):
        return False
    if any(isinstance(e, cst.StarredElement) for e in (*target.elements, *value.elements)):
        return False
    values = [lower_expression(frame, element.value) for element in value.elements]
    for element, found in zip(target.elements, values, strict=True):
        assign(frame, element.value, found)
    return True


def _annotated(frame: Frame, node: cst.AnnAssign) -> None:
    if node.value is None:
        return
    value = lower_expression(frame, node.value)
    annotation = convert(node.annotation.annotation, annotation=True)
    assign(frame, node.target, frame.emit(ir.Typed(frame.mark(node), value, annotation)))


def _augmented(frame: Frame, node: cst.AugAssign) -> None:
    target = node.target
    operator = _operator(node.operator)
    since = len(frame.log)
    if isinstance(target, cst.Attribute):
        base = lower_expression(frame, target.value)
        at = frame.mark(target)
        result = _operated(frame, node, operator, frame.emit(ir.Load(at, base, target.attr.value)))
        _store(frame, target, frame.present(base, since), target.attr.value, result, since)
    elif isinstance(target, cst.Subscript):
        base = lower_expression(frame, target.value)
        key = subscript_key(frame, target)
        at = frame.mark(target)
        result = _operated(frame, node, operator, frame.emit(ir.Item(at, base, key)))
        base = frame.present(base, since)
        frame.renew(base, frame.emit(ir.StoreItem(at, base, key, result)), at, since)
    elif isinstance(target, cst.Name):
        old = lower_expression(frame, target)
        result = _operated(frame, node, operator, old)
        if isinstance(node.value, _GROWN_IN_PLACE):
            frame.renew(frame.present(old, since), result, frame.code[result].at, since)
        frame.bind(target.value, result, frame.code[result].at)


def _operated(frame: Frame, node: cst.AugAssign, operator: str, old: int) -> int:
    value = lower_expression(frame, node.value)
    return frame.emit(ir.Operate(frame.mark(node), operator, (old, value)))


def _operator(node: cst.BaseAugOp) -> str:
    plain = getattr(cst, type(node).__name__.removesuffix("Assign"), None)
    return OPERATORS.get(plain, "?") + "=" if plain is not None else "?="


def _named(frame: Frame, node: cst.NamedExpr) -> int:
    value = lower_expression(frame, node.value)
    assign(frame, node.target, value)
    return value


def _delete(frame: Frame, node: cst.Del) -> None:
    _delete_target(frame, node.target)


def _delete_target(frame: Frame, target: cst.CSTNode) -> None:
    if isinstance(target, cst.Name):
        frame.unbind(target.value)
    elif isinstance(target, cst.Attribute):
        base = lower_expression(frame, target.value)
        _store(frame, target, base, target.attr.value, frame.emit(ir.Const(frame.mark(target), None)))
    elif isinstance(target, cst.Subscript):
        _store_item(frame, target, lower_expression(frame, target.value), -1)
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            _delete_target(frame, element.value)


EXPRESSIONS[cst.NamedExpr] = _named
STATEMENTS.update({cst.Assign: _assign, cst.AnnAssign: _annotated, cst.AugAssign: _augmented, cst.Del: _delete})
