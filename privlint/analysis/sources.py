"""Personal data that a library hands out by itself: the sources of its model, as far as the program mentions them."""

from __future__ import annotations

import msgspec

from privlint.analysis.flow import Declaration
from privlint.analysis.paths import Path
from privlint.analysis.program import Program
from privlint.knowledge.ports import parse_port
from privlint.models import Models


class Source(msgspec.Struct, frozen=True):
    """Attribute `attribute` of class `owner` holds the data of declaration number `number`, `path` below its value.
    `stated`: the policy says so of a library's class."""

    owner: str
    attribute: str
    path: Path
    number: int
    stated: bool = False


class Sources:
    """`declarations` in order of their names, `attributes` by attribute name, `callables` by qualified name.

    A declaration stands at the first line that mentions it, until `begin` says where it really begins."""

    def __init__(self, program: Program, models: Models) -> None:
        self.declarations: list[Declaration] = []
        self.attributes: dict[str, list[Source]] = {}
        self.callables: dict[str, int] = {}
        self.units: set[str] = set()
        self.begun: set[int] = set()
        self._program = program
        self._mentions = _mentions(program, models)
        known: dict[tuple[str, str, str], int] = {}  # a class has one declaration, whatever it is imported by
        for (owner, name), attribute in sorted(models.attributes.items(), key=_by_length):
            path = parse_port(f"self.{name}").path if attribute.source else ()
            if path and str(path[0])[1:] in self._mentions:
                read = str(path[0])[1:]
                key = (owner.rpartition(".")[2], name, attribute.source)
                if key not in known:
                    about: tuple[str, ...] = (attribute.subject,) if attribute.subject else ()
                    known[key] = self._declare(f"{owner}.{name}", read, (attribute.source,), about)
                self.attributes.setdefault(read, []).append(Source(owner, read, path[1:], known[key]))
        for name, (categories, subjects, role) in sorted(program.foreign_data.items()):
            owner, _, read = name.rpartition(".")
            if read in self._mentions:
                number = self._declare(name, read, categories, subjects, "data", role)
                self.attributes.setdefault(read, []).append(Source(owner, read, (), number, stated=True))
        for name, called in sorted(models.callables.items()):
            last = name.rpartition(".")[2]
            if called.source and last in self._mentions:
                about = (called.subject,) if called.subject else ()
                self.callables[name] = self._declare(name, last, (called.source,), about)

    def _declare(
        self,
        name: str,
        mentioned: str,
        categories: tuple[str, ...],
        subjects: tuple[str, ...],
        by: str = "model",
        role: str = "",
    ) -> int:
        places = self._mentions[mentioned]
        self.units.update(self._program.unit_at(path, line) for path, line in places)
        path, line = places[0]
        self.declarations.append(Declaration(name, categories, subjects, role, by, path, line, 1))
        return len(self.declarations) - 1

    def begin(self, number: int, mentioned: str, unit: str) -> Declaration | None:
        """The declaration with the place where it begins, the first time it is known to."""
        if number in self.begun:
            return None
        self.begun.add(number)
        here = [(path, line) for path, line in self._mentions[mentioned] if self._program.unit_at(path, line) == unit]
        path, line = here[0] if here else self._mentions[mentioned][0]
        return msgspec.structs.replace(self.declarations[number], path=path, line=line)


def _by_length(entry: tuple[tuple[str, str], object]) -> tuple[int, tuple[str, str]]:
    return len(entry[0][0]), entry[0]


def _mentions(program: Program, models: Models) -> dict[str, list[tuple[str, int]]]:
    """Last names of sources -> (path, line) of every attribute and call of that name, in order of the program."""
    names = {name.rpartition(".")[2] for name, model in models.callables.items() if model.source}
    names |= {name.partition("[")[0] for (_, name), model in models.attributes.items() if model.source}
    names |= {name.rpartition(".")[2] for name in program.foreign_data}
    sites = ((name, program.lookups.naming(name)) for name in sorted(names))
    return {name: [(program.modules[module].path, line) for module, line in found] for name, found in sites if found}
