"""Joins that nothing reads, emptied: merging branches makes one for every local, whether it is used again or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from privlint import ir

if TYPE_CHECKING:
    from collections.abc import Callable


def empty_unread_joins(code: list[Any]) -> None:
    """Takes the values out of Joins of no use, in place: positions stay, and nothing flows into them."""
    joins = [position for position, instr in enumerate(code) if type(instr) is ir.Join]
    if not joins:
        return
    read: set[int] = set()
    for instr in code:
        reads = _READS.get(type(instr))
        if reads is not None:
            reads(instr, read)
    used = [position for position in joins if position in read]
    reached = set(used)
    while used:
        for value in code[used.pop()].values:
            if value not in reached and type(code[value]) is ir.Join:
                reached.add(value)
                used.append(value)
    for position in joins:
        if position not in reached:
            code[position] = ir.Join(code[position].at, ())


def _fields(*names: str) -> Callable[[Any, set[int]], None]:
    def read(instr: Any, into: set[int]) -> None:
        into.update([getattr(instr, name) for name in names])

    return read


def _tuples(*names: str) -> Callable[[Any, set[int]], None]:
    def read(instr: Any, into: set[int]) -> None:
        for name in names:
            into.update(getattr(instr, name))

    return read


def _call(instr: ir.Call, into: set[int]) -> None:
    into.add(instr.func)
    into.update([arg.value for arg in instr.args])


def _leaving(instr: ir.Return | ir.Yield, into: set[int]) -> None:
    into.add(instr.value)
    into.update(instr.exits)


_READS: dict[type[ir.Instr], Callable[[Any, set[int]], None]] = {
    ir.SetCell: _fields("value"),
    ir.SetGlobal: _fields("value"),
    ir.Load: _fields("base"),
    ir.Item: _fields("base", "key"),
    ir.Elem: _fields("base"),
    ir.Store: _fields("base", "value"),
    ir.StoreItem: _fields("base", "key", "value"),
    ir.Build: _tuples("keys", "values"),
    ir.Spread: _fields("value"),
    ir.Text: _tuples("parts"),
    ir.Operate: _tuples("operands"),
    ir.Call: _call,
    ir.After: _fields("value"),
    ir.Function: _tuples("decorators"),
    ir.Typed: _fields("value"),
    ir.Enter: _fields("manager", "error"),
    ir.Catch: _tuples("types"),
    ir.Raise: _fields("value", "cause"),
    ir.Return: _leaving,
    ir.Yield: _leaving,
    ir.Await: _fields("value"),
}
