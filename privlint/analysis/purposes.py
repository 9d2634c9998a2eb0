"""Which purpose a flow serves: what its own call chain declares, innermost first; else what all callers above say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from privlint.analysis.bounds import MAX_PURPOSE_DEPTH, MAX_PURPOSE_UNITS
from privlint.analysis.callees import Callees
from privlint.analysis.code import Code, Lowered
from privlint.analysis.flow import PurposeUse
from privlint.analysis.program import Program
from privlint.analysis.types import TypeQuery

CodePurpose = Callable[[str], "tuple[str, str] | None"]
"""Dotted name of a module, class or function -> (purpose, pattern) that the policy's `[code]` gives it, or None."""

Frame = tuple[str, int, int]


class Purposes:
    def __init__(
        self, query: TypeQuery, code_purpose: CodePurpose, users: Mapping[str, Iterable[str]] = MappingProxyType({})
    ) -> None:
        """`users`: units that a class body is read for by a framework, which calls nothing of it."""
        self._query = query
        self._program: Program = query.program
        self._units: Lowered = query.units
        self._code_purpose = code_purpose
        self._users = users
        self._declared: dict[str, tuple[str, str]] = {}
        self._above: dict[str, tuple[PurposeUse, ...]] = {}

    def of(self, frames: tuple[Frame, ...], line: int) -> tuple[PurposeUse, ...]:
        """`frames` from the outermost call to the sink; `line` is the sink's, for a comment beside it."""
        chain: list[str] = []
        for number, (unit, body, position) in enumerate(reversed(frames)):
            chain.insert(0, Callees.dotted(unit))
            name, how = self._in_frame(unit, body, position, line if number == 0 else 0)
            if name:
                return (PurposeUse(name, how, tuple(dict.fromkeys(chain))),)
        return tuple(
            PurposeUse(use.name, use.declared_by, tuple(dict.fromkeys((*use.chain, *chain))))
            for use in self.above(frames[0][0])
        )

    def unit(self, unit: str) -> tuple[PurposeUse, ...]:
        """Purposes of code of a unit, seen from its definition."""
        name, how = self.declared(unit)
        if name:
            return (PurposeUse(name, how, (Callees.dotted(unit),)),)
        return tuple(PurposeUse(u.name, u.declared_by, (*u.chain, Callees.dotted(unit))) for u in self.above(unit))

    def _in_frame(self, unit: str, body: int, position: int, line: int) -> tuple[str, str]:
        span = self._program.unit_span(unit)
        if line:
            named = self._program.purpose_comments.get((span.path, line), "")
            if named:
                return named, "comment"
        code: Code | None = self._units.code(unit, body)
        while code is not None:
            for start, stop, name in reversed(code.record.purposes):
                if start <= position < stop:
                    return name, "block"
            parent = code.record.parent
            code = self._units.code(unit, parent) if parent >= 0 else None
            position = -1
        return self.declared(unit)

    def declared(self, unit: str) -> tuple[str, str]:
        """(purpose, how) that a unit itself declares: decorators of the function, of its classes, the `[code]` map."""
        found = self._declared.get(unit)
        if found is None:
            found = self._declared[unit] = self._find_declared(unit)
        return found

    def _find_declared(self, unit: str) -> tuple[str, str]:
        decorators = self._program.purpose_decorators
        if unit in decorators:
            return decorators[unit], "decorator"
        module, _, qualname = unit.partition("#")[0].partition(":")
        parts = qualname.split(".") if qualname else []
        for length in range(len(parts), 0, -1):
            name = f"{module}.{'.'.join(parts[:length])}"
            if name in decorators:
                return decorators[name], "decorator"
        mapped = self._code_purpose(Callees.dotted(unit))
        return (mapped[0], "code") if mapped else ("", "")

    def above(self, unit: str) -> tuple[PurposeUse, ...]:
        """Purposes of all callers of a unit, by the index alone. An entry point or no caller: none ("")."""
        found = self._above.get(unit)
        if found is None:
            found = self._above[unit] = self._climb(unit)
        return found

    def _climb(self, start: str) -> tuple[PurposeUse, ...]:
        uses: dict[tuple[str, str], PurposeUse] = {}
        seen = {start}
        level: list[tuple[str, tuple[str, ...]]] = [(start, ())]
        for _ in range(MAX_PURPOSE_DEPTH):
            following: list[tuple[str, tuple[str, ...]]] = []
            for unit, chain in level:
                callers = [] if self._is_entry(unit) else [c for c in self._callers(unit) if c != unit]
                if not callers:
                    uses.setdefault(("", ""), PurposeUse("", "", chain))
                for caller in callers:
                    if caller in seen or len(seen) > MAX_PURPOSE_UNITS:
                        continue
                    seen.add(caller)
                    name, how = self.declared(caller)
                    way = (Callees.dotted(caller), *chain)
                    if name:
                        uses.setdefault((name, how), PurposeUse(name, how, way))
                    else:
                        following.append((caller, way))
            level = following
            if not level:
                break
        return tuple(uses[key] for key in sorted(uses)) or (PurposeUse("", ""),)

    def _callers(self, unit: str) -> list[str]:
        if unit in self._users:
            return list(self._users[unit])
        return self._program.callers(unit) if unit in self._program.functions else []

    def _is_entry(self, unit: str) -> bool:
        if unit in self._users:
            return False
        function = self._program.functions.get(unit)
        return function is None or self._query.members.kinds.is_entry(function)
