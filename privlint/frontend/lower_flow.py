"""Lowering of simple statements and of structured control other than loops: if, try, with, raise, return, assert."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from privlint import ir
from privlint.frontend.expr_cst import dotted, literal
from privlint.frontend.lower_assign import assign
from privlint.frontend.lower_conditions import constant_truth, narrow
from privlint.frontend.lower_dispatch import STATEMENTS, lower_block, lower_expression, lower_statements
from privlint.frontend.lower_frame import Env, Frame, Guard
from privlint.frontend.lower_uses import Uses, gather

if TYPE_CHECKING:
    from collections.abc import Sequence

_ANYTHING = frozenset({"Exception", "BaseException"})
_ENDING = frozenset({"sys.exit", "os._exit", "os.abort", "exit", "quit"})  # calls that do not return
_SWALLOWING = frozenset({"suppress", "raises", "assertRaises", "assertRaisesRegex"})  # context managers


def _line(frame: Frame, node: cst.SimpleStatementLine | cst.SimpleStatementSuite) -> None:
    frame.log.clear()
    lower_statements(frame, node.body)


def _expression(frame: Frame, node: cst.Expr) -> None:
    if not isinstance(node.value, (cst.SimpleString, cst.Ellipsis)):
        lower_expression(frame, node.value)
        called = node.value.func if isinstance(node.value, cst.Call) else None
        if called is not None and dotted(called) in _ENDING and dotted(called).partition(".")[0] not in frame.env:
            frame.dead = True


def _if(frame: Frame, node: cst.If) -> None:
    """The branches of one `if` with all its `elif`s, in a loop: chains of thousands exist."""
    ends: list[Env] = []
    rest: cst.If | cst.Else | None = node
    while isinstance(rest, cst.If):
        truth = constant_truth(frame, rest.test)
        if truth is None:
            lower_expression(frame, rest.test)
            start = dict(frame.env)
            narrow(frame, rest.test, truth=True)
            lower_block(frame, rest.body)
            frame.take(ends)
            frame.env, frame.dead = start, False
            narrow(frame, rest.test, truth=False)
        elif truth:
            lower_block(frame, rest.body)
            rest = None
            break
        rest = rest.orelse
    if rest is not None:
        lower_block(frame, rest.body)
    frame.take(ends)
    frame.meet(ends, node)


# ------------------------------------------------------------------------------------------------------------ try


def _try(frame: Frame, node: cst.Try | cst.TryStar) -> None:
    if node.finalbody is None:
        _guarded(frame, node)
        return
    final = Guard(frame.env, catches_all=False)
    frame.guards.append(final)
    start = len(frame.code)
    _guarded(frame, node)
    frame.guards.pop()
    _finally(frame, node, node.finalbody, final, start)


def _guarded(frame: Frame, node: cst.Try | cst.TryStar) -> None:
    """Body, handlers and `else`. A handler begins with any value that a local had in the body."""
    guard = Guard(frame.env, catches_all=any(_takes_anything(handler) for handler in node.handlers))
    start = len(frame.code)
    if node.handlers:
        frame.guards.append(guard)
    lower_block(frame, node.body)
    guarded = (start, len(frame.code))
    if node.handlers:
        frame.guards.pop()
    if node.orelse is not None and not frame.dead:
        lower_block(frame, node.orelse.body)
    ends: list[Env] = []
    frame.take(ends)
    if node.handlers:
        entry = _joined(frame, guard, node)
        for handler in node.handlers:
            frame.env, frame.dead = dict(entry), False
            _handler(frame, handler, guarded)
            frame.take(ends)
    frame.meet(ends, node)


def _handler(frame: Frame, node: cst.ExceptHandler | cst.ExceptStarHandler, guarded: tuple[int, int]) -> None:
    at = frame.mark(node.type if node.type is not None else node)
    named = _listed(node.type)
    types = tuple(lower_expression(frame, each) for each in named)
    caught = frame.emit(ir.Catch(at, () if _takes_anything(node) else types, guarded))
    if node.name is not None:
        assign(frame, node.name.name, caught)
    outer, frame.handling = frame.handling, caught
    lower_block(frame, node.body)
    frame.handling = outer
    if node.name is not None and isinstance(node.name.name, cst.Name):
        frame.unbind(node.name.name.value)


def _listed(node: cst.BaseExpression | None) -> Sequence[cst.BaseExpression]:
    if isinstance(node, cst.Tuple):
        return [element.value for element in node.elements]
    return [] if node is None else [node]


def _takes_anything(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    return handler.type is None or any(dotted(each) in _ANYTHING for each in _listed(handler.type))


def _joined(frame: Frame, guard: Guard, node: cst.CSTNode) -> Env:
    made: dict[tuple[int, ...], int] = {}
    return {
        name: values[0] if len(values) == 1 else frame.join(values, node, made) for name, values in guard.seen.items()
    }


def _finally(frame: Frame, node: cst.CSTNode, final: cst.Finally, guard: Guard, start: int) -> None:
    """Lowered once, for every way into it. What it leaves alone keeps, after it, the value of the ordinary way. Where
    it leaves the body itself, no `return` from instruction `start` on does."""
    ordinary = None if frame.dead else frame.env
    used = Uses()
    gather((final.body,), used)
    guard.record(frame.env)
    entry: Env = {}
    made: dict[tuple[int, ...], int] = {}
    for name, values in guard.seen.items():
        known = ordinary.get(name, values[-1]) if ordinary is not None else values[-1]
        wanted = name in used.reads or name in used.stores
        entry[name] = frame.join(values, node, made) if wanted and len(values) > 1 else known
    frame.env, frame.dead = dict(entry), False
    end = len(frame.code)
    lower_block(frame, final.body)
    if frame.dead and isinstance(frame.code[-1], ir.Return):
        for position in range(start, end):
            left = frame.code[position]
            frame.code[position] = ir.Const(left.at, None) if isinstance(left, ir.Return) else left
    if ordinary is None:
        frame.dead = True
    elif not frame.dead:
        changed = {name: value for name, value in frame.env.items() if entry.get(name) != value}
        frame.env = {**{name: value for name, value in ordinary.items() if name in frame.env}, **changed}


# ----------------------------------------------------------------------------------------------------------- with


def _with(frame: Frame, node: cst.With) -> None:
    spans: list[int] = []
    opened: list[ir.Enter] = []
    errors: list[int] = []
    swallows = any(_last_name(item.item) in _SWALLOWING for item in node.items)
    purposes = frame.body.purposes
    for item in node.items:
        manager = lower_expression(frame, item.item)
        name = _purpose(item.item)
        if name is not None:
            spans.append(len(purposes))
            purposes.append((len(frame.code), len(frame.code), name))
        at = frame.mark(item.item)
        error = frame.emit(ir.Catch(at, (), (0, 0), passes=True))
        errors.append(error)
        entered = frame.emit(ir.Enter(at, manager, node.asynchronous is not None, error=error))
        opened += [ir.Enter(at, value, node.asynchronous is not None, leaving=True) for value in (entered, manager)]
        if item.asname is not None:
            assign(frame, item.asname.name, entered)
    since = len(frame.log)
    start = len(frame.code)
    if swallows:
        _swallowing(frame, node)
    else:
        _managed(frame, node)
    for error in errors:
        frame.code[error] = ir.Catch(frame.code[error].at, (), (start, len(frame.code)), passes=True)
    for left in () if frame.dead else reversed(opened):
        value = frame.present(left.manager, since)
        if value != left.manager:
            frame.emit(ir.Enter(left.at, value, left.is_async, leaving=True))
    for number in spans:
        start, _, name = purposes[number]
        purposes[number] = (start, len(frame.code), name)


def _managed(frame: Frame, node: cst.With) -> None:
    """A block that always raises is only written where its manager ends the exception."""
    frame.leaving.append([])
    lower_block(frame, node.body)
    raised = frame.leaving.pop()
    if frame.dead and raised:
        frame.meet(raised, node)


def _swallowing(frame: Frame, node: cst.With) -> None:
    """A manager that ends an exception: the block may have run up to any of its statements."""
    guard = Guard(frame.env, catches_all=False)
    frame.guards.append(guard)
    lower_block(frame, node.body)
    frame.guards.pop()
    frame.env, frame.dead = _joined(frame, guard, node), False


def _last_name(node: cst.BaseExpression) -> str:
    return dotted(node.func).rpartition(".")[2] if isinstance(node, cst.Call) else ""


def _purpose(node: cst.BaseExpression) -> str | None:
    if not isinstance(node, cst.Call) or _last_name(node) != "purpose" or len(node.args) != 1:
        return None
    known = literal(node.args[0].value)
    return known[0] if known is not None and isinstance(known[0], str) and not known[1] else None


# ---------------------------------------------------------------------------------------------------- leaving a body


def _return(frame: Frame, node: cst.Return) -> None:
    at = frame.mark(node)
    value = lower_expression(frame, node.value) if node.value is not None else frame.emit(ir.Const(at, None))
    frame.emit(ir.Return(at, value, frame.exits()))
    frame.dead = True


def _raise(frame: Frame, node: cst.Raise) -> None:
    at = frame.mark(node)
    value = lower_expression(frame, node.exc) if node.exc is not None else -1
    cause = lower_expression(frame, node.cause.item) if node.cause is not None else -1
    frame.emit(ir.Raise(at, value, cause, _is_caught(frame)))
    if frame.leaving:
        frame.leaving[-1].append(dict(frame.env))
    frame.dead = True


def _is_caught(frame: Frame) -> bool:
    return any(guard.catches_all for guard in frame.guards)


def _assert(frame: Frame, node: cst.Assert) -> None:
    """`assert test, message` raises AssertionError(message) where the test fails."""
    lower_expression(frame, node.test)
    if node.msg is not None and literal(node.msg) is None:
        start = frame.env
        frame.env = dict(start)
        narrow(frame, node.test, truth=False)
        at = frame.mark(node)
        message = lower_expression(frame, node.msg)
        error = frame.emit(ir.Global(at, "AssertionError"))
        call = frame.emit(ir.Call(at, error, (ir.Arg("", message),)))
        frame.emit(ir.Raise(at, call, -1, _is_caught(frame)))
        frame.env = start
    if constant_truth(frame, node.test) is False:
        frame.dead = True
        return
    narrow(frame, node.test, truth=True)


STATEMENTS.update(
    {
        cst.SimpleStatementLine: _line,
        cst.Expr: _expression,
        cst.If: _if,
        cst.Try: _try,
        cst.TryStar: _try,
        cst.With: _with,
        cst.Return: _return,
        cst.Raise: _raise,
        cst.Assert: _assert,
    }
)
