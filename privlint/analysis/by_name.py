"""The records of all indexes by last name, each map made when it is first asked for.

This is the door to what bodies say (calls, attributes, mentions): it remembers the names that were asked for, so that
a later run can tell whether a change could have been seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from privlint.ir import AttributeUse, CallSite, Expr, FieldDef

if TYPE_CHECKING:
    from privlint.analysis.program import Program
from privlint.analysis.symbols import Class, Function, decorator_name


class ByName:
    def __init__(self, program: Program) -> None:
        self._program = program
        self.asked: set[str] = set()

    def calls(self, name: str) -> Iterator[tuple[str, CallSite]]:
        """(module, call) of every call by a last name."""
        self.asked.add(name)
        return _pairs(self._calls.get(name, []))

    def uses(self, name: str) -> Iterator[tuple[str, AttributeUse]]:
        """(module, use) of every attribute of a name."""
        self.asked.add(name)
        return _pairs(self._uses.get(name, []))

    def mentions(self, name: str) -> Iterator[tuple[str, str]]:
        """(module, unit) wherever a plain name is read."""
        self.asked.add(name)
        return _pairs(self._mentions.get(name, []))

    # These three have an entry for every call, attribute and mention of the program: modules and records stand in
    # turn, since a pair of them would take four times the room.

    @cached_property
    def _calls(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for module in self._program.modules.values():
            name = module.name
            for call in module.index.calls:
                found.setdefault(call.callee, []).extend((name, call))
        return found

    @cached_property
    def _uses(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for module in self._program.modules.values():
            name = module.name
            for use in module.index.attributes:
                found.setdefault(use.name, []).extend((name, use))
        return found

    @cached_property
    def _mentions(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for module in self._program.modules.values():
            for name, units in module.index.mentions.items():
                pairs = found.setdefault(name, [])
                for unit in units:
                    pairs.extend((module.name, unit))
        return found

    @cached_property
    def _renamed(self) -> dict[str, list[str]]:
        """Other names that something of this last name may go by: `import x as y`, `y = x`."""
        found: dict[str, set[str]] = {}
        for module in self._program.modules.values():
            for item in module.index.imports:
                last = item.name or item.module.rpartition(".")[2]
                if item.bound not in (last, "*"):
                    found.setdefault(last, set()).add(item.bound)
            for field in module.index.fields:
                if field.where != "self" and field.value is not None and field.value.kind == "name":
                    last = field.value.text.rpartition(".")[2]
                    if last != field.name:
                        found.setdefault(last, set()).add(field.name)
        return {name: sorted(others) for name, others in found.items()}

    @cached_property
    def annotated(self) -> dict[str, list[Function]]:
        """Functions by the last names in the annotations of their parameters and results, and in their defaults."""
        found: dict[str, list[Function]] = {}
        for function in self._program.functions.values():
            definition = function.definition
            exprs = [param.annotation for param in definition.params] + [definition.returns]
            exprs += [param.default for param in definition.params]
            names = {name for expr in exprs if expr is not None for name in last_names(expr)}
            for name in sorted(names):
                found.setdefault(name, []).append(function)
        return found

    @cached_property
    def decorated(self) -> dict[str, list[Function]]:
        """Functions by the last names of their decorators."""
        found: dict[str, list[Function]] = {}
        for function in self._program.functions.values():
            texts = (decorator_name(decorator) for decorator in function.definition.decorators)
            for name in dict.fromkeys(text.rpartition(".")[2] for text in texts if text):
                found.setdefault(name, []).append(function)
        return found

    @cached_property
    def decorated_classes(self) -> dict[str, list[Class]]:
        """Classes by the last names of their decorators."""
        found: dict[str, list[Class]] = {}
        for _, record in sorted(self._program.classes.items()):
            texts = (decorator_name(decorator) for decorator in record.definition.decorators)
            for name in dict.fromkeys(text.rpartition(".")[2] for text in texts if text):
                found.setdefault(name, []).append(record)
        return found

    @cached_property
    def values(self) -> dict[str, list[tuple[str, FieldDef]]]:
        """Variables and attributes by the last names in what they are bound to."""
        found: dict[str, list[tuple[str, FieldDef]]] = {}
        for module in self._program.modules.values():
            for field in module.index.fields:
                for name in dict.fromkeys(text.rpartition(".")[2] for text in names_in(field.value)):
                    found.setdefault(name, []).append((module.name, field))
        return found

    def others(self, last: str) -> list[str]:
        """The name itself, and others that the same thing may go by."""
        names = [last]
        for name in names:
            names.extend(other for other in self._renamed.get(name, ()) if other not in names)
        return names


def _pairs(flat: list[Any]) -> Iterator[tuple[str, Any]]:
    each = iter(flat)
    return zip(each, each, strict=True)


def names_in(expr: Expr | None, *, called: bool = True) -> Iterator[str]:
    """Dotted names anywhere in an expression, in order; those of callees only if `called`."""
    if expr is None:
        return
    if expr.kind == "name":
        yield expr.text
    args = expr.args if called or expr.kind != "call" else expr.args[1:]
    for arg in args:
        yield from names_in(arg, called=called)


def last_names(expr: Expr) -> Iterator[str]:
    for text in names_in(expr):
        yield text.rpartition(".")[2]
