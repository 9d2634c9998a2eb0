"""Lowering of calls, and of the expressions that suspend: await, yield."""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from privlint import ir
from privlint.frontend.expr_cst import convert, literal
from privlint.frontend.lower_dispatch import EXPRESSIONS, lower_expression
from privlint.frontend.lower_format import TEMPLATES, format_call
from privlint.frontend.lower_frame import Frame
from privlint.frontend.lower_uses import root_name

_PLACES = (cst.Name, cst.Attribute, cst.Subscript)
# Builtins that change nothing they are given.
# Methods that put their arguments into their receiver: worth following into a variable of the module.
_FILLING = {
    *("add", "append", "appendleft", "extend", "extendleft", "insert", "put", "put_nowait", "setdefault", "update"),
}
_CURRENT = {"exception": "exc_info", "format_exc": "exc", "print_exc": "exc", "exc_info": "exc"}
"""Calls that are about the exception being handled, and the argument that would name it."""
_READING = {
    *("abs", "all", "any", "bool", "bytes", "callable", "chr", "dict", "divmod", "enumerate", "float", "format"),
    *("frozenset", "getattr", "hasattr", "hash", "hex", "id", "int", "isinstance", "issubclass", "iter", "len"),
    *("list", "max", "min", "oct", "ord", "pow", "print", "range", "repr", "reversed", "round", "set", "sorted"),
    *("str", "sum", "super", "tuple", "type", "vars", "zip"),
}


def _call(frame: Frame, node: cst.Call) -> int:
    return lower_call(frame, node)


def lower_call(frame: Frame, node: cst.Call, *, awaited: bool = False) -> int:
    func = node.func
    if type(func) is cst.Name:
        known = BUILTINS.get(func.value)
        if known is not None and func.value not in frame.env:
            value = known(frame, node)
            if value >= 0:
                return value
    elif type(func) is cst.Attribute and type(func.value) in TEMPLATES:
        value = format_call(frame, node)
        if value >= 0:
            return value
    since = len(frame.log)
    receiver = callee = -1
    if type(func) is cst.Attribute:
        receiver = lower_expression(frame, func.value)
    else:
        callee = lower_expression(frame, func)
    args = _arguments(frame, node)
    if type(func) is cst.Name and func.value == "setattr" and len(args) == 3:
        args = _with_items(frame, args)
    if frame.handling >= 0:
        args = _with_current(frame, node, args)
    if len(frame.log) != since:
        receiver = frame.present(receiver, since)
        args = [ir.Arg(arg.name, frame.present(arg.value, since)) for arg in args]
    if type(func) is cst.Attribute:
        callee = frame.emit(ir.Load(frame.mark(func), receiver, func.attr.value))
    call = frame.emit(ir.Call(frame.mark(node), callee, tuple(args), awaited))
    frame.called()
    _after(frame, node, call, receiver, args, since)
    return call


def _arguments(frame: Frame, node: cst.Call) -> list[ir.Arg]:
    args: list[ir.Arg] = []
    for arg in node.args:
        name = arg.star or (arg.keyword.value if arg.keyword is not None else "")
        args.append(ir.Arg(name, lower_expression(frame, arg.value)))
    return args


def _with_items(frame: Frame, args: list[ir.Arg]) -> list[ir.Arg]:
    """`setattr(x, key, value)` in a loop over the items of a mapping: it is given the mapping, whose keys are names."""
    name, value = (frame.code[arg.value] for arg in args[1:])
    if not isinstance(name, ir.Item) or not isinstance(value, ir.Item) or name.base != value.base:
        return args
    element = frame.code[name.base]
    call = frame.code[element.base] if isinstance(element, ir.Elem) else None
    func = frame.code[call.func] if isinstance(call, ir.Call) else None
    if not isinstance(func, ir.Load) or func.attr != "items":
        return args
    return [*args, ir.Arg("**", func.base)]


def _with_current(frame: Frame, node: cst.Call, args: list[ir.Arg]) -> list[ir.Arg]:
    """The exception that is being handled, given to what speaks of it: `log.exception(...)`, `format_exc()`, and any
    call with `exc_info=True`."""
    func = node.func
    name = func.attr.value if isinstance(func, cst.Attribute) else func.value if isinstance(func, cst.Name) else ""
    if name in _CURRENT and not any(arg.name in ("exc_info", "exc", "**") for arg in args):
        return [*args, ir.Arg(_CURRENT[name], frame.handling)]
    told = [isinstance(made := frame.code[arg.value], ir.Const) and made.value is True for arg in args]
    return [
        ir.Arg("exc_info", frame.handling) if true and arg.name == "exc_info" else arg
        for true, arg in zip(told, args, strict=True)
    ]


def _after(frame: Frame, node: cst.Call, call: int, receiver: int, args: list[ir.Arg], since: int) -> None:
    """New versions of what the callee may have written to: the receiver, and arguments that the body still holds."""
    at = frame.code[call].at
    done: set[int] = set()
    func = node.func
    if type(func) is cst.Attribute and _is_super(func.value):
        made = frame.code[receiver]
        if isinstance(made, ir.Call) and made.args:
            present = frame.present(made.args[-1].value, since)
            frame.renew(present, frame.emit(ir.After(at, call, present)), at, since)
    elif type(func) is cst.Attribute and root_name(func.value):
        done.add(receiver)
        fills = bool(args) and func.attr.value in _FILLING
        if frame.is_ours(receiver) or (fills and frame.is_global(receiver)):
            frame.renew(receiver, frame.emit(ir.After(at, call, receiver)), at, since, owned=fills)
    writes = any(arg.name == "file" for arg in args)  # `print(value, file=out)`
    if isinstance(func, cst.Name) and func.value in _READING and func.value not in frame.env and not writes:
        return
    for syntax, arg in zip(node.args, args, strict=False):  # what is added to the call stands behind
        value = arg.value
        if value in done or type(syntax.value) not in _PLACES or not root_name(syntax.value):
            continue
        done.add(value)
        if frame.is_ours(value, cells=False):
            present = frame.present(value, since)
            frame.renew(present, frame.emit(ir.After(at, call, present)), at, since, owned=False)


# ---------------------------------------------------------------- builtins that read, write or type what they are given


def is_plain(node: cst.Call, count: int) -> bool:
    return len(node.args) == count and not any(arg.star or arg.keyword is not None for arg in node.args)


def _attribute_name(node: cst.Call) -> str:
    known = literal(node.args[1].value) if len(node.args) > 1 else None
    if known is None or known[1] or not isinstance(known[0], str) or not known[0].isidentifier():
        return ""
    return known[0]


def _getattr(frame: Frame, node: cst.Call) -> int:
    """`getattr(x, "name")` is `x.name`, or the default."""
    name = _attribute_name(node)
    if not name or not (is_plain(node, 2) or is_plain(node, 3)):
        return -1
    base = lower_expression(frame, node.args[0].value)
    at = frame.mark(node)
    value = frame.emit(ir.Load(at, base, name))
    if len(node.args) == 2:
        return value
    return frame.emit(ir.Join(at, (value, lower_expression(frame, node.args[2].value))))


def _setattr(frame: Frame, node: cst.Call) -> int:
    """`setattr(x, "name", value)` is `x.name = value`."""
    name = _attribute_name(node)
    if not name or not is_plain(node, 3):
        return -1
    since = len(frame.log)
    base = lower_expression(frame, node.args[0].value)
    value = lower_expression(frame, node.args[2].value)
    at = frame.mark(node)
    base = frame.present(base, since)
    frame.renew(base, frame.emit(ir.Store(at, base, name, value)), at, since)
    return frame.emit(ir.Const(at, None))


def _delattr(frame: Frame, node: cst.Call) -> int:
    """`delattr(x, "name")` is `del x.name`."""
    name = _attribute_name(node)
    if not name or not is_plain(node, 2):
        return -1
    base = lower_expression(frame, node.args[0].value)
    at = frame.mark(node)
    nothing = frame.emit(ir.Const(at, None))
    frame.renew(base, frame.emit(ir.Store(at, base, name, nothing)), at, len(frame.log))
    return nothing


def _super(frame: Frame, node: cst.Call) -> int:
    """`super()` is lowered with the object as its only argument: methods it leads to write into that."""
    params = frame.body.params
    if node.args or frame.body.parent >= 0 or not params or params[0].name not in frame.env:
        return -1
    callee = lower_expression(frame, node.func)
    value = frame.read(params[0].name, node)
    return frame.emit(ir.Call(frame.mark(node), callee, (ir.Arg("", value),)))


def _is_super(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "super"


def _cast(frame: Frame, node: cst.Call) -> int:
    if not is_plain(node, 2):
        return -1
    value = lower_expression(frame, node.args[1].value)
    return frame.emit(ir.Typed(frame.mark(node), value, convert(node.args[0].value, annotation=True)))


BUILTINS: dict[str, Callable[[Frame, cst.Call], int]] = {
    "getattr": _getattr,
    "setattr": _setattr,
    "delattr": _delattr,
    "cast": _cast,
    "super": _super,
}
"""How calls of builtins are lowered that are more than calls; -1: it is one."""


# --------------------------------------------------------------------------------------------------------- suspending


def _await(frame: Frame, node: cst.Await) -> int:
    inner = node.expression
    value = lower_call(frame, inner, awaited=True) if isinstance(inner, cst.Call) else lower_expression(frame, inner)
    return frame.emit(ir.Await(frame.mark(node), value))


def _yield(frame: Frame, node: cst.Yield) -> int:
    at = frame.mark(node)
    frame.body.is_generator = True
    if node.value is None:
        return frame.emit(ir.Yield(at, frame.emit(ir.Const(at, None)), False, frame.exits()))
    if isinstance(node.value, cst.From):
        return frame.emit(ir.Yield(at, lower_expression(frame, node.value.item), True, frame.exits()))
    value = lower_expression(frame, node.value)
    return frame.emit(ir.Yield(at, value, False, frame.exits()))


EXPRESSIONS.update({cst.Call: _call, cst.Await: _await, cst.Yield: _yield})
