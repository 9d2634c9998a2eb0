"""The analysis on one page: plant what is declared, solve, and tell each flow with its trace and its purposes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

import msgspec

from privlint import ir
from privlint.analysis.bounds import MAX_SOURCE_LENGTH
from privlint.analysis.callees import Callees
from privlint.analysis.code import Code, Lower, Lowered
from privlint.analysis.constants import Constants
from privlint.analysis.destinations import Destination, Destinations
from privlint.analysis.facts import Context, Fact
from privlint.analysis.flow import (
    Counts,
    Declaration,
    FileProblem,
    Findings,
    Flow,
    Read,
    ServiceStart,
    Sink,
)
from privlint.analysis.given import called_by_callee
from privlint.analysis.hits import Hit, SinkSite
from privlint.analysis.items import Items
from privlint.analysis.makers import Makers
from privlint.analysis.masks import doubts, is_pseudonymous
from privlint.analysis.program import Program
from privlint.analysis.purposes import CodePurpose, Purposes
from privlint.analysis.responses import is_returned_itself, keeps_back, response_model
from privlint.analysis.seeds import Seeds
from privlint.analysis.solver import Solver
from privlint.analysis.sources import Sources
from privlint.analysis.terms import Types
from privlint.analysis.text_types import TextTypes
from privlint.analysis.traces import RawStep, Traces, Way
from privlint.analysis.transfer import HANDLERS
from privlint.analysis.types import TypeQuery
from privlint.analysis.variables import declared_variables
from privlint.diagnostics import Confidence, Step
from privlint.models import Models

Locate = Callable[[str, Iterable[int]], Mapping[int, "tuple[ir.Place, str]"]]
"""(unit, ordinals) -> their places in the file, and their source with white space normalised."""


class _Candidate(msgspec.Struct):
    """One field at one sink, before it is told: the best hit, and in what state the field is there."""

    field: int
    hit: Hit
    item: int
    lane: int
    whole: bool


def analyse(program: Program, models: Models, code_purpose: CodePurpose, lower: Lower, locate: Locate) -> Findings:
    """All flows of declared data in a program, and what else checks look at.

    `lower` and `locate` are the frontend's, handed in by the engine; `code_purpose` is the policy's `[code]` map.
    """
    program.refine(TextTypes(program, models))
    units = Lowered(program, lower)
    query = TypeQuery(program, models, units)
    variables = declared_variables(program, units, locate)
    sources = Sources(program, models)
    items = Items(program, [*(declared for _, declared in variables), *sources.declarations])
    first = len(items.fields) - len(variables) - len(sources.declarations)
    solver = Solver(query, Callees(query), items, HANDLERS, called_by_callee)
    seeds = Seeds(solver, {site: first + number for number, (site, _) in enumerate(variables)}, sources)
    if items.fields:
        seeds.plant()
        solver.run()
    return Telling(solver, seeds, code_purpose, locate).findings()


class Telling:
    """Turns the solver's tables into findings."""

    def __init__(self, solver: Solver, seeds: Seeds, code_purpose: CodePurpose, locate: Locate) -> None:
        self._program = solver.program
        self._ask = locate
        self._s = solver
        self._seeds = seeds
        self._query = solver.query
        makers = Makers(solver.query)
        self._destinations = Destinations(solver.query, Constants(solver.query, makers), makers)
        self._purposes = Purposes(solver.query, code_purpose, seeds.built.users)
        self._traces = Traces(solver)
        self._ways: dict[tuple[SinkSite, int], Way] = {}  # by sink and field
        self._places: dict[str, dict[int, tuple[ir.Place, str]]] = {}

    def findings(self) -> Findings:
        found = [(site, self._first_told(site, candidates)) for site, candidates in self._candidates()]
        ways = {(site, n): self._way(site, c) for site, cs in found for n, c in enumerate(cs)}
        self._locate(ways, found)
        flows = [
            self._flow(self._sink(site), candidate, ways[site, n])
            for site, candidates in found
            for n, candidate in enumerate(candidates)
        ]
        program = self._program
        return Findings(
            flows=sorted(flows, key=_flow_order),
            declarations=self._seeds.declarations(),
            reads=self._reads(),
            services=self._services(),
            problems=self._problems(),
            names=program.all_names,
            unresolved=self._unresolved(),
            counts=self._counts(),
            conflicts=[(conflict.first, conflict.second) for conflict in program.declarations.conflicts],
        )

    # ----------------------------------------------------------------------------------------------------- selection

    def _candidates(self) -> list[tuple[SinkSite, list[_Candidate]]]:
        sites = sorted(self._s.hits.sites, key=lambda s: (s.unit, s.body, s.position, s.kind, s.callable))
        found = ((site, self._at(site)) for site in sites)
        return [(site, candidates) for site, candidates in found if candidates]

    def _at(self, site: SinkSite) -> list[_Candidate]:
        best: dict[int, _Candidate] = {}
        model = self._response_model(site)
        for hit, mask in self._s.hits.sites[site].items():
            context = self._s.contexts[hit.context]
            for item, lane in self._s.lanes.items(self._s.concrete(context, mask)):
                whole = item >= self._s.lanes.fields
                if whole and not hit.deep:
                    continue
                for field in self._s.items.disclosed(item):
                    if model and self._keeps_back(model, context.code, hit.fact, field if whole else -1):
                        continue
                    known = best.get(field)
                    if known is None or _worth(lane, whole) < _worth(known.lane, known.whole):
                        best[field] = _Candidate(field, hit, item, lane, whole)
        return [best[field] for field in sorted(best) if not self._is_at_home(site, field)]

    def _response_model(self, site: SinkSite) -> Types:
        """What a route makes of what it returns; empty if nothing tells."""
        function = self._program.functions.get(site.unit) if site.kind == "response" and not site.model else None
        return response_model(self._s.callees, function) if function is not None else ()

    def _keeps_back(self, model: Types, code: Code, fact: Fact, field: int) -> bool:
        """Whether a response model leaves the data out: that at `fact`, or `field` of the object there."""
        value, path = fact
        if field < 0:
            return keeps_back(self._s.callees, model, code, value, path)
        name = self._s.items.fields[field].name.rpartition(".")[2]
        inner = (*path, f".{name}")
        if is_returned_itself(path):  # the object itself is no response of the framework's
            return self._s.callees.schemas.leave_out(model, inner, objects=True)
        return keeps_back(self._s.callees, model, code, value, inner)

    def _is_at_home(self, site: SinkSite, field: int) -> bool:
        """A stored field that declares the category it gets."""
        if site.kind != "store":
            return False
        owner, _, name = site.callable.rpartition(".")
        target = self._s.items.held(owner).get(name, -1)
        if target < 0:
            return False
        fields = self._s.items.fields
        return set(fields[field].categories) <= set(fields[target].categories)

    # --------------------------------------------------------------------------------------------------------- places

    def _way(self, site: SinkSite, candidate: _Candidate) -> Way:
        key = (site, candidate.field)
        found = self._ways.get(key)
        if found is None:
            context: Context = self._s.contexts[candidate.hit.context]
            found = self._traces.way(context, candidate.hit.fact, candidate.item, site.position)
            self._ways[key] = found
        return found

    def _first_told(self, site: SinkSite, candidates: list[_Candidate]) -> list[_Candidate]:
        """Without what another method has handed to the response before: `super().get_context_data()`."""
        if site.kind != "response":
            return candidates
        return [each for each in candidates if not self._told_before(site.unit, self._way(site, each).steps)]

    def _told_before(self, unit: str, steps: Sequence[RawStep]) -> bool:
        """Whether a method that answers had the data, and what it gave was taken as it is: nothing was read off it or
        put elsewhere since."""
        for step in reversed(steps):
            if step.unit != unit and self._answers(step.unit):
                return True
            if step.unit == unit and step.kind in ("load", "read", "store"):
                return False
        return False

    def _answers(self, unit: str) -> bool:
        code = self._s.units.code(unit)
        return self._s.responding.of(code) and not self._s.responding.mixes_in(code)

    def _locate(
        self, ways: Mapping[tuple[SinkSite, int], Way], found: Sequence[tuple[SinkSite, list[_Candidate]]]
    ) -> None:
        wanted: dict[str, set[int]] = {}
        for way in ways.values():
            for step in way.steps:
                wanted.setdefault(step.unit, set()).add(self._ordinal(step.unit, step.body, step.position))
        for site, _ in found:
            wanted.setdefault(site.unit, set()).add(self._ordinal(site.unit, site.body, site.position))
        for unit in sorted(wanted):
            self._places.setdefault(unit, {}).update(self._ask(unit, sorted(wanted[unit])))

    def _ordinal(self, unit: str, body: int, position: int) -> int:
        return self._s.units.code(unit, body).code[position].at

    def _place(self, unit: str, body: int, position: int) -> tuple[ir.Place, str]:
        ordinal = self._ordinal(unit, body, position)
        known = self._places.setdefault(unit, {})
        if ordinal not in known:
            known.update(self._ask(unit, [ordinal]))
        if ordinal in known:
            return known[ordinal]
        line = self._program.unit_span(unit).first_line
        return ir.Place(line, 1, line, 1), ""

    # ---------------------------------------------------------------------------------------------------------- flows

    def _sink(self, site: SinkSite) -> Sink:
        code = self._s.units.code(site.unit, site.body)
        place, expression = self._place(site.unit, site.body, site.position)
        destination: Destination = self._destinations.of(code, site)
        path, module = self._path(site.unit)
        return Sink(
            kind=site.kind,
            callable=site.callable,
            path=path,
            line=place.line,
            column=place.column,
            end_line=place.end_line,
            end_column=place.end_column,
            unit=Callees.dotted(site.unit),
            module=module,
            expression=expression,
            library=site.callable.partition(".")[0] if site.model is not None else "",
            recipient=destination.recipient or (site.model.recipient if site.model is not None else ""),
            host=destination.host,
            url=destination.url,
            destination=destination.state,
            location=destination.location,
            location_from=destination.location_from,
            transport=destination.transport,
            encrypted=destination.encrypted,
        )

    def _path(self, unit: str) -> tuple[str, str]:
        module = unit.partition(":")[0]
        return self._program.unit_span(unit).path, module

    def _flow(self, sink: Sink, candidate: _Candidate, way: Way) -> Flow:
        source = self._s.items.fields[candidate.field]
        return Flow(
            source=source,
            sink=sink,
            confidence=Confidence.LIKELY if doubts(candidate.lane) else Confidence.CERTAIN,
            trace=self._trace(source, way, sink),
            purposes=self._purposes.of(way.frames, sink.line),
            pseudonymous=is_pseudonymous(candidate.lane),
            whole=self._is_whole(self._s.items.class_of(candidate.item) if candidate.whole else way.opened),
        )

    def _is_whole(self, owner: str) -> bool:
        """Whether an object of this class that leaves says nothing of what was meant to go out; "" is no object."""
        models = list(self._query.members.library.class_models(owner)) if owner else []
        declared = any(model.schema for model in models) and not any(model.stores for model in models)
        return bool(owner) and not declared

    def _trace(self, source: Declaration, way: Way, sink: Sink) -> tuple[Step, ...]:
        name = source.name.rpartition(".")[2]
        first = Step(source.path, source.line, source.column, "declaration", f"`{name}` is declared", source.owner)
        end = Step(sink.path, sink.line, sink.column, "sink", _arrival(sink), sink.unit, sink.end_line, sink.end_column)
        told = [(raw.weight, self._step(raw)) for raw in way.steps]
        return (first, *_by_line(told, end), end)

    def _step(self, raw: RawStep) -> Step:
        place, text = self._place(raw.unit, raw.body, raw.position)
        path, _ = self._path(raw.unit)
        function = Callees.dotted(raw.unit)
        said = raw.message.replace("{}", text if 0 < len(text) <= MAX_SOURCE_LENGTH else raw.name)
        return Step(path, place.line, place.column, raw.kind, said, function, place.end_line, place.end_column)

    # --------------------------------------------------------------------------------------------------- other facts

    def _reads(self) -> list[Read]:
        """The first read of each module in code without a purpose, and the first with one."""
        found: list[Read] = []
        done: set[str] = set()
        for unit, body, position, item in sorted(self._seeds.reads, key=self._source_order):
            path, module = self._path(unit)
            if module in done:
                continue
            purposes = self._purposes.unit(unit)
            source = self._s.items.fields[item]
            if all(use.name for use in purposes) or self._declares(unit, source):
                continue
            done.add(module)
            place, _ = self._place(unit, body, position)
            found.append(Read(source, path, place.line, place.column, Callees.dotted(unit), module, purposes))
        return found

    def _source_order(self, read: tuple[str, int, int, int]) -> tuple[str, int, int, int]:
        span = self._program.unit_span(read[0])
        return span.path, span.first_line, read[1], read[2]

    @staticmethod
    def _declares(unit: str, source: Declaration) -> bool:
        return bool(source.owner) and Callees.dotted(unit).startswith(source.owner + ".")

    def _services(self) -> list[ServiceStart]:
        found = []
        for recipient, name, code, call in self._destinations.started(self._query.models.callables):
            position = next(i for i, instr in enumerate(code.code) if instr is call)
            place, expression = self._place(code.unit, code.body, position)
            destination = self._destinations.of_start(code, name, call)
            if destination.state == "own":
                continue
            path, _ = self._path(code.unit)
            found.append(
                ServiceStart(
                    recipient=destination.recipient or recipient,
                    callable=name,
                    path=path,
                    line=place.line,
                    column=place.column,
                    end_line=place.end_line,
                    end_column=place.end_column,
                    unit=Callees.dotted(code.unit),
                    expression=expression,
                    location=destination.location,
                    location_from=destination.location_from,
                )
            )
        return sorted(found, key=lambda s: (s.path, s.line, s.column, s.recipient))

    def _problems(self) -> list[FileProblem]:
        program = self._program
        found = [FileProblem(m.path, p) for m in program.modules.values() for p in m.index.problems]
        found += program.declarations.problems
        for unit in sorted(self._s.units.lowered):
            path, _ = self._path(unit)
            found += [FileProblem(path, problem) for problem in self._s.units.lowered[unit].problems]
        for unit in sorted(self._s.full):
            path, _ = self._path(unit)
            name = unit.partition(":")[2].partition("#")[0] or "the module's body"
            message = f"more ways of data meet in {name} than are followed"
            found.append(FileProblem(path, ir.Problem("PRV903", message, program.unit_span(unit).first_line)))
        return sorted(found, key=lambda f: (f.path, f.problem.line, f.problem.column, f.problem.code))

    def _unresolved(self) -> list[tuple[str, int, str]]:
        """By the lines of the index, which costs no reading of the source; a call that it does not list (an operator,
        a call of a result) stands at its unit."""
        found = set()
        for (unit, _, _), name in self._s.unresolved.items():
            path, module = self._path(unit)
            within = unit.partition(":")[2].partition("#")[0]
            calls = self._program.modules[module].index.calls
            lines = {call.line for call in calls if (call.unit, call.callee) == (within, name)}
            found |= {(path, line, name) for line in lines or {self._program.unit_span(unit).first_line}}
        return sorted(found)

    def _counts(self) -> Counts:
        program = self._program
        facts: dict[str, int] = {}
        for context in self._s.contexts:
            facts[context.code.unit] = facts.get(context.code.unit, 0) + len(context.facts)
        return Counts(
            units=sum(len(program.units(module)) for module in program.modules),
            lowered=len(self._s.units.lowered),
            reached=len(facts),
            steps=self._s.steps,
            unresolved=len(self._s.unresolved),
            cut=self._s.cut,
            facts=sorted(facts.values()),
        )


def _by_line(told: Sequence[tuple[int, Step]], end: Step) -> list[Step]:
    """One step for each line that the way goes through in a row: what weighs most there, in one sentence."""
    found: list[Step] = []
    for _, group in groupby(told, key=lambda one: (one[1].path, one[1].line, one[1].function)):
        steps = list(group)
        heaviest = max(weight for weight, _ in steps)
        chosen = [step for weight, step in steps if weight == heaviest]
        if heaviest < 2 and (chosen[0].path, chosen[0].line) == (end.path, end.line):
            continue
        said = ", ".join(dict.fromkeys(step.message for step in chosen))
        found.append(msgspec.structs.replace(chosen[0], message=said))
    return found


def _arrival(sink: Sink) -> str:
    if sink.kind == "response":
        return "returned as a response"
    if sink.kind == "exception":
        return "raised with the exception"
    return f"written to `{sink.callable}`" if sink.kind == "store" else f"reaches {sink.callable}"


def _worth(lane: int, whole: bool) -> tuple[bool, bool, bool]:
    """Plain before pseudonymous, certain before likely, named before as part of a whole."""
    return is_pseudonymous(lane), doubts(lane) > 0, whole


def _flow_order(flow: Flow) -> tuple[str, int, int, str, str, str]:
    return flow.sink.path, flow.sink.line, flow.sink.column, flow.sink.kind, flow.sink.callable, flow.source.name
