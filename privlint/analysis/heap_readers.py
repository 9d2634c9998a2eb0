"""Who reads a place outside of bodies: a module's name, an attribute, a captured variable, a default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.bounds import MAX_CALLERS_FOR_WRITES
from privlint.analysis.globals import readers_of

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.facts import Heap
    from privlint.analysis.solver import Solver


class HeapReaders:
    def __init__(self, solver: Solver) -> None:
        self._s = solver
        self._program = solver.program
        self._units = solver.units
        self._known: dict[Heap, list[tuple[Code, int]]] = {}
        self._kept: dict[tuple[str, str], list[tuple[Code, int]]] = {}

    def kept_closures(self, unit: str, element: str) -> list[tuple[Code, int]]:
        """Functions that a body made and gave its callers, where they call them: those that captured a variable."""
        found = self._kept.get((unit, element))
        if found is None:
            found = self._kept[unit, element] = self._find_kept(unit, element)
        return found

    def _find_kept(self, unit: str, element: str) -> list[tuple[Code, int]]:
        if unit not in self._program.functions:
            return []
        holding = {body for body, elements in self._units.captured(unit).items() if element in elements}
        callers = self._program.lookups.callers(unit, guessed=False)
        if len(callers) > MAX_CALLERS_FOR_WRITES:
            self._s.cut += 1
            return []
        self._units.prepare(callers)
        codes = [code for caller in callers if caller != unit for code in self._units.codes(caller)]
        return [
            (code, instr.func)
            for code in codes
            for instr in code.code
            if isinstance(instr, ir.Call)
            and any(
                t.kind == "closure" and t.name == unit and t.body in holding for t in self._s.query.of(code, instr.func)
            )
        ]

    def of(self, heap: Heap) -> list[tuple[Code, int]]:
        """Instructions that read a place outside of bodies."""
        found = self._known.get(heap)
        if found is None:
            found = self._known[heap] = self._find(heap)
        return found

    def _find(self, heap: Heap) -> list[tuple[Code, int]]:
        if heap[0] == "cell":
            codes = [c for c in self._units.codes(heap[1]) if c.live]
            return [
                (c, v) for c in codes for v, i in enumerate(c.code) if isinstance(i, ir.Cell) and _same_cell(i, heap)
            ]
        if heap[0] in ("global", "external", "shared"):
            return readers_of(self._s.query, heap)
        if heap[0] == "default":
            code = self._units.code(heap[1], int(heap[2]))
            value = self._s.param(code, int(heap[3]))
            return [(code, value)] if value >= 0 else []
        if heap[0] == "self":
            return self._s.state.readers(heap[1], heap[2])
        units = self._program.readers(heap[1], heap[2])
        self._units.prepare(units)
        codes = [c for unit in units for c in self._units.codes(unit)]
        return [(c, v) for c in codes for v, i in enumerate(c.code) if self._reads_attribute(c, i, heap)]

    def _reads_attribute(self, code: Code, instr: ir.AnyInstr, heap: Heap) -> bool:
        if not isinstance(instr, ir.Load) or instr.attr != heap[2]:
            return False
        return any(
            t.kind in ("obj", "class") and self._program.is_subclass(t.name, heap[1])
            for t in self._s.query.of(code, instr.base)
        )


def _same_cell(instr: ir.Cell, heap: Heap) -> bool:
    return str(instr.body) == heap[2] and instr.name == heap[3]
