"""The arguments of a call of a library, by the parameters that its model names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir

if TYPE_CHECKING:
    from privlint.analysis.code import Code


def argument_value(call: ir.Call, params: tuple[str, ...], place: str) -> int:
    """The value given for a parameter, by name or position; -1 if it is not given."""
    position = int(place) if place.isdecimal() else params.index(place) if place in params else -1
    plain = 0
    for arg in call.args:
        if arg.name == "":
            if plain == position:
                return arg.value
            plain += 1
        elif arg.name in ("*", "**"):
            if arg.name == "*":
                return -1
        elif arg.name == place or (0 <= position < len(params) and arg.name == params[position]):
            return arg.value
    return -1


def constant_argument(code: Code, call: ir.Call, params: tuple[str, ...], place: str) -> str | int | None:
    """The text or number that is given for a parameter; None if that is no constant."""
    value = argument_value(call, params, place)
    instr = code.code[value] if value >= 0 else None
    if not isinstance(instr, ir.Const) or isinstance(instr.value, bool):
        return None
    return instr.value if isinstance(instr.value, str | int) else None
