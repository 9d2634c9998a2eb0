"""Signals: functions are connected to one, and a call on it calls them all with what it is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from privlint import ir
from privlint.analysis.bounds import MAX_OVERRIDES
from privlint.analysis.terms import Type, Types, fixed_tuple, sequence, union

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.program import Symbol
    from privlint.analysis.types import TypeQuery
    from privlint.models import CallableModel


class Connection(NamedTuple):
    """A function that a call connects. `model` is that of the call, `given` are types of its arguments by parameter."""

    function: str
    model: CallableModel
    given: dict[str, Types]


class Signals:
    """A signal is a variable of the program or of a library, known by its qualified name."""

    def __init__(self, query: TypeQuery) -> None:
        self._query = query
        self._program = query.program
        models = query.models.callables
        self._connecting = {name: model for name, model in models.items() if model.connects}
        self._emitting = frozenset(name.rpartition(".")[2] for name, model in models.items() if model.emits)

    # --------------------------------------------------------------------------------------------------- what is asked

    def emission(self, code: Code, call: ir.Call, term: Type) -> tuple[CallableModel, list[str]] | None:
        """What a call of `term` emits: its model, and the functions that are connected to the signal; else None."""
        func = code.code[call.func]
        if not self._emitting or not isinstance(func, ir.Load) or func.attr not in self._emitting:
            return None
        if term.receiver is None or term.kind not in ("ext", "bound"):
            return None
        known = self._query.members.library.callable(term.receiver.name, func.attr)
        if known is None or not known[1].emits:
            return None
        symbol = self._symbol(code, func.base)
        functions = self._connected.get(symbol.name, []) if symbol is not None else []
        return (known[1], functions) if len(functions) <= MAX_OVERRIDES else None

    def answers(self, functions: list[str]) -> Types:
        """What emitting gives: a pair of each function and what it returned."""
        return sequence(fixed_tuple(((), union(*(self._query.returned(function) for function in functions)))))

    def emitters(self, function: str) -> list[str]:
        """Units that may emit a signal which the function is connected to."""
        return self._emitters.get(function, [])

    def connections(self, function: str) -> list[Connection]:
        """Calls that connect the function; decorators are not among them."""
        return self._by_function.get(function, [])

    # ------------------------------------------------------------------------------------------------------ who listens

    @cached_property
    def _connected(self) -> dict[str, list[str]]:
        found: dict[str, dict[str, None]] = {}
        for signal, function in (*self._decorated(), *((s, c.function) for s, c in self._calls)):
            found.setdefault(signal, {})[function] = None
        return {signal: list(functions) for signal, functions in found.items()}

    @cached_property
    def _by_function(self) -> dict[str, list[Connection]]:
        found: dict[str, list[Connection]] = {}
        for _, connection in self._calls:
            found.setdefault(connection.function, []).append(connection)
        return found

    def _decorated(self) -> Iterator[tuple[str, str]]:
        lasts = {name.rpartition(".")[2] for name in self._connecting}
        for function in self._program.functions.values() if lasts else ():
            exprs = function.definition.decorators
            if function.definition.parent or not any(_last(expr) in lasts for expr in exprs):
                continue
            for expr, name in zip(exprs, self._query.members.kinds.decorators(function), strict=True):
                model = self._connecting.get(name)
                for text in _signals(expr, model) if model is not None else ():
                    scope = function.definition.qualname.rpartition(".")[0]
                    symbol = self._program.resolve(function.module, text, scope)
                    if symbol is not None:
                        yield symbol.name, function.id

    @cached_property
    def _calls(self) -> list[tuple[str, Connection]]:
        lasts = {name.rpartition(".")[2] for name, model in self._connecting.items() if model.connects == "self"}
        found: list[tuple[str, Connection]] = []
        for module, site in self._sites(lasts):
            symbol = self._program.resolve(module, site.receiver, site.unit)
            if symbol is not None and symbol.kind in ("variable", "external") and self._model(symbol, site.callee):
                for unit in self._program.lookups.units_at(module, site.unit, site.line):
                    found += self._in_unit(unit, symbol.name, site.callee)
        return list({(signal, c.function): (signal, c) for signal, c in found}.values())

    def _sites(self, names: Iterable[str]) -> Iterator[tuple[str, ir.CallSite]]:
        """(module, call) of calls by these names on something that has one."""
        for name in sorted(names):
            for module, site in self._program.lookups.calls(name):
                if site.receiver.replace(".", "").isidentifier():
                    yield module, site

    def _in_unit(self, unit: str, signal: str, name: str) -> Iterator[tuple[str, Connection]]:
        from privlint.analysis.arguments import argument_value

        for code in self._query.units.codes(unit):
            for call in code.calls_of((name,)):
                func = code.code[call.func]
                symbol = self._symbol(code, func.base) if isinstance(func, ir.Load) else None
                model = self._model(symbol, name) if symbol is not None and symbol.name == signal else None
                if model is None:
                    continue
                given = {p: self._query.of(code, argument_value(call, model.params, p)) for p in model.params if p}
                value = argument_value(call, model.params, "0")
                for term in self._query.of(code, value):
                    if term.kind in ("func", "bound"):
                        yield signal, Connection(term.name, model, given)

    def _model(self, symbol: Symbol, name: str) -> CallableModel | None:
        for term in self._query.symbol(symbol):
            known = self._query.members.library.callable(term.name, name) if term.kind == "obj" else None
            if known is not None and known[1].connects:
                return known[1]
        return None

    # -------------------------------------------------------------------------------------------------------- who emits

    @cached_property
    def _emitters(self) -> dict[str, list[str]]:
        found: dict[str, dict[str, None]] = {}
        for module, site in self._sites(self._emitting) if self._connected else ():
            symbol = self._program.resolve(module, site.receiver, site.unit)
            functions = self._connected.get(symbol.name, []) if symbol is not None else []
            units = self._program.lookups.units_at(module, site.unit, site.line) if functions else []
            for function in functions:
                found.setdefault(function, {}).update(dict.fromkeys(units))
        return {function: sorted(units) for function, units in found.items()}

    def _symbol(self, code: Code, value: int) -> Symbol | None:
        """The variable that a value is read from, "module:name" or a library's."""
        instr = code.code[code.original(value)]
        module, scope = self._query.scope(code)
        if isinstance(instr, ir.Global):
            return self._program.resolve(module, instr.name, scope)
        if isinstance(instr, ir.Imported):
            return self._program.imported(module, instr.module, instr.name, instr.level)
        if isinstance(instr, ir.Load):
            base = self._symbol(code, instr.base)
            return self._program.member(base, instr.attr) if base is not None else None
        bound = (i.name for i in code.code if isinstance(i, ir.SetGlobal) and i.value == value and not scope)
        name = next(bound, "")  # in the body of the module that makes it
        return self._program.resolve(module, name, "") if name else None


def _last(expr: ir.Expr) -> str:
    text = expr.args[0].text if expr.kind == "call" and expr.args else expr.text
    return text.rpartition(".")[2]


def _signals(expr: ir.Expr, model: CallableModel) -> list[str]:
    """The names of the signals that a decorator connects a function to."""
    if model.connects == "self":
        text = expr.args[0].text if expr.kind == "call" and expr.args else expr.text
        return [text.rpartition(".")[0]]
    plain = [arg for arg in expr.args[1:] if arg.kind != "kw"] if expr.kind == "call" else []
    named = [arg.args[0] for arg in expr.args[1:] if arg.kind == "kw" and arg.text == model.connects and arg.args]
    given = [*plain[:1], *named]
    shown = [item for arg in given for item in (arg.args if arg.kind == "seq" else (arg,))]
    return [item.text for item in shown if item.kind == "name"]
