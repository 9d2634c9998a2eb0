"""Where does personal data go: a sparse, source-driven tabulation over facts (value, access path) of bodies.

A body is solved once per *context*: once for the data that begins in it, and once for each fact it is entered with. A
fact that enters as a scalar is a token, so one context serves every caller and every field; what leaves such a context
(its exits) is a summary, applied to each caller's own items. Data that begins in a body and leaves it goes to every
call site the index knows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from privlint import ir
from privlint.analysis.aliases import write_through as write_alias
from privlint.analysis.binding import Binding
from privlint.analysis.bounds import (
    MAX_CALLERS_FOR_WRITES,
    MAX_CONTEXTS_PER_BODY,
    MAX_OWNERS_PER_BODY,
)
from privlint.analysis.callees import Callees
from privlint.analysis.captures import GIVEN_PORTS, captured, entries, method_of
from privlint.analysis.code import Code, Lowered
from privlint.analysis.copying import Copies
from privlint.analysis.derived import Derived
from privlint.analysis.facts import (
    OWN,
    RAISED,
    RETURN,
    TOKEN,
    Caller,
    Context,
    Display,
    Fact,
    Heap,
    Origin,
    class_of_owner,
)
from privlint.analysis.globals import write_global
from privlint.analysis.heap_readers import HeapReaders
from privlint.analysis.hits import Hit, Hits, SinkSite
from privlint.analysis.holding import held_names, part_makers, write_into_whole, write_through
from privlint.analysis.items import Items
from privlint.analysis.overriding import Overriding
from privlint.analysis.paths import ANY, CUT, KEY, VALUE, Element, Path, is_text_key, join, matches, named_only
from privlint.analysis.raising import THROWN, is_told_only, marked, taking, unmarked
from privlint.analysis.receiving import Receiving
from privlint.analysis.responding import Responding
from privlint.analysis.sites import CallSites
from privlint.analysis.state import State
from privlint.analysis.tags import known_tags, tagged
from privlint.analysis.targets import Target
from privlint.analysis.terms import MAPPINGS, SCALARS, SEQUENCES, Type, obj
from privlint.analysis.types import TypeQuery

_PUT_INTO: dict[str, Path] = {"given": (), "item": (ANY,), "entry": (VALUE,)}
"""Results that become a value or lie in it."""

_MADE_HERE = (ir.Call, ir.Build, ir.Load, ir.Item)

Handler = Callable[["Solver", Context, int, "ir.AnyInstr", int, Path, int], None]
CallGiven = Callable[["Solver", Context, int, Target, Fact, int, Origin], None]
"""What happens at a call whose callee passes data to a function that it was given there."""

_PLAIN = SCALARS | SEQUENCES | MAPPINGS  # bases that make an object plain data as well


class Solver:
    """`add` states a fact, `enter` calls a body with one, `leave` takes one out of a body; `run` works until no fact is
    new. What facts do at an instruction is in `transfer` and `calling`."""

    def __init__(
        self, query: TypeQuery, callees: Callees, items: Items, handlers: dict[type, Handler], call_given: CallGiven
    ) -> None:
        self.query = query
        self.program = query.program
        self.units: Lowered = query.units
        self.callees = callees
        self.items = items
        self.lanes = items.lanes
        self.hits = Hits()
        self.contexts: list[Context] = []
        self.seeded: set[tuple[str, int, int]] = set()
        self.begun: dict[tuple[int, int, Path], int] = {}  # by context and load: what its type or its owner tells
        self.tags_kept: dict[
            tuple[int, int, Path], dict[Element, int]
        ] = {}  # by context and store, with the path below
        self.shown: dict[tuple[str, int, int], dict[SinkSite, None]] = {}  # sinks that format what they are given
        self.displays: dict[tuple[str, int, int], Display] = {}  # by the instruction that builds a mapping
        self.steps = 0
        self.cut = 0
        self.full: set[str] = set()  # units with more facts than are followed
        self.unresolved: dict[tuple[str, int, int], str] = {}
        self.held = held_names(query.models)
        self._parts = part_makers(query.models)
        self._with_parts: dict[Code, bool] = {}
        self.call_given = call_given
        self.returns_into: dict[tuple[str, int, int], tuple[Target, int, int]] = {}
        self.chains: list[tuple[int, Target, int]] = []
        self._handlers = handlers
        self._own: dict[tuple[str, int], dict[str, Context]] = {}
        self._entered: dict[tuple[str, int, int, int, Path, str], Context] = {}
        self._per_body: dict[tuple[str, int], int] = {}
        self._queue: deque[tuple[Context, Fact, int]] = deque()
        self._bindings: dict[Target, Binding] = {}
        self._params: dict[tuple[str, int], dict[int, int]] = {}
        self.sites = CallSites(self)
        self.readers = HeapReaders(self)
        self.receiving = Receiving(self)
        self.overriding = Overriding(self)
        self.state = State(self)
        self.copies = Copies(self)
        self._attended: set[tuple[Code, int, Target]] = set()
        self._told: dict[tuple[str, int], list[tuple[Code, int, Target]]] = {}  # call sites that only facts tell of
        self._relations: dict[tuple[str, str], list[tuple[int, Path]]] = {}
        self.responding = Responding(callees)
        self.derived = Derived(self)

    # -------------------------------------------------------------------------------------------------------- facts

    def own(self, code: Code, owner: str = "") -> Context:
        """The context of the data that begins in a body; of the data of heir `owner` in a method that it shares."""
        owned = self._own.setdefault((code.unit, code.body), {})
        if owner not in owned and len(owned) > MAX_OWNERS_PER_BODY:
            owner = ""
        found = owned.get(owner)
        if found is None:
            found = owned[owner] = self._new(code, OWN, -1, (), owner)
        return found

    def _new(self, code: Code, kind: int, port: int, path: Path, owner: str = "") -> Context:
        context = Context(len(self.contexts), code, kind, port, path, owner)
        self.contexts.append(context)
        return context

    def add(self, context: Context, value: int, path: Path, mask: int, origin: Origin) -> None:
        fact = (value, path)
        known = context.facts.get(fact, 0)
        new = self.lanes.new(known, mask)
        if new and len(path) > 1:
            new = self.lanes.new(known | self._covered(context, value, path), new)
        if not new:
            return
        if not known and not context.has_room(path):
            self.cut += 1
            self.full.add(context.code.unit)
            return
        context.deep += not known and len(path) > 1
        context.facts[fact] = known | new
        context.origins.setdefault(fact, []).append((new, origin))
        self._queue.append((context, fact, new))

    def _covered(self, context: Context, value: int, path: Path) -> int:
        """Data that is known to be what holds `path`, all items of which are read as that data: it need not be told of
        each. (Not of the value itself: data that is an argument taken apart is no argument.)"""
        covered = 0
        for length in range(len(path) - 1, 0, -1):
            element = path[length]
            if element not in (ANY, VALUE, KEY):
                break
            covered |= context.facts.get((value, path[:length]), 0)
        return covered if context.kind == TOKEN else covered & self.lanes.scalars

    def run(self) -> None:
        while self._queue:
            context, fact, mask = self._queue.popleft()
            self.steps += 1
            value, path = fact
            if path and path[0] in self.held:
                write_through(self, context, fact, mask)
            if path and value >= 0 and self._makes_parts(context.code):
                write_into_whole(self, context, fact, mask)
            code = context.code.code
            if value < 0 and (context.code.unit, context.code.body, value) in self.returns_into:
                self._return_into(context, fact, mask)
            for position in context.code.uses.get(value, ()):
                instr = code[position]
                handler = self._handlers.get(type(instr))
                if handler is not None:
                    handler(self, context, position, instr, value, path, mask)

    def _makes_parts(self, code: Code) -> bool:
        """Whether a body makes parts of objects, by the names of its calls."""
        found = self._with_parts.get(code)
        if found is None:
            found = self._with_parts[code] = not self._parts.isdisjoint(code.names.values())
        return found

    def targets(self, context: Context, position: int) -> tuple[Target, ...]:
        """What the instruction at `position` calls in a context."""
        found = self.callees.of(context.code, position)
        return self.overriding.fitting(context, position, found) if context.owner else found

    def concrete(self, context: Context, mask: int) -> int:
        """The items that a mask of a context stands for."""
        return self.lanes.through(context.mask, mask) if context.kind == TOKEN else mask

    # -------------------------------------------------------------------------------------------------------- calls

    def binding(self, target: Target) -> Binding:
        found = self._bindings.get(target)
        if found is None:
            params = self.units.record(target.name, target.body).params
            found = self._bindings[target] = Binding(target.args, params, target.lengths)
        return found

    def param(self, code: Code, index: int) -> int:
        """The value of parameter `index`; -1 if the body never reads it."""
        key = (code.unit, code.body)
        found = self._params.get(key)
        if found is None:
            found = {i.index: v for v, i in enumerate(code.code) if isinstance(i, ir.Param)}
            self._params[key] = found
        return found.get(index, -1)

    def enter(
        self, context: Context, position: int, target: Target, fact: Fact, mask: int, index: int, path: Path
    ) -> None:
        """Fact `fact` of a caller becomes `path` below parameter `index` of the target."""
        code = self.units.code(target.name, target.body)
        value = self.param(code, index)
        if value < 0 or (path[-1:] == (CUT,) and self._is_self(code, index)):
            return
        scalars = mask & self.lanes.scalars
        if (context.kind == TOKEN or scalars) and (path or not self._is_self(code, index)):
            self._enter(context, position, target, fact, scalars or mask, code, TOKEN, index, path, value)
        if context.kind != TOKEN:
            for item, lane in self.lanes.items(mask & self.lanes.carriers):
                if not self._born_there(code, value, item, path):
                    inner = self.lanes.of(item, lane)
                    self._enter(context, position, target, fact, inner, code, item, index, path, value)

    def _is_self(self, code: Code, index: int) -> bool:
        """Whether a parameter is the object of a method: an object of the program, and so no plain data."""
        owner = self.state.owner(code) if index == 0 else ""
        return bool(owner) and _PLAIN.isdisjoint(self.query.members.library.line(owner))

    def enter_captured(self, context: Context, position: int, target: Target, fact: Fact, mask: int) -> None:
        """Fact `fact` of a caller lies in a variable that the called closure captured."""
        code = self.units.code(target.name, target.body)
        for value, inner in entries(code, fact[1][0], self.units.captured(target.name)):
            self.enter_at(context, position, target, fact, mask, code, value, fact[1] if inner else fact[1][1:])

    def enter_at(
        self, context: Context, position: int, target: Target, fact: Fact, mask: int, code: Code, value: int, path: Path
    ) -> None:
        """Fact `fact` of a caller becomes `path` below `value`, which is no parameter."""
        scalars = mask & self.lanes.scalars
        port = -100 - value if value >= 0 else value
        if context.kind == TOKEN or scalars:
            self._enter(context, position, target, fact, scalars or mask, code, TOKEN, port, path, value)
        for item, lane in self.lanes.items(mask & self.lanes.carriers) if context.kind != TOKEN else ():
            held = self.lanes.of(item, lane)
            self._enter(context, position, target, fact, held, code, item, port, path, value)

    def _born_there(self, code: Code, value: int, item: int, path: Path) -> bool:
        """The parameter's own type says that it is such an object: it begins there, and need not be brought."""
        own = self._own.get((code.unit, code.body), {}).get("")
        return own is not None and bool(own.facts.get((value, path), 0) & self.lanes.of(item))

    def _enter(
        self,
        context: Context,
        position: int,
        target: Target,
        fact: Fact,
        mask: int,
        code: Code,
        kind: int,
        index: int,
        path: Path,
        value: int,
    ) -> None:
        owner = self.overriding.owner(context, position, target, code)
        key = (code.unit, code.body, kind, index, path, owner)
        inner = self._entered.get(key)
        if inner is None:
            body = (code.unit, code.body)
            deeper = _is_inside(context.code, code) and context.kind != OWN and len(path) > len(context.path)
            if deeper or self._per_body.get(body, 0) >= MAX_CONTEXTS_PER_BODY:
                self.cut += 1
                return
            self._per_body[body] = self._per_body.get(body, 0) + 1
            inner = self._entered[key] = self._new(code, kind, index, path, owner)
        if target.likely:
            mask = self.lanes.likely(mask)
        start = self.lanes.of(0) if kind == TOKEN else mask
        if kind == TOKEN:
            self.link(context, fact, inner, mask)
        self.add(inner, value, path, start, Origin("entry"))
        caller = Caller(context.id, position, fact, target)
        inner.callers[caller] = None
        for exit_fact, summary in list(inner.exits.items()):
            self._apply(inner, caller, exit_fact, summary, mask)

    def link(self, context: Context, fact: Fact, inner: Context, mask: int) -> None:
        """What the token of `inner` stands for grows with what `fact` of `context` holds."""
        key = (inner.id, fact)
        context.links[key] = context.links.get(key, 0) | mask
        self._grow([(inner, self.concrete(context, mask))])

    def _grow(self, pending: list[tuple[Context, int]]) -> None:
        while pending:
            context, mask = pending.pop()
            new = self.lanes.new(context.mask, mask)
            if not new:
                continue
            context.mask |= new
            for (heap, fact, path), summary in list(context.exports.items()):
                self._publish(context, heap, fact, path, self.lanes.through(new, summary))
            for (number, _), summary in context.links.items():
                pending.append((self.contexts[number], self.lanes.through(new, summary)))

    # -------------------------------------------------------------------------------------------------------- exits

    def leave(self, context: Context, port: int, path: Path, mask: int, fact: Fact) -> None:
        """Fact `fact` leaves the body: by `port` RETURN, RAISED, or a parameter's number (what its object became)."""
        if 0 <= port < GIVEN_PORTS:
            mask = self._unchanged(context, port, path, mask)
            if not mask:
                return
        key = (port, path)
        known = context.exits.get(key, 0)
        new = self.lanes.new(known, mask)
        if not new:
            return
        context.exits[key] = known | new
        exit_fact = (port, path)
        context.origins.setdefault((_exit_value(port), path), []).append((new, Origin("step", fact)))
        if context.kind == OWN:
            self._return_to_all(context, exit_fact, new)
            if port == 0 and path and self._is_root(context.code):
                self._keep(context, path, new, fact)
            return
        for caller in list(context.callers):
            held = self.contexts[caller.context].facts.get(caller.fact, 0)
            self._apply(context, caller, exit_fact, new, held)

    def _is_root(self, code: Code) -> bool:
        """Nobody in the program is known to call the body."""
        return self.called_by_all(code) or not self.sites.of(code, guessed=False)

    def _keep(self, context: Context, path: Path, mask: int, fact: Fact) -> None:
        """A method that nobody in the program calls leaves something in an attribute of `self`."""
        owner = class_of_owner(context.owner) or self.state.owner(context.code)
        if owner and isinstance(path[0], str) and path[0].startswith(".") and self.state.is_kept(owner, path):
            self.export(context, ("self", owner, path[0][1:]), fact, path, mask)

    def _unchanged(self, context: Context, port: int, path: Path, mask: int) -> int:
        """What a parameter's object holds at the exit and did not hold at the entry."""
        if context.port == port and context.path == path:
            return 0
        if not path and not context.code.unit.partition("#")[0].endswith(".__init__"):
            return 0
        return mask & ~context.facts.get((self.param(context.code, port), path), 0)

    def _apply(self, inner: Context, caller: Caller, exit_fact: Fact, summary: int, held: int) -> None:
        context = self.contexts[caller.context]
        if inner.kind == TOKEN:
            mask = self.lanes.through(held & self.lanes.scalars if context.kind != TOKEN else held, summary)
        else:
            mask = summary
        if caller.target.likely:
            mask = self.lanes.likely(mask)
        origin = Origin("result", caller.fact, inner.id, exit_fact)
        self._deliver(context, caller.position, caller.target, exit_fact, mask, origin)

    def called_by_all(self, code: Code) -> bool:
        """`get`, `save`, `run`: by its name so many units may call a body that none of them tells who does."""
        return not code.body and len(self.program.callers(code.unit)) > MAX_CALLERS_FOR_WRITES

    def _return_to_all(self, context: Context, exit_fact: Fact, mask: int) -> None:
        port = exit_fact[0]
        if port >= 0 and self.called_by_all(context.code):
            self.cut += 1
            return
        origin = Origin("back", None, context.id, exit_fact)
        told = self._told.get((context.code.unit, context.code.body), ())
        for code, position, target in (*self.sites.of(context.code, guessed=port == RETURN), *told):
            delivered = self.lanes.likely(mask) if target.likely else mask
            there = self.receiving.context(context, code, target)
            if there is None and not context.owner and (code, position, target) in self._attended:
                there = self.own(code)  # which object it is, a fact tells, and not its type alone
            if there is None and context.owner and self.receiving.is_vague(code, target):  # it is one heir of many
                there, delivered = self.own(code), self.lanes.doubted(self.lanes.doubted(mask))
            if there is not None and delivered:
                self._deliver(there, position, target, exit_fact, delivered, origin)

    def _deliver(
        self, context: Context, position: int, target: Target, exit_fact: Fact, mask: int, origin: Origin
    ) -> None:
        port, path = exit_fact
        if port == RAISED and (context.code.unit, context.code.body, target.into) in self.returns_into:
            self.add(context, target.into, (THROWN, *path), mask, origin)
        elif port == RAISED:
            self.raised(context, position, *unmarked(path), mask, origin)
        elif port >= GIVEN_PORTS:
            self.call_given(self, context, position, target, exit_fact, mask, origin)
        elif port == RETURN and target.result in _PUT_INTO:
            self.add(context, target.into, join(_PUT_INTO[target.result], path), mask, origin)
        elif port == RETURN:
            if target.result == "element":
                if not path or matches(path[0], ANY):
                    self.add(context, position, path[1:], mask if path else mask & self.lanes.scalars, origin)
            elif target.result == "return":
                path = path if target.result_path else self.with_tags(context.code, position, path)
                self.add(context, position, join(target.result_path, path), mask, origin)
            elif target.result == "shown" and not path:
                self.show(context, position, mask & self.lanes.scalars, origin)
        elif target.result == "self" and port == 0:
            self.add(context, position, path, mask, origin)
        else:
            written = self.binding(target).back(port, path)
            for value, inner in written:
                self._write_back(context, position, value, inner, mask, origin)
            if not written and path and origin.fact is not None:
                self._write_default(context, target, port, origin.fact, path, mask)

    def _write_default(self, context: Context, target: Target, port: int, fact: Fact, path: Path, mask: int) -> None:
        """A call left out a parameter whose default is a container: every such call shares it."""
        params = self.units.record(target.name, target.body).params
        default = params[port].default if port < len(params) else None
        spread = any(arg.name in ("*", "**") for arg in target.args)
        if default is not None and default.kind in ("seq", "dict", "call") and not spread:
            self.export(context, ("default", target.name, str(target.body), str(port)), fact, path, mask)

    def _return_into(self, context: Context, fact: Fact, mask: int) -> None:
        """What a function returns goes into the body that called it because it was given it."""
        target, inside, position = self.returns_into[context.code.unit, context.code.body, fact[0]]
        code = self.units.code(target.name, target.body)
        if fact[1][:1] == (THROWN,):
            self._throw_into(context, position, target, fact, mask, code, inside)
            return
        self.enter_at(context, position, target, fact, mask, code, inside, fact[1])

    def _throw_into(
        self, context: Context, position: int, target: Target, fact: Fact, mask: int, code: Code, inside: int
    ) -> None:
        """An exception comes out of a function that a body was given, where that calls it."""
        name, path = unmarked(fact[1][1:])
        caught = False
        for catch in taking(self.query, code, inside, name):
            self.enter_at(context, position, target, fact, mask, code, catch, path)
            caught = caught or not is_told_only(code, catch)
        if not caught:
            self.raised(context, position, name, path, mask, Origin("step", fact))

    def show(self, context: Context, position: int, mask: int, origin: Origin) -> None:
        """What an object's `__str__` tells, at a sink that formats the object."""
        fact = (position, ("#shown",))
        self.add(context, *fact, mask, origin)
        for site in self.shown.get((context.code.unit, context.code.body, position), ()):
            self.hits.add(site, Hit(context.id, fact, False), mask)

    def _write_back(self, context: Context, position: int, value: int, path: Path, mask: int, origin: Origin) -> None:
        code = context.code
        if isinstance(code.code[position], ir.Store | ir.StoreItem):  # a property's setter: the new version is here
            self.add(context, position, path, mask, origin)
        self.write_after(context, position, value, path, mask, origin)

    def write_after(self, context: Context, position: int, value: int, path: Path, mask: int, origin: Origin) -> None:
        """The call at `position` wrote data below `value`: its next version has it, or the module variable it is."""
        code = context.code
        afters = code.afters.get(position, ())
        versions = [a for a in afters if isinstance(i := code.code[a], ir.After) and i.value == value]
        for version in versions:
            self.add(context, version, self.with_tags(code, value, path), mask, origin)
        if versions:
            return
        instr = code.code[value] if 0 <= value < len(code.code) else None
        if (
            isinstance(instr, ir.Build)
            and len(path) > 1
            and self._write_item(context, position, instr, path, mask, origin)
        ):
            return
        if value <= -1 and (method := method_of(value)) >= 0:
            self._write_object(context, position, method, path, mask, origin)
        elif write_global(self, context, value, path, mask, origin):
            return
        elif path and 0 <= value < len(code.code) and isinstance(code.code[value], _MADE_HERE):
            self.add(context, value, path, mask, origin)
            write_alias(self, context, value, path, mask, origin)

    def _write_item(
        self, context: Context, position: int, display: ir.Build, path: Path, mask: int, origin: Origin
    ) -> bool:
        """The object that the call wrote into stands in a display: `Thread(args=(found,))`."""
        number = path[0][1] if isinstance(path[0], tuple) else None
        if display.many or not isinstance(number, int | str):
            return False
        if display.kind == "dict":
            keys = [getattr(context.code.code[key], "value", None) if key >= 0 else None for key in display.keys]
            place = keys.index(number) if number in keys else -1
        else:
            place = number if isinstance(number, int) and number < len(display.values) else -1
        if place >= 0:
            self.write_after(context, position, display.values[place], path[1:], mask, origin)
        return place >= 0

    def _write_object(
        self, context: Context, position: int, method: int, path: Path, mask: int, origin: Origin
    ) -> None:
        """A method that the call got as a value wrote into its object."""
        code = context.code
        load = code.code[method] if method < len(code.code) else None
        if not isinstance(load, ir.Load):
            return
        versions = {a for a in code.afters.get(position, ()) if getattr(code.code[a], "value", -1) == method}
        stores = [
            at for a in versions for at in code.uses.get(a, ()) if getattr(code.code[at], "attr", "") == load.attr
        ]
        for store in stores or [load.base]:
            self.add(context, store, path, mask, origin)

    def with_tags(self, code: Code, value: int, path: Path) -> Path:
        """`path` below a value with what is known of the mapping that the value is."""
        return tagged(path, known_tags(self, code, value)) if path and is_text_key(path[0]) else path

    def raised(self, context: Context, position: int, name: str, path: Path, mask: int, origin: Origin) -> None:
        """An exception that holds the data, of class `name` if that is known, is raised at `position`."""
        caught = False
        for catch in taking(self.query, context.code, position, name):
            self.add(context, catch, path, mask, origin)
            caught = caught or not is_told_only(context.code, catch)
        if not caught:
            path = marked(name, path)
            fact = (RAISED, (f"@{position}", *path))
            if self.lanes.new(context.facts.get(fact, 0), mask):
                context.facts[fact] = context.facts.get(fact, 0) | mask
                context.origins.setdefault(fact, []).append((mask, origin))
                self.leave(context, RAISED, path, mask, fact)

    def attend(self, code: Code, position: int, target: Target) -> None:
        """A call that only a fact tells of (an object is formatted): what begins in the callee comes out there too."""
        site = (code, position, target)
        if site in self._attended:
            return
        self._attended.add(site)
        callee = self.units.code(target.name, target.body)
        self._told.setdefault((callee.unit, callee.body), []).append(site)
        for context in list(self._own.get((callee.unit, callee.body), {}).values()):
            there = self.receiving.context(context, code, target) or (None if context.owner else self.own(code))
            for exit_fact, mask in list(context.exits.items()):
                if there is not None:
                    origin = Origin("back", None, context.id, exit_fact)
                    self._deliver(there, position, target, exit_fact, mask, origin)

    # --------------------------------------------------------------------------------------------------------- heap

    def export(self, context: Context, heap: Heap, fact: Fact, path: Path, mask: int) -> None:
        """Fact `fact` is written to a place outside of bodies, with `path` below it."""
        key = (heap, fact, path)
        context.exports[key] = context.exports.get(key, 0) | mask
        self._publish(context, heap, fact, path, self.concrete(context, mask))

    def _publish(self, context: Context, heap: Heap, fact: Fact, path: Path, mask: int) -> None:
        if heap[0] in ("shared", "external") and path:
            path = named_only(path)
            mask = mask if path else 0
        if not mask:
            return
        origin = Origin("heap", fact, context.id, heap=heap)
        for code, position in self.readers.of(heap):
            heir = heap[0] == "self" and heap[1] != (here := self.receiving.class_of(code)) and bool(here)
            apart = heap[1] if heir and self.program.is_subclass(heap[1], here) else ""
            self.add(self.own(code, apart), position, path, mask, origin)
        if heap[0] == "cell" and str(context.code.body) != heap[2]:  # a function wrote what others like it captured
            element = captured(int(heap[2]), heap[3])
            for code, func in self.readers.kept_closures(heap[1], element):
                self.add(self.own(code), func, join((element,), path), mask, origin)

    # --------------------------------------------------------------------------------------------------- about code

    def relation(self, owner: str, name: str) -> list[tuple[int, Path]]:
        """Objects with declared fields that attribute `name` of class `owner` gives: their items, with the path."""
        key = (owner, name)
        found = self._relations.get(key)
        if found is None:
            types = self.query.members.attribute((obj(owner),), name)
            found = self._relations[key] = [(item, path) for term in types for item, path in self.carried(term)]
        return found

    def carried(self, term: Type, depth: int = 0) -> list[tuple[int, Path]]:
        """Objects with declared fields that a value of this type is or holds: (item, path to it)."""
        if depth > 2 or term.kind != "obj":
            return []
        item = self.items.carrier(term.name)
        if item >= 0:
            return [(item, ())]
        inner = [(t, ()) for t in self.query.members.element(term)]
        prefix: Path = (ANY,)
        if term.attr == "fixed":
            return [
                (found, join((("k", n),), path))
                for n, types in enumerate(term.args)
                for t in types
                for found, path in self.carried(t, depth + 1)
            ]
        if term.name == "builtins.dict":
            inner, prefix = [(t, ()) for t in (term.args[1] if len(term.args) > 1 else ())], (VALUE,)
        return [(found, join(prefix, path)) for t, _ in inner for found, path in self.carried(t, depth + 1)]

    def is_own_object(self, code: Code, value: int) -> bool:
        """Whether a value is an instance of a class of the program, so that it cannot be the data itself."""
        types = self.query.of(code, value)
        return bool(types) and all(t.kind == "obj" and t.name in self.program.classes for t in types)


def _is_inside(code: Code, callee: Code) -> bool:
    """A body, or one nested in it, calls itself: what it nests deeper each time would never end."""
    return code.unit == callee.unit and callee.body == 0


def _exit_value(port: int) -> int:
    """Exits stand in the table of origins beside facts, under values that no instruction has."""
    return -10 - port


def exit_key(exit_fact: Fact) -> Fact:
    return (_exit_value(exit_fact[0]), exit_fact[1])
