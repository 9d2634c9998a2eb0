"""Callables of the standard library that read: `attrgetter("email")` is one with the flow `obj.email -> return`.

Their type holds these flows as text, so that calling one is calling a library model.
"""

from __future__ import annotations

from collections.abc import Callable

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.terms import Type, Types, fixed_tuple, union
from privlint.knowledge.ports import parse_flow
from privlint.models import CallableModel

GETTERS = frozenset({"operator.attrgetter", "operator.itemgetter"})
BY_ARGUMENTS = GETTERS | {"functools.partial", "importlib.import_module", "builtins.getattr", "builtins.super"}
"""Library callables whose result is told by what they are given."""


def getter(code: Code, call: ir.Call, name: str) -> Types:
    """What `attrgetter(...)` or `itemgetter(...)` with constant arguments gives."""
    flows: list[str] = []
    for number, arg in enumerate(call.args):
        instr = code.code[arg.value]
        key = instr.value if isinstance(instr, ir.Const) else None
        if arg.name or not isinstance(key, str | int) or isinstance(key, bool) or (isinstance(key, str) and "'" in key):
            return ()
        read = f".{key}" if name.endswith("attrgetter") else f"[{key!r}]"
        goal = "return" if len(call.args) == 1 else f"return[{number}]"
        flows.append(f"obj{read} -> {goal}")
    return (Type("getter", name, attr="\n".join(flows)),)


def getter_model(term: Type) -> CallableModel:
    return CallableModel(name=(term.name,), params=("obj",), flow=tuple(term.attr.split("\n")))


def read_types(
    term: Type, types: Types, attribute: Callable[[Types, str], Types], item: Callable[[Type, int | None], Types]
) -> Types:
    """Types of what a getter reads off a value of `types`."""
    found: list[Types] = []
    for text in term.attr.split("\n"):
        read = types
        for element in parse_flow(text)[0].path:
            if isinstance(element, tuple):
                position = element[1] if isinstance(element[1], int) else None
                read = union(*(item(t, position) for t in read))
            else:
                read = attribute(read, element[1:])
        found.append(read)
    return found[0] if len(found) == 1 else fixed_tuple(found)
