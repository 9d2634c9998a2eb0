"""On which objects a method works: which context of a caller has what comes back from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.bounds import MAX_OVERRIDING_HEIRS
from privlint.analysis.facts import HAS
from privlint.analysis.keys import versions

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.facts import Context
    from privlint.analysis.program import Function
    from privlint.analysis.solver import Solver
    from privlint.analysis.targets import Target
    from privlint.analysis.terms import Type


class Receiving:
    def __init__(self, solver: Solver) -> None:
        self._s = solver

    def is_vague(self, code: Code, target: Target) -> bool:
        """Whether nothing is known of the object that a method is called on."""
        return target.receiver >= 0 and not self.classes(code, target.receiver)

    def classes(self, code: Code, receiver: int) -> list[str]:
        types = self._s.query.of(code, receiver)
        return [t.name for t in types if t.kind in ("obj", "class") and t.name in self._s.program.classes]

    def context(self, context: Context, code: Code, target: Target) -> Context | None:
        """The context of a caller that a body's own data comes back to; None if the caller has another kind of object.

        A method of a base class that calls `self.name()` has what the `name` of one heir gives on objects of that heir
        only, and so have those that call it in turn; and what its own class gives, only where no heir has another."""
        owner = context.owner or self.class_of(context.code)
        receiver = target.receiver
        if receiver < 0 and owner and target.args and target.result == "return":  # `Base.method(self)`
            receiver = target.args[0].value if self.is_own(code, target.args[0].value) else -1
        if not owner or receiver < 0 or target.fits:
            return self._s.own(code)
        if self.is_own(code, receiver):
            return self._of_same(context, owner, code)
        types = [t for t in self._s.query.of(code, receiver) if t.kind in ("obj", "class")]
        known = [t for t in types if t.name in self._s.program.classes]
        if not known:
            return None if context.owner else self._s.own(code)
        return self._s.own(code) if any(self._may_be(term, owner) for term in known) else None

    def _of_same(self, context: Context, owner: str, code: Code) -> Context | None:
        """The context of a method that works on the same object."""
        here = self.class_of(code)
        kind, _, name = owner.partition(HAS)
        if name:
            return self._s.own(code, owner) if here in self._s.program.lookups.kin(kind) else None
        if here != owner and not self._s.program.is_subclass(here, owner):
            return self._s.own(code, owner) if here in self._s.program.lookups.kin(owner) else None
        function = self._s.program.functions.get(context.code.unit)
        replaced = function is not None and not context.owner and self._is_replaced(here, function)
        return self._s.own(code, f"{owner}{HAS}{function.name}" if replaced and function is not None else "")

    def _is_replaced(self, here: str, function: Function) -> bool:
        """Whether some heir of `here` has another method in the place of `function`."""
        heirs = self._s.program.heirs(here)
        if len(heirs) > MAX_OVERRIDING_HEIRS or function.definition.parent:
            return False
        found = (self._s.program.find(heir, function.name) for heir in heirs)
        return any(member is not None and member.function not in ("", function.id) for member in found)

    def _may_be(self, term: Type, owner: str) -> bool:
        """Whether an object may be of class `owner`, or have a method as that class has it."""
        kind, _, name = owner.partition(HAS)
        program = self._s.program
        if not name:
            return program.is_subclass(term.name, kind) if term.exact else term.name in program.lookups.kin(kind)
        heirs = () if term.exact else program.heirs(term.name)
        members = (program.find(each, name) for each in (term.name, *heirs[:MAX_OVERRIDING_HEIRS]))
        return any(member is not None and member.owner == kind for member in members)

    def class_of(self, code: Code) -> str:
        """The class whose instance, or heir, the first parameter of a method is; "" for other bodies."""
        function = self._s.program.functions.get(code.unit) if not code.body else None
        if function is None or function.definition.parent or not function.owner:
            return ""
        return "" if self._s.query.members.kinds.is_static(function) else function.owner

    def is_own(self, code: Code, value: int) -> bool:
        """Whether a value is the first parameter of a method, or made by it (`cls()`)."""
        if value < 0 or not self.class_of(code):
            return False
        instr = code.code[code.original(value)]
        found = versions(code, instr.func if isinstance(instr, ir.Call) else value)
        roots = [code.code[each] for each in found if not isinstance(code.code[each], ir.Join)]
        return bool(roots) and all(isinstance(root, ir.Param) and not root.index for root in roots)
