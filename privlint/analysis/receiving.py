"""On which objects a method works: which context of a caller has what comes back from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.keys import versions

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.facts import Context
    from privlint.analysis.solver import Solver
    from privlint.analysis.targets import Target


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
        only, and so have those that call it in turn."""
        owner = context.owner or self.class_of(context.code)
        receiver = target.receiver
        if receiver < 0 and owner and target.args and target.result == "return":  # `Base.method(self)`
            receiver = target.args[0].value if self.is_own(code, target.args[0].value) else -1
        if not owner or receiver < 0 or target.fits:
            return self._s.own(code)
        kin = self._s.program.lookups.kin(owner)
        if self.is_own(code, receiver):
            here = self.class_of(code)
            if here == owner or self._s.program.is_subclass(here, owner):
                return self._s.own(code)
            return self._s.own(code, owner) if here in kin else None
        classes = self.classes(code, receiver)
        if not classes:
            return None if context.owner else self._s.own(code)
        return self._s.own(code) if any(name in kin for name in classes) else None

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
