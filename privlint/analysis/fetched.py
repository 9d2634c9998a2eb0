"""Units that name a class with declared fields only by what gives it: `User = get_user_model()`, `database.User`,
`PersonForm = modelform_factory(Person)`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from privlint.analysis.terms import Type, Types, obj

if TYPE_CHECKING:
    from privlint import ir
    from privlint.analysis.solver import Solver
    from privlint.analysis.symbols import Module

_CLASS_OF = frozenset({"type", "Type", "typing.Type"})


class Fetched:
    """`units` as above; `makes` tells whether the program calls what makes classes with type arguments."""

    def __init__(self, s: Solver) -> None:
        self._s = s
        self._givers = _givers(s)
        self._makers = _makers(s)
        self.units: set[str] = set(_given(s))
        self.makes = False
        if self._givers or self._makers:
            self._calls()
            for module in s.program.modules.values():
                self._variables(module)

    def _calls(self) -> None:
        calling = self._s.program.lookups.calling
        for last in sorted(_last_names(self._givers)):
            self.units.update(unit for unit in calling(last) if not unit.endswith(":"))
        self.makes = any(calling(last) for last in sorted(_last_names(self._makers)))

    def _variables(self, module: Module) -> None:
        for field in module.index.fields:
            value = field.value
            if field.where != "module" or value is None or value.kind != "call" or not value.args[0].text:
                continue
            called = self._s.program.resolve(module.name, value.args[0].text)
            name = called.name if called is not None else ""
            if name in self._givers or (name in self._makers and self._makes(module.name, value)):
                self.units.update(self._s.program.global_readers(module.name, field.name))

    def _makes(self, module: str, call: ir.Expr) -> bool:
        """Whether the class that a call makes is for objects with declared fields."""
        made = self._s.query.members.stated.instances(module, "", call)
        return any(self._s.carried(term) for each in made for types in each.args for term in flat(types))


def by_arguments(s: Solver) -> set[str]:
    """Attributes that objects of a library have by the type arguments of their class: `cleaned_data` of a form."""
    return {name for (_, name), model in s.query.models.attributes.items() if "$" in model.type}


def flat(types: Types) -> Iterator[Type]:
    """Types and, each after what has it, their type arguments."""
    for term in types:
        yield term
        for inner in term.args:
            yield from flat(inner)


def _last_names(names: set[str]) -> set[str]:
    return {name.rpartition(".")[2] for name in names}


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


def _makers(s: Solver) -> set[str]:
    """Callables of libraries that make a class with type arguments of what they are given."""
    models = s.query.models.callables.items()
    return {name for name, model in models if model.returns.startswith("type[") and "[arg:" in model.returns[5:]}
