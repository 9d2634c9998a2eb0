"""Which bodies answer a request, so that what they return leaves.

A model says so of functions by their decorators, of methods by their class, and of functions that are passed to a call
(`add_url_rule`). A framework of the program's own, on top of that, calls one method of many classes: where that method
has too many overrides to follow and its result is what leaves, each of them answers by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from privlint import ir
from privlint.analysis.arguments import argument_value
from privlint.analysis.bounds import MAX_CALLERS_FOR_WRITES, MAX_OVERRIDES, MAX_PASSED_ON
from privlint.analysis.callees import Callees
from privlint.analysis.code import Code
from privlint.analysis.symbols import split_unit
from privlint.analysis.terms import Type

Body = tuple[str, int]


class Responding:
    def __init__(self, callees: Callees) -> None:
        self._callees = callees
        self._query = callees.query
        self._program = callees.program
        self._units = callees.query.units
        self._memo: dict[Body, bool] = {}
        self._registered: set[Body] | None = None
        self._delegated: set[str] | None = None

    def of(self, code: Code) -> bool:
        """Whether what a body returns goes to whoever asked."""
        key = (code.unit, code.body)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._told(code) or key in self.registered
            if not found and not code.body:
                found = self._memo[key] = code.unit in self.delegated
        return found

    def mixes_in(self, code: Code) -> bool:
        """Whether only the classes that a method is mixed into say that it answers: they may add to what it returns."""
        function = self._program.functions.get(code.unit) if not code.body else None
        members = self._query.members
        return (
            function is not None and members.kinds.shows(function) and not members.kinds.shows(function, mixed_in=False)
        )

    def draws(self, code: Code) -> bool:
        """Whether what a body returns are names for a template: a form among them is drawn, so an object that it keeps
        (`form.user`) is not written out as a whole."""
        function = self._program.functions.get(code.unit)
        return function is not None and self._query.members.kinds.shows(function)

    def _told(self, code: Code) -> bool:
        """By a decorator, or by the class of a method."""
        if code.body:
            return any(self._is_route(term) for term in self._decorators(code))
        function = self._program.functions.get(code.unit)
        return function is not None and self._query.members.kinds.responds(function)

    def _decorators(self, code: Code) -> Iterator[Type]:
        outer = self._units.code(code.unit, code.record.parent)
        for made in outer.code:
            if isinstance(made, ir.Function) and made.body == code.body:
                for value in made.decorators:
                    decorator = outer.code[value]
                    yield from self._query.of(outer, decorator.func if isinstance(decorator, ir.Call) else value)

    def _is_route(self, term: Type) -> bool:
        model = self._query.members.library.model(term.name) if term.kind == "ext" else None
        return model is not None and model.response

    # ------------------------------------------------------------------------------------------- passed to a framework

    @property
    def registered(self) -> set[Body]:
        """Bodies of functions that are passed to a call whose model says that they answer from then on."""
        if self._registered is None:
            self._registered = set()
            models = self._query.models.callables
            names = {name.rpartition(".")[2] for name, model in models.items() if model.handler}
            units = sorted(set(self._registering(names)))
            self._units.prepare(units)
            for unit in units:
                for code in self._units.codes(unit):
                    self._registered.update(self._passed(code, tuple(sorted(names))))
        return self._registered

    def _registering(self, names: set[str]) -> Iterator[str]:
        """Units that call one of these names and mention a function or define one."""
        for unit in sorted({unit for name in names for unit in self._program.lookups.calling(name)}):
            module, qualname, _ = split_unit(unit)
            index = self._program.modules[module].index
            defines = any(function.parent == qualname for function in index.functions if function.parent)
            if defines or any(self._is_function(module, name, qualname) for name in index.mentions):
                yield unit

    def _is_function(self, module: str, name: str, unit: str) -> bool:
        if unit not in self._program.modules[module].index.mentions[name]:
            return False
        symbol = self._program.resolve(module, name, unit)
        return symbol is not None and symbol.kind in ("function", "module")

    def _passed(self, code: Code, names: tuple[str, ...]) -> Iterator[Body]:
        for position in code.calls:
            call = code.code[position]
            if code.names[position] not in names or not isinstance(call, ir.Call):
                continue
            for target in self._callees.of(code, position):
                if target.model is not None and target.model.handler:
                    value = argument_value(call, target.model.params, target.model.handler)
                    for term in self._query.of(code, value):
                        if term.kind in ("func", "bound"):
                            yield (term.name, 0)
                        elif term.kind == "closure":
                            yield (term.name, term.body)

    # ------------------------------------------------------------------------------------ a framework of the program's

    @property
    def delegated(self) -> set[str]:
        """Overrides of methods that have too many of them to be followed, and whose result leaves."""
        if self._delegated is None:
            self._delegated = set()
            for first, overrides in self._families():
                if self._leaves(first, 0):
                    self._delegated.update((first, *overrides))
        return self._delegated

    def _families(self) -> Iterator[tuple[str, list[str]]]:
        counted: Counter[str] = Counter(name for c in self._program.classes.values() for name in c.methods)
        common = {name for name, n in counted.items() if n > MAX_OVERRIDES and not name.startswith("__")}
        for class_id in sorted(self._program.classes) if common else ():
            record = self._program.classes[class_id]
            for name in sorted(common & set(record.methods)):
                above = (self._program.classes.get(base) for base in record.mro[1:])
                if any(base is not None and name in base.methods for base in above):
                    continue
                overrides = self._program.overriders(class_id, name)
                if len(overrides) > MAX_OVERRIDES:
                    yield record.methods[name], overrides

    def _leaves(self, unit: str, depth: int) -> bool:
        """Whether a caller of a function hands its result on until it answers a request."""
        if depth > MAX_PASSED_ON or unit not in self._program.functions:
            return False
        callers = self._program.lookups.callers(unit, guessed=False)[:MAX_CALLERS_FOR_WRITES]
        self._units.prepare(callers)
        name = self._program.functions[unit].name
        for caller in callers:
            for code in self._units.codes(caller) if caller != unit else ():
                for position in code.calls:
                    if code.names[position] != name or not isinstance(code.code[position], ir.Call):
                        continue
                    if self._calls(code, position, unit) and self._goes_out(code, position, depth):
                        return True
        return False

    def _calls(self, code: Code, position: int, unit: str) -> bool:
        return any(target.kind == "body" and target.name == unit for target in self._callees.of(code, position))

    def _goes_out(self, code: Code, value: int, depth: int) -> bool:
        pending, seen = [value], {value}
        while pending:
            current = pending.pop()
            for position in code.uses.get(current, ()):
                instr = code.code[position]
                if isinstance(instr, ir.Return) and instr.value == current:
                    told = self._told(code) or (code.unit, code.body) in self.registered
                    if told or (not code.body and self._leaves(code.unit, depth + 1)):
                        return True
                elif isinstance(instr, ir.Call) and self._answers(code, position, current):
                    return True
                elif isinstance(instr, ir.Join | ir.Await | ir.Typed | ir.After) and position not in seen:
                    seen.add(position)
                    pending.append(position)
        return False

    def _answers(self, code: Code, position: int, value: int) -> bool:
        """The call at `position` gives `value` to whoever asked."""
        call = code.code[position]
        if not isinstance(call, ir.Call) or not any(arg.value == value for arg in call.args):
            return False
        models = (target.model for target in self._callees.of(code, position))
        return any(sink.kind == "response" for model in models if model is not None for sink in model.sink)
