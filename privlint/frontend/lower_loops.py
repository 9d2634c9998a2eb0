"""Lowering of loops and comprehensions."""

from __future__ import annotations

from typing import TypeAlias

import libcst as cst

from privlint import ir
from privlint.frontend.lower_assign import assign
from privlint.frontend.lower_calls import BUILTINS, is_plain
from privlint.frontend.lower_conditions import constant_truth, narrow
from privlint.frontend.lower_dispatch import EXPRESSIONS, STATEMENTS, lower_block, lower_expression
from privlint.frontend.lower_frame import Env, Frame, Loop
from privlint.frontend.lower_uses import Uses, add_source, add_target, gather, target_names

Header: TypeAlias = tuple[int, list[str]]
"""The Join at the head of a loop, and the names that have it as their value there."""


# ------------------------------------------------------------------------------------------- what a loop may change


class _Round:
    """What one round does: names it may find as an earlier round left them, and names it binds first of all."""

    __slots__ = ("certain", "uses")

    def __init__(self, node: cst.For | cst.While) -> None:
        self.uses = Uses()
        self.certain: set[str] = set()
        if isinstance(node, cst.While):
            gather((node.test,), self.uses)
        else:
            add_target(node.target, self.uses, [])
            add_source(node.target, node.iter, self.uses)
            self.certain.update(self.uses.binds)
        self._enter(node.body)

    def _settle(self, names: list[str]) -> None:
        """`names` are bound in every round: nothing of an earlier one is left, unless it was read or bound before."""
        for name in names:
            if name not in self.uses.reads and name not in self.uses.binds:
                self.certain.add(name)
            self.uses.binds[name] = None

    def _enter(self, body: cst.BaseSuite) -> None:
        for statement in body.body:
            if isinstance(statement, cst.SimpleStatementLine):
                for small in statement.body:
                    self._simple(small)
            elif isinstance(statement, cst.With):
                for item in statement.items:
                    gather((item.item,), self.uses)
                    if item.asname is not None:
                        self._settle(target_names(item.asname.name))
                self._enter(statement.body)
            else:
                gather((statement,), self.uses)

    def _simple(self, small: cst.CSTNode) -> None:
        if isinstance(small, cst.Assign):
            gather((small.value,), self.uses)
            for target in small.targets:
                if isinstance(target.target, (cst.Name, cst.Tuple, cst.List)):
                    self._settle(target_names(target.target))
        elif isinstance(small, cst.AnnAssign) and small.value is not None and isinstance(small.target, cst.Name):
            gather((small.value,), self.uses)
            self._settle([small.target.value])
        gather((small,), self.uses)


def _open_headers(frame: Frame, round_: _Round, at: int) -> list[Header]:
    """A header for each local that a round may leave changed; locals that are one object share it."""
    env = frame.env
    rebound = {name: None for name in round_.uses.binds if name not in round_.certain}
    touched = _touched(frame, round_)
    groups: dict[object, list[str]] = {}
    for name, value in env.items():
        if name in rebound:
            groups[name] = [name]
        elif value in touched and name not in round_.certain:
            groups.setdefault(value, []).append(name)
    for name in rebound:
        if name not in env and name in round_.uses.reads and name in frame.scope.locals:
            groups[name] = [name]
    return [(frame.open_header(names, at), names) for names in groups.values()]


def _touched(frame: Frame, round_: _Round) -> set[int]:
    """Values of locals whose object a round may change, and what they were loaded from."""
    pending = [frame.env[name] for name in round_.uses.changed() if name in frame.env]
    touched: set[int] = set()
    while pending:
        value = pending.pop()
        if value in touched or not frame.is_ours(value):
            continue
        touched.add(value)
        instr = frame.code[frame.origin(value)]
        if isinstance(instr, ir.Load | ir.Item | ir.Elem):
            pending.append(frame.env.get(f"@{instr.base}", instr.base))
        elif isinstance(instr, ir.Typed):
            pending.append(instr.value)
    return touched


# ----------------------------------------------------------------------------------------------------------- statements


def _for(frame: Frame, node: cst.For) -> None:
    if isinstance(node.iter, (cst.Tuple, cst.List)) and not node.iter.elements:
        if node.orelse is not None:
            lower_block(frame, node.orelse.body)
        return
    at = frame.mark(node)
    since = len(frame.log)
    iterable = lower_expression(frame, node.iter)
    headers = _open_headers(frame, _Round(node), at)
    entry = dict(frame.env)
    element = frame.emit(ir.Elem(frame.mark(node.iter), frame.present(iterable, since)))
    assign(frame, node.target, element)
    _run(frame, node, headers, entry)


def _while(frame: Frame, node: cst.While) -> None:
    truth = constant_truth(frame, node.test)
    if truth is False:
        if node.orelse is not None:
            lower_block(frame, node.orelse.body)
        return
    headers = _open_headers(frame, _Round(node), frame.mark(node))
    entry: Env | None = None
    if truth is None:
        lower_expression(frame, node.test)
        start = dict(frame.env)
        narrow(frame, node.test, truth=False)
        entry = frame.env
        frame.env = start
        narrow(frame, node.test, truth=True)
    _run(frame, node, headers, entry)


def _run(frame: Frame, node: cst.For | cst.While, headers: list[Header], entry: Env | None) -> None:
    """The rounds of a loop, its `else` and what comes after. `entry` is where no further round begins; None: never."""
    loop = Loop()
    frame.loops.append(loop)
    lower_block(frame, node.body)
    frame.loops.pop()
    backs = loop.continues
    frame.take(backs)
    joined: Env = {}
    for header, names in headers:
        frame.close_header(header, names, backs)
        joined.update(dict.fromkeys([*names, f"@{header}"], header))
    if entry is None:
        frame.dead = True
    else:
        joined = {name: entry.get(name, value) for name, value in joined.items() if name in entry or name[0] == "@"}
        frame.meet([entry, *({**back, **joined} for back in backs)], node)
    if node.orelse is not None and not frame.dead:
        lower_block(frame, node.orelse.body)
    ends = loop.breaks
    frame.take(ends)
    frame.meet(ends, node)


def _break(frame: Frame, _node: cst.Break) -> None:
    if frame.loops:
        frame.take(frame.loops[-1].breaks)
    frame.dead = True


def _continue(frame: Frame, _node: cst.Continue) -> None:
    if frame.loops:
        frame.take(frame.loops[-1].continues)
    frame.dead = True


# ------------------------------------------------------------------------------------------------------- comprehensions


def _list_comp(frame: Frame, node: cst.ListComp) -> int:
    return _comprehension(frame, node, "list", node.for_in, (node.elt,))


def _set_comp(frame: Frame, node: cst.SetComp) -> int:
    return _comprehension(frame, node, "set", node.for_in, (node.elt,))


def _generator(frame: Frame, node: cst.GeneratorExp) -> int:
    return _comprehension(frame, node, "gen", node.for_in, (node.elt,))


def _dict_comp(frame: Frame, node: cst.DictComp) -> int:
    return _comprehension(frame, node, "dict", node.for_in, (node.key, node.value))


def _starred_dict_comp(frame: Frame, node: cst.StarredDictComp) -> int:
    return _comprehension(frame, node, "dict", node.for_in, (node.value,))


def _dict(frame: Frame, node: cst.Call) -> int:
    """`dict((key, value) for ...)` is `{key: value for ...}`."""
    given = node.args[0].value if is_plain(node, 1) else None
    if not isinstance(given, (cst.GeneratorExp, cst.ListComp)) or not isinstance(given.elt, cst.Tuple):
        return -1
    pair = [element.value for element in given.elt.elements if isinstance(element, cst.Element)]
    if len(pair) != 2 or len(given.elt.elements) != 2:
        return -1
    return _comprehension(frame, node, "dict", given.for_in, (pair[0], pair[1]))


def _comprehension(
    frame: Frame, node: cst.CSTNode, kind: str, clause: cst.CompFor, results: tuple[cst.BaseExpression, ...]
) -> int:
    """Inlined: its targets are locals of their own while it runs, and it may run no round at all."""
    clauses = [clause]
    while clauses[-1].inner_for_in is not None:
        clauses.append(clauses[-1].inner_for_in)
    names = list(dict.fromkeys(name for each in clauses for name in target_names(each.target)))
    first = lower_expression(frame, clause.iter)
    hidden = _hide(frame, names)
    before = dict(frame.env)
    for each in clauses:
        iterable = first if each is clause else lower_expression(frame, each.iter)
        element = frame.emit(ir.Elem(frame.mark(each.iter), iterable))
        _assign_own(frame, each.target, element)
        for test in each.ifs:
            lower_expression(frame, test.test)
            narrow(frame, test.test, truth=True)
    values = [lower_expression(frame, result) for result in results]
    at = frame.mark(node)
    for name in names:
        frame.env.pop(name, None)
    if frame.env != before:
        frame.env = frame.merged([frame.env, before], node)
    for name, key in hidden.items():
        frame.env[name] = frame.env.pop(key)
    if kind == "dict":
        keys = tuple(values[:1]) if len(values) == 2 else (-1,)
        return frame.emit(ir.Build(at, kind, keys, (values[-1],), True))
    return frame.emit(ir.Build(at, kind, (), tuple(values), True))


def _hide(frame: Frame, names: list[str]) -> dict[str, str]:
    """Puts locals of the same name aside; gives the keys that they stand under meanwhile."""
    depth = sum(1 for key in frame.env if key[0] == "~")
    hidden = {name: f"~{depth}{name}" for name in names if name in frame.env}
    for name, key in hidden.items():
        frame.env[key] = frame.env.pop(name)
    return hidden


def _assign_own(frame: Frame, target: cst.BaseExpression, element: int) -> None:
    """Binds the target of a comprehension, which belongs to no scope that a `global` could speak of."""
    scope = frame.scope
    plain = scope.plain
    scope.plain = not any(name in scope.captured for name in target_names(target))
    assign(frame, target, element)
    scope.plain = plain


BUILTINS["dict"] = _dict
STATEMENTS.update({cst.For: _for, cst.While: _while, cst.Break: _break, cst.Continue: _continue})
EXPRESSIONS.update(
    {
        cst.ListComp: _list_comp,
        cst.SetComp: _set_comp,
        cst.GeneratorExp: _generator,
        cst.DictComp: _dict_comp,
    }
)
if hasattr(cst, "StarredDictComp"):  # LibCST 1.9 and later
    EXPRESSIONS[cst.StarredDictComp] = _starred_dict_comp
