"""What the receiver of a call or an attribute is, by its text in the index: a filter before anything is lowered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol, TypeAlias

import msgspec

from privlint.analysis.symbols import Function, Symbol, unit_id
from privlint.ir import Expr, FieldDef

if TYPE_CHECKING:
    from privlint.analysis.program import Program

_ROOT = re.compile(r"[.(\[]")
_PARTS = re.compile(r"\(\)|\[\]|\.[^.\[\]()]+")
_TRANSPARENT = frozenset({"Annotated", "ClassVar", "Final", "Mapped", "Required", "NotRequired", "ReadOnly", "InitVar"})
_UNIONS = frozenset({"Optional", "Union"})
_VAGUE = frozenset(
    f"{module}.{name}"
    for module in ("typing", "typing_extensions")
    for name in ("Any", "Protocol", "TypeVar", "Generic", "Hashable", "AnyStr")
) | {"builtins.object"}
LITERALS = {'""': "builtins.str", "{}": "builtins.dict", "[]": "builtins.list"}
_SCALARS = frozenset({"builtins.str", "builtins.bytes", "builtins.int", "builtins.float", "builtins.bool"})
_BUILTIN_MAKERS = (
    frozenset(
        {
            "abs",
            "ascii",
            "bin",
            "bool",
            "bytes",
            "chr",
            "complex",
            "dict",
            "divmod",
            "float",
            "format",
            "frozenset",
            "hash",
        }
    )
    | {"hex", "id", "input", "int", "isinstance", "len", "list", "oct", "open", "ord", "pow", "range", "repr", "round"}
    | {"set", "sorted", "str", "tuple"}
)
# Modules of the standard library whose functions give objects of their own, never one that was passed in.
_SELF_CONTAINED = (
    frozenset(
        {
            "base64",
            "binascii",
            "calendar",
            "csv",
            "datetime",
            "decimal",
            "email",
            "fractions",
            "hashlib",
            "hmac",
            "html",
        }
    )
    | {"http", "io", "json", "locale", "logging", "math", "mimetypes", "os", "pathlib", "platform", "random", "re"}
    | {"secrets", "shlex", "smtplib", "socket", "sqlite3", "ssl", "statistics", "string", "struct", "subprocess"}
    | {"sys", "tempfile", "textwrap", "time", "traceback", "unicodedata", "urllib", "uuid", "zipfile", "zlib"}
)
_PROPERTY_NAMES = frozenset(
    {"property", "cached_property", "hybrid_property", "classproperty", "computed_field", "declared_attr"}
)


class Instance(msgspec.Struct, frozen=True):
    """An instance of one of these classes (class ids or external dotted names)."""

    names: tuple[str, ...]


class SuperOf(msgspec.Struct, frozen=True):
    """`super()` in a method of this class."""

    owner: str


Known: TypeAlias = "Symbol | Instance | SuperOf | None"


class Hints(Protocol):
    """What is known beside the program itself: the models of libraries."""

    def of(self, module: str, unit: str, text: str) -> Known: ...

    def inherits(self, class_id: str, base: str) -> bool: ...


class Receivers:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._memo: dict[tuple[str, str, str], Known] = {}
        self._roots: dict[str, set[tuple[str, str]]] = {}
        self.hints: Hints | None = None

    def of(self, module: str, unit: str, text: str) -> Known:
        """What the expression `text` is in the unit of that qualified name; None: not known."""
        key = (module, unit, text)
        if key not in self._memo:
            self._memo[key] = None  # what rests on itself is not known
            found = self._evaluate(module, unit, text)
            if self.hints is not None and (found is None or (isinstance(found, Symbol) and found.kind == "external")):
                found = self.hints.of(module, unit, text) or found
            self._memo[key] = found
        return self._memo[key]

    def inherits(self, class_id: str, base: str) -> bool:
        """Is `base` an ancestor of a class, as far as is known also through library classes?"""
        if self._program.is_subclass(class_id, base):
            return True
        return self.hints is not None and self.hints.inherits(class_id, base)

    def _either(self, alternatives: list[Known]) -> Known:
        """One of several: known if all are, and all are instances or the same."""
        first = alternatives[0]
        if all(other == first for other in alternatives):
            return first
        names: set[str] = set()
        for known in alternatives:
            if not isinstance(known, Instance):
                return None
            names.update(known.names)
        return Instance(tuple(sorted(names)))

    def _evaluate(self, module: str, unit: str, text: str) -> Known:
        if text.startswith(":"):
            return self.annotated(module, unit, Expr("name", text[1:]))
        root, parts = split_text(text)
        if not root:
            return None
        called = bool(parts) and parts[0] == "()"
        if root == "super" and called:
            owner = self._owner(module, unit)
            value: Known = SuperOf(owner) if owner else None
            parts = parts[1:]
        elif root in LITERALS:
            value = Instance((LITERALS[root],))
        else:
            value = self.root(module, unit, root, called=called)
        for part in parts:
            if value is None:
                return None
            value = self._step(value, part)
        return value

    def root(self, module: str, unit: str, name: str, *, called: bool) -> Known:
        """A plain name; `called` names are not among the mentions that tell locals from globals."""
        function = self.function(module, unit)
        if function is not None:
            for position, param in enumerate(function.definition.params):
                if param.name == name:
                    rebound = self._program.modules[module].index.locals.get(unit, {}).get(name, [])
                    others = [self.of(module, unit, text) for text in rebound]
                    return self._either([self._param(function, position), *others])
            kind, texts = local_names(self._program, module, unit, name, called=called)
            if kind == "texts":
                return self._either([self.of(module, unit, text) for text in texts])
            if kind == "unknown":
                return None
        return self._symbol(self._program.resolve(module, name, unit))

    def _symbol(self, symbol: Symbol | None) -> Known:
        if symbol is None or symbol.kind != "variable":
            return symbol
        made = self._program.names.instance_class(symbol)
        own = made is not None and (made.kind == "class" or makes_its_own(made.name))
        return Instance((made.name,)) if made is not None and own else None

    def function(self, module: str, unit: str) -> Function | None:
        return self._program.functions.get(unit_id(module, unit)) if unit else None

    def _owner(self, module: str, unit: str) -> str:
        function = self.function(module, unit)
        return function.owner if function is not None else ""

    def _param(self, function: Function, position: int) -> Known:
        definition = function.definition
        if position == 0 and function.owner:
            names = [decorator.text for decorator in definition.decorators]
            if "staticmethod" not in names:
                made = "classmethod" in names or function.name in ("__new__", "__init_subclass__", "__class_getitem__")
                return Symbol("class", function.owner) if made else Instance((function.owner,))
        if unit_id(function.module, definition.qualname, 1) in self._program.functions:
            return None
        param = definition.params[position]
        if param.kind in ("*", "**"):
            return Instance(("builtins.tuple" if param.kind == "*" else "builtins.dict",))
        return self.annotated(function.module, definition.qualname, param.annotation)

    def annotated(self, module: str, scope: str, expr: Expr | None) -> Instance | None:
        names = self._types(module, scope, expr)
        return Instance(tuple(sorted(names))) if names else None

    def _types(self, module: str, scope: str, expr: Expr | None) -> set[str]:
        """Classes that an annotation allows, empty if it allows anything. Depth is that of the expression."""
        if expr is None:
            return set()
        if expr.kind == "name":
            return self._named(module, scope, expr.text)
        if expr.kind == "or":
            return self._union(module, scope, expr.args)
        if expr.kind == "sub" and expr.args and expr.args[0].kind == "name":
            last = expr.args[0].text.rpartition(".")[2]
            if last in _UNIONS:
                return self._union(module, scope, expr.args[1:])
            return self._types(module, scope, expr.args[1 if last in _TRANSPARENT and len(expr.args) > 1 else 0])
        return set()

    def _union(self, module: str, scope: str, args: tuple[Expr, ...]) -> set[str]:
        found: set[str] = set()
        for arg in args:
            if arg.kind == "const" and arg.value is None:
                continue
            types = self._types(module, scope, arg)
            if not types:
                return set()
            found |= types
        return found

    def _named(self, module: str, scope: str, text: str) -> set[str]:
        symbol = self._program.resolve(module, text, scope)
        if symbol is None or symbol.name in _VAGUE:
            return set()
        if symbol.kind == "external" and symbol.name.rpartition(".")[2] == "Self":
            owner = f"{module}.{scope.rpartition('.')[0]}"
            return {owner} if owner in self._program.classes else set()
        if symbol.kind == "class":
            vague = any(base in _VAGUE and base.endswith("Protocol") for base in self._mro(symbol.name))
            return set() if vague else {symbol.name}
        return {symbol.name} if symbol.kind == "external" else set()

    def _mro(self, class_id: str) -> tuple[str, ...]:
        record = self._program.classes.get(class_id)
        return record.mro if record else ()

    # -------------------------------------------------------------------------------------------------------- steps

    def _step(self, value: Known, part: str) -> Known:
        if part == "[]":
            return None
        if part == "()":
            return self._called(value)
        if isinstance(value, Symbol):
            return self._symbol(self._program.member(value, part[1:]))
        if isinstance(value, Instance) and len(value.names) == 1:
            name = value.names[0]
            if name in _SCALARS or (name not in self._program.classes and name.partition(".")[0] in _SELF_CONTAINED):
                return Symbol("external", name + part)
            return self._attribute(name, part[1:])
        return None

    def _called(self, value: Known) -> Known:
        if not isinstance(value, Symbol):
            return None
        if value.kind == "class" or (value.kind == "external" and makes_its_own(value.name)):
            return Instance((value.name,))
        function = self._program.functions.get(value.name) if value.kind == "function" else None
        if function is None or function.definition.is_async or function.definition.is_generator:
            return None
        return self.annotated(function.module, function.definition.qualname, function.definition.returns)

    def _attribute(self, class_id: str, name: str) -> Known:
        found = self._program.find(class_id, name)
        if found is None:
            return None
        if found.function:
            function = self._program.functions[found.function]
            definition = function.definition
            if is_property(function):
                return self.annotated(function.module, definition.qualname, definition.returns)
            return Symbol("function", found.function)
        return self._field(found.owner, name)

    def _field(self, owner: str, name: str) -> Known:
        record = self._program.classes[owner]
        fields: list[FieldDef] = record.fields[name]
        for field in fields:
            if field.annotation is not None:
                return self.annotated(record.module, record.definition.qualname, field.annotation)
        if len(fields) != 1:
            return None
        value = fields[0].value
        if value is None or value.kind != "call" or value.args[0].kind != "name":
            return None
        made = self._program.resolve(record.module, value.args[0].text, fields[0].unit or record.definition.qualname)
        return Instance((made.name,)) if made is not None and made.kind == "class" else None

    def is_root(self, module: str, unit: str, name: str) -> bool:
        """Whether a name is the root of a receiver in a unit."""
        found = self._roots.get(module)
        if found is None:
            index = self._program.modules[module].index
            texts = {(use.unit, use.receiver) for use in index.attributes} | {(c.unit, c.receiver) for c in index.calls}
            found = self._roots[module] = {(unit, _ROOT.split(text, maxsplit=1)[0]) for unit, text in texts}
        return (unit, name) in found


def split_text(text: str) -> tuple[str, list[str]]:
    """`"self.items[].get()"` -> `("self", [".items", "[]", ".get", "()"])`; the root of a literal is one of LITERALS,
    that of what is no name is empty."""
    root = _ROOT.split(text, maxsplit=1)[0] or (text[:2] if text[:2] in LITERALS else "")
    return root, _PARTS.findall(text[len(root) or 2 :])


def local_names(program: Program, module: str, unit: str, name: str, *, called: bool) -> tuple[str, list[str]]:
    """How a function's unit binds a plain name that is no parameter: ("texts", what it is bound to), ("unknown", [])
    for a variable of which nothing is told, ("name", []) if the name resolves as in any scope. Names that are only
    called are not among the mentions that tell variables from names of the module."""
    if name in program.names.scope(module).names.get(unit, ()):
        return "name", []
    index = program.modules[module].index
    texts = index.locals.get(unit, {}).get(name)
    if texts is not None:
        return "texts", texts
    return ("unknown", []) if not called and unit not in index.mentions.get(name, ()) else ("name", [])


def makes_its_own(name: str) -> bool:
    """Does calling an external name give an object that is none of the program's classes? Names of classes do."""
    top, _, rest = name.partition(".")
    if top == "builtins":
        return rest in _BUILTIN_MAKERS
    return top in _SELF_CONTAINED or name.rpartition(".")[2][:1].isupper()


def is_property(function: Function) -> bool:
    """By the name of a decorator: `@property`, `@cached_property` and their like."""
    for decorator in function.definition.decorators:
        text = decorator.args[0].text if decorator.kind == "call" and decorator.args else decorator.text
        if text.rpartition(".")[2] in _PROPERTY_NAMES:
            return True
    return False
