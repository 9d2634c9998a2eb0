"""Which function lowers which kind of syntax node: a table that the modules beside this one fill."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from privlint import ir

if TYPE_CHECKING:
    from collections.abc import Callable

    from privlint.frontend.lower_frame import Frame

EXPRESSIONS: dict[type[cst.CSTNode], Callable[[Frame, Any], int]] = {}
STATEMENTS: dict[type[cst.CSTNode], Callable[[Frame, Any], None]] = {}


def lower_expression(frame: Frame, node: cst.CSTNode) -> int:
    """The value of `node`; that of a construct that is not known carries nothing and is a problem of the unit."""
    if type(node) is cst.Name:
        name = node.value
        if name in ("None", "True", "False"):
            return frame.emit(ir.Const(frame.mark(node), None if name == "None" else name == "True"))
        return frame.read(name, node)
    found = EXPRESSIONS.get(type(node))
    return found(frame, node) if found is not None else report(frame, node)


def lower_block(frame: Frame, body: cst.BaseSuite) -> None:
    lower_statements(frame, body.body)


def lower_statements(frame: Frame, statements: Any) -> None:
    for statement in statements:
        if frame.dead:
            return
        found = STATEMENTS.get(type(statement))
        if found is None:
            report(frame, statement)
        else:
            found(frame, statement)
        if frame.guards:
            for guard in frame.guards:
                guard.record(frame.env)


def report(frame: Frame, node: cst.CSTNode) -> int:
    """Notes that a construct is not analysed. Its line is the unit's first: places are not known while lowering."""
    frame.unit.problems.append(ir.Problem("PRV903", f"{type(node).__name__} is not analysed"))
    return frame.emit(ir.Const(frame.mark(node), None, "?"))
