"""How many elements a sequence has, and where each of them lies once something was put in or taken out.

Only what one body does with a sequence is followed: a display, and the methods whose models say how they shift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.arguments import argument_value, constant_argument
from privlint.analysis.bounds import MAX_SHIFTED
from privlint.analysis.paths import ANY, Element
from privlint.knowledge.ports import PathElement, parse_flow

if TYPE_CHECKING:
    from privlint.analysis.callees import Callees
    from privlint.analysis.code import Code
    from privlint.models import CallableModel

_MAX_STEPS = 64  # writes that are followed back to the display


def length_of(callees: Callees, code: Code, value: int, steps: int = 0) -> int:
    """How many elements `value` has; 0 where that is not known."""
    instr = code.code[value] if value >= 0 else None
    if steps > _MAX_STEPS or instr is None:
        return 0
    if isinstance(instr, ir.Build):
        return _displayed(callees, code, instr, steps)
    if isinstance(instr, ir.StoreItem):
        return _stored(callees, code, instr, steps)
    if isinstance(instr, ir.After):
        return _after(callees, code, instr, steps)
    if isinstance(instr, ir.Item) and isinstance(key := code.code[instr.key], ir.Slice):
        return len(range(*indices(key, length))) if (length := length_of(callees, code, instr.base, steps + 1)) else 0
    if isinstance(instr, ir.Operate) and instr.operator.rstrip("=") == "+":
        parts = [length_of(callees, code, each, steps + 1) for each in instr.operands]
        return sum(parts) if all(parts) else 0
    lengths = {len(term.args) if term.attr == "fixed" else 0 for term in callees.query.of(code, value)}
    return lengths.pop() if len(lengths) == 1 else 0


def indices(cut: ir.Slice, length: int) -> tuple[int, int, int]:
    return slice(cut.start, cut.stop, cut.step).indices(length)


def offset_in(callees: Callees, code: Code, display: ir.Build, number: int) -> int:
    """Where operand `number` of a display begins; -1 where that is not known."""
    offset = 0
    for value in display.values[:number]:
        spread = code.code[value]
        length = length_of(callees, code, spread.value) if isinstance(spread, ir.Spread) else 1
        if not length:
            return -1
        offset += length
    return offset


def _displayed(callees: Callees, code: Code, display: ir.Build, steps: int) -> int:
    if display.many or display.kind not in ("list", "tuple"):
        return 0
    spreads = [i for value in display.values if isinstance(i := code.code[value], ir.Spread)]
    inner = [length_of(callees, code, spread.value, steps + 1) for spread in spreads]
    return len(display.values) - len(spreads) + sum(inner) if all(inner) else 0


def _stored(callees: Callees, code: Code, store: ir.StoreItem, steps: int) -> int:
    if not isinstance(code.code[store.key], ir.Const):
        return 0
    length = length_of(callees, code, store.base, steps + 1)
    return length - 1 if length and store.value < 0 else length


def _after(callees: Callees, code: Code, after: ir.After, steps: int) -> int:
    call = code.code[after.call]
    targets = callees.of(code, after.call)
    if not isinstance(call, ir.Call) or not targets or any(target.model is None for target in targets):
        return 0
    models = [target.model for target in targets if target.receiver == after.value and target.model is not None]
    if not models:
        return length_of(callees, code, after.value, steps + 1)
    grown = _growth(models[0], call) if len(models) == 1 else None
    length = length_of(callees, code, after.value, steps + 1) if grown is not None else 0
    return max(length + grown, 0) if length and grown is not None else 0


def _growth(model: CallableModel, call: ir.Call) -> int | None:
    """By how many elements a method makes its object longer; None where that is not known."""
    how, _, _ = model.shifts.partition(" ")
    if how:
        return {"in": 1, "out": -1, "reverse": 0}[how]
    if model.empties or model.moves:
        return None
    into = [source for source, goal in map(parse_flow, model.flow) if goal.root == "self"]
    if not into:
        return 0
    return 1 if _appends(model) and len(call.args) == 1 and not call.args[0].name else None


def _appends(model: CallableModel) -> bool:
    into = [(source, goal) for source, goal in map(parse_flow, model.flow) if goal.root == "self"]
    return len(into) == 1 and into[0][1].path == (ANY,) and not into[0][1].keyed and not into[0][0].path


def place_of_new(callees: Callees, code: Code, call: ir.Call, value: int, model: CallableModel) -> PathElement:
    """Where the one element that a method puts into `value` lies."""
    if model.iterates or not _appends(model) or value < 0:
        return ANY
    how, _, param = model.shifts.partition(" ")
    length = length_of(callees, code, value)
    if not how:
        return ("k", length) if length and not model.moves else ANY
    place = constant_argument(code, call, model.params, param)
    if not isinstance(place, int):
        return ANY
    place = place + length if place < 0 else place
    return ("k", min(place, length) if length else place) if place >= 0 and (length or place == 0) else ANY


def shifted(callees: Callees, code: Code, call_at: int, value: int, place: int) -> Element | None:
    """Where the element that lay at `place` of `value` lies after the call of a method of it; None: nowhere."""
    call = code.code[call_at]
    models = [t.model for t in callees.of(code, call_at) if t.receiver == value and t.model is not None]
    if not isinstance(call, ir.Call) or len(models) != 1 or not models[0].shifts or place < 0:
        return ANY
    model = models[0]
    how, _, param = model.shifts.partition(" ")
    length = length_of(callees, code, value)
    if how == "reverse":
        return ("k", length - 1 - place) if length > place else ANY
    index: str | int | None = -1 if how == "out" else None
    if argument_value(call, model.params, param) >= 0:
        index = constant_argument(code, call, model.params, param)
    if not isinstance(index, int) or (index < 0 and not length):
        return ("k", place) if index == -1 and how == "out" else ANY
    index = index + length if index < 0 else index
    if how == "in":  # in a loop it would be shifted without end
        return ("k", place + 1 if place >= index else place) if place < MAX_SHIFTED else ANY
    return None if place == index else ("k", place - 1 if place > index else place)
