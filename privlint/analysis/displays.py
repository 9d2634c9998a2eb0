"""Dispatch tables: which callable a constant key of a dict, list or tuple display stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.terms import Types

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.types import TypeQuery

CALLABLES = frozenset({"func", "bound", "closure", "partial", "getter"})
_KEPT = CALLABLES | {"class"}


def holds_callables(types: Types) -> bool:
    """Whether containers of these types hold functions."""
    return any(inner.kind in _KEPT for term in types for arg in term.args for inner in arg)


def looked_up(query: TypeQuery, code: Code, base: int, key: ir.AnyInstr | None) -> Types | None:
    """The entry of a display under a constant key; None where the display is not known as it was written."""
    if not isinstance(key, ir.Const):
        return None
    found = _display(query, code, base)
    if found is None:
        return None
    home, build = found
    value = _entry(home, build, key)
    return query.of(home, value) if value >= 0 else None


def tables_of(code: Code, values: list[int]) -> list[str]:
    """Variables of a module that its body binds to displays, or to what calls give, with one of `values` in them."""
    pending, seen = list(values), set(values)
    names: dict[str, None] = {}
    while pending:
        current = pending.pop()
        for position in code.uses.get(current, ()):
            instr = code.code[position]
            if isinstance(instr, ir.SetGlobal):
                names[instr.name] = None
            elif isinstance(instr, ir.Build | ir.Call) and position not in seen:
                seen.add(position)
                pending.append(position)
    return list(names)


def _display(query: TypeQuery, code: Code, base: int) -> tuple[Code, ir.Build] | None:
    instr = code.code[base]
    if isinstance(instr, ir.Build):
        return code, instr
    module, scope = query.scope(code)
    if isinstance(instr, ir.Global):
        symbol = query.program.resolve(module, instr.name, scope)
    elif isinstance(instr, ir.Imported):
        symbol = query.program.imported(module, instr.module, instr.name, instr.level)
    else:
        return None
    if symbol is None or symbol.kind != "variable":
        return None
    home, _, name = symbol.name.partition(":")
    owner, _, attribute = name.rpartition(".")
    body = query.units.code(f"{home}:{owner}")
    written = [i.value for i in body.code if isinstance(i, ir.SetGlobal) and i.name == attribute]
    made = body.code[written[0]] if len(written) == 1 else None
    return (body, made) if isinstance(made, ir.Build) else None


def _entry(code: Code, build: ir.Build, key: ir.Const) -> int:
    """The value under a key; -1 if that cannot be told."""
    if build.many:
        return -1
    if build.kind == "dict":
        for known, value in zip(reversed(build.keys), reversed(build.values), strict=True):
            instr = code.code[known] if known >= 0 else None
            if not isinstance(instr, ir.Const):
                return -1
            if (instr.value, instr.kind) == (key.value, key.kind):
                return value
        return -1
    spread = any(isinstance(code.code[value], ir.Spread) for value in build.values)
    if build.kind not in ("list", "tuple") or spread or not isinstance(key.value, int):
        return -1
    return build.values[key.value] if -len(build.values) <= key.value < len(build.values) else -1
