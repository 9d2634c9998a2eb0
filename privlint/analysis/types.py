"""What may this expression be: types, callables, objects. A demand query over lowered bodies and the program.

Flow-insensitive and memoised. Questions may run in circles (a function that returns what it was given): the inner
question is then answered with what is known so far, and the outer one is asked again until its answer stays. An answer
is remembered for good when all it rests on is settled, so that the result does not depend on who asked first.
"""

from __future__ import annotations

from collections.abc import Callable

from privlint import ir
from privlint.analysis.arguments import argument_value
from privlint.analysis.bounds import MAX_CALLERS_FOR_TYPES, MAX_QUERY_DEPTH, MAX_QUERY_ROUNDS
from privlint.analysis.code import Code, Lowered
from privlint.analysis.contents import TAKING, Contents, may_hold
from privlint.analysis.decorating import Decorating
from privlint.analysis.evaluate import Evaluation
from privlint.analysis.expressions import Annotations
from privlint.analysis.generics import Generics
from privlint.analysis.injected import Injected
from privlint.analysis.locals import LocalMethods
from privlint.analysis.members import Members
from privlint.analysis.narrowing import leaves_out
from privlint.analysis.patched import Patched
from privlint.analysis.placed import Placing, entries_of, entry, is_placed, items_of, part
from privlint.analysis.program import Program, Symbol
from privlint.analysis.terms import (
    BOOL,
    BYTES,
    CALLABLES,
    COMPARISONS,
    FLOAT,
    INT,
    MAPPINGS,
    STR,
    Place,
    Type,
    Types,
    class_of,
    fixed_tuple,
    mapping,
    obj,
    sequence,
    set_of,
    union,
)
from privlint.models import Models

_NEVER = 1 << 30


class TypeQuery:
    """Answers for one program. `of` is the question about a value, the others are its parts."""

    def __init__(self, program: Program, models: Models, units: Lowered) -> None:
        self.program = program
        self.models = models
        self.units = units
        self.annotations = Annotations(program, models)
        self.generics = Generics(program, self.annotations)
        self.placing = Placing(program.classes)
        self.evaluation = Evaluation(self)
        self.decorating = Decorating(self)
        self.patched = Patched(self)
        self.locals = LocalMethods(program, units)
        self.contents = Contents(self)
        self.members = Members(program, models, self)
        self.injected = Injected(self)
        self._memo: dict[object, Types] = {}
        self._open: dict[object, int] = {}  # questions being answered, with their depth
        self._guesses: dict[object, Types] = {}  # what an open question answers so far
        self._pending: dict[object, tuple[Types, int]] = {}  # answers that rest on an open question of that depth
        self._handed_back: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {}
        self._lowest = _NEVER  # the outermost open question that the answer in the making rests on

    # ------------------------------------------------------------------------------------------------ the question

    def of(self, code: Code, value: int) -> Types:
        """The alternatives of `value` in `code`; empty: nothing is known."""
        if value < 0:
            return ()
        known = code.types.get(value)
        if known is None:
            key = (code.unit, code.body, value)
            known = self.ask(key, lambda: self._value(code, value))
            if key in self._memo:  # settled
                code.types[value] = known
        return known

    def ask(self, key: object, answer: Callable[[], Types]) -> Types:
        """The answer to one question, remembered once it no longer rests on a question that is still open."""
        known = self._memo.get(key)
        if known is not None:
            return known
        depth = self._open.get(key)
        if depth is not None:
            self._lowest = min(self._lowest, depth)
            return self._guesses.get(key, ())
        pending = self._pending.get(key)
        if pending is not None:
            self._lowest = min(self._lowest, pending[1])
            return pending[0]
        if len(self._open) >= MAX_QUERY_DEPTH:
            return ()
        return self._answer(key, answer)

    def _answer(self, key: object, answer: Callable[[], Types]) -> Types:
        here = self._open[key] = len(self._open)
        outer, lowest = self._lowest, _NEVER
        found: Types = ()
        waiting = len(self._pending)
        for _ in range(MAX_QUERY_ROUNDS):
            self._lowest = _NEVER
            found, before = answer(), found
            lowest = self._lowest
            if lowest != here or found == before:
                break
            self._guesses[key] = found  # others rest on this answer: ask again with it
            self._forget(waiting)
        del self._open[key]
        self._guesses.pop(key, None)
        if lowest >= here:
            self._memo[key] = found
            while len(self._pending) > waiting:
                inner, answered = self._pending.popitem()
                self._memo[inner] = answered[0]
        else:
            self._pending[key] = (found, lowest)
        self._lowest = min(outer, lowest if lowest < here else _NEVER)
        return found

    def _forget(self, waiting: int) -> None:
        while len(self._pending) > waiting:
            self._pending.popitem()

    def _value(self, code: Code, value: int) -> Types:
        instr = code.code[value]
        reader = _VALUES.get(type(instr))
        return reader(self, code, instr) if reader else ()

    # ------------------------------------------------------------------------------------------------------- parts

    def _param(self, code: Code, instr: ir.Param) -> Types:
        found = self.parameter(code, instr)
        if found:
            return found
        if code.body:
            key = ("passed", code.unit, code.body, instr.index)
            return self.ask(key, lambda: self._passed_inside(code, instr.index))
        passed = self.ask(("passed", code.unit, instr.index), lambda: self._passed(code, instr.index))
        return union(self._class_by_default(code, code.record.params[instr.index]), passed)

    def _class_by_default(self, code: Code, param: ir.ParamDef) -> Types:
        """`def view(request, form_class=ContactForm)`."""
        if param.default is None or param.default.kind != "name":
            return ()
        module, scope = self.scope(code)
        symbol = self.program.resolve(module, param.default.text, scope)
        return self.symbol(symbol) if symbol is not None and symbol.kind == "class" else ()

    def parameter(self, code: Code, instr: ir.Param) -> Types:
        """What a parameter's own body and class say of it, without asking its callers."""
        param = code.record.params[instr.index]
        module, scope = self.scope(code)
        found = self.annotations.types(module, scope, param.annotation)
        if param.kind == "*":
            return fixed_tuple(()) if not found else sequence(found)
        if param.kind == "**":
            return mapping(STR, found)
        if found:
            return found
        function = self.program.functions.get(code.unit) if code.body == 0 else self.locals.method(code)
        if function and function.owner and instr.index == 0 and not self.members.kinds.is_static(function):
            return self._receiver(function.owner, self.members.kinds.is_class_method(function))
        if function is not None and (found := self.injected.types(function, param.default)):
            return found
        stated = self.members.stated
        return stated.parameter(function, param.name) if function is not None else stated.called(param.name)

    def _receiver(self, owner: str, class_method: bool) -> Types:
        if class_method:
            return (class_of(owner),)
        bound = self.members.stated.is_bound(owner)
        return (obj(owner, *(self.members.stated.binders(owner) if bound else ())),)

    def _passed(self, code: Code, index: int) -> Types:
        """What callers pass as an untyped parameter, where they are few: callables and objects of the project."""
        callers = self.program.lookups.callers
        units = callers(code.unit, guessed=False) or callers(code.unit)
        if not units or len(units) > MAX_CALLERS_FOR_TYPES or code.unit not in self.program.functions:
            return ()
        self.units.prepare(units)
        function = self.program.functions[code.unit]
        names = (function.name, function.owner.rpartition(".")[2]) if function.name == "__init__" else (function.name,)
        shift = 1 if function.owner and not self.members.kinds.is_static(function) else 0
        params = tuple(p.name for p in code.record.params)
        found: list[Types] = []
        for unit in units:
            for caller in self.units.codes(unit):
                for call in caller.calls_of(names):
                    value = argument_value(call, params[shift:], params[index])
                    found.append(self.of(caller, value))
        return union(*found)

    def _passed_inside(self, code: Code, index: int) -> Types:
        """What the unit that a nested function stands in passes to it by its name."""
        if not code.record.name or code.record.name.startswith("<"):
            return ()
        params = tuple(p.name for p in code.record.params)
        found: list[Types] = []
        for caller in self.units.codes(code.unit):
            found += [
                self.of(caller, argument_value(call, params, params[index]))
                for call in caller.code
                if isinstance(call, ir.Call)
                and isinstance(caller.code[caller.original(call.func)], ir.Function | ir.Cell)
                and any(t.kind == "closure" and t.body == code.body for t in self.of(caller, call.func))
            ]
        return union(*found)

    def _const(self, _code: Code, instr: ir.Const) -> Types:
        if instr.kind == "bytes":
            return BYTES
        value = instr.value
        if value is None:
            return ()
        return {bool: BOOL, int: INT, float: FLOAT, str: STR}[type(value)]

    def _global(self, code: Code, instr: ir.Global) -> Types:
        module, scope = self.scope(code)
        return self.symbol(self.program.resolve(module, instr.name, scope))

    def _imported(self, code: Code, instr: ir.Imported) -> Types:
        module, _ = self.scope(code)
        return self.symbol(self.program.imported(module, instr.module, instr.name, instr.level))

    def symbol(self, symbol: Symbol | None) -> Types:
        if symbol is None:
            return ()
        if symbol.kind == "variable":
            return self.ask(("variable", symbol.name), lambda: self._variable(symbol.name))
        if symbol.kind == "external":
            owner, _, name = symbol.name.rpartition(".")
            model = self.models.attributes.get((owner, name))
            if model is not None and model.type:
                return self.members.library.types(model.type, None, owner, None)
        kind = {"module": "module", "class": "class", "function": "func", "external": "ext"}[symbol.kind]
        if symbol.kind == "function":
            function = self.program.functions[symbol.name]
            return union((Type(kind, symbol.name),), self.patched.functions(function.module, function.name))
        return (Type(kind, symbol.name),)

    def _variable(self, name: str) -> Types:
        module, _, variable = name.partition(":")
        if "." in variable:  # an attribute of a class
            owner, _, attr = variable.rpartition(".")
            return self.members.attribute((Type("class", f"{module}.{owner}"),), attr)
        fields = [f for f in self.program.modules[module].index.fields if f.where == "module" and f.name == variable]
        for field in fields:
            found = self.annotations.types(module, "", field.annotation)
            if found:
                return found
        told = [self.evaluation.types(module, "", f.value) if f.value is not None else None for f in fields]
        if told and all(types is not None for types in told):
            return union(*(types for types in told if types is not None))
        return self.written(f"{module}:", variable)

    def written(self, unit: str, name: str) -> Types:
        """Types of the values that a module or class body binds to `name`."""
        code = self.units.code(unit)
        return union(*(self.of(code, i.value) for i in code.code if isinstance(i, ir.SetGlobal) and i.name == name))

    def _cell(self, code: Code, instr: ir.Cell) -> Types:
        writers = self.units.cells(code.unit).get((instr.body, instr.name), ())
        return union(*(self.of(writer, value) for writer, value in writers))

    def _load(self, code: Code, instr: ir.Load) -> Types:
        bases = self.of(code, instr.base)
        stored = self._stored_here(code, instr)
        if stored >= 0 and not any(self.members.is_computed(term, instr.attr) for term in bases):
            found = self.of(code, stored)
            whole = not isinstance(code.code[code.original(stored)], ir.Join)  # else a part of it may be unknown
            if found and whole and all(term.exact or term.kind in CALLABLES for term in found):
                return found
        return self.members.attribute(bases, instr.attr)

    def _stored_here(self, code: Code, load: ir.Load) -> int:
        """The value that the body itself put into the attribute before; -1 if it did not, not on every way, or if a
        call may have put another one there since."""
        value = load.base
        while value >= 0 and isinstance(instr := code.code[value], ir.Store):
            if instr.attr == load.attr:
                return instr.value
            value = instr.base
        return -1

    def _item(self, code: Code, instr: ir.Item) -> Types:
        key = code.code[instr.key] if instr.key >= 0 else None
        base = self.of(code, instr.base)
        if isinstance(key, ir.Slice):
            return tuple(part(term, key, self.placing) for term in base)
        constant = key.value if isinstance(key, ir.Const) else None
        position = constant if isinstance(constant, int) else None
        text = constant if isinstance(constant, str) else ""
        found = union(*(self._entry(term, position, text) for term in base))
        return found or (self.contents.elements(code, instr.base, key) if may_hold(base) else ())

    def _entry(self, term: Type, position: int | None, text: str) -> Types:
        known = entry(term, text if position is None else position) if term.places else None
        return known if known is not None else self.members.item(term, position, text)

    def _elem(self, code: Code, instr: ir.Elem) -> Types:
        base = self.of(code, instr.base)
        found = union(*(self.members.element(term) for term in base))
        return found or (self.contents.elements(code, instr.base) if may_hold(base) else ())

    def _build(self, code: Code, instr: ir.Build) -> Types:
        if instr.kind == "dict":
            return self._mapping(code, instr)
        items = self._items(code, instr)
        if items is not None and instr.kind in ("tuple", "list"):
            return fixed_tuple(items) if instr.kind == "tuple" else self.placing.list_of(items)
        return (set_of if instr.kind == "set" else sequence)(union(*(self.of(code, v) for v in instr.values)))

    def _items(self, code: Code, display: ir.Build) -> list[Types] | None:
        """The entries of a display in their order; None if their number is not known."""
        found: list[Types] = []
        for value in display.values if not display.many else ():
            instr = code.code[value]
            inner = self.of(code, instr.value) if isinstance(instr, ir.Spread) else ()
            if not isinstance(instr, ir.Spread):
                found.append(self.of(code, value))
            elif len(inner) == 1 and (items := items_of(inner[0])) is not None:
                found += items
            else:
                return None
        return None if display.many else found

    def _mapping(self, code: Code, display: ir.Build) -> Types:
        keys = union(*(self.of(code, k) for k in display.keys if k >= 0))
        values: list[Types] = []
        entries: dict[Place, Types] = {}
        complete = not display.many
        for key, value in zip(display.keys, display.values, strict=True):
            types = self.of(code, value)
            known = code.code[key] if key >= 0 else None
            values.append(types if key >= 0 else union(*(entries_of(t) for t in types if t.name in MAPPINGS)))
            if isinstance(known, ir.Const) and isinstance(known.value, str | int):
                entries[known.value] = types
            elif key < 0 and len(types) == 1 and is_placed(types[0]):
                entries |= types[0].places
            else:
                complete = False
        return self.placing.dict_of(keys, entries) if complete and entries else mapping(keys, union(*values))

    def _spread(self, code: Code, instr: ir.Spread) -> Types:
        return union(*(self.members.element(term) for term in self.of(code, instr.value)))

    def _join(self, code: Code, instr: ir.Join) -> Types:
        return union(*(self.of(code, v) for v in instr.values))

    def _operate(self, code: Code, instr: ir.Operate) -> Types:
        if instr.operator in COMPARISONS:
            return BOOL
        left = self.of(code, instr.operands[0])
        if len(instr.operands) == 2 and any(self.placing.holds(t) for t in left):
            right = self.of(code, instr.operands[1])
            return union(self.placing.operated(instr.operator, one, other) for one in left for other in right) or left
        return self.members.results.operated(code, instr) or left

    def _call(self, code: Code, instr: ir.Call) -> Types:
        called = self.callees(code, instr)
        found = union(*(self.members.results.result(code, instr, term) for term in called))
        return found or self._taken_out(code, instr, called)

    def callees(self, code: Code, call: ir.Call) -> Types:
        """What a call calls: the called value or, where nothing is known of that, what its arguments tell."""
        terms = self.of(code, call.func)
        if any(term.kind != "ext" or self.members.library.model(term.name) is not None for term in terms):
            return terms
        return self.members.results.presumed(code, call) or terms

    def _taken_out(self, code: Code, call: ir.Call, called: Types) -> Types:
        """What a method of a container gives that began empty."""
        func = code.code[call.func]
        if not isinstance(func, ir.Load) or func.attr not in TAKING or not any(t.receiver for t in called):
            return ()
        key = code.code[call.args[0].value] if call.args else None
        return self.contents.elements(code, func.base, key)

    def _function(self, code: Code, instr: ir.Function) -> Types:
        return (Type("closure", code.unit, body=instr.body),)

    def _local_class(self, code: Code, instr: ir.LocalClass) -> Types:
        module, _ = self.scope(code)
        name = f"{module}.{instr.qualname}"
        return (Type("class", name),) if name in self.program.classes else ()

    def _typed(self, code: Code, instr: ir.Typed) -> Types:
        if instr.annotation.kind in ("not", "lacks"):
            known = self.of(code, instr.value)
            return tuple(t for t in known if t.kind != "obj" or not leaves_out(self, code, instr.annotation, t.name))
        if instr.annotation.kind in ("tagged", "untagged"):
            return self.of(code, instr.value)
        module, scope = self.scope(code)
        found = self.annotations.types(module, scope, instr.annotation)
        if not found:
            return self.of(code, instr.value)
        if not instr.narrowed:
            return union(self.of(code, instr.value), found) if found[0].kind == "ext" else found
        known = self.of(code, instr.value)
        kept = tuple(t for t in known if any(t.name == f.name for f in found))
        return kept or found

    def _enter(self, code: Code, instr: ir.Enter) -> Types:
        return self.members.results.entered(code, instr)

    def _catch(self, code: Code, instr: ir.Catch) -> Types:
        found: list[Type] = []
        for value in instr.types:
            for term in self.of(code, value):
                found += _instances(term)
        return union(found)

    def _same(self, code: Code, instr: ir.Store) -> Types:
        return self.of(code, instr.base)

    def _stored(self, code: Code, instr: ir.StoreItem) -> Types:
        base = self.of(code, instr.base)
        if not any(self.placing.holds(term) for term in base):
            return base
        constant = code.code[instr.key]
        key = constant.value if isinstance(constant, ir.Const) and isinstance(constant.value, str | int) else None
        if instr.value < 0:
            return union(self.placing.without(term, key) for term in base)
        types = self.of(code, instr.value)
        return union(self.placing.put(term, key, types) if self.placing.holds(term) else term for term in base)

    def _after(self, code: Code, instr: ir.After) -> Types:
        """A container once a method of it has run that changes it."""
        base = self.of(code, instr.value)
        call = code.code[instr.call]
        func = code.code[call.func] if isinstance(call, ir.Call) else None
        if not isinstance(call, ir.Call) or not isinstance(func, ir.Load) or code.receiver(func) != instr.value:
            return base
        if not any(self.placing.holds(term) for term in base):
            return base
        names = (f"{term.name}.{func.attr}" for term in base)
        models = [self.members.library.model(name) for name in names]
        return union(
            term if model is None else self.placing.after(self, code, call, term, model)
            for term, model in zip(base, models, strict=True)
        )

    def _passing(self, code: Code, instr: ir.Await) -> Types:
        return self.of(code, instr.value)

    def _text(self, _code: Code, _instr: ir.Text) -> Types:
        return STR

    # ----------------------------------------------------------------------------------------------------- results

    def returned(self, unit: str, body: int = 0) -> Types:
        """What calling a body gives: its annotation, else what its `return` and `yield` give."""
        return self.ask(("returned", unit, body), lambda: self._returned(unit, body))

    def _returned(self, unit: str, body: int) -> Types:
        function = self.program.functions.get(unit) if body == 0 else None
        if function is not None:
            found = self.annotations.types(function.module, function.definition.qualname, function.definition.returns)
            if found:
                return found
            if function.definition.parent:
                place = self.locals.place(function)
                return self.returned(*place) if place is not None else ()
        code = self.units.code(unit, body)
        yielded = [self.of(code, i.value) for i in code.code if isinstance(i, ir.Yield)]
        if yielded:
            return sequence(union(*yielded))
        return union(*(self.of(code, i.value) for i in code.code if isinstance(i, ir.Return)))

    def handed_back(self, unit: str) -> tuple[tuple[str, ...], Types] | None:
        """Parameters without a type that a function returns as they are, and what else it returns; None where it
        returns no such parameter."""
        known = self._handed_back.get(unit)
        if known is None:
            known = self._handed_back[unit] = self._find_handed_back(unit)
        names, others = known
        if not names:
            return None
        code = self.units.code(unit)
        return names, self.ask(("others", unit), lambda: union(*(self.of(code, value) for value in others)))

    def _find_handed_back(self, unit: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
        definition = self.program.functions[unit].definition
        if definition.returns is not None or definition.parent:
            return (), ()
        code = self.units.code(unit)
        pending = [i.value for i in code.code if isinstance(i, ir.Return)]
        if any(isinstance(i, ir.Yield) for i in code.code):
            return (), ()
        names: dict[str, None] = {}
        others: list[int] = []
        seen: set[int] = set()
        while pending:
            value = pending.pop()
            if value in seen or value < 0:
                continue
            seen.add(value)
            instr = code.code[code.original(value)]
            param = code.record.params[instr.index] if isinstance(instr, ir.Param) else None
            if isinstance(instr, ir.Join):
                pending += instr.values
            elif param is not None and param.annotation is None and param.kind not in ("*", "**"):
                names[param.name] = None
            else:
                others.append(value)
        return tuple(names), tuple(others)

    def scope(self, code: Code) -> tuple[str, str]:
        """(module, qualified name) that names of a body are resolved in."""
        module, _, rest = code.unit.partition(":")
        return module, rest.partition("#")[0]


def _instances(term: Type) -> list[Type]:
    if term.kind == "class":
        return [obj(term.name)]
    if term.kind == "ext":
        return [obj(term.name)]
    if term.attr == "fixed":
        return [t for item in term.args for inner in item for t in _instances(inner)]
    return []


_VALUES: dict[type, Callable[..., Types]] = {
    ir.Param: TypeQuery._param,
    ir.Const: TypeQuery._const,
    ir.Global: TypeQuery._global,
    ir.Cell: TypeQuery._cell,
    ir.Imported: TypeQuery._imported,
    ir.Load: TypeQuery._load,
    ir.Item: TypeQuery._item,
    ir.Elem: TypeQuery._elem,
    ir.Store: TypeQuery._same,
    ir.StoreItem: TypeQuery._stored,
    ir.Build: TypeQuery._build,
    ir.Spread: TypeQuery._spread,
    ir.Join: TypeQuery._join,
    ir.Text: TypeQuery._text,
    ir.Operate: TypeQuery._operate,
    ir.Call: TypeQuery._call,
    ir.After: TypeQuery._after,
    ir.Function: TypeQuery._function,
    ir.LocalClass: TypeQuery._local_class,
    ir.Typed: TypeQuery._typed,
    ir.Enter: TypeQuery._enter,
    ir.Catch: TypeQuery._catch,
    ir.Await: TypeQuery._passing,
}
