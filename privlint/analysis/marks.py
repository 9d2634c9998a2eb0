"""What the code says to privlint: `Personal` in annotations, comments, purposes, data subjects, sanitizers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from privlint.analysis.symbols import Class, Function
from privlint.ir import ClassDef, Comment, Expr, FieldDef, FunctionDef

if TYPE_CHECKING:
    from privlint.analysis.program import Program

_HOMES = ("privlint", "privlint.annotations")
_ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
# Their arguments are no data that the annotated thing holds.
_OPAQUE = frozenset({"Callable", "Literal", "Type", "type"})
_ALIAS_MAKERS = frozenset({"NewType", "TypeAliasType"})
_PLAIN = frozenset(["Any", "None", "bool", "bytes", "dict", "float", "int", "list", "object", "set", "str", "tuple"])
_PREFIX = "privlint:"


class Mark(NamedTuple):
    """Personal data of these categories, about these subjects ("" and empty: not said here)."""

    categories: tuple[str, ...]
    subjects: tuple[str, ...]
    role: str


def parse_mark(text: str) -> Mark | None:
    """What follows `privlint:` in a comment or string marker: "contact.email subject=person role=processor".

    Several categories are separated by commas or spaces; what follows `--` is a remark. None: it declares nothing.
    """
    categories: list[str] = []
    subjects: list[str] = []
    role = ""
    for word in text.partition("--")[0].replace(",", " ").split():
        key, equals, value = word.partition("=")
        if not equals:
            categories.append(word)
        elif key == "subject":
            subjects.append(value)
        elif key == "role":
            role = value
    return Mark(tuple(categories), tuple(subjects), role) if categories else None


def comment_kind(comment: Comment) -> str:
    """ "ignore", "purpose" or "mark"."""
    text = comment.text.strip()
    if text.startswith(("ignore", "file-ignore")):
        return "ignore"
    return "purpose" if text.startswith("purpose") and text[7:].lstrip().startswith("=") else "mark"


class Marks:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._aliases: dict[str, Mark | None] = {}
        self._open: set[str] = set()
        self.unreadable: list[tuple[str, int, str]] = []
        """(path, line, message) of markers whose argument is no constant, as they are met."""

    # -------------------------------------------------------------------------------------------------- annotations

    def from_annotation(self, module: str, scope: str, expr: Expr | None, line: int = 0) -> Mark | None:
        """The data that an annotation declares, wherever in it; None if it declares none. `line` is for messages."""
        if expr is None:
            return None
        if expr.kind == "name":
            return self._alias(module, scope, expr.text)
        if expr.kind == "sub" and expr.args:
            return self._subscript(module, scope, expr, line)
        if expr.kind in ("or", "seq"):
            return _merge(self.from_annotation(module, scope, arg, line) for arg in expr.args)
        return None

    def _subscript(self, module: str, scope: str, expr: Expr, line: int) -> Mark | None:
        base, *items = expr.args
        last = base.text.rpartition(".")[2]
        if last in _OPAQUE:
            return None
        if last == "Annotated" or self._resolved(module, scope, base.text) in _ANNOTATED:
            inner = self.from_annotation(module, scope, items[0], line) if items else None
            return _merge([inner, *(self._metadata(module, scope, item, line) for item in items[1:])])
        parts = [self.from_annotation(module, scope, item, line) for item in items]
        return _merge([self.from_annotation(module, scope, base, line), *parts])

    def _metadata(self, module: str, scope: str, expr: Expr, line: int) -> Mark | None:
        if expr.kind == "const" and isinstance(expr.value, str):
            text = expr.value.strip()
            return parse_mark(text[len(_PREFIX) :]) if text.startswith(_PREFIX) else None
        if expr.kind == "name":
            for home, outer, field in self._values(module, scope, expr.text):
                if field.value is not None and field.value.kind in ("call", "const"):
                    return self._metadata(home, outer, field.value, field.line)
            return None
        if expr.kind == "call" and self._is_marker(module, scope, expr.args[0].text, "Personal"):
            return self._personal(module, scope, expr, line)
        return None

    def _personal(self, module: str, scope: str, expr: Expr, line: int) -> Mark | None:
        positional, named = _arguments(expr)
        given = positional[0] if positional else named.get("category")
        category = self._text(module, scope, given)
        if not category:
            path = self._program.modules[module].path
            self.unreadable.append((path, line, "the category of this Personal(...) is no constant string"))
            return None
        subject = self._text(module, scope, named.get("subject"))
        role = self._text(module, scope, named.get("role"))
        return Mark((category,), (subject,) if subject else (), role)

    def _alias(self, module: str, scope: str, text: str) -> Mark | None:
        """`Email = Annotated[...]`, `type Email = ...`, `Email = NewType("Email", ...)`, and what is made of those."""
        if text in _PLAIN:
            return None
        symbol = self._program.resolve(module, text, scope)
        if symbol is None or symbol.kind != "variable":
            return None
        name = symbol.name
        if name in self._open:
            return None
        if name not in self._aliases:
            self._open.add(name)
            found = _merge(self._alias_value(*value) for value in self._values(module, scope, text))
            self._open.discard(name)
            if self._open:
                return found
            self._aliases[name] = found
        return self._aliases[name]

    def _alias_value(self, module: str, scope: str, field: FieldDef) -> Mark | None:
        value = field.value
        if value is None:
            return None
        if value.kind == "call":
            positional, _ = _arguments(value)
            made = value.args[0].text.rpartition(".")[2] in _ALIAS_MAKERS and len(positional) > 1
            return self.from_annotation(module, scope, positional[1], field.line) if made else None
        return self.from_annotation(module, scope, value, field.line)

    def _values(self, module: str, scope: str, text: str) -> Iterator[tuple[str, str, FieldDef]]:
        """(module, scope, field) of the bindings of a variable of the program."""
        symbol = self._program.resolve(module, text, scope)
        if symbol is None or symbol.kind != "variable":
            return
        home, _, path = symbol.name.partition(":")
        outer, _, name = path.rpartition(".")
        for binding in self._program.names.scope(home).names.get(outer, {}).get(name, ()):
            if isinstance(binding, FieldDef):
                yield home, outer, binding

    def _text(self, module: str, scope: str, expr: Expr | None) -> str:
        """A constant string, written here or held by a variable."""
        if expr is None:
            return ""
        if expr.kind == "const":
            return expr.value if isinstance(expr.value, str) else ""
        if expr.kind == "name":
            for _, _, field in self._values(module, scope, expr.text):
                if field.value is not None and field.value.kind == "const":
                    return field.value.value if isinstance(field.value.value, str) else ""
        return ""

    def _resolved(self, module: str, scope: str, text: str) -> str:
        symbol = self._program.resolve(module, text, scope) if text else None
        return symbol.name.replace(":", ".") if symbol is not None else ""

    def _is_marker(self, module: str, scope: str, text: str, name: str) -> bool:
        return self._resolved(module, scope, text) in [f"{home}.{name}" for home in _HOMES]

    # --------------------------------------------------------------------------------------------------- decorators

    def _calls_of(self, module: str, definition: FunctionDef | ClassDef, name: str) -> Iterator[Expr]:
        """The calls of privlint's `name` among the decorators, `marketing = purpose("marketing")` included."""
        scope = definition.qualname.rpartition(".")[0]
        for decorator in definition.decorators:
            if decorator.kind == "call" and self._is_marker(module, scope, decorator.args[0].text, name):
                yield decorator
            elif decorator.kind == "name":
                for home, outer, field in self._values(module, scope, decorator.text):
                    value = field.value
                    called = value is not None and value.kind == "call"
                    if value is not None and called and self._is_marker(home, outer, value.args[0].text, name):
                        yield value

    def _texts(self, record: Function | Class, name: str) -> Iterator[tuple[str, ...]]:
        definition = record.definition
        scope = definition.qualname.rpartition(".")[0]
        for call in self._calls_of(record.module, definition, name):
            positional, named = _arguments(call)
            given = positional or list(named.values())
            texts = tuple(self._text(record.module, scope, arg) for arg in given)
            if all(texts):
                yield texts
            else:
                path = self._program.modules[record.module].path
                self.unreadable.append((path, definition.line, f"the argument of {name}(...) is no constant string"))

    @cached_property
    def subjects(self) -> dict[str, tuple[str, ...]]:
        """Data subjects by class id, from `@data_subject`; heirs inherit them."""
        own = {}
        for name, record in self._program.classes.items():
            found = [text for texts in self._texts(record, "data_subject") for text in texts]
            if found:
                own[name] = tuple(found)
        inherited = {}
        for name, record in self._program.classes.items():
            nearest = next((own[base] for base in record.mro if base in own), None) if own else None
            if nearest is not None:
                inherited[name] = nearest
        return inherited

    @cached_property
    def sanitizers(self) -> dict[str, tuple[str, ...]]:
        found = {}
        for name, function in self._program.functions.items():
            if function.definition.decorators:
                for texts in self._texts(function, "sanitizes"):
                    found[name] = texts
        return found

    @cached_property
    def purposes(self) -> dict[str, str]:
        found = {}
        for records in (self._program.functions, self._program.classes):
            for name, record in records.items():
                if record.definition.decorators:
                    for texts in self._texts(record, "purpose"):
                        found[name] = texts[0]
        for name, text in self._purposes_by_comment[0].items():
            found.setdefault(name, text)
        return found

    @cached_property
    def purpose_lines(self) -> dict[tuple[str, int], str]:
        """By (path, line); a comment on a line of its own speaks of the line below."""
        return self._purposes_by_comment[1]

    @cached_property
    def _purposes_by_comment(self) -> tuple[dict[str, str], dict[tuple[str, int], str]]:
        by_name: dict[str, str] = {}
        by_line: dict[tuple[str, int], str] = {}
        for module in self._program.modules.values():
            comments = [c for c in module.index.comments if comment_kind(c) == "purpose"]
            heads = self._heads(module.name) if comments else {}
            for comment in comments:
                words = comment.text.partition("--")[0].partition("=")[2].split()
                line = comment.line + 1 if comment.own_line and comment.line not in heads else comment.line
                if not words:
                    self.unreadable.append((module.path, comment.line, "`purpose=` is not followed by a name"))
                elif line in heads:
                    by_name[heads[line]] = words[0]
                else:
                    by_line[module.path, line] = words[0]
        return by_name, by_line

    def _heads(self, module: str) -> dict[int, str]:
        """Function or class id by the lines of decorators and `def` or `class`, the signature included."""
        index = self._program.modules[module].index
        found: dict[int, str] = {}
        for definition in index.classes:
            for line in range(definition.line, definition.def_line + 1):
                found[line] = f"{module}.{definition.qualname}"
        for function in self._program.functions.values():
            if function.module == module:
                last = max([function.definition.def_line, *(p.line for p in function.definition.params)])
                for line in range(function.definition.line, last + 1):
                    found[line] = function.id
        return found


def _arguments(call: Expr) -> tuple[list[Expr], dict[str, Expr]]:
    positional = [arg for arg in call.args[1:] if arg.kind != "kw"]
    return positional, {arg.text: arg.args[0] for arg in call.args[1:] if arg.kind == "kw" and arg.args}


def _merge(marks: Iterable[Mark | None]) -> Mark | None:
    found = [mark for mark in marks if mark is not None]
    if len(found) <= 1:
        return found[0] if found else None
    categories = dict.fromkeys(category for mark in found for category in mark.categories)
    subjects = dict.fromkeys(subject for mark in found for subject in mark.subjects)
    return Mark(tuple(categories), tuple(subjects), next((mark.role for mark in found if mark.role), ""))
