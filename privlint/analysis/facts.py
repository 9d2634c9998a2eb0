"""The tables of the tabulation: contexts, facts, where each fact came from."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import msgspec

from privlint.analysis.bounds import FACTS_PER_INSTRUCTION, MAX_FACTS_PER_CONTEXT
from privlint.analysis.code import Code
from privlint.analysis.paths import Element, Path, Tags
from privlint.analysis.targets import Target

RAISED = -2  # the pseudo value of what leaves a body as an exception
RETURN = -1  # the exit port of what a body returns; a parameter's number is that of what its object became

Fact: TypeAlias = tuple[int, Path]
Heap: TypeAlias = tuple[str, ...]
"""A place outside of bodies: ("global", module, name), ("external", dotted name), ("attr", class, name),
("shared", class of a library, attribute),
("cell", unit, body, name),
("self", class, attribute): what a method left in `self` where no caller is known."""


EXACT = "!"
HAS = ":"


def class_of_owner(owner: str) -> str:
    """The class that `Context.owner` names."""
    return owner.partition(HAS)[0].rstrip(EXACT)


class Display(NamedTuple):
    """A display of a mapping: the element of each item, the last item of each element, the items of each value, and
    what it says of itself."""

    elements: list[Element]
    last: dict[Element, int]
    places: dict[int, list[int]]
    tags: Tags


class Origin(msgspec.Struct, frozen=True, gc=False):
    """Where a fact came from. `kind`:

    "seed"    a declared item begins here: a read, or the birth of an object
    "entry"   what the context was entered with
    "step"    from fact `fact` of the same context
    "result"  from fact `fact` through callee `context`, leaving it by `exit`
    "back"    from a callee's own data, leaving `context` by `exit`
    "heap"    from fact `fact` of `context`, through `heap`
    """

    kind: str
    fact: Fact | None = None
    context: int = -1
    exit: Fact | None = None
    heap: Heap | None = None
    item: int = -1


class Caller(msgspec.Struct, frozen=True, gc=False):
    """A call that entered a context: at `position` of `context`'s body, with fact `fact`."""

    context: int
    position: int
    fact: Fact
    target: Target


class Context:
    """The facts of one body under one entry fact.

    `kind` -1: the body's own data (no entry fact), masks hold items. -2: entered with a scalar, masks hold the token
    (item 0), and `mask` is what the token stands for. 0 or more: entered with a carrier of that item; masks hold items.
    `owner`: the body works on an instance of that class or of its heirs, "" for any instance; "Base!" is no heir of
    `Base`, "Base:step" has the method `step` of `Base`.
    """

    __slots__ = (
        "callers",
        "code",
        "deep",
        "exits",
        "exports",
        "facts",
        "id",
        "kind",
        "links",
        "mask",
        "origins",
        "owner",
        "path",
        "port",
    )

    def __init__(self, number: int, code: Code, kind: int, port: int, path: Path, owner: str = "") -> None:
        self.id = number
        self.owner = owner
        self.code = code
        self.kind = kind
        self.port = port
        self.path = path
        self.mask = 0
        self.facts: dict[Fact, int] = {}
        self.deep = 0
        self.origins: dict[Fact, list[tuple[int, Origin]]] = {}
        self.callers: dict[Caller, None] = {}
        self.exits: dict[Fact, int] = {}
        self.exports: dict[tuple[Heap, Fact, Path], int] = {}
        self.links: dict[tuple[int, Fact], int] = {}

    def has_room(self, path: Path) -> bool:
        """Whether one more fact is followed. A long body has many plain ones; what grows beyond measure lies deep."""
        if len(path) > 1:
            return self.deep < MAX_FACTS_PER_CONTEXT
        plain = len(self.facts) - self.deep
        return plain < max(MAX_FACTS_PER_CONTEXT, FACTS_PER_INSTRUCTION * len(self.code.code))


OWN = -1
TOKEN = -2
