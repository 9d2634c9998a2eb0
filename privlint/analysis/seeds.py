"""Where facts begin: reads of declared fields, and births of objects that hold them."""

from __future__ import annotations

from collections import Counter

from privlint import ir
from privlint.analysis.bounds import MAX_CALLERS_FOR_TYPES
from privlint.analysis.code import Code
from privlint.analysis.facts import RETURN, Origin
from privlint.analysis.paths import Path
from privlint.analysis.program import Program
from privlint.analysis.solver import Solver

Receivers = tuple[dict[tuple[str, str], Counter[str]], Counter[tuple[str, str]]]
"""((unit, attribute) -> how often it is read from each receiver, (unit, text) -> how often an attribute of it is)."""


class Seeds:
    def __init__(self, solver: Solver, variables: dict[tuple[str, int, int], int]) -> None:
        """`variables`: items of declared local variables, by where they are bound."""
        self._s = solver
        self._variables_at = variables
        self._program = solver.program
        self._declared = solver.program.declarations
        self._names: dict[str, list[str]] = {}  # declared attribute -> classes
        for owner, name in sorted(self._declared.fields):
            self._names.setdefault(name, []).append(owner)
        self.reads: list[tuple[str, int, int, int]] = []  # (unit, body, position, item) of every read that was found
        self._receivers: Receivers | None = None
        self._relations = self._relation_names()

    def plant(self) -> None:
        units = sorted(self._units())
        self._s.units.prepare(units)
        for unit in units:
            for code in self._s.units.codes(unit):
                self._body(code)
        self._returns()
        self._variables()

    # -------------------------------------------------------------------------------------------------- which units

    def _units(self) -> set[str]:
        units: set[str] = set()
        for owner, name in sorted(self._declared.fields):
            units.update(self._program.readers(owner, name))
        for class_id in self._s.items.carriers:
            units.update(self._program.mentions_class(class_id))
            record = self._program.classes[class_id]
            for function in record.methods.values():
                units.add(function)
        for name, owners in sorted(self._relations.items()):
            for owner in owners:
                units.update(self._related(name, self._program.readers(owner, name)))
        units.update(self._program.unit_of(function) for function, _ in self._declared.params)
        units.update(unit for unit, _, _ in self._variables_at)
        return units

    def _related(self, name: str, units: list[str]) -> list[str]:
        """Units where an object may begin by reading relation `name`: it is used as a whole there (its own attributes
        are found by their names), and the type query has a chance with its receiver."""
        return [unit for unit in units if any(self._typable(unit, text) for text in self._wholes(unit, name))]

    def _wholes(self, unit: str, name: str) -> list[str]:
        """Receivers that `name` is read from in a unit, other than to read or call an attribute of it."""
        if self._receivers is None:
            self._receivers = _count_receivers(self._program)
        used, chained = self._receivers
        unit = unit.partition("#")[0]
        return [text for text, number in used.get((unit, name), {}).items() if number > chained[unit, f"{text}.{name}"]]

    def _typable(self, unit: str, receiver: str) -> bool:
        """Not so for a parameter without a type that nobody, or everybody, passes something for."""
        function = self._program.functions.get(unit)
        if function is None or 0 < len(self._program.callers(unit)) <= MAX_CALLERS_FOR_TYPES:
            return True
        params = (p for p in function.definition.params if p.annotation is None and p.kind != "*")
        return receiver.partition(".")[0] not in {p.name for p in params} - {"self", "cls"}

    def _relation_names(self) -> dict[str, list[str]]:
        """Attributes that give an object with declared fields: name -> classes that have it."""
        found: dict[str, list[str]] = {}
        members = self._s.query.members
        for owner in sorted(self._program.classes):
            record = self._program.classes[owner]
            for name, fields in sorted(record.fields.items()):
                told = any(f.annotation is not None or (f.value is not None and f.value.kind == "call") for f in fields)
                if told and self._carried(members.declared_field(owner, name)):
                    found.setdefault(name, []).append(owner)
        for (owner, name), types in members.reverse_relations().items():
            if self._carried(types):
                found.setdefault(name, []).append(owner)
        return found

    def _carried(self, types: tuple[object, ...]) -> list[tuple[int, Path]]:
        return [found for term in types for found in self._s.carried(term)]  # type: ignore[arg-type]

    # ------------------------------------------------------------------------------------------------------- bodies

    def _body(self, code: Code) -> None:
        for position, instr in enumerate(code.code):
            if isinstance(instr, ir.Load):
                self._load(code, position, instr)
            elif isinstance(instr, ir.Param):
                self._param(code, position, instr)
            elif isinstance(instr, ir.Call):
                self._call(code, position)
            elif isinstance(instr, ir.Typed):
                self._typed(code, position, instr)
            elif isinstance(instr, ir.Item):
                self._item(code, position, instr)

    def _state(self, code: Code, position: int, path: Path, item: int, *, likely: bool = False) -> None:
        lanes = self._s.lanes
        mask = lanes.of(item, 1 if likely else 0)
        if not likely:  # a guess leaves room for what is known
            self._s.seeded.add((code.unit, code.body, position))
        self._s.add(self._s.own(code), position, path, mask, Origin("seed", item=item))

    def _load(self, code: Code, position: int, instr: ir.Load) -> None:
        if instr.attr in self._names:
            self._field(code, position, instr.base, instr.attr)
        if instr.attr in self._relations and position not in code.methods:
            for item, path in self._carried(self._s.query.of(code, position)):
                self._state(code, position, path, item)

    def _field(self, code: Code, position: int, base: int, name: str) -> None:
        types = self._s.query.of(code, base)
        for term in types:
            item = self._s.items.held(term.name).get(name, -1) if term.kind == "obj" else -1
            if item >= 0:
                self.reads.append((code.unit, code.body, position, item))
                self._state(code, position, (), item)
        if not types:
            for item in self._guessed(code, base, name):
                self._state(code, position, (), item, likely=True)

    def _guessed(self, code: Code, base: int, name: str) -> list[int]:
        """Fields that an untyped receiver may be read for, because it is called like the class that declares them."""
        instr = code.code[base]
        text = getattr(instr, "name", "") or getattr(instr, "attr", "")
        if isinstance(instr, ir.Param):
            text = code.record.params[instr.index].name
        hint = text.lower().replace("_", "")
        found = []
        for owner in self._names[name]:
            short = owner.rpartition(".")[2].lower()
            if hint and (hint == short or hint.endswith(short) or (len(hint) > 3 and short.endswith(hint))):
                found.append(self._s.items.held(owner)[name])
        return found

    def _param(self, code: Code, position: int, instr: ir.Param) -> None:
        param = code.record.params[instr.index]
        declared = self._declared.params.get((code.unit, param.name)) if code.body == 0 else None
        if declared is not None:
            self._state(code, position, (), declared)
        for item, path in self._carried(self._s.query.of(code, position)):
            self._state(code, position, path, item)

    def _call(self, code: Code, position: int) -> None:
        """Births: constructors and library calls (queries) that give an object with declared fields."""
        for target in self._s.callees.of(code, position):
            if target.kind == "getattr":
                self._field(code, position, target.receiver, target.name)
            if target.kind == "body" and target.result != "self":
                continue
            for item, path in self._carried(self._s.query.of(code, position)):
                self._state(code, position, path, item)
            return

    def _typed(self, code: Code, position: int, instr: ir.Typed) -> None:
        item = self._variables_at.get((code.unit, code.body, position))
        if item is not None:
            self._state(code, position, (), item)
        elif not instr.narrowed or not self._s.query.of(code, instr.value):
            for found, path in self._carried(self._s.query.of(code, position)):
                self._state(code, position, path, found)

    def _item(self, code: Code, position: int, instr: ir.Item) -> None:
        key = code.code[instr.key] if instr.key >= 0 else None
        if isinstance(key, ir.Const) and isinstance(key.value, str) and key.value in self._names:
            self._field(code, position, instr.base, key.value)

    # ------------------------------------------------------------------------------------- beyond a body's own reads

    def _returns(self) -> None:
        """A declared return value begins at every call of the function."""
        for unit, item in sorted(self._declared.returns.items()):
            code = self._s.units.code(unit)
            own = self._s.own(code)
            own.origins.setdefault((RETURN, ()), []).append((self._s.lanes.of(item), Origin("seed", item=item)))
            self._s.leave(own, RETURN, (), self._s.lanes.of(item), (RETURN, ()))

    def _variables(self) -> None:
        for name, item in sorted(self._declared.variables.items()):
            module, _, variable = name.partition(":")
            for code, position in self._s.heap_readers(("global", module, variable)):
                self._state(code, position, (), item)


def _count_receivers(program: Program) -> Receivers:
    used: dict[tuple[str, str], Counter[str]] = {}
    chained: Counter[tuple[str, str]] = Counter()
    for module in program.modules.values():
        for use in module.index.attributes:
            unit = f"{module.name}:{use.unit}"
            chained[unit, use.receiver] += 1
            if use.mode == "load":
                used.setdefault((unit, use.name), Counter())[use.receiver] += 1
        for call in module.index.calls:
            chained[f"{module.name}:{call.unit}", call.receiver] += 1
    return used, chained
