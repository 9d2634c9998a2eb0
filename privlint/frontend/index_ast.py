"""One pass over the standard library's syntax tree: everything a `ModuleIndex` holds, but for comments."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TypeAlias

from privlint.frontend.expr_ast import OTHER, convert, convert_annotation, dotted
from privlint.frontend.index_expr import ExpressionIndexer
from privlint.frontend.index_names import Place
from privlint.frontend.receiver_text import NO_NAME, annotation_text, joined
from privlint.ir import AttributeUse, ClassDef, Expr, FunctionDef, Import, ModuleIndex, ParamDef

AnyFunction: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"


class Indexer(ExpressionIndexer):
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
        is_alias = dotted(node.annotation).rpartition(".")[2] == "TypeAlias"
        if is_alias and node.value is not None and isinstance(target, ast.Name):
            self.bind_name(target.id, target, convert_annotation(node.value), None, node)
            return
        self.bind(target, node.value, node.annotation, node, annotation_text(node.annotation))
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
            self.delete(target)

    def delete(self, target: ast.expr) -> None:
        if isinstance(target, ast.Name):
            if self.frame is not None:
                self.bind_name(target.id, target, None, None, None, field=False)
        elif isinstance(target, ast.Attribute):
            text = self.visit(target.value)
            line = target.end_lineno or target.lineno
            self.attributes.append(AttributeUse(self.place.unit, target.attr, text, "del", line))
        elif isinstance(target, (ast.Tuple, ast.List)):
            for inner in target.elts:
                self.delete(inner)
        else:
            self.visit(target)

    def do_for(self, node: ast.For | ast.AsyncFor) -> None:
        text = self.visit(node.iter)
        self.bind(node.target, None, None, node.target, joined(text, "[]"))
        self.body(node.body)
        self.body(node.orelse)

    def do_while(self, node: ast.While) -> None:
        self.visit(node.test)
        self.body(node.body)
        self.body(node.orelse)

    def do_if(self, node: ast.If) -> None:
        """An `elif` chain is walked in a loop: it may be long."""
        outer = otherwise = self.typing_only
        while True:
            self.visit(node.test)
            kind = _typing_test(node.test)
            self.typing_only = otherwise or kind == "typing"
            self.body(node.body)
            self.typing_only = otherwise = otherwise or kind == "runtime"
            if len(node.orelse) != 1 or not isinstance(node.orelse[0], ast.If):
                break
            node = node.orelse[0]
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
                self.note_local(handler.name, joined(text, "()"))
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
        self.place = Place(unit, qualname, outer.parent or qualname, "", receiver)
        frame = self.begin_frame("function")
        frame.binds.update(param.name for param in params)
        if outer.parent:
            for param in params:
                self.note_local(param.name, annotation_text(_annotation_of(node.args, param.name)))
        self.body(node.body)
        self.end_frame()
        if not outer.parent:
            self.end_unit({param.name for param in params})
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
        self.place = Place(outer.unit if outer.parent else qualname, qualname, outer.parent, qualname, outer.receiver)
        if self.frame is not None:
            self.begin_frame("class")
            self.body(node.body)
            self.end_frame()
        else:
            self.body(node.body)
        self.place = outer

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


def _typing_test(test: ast.expr) -> str:
    """ "typing" if the branch is for type checkers only, "runtime" if its `else` is, "" for any other test."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return "runtime" if _typing_test(test.operand) == "typing" else ""
    name = dotted(test)
    return "typing" if name == "TYPE_CHECKING" or name.endswith(".TYPE_CHECKING") else ""


def _annotation_of(args: ast.arguments, name: str) -> ast.expr | None:
    for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs):
        if arg.arg == name:
            return arg.annotation
    return None


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
