"""What a callable carries along: arguments that `partial` was given, variables that a closure captured.

A callable that carries data is an object with fields. `".<0>"` below it is the first argument that was given ahead,
`".<2:name>"` the variable `name` of enclosing body number 2. Such facts travel with the callable and go in where it is
called: an argument as if it stood in the call (under a value that no instruction has), a variable where it is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.paths import Path

if TYPE_CHECKING:
    from privlint.analysis.code import Code

GIVEN_PORTS = 10_000_000  # exits from here up: data passed to a function that the body was given, by call and argument
PORTS_PER_CALL = 32
GIVEN_SELF = PORTS_PER_CALL - 1  # the port of what that function itself carries along
RECEIVER = 31  # the number under which a method that is kept as a value carries its object
_FIRST_PLACE = 1_000  # values from here down stand for arguments that are not written in the call
_PLACES_PER_CALL = 32
_ESCAPES = (ir.Return, ir.Yield, ir.Store, ir.StoreItem, ir.Build, ir.SetGlobal, ir.Join)


def given(number: int) -> str:
    """The element of argument `number` of those that were given ahead."""
    return f".<{number}>"


def receiver_of(func: int) -> int:
    """The value that stands for the object which the method `func`, a value, was taken from."""
    return place_of(func, RECEIVER)


def method_of(place: int) -> int:
    """The method whose object a value stands for; -1 if it stands for something else."""
    func, number = divmod(-_FIRST_PLACE - place, _PLACES_PER_CALL)
    return func if place <= -_FIRST_PLACE and number == RECEIVER else -1


def captured(body: int, name: str) -> str:
    """The element of variable `name` of enclosing body `body`."""
    return f".<{body}:{name}>"


def is_carried(path: Path) -> bool:
    """Whether a fact lies in what a callable carries along."""
    return bool(path) and isinstance(path[0], str) and path[0].startswith(".<")


def lies_in_closure(path: Path) -> bool:
    """Whether a fact lies in a variable that a function, wherever it is kept, has captured."""
    return any(isinstance(element, str) and element.startswith(".<") and ":" in element for element in path)


def argument_number(path: Path) -> int:
    """The number of the argument that a carried fact lies in; -1 if it lies in a captured variable."""
    text = str(path[0])[2:-1]
    return int(text) if text.isdecimal() else -1


def place_of(func: int, number: int) -> int:
    """The value that stands for argument `number` of those that the callable `func` was given ahead."""
    return -_FIRST_PLACE - func * _PLACES_PER_CALL - min(number, _PLACES_PER_CALL - 1)


def entries(code: Code, element: object, nested: dict[int, frozenset[str]]) -> list[tuple[int, bool]]:
    """Positions in a closure's body where a captured variable comes in: (position, whether it is only handed on to a
    function that is nested in turn). `nested` is what each body of the unit captures."""
    found: list[tuple[int, bool]] = []
    for position, instr in enumerate(code.code):
        if isinstance(instr, ir.Cell) and captured(instr.body, instr.name) == element:
            found.append((position, False))
        elif isinstance(instr, ir.Function) and element in nested.get(instr.body, frozenset()):
            found.append((position, True))
    return found


def escaping(
    code: Code, element: str, nested: dict[int, frozenset[str]], takes: Callable[[Code, int, int], bool]
) -> list[int]:
    """Functions made in a body that capture a variable of it and leave it as a value. `takes` tells whether the call at
    a position calls a body of the program with a value."""
    return [
        position
        for position, instr in enumerate(code.code)
        if isinstance(instr, ir.Function)
        and element in nested.get(instr.body, frozenset())
        and any(
            isinstance(code.code[use], _ESCAPES) or takes(code, use, position) for use in code.uses.get(position, ())
        )
    ]


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
