"""What the walk of a syntax tree records about names: scopes, what is bound and read, fields, exports."""

from __future__ import annotations

import ast
from collections.abc import Callable

from privlint.frontend.expr_ast import OTHER, constant_text, convert, convert_annotation
from privlint.frontend.receiver_text import NO_NAME, text_root
from privlint.ir import Expr, FieldDef, FunctionDef, Import, ModuleIndex

_SELF_KINDS = frozenset({"name", "const", "call", "attr"})


class Frame:
    """Names of a function, lambda or comprehension, or of a class inside one, until it is known which are its own."""

    __slots__ = ("binds", "generator", "globals", "kind", "loads", "nonlocals", "parent")

    def __init__(self, kind: str, parent: Frame | None) -> None:
        self.kind = kind
        self.parent = parent
        self.loads: set[str] = set()
        self.binds: set[str] = set()
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.generator = False


class Place:
    """Where the walk is. `unit`: the enclosing unit; `scope`: the enclosing class or function; `parent`: the enclosing
    function's unit, if any; `owner`: the class whose body this is; `receiver`: the name of the first parameter of the
    enclosing method, with that method's class and name."""

    __slots__ = ("owner", "parent", "receiver", "scope", "unit")

    def __init__(
        self,
        unit: str = "",
        scope: str = "",
        parent: str = "",
        owner: str = "",
        receiver: tuple[str, str, str] | None = None,
    ) -> None:
        self.unit = unit
        self.scope = scope
        self.parent = parent
        self.owner = owner
        self.receiver = receiver


class NameRecorder:
    """`column` turns a line and an offset of the tree into a column that counts code points from 1."""

    def __init__(self, column: Callable[[int, int], int]) -> None:
        self.column = column
        self.index = ModuleIndex(lines=0)
        self.place = Place()
        self.frame: Frame | None = None
        self.typing_only = False
        self.mentions: dict[str, set[str]] = {}
        self.globals_written: dict[str, set[str]] = {}
        self.strings: set[str] = set()
        self.ordinals: dict[str, int] = {}
        self.functions: list[FunctionDef | None] = []
        self.exports_known = True
        self.locals: dict[str, set[str]] = {}  # of the unit that is being walked
        self.roots: set[str] = set()  # names used as receivers in it
        self.calls = self.index.calls
        self.attributes = self.index.attributes

    def ordinal(self, qualname: str) -> int:
        number = self.ordinals.get(qualname, 0)
        self.ordinals[qualname] = number + 1
        return number

    def begin_frame(self, kind: str) -> Frame:
        self.frame = Frame(kind, self.frame)
        return self.frame

    def end_frame(self) -> None:
        frame = self.frame
        if frame is None:
            return
        unit = self.place.unit
        self.frame = outer = frame.parent
        for name in frame.globals & frame.loads:
            self.mentions.setdefault(name, set()).add(unit)
        free = frame.loads - frame.binds - frame.globals
        while outer is not None and outer.kind == "class" and frame.kind != "class":
            outer = outer.parent
        if outer is not None:
            outer.loads |= free
            return
        for name in free:
            self.mentions.setdefault(name, set()).add(unit)

    def note_local(self, name: str, text: str) -> None:
        self.locals.setdefault(name, set()).add(text)

    def end_unit(self, params: set[str]) -> None:
        """Keeps what the names that are used as receivers are bound to, and the names in that; of parameters also
        that it cannot be told."""
        kept: dict[str, list[str]] = {}
        wanted = [name for name in self.roots if name in self.locals]
        for name in wanted:
            texts = self.locals[name]
            if NO_NAME not in texts:
                kept[name] = sorted(texts)
                roots = [text_root(text) for text in texts]
                wanted += [root for root in roots if root in self.locals and root not in self.roots]
                self.roots.update(roots)
            elif name in params:
                kept[name] = [NO_NAME]
        if kept and self.place.unit not in self.index.locals:
            self.index.locals[self.place.unit] = {name: kept[name] for name in sorted(kept)}

    def load(self, name: str) -> None:
        if self.frame is not None:
            self.frame.loads.add(name)
        else:
            self.mentions.setdefault(name, set()).add(self.place.unit)

    def bind_name(
        self,
        name: str,
        target: ast.expr | None,
        value: Expr | None,
        annotation: ast.expr | None,
        node: ast.AST | None,
        *,
        field: bool = True,
    ) -> None:
        frame = self.frame
        if frame is not None:
            if name in frame.globals:
                self.globals_written.setdefault(name, set()).add(self.place.unit)
                return
            if name not in frame.nonlocals:
                frame.binds.add(name)
            if frame.kind != "class":
                return
        if field and target is not None:
            where = "class" if self.place.owner else "module"
            self.add_field(self.place.scope, name, where, target, annotation, value, "", node)

    def add_field(
        self,
        owner: str,
        name: str,
        where: str,
        target: ast.expr,
        annotation: ast.expr | None,
        value: Expr | None,
        unit: str,
        node: ast.AST | None,
    ) -> None:
        line = target.lineno
        last = getattr(node, "end_lineno", None) or line
        column = self.column(line, target.col_offset)
        converted = convert_annotation(annotation)
        self.index.fields.append(FieldDef(owner, name, where, line, column, converted, value, unit, last))

    def self_value(self, value: ast.expr | None, annotation: ast.expr | None) -> Expr | None:
        if value is None:
            return None if annotation is not None else OTHER
        found = convert(value) if isinstance(value, (ast.Name, ast.Constant, ast.Call, ast.Attribute)) else OTHER
        return found if found.kind in _SELF_KINDS else OTHER

    def note_self(
        self, target: ast.Attribute | ast.Subscript, value: ast.expr | None, annotation: ast.expr | None, node: ast.AST
    ) -> None:
        """`self.x = value` in a method."""
        receiver = self.place.receiver
        base = target.value
        if receiver is None or not isinstance(target, ast.Attribute) or not isinstance(base, ast.Name):
            return
        if base.id == receiver[0]:
            converted = self.self_value(value, annotation)
            self.add_field(receiver[1], target.attr, "self", target, annotation, converted, receiver[2], node)

    def note_exports(self, value: ast.expr, *, replace: bool) -> None:
        names = _string_items(value)
        if names is None:
            self.exports_known = False
            return
        if replace or self.index.exports is None:
            self.index.exports = names
        else:
            self.index.exports = [*self.index.exports, *names]

    def note_exports_call(self, call: ast.Call) -> None:
        """`__all__.append("x")`, `__all__.extend(["x"])`"""
        func = call.func
        if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name) or func.value.id != "__all__":
            return
        if func.attr == "append" and len(call.args) == 1:
            self.note_exports(ast.List(elts=call.args, ctx=ast.Load()), replace=False)
        elif func.attr == "extend" and len(call.args) == 1:
            self.note_exports(call.args[0], replace=False)

    def add_import(self, item: Import) -> None:
        """The name it binds in a function counts as no local variable: reading it is a mention of what it imports."""
        self.index.imports.append(item)


def _string_items(node: ast.expr) -> list[str] | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _string_items(node.left), _string_items(node.right)
        return None if left is None or right is None else left + right
    if not isinstance(node, (ast.List, ast.Tuple)):
        return None
    texts = [constant_text(item) for item in node.elts]
    return texts if all(texts) else None
