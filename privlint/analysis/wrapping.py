"""Functions that decorators put around others: do they only pass on what they get, or something else?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.code import operands
from privlint.analysis.terms import COMPARISONS

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.types import TypeQuery

_MEASURING = frozenset({"len", "bool", "isinstance", "hash", "id", "type", "callable"})


class Wrapping:
    def __init__(self, query: TypeQuery) -> None:
        self._query = query
        self._memo: dict[tuple[str, int], bool] = {}

    def rearranges(self, code: Code) -> bool:
        """Whether a function that a decorator made calls the decorated one with other arguments than its own, or does
        not give back what that returns."""
        key = (code.unit, code.body)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._rearranges(code)
        return found

    def is_decorated(self, code: Code, func: int) -> bool:
        """Whether a called value is the function that the decorator around this body was given."""
        instr = code.code[func]
        if not code.body or not isinstance(instr, ir.Cell) or instr.body == code.body:
            return False
        params = self._query.units.record(code.unit, instr.body).params
        named = any(param.name == instr.name for param in params[:2])
        return named and self.rearranges(code) and self._query.decorating.is_decorator(code.unit)

    def _rearranges(self, code: Code) -> bool:
        return self.drops(code) or any(not self._passes_on(code, call) for call in self._calls(code).values())

    def _calls(self, code: Code) -> dict[int, ir.Call]:
        """Calls of the decorated function."""
        return {
            position: instr
            for position, instr in enumerate(code.code)
            if isinstance(instr, ir.Call) and self._calls_parameter(code, instr)
        }

    def drops(self, code: Code) -> bool:
        """Whether nothing of what the decorated function returns is given back."""
        calls = self._calls(code)
        if not calls:
            return not any(self._is_parameter(code, instr) for instr in code.code)
        return not any(self._reaches(code, instr.value, calls) for instr in code.code if isinstance(instr, ir.Return))

    def _calls_parameter(self, code: Code, call: ir.Call) -> bool:
        return self._is_parameter(code, code.code[call.func])

    def _is_parameter(self, code: Code, instr: ir.AnyInstr) -> bool:
        """Whether an instruction reads the function that the decorator was given."""
        if not isinstance(instr, ir.Cell) or instr.body == code.body:
            return False
        params = self._query.units.record(code.unit, instr.body).params
        return any(param.name == instr.name for param in params[:2])

    def _passes_on(self, code: Code, call: ir.Call) -> bool:
        """Whether the call passes every parameter on, each in its own place."""
        wanted = []
        for param in code.record.params:
            name = {"*": "*", "**": "**", "kw": param.name}.get(param.kind, "")
            wanted.append((name, param.name))
        given = []
        for arg in call.args:
            instr = code.code[code.original(arg.value)] if arg.value >= 0 else None
            known = code.record.params[instr.index].name if isinstance(instr, ir.Param) else ""
            given.append((arg.name, known))
        return given == wanted

    def _reaches(self, code: Code, value: int, calls: dict[int, ir.Call]) -> bool:
        """Whether a value is made of the result of one of these calls."""
        pending, seen = [value], set[int]()
        while pending:
            each = pending.pop()
            if each in calls:
                return True
            if each not in seen and each >= 0:
                seen.add(each)
                pending += () if self._measures(code, code.code[each]) else operands(code.code[each])
        return False

    @staticmethod
    def _measures(code: Code, instr: ir.AnyInstr) -> bool:
        """`len(value)`, `value == other`: nothing of the value is left."""
        if isinstance(instr, ir.Operate):
            return instr.operator in COMPARISONS
        func = code.code[instr.func] if isinstance(instr, ir.Call) else None
        return isinstance(func, ir.Global) and func.name in _MEASURING
