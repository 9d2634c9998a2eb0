"""Local variables that are declared, by annotation or by a comment on their line: only lowered bodies know them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from privlint import ir
from privlint.analysis.code import Lowered
from privlint.analysis.flow import Declaration
from privlint.analysis.program import Program

Site = tuple[str, int, int]
"""(unit, body, position of the instruction that makes the value)."""

Places = Callable[[str, Iterable[int]], Mapping[int, "tuple[ir.Place, str]"]]

_NO_VALUES = (ir.SetCell, ir.SetGlobal, ir.Return, ir.Raise, ir.After, ir.Store, ir.StoreItem, ir.Param)


def declared_variables(program: Program, units: Lowered, locate: Places) -> list[tuple[Site, Declaration]]:
    """Declarations of local variables, in order of units."""
    return [*_annotated(program, units), *_commented(program, units, locate)]


def _commented(program: Program, units: Lowered, locate: Places) -> list[tuple[Site, Declaration]]:
    """What a comment inside a function speaks of: the value of its line, the longest expression that ends there."""
    found: list[tuple[Site, Declaration]] = []
    for (path, line), mark in sorted(program.declarations.line_marks.items()):
        unit = program.unit_at(path, line)
        best: tuple[tuple[int, int], Site] | None = None
        for code in units.codes(unit):
            made = [(n, i.at) for n, i in enumerate(code.code) if not isinstance(i, _NO_VALUES)]
            places = locate(unit, sorted({at for _, at in made}))
            for position, at in made:
                place = places[at][0]
                if place.line <= line == place.end_line:
                    size = (place.end_line - place.line, place.end_column - place.column)
                    if best is None or size >= best[0]:
                        best = (size, (unit, code.body, position))
        if best is not None:
            name = f"{unit.partition('#')[0].replace(':', '.')}.<local>"
            declared = Declaration(name, mark.categories, mark.subjects, mark.role, "comment", path, line, 1)
            found.append((best[1], declared))
    return found


def _annotated(program: Program, units: Lowered) -> list[tuple[Site, Declaration]]:
    wanted = sorted(_mentioning(program))
    units.prepare(wanted)
    found: list[tuple[Site, Declaration]] = []
    for unit in wanted:
        for code in units.codes(unit):
            for position, instr in enumerate(code.code):
                if isinstance(instr, ir.Typed) and not instr.narrowed:
                    declared = _declaration(program, unit, instr.annotation)
                    if declared is not None:
                        found.append(((unit, code.body, position), declared))
    return found


def _declaration(program: Program, unit: str, annotation: ir.Expr) -> Declaration | None:
    module, _, scope = unit.partition("#")[0].partition(":")
    mark = program.declarations.from_annotation(module, scope, annotation)
    if mark is None:
        return None
    span = program.unit_span(unit)
    name = f"{module}.{scope}.<local>"
    return Declaration(name, mark.categories, mark.subjects, mark.role, "annotation", span.path, span.first_line, 1)


def _mentioning(program: Program) -> set[str]:
    """Function units that mention a name which can declare: `Annotated`, or an alias that carries a marker."""
    names = {"Annotated"}
    for module in program.modules.values():
        names.update(
            f.name for f in module.index.fields if f.where == "module" and _marks(program, module.name, f.name)
        )
    names.update(other for name in sorted(names) for other in program.lookups.called_too(name))
    found: set[str] = set()
    for name in sorted(names):
        for home, unit in program.lookups.mentions(name):
            if name == "Annotated" or _marks(program, home, name):
                found.update(u for u in program.lookups.ids(home, unit) if u in program.functions)
    return found


def _marks(program: Program, module: str, name: str) -> bool:
    symbol = program.resolve(module, name)
    if symbol is None or symbol.kind != "variable":
        return False
    return program.declarations.from_annotation(module, "", ir.Expr("name", name)) is not None
