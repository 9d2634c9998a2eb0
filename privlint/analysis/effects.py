"""What a call leaves of what lay in the object whose method it is: all of it, nothing, or not what it replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.arguments import argument_value
from privlint.analysis.keys import given_again
from privlint.knowledge.ports import parse_flow

if TYPE_CHECKING:
    from privlint.analysis.callees import Callees
    from privlint.analysis.code import Code
    from privlint.models import CallableModel


class Effects:
    """Most calls do nothing of the kind: the last names of those that may are known before any callee is asked for."""

    def __init__(self, callees: Callees) -> None:
        self._callees = callees
        models = callees.query.models.callables
        self._emptying = frozenset(name.rpartition(".")[2] for name, model in models.items() if model.empties)
        self._removing = frozenset(name.rpartition(".")[2] for name, model in models.items() if model.removes)
        self._moving = frozenset(name.rpartition(".")[2] for name, model in models.items() if model.moves)
        self._updating = frozenset(name.rpartition(".")[2] for name, model in models.items() if _takes_over(model))

    def empties(self, code: Code, call: int, value: int) -> bool:
        """Whether the call leaves nothing in `value`, the receiver of its method."""
        if code.names.get(call) not in self._emptying:
            return False
        targets = self._callees.of(code, call)
        return bool(targets) and all(t.receiver == value and t.model is not None and t.model.empties for t in targets)

    def removes(self, code: Code, call: int, value: int, key: str) -> bool:
        """Whether the call leaves no item `key` in `value`, the receiver of its method."""
        instr = code.code[call]
        if code.names.get(call) not in self._removing or not isinstance(instr, ir.Call):
            return False
        func = code.code[instr.func]
        if not isinstance(func, ir.Load) or code.receiver(func) != value:
            return False
        targets = self._callees.of(code, call)
        known = [t.model for t in targets if t.kind == "model" and t.model is not None and t.model.removes]
        if len(known) < len(targets) and self._callees.query.of(code, value):
            return False
        named = {argument_value(instr, model.params, model.removes) for model in known} or {_first(instr)}
        keys = [code.code[each] if each >= 0 else None for each in named]
        return all(isinstance(each, ir.Const) and each.value == key for each in keys)

    def updates(self, code: Code, call: int, value: int, key: object) -> bool:
        """Whether the call, a method of the mapping `value`, puts another item under `key`: `row.update(plan="")`."""
        if code.names.get(call) not in self._updating:
            return False
        targets = self._callees.of(code, call)
        models = [t for t in targets if t.kind == "model" and t.model is not None and t.receiver == value]
        return bool(models) and len(models) == len(targets) and all(given_again(code, t, "self", key) for t in models)

    def overwrites(self, code: Code, call: int, value: int, element: object) -> bool:
        """Whether the call, a method of `value`, puts something else where `element` of it was."""
        instr = code.code[call]
        if not isinstance(instr, ir.Call) or not isinstance(element, str):
            return False
        targets = self._callees.of(code, call)
        own = [t for t in targets if t.kind == "body" and t.receiver == value and not t.likely and t.result == "return"]
        if not targets or len(own) < len(targets):
            return False
        return all(element in self._callees.query.units.code(t.name, t.body).overwritten for t in own)

    def moves(self, code: Code, call: int, value: int) -> bool:
        """Whether the call leaves what lies in `value`, the receiver of its method, in other places."""
        if code.names.get(call) not in self._moving:
            return False
        return any(t.receiver == value and t.model is not None and t.model.moves for t in self._callees.of(code, call))


def _takes_over(model: CallableModel) -> bool:
    """Whether a method puts all of a mapping into its object: `update`."""
    flows = (parse_flow(text) for text in model.flow)
    return any(end.root == "self" and not end.path and not source.path for source, end in flows)


def _first(call: ir.Call) -> int:
    return call.args[0].value if call.args and not call.args[0].name else -1
