"""The way of one item to one sink: lines that carry the data, in order, and the calls that are open at the sink."""

from __future__ import annotations

from collections import deque

import msgspec

from privlint import ir
from privlint.analysis.bounds import MAX_TRACE_STEPS
from privlint.analysis.code import Code
from privlint.analysis.facts import OWN, RAISED, RETURN, Context, Fact, Origin
from privlint.analysis.masks import LANES
from privlint.analysis.modelled import takes_all
from privlint.analysis.solver import Solver, exit_key


class RawStep(msgspec.Struct, frozen=True):
    """A step before it has a place: instruction `position` of a body. `{}` in the message stands for the source of the
    instruction, or for `name` where that is long. Of several steps on one line those of the highest `weight` are told:
    2 for reads and calls of the project, 1 for what a container or library does, 0 for the rest."""

    unit: str
    body: int
    position: int
    kind: str
    message: str
    name: str = ""
    weight: int = 1


class Way(msgspec.Struct, frozen=True):
    """`frames` are the open calls from the body where the data begins to the one with the sink: (unit, body, position
    of the call or the sink). `opened` is the class whose objects a library's call took apart on the way, without being
    told which fields to take; "" if none."""

    steps: tuple[RawStep, ...]
    frames: tuple[tuple[str, int, int], ...]
    opened: str = ""


class Traces:
    def __init__(self, solver: Solver) -> None:
        self._s = solver
        self._lanes = solver.lanes
        self._opened = ""
        self._walked: set[tuple[int, Fact, int]] = set()  # places outside of bodies whose writers were told

    def way(self, context: Context, fact: Fact, item: int, position: int) -> Way:
        """How `item` (a field, or the carrier it lies in) came to `fact` of `context`, used at `position`."""
        self._opened = ""
        self._walked.clear()
        steps, frames = self._walk(context, fact, item, position)
        return Way(tuple(_without_repeats(steps)), tuple(frames), self._opened)

    def _walk(
        self, context: Context, fact: Fact, item: int, position: int
    ) -> tuple[list[RawStep], list[tuple[str, int, int]]]:
        steps: list[RawStep] = []
        frames = [(context.code.unit, context.code.body, position)]
        current, target, wanted = context, fact, item
        for _ in range(MAX_TRACE_STEPS):
            part, begun = self._inside(current, target, wanted)
            steps = part + steps
            if begun is not None or current.kind == OWN:
                break
            caller = self._caller(current, wanted)
            if caller is None:
                break
            outer, call_position, outer_fact, outer_item = caller
            steps.insert(0, self._argument(outer, call_position, current))
            frames.insert(0, (outer.code.unit, outer.code.body, call_position))
            current, target, wanted = outer, outer_fact, outer_item
        return steps, frames

    # ------------------------------------------------------------------------------------------------- in a context

    def _inside(self, context: Context, fact: Fact, item: int) -> tuple[list[RawStep], int | None]:
        """Steps of a fact within its context, in order; and the item it began with, None if it was brought in."""
        steps: list[RawStep] = []
        bit = self._bit(context, fact, item)
        seen: set[tuple[Fact, int]] = set()
        while (fact, bit) not in seen and len(steps) < MAX_TRACE_STEPS:
            seen.add((fact, bit))
            origin = self._origin(context, fact, bit)
            if origin is None or origin.kind == "entry":
                return steps, None
            if origin.kind == "seed":
                return self._read(context.code, fact[0], "read") + steps, origin.item
            if origin.kind in ("result", "back"):
                steps = self._through(context, fact, origin, bit) + steps
                if origin.kind == "back":
                    return steps, bit
            elif origin.kind == "heap":
                steps = self._read(context.code, fact[0], "load") + steps
                context = self._s.contexts[origin.context]
                steps = self._from_heap(context, origin, bit, item) + steps
                return steps, bit
            else:
                steps = self._said(context.code, fact, origin.fact) + steps
            if origin.fact is None:
                return steps, None
            earlier = self._before(context, origin.fact, bit)
            self._note_opening(context, fact[0], bit, earlier)
            bit, fact = earlier, origin.fact
        return steps, None

    def _from_heap(self, context: Context, origin: Origin, bit: int, item: int) -> list[RawStep]:
        if origin.fact is None:
            return []
        wanted = bit % self._lanes.width if context.kind != -2 else item
        if (context.id, origin.fact, wanted) in self._walked:
            return []
        self._walked.add((context.id, origin.fact, wanted))
        return self._walk(context, origin.fact, wanted, origin.fact[0])[0]

    def _through(self, context: Context, fact: Fact, origin: Origin, bit: int) -> list[RawStep]:
        """Steps inside a callee that the data went through or came out of."""
        inner = self._s.contexts[origin.context]
        exit_fact = origin.exit or (RETURN, ())
        key = exit_key(exit_fact)
        item = bit % self._lanes.width if inner.kind != -2 else 0
        found, begun = self._inside(inner, key, item)
        if begun is None and found and origin.kind == "result" and fact[0] >= 0:
            found.insert(0, self._argument(context, fact[0], inner))
        name = inner.code.unit.partition(":")[2].partition("#")[0] or inner.code.unit
        kind, verb = _EXITS.get(exit_fact[0], ("store", "written"))
        return [*found, *self._placed(context.code, _place(fact), kind, f"{verb} by {name}()", weight=2)]

    def _note_opening(self, context: Context, position: int, bit: int, earlier: int) -> None:
        """Remembers the class, where a library's call made fields of an object and nobody named them."""
        owner = self._s.items.class_of(earlier % self._lanes.width)
        code = context.code
        instr = code.code[position] if 0 <= position < len(code.code) else None
        if not owner or self._s.items.class_of(bit % self._lanes.width) or not isinstance(instr, ir.Call | ir.After):
            return
        call = position if isinstance(instr, ir.Call) else instr.call
        for target in self._s.callees.of(code, call):
            if target.model is not None and takes_all(context, target, target.model):
                self._opened = owner

    def _bit(self, context: Context, fact: Fact, item: int) -> int:
        """A bit of the fact that tells of the item: the token in a token's context, certain before likely."""
        mask = 0
        for new, _ in context.origins.get(fact, ()):
            mask |= new
        wanted = 0 if context.kind == -2 else item
        bits = [lane * self._lanes.width + found for found, lane in self._lanes.items(mask) if found == wanted]
        if bits:
            return bits[0]
        first = self._lanes.items(mask)
        return first[0][1] * self._lanes.width + first[0][0] if first else wanted

    def _origin(self, context: Context, fact: Fact, bit: int) -> Origin | None:
        entries = context.origins.get(fact, ())
        for mask, origin in entries:
            if mask >> bit & 1:
                return origin
        return entries[0][1] if entries else None

    def _before(self, context: Context, fact: Fact, bit: int) -> int:
        """The bit of the earlier fact that this one came from: the same, the item in another state, its carrier."""
        mask = context.facts.get(fact, 0)
        if mask >> bit & 1:
            return bit
        item = bit % self._lanes.width
        found = self._lanes.items(mask)
        for number, lane in found:
            if number == item:
                return lane * self._lanes.width + number
        for number, lane in found:
            if item in self._s.items.disclosed(number):
                return lane * self._lanes.width + number
        return found[0][1] * self._lanes.width + found[0][0] if found else bit

    # ------------------------------------------------------------------------------------------------ to the caller

    def _caller(self, context: Context, item: int) -> tuple[Context, int, Fact, int] | None:
        """The call that brought the item in: the way to a body where it begins, with the fewest calls."""
        queue: deque[tuple[Context, int, tuple[Context, int, Fact, int] | None]] = deque([(context, item, None)])
        seen = {(context.id, item)}
        while queue:
            inner, wanted, first = queue.popleft()
            brought = inner.kind if inner.kind >= 0 else wanted
            for caller in inner.callers:
                outer = self._s.contexts[caller.context]
                mask = self._s.concrete(outer, outer.facts.get(caller.fact, 0))
                if not any(mask >> (lane * self._lanes.width + brought) & 1 for lane in range(LANES)):
                    continue
                step = first or (outer, caller.position, caller.fact, brought)
                if outer.kind == OWN or (outer.kind >= 0 and outer.kind != brought):
                    return step
                if (outer.id, brought) not in seen:
                    seen.add((outer.id, brought))
                    queue.append((outer, brought, step))
        return None

    def _argument(self, outer: Context, position: int, inner: Context) -> RawStep:
        params = inner.code.record.params
        name = params[inner.port].name if 0 <= inner.port < len(params) else ""
        function = inner.code.unit.partition(":")[2].partition("#")[0]
        said = f"passed to {function}() as `{name}`" if name not in ("", "self") else f"used by {function}()"
        return RawStep(outer.code.unit, outer.code.body, position, "call", said, weight=2)

    # ------------------------------------------------------------------------------------------------------ wording

    def _read(self, code: Code, position: int, kind: str) -> list[RawStep]:
        instr = code.code[position] if 0 <= position < len(code.code) else None
        if instr is None:
            return []
        if isinstance(instr, ir.Param):
            name = code.record.params[instr.index].name
            return self._placed(code, position, kind, f"parameter `{name}` holds it", weight=2)
        if isinstance(instr, ir.Load):
            return self._placed(code, position, kind, "`{}` is read", instr.attr, weight=2)
        if isinstance(instr, ir.Global | ir.Cell):
            return self._placed(code, position, kind, f"`{instr.name}` is read", weight=2)
        if isinstance(instr, ir.SetGlobal):
            return self._placed(code, position, kind, f"`{instr.name}` lets it out", weight=2)
        said = "the object that holds it begins here" if isinstance(instr, ir.Call) else "it is read"
        return self._placed(code, position, kind, said, weight=2)

    def _said(self, code: Code, fact: Fact, before: Fact | None) -> list[RawStep]:
        """What one instruction did with the data."""
        position = _place(fact)
        instr = code.code[position] if 0 <= position < len(code.code) else None
        if fact[0] == RAISED and isinstance(instr, ir.Raise):
            return self._placed(code, position, "return", "raised with the exception", weight=2)
        earlier = before[0] if before is not None else -1
        if isinstance(instr, ir.Load):
            return self._placed(code, position, "load", "read from `{}`", instr.attr)
        if isinstance(instr, ir.Item):
            return self._placed(code, position, "load", "taken out of the container" + _under(code, instr.key))
        if isinstance(instr, ir.Store) and instr.value == earlier:
            return self._placed(code, position, "store", f"stored as attribute `{instr.attr}`")
        if isinstance(instr, ir.StoreItem) and instr.value == earlier:
            return self._placed(code, position, "store", "put into the container" + _under(code, instr.key))
        if isinstance(instr, ir.Build):
            return self._built(code, position, instr, earlier)
        if isinstance(instr, ir.Call):
            return self._placed(code, position, "call", self._passed_through(code, position))
        if isinstance(instr, ir.After) and earlier != instr.value and earlier <= position:
            name = code.names.get(instr.call, "")
            return self._placed(
                code, position, "store", f"put into it by `{name}()`" if name else "written to by the call"
            )
        if isinstance(instr, ir.Catch):
            return self._placed(code, position, "load", "caught with the exception", weight=2)
        word = _WORDS.get(type(instr))
        return self._placed(code, position, *word, weight=0) if word else []

    def _passed_through(self, code: Code, position: int) -> str:
        for target in self._s.callees.of(code, position):
            if target.kind == "fields":
                return f"stored in a new `{target.name.rpartition('.')[2]}`"
        name = code.names.get(position, "")
        return f"passed through `{name}()`" if name else "passed through the call"

    def _built(self, code: Code, position: int, instr: ir.Build, earlier: int) -> list[RawStep]:
        """At the key of a dict's item, which stands on the item's own line."""
        for key, value in zip(instr.keys, instr.values, strict=False):
            if value == earlier and key >= 0 and isinstance(code.code[key], ir.Const):
                return self._placed(code, key, "store", "put into a container" + _under(code, key))
        return self._placed(code, position, "store", "put into a container")

    def _placed(
        self, code: Code, position: int, kind: str, message: str, name: str = "", weight: int = 1
    ) -> list[RawStep]:
        if not 0 <= position < len(code.code):
            return []
        return [RawStep(code.unit, code.body, position, kind, message, name, weight)]


_WORDS: dict[type, tuple[str, str]] = {
    ir.Elem: ("load", "taken from the iteration"),
    ir.Text: ("use", "made part of a string"),
    ir.Operate: ("use", "made part of a larger value"),
}
_EXITS = {RETURN: ("return", "returned"), RAISED: ("return", "raised")}


def _place(fact: Fact) -> int:
    """Where a fact came to be: of what leaves a body as an exception, the instruction that raises."""
    value, path = fact
    return int(str(path[0])[1:]) if value == RAISED and path and str(path[0]).startswith("@") else value


def _under(code: Code, key: int) -> str:
    instr = code.code[key] if key >= 0 else None
    if not isinstance(instr, ir.Const) or instr.value is None or instr.kind:
        return ""
    return f" under {instr.value!r}" if isinstance(instr.value, str) else f" at position {instr.value}"


def _without_repeats(steps: list[RawStep]) -> list[RawStep]:
    """No loops: when a place comes again, what lay between is left out."""
    found: list[RawStep] = []
    for step in steps:
        for number, earlier in enumerate(found):
            if (earlier.unit, earlier.body, earlier.position) == (step.unit, step.body, step.position):
                del found[number + 1 :]
                break
        else:
            found.append(step)
    return found[:MAX_TRACE_STEPS]
