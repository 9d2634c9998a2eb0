"""Where facts begin: reads of declared fields, and births of objects that hold them."""

from __future__ import annotations

from collections.abc import Callable

from privlint import ir
from privlint.analysis.bounds import MAX_UNIQUE_METHODS
from privlint.analysis.built import Built
from privlint.analysis.code import Code
from privlint.analysis.facts import RETURN, Origin
from privlint.analysis.flow import Declaration
from privlint.analysis.handed import Handed
from privlint.analysis.modelled import opens
from privlint.analysis.narrowing import leaves_out
from privlint.analysis.paths import Path
from privlint.analysis.rows import rows
from privlint.analysis.seed_units import SeedUnits
from privlint.analysis.serialised import Serialised
from privlint.analysis.solver import Solver
from privlint.analysis.sources import Source, Sources
from privlint.analysis.symbols import resembles
from privlint.analysis.targets import Target
from privlint.analysis.terms import Type, Types
from privlint.analysis.written import read_by_call, written
from privlint.models import CallableModel

_UNTYPED = ("not", "lacks", "tagged", "untagged")  # tests that tell of no type what the value has


class Seeds:
    def __init__(self, solver: Solver, variables: dict[tuple[str, int, int], int], sources: Sources) -> None:
        """`variables`: items of declared local variables, by where they are bound; the items of `sources` are last."""
        self._s = solver
        self._sources = sources
        self._first_source = len(solver.items.fields) - len(sources.declarations)
        self._variables_at = variables
        self._program = solver.program
        self._declared = solver.program.declarations
        self._names: dict[str, list[str]] = {}  # declared attribute -> classes
        for owner, name in sorted(self._declared.fields):
            self._names.setdefault(name, []).append(owner)
        self.reads: list[tuple[str, int, int, int]] = []  # (unit, body, position, item) of every read that was found
        self._handed = Handed(solver)
        self._where = SeedUnits(solver, sources, self._handed, {unit for unit, _, _ in variables})
        models = solver.query.models.attributes
        self._serialised = Serialised(solver)
        self.built = Built(solver, self._serialised)
        self._shown = frozenset(name for (_, name), model in models.items() if model.shows)

        self._begins: dict[type, Callable[..., None]] = {
            ir.Load: self._load,
            ir.Param: self._param,
            ir.Call: self._call,
            ir.Typed: self._typed,
            ir.Item: self._item,
            ir.Return: self._return,
            ir.Global: self._named,
            ir.Imported: self._named,
        }

    def plant(self) -> None:
        units = sorted(self._where.all())
        self._s.units.prepare(units)
        for unit in units:
            for code in self._s.units.codes(unit):
                if code.live:
                    self._body(code)
        self._returns()
        self._variables()
        self.built.plant()

    def declarations(self) -> list[Declaration]:
        """All that is declared; what a library hands out only where it is known to."""
        found = self._s.items.fields
        begun = {self._first_source + number for number in self._sources.begun}
        return [d for number, d in enumerate(found) if d.by != "model" or number in begun]

    def _carried(self, types: tuple[object, ...]) -> list[tuple[int, Path]]:
        return [found for term in types for found in self._s.carried(term)]  # type: ignore[arg-type]

    # ------------------------------------------------------------------------------------------------------- bodies

    def _body(self, code: Code) -> None:
        for position, instr in enumerate(code.code):
            begins = self._begins.get(type(instr))
            if begins is not None:
                begins(code, position, instr)
            if self._variables_at:
                item = self._variables_at.get((code.unit, code.body, position))
                if item is not None:
                    self._state(code, position, (), item)

    def _state(self, code: Code, position: int, path: Path, item: int, *, likely: bool = False) -> None:
        lanes = self._s.lanes
        mask = lanes.of(item, 1 if likely else 0)
        if not likely:  # a guess leaves room for what is known
            self._s.seeded.add((code.unit, code.body, position))
        own = self._s.own(code)
        key = (own.id, position, path)
        self._s.begun[key] = self._s.begun.get(key, 0) | mask
        self._s.add(own, position, path, mask, Origin("seed", item=item))

    def _load(self, code: Code, position: int, instr: ir.Load) -> None:
        for source in self._sources.attributes.get(instr.attr, ()):
            self._source(code, position, instr.base, source)
        if instr.attr in self._shown:
            for path, item in written(self._s, self._serialised, code, instr):
                self._state(code, position, path, item)
        if instr.attr in self._names:
            self._field(code, position, instr.base, instr.attr)
        if instr.attr in self._where.derived:
            for term in self._s.query.of(code, instr.base):
                for path, item in self._s.derived.reads(term.name, instr.attr) if term.kind == "obj" else ():
                    self._state(code, position, path, item)
        if instr.attr in self._where.relations and position not in code.methods:
            for item, path in self._carried(self._s.query.of(code, position)):
                self._state(code, position, path, item)

    def _source(self, code: Code, position: int, base: int, source: Source) -> None:
        """What a library's object holds: certain where its type is known, likely where it is only called like it."""
        types = self._s.query.of(code, base)
        line = self._s.query.members.library.line
        if any(t.kind in ("obj", "ext") and source.owner in line(t.name) for t in types):
            self._begin(code, position, source.number, source.attribute, source.path)
        elif self._may_be(code, base, source):
            self._state(code, position, source.path, self._first_source + source.number, likely=True)

    def _may_be(self, code: Code, base: int, source: Source) -> bool:
        """Whether a value is called like such an object, or is known to be of a class that it inherits from."""
        types = self._s.query.of(code, base)
        if not types:
            return resembles(self._hint(code, base), source.owner)
        line = self._s.query.members.library.line(source.owner) if source.stated else ()
        return any(term.kind == "obj" and term.name in line for term in types)

    def _begin(self, code: Code, position: int, number: int, mentioned: str, path: Path) -> None:
        item = self._first_source + number
        placed = self._sources.begin(number, mentioned, code.unit)
        if placed is not None:
            self._s.items.fields[item] = placed
        self._state(code, position, path, item)

    def _field(self, code: Code, position: int, base: int, name: str) -> None:
        types = self._s.query.of(code, base)
        asked = [holder for each in types for holder in self._s.query.members.delegation.holders(each, name)]
        for term in (*types, *asked):
            item = self._s.items.held(term.name).get(name, -1) if term.kind == "obj" else -1
            if item >= 0:
                self.reads.append((code.unit, code.body, position, item))
                self._state(code, position, (), item)
            elif term.kind == "obj" and term.name not in self._program.classes:
                for inherited in self._of_heirs(term.name, name):
                    self._state(code, position, (), inherited, likely=True)
        if all(map(self._is_made_up, asked)):
            for item in self._behind(types, name):
                self._state(code, position, (), item, likely=True)
        if all(map(self._is_made_up, types)):
            for item in self._guessed(code, base, name):
                self._state(code, position, (), item, likely=True)

    def _behind(self, types: Types, name: str) -> list[int]:
        """Fields of objects of no known type that other objects ask for what they lack, by how they are called."""
        delegation = self._s.query.members.delegation
        lacking = [t.name for t in types if t.kind == "obj" and not self._program.find(t.name, name)]
        hints = {inner.lower().replace("_", "") for owner in lacking for inner in delegation.of(owner)}
        owners = [owner for owner in self._names.get(name, ()) if any(resembles(hint, owner) for hint in hints)]
        return [self._s.items.held(owner)[name] for owner in owners]

    def _is_made_up(self, term: Type) -> bool:
        """No type, but the name of what gave the value: an attribute or a call of a library that no model knows."""
        if term.kind not in ("ext", "obj") or term.name in self._program.classes or "." not in term.name:
            return False
        if term.name in self._s.query.models.classes:  # a base that the program's own class may have or not
            return not self._s.query.members.library.heirs(term.name)
        return not term.name.startswith("builtins.") and term.name.rpartition(".")[2][:1].islower()

    def _of_heirs(self, base: str, name: str) -> list[int]:
        """Fields of that name in classes of the program that derive from a library's class, if they are few."""
        heirs = self._s.query.members.library.heirs(base)
        found = [self._s.items.held(heir)[name] for heir in heirs if name in self._s.items.held(heir)]
        return found if len(found) <= MAX_UNIQUE_METHODS else []

    def _guessed(self, code: Code, base: int, name: str) -> list[int]:
        """Fields that an untyped receiver may be read for, because it is called like the class that declares them."""
        hints = self._hints(code, base, name)
        tests = [i.annotation for i in _tests(code, base)]
        return [
            self._s.items.held(owner)[name]
            for owner in self._names.get(name, ())
            if all(resembles(hint, owner) for hint in hints)
            and not any(leaves_out(self._s.query, code, test, owner) for test in tests)
        ]

    def _hints(self, code: Code, base: int, name: str) -> list[str]:
        """How a value is called: by itself, or by the variables that `name` is read off in the unit."""
        hint = self._hint(code, base)
        if hint:
            return [hint]
        module, _, unit = code.unit.partition("#")[0].partition(":")
        texts = dict.fromkeys(self._where.counted(module)[0].get((unit, name), ()))
        return [text.lower().replace("_", "") for text in texts if text.isidentifier()] or [""]

    @staticmethod
    def _hint(code: Code, base: int) -> str:
        return code.name_of(next((i.value for i in reversed(_tests(code, base))), base))

    def _param(self, code: Code, position: int, instr: ir.Param) -> None:
        param = code.record.params[instr.index]
        declared = self._declared.params.get((code.unit, param.name)) if code.body == 0 else None
        if declared is not None:
            self._state(code, position, (), declared)
        for item, path in self._carried(self._s.query.parameter(code, instr)):  # what callers pass comes from them
            self._state(code, position, path, item)

    def _call(self, code: Code, position: int, _instr: ir.Call) -> None:
        """Births: constructors and library calls (queries) that give an object with declared fields."""
        if self._only_passed(code, position):
            return
        for target in self._s.callees.of(code, position):
            if target.kind == "model" and target.model is not None:
                self._read_by(code, target, target.model)
                read = read_by_call(self._s, self._serialised, code, target)
                for path, item in (*rows(self._s, code, target), *read):
                    self._state(code, position, path, item)
                if target.name in self._sources.callables:
                    self._begin(
                        code, position, self._sources.callables[target.name], target.name.rpartition(".")[2], ()
                    )
            if target.kind == "body" and target.result != "self":
                if target.body == 0 and code.names.get(position) == "":  # no look-up by name finds such a call
                    self._s.attend(code, position, target)
                continue
            for item, path in self._carried(self._s.query.of(code, position)):
                self._state(code, position, path, item)
            return

    def _only_passed(self, code: Code, value: int) -> bool:
        """A value comes, by attributes that tell of no such object, from a parameter of which the body says nothing:
        what callers pass begins with them."""
        presumed = self._s.query.members.library.presumed
        while True:
            instr = code.code[value]
            if isinstance(instr, ir.Call):
                value = instr.func
            elif isinstance(instr, ir.Load) and instr.attr in presumed:
                return False
            elif isinstance(instr, ir.Load) and instr.attr not in self._where.relations:
                value = instr.base
            else:
                return isinstance(instr, ir.Param) and not self._s.query.parameter(code, instr)

    def _read_by(self, code: Code, target: Target, model: CallableModel) -> None:
        """Objects that a library's callable takes attributes off, where nothing else says that they begin."""
        if not opens(model):
            return
        for value in dict.fromkeys((target.receiver, *(arg.value for arg in target.args))):
            if value < 0 or not isinstance(code.code[value], ir.Load | ir.Global):
                continue
            if (code.unit, code.body, value) not in self._s.seeded:
                for item, path in self._carried(self._s.query.of(code, value)):
                    self._state(code, value, path, item)

    def _typed(self, code: Code, position: int, instr: ir.Typed) -> None:
        if (code.unit, code.body, position) in self._variables_at:
            return
        if not instr.narrowed or not self._s.query.of(code, instr.value):
            for found, path in self._carried(self._s.query.of(code, position)):
                self._state(code, position, path, found)

    def _return(self, code: Code, _position: int, instr: ir.Return) -> None:
        """What a function says that it returns begins where its own code does not tell what that is."""
        function = self._program.functions.get(code.unit) if not code.body else None
        value = code.code[instr.value] if instr.value >= 0 else None
        if function is None or not isinstance(value, ir.Call | ir.Item | ir.Elem | ir.Load | ir.Await):
            return
        definition = function.definition
        if definition.returns is None or definition.is_generator:
            return
        if not all(map(self._is_made_up, self._s.query.of(code, instr.value))):
            return
        types = self._s.query.annotations.types(function.module, definition.qualname, definition.returns)
        for item, path in self._carried(types):
            self._state(code, instr.value, path, item)

    def _item(self, code: Code, position: int, instr: ir.Item) -> None:
        key = code.code[instr.key] if instr.key >= 0 else None
        if not isinstance(key, ir.Const) or not isinstance(key.value, str):
            return
        if key.value in self._names:
            self._field(code, position, instr.base, key.value)
        if key.value in self._where.relations and position not in code.methods:
            for item, path in self._carried(self._s.query.of(code, position)):
                self._state(code, position, path, item)

    def _named(self, code: Code, position: int, _instr: ir.Global | ir.Imported) -> None:
        for item, path in self._handed.items(code, position):
            self._state(code, position, path, item)

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
            for code, position in self._s.readers.of(("global", module, variable)):
                self._state(code, position, (), item)


def _tests(code: Code, value: int) -> list[ir.Typed]:
    """The tests that tell no type which a value came through, the last one first: they leave it its name."""
    found: list[ir.Typed] = []
    while isinstance(instr := code.code[value], ir.Typed) and instr.annotation.kind in _UNTYPED:
        found.append(instr)
        value = instr.value
    return found
