"""Units that name a class with declared fields only by a library's call that gives it: `User = get_user_model()`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from privlint.analysis.terms import obj

if TYPE_CHECKING:
    from privlint.analysis.solver import Solver


def fetching(s: Solver) -> Iterator[str]:
    """Units that call such a callable, and those that read a module's variable which holds what it gives."""
    givers = _givers(s)
    if not givers:
        return
    for last in sorted({name.rpartition(".")[2] for name in givers}):
        yield from (unit for unit in s.program.lookups.calling(last) if not unit.endswith(":"))
    for module in s.program.modules.values():
        for field in module.index.fields:
            value = field.value
            if field.where != "module" or value is None or value.kind != "call":
                continue
            called = s.program.resolve(module.name, value.args[0].text) if value.args[0].text else None
            if called is not None and called.name in givers:
                yield from s.program.global_readers(module.name, field.name)


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
