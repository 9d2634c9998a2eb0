"""Lowering of match statements: what each pattern binds and what it tells about the subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from privlint import ir
from privlint.frontend.expr_cst import convert, dotted, literal
from privlint.frontend.lower_conditions import narrow
from privlint.frontend.lower_dispatch import STATEMENTS, lower_block, lower_expression, report
from privlint.frontend.lower_frame import Env, Frame

if TYPE_CHECKING:
    from collections.abc import Callable

POSITIONAL = "match_arg"  # kind of the Const that stands as the key "attribute number n of __match_args__"
_WHOLE = frozenset({"bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"})


def _match(frame: Frame, node: cst.Match) -> None:
    subject = lower_expression(frame, node.subject)
    name = node.subject.value if isinstance(node.subject, cst.Name) else ""
    ends: list[Env] = []
    for case in node.cases:
        start = dict(frame.env)
        _narrow_subject(frame, name, case)
        _bind(frame, case.pattern, frame.env.get(name, subject) if name else subject)
        if case.guard is not None:
            lower_expression(frame, case.guard)
            narrow(frame, case.guard, truth=True)
        lower_block(frame, case.body)
        frame.take(ends)
        frame.env, frame.dead = start, False
        if case.guard is None and _takes_anything(case.pattern):
            break
    else:
        frame.take(ends)
    frame.meet(ends, node)


def _narrow_subject(frame: Frame, name: str, case: cst.MatchCase) -> None:
    """A class pattern tells what the subject is, under all its names."""
    pattern = case.pattern
    while isinstance(pattern, cst.MatchAs) and pattern.pattern is not None:
        pattern = pattern.pattern
    if isinstance(pattern, cst.MatchClass):
        kinds = [pattern]
    elif isinstance(pattern, cst.MatchOr):
        kinds = [each.pattern for each in pattern.patterns if isinstance(each.pattern, cst.MatchClass)]
        kinds = kinds if len(kinds) == len(pattern.patterns) else []
    else:
        kinds = []
    if kinds and name in frame.env:
        classes = tuple(convert(each.cls) for each in kinds)
        annotation = classes[0] if len(classes) == 1 else ir.Expr("or", args=classes)
        frame.narrow(name, annotation, frame.mark(pattern))


def _takes_anything(pattern: cst.MatchPattern) -> bool:
    if isinstance(pattern, cst.MatchAs):
        return pattern.pattern is None or _takes_anything(pattern.pattern)
    return isinstance(pattern, cst.MatchOr) and any(_takes_anything(each.pattern) for each in pattern.patterns)


def _bind(frame: Frame, pattern: cst.MatchPattern, value: int) -> None:
    found = _PATTERNS.get(type(pattern))
    if found is None:
        report(frame, pattern)
    else:
        found(frame, pattern, value)


def _as(frame: Frame, pattern: cst.MatchAs, value: int) -> None:
    if pattern.pattern is not None:
        _bind(frame, pattern.pattern, value)
    if pattern.name is not None:
        at = frame.mark(pattern)
        inner = pattern.pattern
        if isinstance(inner, cst.MatchClass) and not _is_typed(frame, value):
            value = frame.emit(ir.Typed(at, value, convert(inner.cls), True))
        frame.bind(pattern.name.value, value, at)


def _is_typed(frame: Frame, value: int) -> bool:
    return isinstance(frame.code[value], ir.Typed)


def _compared(frame: Frame, pattern: cst.MatchValue, _value: int) -> None:
    if literal(pattern.value) is None:
        lower_expression(frame, pattern.value)


def _singleton(_frame: Frame, _pattern: cst.MatchSingleton, _value: int) -> None:
    """None, True and False bind nothing."""


def _sequence(frame: Frame, pattern: cst.MatchList | cst.MatchTuple, value: int) -> None:
    patterns = pattern.patterns
    star = next((i for i, each in enumerate(patterns) if isinstance(each, cst.MatchStar)), len(patterns))
    for number, each in enumerate(patterns):
        at = frame.mark(each)
        if isinstance(each, cst.MatchStar):
            if each.name is not None:
                after = len(patterns) - star - 1
                key = frame.emit(ir.Slice(at, star, -after if after else None))
                frame.bind(each.name.value, frame.emit(ir.Item(at, value, key)), at)
        elif isinstance(each, cst.MatchSequenceElement):
            key = frame.emit(ir.Const(at, number if number < star else number - len(patterns)))
            _bind(frame, each.value, frame.emit(ir.Item(at, value, key)))


def _mapping(frame: Frame, pattern: cst.MatchMapping, value: int) -> None:
    for element in pattern.elements:
        key = lower_expression(frame, element.key)
        _bind(frame, element.pattern, frame.emit(ir.Item(frame.mark(element), value, key)))
    if pattern.rest is not None:
        at = frame.mark(pattern)
        frame.bind(pattern.rest.value, frame.emit(ir.Build(at, "dict", (-1,), (value,))), at)


def _class(frame: Frame, pattern: cst.MatchClass, value: int) -> None:
    """Keyword patterns read attributes. A positional one reads the attribute that `__match_args__` names, and of a
    builtin the object itself."""
    at = frame.mark(pattern)
    if not _is_typed(frame, value):
        value = frame.emit(ir.Typed(at, value, convert(pattern.cls), True))
    whole = dotted(pattern.cls) in _WHOLE
    for number, each in enumerate(pattern.patterns):
        part = value if whole else frame.emit(ir.Item(at, value, frame.emit(ir.Const(at, number, POSITIONAL))))
        _bind(frame, each.value, part)
    for keyword in pattern.kwds:
        _bind(frame, keyword.pattern, frame.emit(ir.Load(frame.mark(keyword), value, keyword.key.value)))


def _or(frame: Frame, pattern: cst.MatchOr, value: int) -> None:
    ends: list[Env] = []
    start = frame.env
    for each in pattern.patterns:
        frame.env = dict(start)
        _bind(frame, each.pattern, value)
        frame.take(ends)
    frame.meet(ends, pattern)


_PATTERNS: dict[type[cst.CSTNode], Callable[[Frame, Any, int], None]] = {
    cst.MatchAs: _as,
    cst.MatchValue: _compared,
    cst.MatchSingleton: _singleton,
    cst.MatchList: _sequence,
    cst.MatchTuple: _sequence,
    cst.MatchMapping: _mapping,
    cst.MatchClass: _class,
    cst.MatchOr: _or,
}

STATEMENTS[cst.Match] = _match
