"""Lowering of bodies, nested functions, lambdas and local classes, and of imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from privlint import ir
from privlint.frontend.expr_cst import dotted, literal
from privlint.frontend.lower_dispatch import EXPRESSIONS, STATEMENTS, lower_block, lower_expression, lower_statements
from privlint.frontend.lower_frame import Frame, Unit
from privlint.frontend.lower_uses import bound_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from privlint.frontend.lower_scopes import Scope


# ----------------------------------------------------------------------------------------------------------- bodies


def lower_function(unit: Unit, scope: Scope, node: cst.FunctionDef, path: str) -> None:
    """Body 0 of a function unit."""
    body = ir.Body("", -1, scope.params, [], [], node.asynchronous is not None)
    frame = Frame(unit, scope, body, path)
    _begin(frame, node, {})
    _run_body(frame, node.body)


def lower_body(unit: Unit, scope: Scope, node: cst.CSTNode, statements: Sequence[cst.CSTNode], path: str) -> None:
    """Body 0 of a class or module: at its end, its names are given the versions that their objects have then."""
    frame = Frame(unit, scope, ir.Body("", -1, [], []), path)
    lower_statements(frame, statements)
    if frame.dead:
        return
    written: dict[str, set[int]] = {}
    for instr in frame.code:
        if isinstance(instr, ir.SetGlobal):
            written.setdefault(instr.name, set()).add(instr.value)
    for name, value in frame.env.items():
        last = frame.code[value]
        values = last.values if isinstance(last, ir.Join) else (value,)
        if (
            name.isidentifier()
            and not isinstance(last, ir.Imported)
            and not written.get(name, set()).issuperset(values)
        ):
            frame.emit(ir.SetGlobal(frame.mark(node), name, value))


def _begin(frame: Frame, node: cst.CSTNode, defaults: dict[str, tuple[int, str]]) -> None:
    """The parameters. `defaults` are the cells of values that the enclosing body computed for them."""
    scope = frame.scope
    at = frame.mark(node)
    for index, param in enumerate(scope.params):
        frame.emit(ir.Param(at, index))
        rebound = param.name in scope.rebound or param.name in defaults or param.name in scope.shared
        frame.exit_keys.append(f"${index}" if rebound else param.name)
        if rebound:
            frame.env[f"${index}"] = index
    for index, param in enumerate(scope.params):
        value = index
        if param.name in defaults:
            body, name = defaults[param.name]
            value = frame.emit(ir.Join(at, (index, frame.emit(ir.Cell(at, body, name)))))
        frame.bind(param.name, value, at)


def _run_body(frame: Frame, body: cst.BaseSuite) -> None:
    lower_block(frame, body)
    if not frame.dead:
        at = frame.mark(body)
        frame.emit(ir.Return(at, frame.emit(ir.Const(at, None)), frame.exits()))


# ----------------------------------------------------------------------------------------------- functions in functions


def _nested(frame: Frame, node: cst.FunctionDef | cst.Lambda, name: str, path: str) -> tuple[Frame, int]:
    """The frame of a nested function, ready for its statements, and its ordinal. Defaults that are no constants are
    handed over in cells, since the enclosing body computes them once."""
    at = frame.mark(node)
    frame.defines = True
    scope = frame.unit.scopes[id(node)]
    is_async = isinstance(node, cst.FunctionDef) and node.asynchronous is not None
    params = node.params
    defaults: dict[str, tuple[int, str]] = {}
    for param in (*params.posonly_params, *params.params, *params.kwonly_params):
        if param.default is not None and literal(param.default) is None:
            cell = f"<default {at}.{param.name.value}>"
            value = lower_expression(frame, param.default)
            frame.emit(ir.SetCell(at, frame.number, cell, value))
            defaults[param.name.value] = (frame.number, cell)
    body = ir.Body(name, frame.number, scope.params, [], [], is_async)
    inner = Frame(frame.unit, scope, body, path)
    _begin(inner, node, defaults)
    return inner, at


def _function_value(frame: Frame, node: cst.FunctionDef, prefix: str) -> int:
    name = node.name.value
    decorators = tuple(lower_expression(frame, decorator.decorator) for decorator in node.decorators)
    inner, at = _nested(frame, node, prefix + name, f"{frame.path}.{prefix}{name}" if frame.path else prefix + name)
    _run_body(inner, node.body)
    return frame.emit(ir.Function(at, inner.number, decorators))


def _function(frame: Frame, node: cst.FunctionDef) -> None:
    value = _function_value(frame, node, frame.class_prefix)
    frame.bind(node.name.value, value, frame.code[value].at)


def _lambda(frame: Frame, node: cst.Lambda) -> int:
    inner, at = _nested(frame, node, "<lambda>", frame.path)
    value = lower_expression(inner, node.body)
    inner.emit(ir.Return(inner.mark(node.body), value, inner.exits()))
    return frame.emit(ir.Function(at, inner.number))


def _class(frame: Frame, node: cst.ClassDef) -> None:
    """The statements of a local class run in the enclosing body; what they bind is then stored in the class."""
    name = node.name.value
    at = frame.mark(node)
    for arg in (*node.bases, *node.keywords):
        lower_expression(frame, arg.value)
    prefix = f"{frame.class_prefix}{name}."
    own = frame.unit.scopes[id(node)].uses.binds
    value = frame.emit(ir.LocalClass(at, f"{frame.path}.{prefix}"[:-1].lstrip(".")))
    frame.bind(name, value, at)
    hidden = {each: f"~{prefix}{each}" for each in own if each in frame.env}
    for each, key in hidden.items():
        frame.env[key] = frame.env.pop(each)
    scope, outer = frame.scope, frame.class_prefix
    plain = scope.plain
    scope.plain, frame.class_prefix = True, prefix
    lower_block(frame, node.body)
    scope.plain, frame.class_prefix = plain, outer
    for each in own:
        member = frame.env.pop(each, -1)
        if each in hidden:
            frame.env[each] = frame.env.pop(hidden[each])
        if member >= 0:
            stored = frame.emit(ir.Store(at, value, each, member))
            frame.renew(value, stored, at, len(frame.log))
            value = stored


# -------------------------------------------------------------------------------------------------------------- imports


def _import(frame: Frame, node: cst.Import) -> None:
    for alias in node.names:
        module = dotted(alias.name)
        module = module if alias.asname is not None else module.partition(".")[0]
        at = frame.mark(alias)
        _bind_import(frame, bound_name(alias, whole=True), ir.Imported(at, module, "", 0))


def _import_from(frame: Frame, node: cst.ImportFrom) -> None:
    if isinstance(node.names, cst.ImportStar):
        return
    module = dotted(node.module) if node.module is not None else ""
    for alias in node.names:
        at = frame.mark(alias)
        name = dotted(alias.name)
        _bind_import(frame, bound_name(alias, whole=False), ir.Imported(at, module, name, len(node.relative)))


def _bind_import(frame: Frame, name: str, imported: ir.Imported) -> None:
    """Imports of a module or class body are in the index, so they take no SetGlobal."""
    value = frame.emit(imported)
    if frame.scope.kind == "function":
        frame.bind(name, value, imported.at)
    else:
        frame.env[name] = value


def _nothing(_frame: Frame, _node: cst.CSTNode) -> None:
    """Pass, global and nonlocal do nothing where they stand; a type alias is in the index."""


EXPRESSIONS[cst.Lambda] = _lambda
STATEMENTS.update(
    {
        cst.FunctionDef: _function,
        cst.ClassDef: _class,
        cst.Import: _import,
        cst.ImportFrom: _import_from,
        cst.Global: _nothing,
        cst.Nonlocal: _nothing,
        cst.Pass: _nothing,
        cst.TypeAlias: _nothing,
    }
)
if hasattr(cst, "LazyImport"):  # LibCST 1.9 and later
    STATEMENTS.update({cst.LazyImport: _import, cst.LazyImportFrom: _import_from})
