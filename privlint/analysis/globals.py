"""Module variables as places: what is written to the object behind one is seen wherever the variable is read. So are
the objects that libraries keep under a name (the session of a request), known by their own name in all modules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.facts import Context, Heap, Origin
from privlint.analysis.paths import Path

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.solver import Solver
    from privlint.analysis.symbols import Symbol
    from privlint.analysis.types import TypeQuery

_FIRST_PLACE = 40_000_000_000  # values from here down stand for what a call wrote to a module variable


def variable_heap(query: TypeQuery, module: str, name: str, scope: str = "") -> Heap | None:
    """The place of the variable that `name` is in a module, wherever it is defined."""
    return _heap(query.program.resolve(module, name, scope))


def heap_of(query: TypeQuery, code: Code, value: int) -> Heap | None:
    """The place of the module variable that a value was just read from; None if it is something else."""
    instr = code.code[value] if value >= 0 else None
    module, scope = query.scope(code)
    if isinstance(instr, ir.Global):
        return variable_heap(query, module, instr.name, scope)
    if isinstance(instr, ir.Cell):
        return ("cell", code.unit, str(instr.body), instr.name)
    if isinstance(instr, ir.Imported):
        return _heap(query.program.imported(module, instr.module, instr.name, instr.level))
    if isinstance(instr, ir.Load):
        if instr.attr in query.members.library.shared:
            return shared_heap(query, code, instr)
        for term in query.of(code, instr.base):
            if term.kind == "module" and term.name in query.program.modules:
                return ("global", term.name, instr.attr)
            if term.kind == "class" and term.name in query.program.classes:
                return ("attr", term.name, instr.attr)
    return None


def shared_heap(query: TypeQuery, code: Code, instr: ir.Load | ir.Store) -> Heap | None:
    """The place of an object that is one for all, wherever the attribute is read off such an owner."""
    library = query.members.library
    if instr.attr not in library.shared:
        return None
    lines = [library.line(term.name) for term in query.of(code, instr.base) if term.kind == "obj"]
    owners = (owner for owner in library.shared[instr.attr] for line in lines if owner in line)
    return next((("shared", owner, instr.attr) for owner in owners), None)


def class_heap(query: TypeQuery, code: Code, store: ir.Store) -> Heap | None:
    """The place of a container in the body of a class that nobody assigns anew: all objects share it."""
    for term in query.of(code, store.base):
        found = query.program.find(term.name, store.attr) if term.kind == "obj" else None
        field = found.field if found is not None else None
        if found is None or field is None or field.value is None or field.value.kind not in ("seq", "dict"):
            continue
        if all(each.where == "class" for each in query.program.classes[found.owner].fields[store.attr]):
            return ("attr", found.owner, store.attr)
    return None


def write_global(s: Solver, c: Context, value: int, path: Path, mask: int, origin: Origin) -> bool:
    """A call wrote data below `value`: if that is a module variable's object, the data is there from now on."""
    heap = heap_of(s.query, c.code, value)
    if heap is not None and path:
        fact = (-_FIRST_PLACE - value, path)
        s.add(c, *fact, mask, origin)
        s.export(c, heap, fact, path, mask)
    return heap is not None


def readers_of(query: TypeQuery, heap: Heap) -> list[tuple[Code, int]]:
    """Instructions that read a place of a "global" or an "external" name, or an object that is "shared"."""
    units = units_reading(query, heap)
    query.units.prepare(units)
    codes = (code for unit in units for code in query.units.codes(unit))
    return [(code, value) for code in codes for value in range(len(code.code)) if _reads(query, code, value, heap)]


def units_reading(query: TypeQuery, heap: Heap) -> list[str]:
    lookups = query.program.lookups
    if heap[0] == "shared":
        return lookups.reading(heap[2])
    return lookups.external_readers(heap[1]) if heap[0] == "external" else lookups.global_readers(heap[1], heap[2])


def _reads(query: TypeQuery, code: Code, value: int, heap: Heap) -> bool:
    instr = code.code[value]
    module, scope = query.scope(code)
    if isinstance(instr, ir.Global):
        return _heap(query.program.resolve(module, instr.name, scope)) == heap
    if isinstance(instr, ir.Imported):
        return _heap(query.program.imported(module, instr.module, instr.name, instr.level)) == heap
    if isinstance(instr, ir.Load) and heap[0] == "shared":
        return instr.attr == heap[2] and shared_heap(query, code, instr) == heap
    if isinstance(instr, ir.Load) and heap[0] == "global" and instr.attr == heap[2]:
        return any(term.kind == "module" and term.name == heap[1] for term in query.of(code, instr.base))
    return False


def _heap(symbol: Symbol | None) -> Heap | None:
    if symbol is not None and symbol.kind == "external":
        return ("external", symbol.name)
    module, _, variable = symbol.name.partition(":") if symbol is not None and symbol.kind == "variable" else ("",) * 3
    return ("global", module, variable) if variable and "." not in variable else None
