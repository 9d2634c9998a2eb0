"""The linked program: modules by name, classes with their order of inheritance, functions, and who may call or read
them. Made of indexes alone; nothing is lowered here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from privlint.analysis.classes import collect_classes, link_bases
from privlint.analysis.declarations import Declarations
from privlint.analysis.lookups import Lookups
from privlint.analysis.marks import Marks
from privlint.analysis.names import Names
from privlint.analysis.receivers import Hints
from privlint.analysis.roots import Layout, find_roots, is_package, stub_target
from privlint.analysis.stubs import complement
from privlint.analysis.symbols import Class, Function, Member, Module, Symbol, UnitSpan, split_unit, unit_id
from privlint.analysis.units import Units
from privlint.ir import FieldDef, ModuleIndex

__all__ = [
    "Class",
    "Function",
    "Member",
    "Module",
    "Program",
    "Symbol",
    "UnitSpan",
    "build_program",
    "find_roots",
    "split_unit",
    "unit_id",
]

DataMap = Mapping[str, "tuple[tuple[str, ...], tuple[str, ...], str]"]


def build_program(
    files: Mapping[str, ModuleIndex],
    roots: Sequence[str],
    data: DataMap | None = None,
    stored_bases: Collection[str] = (),
) -> Program:
    """Links the indexes of a project.

    `files` maps POSIX paths relative to the project root to indexes, `roots` are import roots (see `find_roots`),
    `data` the names of the policy's `[data]` to (categories, subjects). `stored_bases` are dotted names of classes
    whose subclasses are rows of a database.
    """
    return Program(files, roots, data or {}, stored_bases)


class Program:
    """Everything that names stand for. All answers are memoised and do not depend on the order of questions."""

    def __init__(
        self, files: Mapping[str, ModuleIndex], roots: Sequence[str], data: DataMap, stored_bases: Collection[str]
    ) -> None:
        self.layout = Layout(files, roots)
        self.modules = _name_modules(files, self.layout)
        self.functions = _collect_functions(self.modules)
        self.classes = collect_classes(self.modules, self.functions)
        self.names = Names(self.modules, self.classes, self.layout)
        link_bases(self.classes, self.names)
        self._data = data
        self._stored_bases = frozenset(stored_bases)
        self._units = Units(self.modules)
        self._heirs: dict[str, tuple[str, ...]] = {}
        self._members: dict[tuple[str, str, str], Member | None] = {}
        self.hints: Hints | None = None

    # -------------------------------------------------------------------------------------------------------- names

    def resolve(self, module: str, dotted: str, scope: str = "") -> Symbol | None:
        """What `dotted` stands for as written in `module`, inside the class or function of qualified name `scope`."""
        return self.names.resolve(module, dotted, scope)

    def imported(self, module: str, target: str, name: str, level: int) -> Symbol | None:
        """What `from <level dots>target import name` binds; with an empty `name` the module."""
        return self.names.imported(module, target, name, level)

    def member(self, symbol: Symbol, name: str) -> Symbol | None:
        """Attribute `name` of a module, a class, a variable's instance; an external's is external."""
        return self.names.member(symbol, name)

    def module_named(self, dotted: str) -> str:
        """Canonical name of the module that is known as `dotted`, "" if there is none."""
        return dotted if dotted in self.modules else self.layout.aliases.get(dotted, "")

    @cached_property
    def by_path(self) -> dict[str, str]:
        """Canonical module name of each path; a stub beside a module has that module's."""
        found = {module.path: name for name, module in self.modules.items()}
        found.update({module.stub: name for name, module in self.modules.items() if module.stub})
        return found

    @cached_property
    def all_names(self) -> frozenset[str]:
        """Every dotted name that the program defines: modules (aliases included), classes, functions, fields,
        module variables; and the names of `[data]` that match, whichever alias of a module they begin with."""
        found = {*self.modules, *self.layout.aliases, *self.classes, *self.layout.packages}
        found.update(set(self._data).difference(self.declarations.unmatched_data))
        found.update(f"{f.module}.{f.definition.qualname}" for f in self.functions.values())
        for module in self.modules.values():
            for field in module.index.fields:
                found.add(".".join(part for part in (module.name, field.owner, field.name) if part))
        return frozenset(found)

    @cached_property
    def foreign_data(self) -> DataMap:
        """Entries of `[data]` that speak of a library's class."""
        unmatched = (name for name in self.declarations.unmatched_data if name.count(".") > 1)
        return {name: self._data[name] for name in unmatched if name.partition(".")[0] not in self._tops}

    @cached_property
    def _tops(self) -> frozenset[str]:
        return frozenset(name.partition(".")[0] for name in (*self.modules, *self.layout.aliases))

    # ------------------------------------------------------------------------------------------------------ classes

    def alternatives(self, function: str) -> tuple[str, ...]:
        """Other definitions of a function of a module, if each stands under a condition."""
        return self._alternatives.get(function, ())

    @cached_property
    def _alternatives(self) -> dict[str, tuple[str, ...]]:
        several: dict[str, list[str]] = {}
        for function in sorted(self.functions):
            definition = self.functions[function].definition
            plain = not definition.owner and not definition.parent and not definition.decorators
            if plain and definition.column > 1 and f"{function.partition('#')[0]}#1" in self.functions:
                several.setdefault(function.partition("#")[0], []).append(function)
        return {each: tuple(o for o in group if o != each) for group in several.values() for each in group}

    def find(self, class_id: str, name: str, after: str = "") -> Member | None:
        """What `name` is on an instance: the first class along the MRO that defines it. `after` starts behind that
        class (`super()`). None: no class of the program has it."""
        key = (class_id, name, after)
        if key not in self._members:
            self._members[key] = self._find(class_id, name, after)
        return self._members[key]

    def _find(self, class_id: str, name: str, after: str) -> Member | None:
        record = self.classes.get(class_id)
        line = record.mro if record else ()
        if after in line:
            line = line[line.index(after) + 1 :]
        for owner in line:
            known = self.classes.get(owner)
            if known is not None and (name in known.methods or name in known.fields):
                fields: list[FieldDef] = known.fields.get(name, [])
                return Member(owner, known.methods.get(name, ""), fields[-1] if fields else None)
        return None

    def heirs(self, class_id: str) -> tuple[str, ...]:
        """All strict subclasses, sorted."""
        found = self._heirs.get(class_id)
        if found is None:
            seen: set[str] = set()
            queue = list(self.classes[class_id].subclasses) if class_id in self.classes else []
            while queue:
                name = queue.pop()
                if name not in seen and name != class_id:
                    seen.add(name)
                    queue.extend(self.classes[name].subclasses)
            found = self._heirs[class_id] = tuple(sorted(seen))
        return found

    def overriders(self, class_id: str, name: str) -> list[str]:
        """Function ids of what strict subclasses define as `name`, sorted."""
        classes = (self.classes[heir] for heir in self.heirs(class_id))
        return sorted(record.methods[name] for record in classes if name in record.methods)

    def is_subclass(self, class_id: str, base: str) -> bool:
        """Is `base` (a class id or an external dotted name) the class itself or one of its ancestors?"""
        record = self.classes.get(class_id)
        return class_id == base if record is None else base in record.mro

    # -------------------------------------------------------------------------------------------------------- units

    def unit_span(self, unit: str) -> UnitSpan:
        """Where a unit stands; KeyError if there is none of that id (a nested function is none)."""
        return self._units.table(split_unit(unit)[0]).span(unit)

    def unit_at(self, path: str, line: int) -> str:
        """Id of the innermost unit that holds a line of a file of the program."""
        return self._units.table(self.by_path[path]).at(line)

    def unit_of(self, function_id: str) -> str:
        """Id of the unit that a function belongs to: its own, or that of the function it is nested in."""
        function = self.functions[function_id]
        parent = function.definition.parent
        if not parent:
            return function_id
        return self._units.table(function.module).ids(parent, function.definition.line)[0]

    def units(self, module: str) -> list[str]:
        """Ids of all units of a module, the module body first, then in source order."""
        return self._units.table(module).all()

    # ----------------------------------------------------------------------------------------------------- look-ups

    def refine(self, hints: Hints) -> None:
        """Makes look-ups narrower by what library models know; to be called before the first of them."""
        self.hints = hints

    @cached_property
    def lookups(self) -> Lookups:
        return Lookups(self, self._units)

    def callers(self, function_id: str, *, guessed: bool = True) -> list[str]:
        """Units that may call a function or hold it as a value, sorted. Without `guessed`, calls on receivers of which
        nothing is known are left out."""
        return self.lookups.callers(function_id, guessed=guessed)

    def readers(self, class_id: str, attribute: str, *, guessed: bool = True) -> list[str]:
        """Units that may load `attribute` of an instance of the class, sorted; `guessed` as in `callers`."""
        return self.lookups.readers(class_id, attribute, guessed=guessed)

    def global_readers(self, module: str, name: str) -> list[str]:
        """Units that read a module's variable, there or through an import, sorted."""
        return self.lookups.global_readers(module, name)

    def mentions_class(self, class_id: str) -> list[str]:
        """Units that name a class: to make an instance, as a value, in an annotation; sorted."""
        return self.lookups.mentions_class(class_id)

    def reach(self, module: str) -> frozenset[str]:
        """Modules that a module imports, directly or not, itself included."""
        return self.lookups.reach(module)

    # ------------------------------------------------------------------------------------------------------ privlint

    @cached_property
    def marks(self) -> Marks:
        return Marks(self)

    @cached_property
    def declarations(self) -> Declarations:
        return Declarations(self, self.marks, self._data, self._stored_bases)

    @property
    def purpose_decorators(self) -> dict[str, str]:
        """Purpose by function id or class id, from `@purpose("x")` or a comment on the line of the definition."""
        return self.marks.purposes

    @property
    def purpose_comments(self) -> dict[tuple[str, int], str]:
        """Purpose by (path, line), from comments that stand on no definition."""
        return self.marks.purpose_lines

    @property
    def sanitizers(self) -> dict[str, tuple[str, ...]]:
        """Categories that a function's result does not carry, by function id; an empty tuple means none at all."""
        return self.marks.sanitizers


def _name_modules(files: Mapping[str, ModuleIndex], layout: Layout) -> dict[str, Module]:
    stubs = {stub_target(path, files): path for path in sorted(files)}
    modules = {}
    for name in sorted(layout.path_of):
        path = layout.path_of[name]
        stub = stubs.get(path, "")
        index = complement(files[path], files[stub]) if stub else files[path]
        modules[name] = Module(name, path, index, is_package(path), layout.root_of[path], stub)
    return modules


def _collect_functions(modules: Mapping[str, Module]) -> dict[str, Function]:
    functions = {}
    for module in modules.values():
        for definition in module.index.functions:
            name = unit_id(module.name, definition.qualname, definition.ordinal)
            owner = f"{module.name}.{definition.owner}" if definition.owner else ""
            functions[name] = Function(name, module.name, definition, owner)
    return functions
