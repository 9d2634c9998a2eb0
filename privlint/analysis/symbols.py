"""The nouns of a linked program: what a name stands for, modules, classes, functions, members, units."""

from __future__ import annotations

import msgspec

from privlint.ir import ClassDef, Expr, FieldDef, FunctionDef, ModuleIndex


class Symbol(msgspec.Struct, frozen=True, gc=False):
    """What a name stands for. `kind` and `name` are one of

    "module"    the module's name (a namespace package is one too, though it has no `Module`)
    "class"     the class id
    "function"  the function id
    "variable"  "module:name", for a class attribute "module:Class.name"
    "external"  a dotted name of code that is not in the program: "requests.post", "builtins.len"
    """

    kind: str
    name: str


class Module(msgspec.Struct):
    """`name` is canonical; `root` the import root it is named from ("" is the project root). `stub` is the path of a
    `.pyi` beside it that `index` was complemented with, "" if there is none."""

    name: str
    path: str
    index: ModuleIndex
    is_package: bool
    root: str
    stub: str = ""


class Class(msgspec.Struct):
    """`id` is dotted: "app.models.User". `bases` are class ids or external dotted names, as written in order, with the
    expressions they stand for in `base_exprs`; `mro` begins with the class itself. `object` is in neither.

    `methods` name to function id (a property: its getter); `setters` name to the function id of a property's setter.
    `fields` are the class's own, bound in its body or on `self`. `subclasses` are the direct ones, sorted.
    """

    id: str
    module: str
    definition: ClassDef
    bases: tuple[str, ...] = ()
    base_exprs: tuple[Expr, ...] = ()
    mro: tuple[str, ...] = ()
    methods: dict[str, str] = {}
    setters: dict[str, str] = {}
    fields: dict[str, list[FieldDef]] = {}
    subclasses: list[str] = []


class Function(msgspec.Struct):
    """`id` is that of its unit; a nested function has one too, though it belongs to the unit of `definition.parent`.
    `owner` is the class id, "" for a plain function."""

    id: str
    module: str
    definition: FunctionDef
    owner: str = ""

    @property
    def name(self) -> str:
        return self.definition.qualname.rpartition(".")[2]


class Member(msgspec.Struct, frozen=True):
    """What a class has under a name: class `owner` defines it as a method (`function` is its id, else "") or as a
    field (the last of its definitions, else None), or as both."""

    owner: str
    function: str = ""
    field: FieldDef | None = None


class UnitSpan(msgspec.Struct, frozen=True):
    """Where a unit stands. `kind`: "function", "class" or "module". Lines count from 1 and include decorators.

    `spans` are the (first, last) lines of definitions inside it that are units of their own: methods and nested
    classes of a class, top-level functions and classes of a module; in order, empty for a function."""

    path: str
    kind: str
    first_line: int
    last_line: int
    qualname: str
    ordinal: int
    spans: tuple[tuple[int, int], ...] = ()


def unit_id(module: str, qualname: str, ordinal: int = 0) -> str:
    """ "app.models:User.save", "app.models:User.save#1" for the second of that name, "app.models:" for the body."""
    return f"{module}:{qualname}#{ordinal}" if ordinal else f"{module}:{qualname}"


def split_unit(unit: str) -> tuple[str, str, int]:
    """(module, qualified name, ordinal)."""
    module, _, rest = unit.partition(":")
    qualname, _, ordinal = rest.partition("#")
    return module, qualname, int(ordinal) if ordinal else 0


def resembles(hint: str, owner: str) -> bool:
    """Whether a variable is called like a class."""
    short = owner.rpartition(".")[2].lower()
    return bool(hint) and (hint == short or hint.endswith(short) or (len(hint) > 3 and short.endswith(hint)))


def decorator_name(expr: Expr) -> str:
    """The dotted name of a name or of what is called; "" for anything else."""
    if expr.kind == "call" and expr.args:
        return decorator_name(expr.args[0])
    return expr.text if expr.kind == "name" else ""
