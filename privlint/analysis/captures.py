"""What a callable carries along: arguments that `partial` was given, variables that a closure captured.

A callable that carries data is an object with fields. `"<0>"` and `"<=name>"` below it are arguments, `"<body:name>"`
the variable of an enclosing body. The facts travel with the callable and go in where it is called.
"""

from __future__ import annotations

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.paths import Path

def given(position: int) -> str:
    """The element of an argument that was given ahead, by position."""
    return f".<{position}>"


def given_name(name: str) -> str:
    """The element of an argument that was given ahead, by keyword."""
    return f".<={name}>"


def captured(body: int, name: str) -> str:
    """The element of variable `name` of enclosing body `body`."""
    return f".<{body}:{name}>"


def is_carried(path: Path) -> bool:
    """Whether a fact lies in what a callable carries along."""
    return bool(path) and isinstance(path[0], str) and path[0].startswith(".<")


def argument_of(element: object) -> int | str | None:
    """The position or keyword that an element stands for; None if it is no argument."""
    if not isinstance(element, str) or not element.startswith(".<"):
        return None
    text = element[2:-1]
    if text.startswith("="):
        return text[1:]
    return int(text) if text.isdecimal() else None


def readers_of(code: Code, element: object, nested: dict[int, frozenset[str]]) -> list[tuple[int, bool]]:
    """Positions in a closure's body where a captured variable comes in: (position, whether it is only handed on to a
    function that is nested in turn). `nested` are the elements that each body of the unit captures."""
    found: list[tuple[int, bool]] = []
    for position, instr in enumerate(code.code):
        if isinstance(instr, ir.Cell) and captured(instr.body, instr.name) == element:
            found.append((position, False))
        elif isinstance(instr, ir.Function) and element in nested.get(instr.body, frozenset()):
            found.append((position, True))
    return found


def captured_by(bodies: list[ir.Body]) -> dict[int, frozenset[str]]:
    """For each body of a unit, the captured variables that it or a function nested in it reads."""
    found: dict[int, set[str]] = {}
    for number, body in enumerate(bodies):
        cells = (instr for instr in body.code if isinstance(instr, ir.Cell) and instr.body != number)
        found[number] = {captured(instr.body, instr.name) for instr in cells}
    for number in range(len(bodies)):
        inner, outer = number, bodies[number].parent
        while outer >= 0:
            found[outer] |= {element for element in found[inner] if not element.startswith(f".<{outer}:")}
            inner, outer = outer, bodies[outer].parent
    return {number: frozenset(elements) for number, elements in found.items()}
