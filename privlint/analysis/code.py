"""Bodies as the solver walks them: instructions, who uses a value, and the units lowered so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from privlint import ir
from privlint.analysis.bounds import MAX_JOINED
from privlint.analysis.captures import captured_by
from privlint.analysis.named_constants import NamedConstants
from privlint.analysis.paths import Path
from privlint.analysis.program import Program
from privlint.analysis.terms import Types

Lower = Callable[[Sequence[str]], "list[ir.UnitIR]"]
"""Lowers units, given by id, in that order."""

_RAISING = (
    *(ir.Call, ir.Raise, ir.Load, ir.Item, ir.Elem, ir.Spread),
    *(ir.Store, ir.StoreItem, ir.Operate, ir.Text, ir.Enter, ir.Yield),
)
"""What may raise an exception, or calls something that does."""


class Code:
    """One body. Its tables are made when they are first asked for: most bodies only tell a type.

    `live`: the body is mentioned at all where it is made."""

    def __init__(self, unit: str, body: int, record: ir.Body, code: list[ir.AnyInstr] | None = None) -> None:
        """`code` stands for the record's own, of the same length."""
        self.unit = unit
        self.body = body
        self.record = record
        self.code: list[ir.AnyInstr] = record.code if code is None else code
        self.live = True
        self.types: dict[int, Types] = {}  # what its values may be, as far as that is settled
        self.parts: list[tuple[int, Path]] | None = None  # what it returns of its parameters, see `aliases`
        self.places: list[tuple[str, ...]] | None = None  # what it returns of what lies outside, likewise

    @cached_property
    def uses(self) -> dict[int, list[int]]:
        """By value: positions of the instructions that have it as an operand, or as the receiver of the method they
        call."""
        found: dict[int, list[int]] = {}
        for position, instr in enumerate(self.code):
            if type(instr) not in _READ:
                continue
            read = operands(instr)
            if type(instr) is ir.Call:
                func = self.code[instr.func]
                if type(func) is ir.Load:
                    read = (*read, self.receiver(func))
            for operand in dict.fromkeys(read) if len(read) > 1 else read:
                known = found.get(operand)
                if known is None:
                    found[operand] = [position]
                else:
                    known.append(position)
        return found

    @cached_property
    def methods(self) -> set[int]:
        """The `Load`s that only fetch a method to call."""
        called = {i.func for i in self.code if isinstance(i, ir.Call) and isinstance(self.code[i.func], ir.Load)}
        return {load for load in called if all(isinstance(self.code[p], ir.Call) for p in self.uses[load])}

    @cached_property
    def afters(self) -> dict[int, list[int]]:
        """By call: positions of its `After`s."""
        found: dict[int, list[int]] = {}
        for position, instr in enumerate(self.code):
            if isinstance(instr, ir.After):
                found.setdefault(instr.call, []).append(position)
        return found

    @cached_property
    def catches(self) -> dict[int, list[int]]:
        """By instruction: positions of the `Catch`es that guard it."""
        found: dict[int, list[int]] = {}
        for position, instr in enumerate(self.code):
            for raising in range(*instr.guarded) if isinstance(instr, ir.Catch) else ():
                if isinstance(self.code[raising], _RAISING):
                    found.setdefault(raising, []).append(position)
        for guards in found.values():
            guards.sort(key=self._guarded)
        return found

    def _guarded(self, catch: int) -> int:
        """How much a `Catch` guards: the innermost guards least."""
        instr = self.code[catch]
        return instr.guarded[1] - instr.guarded[0] if isinstance(instr, ir.Catch) else 0

    @cached_property
    def names(self) -> dict[int, str]:
        """By position of what may call something: the name that it calls by, "" if that is not written."""
        named = ((position, self._called(instr)) for position, instr in enumerate(self.code))
        return {position: name for position, name in named if name is not None}

    @cached_property
    def overwritten(self) -> frozenset[str]:
        """Attributes of the first parameter's object that hold something else however the body is left: a constant, or
        what another parameter gave."""
        kept: frozenset[str] | None = None
        for instr in self.code:
            if isinstance(instr, ir.Return):
                stored = self._stored(instr.exits[0]) if instr.exits else frozenset()
                kept = stored if kept is None else kept & stored
            elif isinstance(instr, ir.Yield):
                return frozenset()
        return kept or frozenset()

    def _stored(self, version: int) -> frozenset[str]:
        found: set[str] = set()
        seen: set[str] = set()
        while True:
            instr = self.code[version]
            if isinstance(instr, ir.Store):
                value = self.code[instr.value]
                plain = isinstance(value, ir.Const) or (isinstance(value, ir.Param) and value.index)
                if plain and instr.attr not in seen:
                    found.add(f".{instr.attr}")
                seen.add(instr.attr)
                version = instr.base
            elif isinstance(instr, ir.After | ir.Typed):
                version = instr.value
            else:
                return frozenset(found) if isinstance(instr, ir.Param) and not instr.index else frozenset()

    def name_of(self, value: int) -> str:
        """How the source calls a value, in lower case without underscores: by the name of a variable, an attribute or a
        constant key. "" if it has no name."""
        names = {self._source_name(each) for each in self._joined(value)}
        return names.pop() if len(names) == 1 else ""

    def _joined(self, value: int) -> Iterable[int]:
        """What a value may be, where branches and loops met."""
        pending, seen = [value], set[int]()
        while pending and len(seen) < MAX_JOINED:
            value = self.original(pending.pop())
            if value not in seen:
                seen.add(value)
                instr = self.code[value]
                if isinstance(instr, ir.Join):
                    pending.extend(instr.values)
                else:
                    yield value

    def _source_name(self, value: int) -> str:
        instr = self.code[value]
        text = getattr(instr, "name", "") or getattr(instr, "attr", "")
        if isinstance(instr, ir.Param):
            text = self.record.params[instr.index].name
        elif isinstance(instr, ir.Item) and instr.key >= 0 and isinstance(key := self.code[instr.key], ir.Const):
            text = key.value if isinstance(key.value, str) else ""
        return str(text).lower().replace("_", "")

    @property
    def calls(self) -> Iterable[int]:
        """The positions that may call something, in order."""
        return self.names

    @cached_property
    def _by_name(self) -> dict[str, list[ir.Call]]:
        found: dict[str, list[ir.Call]] = {}
        for instr in self.code:
            if isinstance(instr, ir.Call):
                found.setdefault(self._called(instr) or "", []).append(instr)
        return found

    def original(self, value: int) -> int:
        """The value that `value` is a later version of."""
        while True:
            instr = self.code[value]
            if isinstance(instr, ir.Store | ir.StoreItem):
                value = instr.base
            elif isinstance(instr, ir.After | ir.Typed):
                value = instr.value
            else:
                return value

    def receiver(self, method: ir.Load) -> int:
        """The object that a method is called on; of `super()` the object it was made for."""
        base = self.code[method.base]
        if isinstance(base, ir.Call) and base.args:
            func = self.code[base.func]
            if isinstance(func, ir.Global) and func.name == "super":
                return base.args[-1].value
        return method.base

    def _called(self, instr: ir.AnyInstr) -> str | None:
        """The name that an instruction may call something by; "" if it is not written, None if it calls nothing."""
        if type(instr) not in _CALLING:
            return None
        if isinstance(instr, ir.Call):
            func = self.code[instr.func]
            return func.attr if isinstance(func, ir.Load) else func.name if isinstance(func, ir.Global) else ""
        if isinstance(instr, ir.Load | ir.Store):
            return instr.attr
        return "" if isinstance(instr, ir.Enter | ir.Item | ir.StoreItem) else None

    def calls_of(self, names: tuple[str, ...]) -> list[ir.Call]:
        """Explicit calls by one of these last names."""
        return [call for name in names for call in self._by_name.get(name, ())]


def operands(instr: ir.AnyInstr) -> tuple[int, ...]:
    """The values that an instruction reads; -1 (nothing) is left out."""
    read = _READ.get(type(instr))
    if read is None:
        return ()
    found = read(instr)
    return found if not found or min(found) >= 0 else tuple(value for value in found if value >= 0)


_CALLING = frozenset({ir.Call, ir.Load, ir.Store, ir.Enter, ir.Item, ir.StoreItem})

_READ: dict[type, Callable[..., tuple[int, ...]]] = {
    ir.SetCell: lambda i: (i.value,),
    ir.SetGlobal: lambda i: (i.value,),
    ir.Load: lambda i: (i.base,),
    ir.Item: lambda i: (i.base, i.key),
    ir.Elem: lambda i: (i.base,),
    ir.Store: lambda i: (i.base, i.value),
    ir.StoreItem: lambda i: (i.base, i.key, i.value),
    ir.Build: lambda i: (*i.keys, *i.values),
    ir.Spread: lambda i: (i.value,),
    ir.Join: lambda i: i.values,
    ir.Text: lambda i: i.parts,
    ir.Operate: lambda i: i.operands,
    ir.Call: lambda i: (i.func, *(a.value for a in i.args)),
    ir.After: lambda i: (i.value,),
    ir.Function: lambda i: i.decorators,
    ir.Typed: lambda i: (i.value,),
    ir.Enter: lambda i: (i.manager, i.error),
    ir.Raise: lambda i: (i.value, i.cause),
    ir.Return: lambda i: (i.value, *i.exits),
    ir.Yield: lambda i: (i.value, *i.exits),
    ir.Await: lambda i: (i.value,),
}


class Lowered:
    """The units that were asked for, lowered once each. A body is named (unit id, number)."""

    def __init__(self, program: Program, lower: Lower) -> None:
        self._program = program
        self._constants = NamedConstants(program)
        self._lower = lower
        self._units: dict[str, ir.UnitIR] = {}
        self._codes: dict[tuple[str, int], Code] = {}
        self._by_unit: dict[str, list[Code]] = {}
        self._captured: dict[str, dict[int, frozenset[str]]] = {}
        self._cells: dict[str, dict[tuple[int, str], list[tuple[Code, int]]]] = {}

    def prepare(self, units: Sequence[str]) -> None:
        """Lowers those that are missing, in one go."""
        missing = sorted({unit for unit in units if unit not in self._units})
        for name, lowered in zip(missing, self._lower(missing), strict=True) if missing else ():
            self._units[name] = lowered

    def unit(self, unit: str) -> ir.UnitIR:
        if unit not in self._units:
            self.prepare((unit,))
        return self._units[unit]

    def record(self, unit: str, body: int = 0) -> ir.Body:
        return self.unit(unit).bodies[body]

    def code(self, unit: str, body: int = 0) -> Code:
        key = (unit, body)
        found = self._codes.get(key)
        if found is None:
            record = self.record(unit, body)
            found = self._codes[key] = Code(unit, body, record, self._constants.put_in(unit, record.code))
        return found

    def captured(self, unit: str) -> dict[int, frozenset[str]]:
        """What each body of a unit captures of the bodies around it."""
        found = self._captured.get(unit)
        if found is None:
            found = self._captured[unit] = captured_by(self.unit(unit).bodies)
        return found

    def cells(self, unit: str) -> dict[tuple[int, str], list[tuple[Code, int]]]:
        """By body and name: (body, value) of what is written into a variable that inner bodies capture."""
        found = self._cells.get(unit)
        if found is None:
            found = self._cells[unit] = {}
            for code in self.codes(unit):
                for instr in code.code:
                    if type(instr) is ir.SetCell:
                        found.setdefault((instr.body, instr.name), []).append((code, instr.value))
        return found

    def codes(self, unit: str) -> list[Code]:
        found = self._by_unit.get(unit)
        if found is None:
            found = [self.code(unit, body) for body in range(len(self.unit(unit).bodies))]
            for code in found:
                for position, instr in enumerate(code.code):
                    if type(instr) is ir.Function:
                        unused = position not in code.uses and not instr.decorators
                        found[instr.body].live = code.live and not unused
            self._by_unit[unit] = found
        return found

    @property
    def lowered(self) -> dict[str, ir.UnitIR]:
        return self._units
