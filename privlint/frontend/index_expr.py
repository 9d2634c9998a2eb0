"""The walk over expressions. Each visitor returns the text by which a receiver stands in the index, so that names,
attributes and calls are recorded while they are walked, once."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from privlint.frontend.expr_ast import OTHER, constant_text, convert, parse_text
from privlint.frontend.index_names import NameRecorder
from privlint.frontend.receiver_text import DISPLAYS, NO_NAME, STRING, joined, receiver_text
from privlint.ir import AttributeUse, CallSite

_MAX_STRING = 80
_REFLECTION = {"getattr": "load", "hasattr": "load", "setattr": "store", "delattr": "del"}
_BY_NAME = frozenset({"cast", "attrgetter", *_REFLECTION})


class ExpressionIndexer(NameRecorder):
    def visit(self, node: ast.expr) -> str:
        visitor = _EXPRESSIONS.get(type(node))
        return visitor(self, node) if visitor is not None else NO_NAME

    def visit_all(self, nodes: Sequence[ast.expr]) -> None:
        table = _EXPRESSIONS
        for node in nodes:
            visitor = table.get(type(node))
            if visitor is not None:
                visitor(self, node)

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
            nothing = annotation is None and isinstance(value, ast.Constant) and value.value is None
            if self.frame is not None and not nothing:
                self.note_local(target.id, text)
            converted = None
            if self._binds_fields():
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
            elif isinstance(value, ast.Call) and self._binds_fields() and not any(map(_is_starred, target.elts)):
                parts = [_item_of(value, number) for number in range(len(target.elts))]
            for inner, part in zip(target.elts, parts, strict=True):
                told = part is not None and not isinstance(value, ast.Call)
                self.bind(inner, part, None, node, receiver_text(part) if part is not None and told else NO_NAME)
        elif isinstance(target, ast.Starred):
            self.bind(target.value, None, None, node)
        else:
            self.visit(target)

    def _binds_fields(self) -> bool:
        """Whether what is bound here is a name of a module or class."""
        return self.frame is None or self.frame.kind == "class"

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
        return joined(text, "." + node.attr)

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
            text = joined(receiver, "." + callee)
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
        return joined(text, "()")

    def on_subscript(self, node: ast.Subscript) -> str:
        text = self.visit(node.value)
        self.visit(node.slice)
        return joined(text, "[]")

    def on_constant(self, node: ast.Constant) -> str:
        value = node.value
        if type(value) is not str:
            return NO_NAME
        if value and len(value) <= _MAX_STRING and (value.isidentifier() or _is_dotted(value)):
            self.strings.add(value)
        return STRING

    def on_fstring(self, node: ast.JoinedStr) -> str:
        """Template strings as well, where the running Python has them."""
        for part in node.values:
            if isinstance(part, ast.Constant):
                continue
            inner: ast.FormattedValue = part  # type: ignore[assignment]
            self.visit(inner.value)
            if inner.format_spec is not None:
                self.visit(inner.format_spec)
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
            self.bind(generator.target, None, None, generator.target, joined(text, "[]"))
            self.visit_all(generator.ifs)
        if type(node) is ast.DictComp:
            self.visit(node.key)
            self.visit(node.value)
        else:
            self.visit(node.elt)  # type: ignore[union-attr]
        self.end_frame()
        return DISPLAYS.get(type(node), NO_NAME)

    def note_by_name(self, callee: str, receiver: str, node: ast.Call, line: int) -> None:
        """Attributes and types that a call names by a string."""
        args = node.args
        if callee == "cast" and args and isinstance(args[0], ast.Constant):
            self.visit_annotation(args[0])
        elif callee == "attrgetter":
            for arg in args:
                for part in constant_text(arg).split("."):
                    if part:
                        self.attributes.append(AttributeUse(self.place.unit, part, NO_NAME, "load", line))
        elif not receiver and len(args) > 1 and callee in _REFLECTION:
            name = constant_text(args[1])
            if name.isidentifier():
                text = receiver_text(args[0])
                self.attributes.append(AttributeUse(self.place.unit, name, text, _REFLECTION[callee], line))
                if callee == "setattr" and len(args) == 3:
                    target = ast.copy_location(ast.Attribute(value=args[0], attr=name, ctx=ast.Store()), node)
                    self.note_self(target, args[2], None, node)


def _is_starred(node: ast.expr) -> bool:
    return isinstance(node, ast.Starred)


def _item_of(value: ast.expr, number: int) -> ast.expr:
    """What the target of that number gets of an unpacked value."""
    return ast.Subscript(value=value, slice=ast.Constant(value=number), ctx=ast.Load())


def _pairs(targets: Sequence[ast.expr], values: Sequence[ast.expr]) -> bool:
    return len(targets) == len(values) and not any(isinstance(part, ast.Starred) for part in (*targets, *values))


def _is_dotted(text: str) -> bool:
    return "." in text and all(part.isidentifier() for part in text.split("."))


_EXPRESSIONS: dict[type, Callable[..., str]] = {
    ast.Name: ExpressionIndexer.on_name,
    ast.Attribute: ExpressionIndexer.on_attribute,
    ast.Call: ExpressionIndexer.on_call,
    ast.Subscript: ExpressionIndexer.on_subscript,
    ast.Constant: ExpressionIndexer.on_constant,
    ast.JoinedStr: ExpressionIndexer.on_fstring,
    ast.BinOp: ExpressionIndexer.on_binary,
    ast.BoolOp: ExpressionIndexer.on_values,
    ast.Compare: ExpressionIndexer.on_compare,
    ast.UnaryOp: ExpressionIndexer.on_unary,
    ast.IfExp: ExpressionIndexer.on_conditional,
    ast.Tuple: ExpressionIndexer.on_display,
    ast.List: ExpressionIndexer.on_display,
    ast.Set: ExpressionIndexer.on_display,
    ast.Dict: ExpressionIndexer.on_dict,
    ast.Starred: ExpressionIndexer.on_inner,
    ast.Await: ExpressionIndexer.on_inner,
    ast.Yield: ExpressionIndexer.on_yield,
    ast.YieldFrom: ExpressionIndexer.on_yield,
    ast.Slice: ExpressionIndexer.on_slice,
    ast.NamedExpr: ExpressionIndexer.on_walrus,
    ast.Lambda: ExpressionIndexer.on_lambda,
    ast.ListComp: ExpressionIndexer.on_comprehension,
    ast.SetComp: ExpressionIndexer.on_comprehension,
    ast.GeneratorExp: ExpressionIndexer.on_comprehension,
    ast.DictComp: ExpressionIndexer.on_comprehension,
}
if hasattr(ast, "TemplateStr"):
    _EXPRESSIONS[ast.TemplateStr] = ExpressionIndexer.on_fstring
