"""Scopes of a unit: whose variable a name is, and which variables nested bodies share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from privlint.frontend.expr_cst import parameters
from privlint.frontend.lower_uses import Definition, Uses, gather

if TYPE_CHECKING:
    from collections.abc import Iterable

    from privlint.ir import ParamDef


class Scope:
    """`kind`: "function", "class" or "module". `captured` are locals that nested bodies read; `shared` those that they
    write or change. `number` is that of the body, once it is lowered; `plain`: binding a local takes no instruction."""

    __slots__ = (
        "captured",
        "globals",
        "kind",
        "locals",
        "nonlocals",
        "number",
        "owners",
        "params",
        "parent",
        "plain",
        "rebound",
        "shared",
        "uses",
    )

    def __init__(self, kind: str, parent: Scope | None, params: list[ParamDef], uses: Uses) -> None:
        self.kind = kind
        self.parent = parent
        self.params = params
        self.uses = uses
        self.globals = uses.globals
        self.nonlocals = uses.nonlocals
        self.rebound = uses.binds
        self.locals = set(uses.binds) - uses.globals - uses.nonlocals
        self.locals.update(param.name for param in params)
        self.captured: set[str] = set()
        self.shared: set[str] = set()
        self.owners: dict[str, Scope | None] = {}
        self.number = -1
        self.plain = True

    def owner(self, name: str) -> Scope | None:
        """The enclosing function whose variable `name` is; None for a global."""
        if name not in self.owners:
            scope = None if name in self.globals else self.parent
            while scope is not None and not scope.holds(name):
                scope = None if name in scope.globals else scope.parent
            self.owners[name] = scope
        return self.owners[name]

    def holds(self, name: str) -> bool:
        return self.kind == "function" and (name in self.locals or name in self.uses.comprehended)


def unit_scope(kind: str, body: Iterable[cst.CSTNode], params: list[ParamDef]) -> tuple[Scope, dict[int, Scope]]:
    """The scope of a unit, and those of its nested functions and classes by the identity of their node."""
    uses = Uses()
    gather(body, uses)
    scope = Scope(kind, None, params, uses)
    nested = _enter(scope, uses.definitions)
    for child in nested.values():
        _share(child)
    for child in nested.values():
        _settle(child)
    _settle(scope)
    return scope, nested


def _enter(scope: Scope, definitions: list[Definition]) -> dict[int, Scope]:
    nested: dict[int, Scope] = {}
    pending = [(scope, node) for node in definitions]
    while pending:
        parent, node = pending.pop()
        uses = Uses()
        gather((node.body,), uses)
        if isinstance(node, cst.ClassDef):
            child = Scope("class", parent, [], uses)
        else:
            child = Scope("function", parent, parameters(node.params), uses)
        nested[id(node)] = child
        pending += ((child, inner) for inner in uses.definitions)
    return nested


def _share(scope: Scope) -> None:
    """Tells the owners of free names that they are read, or changed, in `scope`.

    The body of a local class runs as part of the enclosing body, so what it reads is not captured."""
    if scope.kind == "class":
        return
    uses = scope.uses
    for name in uses.reads | set(uses.stores) | uses.nonlocals:
        if name in scope.locals:
            continue
        owner = scope.owner(name)
        if owner is not None:
            owner.captured.add(name)
            if name in uses.receivers or name in uses.nonlocals:
                owner.shared.add(name)


def _settle(scope: Scope) -> None:
    scope.plain = scope.kind == "function" and not (scope.globals or scope.nonlocals or scope.captured)
