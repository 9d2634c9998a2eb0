"""Objects that answer for another one: `def __getattr__(self, name): return getattr(self.user, name)`."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.terms import Type, Types, union

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.types import TypeQuery


class Delegation:
    def __init__(self, query: TypeQuery) -> None:
        self._query = query
        self._program = query.program
        self._memo: dict[str, tuple[str, ...]] = {}

    @cached_property
    def attributes(self) -> frozenset[str]:
        """Attributes that hold what an object of some class answers for."""
        owners = (c for c, record in self._program.classes.items() if "__getattr__" in record.methods)
        return frozenset(name for owner in owners for name in self.of(owner))

    def of(self, class_id: str) -> tuple[str, ...]:
        """Attributes of an instance that are asked for every name that the instance does not have."""
        method = self._program.find(class_id, "__getattr__") if class_id in self._program.classes else None
        if method is None or not method.function or self._program.functions[method.function].definition.parent:
            return ()
        found = self._memo.get(method.function)
        if found is None:
            found = self._memo[method.function] = _asked(self._query.units.code(method.function))
        return found

    def holders(self, term: Type, name: str) -> Types:
        """The objects that an instance leaves attribute `name` to."""
        if term.kind != "obj" or term.name not in self._program.classes or self._program.find(term.name, name):
            return ()
        members = self._query.members
        held = (members.attribute((term,), inner) for inner in self.of(term.name) if inner != name)
        return tuple(t for t in union(*held) if t != term)


def _asked(code: Code) -> tuple[str, ...]:
    """The attributes of the first parameter that the body reads the attribute off which the second one names."""
    found: dict[str, None] = {}
    for call in code.calls_of(("getattr",)):
        plain = [code.code[code.original(arg.value)] for arg in call.args if not arg.name]
        if len(plain) < 2 or not isinstance(plain[0], ir.Load):
            continue
        asked = code.code[code.original(plain[0].base)]
        if _is_param(asked, 0) and _is_param(plain[1], 1):
            found[plain[0].attr] = None
    return tuple(found)


def _is_param(instr: ir.AnyInstr, index: int) -> bool:
    return isinstance(instr, ir.Param) and instr.index == index
