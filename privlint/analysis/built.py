"""Responses that a framework builds by itself, from what a class only states: `queryset` and `serializer_class`.

What leaves is told once: at the list of fields of the serializer, or at the line of the view that names the model.
"""

from __future__ import annotations

import re

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.facts import Origin
from privlint.analysis.hits import Hit, SinkSite
from privlint.analysis.modelled import read_off
from privlint.analysis.program import Class, Function
from privlint.analysis.serialised import Serialised
from privlint.analysis.solver import Solver
from privlint.analysis.terms import Type, Types, obj

_STATED = re.compile(r"\b(?:attr|each):(\w+)")


class Built:
    """`users` tells which classes a response that is told elsewhere is built for: unit -> units of their bodies."""

    def __init__(self, solver: Solver, serialised: Serialised) -> None:
        self._s = solver
        self._program = solver.program
        self._members = solver.query.members
        self._library = solver.query.members.library
        self._serialised = serialised
        self.users: dict[str, dict[str, None]] = {}

    def plant(self) -> None:
        models = self._s.query.models.classes.values()
        for class_id in sorted(self._program.classes) if any(model.builds for model in models) else ():
            text = next((model.built for model in self._library.class_models(class_id) if model.built), "")
            if text and self._is_built(class_id):
                for term in self._library.types(text, obj(class_id), class_id, None):
                    self._lets_out(class_id, text, term)

        for class_id in sorted(self._program.classes) if any(model.lists for model in models) else ():
            names = [name for model in self._library.class_models(class_id) for name in model.lists]
            for name in dict.fromkeys(names):
                self._lists(class_id, name)

    def _lists(self, class_id: str, name: str) -> None:
        """Attributes of objects that a class lists for its pages, told at the list of the class itself."""
        listing = self._serialised.listing(class_id, name)
        own = listing is not None and listing.code.unit in self._units(self._program.classes[class_id])
        if listing is None or not own:
            return
        shown = self._members.stated.held(class_id, "model")
        read = (pair for term in shown for each in listing.names or () for pair in read_off(self._s, term.name, each))
        items = {item for path, item in read if not path and not self._s.items.class_of(item)}
        self._tell((listing.code, listing.position), class_id, tuple(sorted(items)))

    # ----------------------------------------------------------------------------------------- by the library, or not

    def _is_built(self, class_id: str) -> bool:
        ways: dict[str, str] = {}
        for model in self._library.class_models(class_id):
            ways = model.builds | ways
        begins = sorted(set(ways) - set(ways.values()))
        return any(self._reaches(class_id, name, ways) for name in begins)

    def _reaches(self, class_id: str, name: str, ways: dict[str, str]) -> bool:
        """Whether method `name` comes to the library's own code that builds the response."""
        member = self._program.find(class_id, name)
        function = self._program.functions.get(member.function) if member is not None else None
        if function is None:
            return self._goes_on(class_id, name, ways)
        if self._members.kinds.responds(function):  # what it returns is told there
            return False
        rest = {each: following for each, following in ways.items() if each != name}
        for called in self._called(function):
            if called == name:
                if self._goes_on(class_id, name, ways):
                    return True
            elif called in rest and not self._is_shown(class_id, called) and self._reaches(class_id, called, rest):
                return True
        return False

    def _goes_on(self, class_id: str, name: str, ways: dict[str, str]) -> bool:
        following = ways.get(name)
        if following is None:
            return False
        rest = {each: after for each, after in ways.items() if each != name}
        return not following or self._reaches(class_id, following, rest)

    def _is_shown(self, class_id: str, name: str) -> bool:
        return any(name in model.responds for model in self._library.class_models(class_id))

    def _called(self, function: Function) -> list[str]:
        """Methods of the same object that a method calls."""
        calls = self._program.lookups.calls_in(function)
        return [call.callee for call in calls if call.receiver in ("self", "super()")]

    # ---------------------------------------------------------------------------------------------------- what leaves

    def _lets_out(self, class_id: str, text: str, term: Type) -> None:
        model = self._serialised.model(term.name)
        if model is None:
            for item, _ in self._s.carried(obj(term.name)):
                self._tell(self._place(class_id, text), class_id, (item,))
            return
        listing = self._serialised.listing(term.name, model.names) or self._serialised.listing(term.name, model.drops)
        place = (listing.code, listing.position) if listing is not None else self._place(class_id, text)
        items = {item for _, item in self._serialised.fields(term.name, self._objects(class_id))}
        known = listing is None or listing.known
        whole = known and listing is not None and listing.names is None
        for shown in self._library.types(model.shows, obj(term.name), term.name, None) if whole else ():
            carrier = self._s.items.carrier(shown.name)
            if carrier >= 0 and items >= set(self._s.items.disclosed(carrier)):
                items -= set(self._s.items.disclosed(carrier))
                items.add(carrier)
        self._tell(place, class_id, tuple(sorted(items)), likely=not known)

    def _objects(self, class_id: str) -> Types:
        """The objects that a view answers with, where its serializer does not say whose fields it writes."""
        texts = [model.gives["instance"] for model in self._library.class_models(class_id) if "instance" in model.gives]
        return self._library.types(texts[0], obj(class_id), class_id, None) if texts else ()

    def _place(self, class_id: str, text: str) -> tuple[Code, int] | None:
        """Where a class, or one that it inherits from, states what the model's type is read off."""
        for name in _STATED.findall(text):
            for owner in self._library.line(class_id):
                record = self._program.classes.get(owner)
                for unit in self._units(record) if record is not None and name in record.fields else ():
                    code = self._s.units.code(unit)
                    for position, instr in enumerate(code.code):
                        if isinstance(instr, ir.SetGlobal) and instr.name == name:
                            return code, position
        return None

    def _units(self, record: Class) -> list[str]:
        return self._program.lookups.ids(record.module, record.definition.qualname)

    def _tell(
        self, place: tuple[Code, int] | None, class_id: str, items: tuple[int, ...], *, likely: bool = False
    ) -> None:
        if place is None or not items:
            return
        code, position = place
        users = (unit for unit in self._units(self._program.classes[class_id]) if unit != code.unit)
        self.users.setdefault(code.unit, {}).update(dict.fromkeys(users))
        own = self._s.own(code)
        site = SinkSite(code.unit, code.body, position, "response", "return")
        for item in items:
            mask = self._s.lanes.of(item, 1 if likely else 0)
            self._s.add(own, position, (), mask, Origin("seed", item=item))
            self._s.hits.add(site, Hit(own.id, (position, ()), True), mask)
