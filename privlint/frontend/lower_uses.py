"""Which names a piece of code binds, reads and changes, found without lowering it."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Definition: TypeAlias = "cst.FunctionDef | cst.Lambda | cst.ClassDef"

_NOT_CODE = {
    *("lpar", "rpar", "lbracket", "rbracket", "lbrace", "rbrace", "comma", "trailing_comma", "semicolon", "equal"),
    *("dot", "colon", "first_colon", "second_colon", "operator", "attr", "keyword", "star", "relative", "posonly_ind"),
    *("annotation", "returns", "type_parameters", "conversion", "start", "end", "asynchronous"),
    *("leading_lines", "lines_after_decorators", "header", "footer", "indent"),
}
_FIELDS: dict[type[cst.CSTNode], tuple[str, ...]] = {}


def code_fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a node type that hold expressions, statements or patterns, last one first."""
    found = _FIELDS.get(kind)
    if found is None:
        names = [field.name for field in fields(kind)]
        found = _FIELDS[kind] = tuple(n for n in names[::-1] if n not in _NOT_CODE and "whitespace" not in n)
    return found


class Uses:
    """Names of one scope. Dictionaries stand for ordered sets. `stores` are names whose object may change: an attribute
    or item is set, a method called, or it is passed on. `receivers` are those of them that are not only passed on.
    `comprehended` are the targets of comprehensions. `sources` maps a name to the names that it may be a part of."""

    __slots__ = (
        "binds",
        "comprehended",
        "definitions",
        "globals",
        "nonlocals",
        "reads",
        "receivers",
        "sources",
        "stores",
    )

    def __init__(self) -> None:
        self.binds: dict[str, None] = {}
        self.reads: set[str] = set()
        self.stores: dict[str, None] = {}
        self.receivers: set[str] = set()
        self.comprehended: set[str] = set()
        self.sources: dict[str, list[str]] = {}
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.definitions: list[Definition] = []

    def changed(self) -> dict[str, None]:
        """`stores`, and what they may be a part of."""
        found = dict(self.stores)
        pending = list(found)
        while pending:
            for source in self.sources.get(pending.pop(), ()):
                if source not in found:
                    found[source] = None
                    pending.append(source)
        return found


def gather(nodes: Iterable[cst.CSTNode], uses: Uses) -> None:
    """Adds what `nodes` do in their own scope; nested functions and classes are listed, not entered."""
    stack: list[Any] = list(nodes)
    stack.reverse()
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is cst.Name:
            uses.reads.add(node.value)
            continue
        special = _SPECIAL.get(kind)
        if special is not None:
            special(node, uses, stack)
            continue
        _push(node, kind, stack)


def _push(node: cst.CSTNode, kind: type[cst.CSTNode], stack: list[Any]) -> None:
    for name in code_fields(kind):  # last one first, so that names are met in the order of the source
        child = getattr(node, name)
        if type(child) in (tuple, list):
            stack.extend(child[::-1])
        elif _is_node(type(child)):  # type: ignore[arg-type, unused-ignore]
            stack.append(child)


@cache
def _is_node(kind: type) -> bool:
    """Asked once a type: the nodes are abstract classes, whose `isinstance` is slow."""
    return issubclass(kind, cst.CSTNode)


def root_name(node: cst.CSTNode) -> str:
    """ "a" of `a`, `a.b` and `a[0].b`; "" of anything else."""
    while type(node) is cst.Attribute or type(node) is cst.Subscript:  # see `_is_node`
        node = node.value
    return node.value if type(node) is cst.Name else ""


def target_names(target: cst.CSTNode) -> list[str]:
    """The plain names that an assignment to `target` binds."""
    uses = Uses()
    add_target(target, uses, [])
    return list(uses.binds)


def add_target(node: cst.CSTNode, uses: Uses, stack: list[Any]) -> None:
    """Names that an assignment to `node` binds, and those whose object it changes; `stack` gets what it reads."""
    if isinstance(node, cst.Name):
        uses.binds[node.value] = None
    elif isinstance(node, (cst.Tuple, cst.List)):
        for element in node.elements:
            add_target(element.value, uses, stack)
    elif isinstance(node, (cst.Attribute, cst.Subscript)):
        _store(root_name(node), uses)
        stack.append(node)


def _store(name: str, uses: Uses) -> None:
    if name:
        uses.stores[name] = None
        uses.receivers.add(name)


def add_source(target: cst.CSTNode, value: cst.CSTNode, uses: Uses) -> None:
    """Notes that the names of `target` may be parts of the local that `value` is loaded from."""
    root = root_name(value)
    if root:
        for name in target_names(target):
            uses.sources.setdefault(name, []).append(root)


def _assign(node: cst.Assign, uses: Uses, stack: list[Any]) -> None:
    for target in node.targets:
        add_target(target.target, uses, stack)
        add_source(target.target, node.value, uses)
    stack.append(node.value)


def _ann_assign(node: cst.AnnAssign, uses: Uses, stack: list[Any]) -> None:
    add_target(node.target, uses, stack)
    if node.value is not None:
        add_source(node.target, node.value, uses)
        stack.append(node.value)


def _aug_assign(node: cst.AugAssign, uses: Uses, stack: list[Any]) -> None:
    add_target(node.target, uses, stack)
    if isinstance(node.target, cst.Name):
        _store(node.target.value, uses)
    stack += (node.value, node.target)


def _named(node: cst.NamedExpr, uses: Uses, stack: list[Any]) -> None:
    add_target(node.target, uses, stack)
    add_source(node.target, node.value, uses)
    stack.append(node.value)


def _for(node: cst.For, uses: Uses, stack: list[Any]) -> None:
    add_target(node.target, uses, stack)
    add_source(node.target, node.iter, uses)
    stack += (node.orelse, node.body, node.iter) if node.orelse is not None else (node.body, node.iter)


def _comp_for(node: cst.CompFor, uses: Uses, stack: list[Any]) -> None:
    inner = Uses()
    add_target(node.target, inner, stack)
    uses.comprehended.update(inner.binds)
    add_source(node.target, node.iter, uses)
    stack += node.ifs
    stack.append(node.iter)
    if node.inner_for_in is not None:
        stack.append(node.inner_for_in)


def _with_item(node: cst.WithItem, uses: Uses, stack: list[Any]) -> None:
    if node.asname is not None:
        add_target(node.asname.name, uses, stack)
    stack.append(node.item)


def _except(node: cst.ExceptHandler | cst.ExceptStarHandler, uses: Uses, stack: list[Any]) -> None:
    stack.append(node.body)
    if node.name is not None:
        add_target(node.name.name, uses, stack)
    if node.type is not None:
        stack.append(node.type)


def _delete(node: cst.Del, uses: Uses, stack: list[Any]) -> None:
    add_target(node.target, uses, stack)


def bound_name(alias: cst.ImportAlias, *, whole: bool) -> str:
    """What `import alias` (`whole`) or `from m import alias` binds."""
    if alias.asname is not None:
        return root_name(alias.asname.name)
    return root_name(alias.name) if whole else str(alias.name.value)


def _import(node: cst.Import, uses: Uses, _stack: list[Any]) -> None:
    for alias in node.names:
        uses.binds[bound_name(alias, whole=True)] = None


def _import_from(node: cst.ImportFrom, uses: Uses, _stack: list[Any]) -> None:
    if not isinstance(node.names, cst.ImportStar):
        for alias in node.names:
            uses.binds[bound_name(alias, whole=False)] = None


def _global(node: cst.Global, uses: Uses, _stack: list[Any]) -> None:
    uses.globals.update(item.name.value for item in node.names)


def _nonlocal(node: cst.Nonlocal, uses: Uses, _stack: list[Any]) -> None:
    uses.nonlocals.update(item.name.value for item in node.names)


def _function(node: cst.FunctionDef, uses: Uses, stack: list[Any]) -> None:
    uses.binds[node.name.value] = None
    uses.definitions.append(node)
    stack += (decorator.decorator for decorator in node.decorators)
    stack += defaults(node.params)


def _lambda(node: cst.Lambda, uses: Uses, stack: list[Any]) -> None:
    uses.definitions.append(node)
    stack += defaults(node.params)


def defaults(params: cst.Parameters) -> list[cst.BaseExpression]:
    """The default values, which the enclosing scope evaluates."""
    plain = (*params.posonly_params, *params.params, *params.kwonly_params)
    return [param.default for param in plain if param.default is not None]


def _class(node: cst.ClassDef, uses: Uses, stack: list[Any]) -> None:
    uses.binds[node.name.value] = None
    uses.definitions.append(node)
    stack += (decorator.decorator for decorator in node.decorators)
    stack += (arg.value for arg in (*node.bases, *node.keywords))


def _call(node: cst.Call, uses: Uses, stack: list[Any]) -> None:
    func = node.func
    if isinstance(func, cst.Attribute):
        _store(root_name(func.value), uses)
    for arg in node.args:
        root = root_name(arg.value)
        if root:
            uses.stores[root] = None
        stack.append(arg.value)
    stack.append(func)


def _attribute(node: cst.Attribute, _uses: Uses, stack: list[Any]) -> None:
    stack.append(node.value)


def _match_as(node: cst.MatchAs, uses: Uses, stack: list[Any]) -> None:
    if node.name is not None:
        uses.binds[node.name.value] = None
    if node.pattern is not None:
        stack.append(node.pattern)


def _match_star(node: cst.MatchStar, uses: Uses, _stack: list[Any]) -> None:
    if node.name is not None:
        uses.binds[node.name.value] = None


def _match_mapping(node: cst.MatchMapping, uses: Uses, stack: list[Any]) -> None:
    if node.rest is not None:
        uses.binds[node.rest.value] = None
    stack += node.elements


def _match_keyword(node: cst.MatchKeywordElement, _uses: Uses, stack: list[Any]) -> None:
    stack.append(node.pattern)


def _type_alias(node: cst.TypeAlias, uses: Uses, _stack: list[Any]) -> None:
    uses.binds[node.name.value] = None


def _nothing(_node: cst.CSTNode, _uses: Uses, _stack: list[Any]) -> None:
    return None


_SPECIAL: dict[type[cst.CSTNode], Callable[[Any, Uses, list[Any]], None]] = {
    cst.Assign: _assign,
    cst.AnnAssign: _ann_assign,
    cst.AugAssign: _aug_assign,
    cst.NamedExpr: _named,
    cst.For: _for,
    cst.CompFor: _comp_for,
    cst.WithItem: _with_item,
    cst.ExceptHandler: _except,
    cst.ExceptStarHandler: _except,
    cst.Del: _delete,
    cst.Import: _import,
    cst.ImportFrom: _import_from,
    cst.Global: _global,
    cst.Nonlocal: _nonlocal,
    cst.FunctionDef: _function,
    cst.Lambda: _lambda,
    cst.ClassDef: _class,
    cst.Call: _call,
    cst.Attribute: _attribute,
    cst.MatchAs: _match_as,
    cst.MatchStar: _match_star,
    cst.MatchMapping: _match_mapping,
    cst.MatchKeywordElement: _match_keyword,
    cst.TypeAlias: _type_alias,
    cst.SimpleString: _nothing,
    cst.Integer: _nothing,
    cst.FormattedStringText: _nothing,
    cst.Pass: _nothing,
    cst.Break: _nothing,
    cst.Continue: _nothing,
}
