"""One pass over the standard library's syntax tree: everything a `ModuleIndex` holds, but for comments.

Each visitor of an expression returns the text by which a receiver stands in the index, so that names, attributes and
calls are recorded while they are walked, once.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TypeAlias

from privlint.frontend.expr_ast import OTHER, convert, convert_annotation, dotted, parse_text
from privlint.ir import (
    AttributeUse,
    CallSite,
    ClassDef,
    Expr,
    FieldDef,
    FunctionDef,
    Import,
    ModuleIndex,
    ParamDef,
)

AnyFunction: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"

NO_NAME = "()"
STRING = '""'
DISPLAYS = {ast.Dict: "{}", ast.DictComp: "{}", ast.List: "[]", ast.ListComp: "[]", ast.Set: "[]", ast.SetComp: "[]"}
_MAX_RECEIVER = 80
_MAX_STRING = 80
_SELF_KINDS = frozenset({"name", "const", "call", "attr"})
_REFLECTION = {"getattr": "load", "hasattr": "load", "setattr": "store", "delattr": "del"}


class _Frame:
    """Names of a function, lambda or comprehension, or of a class inside one, until it is known which are its own."""

    __slots__ = ("binds", "generator", "globals", "kind", "loads", "nonlocals", "parent")

    def __init__(self, kind: str, parent: _Frame | None) -> None:
        self.kind = kind
        self.parent = parent
        self.loads: set[str] = set()
        self.binds: set[str] = set()
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.generator = False


class _Place:
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


class Indexer:
    """`column` turns a line and an offset of the tree into a column that counts code points from 1."""

    def __init__(self, column: Callable[[int, int], int]) -> None:
        self.column = column
        self.index = ModuleIndex(lines=0)
        self.place = _Place()
        self.frame: _Frame | None = None
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

    def run(self, tree: ast.Module) -> ModuleIndex:
        self.body(tree.body)
        index = self.index
        index.functions = [function for function in self.functions if function is not None]
        index.mentions = {name: sorted(self.mentions[name]) for name in sorted(self.mentions)}
        index.globals_written = {name: sorted(self.globals_written[name]) for name in sorted(self.globals_written)}
        index.strings = sorted(self.strings)
        if not self.exports_known:
            index.exports = None
        return index

    # --------------------------------------------------------------------------------------------------- statements

    def body(self, statements: Sequence[ast.stmt]) -> None:
        table = _STATEMENTS
        for statement in statements:
            visitor = table.get(type(statement))
            if visitor is not None:
                visitor(self, statement)

    def do_expression(self, node: ast.Expr) -> None:
        value = node.value
        if type(value) is ast.Constant:
            return
        if type(value) is ast.Call and not self.place.scope:
            self.note_exports_call(value)
        self.visit(value)

    def do_assign(self, node: ast.Assign) -> None:
        text = self.visit(node.value)
        for target in node.targets:
            self.bind(target, node.value, None, node, text)
            if type(target) is ast.Name and target.id == "__all__" and not self.place.scope:
                self.note_exports(node.value, replace=True)

    def do_annotated(self, node: ast.AnnAssign) -> None:
        self.visit_annotation(node.annotation)
        if node.value is not None:
            self.visit(node.value)
        target = node.target
        if node.value is None and not isinstance(target, ast.Name):
            self.visit(target.value)  # a bare `self.x: T` stores nothing
            self.note_self(target, None, node.annotation, node)
            return
        self.bind(target, node.value, node.annotation, node, _annotation_text(node.annotation))
        if type(target) is ast.Name and target.id == "__all__" and not self.place.scope and node.value is not None:
            self.note_exports(node.value, replace=True)

    def do_augmented(self, node: ast.AugAssign) -> None:
        target = node.target
        self.visit(node.value)
        if isinstance(target, ast.Name):
            self.load(target.id)
            self.bind_name(target.id, target, None, None, node, field=False)
            if target.id == "__all__" and not self.place.scope:
                self.note_exports(node.value, replace=False)
        elif isinstance(target, ast.Attribute):
            text = self.visit(target.value)
            line = target.end_lineno or target.lineno
            self.attributes.append(AttributeUse(self.place.unit, target.attr, text, "load", line))
            self.attributes.append(AttributeUse(self.place.unit, target.attr, text, "store", line))
        else:
            self.visit(target)

    def do_alias(self, node: ast.stmt) -> None:
        """`type X = ...`"""
        name: ast.Name = node.name  # type: ignore[attr-defined]
        value: ast.expr = node.value  # type: ignore[attr-defined]
        self.visit(value)
        self.bind_name(name.id, name, convert_annotation(value), None, node)

    def do_return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.visit(node.value)

    def do_delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                if self.frame is not None:
                    self.bind_name(target.id, target, None, None, node, field=False)
            elif isinstance(target, ast.Attribute):
                text = self.visit(target.value)
                line = target.end_lineno or target.lineno
                self.attributes.append(AttributeUse(self.place.unit, target.attr, text, "del", line))
            else:
                self.visit(target)

    def do_for(self, node: ast.For | ast.AsyncFor) -> None:
        text = self.visit(node.iter)
        self.bind(node.target, None, None, node.target, _joined(text, "[]"))
        self.body(node.body)
        self.body(node.orelse)

    def do_while(self, node: ast.While) -> None:
        self.visit(node.test)
        self.body(node.body)
        self.body(node.orelse)

    def do_if(self, node: ast.If) -> None:
        """An `elif` chain is walked in a loop: it may be long."""
        outer = self.typing_only
        while True:
            self.visit(node.test)
            kind = _typing_test(node.test)
            self.typing_only = outer or kind == "typing"
            self.body(node.body)
            self.typing_only = outer or kind == "runtime"
            if len(node.orelse) != 1 or not isinstance(node.orelse[0], ast.If):
                break
            node = node.orelse[0]
            outer = self.typing_only
        self.body(node.orelse)
        self.typing_only = outer

    def do_with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, None, None, item.optional_vars)
        self.body(node.body)

    def do_raise(self, node: ast.Raise) -> None:
        if node.exc is not None:
            self.visit(node.exc)
        if node.cause is not None:
            self.visit(node.cause)

    def do_try(self, node: ast.Try) -> None:
        self.body(node.body)
        for handler in node.handlers:
            text = self.visit(handler.type) if handler.type is not None else NO_NAME
            if handler.name is not None and self.frame is not None:
                self.note_local(handler.name, _joined(text, "()"))
                self.bind_name(handler.name, None, None, None, None, field=False)
            self.body(handler.body)
        self.body(node.orelse)
        self.body(node.finalbody)

    def do_assert(self, node: ast.Assert) -> None:
        self.visit(node.test)
        if node.msg is not None:
            self.visit(node.msg)

    def do_global(self, node: ast.Global) -> None:
        if self.frame is not None:
            self.frame.globals.update(node.names)

    def do_nonlocal(self, node: ast.Nonlocal) -> None:
        if self.frame is not None:
            self.frame.nonlocals.update(node.names)

    def do_import(self, node: ast.Import) -> None:
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            self.add_import(Import(bound, alias.name, "", 0, node.lineno, self.place.scope, self.typing_only))

    def do_import_from(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            bound = alias.asname or alias.name
            module, scope = node.module or "", self.place.scope
            self.add_import(Import(bound, module, alias.name, node.level, node.lineno, scope, self.typing_only))

    def add_import(self, item: Import) -> None:
        self.index.imports.append(item)
        if self.frame is not None and item.bound != "*":
            self.bind_name(item.bound, None, None, None, None, field=False)

    # -------------------------------------------------------------------------------------------------- definitions

    def ordinal(self, qualname: str) -> int:
        number = self.ordinals.get(qualname, 0)
        self.ordinals[qualname] = number + 1
        return number

    def do_function(self, node: AnyFunction) -> None:
        outer = self.place
        qualname = f"{outer.scope}.{node.name}" if outer.scope else node.name
        self.visit_all(node.decorator_list)
        self.visit_signature(node.args)
        self.visit_metadata(node.returns)
        if self.frame is not None:
            self.bind_name(node.name, None, None, None, None, field=False)
        slot = len(self.functions)
        self.functions.append(None)
        ordinal = self.ordinal(qualname)
        params = self.params(node.args)
        unit = outer.unit if outer.parent else qualname
        receiver = outer.receiver
        static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list)
        if outer.owner and params and params[0].kind in ("pos", "any") and not static:
            receiver = (params[0].name, outer.owner, qualname)
        elif receiver is not None and any(param.name == receiver[0] for param in params):
            receiver = None
        if not outer.parent:
            self.locals, self.roots = {}, set()
        self.place = _Place(unit, qualname, outer.parent or qualname, "", receiver)
        frame = self.begin_frame("function")
        frame.binds.update(param.name for param in params)
        if outer.parent:
            for param in params:
                self.note_local(param.name, _annotation_text(_annotation_of(node.args, param.name)))
        self.body(node.body)
        self.end_frame()
        if not outer.parent:
            self.end_unit()
        self.place = outer
        decorators = node.decorator_list
        self.functions[slot] = FunctionDef(
            qualname,
            ordinal,
            min([node.lineno, *(d.lineno for d in decorators)]),
            node.lineno,
            node.end_lineno or node.lineno,
            params,
            convert_annotation(node.returns),
            tuple([convert(decorator) for decorator in decorators]),
            outer.owner,
            outer.parent,
            type(node) is ast.AsyncFunctionDef,
            frame.generator,
            self.column(node.lineno, node.col_offset),
        )

    def params(self, args: ast.arguments) -> tuple[ParamDef, ...]:
        found: list[ParamDef] = []
        plain = [("pos", arg) for arg in args.posonlyargs] + [("any", arg) for arg in args.args]
        missing = len(plain) - len(args.defaults)
        for position, (kind, arg) in enumerate(plain):
            default = args.defaults[position - missing] if position >= missing else None
            found.append(_param(kind, arg, default))
        if args.vararg is not None:
            found.append(_param("*", args.vararg, None))
        for arg, value in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            found.append(_param("kw", arg, value))
        if args.kwarg is not None:
            found.append(_param("**", args.kwarg, None))
        return tuple(found)

    def visit_signature(self, args: ast.arguments) -> None:
        """Defaults, and calls in annotations (`Annotated[User, Depends(current_user)]`), run where the `def` stands."""
        self.visit_all(args.defaults)
        for value in args.kw_defaults:
            if value is not None:
                self.visit(value)
        for arg in (*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg):
            if arg is not None and arg.annotation is not None:
                self.visit_metadata(arg.annotation)

    def visit_metadata(self, node: ast.expr | None) -> None:
        if isinstance(node, ast.Call):
            self.visit(node)
        elif isinstance(node, ast.Subscript):
            self.visit_metadata(node.slice)
        elif isinstance(node, ast.Tuple):
            for item in node.elts:
                self.visit_metadata(item)

    def visit_annotation(self, node: ast.expr) -> None:
        parsed = parse_text(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
        self.visit(parsed or node)

    def do_class(self, node: ast.ClassDef) -> None:
        outer = self.place
        qualname = f"{outer.scope}.{node.name}" if outer.scope else node.name
        self.visit_all(node.decorator_list)
        self.visit_all(node.bases)
        for word in node.keywords:
            self.visit(word.value)
        if self.frame is not None:
            self.bind_name(node.name, None, None, None, None, field=False)
        self.index.classes.append(
            ClassDef(
                qualname,
                self.ordinal(qualname),
                min([node.lineno, *(d.lineno for d in node.decorator_list)]),
                node.lineno,
                node.end_lineno or node.lineno,
                tuple([convert(base) for base in node.bases]),
                tuple([Expr("kw", word.arg or "**", (convert(word.value),)) for word in node.keywords]),
                tuple([convert(decorator) for decorator in node.decorator_list]),
                outer.parent,
                self.column(node.lineno, node.col_offset),
            )
        )
        self.place = _Place(outer.unit if outer.parent else qualname, qualname, outer.parent, qualname, outer.receiver)
        if self.frame is not None:
            self.begin_frame("class")
            self.body(node.body)
            self.end_frame()
        else:
            self.body(node.body)
        self.place = outer

    # ------------------------------------------------------------------------------------------------------- names

    def begin_frame(self, kind: str) -> _Frame:
        self.frame = _Frame(kind, self.frame)
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

    def end_unit(self) -> None:
        """Keeps what the names that are used as receivers are bound to."""
        kept = {name: sorted(self.locals[name]) for name in sorted(self.roots & self.locals.keys())}
        known = {name: texts for name, texts in kept.items() if NO_NAME not in texts}
        if known and self.place.unit not in self.index.locals:
            self.index.locals[self.place.unit] = known

    def load(self, name: str) -> None:
        if self.frame is not None:
            self.frame.loads.add(name)
        else:
            self.mentions.setdefault(name, set()).add(self.place.unit)

    def bind(
        self,
        target: ast.expr,
        value: ast.expr | None,
        annotation: ast.expr | None,
        node: ast.AST,
        text: str = NO_NAME,
    ) -> None:
        """Assigns to a target. `value` is None where it is nothing written (`for`, `with`) or nothing at all; `text`
        is that of what the target is bound to."""
        if isinstance(target, ast.Name):
            if self.frame is not None and not (isinstance(value, ast.Constant) and value.value is None):
                self.note_local(target.id, text)
            converted = None
            if self.frame is None or self.frame.kind == "class":
                converted = convert(value) if value is not None else None if annotation is not None else OTHER
            self.bind_name(target.id, target, converted, annotation, node)
        elif isinstance(target, ast.Attribute):
            text = self.visit(target.value)
            line = target.end_lineno or target.lineno
            self.attributes.append(AttributeUse(self.place.unit, target.attr, text, "store", line))
            self.note_self(target, value, annotation, node)
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts: Sequence[ast.expr | None] = [None] * len(target.elts)
            if isinstance(value, (ast.Tuple, ast.List)) and _pairs(target.elts, value.elts):
                parts = value.elts
            for inner, part in zip(target.elts, parts, strict=True):
                self.bind(inner, part, None, node, _receiver_text(part) if part is not None else NO_NAME)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, None, None, node)
        else:
            self.visit(target)

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

    def self_value(self, value: ast.expr | None, annotation: ast.expr | None) -> Expr | None:
        if value is None:
            return None if annotation is not None else OTHER
        found = convert(value) if isinstance(value, (ast.Name, ast.Constant, ast.Call, ast.Attribute)) else OTHER
        return found if found.kind in _SELF_KINDS else OTHER

    # ------------------------------------------------------------------------------------------------------ exports

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

    # -------------------------------------------------------------------------------------------------- expressions

    def visit(self, node: ast.expr) -> str:
        visitor = _EXPRESSIONS.get(type(node))
        return visitor(self, node) if visitor is not None else NO_NAME

    def visit_all(self, nodes: Sequence[ast.expr]) -> None:
        table = _EXPRESSIONS
        for node in nodes:
            visitor = table.get(type(node))
            if visitor is not None:
                visitor(self, node)

    def on_name(self, node: ast.Name) -> str:
        name = node.id
        if self.frame is not None:
            self.frame.loads.add(name)
        else:
            self.mentions.setdefault(name, set()).add(self.place.unit)
        return name

    def on_attribute(self, node: ast.Attribute) -> str:
        text = self.visit(node.value)
        if type(node.value) is ast.Name:
            self.roots.add(text)
        line = node.end_lineno or node.lineno
        self.attributes.append(AttributeUse(self.place.unit, node.attr, text, "load", line))
        return _joined(text, "." + node.attr)

    def on_call(self, node: ast.Call) -> str:
        func = node.func
        line = func.end_lineno or func.lineno
        receiver = ""
        if type(func) is ast.Name:
            callee = text = func.id
        elif type(func) is ast.Attribute:
            receiver = self.visit(func.value)
            if type(func.value) is ast.Name:
                self.roots.add(receiver)
            callee = func.attr
            text = _joined(receiver, "." + callee)
        else:
            callee = ""
            text = self.visit(func)
        nargs = len(node.args)
        for arg in node.args:
            if type(arg) is ast.Starred:
                nargs = -1
                break
        keywords = tuple([word.arg or "**" for word in node.keywords]) if node.keywords else ()
        if callee:
            self.calls.append(CallSite(self.place.unit, callee, receiver, nargs, keywords, line))
            if callee in _BY_NAME:
                self.note_by_name(callee, receiver, node, line)
        self.visit_all(node.args)
        for word in node.keywords:
            self.visit(word.value)
        return _joined(text, "()")

    def note_by_name(self, callee: str, receiver: str, node: ast.Call, line: int) -> None:
        """Attributes and types that a call names by a string."""
        args = node.args
        if callee == "cast" and args and isinstance(args[0], ast.Constant):
            self.visit_annotation(args[0])
        elif callee == "attrgetter":
            for arg in args:
                for part in _constant_text(arg).split("."):
                    if part:
                        self.attributes.append(AttributeUse(self.place.unit, part, NO_NAME, "load", line))
        elif not receiver and len(args) > 1 and callee in _REFLECTION:
            name = _constant_text(args[1])
            if name.isidentifier():
                text = _receiver_text(args[0])
                self.attributes.append(AttributeUse(self.place.unit, name, text, _REFLECTION[callee], line))
                if callee == "setattr" and len(args) == 3:
                    target = ast.copy_location(ast.Attribute(value=args[0], attr=name, ctx=ast.Store()), node)
                    self.note_self(target, args[2], None, node)

    def on_subscript(self, node: ast.Subscript) -> str:
        text = self.visit(node.value)
        self.visit(node.slice)
        return _joined(text, "[]")

    def on_constant(self, node: ast.Constant) -> str:
        value = node.value
        if type(value) is not str:
            return NO_NAME
        if value and len(value) <= _MAX_STRING and (value.isidentifier() or _is_dotted(value)):
            self.strings.add(value)
        return STRING

    def on_fstring(self, node: ast.JoinedStr) -> str:
        for part in node.values:
            if type(part) is ast.FormattedValue:
                self.visit(part.value)
                if part.format_spec is not None:
                    self.visit(part.format_spec)
        return STRING

    def on_binary(self, node: ast.BinOp) -> str:
        """Long sums lean to the left; they are walked in a loop."""
        rights: list[ast.expr] = []
        left: ast.expr = node
        while type(left) is ast.BinOp:
            rights.append(left.right)
            left = left.left
        text = self.visit(left)
        for right in reversed(rights):
            self.visit(right)
        return STRING if text == STRING else NO_NAME

    def on_values(self, node: ast.BoolOp) -> str:
        self.visit_all(node.values)
        return NO_NAME

    def on_compare(self, node: ast.Compare) -> str:
        self.visit(node.left)
        self.visit_all(node.comparators)
        return NO_NAME

    def on_unary(self, node: ast.UnaryOp) -> str:
        self.visit(node.operand)
        return NO_NAME

    def on_conditional(self, node: ast.IfExp) -> str:
        self.visit(node.test)
        self.visit(node.body)
        self.visit(node.orelse)
        return NO_NAME

    def on_display(self, node: ast.Tuple | ast.List | ast.Set) -> str:
        self.visit_all(node.elts)
        return DISPLAYS.get(type(node), NO_NAME)

    def on_dict(self, node: ast.Dict) -> str:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                self.visit(key)
            self.visit(value)
        return DISPLAYS[ast.Dict]

    def on_inner(self, node: ast.Starred | ast.Await) -> str:
        return self.visit(node.value)

    def on_yield(self, node: ast.Yield | ast.YieldFrom) -> str:
        frame = self.frame
        while frame is not None and frame.kind == "comprehension":
            frame = frame.parent
        if frame is not None:
            frame.generator = True
        if node.value is not None:
            self.visit(node.value)
        return NO_NAME

    def on_slice(self, node: ast.Slice) -> str:
        for part in (node.lower, node.upper, node.step):
            if part is not None:
                self.visit(part)
        return NO_NAME

    def on_walrus(self, node: ast.NamedExpr) -> str:
        text = self.visit(node.value)
        inner = self.frame
        while self.frame is not None and self.frame.kind == "comprehension":
            self.frame = self.frame.parent
        self.bind(node.target, node.value, None, node, text)
        self.frame = inner
        return text

    def on_lambda(self, node: ast.Lambda) -> str:
        self.visit_signature(node.args)
        args = node.args
        frame = self.begin_frame("lambda")
        for arg in (*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg):
            if arg is not None:
                frame.binds.add(arg.arg)
                self.note_local(arg.arg, NO_NAME)
        self.visit(node.body)
        self.end_frame()
        return NO_NAME

    def on_comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> str:
        """The first iterable is evaluated outside, all else in a scope of its own."""
        text = self.visit(node.generators[0].iter)
        self.begin_frame("comprehension")
        for position, generator in enumerate(node.generators):
            if position:
                text = self.visit(generator.iter)
            self.bind(generator.target, None, None, generator.target, _joined(text, "[]"))
            self.visit_all(generator.ifs)
        if type(node) is ast.DictComp:
            self.visit(node.key)
            self.visit(node.value)
        else:
            self.visit(node.elt)  # type: ignore[union-attr]
        self.end_frame()
        return DISPLAYS.get(type(node), NO_NAME)

    # ----------------------------------------------------------------------------------------------------- patterns

    def do_match(self, node: ast.Match) -> None:
        subject = self.visit(node.subject)
        for case in node.cases:
            self.pattern(case.pattern, subject)
            if case.guard is not None:
                self.visit(case.guard)
            self.body(case.body)

    def pattern(self, node: ast.pattern, subject: str) -> None:
        if isinstance(node, ast.MatchValue):
            self.visit(node.value)
        elif isinstance(node, ast.MatchClass):
            self.visit(node.cls)
            for name in node.kwd_attrs:
                self.attributes.append(AttributeUse(self.place.unit, name, subject, "load", node.lineno))
            for inner in (*node.patterns, *node.kwd_patterns):
                self.pattern(inner, NO_NAME)
        elif isinstance(node, (ast.MatchSequence, ast.MatchOr)):
            for inner in node.patterns:
                self.pattern(inner, subject if isinstance(node, ast.MatchOr) else NO_NAME)
        elif isinstance(node, ast.MatchMapping):
            self.visit_all(node.keys)
            for inner in node.patterns:
                self.pattern(inner, NO_NAME)
            self.capture(node.rest, node)
        elif isinstance(node, ast.MatchAs):
            if node.pattern is not None:
                self.pattern(node.pattern, subject)
            self.capture(node.name, node)
        elif isinstance(node, ast.MatchStar):
            self.capture(node.name, node)

    def capture(self, name: str | None, node: ast.pattern) -> None:
        if name is not None:
            target = ast.copy_location(ast.Name(id=name, ctx=ast.Store()), node)
            self.note_local(name, NO_NAME)
            self.bind_name(name, target, OTHER, None, node)


def _param(kind: str, arg: ast.arg, default: ast.expr | None) -> ParamDef:
    value = convert(default) if default is not None else None
    return ParamDef(arg.arg, kind, convert_annotation(arg.annotation), value, arg.lineno)


def _pairs(targets: Sequence[ast.expr], values: Sequence[ast.expr]) -> bool:
    return len(targets) == len(values) and not any(isinstance(part, ast.Starred) for part in (*targets, *values))


def _annotation_of(args: ast.arguments, name: str) -> ast.expr | None:
    for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs):
        if arg.arg == name:
            return arg.annotation
    return None


def _annotation_text(node: ast.expr | None) -> str:
    """":User" for an annotation that is a plain name, also in `Optional[User]` and `User | None`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = parse_text(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant) and node.right.value is None:
        node = node.left
    elif isinstance(node, ast.Subscript) and dotted(node.value).rpartition(".")[2] == "Optional":
        node = node.slice
    text = dotted(node) if node is not None else ""
    return f":{text}" if text else NO_NAME


def _typing_test(test: ast.expr) -> str:
    """ "typing" if the branch is for type checkers only, "runtime" if its `else` is, "" for any other test."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return "runtime" if _typing_test(test.operand) == "typing" else ""
    name = dotted(test)
    return "typing" if name == "TYPE_CHECKING" or name.endswith(".TYPE_CHECKING") else ""


def _string_items(node: ast.expr) -> list[str] | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _string_items(node.left), _string_items(node.right)
        return None if left is None or right is None else left + right
    if not isinstance(node, (ast.List, ast.Tuple)):
        return None
    texts = [_constant_text(item) for item in node.elts]
    return texts if all(texts) else None


def _constant_text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _receiver_text(node: ast.expr) -> str:
    """As the visitors return it, without recording anything."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return _joined(_receiver_text(node.value), "." + node.attr)
    if isinstance(node, ast.Call):
        return _joined(_receiver_text(node.func), "()")
    if isinstance(node, ast.Subscript):
        return _joined(_receiver_text(node.value), "[]")
    if type(node) in DISPLAYS:
        return DISPLAYS[type(node)]
    return STRING if _constant_text(node) else NO_NAME


def _joined(text: str, part: str) -> str:
    return (text if len(text) <= _MAX_RECEIVER else NO_NAME) + part


def _is_dotted(text: str) -> bool:
    return "." in text and all(part.isidentifier() for part in text.split("."))


_BY_NAME = frozenset({"cast", "attrgetter", *_REFLECTION})

_STATEMENTS: dict[type, Callable[..., None]] = {
    ast.Expr: Indexer.do_expression,
    ast.Assign: Indexer.do_assign,
    ast.AnnAssign: Indexer.do_annotated,
    ast.AugAssign: Indexer.do_augmented,
    ast.Return: Indexer.do_return,
    ast.Delete: Indexer.do_delete,
    ast.For: Indexer.do_for,
    ast.AsyncFor: Indexer.do_for,
    ast.While: Indexer.do_while,
    ast.If: Indexer.do_if,
    ast.With: Indexer.do_with,
    ast.AsyncWith: Indexer.do_with,
    ast.Raise: Indexer.do_raise,
    ast.Try: Indexer.do_try,
    ast.Assert: Indexer.do_assert,
    ast.Global: Indexer.do_global,
    ast.Nonlocal: Indexer.do_nonlocal,
    ast.Import: Indexer.do_import,
    ast.ImportFrom: Indexer.do_import_from,
    ast.FunctionDef: Indexer.do_function,
    ast.AsyncFunctionDef: Indexer.do_function,
    ast.ClassDef: Indexer.do_class,
    ast.Match: Indexer.do_match,
}
if hasattr(ast, "TryStar"):
    _STATEMENTS[ast.TryStar] = Indexer.do_try


class TypeAliasStatement(ast.stmt):
    """`type X = ...` where the running Python has no node for it; `name` and `value` as in `ast.TypeAlias`."""

    _fields = ("name", "value")


_STATEMENTS[TypeAliasStatement] = Indexer.do_alias
if hasattr(ast, "TypeAlias"):
    _STATEMENTS[ast.TypeAlias] = Indexer.do_alias

_EXPRESSIONS: dict[type, Callable[..., str]] = {
    ast.Name: Indexer.on_name,
    ast.Attribute: Indexer.on_attribute,
    ast.Call: Indexer.on_call,
    ast.Subscript: Indexer.on_subscript,
    ast.Constant: Indexer.on_constant,
    ast.JoinedStr: Indexer.on_fstring,
    ast.BinOp: Indexer.on_binary,
    ast.BoolOp: Indexer.on_values,
    ast.Compare: Indexer.on_compare,
    ast.UnaryOp: Indexer.on_unary,
    ast.IfExp: Indexer.on_conditional,
    ast.Tuple: Indexer.on_display,
    ast.List: Indexer.on_display,
    ast.Set: Indexer.on_display,
    ast.Dict: Indexer.on_dict,
    ast.Starred: Indexer.on_inner,
    ast.Await: Indexer.on_inner,
    ast.Yield: Indexer.on_yield,
    ast.YieldFrom: Indexer.on_yield,
    ast.Slice: Indexer.on_slice,
    ast.NamedExpr: Indexer.on_walrus,
    ast.Lambda: Indexer.on_lambda,
    ast.ListComp: Indexer.on_comprehension,
    ast.SetComp: Indexer.on_comprehension,
    ast.GeneratorExp: Indexer.on_comprehension,
    ast.DictComp: Indexer.on_comprehension,
}
