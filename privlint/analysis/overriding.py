"""Methods that do something else on an heir: a template method calls `self.step()`, and the class of the object tells
which one that is.

A context of such a method is entered for the class of its object where the caller knows it (`Context.owner`), and what
is called on `self` in it is then what that class has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.bounds import MAX_OVERRIDING_HEIRS
from privlint.analysis.facts import EXACT, HAS, class_of_owner
from privlint.analysis.terms import HEIR

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.facts import Context
    from privlint.analysis.solver import Solver
    from privlint.analysis.targets import Target


class Overriding:
    def __init__(self, solver: Solver) -> None:
        self._s = solver
        self._program = solver.program
        self._found: dict[tuple[str, str, str], frozenset[str]] = {}
        self._depends: dict[Code, bool] = {}

    # ------------------------------------------------------------------------------------------------------ entering

    def owner(self, context: Context, position: int, target: Target, code: Code) -> str:
        """The class of the object that `code`, the body of `target`, works on, where it matters to it; "" if that is
        not known."""
        defined = self._s.receiving.class_of(code)
        if not defined or not self._matters(code, defined):
            return ""
        found = self._class(context, position, target)
        name = class_of_owner(found)
        if name not in self._program.classes or not self._program.is_subclass(name, defined):
            return ""
        return found if found != defined else ""

    def _class(self, context: Context, position: int, target: Target) -> str:
        code = context.code
        receiver = target.receiver
        if target.result == "self":
            receiver = position
        elif receiver < 0 and target.args:  # `Base.method(self)`
            receiver = target.args[0].value
        if receiver < 0:
            return ""
        if self._s.receiving.is_own(code, receiver) or self._skipped(code, receiver):
            return context.owner or self._s.receiving.class_of(code)
        types = self._s.query.of(code, receiver)
        if len(types) != 1 or types[0].kind not in ("obj", "class"):
            return ""
        named = types[0].kind == "class" and types[0].attr != HEIR
        return types[0].name + (EXACT if types[0].exact or named else "")

    def _matters(self, code: Code, defined: str) -> bool:
        """Whether a method calls, on its own object, what heirs of its class have of their own."""
        known = self._depends.get(code)
        if known is None:
            self._depends[code] = False  # what calls itself does not depend on that
            known = self._depends[code] = any(self._varies(code, defined, instr) for instr in code.code)
        return known

    def _varies(self, code: Code, defined: str, instr: ir.AnyInstr) -> bool:
        if not isinstance(instr, ir.Load) or instr.attr not in self._s.callees.method_names:
            return False
        after = self._skipped(code, instr.base)
        if not after and not self._s.receiving.is_own(code, instr.base):
            return False
        functions = self._functions(defined, instr.attr, after)
        if len(functions) != 1:
            return len(functions) > 1
        inner = self._s.units.code(next(iter(functions)))
        return self._matters(inner, self._s.receiving.class_of(inner))

    # ------------------------------------------------------------------------------------------------ what is called

    def fitting(self, context: Context, position: int, targets: tuple[Target, ...]) -> tuple[Target, ...]:
        """Those of `targets`, called in `context` by the instruction at `position`, that its object has."""
        if len(targets) < 2:
            return targets
        after = self._after(context.code, position)
        return tuple(target for target in targets if self._fits(context, target, after))

    def _after(self, code: Code, position: int) -> str:
        """The class behind which the instruction looks a method up (`super()`); "" if it does not."""
        instr = code.code[position]
        func = code.code[instr.func] if isinstance(instr, ir.Call) else instr
        return self._skipped(code, func.base) if isinstance(func, ir.Load) else ""

    def _skipped(self, code: Code, value: int) -> str:
        if not isinstance(code.code[value], ir.Call | ir.After):  # `super()`
            return ""
        return next((term.name for term in self._s.query.of(code, value) if term.kind == "super"), "")

    def _fits(self, context: Context, target: Target, after: str) -> bool:
        code = context.code
        if target.kind != "body" or target.body or target.name not in self._program.functions:
            return True
        if not after and not self._s.receiving.is_own(code, target.receiver):
            return True
        name = self._program.functions[target.name].name
        if target.name not in self._functions(self._s.receiving.class_of(code), name, after):
            return True
        return target.name in self._functions(context.owner, name, after)

    def _functions(self, owner: str, name: str, after: str) -> frozenset[str]:
        """What `name` is on the instances of a class and its heirs; nothing where there are too many of them."""
        key = (owner, name, after)
        found = self._found.get(key)
        if found is None:
            members = (self._program.find(each, name, after) for each in self._instances(owner))
            found = frozenset(member.function for member in members if member is not None and member.function)
            self._found[key] = found
        return found

    def _instances(self, owner: str) -> list[str]:
        """The classes that an object may be of; none where they are too many to ask."""
        kind, step = class_of_owner(owner), owner.partition(HAS)[2]
        heirs = () if owner.endswith(EXACT) else self._program.heirs(kind)
        if len(heirs) > MAX_OVERRIDING_HEIRS:
            return []
        own = self._program.find(kind, step) if step else None
        return [each for each in (kind, *heirs) if not step or self._program.find(each, step) == own]
