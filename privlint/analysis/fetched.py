"""Units that name a class with declared fields only by what gives it: `User = get_user_model()`, `database.User`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from privlint.analysis.terms import obj

if TYPE_CHECKING:
    from privlint.analysis.solver import Solver

_CLASS_OF = frozenset({"type", "Type", "typing.Type"})


def fetching(s: Solver) -> Iterator[str]:
    """Units that call such a callable, and those that read a module's variable which holds what it gives."""
    yield from _given(s)
    givers = _givers(s)
    if not givers:
        return
    lasts = {name.rpartition(".")[2] for name in givers}
    for module in s.program.modules.values():
        for call in module.index.calls:
            if call.callee in lasts and call.unit:
                yield from s.program.lookups.units_at(module.name, call.unit, call.line)
        for field in module.index.fields:
            value = field.value
            if field.where != "module" or value is None or value.kind != "call":
                continue
            called = s.program.resolve(module.name, value.args[0].text) if value.args[0].text else None
            if called is not None and called.name in givers:
                yield from s.program.global_readers(module.name, field.name)


def _given(s: Solver) -> Iterator[str]:
    """Units that call a function, or read a property, which is annotated to give such a class itself."""
    for function in s.program.functions.values():
        returns = function.definition.returns
        if returns is None or returns.kind != "sub" or returns.args[0].text not in _CLASS_OF:
            continue
        given = s.query.annotations.types(function.module, function.definition.qualname, returns)
        if any(s.carried(obj(term.name)) for term in given if term.kind == "class"):
            yield from s.program.lookups.callers(function.id, guessed=False)
            if function.owner:
                yield from s.program.lookups.readers(function.owner, function.name, guessed=False)


def _givers(s: Solver) -> set[str]:
    """Callables of libraries that give a class whose instances hold declared fields, whatever they are called with."""
    library = s.query.members.library
    found = set()
    for name, model in s.query.models.callables.items():
        if model.returns.startswith("type[") and ":" not in model.returns:
            given = library.types(model.returns, None, name.rpartition(".")[0], None)
            if any(s.carried(obj(term.name)) for term in given):
                found.add(name)
    return found
