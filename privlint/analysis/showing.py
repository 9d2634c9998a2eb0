"""Formatting: what an object tells when it is made part of a text, printed, logged or raised."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.facts import TOKEN, Context, Fact, Origin
from privlint.analysis.paths import Path, is_item
from privlint.analysis.solver import Solver
from privlint.analysis.targets import Target
from privlint.analysis.terms import Types, obj, union


def show(
    s: Solver, c: Context, at: int, fact: Fact, mask: int, result: str, how: str = "str", *, template: bool = False
) -> None:
    """`fact` lies in or below a value that is formatted at `at`: by `how` ("str", "repr", "format"), items of
    containers by their `__repr__` (unless the container is that of a `template`'s values). `result` "shown" puts what
    is told before the sink at `at`, "return" makes it the value of the instruction."""
    value, path = fact
    types = s.query.of(c.code, value)
    while path and is_item(path[0]):
        element = path[0]
        position = element[1] if isinstance(element, tuple) and isinstance(element[1], int) else None
        types = union(*(s.query.members.item(t, position) or s.query.members.element(t) for t in types))
        path = path[1:]
        how, template = (how if template else "repr"), False
    _Showing(s, c, at, fact, result).below(types, path, mask, how, depth=0)


def show_by(s: Solver, c: Context, at: int, fact: Fact, mask: int, method: str) -> None:
    """A sink takes an object for what its method gives."""
    showing = _Showing(s, c, at, fact, "shown")
    for term in s.query.of(c.code, fact[0]):
        for function in s.callees.methods(term, method) if term.kind == "obj" else ():
            showing.call(function.id, fact[1], mask)


class _Showing:
    """One fact at one formatting."""

    def __init__(self, s: Solver, c: Context, at: int, fact: Fact, result: str) -> None:
        self.s = s
        self.c = c
        self.at = at
        self.fact = fact
        self.result = result

    def below(self, types: Types, path: Path, mask: int, how: str, depth: int) -> None:
        """`path` is what is left of the fact's path below an object of these types."""
        if not path:
            if depth:
                self._tell(mask & self.s.lanes.scalars)
            if self.c.kind != TOKEN:
                for number, lane in self.s.lanes.items(mask & self.s.lanes.carriers):
                    self._carrier(self.s.items.class_of(number), lane, mask, how, {})
            return
        if is_item(path[0]):
            inner = union(*(self.s.query.members.element(t) for t in types))
            self.below(inner, path[1:], mask, "repr", depth)
            return
        name = str(path[0])[1:]
        if not types and name == "args":  # whatever was caught: exceptions show what they were given
            self.below((), path[1:], mask, "repr", depth + 1)
        for term in types:
            shown = self.s.callees.formatting.of(term, how)
            for function in shown.functions:
                self.call(function.id, path, mask)
            if name in shown.fields:
                self.below(self.s.query.members.attribute((term,), name), path[1:], mask, "repr", depth + 1)

    def _carrier(self, owner: str, lane: int, mask: int, how: str, seen: dict[str, None]) -> None:
        """An object that holds declared fields: those that its text shows, and what objects among them show."""
        if owner in seen:
            return
        seen[owner] = None
        shown = self.s.callees.formatting.of(obj(owner, exact=True), how)
        for function in shown.functions:
            self.call(function.id, (), mask)
        held = self.s.items.held(owner)
        for name in sorted(shown.fields):
            if name in held:
                self._tell(self.s.lanes.of(held[name], lane))
            else:
                for number, _ in self.s.relation(owner, name):
                    self._carrier(self.s.items.class_of(number), lane, mask, "repr", seen)

    def call(self, function: str, path: Path, mask: int) -> None:
        target = Target("body", function, 0, (ir.Arg("", self.fact[0]),), self.fact[0], self.result)
        self.s.attend(self.c.code, self.at, target)
        self.s.enter(self.c, self.at, target, self.fact, mask, 0, path)

    def _tell(self, mask: int) -> None:
        origin = Origin("step", self.fact)
        if self.result == "shown":
            self.s.show(self.c, self.at, mask, origin)
        else:
            self.s.add(self.c, self.at, (), mask, origin)
