"""What leaves data unprotected on its way, as the models tell: certificate checks switched off, plain protocols."""

from __future__ import annotations

from collections.abc import Iterable

from privlint import ir
from privlint.analysis.arguments import argument_value
from privlint.analysis.code import Code
from privlint.analysis.constants import Constants
from privlint.analysis.makers import Made, Makers
from privlint.analysis.types import TypeQuery
from privlint.models import TransportModel


class Transports:
    def __init__(self, query: TypeQuery, constants: Constants, makers: Makers) -> None:
        self._query = query
        self._models = query.models.transports
        self._constants = constants
        self._makers = makers

    def of(self, code: Code, calls: Iterable[tuple[list[str], Made]]) -> str:
        """Why what the calls (with their library names) send is unprotected, "" if nothing says so; `code` is the body
        that sends."""
        for names, made in calls:
            for model in self._nearest(names):
                found = self._switched(model, made, code) if model.param else self._plain(model, made, code)
                if found:
                    return found
        return ""

    def _nearest(self, names: Iterable[str]) -> list[TransportModel]:
        """What is said of the first of the names, the most exact before its bases, that anything is said of."""
        return next((self._models[name] for name in names if name in self._models), [])

    def _switched(self, model: TransportModel, made: Made, code: Code) -> str:
        maker, call = made
        value = argument_value(call, (), model.param)
        if value < 0 and model.position >= 0:
            value = argument_value(call, (), str(model.position))
        given = [(maker, value)] if value >= 0 else []
        given += [
            (body, instr.value)
            for body, instr in self._makers.used(made, (code,))
            if isinstance(instr, ir.Store) and instr.attr == model.param
        ]
        for body, number in given:
            texts = self._constant(body, number)
            if any(text not in model.values for text in texts):  # one of several values: a switch, and not switched off
                texts = []
            for text in (*texts, *self._named(body, number)):
                if text in model.values:
                    return f"{model.param}={text.rpartition('.')[2]}"
        return f"no {model.param}" if not given and "" in model.values else ""

    def _constant(self, code: Code, value: int) -> list[str]:
        """The constants that a value can be, as text."""
        instr = code.code[value]
        return [str(instr.value)] if isinstance(instr, ir.Const) else list(self._constants.texts(code, value))

    def _named(self, code: Code, value: int) -> list[str]:
        """The dotted name of a member, the names of the call that makes a value."""
        if isinstance(code.code[value], ir.Const):
            return []
        named = [t.name for t in self._query.of(code, value) if t.kind == "ext"]
        return [*named, *(n for place, call in self._makers.of(code, value) for n in self._makers.names(place, call))]

    def _plain(self, model: TransportModel, made: Made, code: Code) -> str:
        """The protocol, unless something on the way turned its protection on."""
        for body, instr in self._makers.used(made, (code,)) if model.unless else ():
            func = body.code[instr.func] if isinstance(instr, ir.Call) else None
            if isinstance(func, ir.Load) and func.attr in model.unless:
                return ""
        return model.plain
