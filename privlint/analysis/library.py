"""Library models, looked up along the classes that code inherits from, and their types read in place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TypeAlias

from privlint.analysis.program import Program
from privlint.analysis.terms import Type, Types, fixed_tuple, mapping, obj, sequence, set_of, union
from privlint.knowledge.ports import TypeExpr, parse_type
from privlint.models import AttributeModel, CallableModel, ClassModel, FieldModel, Models

Argument = Callable[[str, str], Types]
"""(kind, name or position) -> types: what "arg:0", "value:0", "elem:0", "call:0" mean at one call."""

Constant: TypeAlias = "str | int | float | bool | None"
_WILDCARD = re.compile(r"[*?\[]")
_BY_KEYWORD = re.compile(r"(?P<name>.+)\((?P<keyword>\w+)=(?P<value>\w+)\)")


class _Patterns:
    """Patterns of names, by the package that they begin with or, for `*.log.debug`, by the last name ("": any)."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._starting: dict[str, list[str]] = {}
        self._ending: dict[str, list[str]] = {}
        for pattern in sorted(patterns):
            package, last = pattern.partition(".")[0], pattern.rpartition(".")[2]
            if not _WILDCARD.search(package):
                self._starting.setdefault(package, []).append(pattern)
            else:
                self._ending.setdefault("" if _WILDCARD.search(last) else last, []).append(pattern)

    def matching(self, name: str) -> str:
        """The first pattern that a name matches, or ""."""
        starting = self._starting.get(name.partition(".")[0], ())
        patterns = (*starting, *self._ending.get(name.rpartition(".")[2], ()), *self._ending.get("", ()))
        return next((pattern for pattern in patterns if fnmatchcase(name, pattern)), "")


class LibraryQuery:
    def __init__(self, program: Program, models: Models) -> None:
        self._program = program
        self._models = models
        self._lines: dict[str, tuple[str, ...]] = {}
        prefixes = (name.partition('("')[0] for name in models.callables if '("' in name)
        self.keyed = frozenset(prefixes)  # callables whose first argument decides what they return
        self.operators = frozenset(n.rpartition(".")[2] for n in models.callables if n.endswith("__") and ".__" in n)
        self.sending = frozenset(name for (_, name), model in models.attributes.items() if model.sink)
        self.shared: dict[str, list[str]] = {}  # attribute whose object is one for all -> owners
        for owner, name in sorted(key for key, model in models.attributes.items() if model.shared):
            self.shared.setdefault(name, []).append(owner)
        self.gathering = frozenset(name for (_, name), model in models.attributes.items() if model.gathers)
        self.by_keyword = _names_by_keyword((*models.callables, *models.fields))
        self._kinds_of_fields = tuple(
            (name.rpartition(".")[2], model) for name, model in sorted(models.fields.items()) if model.namesake
        )
        self._patterns = _Patterns(name for name in models.callables if _WILDCARD.search(name))
        self._matched: dict[str, CallableModel | None] = {}
        self._heirs: dict[str, list[str]] | None = None
        self._stand_ins: dict[str, str] = {}
        self.held_class: Callable[[str, str], Types] = lambda _owner, _name: ()
        self.given_by: Callable[[Type, str], Types] = lambda _receiver, _name: ()
        self.elements_of: Callable[[Type, str], Types] = lambda _receiver, _name: ()
        self.managers = _managers(models.callables)
        self._homes = _homes_of((*models.callables, *models.classes, *(f"{owner}." for owner, _ in models.attributes)))
        self._senders = _senders(models)
        self._named_after = [model for model in models.classes.values() if model.namesake]
        keeping = [model for model in models.classes.values() if model.called]
        self.kept = frozenset(model.name for model in keeping)
        self.called = {name: model.name for model in reversed(keeping) for name in model.called}  # not by an alias
        self.presumed: dict[
            str, list[tuple[str, tuple[str, ...]]]
        ] = {}  # method -> [(qualified name, what tells of it)]
        for name, each in models.callables.items():
            if each.presumed and name in each.name:
                self.presumed.setdefault(name.rpartition(".")[2], []).append((name, each.presumed))

    def model(self, name: str) -> CallableModel | None:
        """The model of a callable, by its name or by a pattern, which never means `__getitem__` and its like."""
        found = self._models.callables.get(name)
        if found is not None or name.endswith("__"):
            return found
        if name not in self._matched:
            self._matched[name] = self._models.callables.get(self._patterns.matching(name))
        return self._matched[name]

    def chosen(self, name: str, given: Mapping[str, Constant]) -> str:
        """The name under which a call with these constant keywords is modelled."""
        for keyword, value, full in self.by_keyword.get(name, ()):
            if keyword in given and str(given[keyword]) == value:
                return full
        return name

    def line(self, name: str) -> tuple[str, ...]:
        """`name` and every class it inherits from, of the project and of libraries, in method resolution order."""
        found = self._lines.get(name)
        if found is None:
            found = self._lines[name] = tuple(dict.fromkeys(self._ancestors(name, set())))
        return found

    def _ancestors(self, name: str, seen: set[str]) -> Iterator[str]:
        if name in seen:
            return
        seen.add(name)
        record = self._program.classes.get(name)
        if record is not None:
            for base in record.mro:
                yield base
                if base not in self._program.classes:
                    yield from self._ancestors(base, seen)
            return
        yield name
        for base in self._bases(name) or self._namesake(name):
            yield from self._ancestors(base, seen)

    def _bases(self, name: str) -> tuple[str, ...]:
        """Bases of a library's class; what lies in a class lies in its bases too: `AsyncOpenAI.images` is
        `OpenAI.images`."""
        model = self._models.classes.get(name)
        if model is not None:
            return model.bases
        owner, _, inner = name.rpartition(".")
        below = tuple(f"{base}.{inner}" for base in self._bases(owner)) if owner else ()
        return below or self._elsewhere(owner, inner)

    def _elsewhere(self, module: str, last: str) -> tuple[str, ...]:
        """The one modelled class of that name in a module above or below: a package gives its classes several names
        (`web.app.App` is `web.App`)."""
        if not last[:1].isupper():
            return ()
        homes = self._homes.get((module.partition(".")[0], last), ())
        if len(homes) != 1 or homes[0] == module:
            return ()
        near = f"{module}.".startswith(f"{homes[0]}.") or f"{homes[0]}.".startswith(f"{module}.")
        return (f"{homes[0]}.{last}",) if near else ()

    def _namesake(self, name: str) -> tuple[str, ...]:
        """The class that a class of a library without a model is called after: `OtherModelSerializer`."""
        if name in self._models.classes:
            return ()
        last = name.rpartition(".")[2]
        found = [model.name for model in self._named_after if last.endswith(model.name.rpartition(".")[2])]
        return (max(found, key=len),) if found and "." in name else ()

    def field_like(self, name: str) -> FieldModel | None:
        """The model of a field's class that a class of the program derives from, or that one of a library is called
        after (`TreeForeignKey`)."""
        if name in self._program.classes:
            return next((self._models.fields[each] for each in self.line(name) if each in self._models.fields), None)
        last = name.rpartition(".")[2]
        return next((model for end, model in self._kinds_of_fields if last != end and last.endswith(end)), None)

    def heirs(self, name: str) -> list[str]:
        """Classes of the program that derive from a library's class, those that derive from another one left out."""
        if self._heirs is None:
            self._heirs = {}
            for class_id in sorted(self._program.classes):
                for ancestor in self.line(class_id):
                    if ancestor not in self._program.classes and not ancestor.startswith("builtins."):
                        self._heirs.setdefault(ancestor, []).append(class_id)
        found = self._heirs.get(name, [])
        return [c for c in found if not any(other != c and self.inherits(c, other) for other in found)]

    def _stand_in(self, name: str) -> str:
        """The class of the program that an instance of a library's class is, if it declares data and is the only one
        that derives from it; else `name`."""
        heirs = self.heirs(name)
        if len(heirs) != 1:
            return name
        family = (self._heirs or {})[name]
        below = [c for c in family if all(self.inherits(c, other) for other in family)]
        chosen = below[0] if below else heirs[0]
        owners = {owner for owner, _ in self._program.declarations.fields}
        return chosen if owners & set(self.line(chosen)) else name

    def inherits(self, name: str, base: str) -> bool:
        return base in self.line(name)

    def class_models(self, name: str) -> Iterator[ClassModel]:
        for ancestor in self.line(name):
            model = self._models.classes.get(ancestor)
            if model is not None:
                yield model

    def sender(self, term: Type) -> str:
        """A method that sends what it is given, for one whose name is not known: `getattr(client, verb)`."""
        line = self.line(term.name) if term.kind == "obj" else (term.name,)
        return next((self._senders[owner] for owner in line if owner in self._senders), "")

    def callable(self, owner: str, name: str) -> tuple[str, CallableModel] | None:
        """The model of method `name` of class `owner`, with the qualified name it was found under."""
        for ancestor in self.line(owner):
            model = self.model(f"{ancestor}.{name}")
            if model is not None:
                return f"{ancestor}.{name}", model
        return None

    def attribute(self, owner: str, name: str) -> AttributeModel | None:
        for wanted in (name, "*"):
            for ancestor in self.line(owner):
                model = self._models.attributes.get((ancestor, wanted))
                if model is not None:
                    return model
        return None

    def types(self, text: str, receiver: Type | None, owner: str, argument: Argument | None) -> Types:
        """The types that a model's text names, seen from `receiver` (whose class is `owner`)."""
        return self._read(parse_type(text), receiver, owner, argument) if text else ()

    def _read(self, expr: TypeExpr, receiver: Type | None, owner: str, argument: Argument | None) -> Types:
        def inner(item: TypeExpr) -> Types:
            return self._read(item, receiver, owner, argument)

        if expr.kind == "union":
            return union(*(inner(item) for item in expr.args))
        if expr.kind == "self":
            return (receiver,) if receiver else ()
        if expr.kind == "owner":
            return (obj(owner),) if owner else ()
        if expr.kind == "param":
            position = int(expr.name)
            return receiver.args[position] if receiver and position < len(receiver.args) else ()
        if expr.kind in ("arg", "value", "elem", "call", "row"):
            return argument(expr.kind, expr.name) if argument else ()
        if expr.kind == "attr":
            return self.held_class(receiver.name if receiver else owner, expr.name)
        if expr.kind in ("result", "each"):
            read = self.given_by if expr.kind == "result" else self.elements_of
            given = read(receiver or obj(owner), expr.name)
            return tuple(obj(term.name, *term.args) if term.kind == "class" else term for term in given)
        return self._class(expr, [inner(item) for item in expr.args])

    def _class(self, expr: TypeExpr, inner: list[Types]) -> Types:
        first = inner[0] if inner else ()
        if expr.name == "type":
            return tuple(_class_of(t, self._program) for t in first)
        if expr.name in ("list", "iter"):
            return sequence(first)
        if expr.name in ("set", "frozenset"):
            return set_of(first)
        if expr.name == "dict":
            return mapping(first, inner[1] if len(inner) > 1 else ())
        if expr.name == "tuple":
            return fixed_tuple(inner)
        if expr.name in ("none", "None", "Any", "any"):
            return ()
        if "." not in expr.name:
            return (obj(f"builtins.{expr.name}", *inner),)
        if expr.name not in self._stand_ins:
            self._stand_ins[expr.name] = self._stand_in(expr.name)
        return (obj(self._stand_ins[expr.name], *inner),)


def _class_of(term: Type, program: Program) -> Type:
    """The class of an instance; one of a library's keeps its type arguments."""
    return Type("class", term.name) if term.name in program.classes else Type("ext", term.name, term.args)


def _senders(models: Models) -> dict[str, str]:
    """Owner -> its callable that sends most to an address; not one that is told the verb."""
    found: dict[str, tuple[int, bool, str]] = {}
    for name, model in sorted(models.callables.items()):
        sends = max((len(sink.data) for sink in model.sink if sink.kind == "service" and sink.url), default=0)
        owner = name.rpartition(".")[0]
        if sends and "method" not in model.params:
            found[owner] = max((sends, name.endswith(".post"), name), found.get(owner, (0, False, "")))
    return {owner: name for owner, (_, _, name) in found.items()}


def _names_by_keyword(names: tuple[str, ...]) -> dict[str, tuple[tuple[str, str, str], ...]]:
    """Plain name -> (keyword, text of its constant, full name) of the names that a constant keyword selects."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for name in names:
        match = _BY_KEYWORD.fullmatch(name)
        if match is not None:
            found.setdefault(match["name"], []).append((match["keyword"], match["value"], name))
    return {name: tuple(sorted(choices)) for name, choices in found.items()}


def _homes_of(names: Iterable[str]) -> dict[tuple[str, str], tuple[str, ...]]:
    """(package, name of a class) -> the modules that models know such a class in."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for name in names:
        parts = name.partition("(")[0].split(".")
        place = next((n for n, part in enumerate(parts) if n and part[:1].isupper()), 0)
        if place:
            found.setdefault((parts[0], parts[place]), {})[".".join(parts[:place])] = None
    return {key: tuple(homes) for key, homes in found.items()}


def _managers(names: Iterable[str]) -> frozenset[str]:
    """Attributes of a library's objects under which models know calls: `Client.collections` of
    `Client.collections.documents.create`; an item of one is called alike."""
    found: set[str] = set()
    for name in names:
        parts = name.partition("(")[0].split(".")
        place = next((n for n, part in enumerate(parts) if n and part[:1].isupper()), len(parts))
        found.update(".".join(parts[:end]) for end in range(place + 2, len(parts)))
    return frozenset(found)
