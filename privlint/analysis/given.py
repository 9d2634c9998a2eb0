"""Functions that are given as arguments. What a body passes to a function that its caller gave it comes out at the
caller, who knows the function; what that function returns goes back in, at the call. So one body serves all functions
that it is ever given, and each caller sees only its own. A caller that was given the function itself hands it on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from privlint import ir
from privlint.analysis.bounds import MAX_HANDED_ON
from privlint.analysis.calling import call_back
from privlint.analysis.captures import GIVEN_PORTS, GIVEN_SELF, PORTS_PER_CALL
from privlint.analysis.code import Code
from privlint.analysis.facts import Context, Fact, Origin
from privlint.analysis.solver import Solver
from privlint.analysis.targets import Target

_FIRST_PLACE = 20_000_000  # values from here down stand for what passes between a caller and the function it gave
_KEYS = 1 << 40
_DIRECT = GIVEN_PORTS // PORTS_PER_CALL  # keys from here up are calls of a parameter, by their place in the body
_CHAINED = 1_000_000_000  # keys from here up are calls that handed a parameter on, by their number in the solver


class _At(NamedTuple):
    """A call of a body that calls a function: where it stands, the body, and which call of it."""

    position: int
    target: Target
    key: int


def called_by_callee(
    s: Solver, context: Context, position: int, target: Target, exit_fact: Fact, mask: int, origin: Origin
) -> None:
    """The body called at `position` passes data to a function that it was given there."""
    port, path = exit_fact
    key, number = divmod(port, PORTS_PER_CALL)
    at, passed = _At(position, target, key), (_place(position, key, number), path)
    if target.wraps and key < _CHAINED:  # a function that a decorator made calls the one that it was put around
        if number != GIVEN_SELF:
            _call_known(
                s, context, at, passed, mask, origin, lambda _code, _call, args: (s.callees.plain(target.wraps, args),)
            )
        return
    call, param = _source(s, target, key)
    if call is None:
        return
    bound = s.binding(target).back(param, ())
    if not bound and key < _CHAINED and number != GIVEN_SELF:
        by_default = s.callees.by_default
        _call_known(s, context, at, passed, mask, origin, lambda code, inner, args: by_default(code, inner.func, args))
    for value, _ in bound:
        if value < 0:
            continue
        fact = (value, path)
        if number != GIVEN_SELF:
            fact = passed
            s.add(context, *fact, mask, origin)
        s.returns_into[context.code.unit, context.code.body, _place(position, key, GIVEN_SELF)] = (
            target,
            key - _DIRECT if key < _CHAINED else _inner_place(s, key),
            position,
        )
        if s.callees.is_given(context.code, value):
            if _length(s, key) >= MAX_HANDED_ON or (target.name, target.body) == (context.code.unit, context.code.body):
                continue
            chained = _chain(s, position, target, key) * PORTS_PER_CALL + number
            s.leave(context, chained, path, mask, fact)
        else:
            _call(s, context, position, key, call, value, fact, mask)


def _call_known(
    s: Solver,
    context: Context,
    at: _At,
    fact: Fact,
    mask: int,
    origin: Origin,
    find: Callable[[Code, ir.Call, tuple[ir.Arg, ...]], Iterable[Target]],
) -> None:
    """The body calls what needs no caller to be known: `find` tells the callees, by the call and its arguments."""
    code = s.units.code(at.target.name, at.target.body)
    call = code.code[at.key - _DIRECT]
    if not isinstance(call, ir.Call):
        return
    result = _place(at.position, at.key, GIVEN_SELF)
    args = tuple(ir.Arg(arg.name, _place(at.position, at.key, n)) for n, arg in enumerate(call.args))
    for found in find(code, call, args):
        s.add(context, *fact, mask, origin)
        s.returns_into[context.code.unit, context.code.body, result] = (at.target, at.key - _DIRECT, at.position)
        back = "given" if found.result == "return" else "none"
        call_back(s, context, at.position, msgspec.structs.replace(found, result=back, into=result), -1, fact, mask)


def _source(s: Solver, target: Target, key: int) -> tuple[ir.Call | None, int]:
    """The call of the given function, and the number of the parameter that it is in the body of `target`."""
    code = s.units.code(target.name, target.body)
    if key >= _CHAINED:
        _, inner, inner_key = s.chains[key - _CHAINED]
        call, param = _source(s, inner, inner_key)
        given = [code.code[v] for v, _ in s.binding(inner).back(param, ()) if v >= 0] if call is not None else []
        return next(((call, i.index) for i in given if isinstance(i, ir.Param)), (None, -1))
    instr = code.code[key - _DIRECT]
    func = code.code[instr.func] if isinstance(instr, ir.Call) else None
    return (instr, func.index) if isinstance(instr, ir.Call) and isinstance(func, ir.Param) else (None, -1)


def _chain(s: Solver, position: int, target: Target, key: int) -> int:
    link = (position, target, key)
    if link not in s.chains:
        s.chains.append(link)
    return _CHAINED + s.chains.index(link)


def _length(s: Solver, key: int) -> int:
    """How many bodies handed the function on."""
    return 0 if key < _CHAINED else 1 + _length(s, s.chains[key - _CHAINED][2])


def _inner_place(s: Solver, key: int) -> int:
    """Where the result comes in, in the body that handed the function on."""
    position, _, inner_key = s.chains[key - _CHAINED]
    return _place(position, inner_key, GIVEN_SELF)


def _call(s: Solver, c: Context, position: int, key: int, call: ir.Call, func: int, fact: Fact, mask: int) -> None:
    args = tuple(ir.Arg(arg.name, _place(position, key, n)) for n, arg in enumerate(call.args))
    result = _place(position, key, GIVEN_SELF)
    terms = s.query.of(c.code, func)
    for target in s.callees.given(terms, args, func):
        called = target
        if target.kind == "body":
            back = "given" if target.result == "return" else "none"
            called = msgspec.structs.replace(target, result=back, into=result)
        call_back(s, c, position, called, func, fact, mask)
    if not terms and not fact[1]:
        s.add(c, position, (), s.lanes.doubted(mask & s.lanes.scalars), Origin("step", fact))


def _place(position: int, key: int, number: int) -> int:
    return -_FIRST_PLACE - (position * _KEYS + key) * PORTS_PER_CALL - min(number, GIVEN_SELF)
