"""The arguments of a call of a library, by the parameters that its model names."""

from __future__ import annotations

from privlint import ir


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
