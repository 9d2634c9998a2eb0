"""Where a body is called: every instruction that may do so, explicit or not, found through the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.bounds import MAX_CALLERS_FOR_WRITES, MAX_GUESSED_CALLERS
from privlint.analysis.formatted import FORMATTING, formatting_sites
from privlint.analysis.implicit import called_by
from privlint.analysis.targets import Target

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.solver import Solver


class CallSites:
    def __init__(self, solver: Solver) -> None:
        self._s = solver
        self._program = solver.program
        self._units = solver.units
        self._known: dict[tuple[str, int, bool], list[tuple[Code, int, Target]]] = {}
        self._aliases = self._imported_as()

    def of(self, code: Code, *, guessed: bool = True) -> list[tuple[Code, int, Target]]:
        """Every instruction that may call this body, with the callee as seen from there. Not `guessed`: only where the
        index knows the receiver, so that few units are read for it."""
        key = (code.unit, code.body, guessed)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._find(code, guessed)
        return found

    def _find(self, code: Code, guessed: bool) -> list[tuple[Code, int, Target]]:
        given = self._injected(code)
        if not code.body and code.unit not in self._program.functions:  # nobody calls the body of a module or a class
            return []
        lookups = self._program.lookups
        units = self._around(code) if code.body else lookups.callers(code.unit, guessed=guessed)
        if guessed and len(units) > MAX_GUESSED_CALLERS:  # a name such as `get`, which tells nothing
            self._s.cut += 1
            units = lookups.callers(code.unit, guessed=False)
        units = (
            units if code.body else list(dict.fromkeys((*units, *self._s.query.members.registries.callers(code.unit))))
        )
        self._units.prepare(units)
        emitters = [] if code.body else self._s.query.members.signals.emitters(code.unit)
        self._units.prepare(emitters)
        names = frozenset() if emitters else self._called_as(code)
        units = [*units, *(unit for unit in emitters if unit not in units)]
        found = []
        for unit in units:
            for caller in self._units.codes(unit):
                for position in caller.calls:
                    if names and not (caller.names[position] in names or caller.names[position] == ""):
                        continue
                    found += [
                        (caller, position, target)
                        for target in self._s.callees.of(caller, position)
                        if target.kind == "body" and target.name == code.unit and target.body == code.body
                    ]
        return given + found + self._implicit(code)

    def _injected(self, code: Code) -> list[tuple[Code, int, Target]]:
        """Parameters that a framework gives what the body returns."""
        injected = self._s.query.injected
        takers = injected.takers(code.unit, code.body)
        self._units.prepare([unit for unit, _ in takers])
        result = "element" if takers and injected.is_generator(code.unit, code.body) else "return"
        target = Target("body", code.unit, code.body, result=result)
        places = ((taker, self._s.param(taker, index)) for unit, index in takers for taker in [self._units.code(unit)])
        return [(taker, value, target) for taker, value in places if value >= 0]

    def _around(self, code: Code) -> list[str]:
        """Units that may call a nested body: its own and, if a module's table holds it, those that read the table."""
        module, _, owner = code.unit.partition(":")
        if owner:
            return [code.unit]
        body = self._units.code(code.unit)
        held = [p for p, i in enumerate(body.code) if isinstance(i, ir.Function) and i.body == code.body]
        readers: list[str] = []
        for name in _tables_of(body, held):
            readers += self._program.global_readers(module, name)
        if len(readers) > MAX_CALLERS_FOR_WRITES:
            self._s.cut += 1
            return [code.unit]
        return list(dict.fromkeys((code.unit, *readers)))

    def _implicit(self, code: Code) -> list[tuple[Code, int, Target]]:
        """Instructions that call a method of a class without its name, in units that name the class."""
        function = self._program.functions.get(code.unit) if not code.body else None
        kinds = called_by(function.name) if function is not None else ()
        if function is None or not function.owner or not (kinds or function.name in FORMATTING):
            return []
        owners = (function.owner, *self._program.heirs(function.owner))
        units = {unit for owner in owners for unit in self._program.mentions_class(owner)}
        if not kinds:
            records = (self._program.classes[owner] for owner in owners)
            units.update(self._program.unit_of(each) for record in records for each in record.methods.values())
            self._units.prepare(sorted(units))
            codes = (caller for unit in sorted(units) for caller in self._units.codes(unit))
            return list(formatting_sites(self._s, function, codes))
        self._units.prepare(sorted(units))
        return [
            (caller, position, target)
            for unit in sorted(units)
            for caller in self._units.codes(unit)
            for position, instr in enumerate(caller.code)
            if isinstance(instr, kinds)
            for target in self._s.callees.of(caller, position)
            if target.kind == "body" and target.name == code.unit and target.body == 0
        ]

    def _called_as(self, code: Code) -> frozenset[str]:
        """Last names that a call of this body can have; empty: any."""
        function = self._program.functions.get(code.unit)
        if code.body or function is None:
            return frozenset()
        if function.name.startswith("__"):
            return frozenset()
        return frozenset({function.name, *self._aliases.get(function.name, ())})

    def _imported_as(self) -> dict[str, set[str]]:
        """Other names that imports give to a name."""
        found: dict[str, set[str]] = {}
        for module in self._program.modules.values():
            for imported in module.index.imports:
                if imported.name and imported.bound != imported.name:
                    found.setdefault(imported.name, set()).add(imported.bound)
        return found


def _tables_of(code: Code, values: list[int]) -> list[str]:
    """Variables of a module that its body binds to displays, or to what calls give, with one of `values` in them."""
    pending, seen = list(values), set(values)
    names: dict[str, None] = {}
    while pending:
        current = pending.pop()
        for position in code.uses.get(current, ()):
            instr = code.code[position]
            if isinstance(instr, ir.SetGlobal):
                names[instr.name] = None
            elif isinstance(instr, ir.Build | ir.Call) and position not in seen:
                seen.add(position)
                pending.append(position)
    return list(names)
