"""How an object came about: the calls that made it, and what its attributes are set to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from privlint import ir
from privlint.analysis.arguments import argument_value
from privlint.analysis.bounds import MAX_CALLERS_FOR_TYPES, MAX_MAKER_STEPS
from privlint.analysis.code import Code
from privlint.analysis.types import TypeQuery

Made: TypeAlias = "tuple[Code, ir.Call]"
Place: TypeAlias = "tuple[Code, int]"
"""A value of a body."""

_BODIES = ("func", "bound", "closure")


class Makers:
    def __init__(self, query: TypeQuery) -> None:
        self._query = query
        self._program = query.program
        self._memo: dict[tuple[str, int, int], list[Made]] = {}

    def of(self, code: Code, value: int) -> list[Made]:
        """Calls that made the object behind a value, the nearest first: through attributes, variables, parameters,
        `with`, functions of the project, and what a library's call was given."""
        key = (code.unit, code.body, value)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._walk(code, value)
        return found

    def _walk(self, code: Code, value: int) -> list[Made]:
        queue: deque[Place] = deque([(code, value)])
        seen: set[tuple[str, int, int]] = set()
        found: list[Made] = []
        while queue and len(seen) < MAX_MAKER_STEPS:
            place, number = queue.popleft()
            key = (place.unit, place.body, number)
            if number < 0 or key in seen:
                continue
            seen.add(key)
            instr = place.code[number]
            if isinstance(instr, ir.Call):
                found.append((place, instr))
            queue.extend(self._before(place, instr))
        return found

    def _before(self, code: Code, instr: ir.AnyInstr) -> list[Place]:
        """The values that an instruction's object may be, or lies in."""
        if isinstance(instr, ir.Call):
            return self._of_call(code, instr)
        if isinstance(instr, ir.After | ir.Typed | ir.Await):
            return [(code, instr.value)]
        if isinstance(instr, ir.Enter):
            return [(code, instr.manager)]
        if isinstance(instr, ir.Join | ir.Build):
            return [(code, value) for value in instr.values]
        if isinstance(instr, ir.Store | ir.StoreItem | ir.Item):
            return [(code, instr.base)]
        if isinstance(instr, ir.Global | ir.Imported):
            return self._variable(code, instr)
        if isinstance(instr, ir.Cell):
            return [
                (body, i.value)
                for body in self._query.units.codes(code.unit)
                for i in body.code
                if isinstance(i, ir.SetCell) and (i.body, i.name) == (instr.body, instr.name)
            ]
        if isinstance(instr, ir.Load):
            return self._attribute(code, instr) or [(code, instr.base)]
        return self.passed(code, instr) or [] if isinstance(instr, ir.Param) else []

    def _of_call(self, code: Code, call: ir.Call) -> list[Place]:
        func = code.code[call.func]
        found: list[Place] = [(code, func.base)] if isinstance(func, ir.Load) else []
        if any(t.kind in _BODIES for t in self._query.of(code, call.func)):
            return [*found, *self.returned(code, call)]
        return [*found, *((code, arg.value) for arg in call.args)]

    def returned(self, code: Code, call: ir.Call) -> list[Place]:
        """What functions of the project return or yield, that a call may be of."""
        bodies = [(t.name, t.body) for t in self._query.of(code, call.func) if t.kind in _BODIES]
        codes = [self._query.units.code(unit, body) for unit, body in bodies if unit in self._program.functions]
        return [(inner, i.value) for inner in codes for i in inner.code if isinstance(i, ir.Return | ir.Yield)]

    def variable(self, code: Code, value: int) -> list[Place]:
        """What is written to the variable or attribute that a value is read from; the value itself, if it is none."""
        instr = code.code[value]
        if isinstance(instr, ir.Global | ir.Imported):
            return self._variable(code, instr)
        return self._attribute(code, instr) if isinstance(instr, ir.Load) else [(code, value)]

    def _variable(self, code: Code, instr: ir.Global | ir.Imported) -> list[Place]:
        module, scope = self._query.scope(code)
        if isinstance(instr, ir.Global):
            symbol = self._program.resolve(module, instr.name, scope)
        else:
            symbol = self._program.imported(module, instr.module, instr.name, instr.level)
        if symbol is None or symbol.kind != "variable":
            return []
        home, _, variable = symbol.name.partition(":")
        owner, _, name = variable.rpartition(".")
        return self._written(f"{home}:{owner}", name)

    def _written(self, unit: str, name: str) -> list[Place]:
        """Values that a module or class body, or a function with `global`, binds to `name`."""
        module, _, owner = unit.partition(":")
        units = [unit]
        if not owner and module in self._program.modules:
            writers = self._program.modules[module].index.globals_written.get(name, ())
            units += [f"{module}:{writer}" for writer in writers if f"{module}:{writer}" in self._program.functions]
        codes = (body for one in units for body in self._query.units.codes(one))
        return [(body, i.value) for body in codes for i in body.code if isinstance(i, ir.SetGlobal) and i.name == name]

    def _attribute(self, code: Code, load: ir.Load) -> list[Place]:
        found: list[Place] = []
        for term in self._query.of(code, load.base):
            if term.kind == "module" and term.name in self._program.modules:
                found += self._written(f"{term.name}:", load.attr)
            elif term.kind in ("obj", "class") and term.name in self._program.classes:
                found += self._member(term.name, load.attr)
        return found

    def _member(self, class_id: str, name: str) -> list[Place]:
        member = self._program.find(class_id, name)
        if member is None:
            return []
        record = self._program.classes[member.owner]
        found: list[Place] = []
        for field in record.fields.get(name, ()) if member.field is not None else ():
            body = self._query.units.code(f"{record.module}:{field.unit or field.owner}")
            found += [
                (body, i.value)
                for i in body.code
                if (isinstance(i, ir.Store) and i.attr == name) or (isinstance(i, ir.SetGlobal) and i.name == name)
            ]
        return found

    def passed(self, code: Code, instr: ir.Param) -> list[Place] | None:
        """What callers pass as a parameter; None where they are too many to tell, or not known."""
        param = code.record.params[instr.index]
        function = self._program.functions.get(code.unit) if code.body == 0 else None
        if function is None or param.kind not in ("pos", "any", "kw"):
            return None
        units = self._program.callers(code.unit)
        if len(units) > MAX_CALLERS_FOR_TYPES:
            return None
        self._query.units.prepare(units)
        return [place for unit in units for place in self._passed_in(unit, code, instr.index)]

    def _passed_in(self, unit: str, code: Code, index: int) -> Iterator[Place]:
        function = self._program.functions[code.unit]
        owner = function.owner.rpartition(".")[2]
        shift = 1 if function.owner and not self._query.members.kinds.is_static(function) else 0
        names = tuple(param.name for param in code.record.params)
        wanted = ("__init__", owner) if function.name == "__init__" else (function.name,)
        if index < shift:
            return
        for caller in self._query.units.codes(unit):
            for call in caller.calls_of(wanted):
                value = argument_value(call, names[shift:], names[index])
                if value >= 0 and self._may_call(caller, call, code.unit, function.owner):
                    yield caller, value

    def _may_call(self, caller: Code, call: ir.Call, unit: str, owner: str) -> bool:
        """Whether the call can be one of this function; a call that nobody could resolve can."""
        terms = self._query.of(caller, call.func)
        if not terms:
            return True
        made = {c for t in terms if t.kind == "class" and t.name in self._program.classes for c in self._line(t.name)}
        return owner in made or any(t.name == unit or t.kind in ("super", "partial", "handover") for t in terms)

    def _line(self, class_id: str) -> tuple[str, ...]:
        return tuple(self._program.classes[class_id].mro)

    # ------------------------------------------------------------------------------------------------ what it is like

    def names(self, code: Code, call: ir.Call) -> list[str]:
        """Qualified library names that a call may be of, the most exact first: with the constant that decides what it
        returns; of a class, those of its bases too."""
        members = self._query.members
        found: dict[str, None] = {}
        for term in self._query.of(code, call.func):
            if term.kind in ("ext", "class"):
                keyed = members.results.keyed_name(code, call, term.name)
                found |= dict.fromkeys((*((keyed,) if keyed else ()), *members.library.line(term.name)))
        return list(found)

    def used(self, made: Made, others: Iterable[Code]) -> Iterator[tuple[Code, ir.Store | ir.Call]]:
        """What is set on the object that a call made, and which of its methods are called: where it is made, and in
        the bodies `others`."""
        code, call = made
        bodies = {(c.unit, c.body): c for c in (code, *others)}
        for key in sorted(bodies):
            body = bodies[key]
            for instr in body.code:
                base = _used_object(body, instr)
                if base >= 0 and isinstance(instr, ir.Store | ir.Call) and self._is(body, base, call):
                    yield body, instr

    def _is(self, code: Code, value: int, call: ir.Call) -> bool:
        makers = self.of(code, value)
        return bool(makers) and makers[0][1] is call


def _used_object(code: Code, instr: ir.AnyInstr) -> int:
    if isinstance(instr, ir.Store):
        return instr.base
    func = code.code[instr.func] if isinstance(instr, ir.Call) else None
    return func.base if isinstance(func, ir.Load) else -1
