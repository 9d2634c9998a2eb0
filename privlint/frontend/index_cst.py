"""The second reader of the index: LibCST's tree as nodes of the standard library's `ast`, for a file that the running
Python cannot parse. The same walk then indexes it.

Only what the index looks at is translated. Columns are code points, as LibCST gives them.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from privlint.frontend.index_ast import TypeAliasStatement
from privlint.ir import Problem

T = TypeVar("T")
_STACK = 256 * 1024 * 1024  # bytes; LibCST's parser recurses on the native stack and would end the process
_OPERATORS: dict[str, type[ast.operator]] = {"BitOr": ast.BitOr, "Add": ast.Add}
_UNARY: dict[str, type[ast.unaryop]] = {"Not": ast.Not, "Minus": ast.USub, "Plus": ast.UAdd}


def parse_with_libcst(text: str) -> ast.Module | Problem:
    """The tree of a module, or why LibCST cannot parse it either."""
    try:
        return _deeply(lambda: _Translator(text).module())
    except cst.ParserSyntaxError as error:
        message = " ".join(error.message.split())
        return Problem("PRV901", f"the file does not parse: {message}", error.editor_line, error.editor_column)


def comments_with_libcst(text: str) -> list[tuple[str, int, int]]:
    """(text, line, offset in the line) of every comment; none if the file does not parse."""
    try:
        wrapper = _deeply(lambda: MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True))
    except cst.ParserSyntaxError:
        return []
    places = wrapper.resolve(PositionProvider)
    found = []
    for node, place in places.items():
        if isinstance(node, cst.Comment):
            found.append((node.value, place.start.line, place.start.column))
    return sorted(found, key=lambda comment: comment[1:])


def _deeply(work: Callable[[], T]) -> T:
    """Runs `work` on a thread with a large stack."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again below, on the caller's thread
            errors.append(error)

    before = threading.stack_size(_STACK)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


class _Translator:
    """Methods are named by the LibCST node they translate; what has none stands as a constant that says nothing."""

    def __init__(self, text: str) -> None:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        self._module = wrapper.module
        self._places: Any = wrapper.resolve(PositionProvider)

    def module(self) -> ast.Module:
        return ast.Module(body=self.statements(self._module.body), type_ignores=[])

    def at(self, made: Any, node: cst.CSTNode) -> Any:
        place: CodeRange = self._places[node]
        made.lineno, made.col_offset = place.start.line, place.start.column
        made.end_lineno, made.end_col_offset = place.end.line, place.end.column
        return made

    # --------------------------------------------------------------------------------------------------- statements

    def statements(self, nodes: Sequence[cst.CSTNode]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for node in nodes:
            if isinstance(node, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
                found.extend(self.statements(node.body))
                continue
            translate = getattr(self, f"do_{type(node).__name__}", None)
            if translate is not None:
                found.append(translate(node))
        return found

    def block(self, node: cst.BaseSuite) -> list[ast.stmt]:
        return self.statements([node] if isinstance(node, cst.SimpleStatementSuite) else list(node.body))

    def compound(self, made: Any, node: cst.CSTNode, *blocks: cst.BaseSuite) -> Any:
        """A statement with a body ends where its last inner statement does."""
        self.at(made, node)
        ends = [self._last_line(block) for block in blocks]
        made.end_lineno = max(ends)
        return made

    def _last_line(self, block: cst.BaseSuite) -> int:
        node: cst.CSTNode = block
        while True:
            if isinstance(node, (cst.IndentedBlock, cst.SimpleStatementSuite, cst.SimpleStatementLine)):
                if not node.body:
                    return int(self._places[node].start.line)
                node = node.body[-1]
            elif isinstance(node, (cst.If, cst.For, cst.While)) and node.orelse is not None:
                node = node.orelse
            elif isinstance(node, (cst.Try, cst.TryStar)):
                node = node.finalbody or node.orelse or node.handlers[-1]
            elif isinstance(node, cst.Match):
                node = node.cases[-1]
            elif isinstance(getattr(node, "body", None), cst.BaseSuite):
                node = node.body  # type: ignore[attr-defined]
            else:
                return int(self._places[node].end.line)

    def do_Expr(self, node: cst.Expr) -> ast.stmt:  # noqa: N802
        return self.at(ast.Expr(value=self.expression(node.value)), node)  # type: ignore[no-any-return]

    def do_Assign(self, node: cst.Assign) -> ast.stmt:  # noqa: N802
        targets = [self.expression(target.target) for target in node.targets]
        return self.at(ast.Assign(targets=targets, value=self.expression(node.value)), node)  # type: ignore[no-any-return]

    def do_AnnAssign(self, node: cst.AnnAssign) -> ast.stmt:  # noqa: N802
        made = ast.AnnAssign(
            target=self.expression(node.target),
            annotation=self.expression(node.annotation.annotation),
            value=self.maybe(node.value),
            simple=1,
        )
        return self.at(made, node)  # type: ignore[no-any-return]

    def do_AugAssign(self, node: cst.AugAssign) -> ast.stmt:  # noqa: N802
        made = ast.AugAssign(target=self.expression(node.target), op=ast.Add(), value=self.expression(node.value))
        return self.at(made, node)  # type: ignore[no-any-return]

    def do_TypeAlias(self, node: Any) -> ast.stmt:  # noqa: N802
        made = TypeAliasStatement()
        made.name, made.value = self.expression(node.name), self.expression(node.value)  # type: ignore[attr-defined]
        return self.at(made, node)  # type: ignore[no-any-return]

    def do_Return(self, node: cst.Return) -> ast.stmt:  # noqa: N802
        return self.at(ast.Return(value=self.maybe(node.value)), node)  # type: ignore[no-any-return]

    def do_Del(self, node: cst.Del) -> ast.stmt:  # noqa: N802
        target = self.expression(node.target)
        targets = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
        return self.at(ast.Delete(targets=targets), node)  # type: ignore[no-any-return]

    def do_Raise(self, node: cst.Raise) -> ast.stmt:  # noqa: N802
        cause = self.expression(node.cause.item) if node.cause is not None else None
        return self.at(ast.Raise(exc=self.maybe(node.exc), cause=cause), node)  # type: ignore[no-any-return]

    def do_Assert(self, node: cst.Assert) -> ast.stmt:  # noqa: N802
        return self.at(ast.Assert(test=self.expression(node.test), msg=self.maybe(node.msg)), node)  # type: ignore[no-any-return]

    def do_Global(self, node: cst.Global) -> ast.stmt:  # noqa: N802
        return self.at(ast.Global(names=[item.name.value for item in node.names]), node)  # type: ignore[no-any-return]

    def do_Nonlocal(self, node: cst.Nonlocal) -> ast.stmt:  # noqa: N802
        return self.at(ast.Nonlocal(names=[item.name.value for item in node.names]), node)  # type: ignore[no-any-return]

    def do_Import(self, node: Any) -> ast.stmt:  # noqa: N802
        return self.at(ast.Import(names=[self.imported(alias) for alias in node.names]), node)  # type: ignore[no-any-return]

    def do_ImportFrom(self, node: Any) -> ast.stmt:  # noqa: N802
        star = isinstance(node.names, cst.ImportStar)
        names = [ast.alias(name="*")] if star else [self.imported(alias) for alias in node.names]
        module = _dotted(node.module) if node.module is not None else None
        return self.at(ast.ImportFrom(module=module, names=names, level=len(node.relative)), node)  # type: ignore[no-any-return]

    do_LazyImport = do_Import
    do_LazyImportFrom = do_ImportFrom

    def imported(self, alias: cst.ImportAlias) -> ast.alias:
        asname = alias.asname.name.value if alias.asname is not None and isinstance(alias.asname.name, cst.Name) else None
        return ast.alias(name=_dotted(alias.name), asname=asname)

    def do_If(self, node: cst.If) -> ast.stmt:  # noqa: N802
        made = ast.If(test=self.expression(node.test), body=self.block(node.body), orelse=[])
        if isinstance(node.orelse, cst.If):
            made.orelse = [self.do_If(node.orelse)]
        elif node.orelse is not None:
            made.orelse = self.block(node.orelse.body)
        return self.compound(made, node, node.body)  # type: ignore[no-any-return]

    def do_While(self, node: cst.While) -> ast.stmt:  # noqa: N802
        made = ast.While(test=self.expression(node.test), body=self.block(node.body), orelse=self.orelse(node.orelse))
        return self.compound(made, node, node.body)  # type: ignore[no-any-return]

    def orelse(self, node: cst.Else | None) -> list[ast.stmt]:
        return self.block(node.body) if node is not None else []

    def do_For(self, node: cst.For) -> ast.stmt:  # noqa: N802
        made = ast.For(
            target=self.expression(node.target),
            iter=self.expression(node.iter),
            body=self.block(node.body),
            orelse=self.orelse(node.orelse),
        )
        return self.compound(made, node, node.body)  # type: ignore[no-any-return]

    def do_With(self, node: cst.With) -> ast.stmt:  # noqa: N802
        items = []
        for item in node.items:
            target = self.expression(item.asname.name) if item.asname is not None else None
            items.append(ast.withitem(context_expr=self.expression(item.item), optional_vars=target))
        return self.compound(ast.With(items=items, body=self.block(node.body)), node, node.body)  # type: ignore[no-any-return]

    def do_Try(self, node: cst.Try | cst.TryStar) -> ast.stmt:  # noqa: N802
        handlers = []
        for handler in node.handlers:
            name = handler.name.name.value if handler.name is not None and isinstance(handler.name.name, cst.Name) else None
            handlers.append(ast.ExceptHandler(type=self.maybe(handler.type), name=name, body=self.block(handler.body)))
        made = ast.Try(
            body=self.block(node.body),
            handlers=handlers,
            orelse=self.orelse(node.orelse),
            finalbody=self.block(node.finalbody.body) if node.finalbody is not None else [],
        )
        return self.compound(made, node, node.body)  # type: ignore[no-any-return]

    do_TryStar = do_Try

    def do_FunctionDef(self, node: cst.FunctionDef) -> ast.stmt:  # noqa: N802
        kind = ast.FunctionDef if node.asynchronous is None else ast.AsyncFunctionDef
        made = kind(
            name=node.name.value,
            args=self.parameters(node.params),
            body=self.block(node.body),
            decorator_list=[self.expression(decorator.decorator) for decorator in node.decorators],
            returns=self.expression(node.returns.annotation) if node.returns is not None else None,
        )
        return self.compound(made, node, node.body)  # type: ignore[no-any-return]

    def do_ClassDef(self, node: cst.ClassDef) -> ast.stmt:  # noqa: N802
        bases, keywords = self.arguments([*node.bases, *node.keywords])
        made = ast.ClassDef(
            name=node.name.value,
            bases=bases,
            keywords=keywords,
            body=self.block(node.body),
            decorator_list=[self.expression(decorator.decorator) for decorator in node.decorators],
        )
        return self.compound(made, node, node.body)  # type: ignore[no-any-return]

    def parameters(self, node: cst.Parameters) -> ast.arguments:
        plain = (*node.posonly_params, *node.params)
        star = node.star_arg if isinstance(node.star_arg, cst.Param) else None
        return ast.arguments(
            posonlyargs=[self.parameter(param) for param in node.posonly_params],
            args=[self.parameter(param) for param in node.params],
            vararg=self.parameter(star) if star is not None else None,
            kwonlyargs=[self.parameter(param) for param in node.kwonly_params],
            kw_defaults=[self.maybe(param.default) for param in node.kwonly_params],
            kwarg=self.parameter(node.star_kwarg) if node.star_kwarg is not None else None,
            defaults=[self.expression(param.default) for param in plain if param.default is not None],
        )

    def parameter(self, node: cst.Param) -> ast.arg:
        annotation = self.expression(node.annotation.annotation) if node.annotation is not None else None
        return self.at(ast.arg(arg=node.name.value, annotation=annotation), node.name)  # type: ignore[no-any-return]

    # ----------------------------------------------------------------------------------------------------- patterns

    def do_Match(self, node: cst.Match) -> ast.stmt:  # noqa: N802
        cases = []
        for case in node.cases:
            pattern = self.pattern(case.pattern)
            cases.append(ast.match_case(pattern=pattern, guard=self.maybe(case.guard), body=self.block(case.body)))
        return self.at(ast.Match(subject=self.expression(node.subject), cases=cases), node)  # type: ignore[no-any-return]

    def pattern(self, node: cst.CSTNode) -> ast.pattern:
        made: ast.pattern
        if isinstance(node, cst.MatchValue):
            made = ast.MatchValue(value=self.expression(node.value))
        elif isinstance(node, cst.MatchClass):
            made = ast.MatchClass(
                cls=self.expression(node.cls),
                patterns=[self.pattern(inner.value) for inner in node.patterns],
                kwd_attrs=[inner.key.value for inner in node.kwds],
                kwd_patterns=[self.pattern(inner.pattern) for inner in node.kwds],
            )
        elif isinstance(node, (cst.MatchList, cst.MatchTuple)):
            inner = [item if isinstance(item, cst.MatchStar) else item.value for item in node.patterns]
            made = ast.MatchSequence(patterns=[self.pattern(item) for item in inner])
        elif isinstance(node, cst.MatchOr):
            made = ast.MatchOr(patterns=[self.pattern(inner.pattern) for inner in node.patterns])
        elif isinstance(node, cst.MatchMapping):
            made = ast.MatchMapping(
                keys=[self.expression(element.key) for element in node.elements],
                patterns=[self.pattern(element.pattern) for element in node.elements],
                rest=node.rest.value if node.rest is not None else None,
            )
        elif isinstance(node, cst.MatchAs):
            inner_pattern = self.pattern(node.pattern) if node.pattern is not None else None
            made = ast.MatchAs(pattern=inner_pattern, name=node.name.value if node.name is not None else None)
        elif isinstance(node, cst.MatchStar):
            made = ast.MatchStar(name=node.name.value if node.name is not None else None)
        else:
            made = ast.MatchSingleton(value=None)
        return self.at(made, node)  # type: ignore[no-any-return]

    # -------------------------------------------------------------------------------------------------- expressions

    def maybe(self, node: cst.BaseExpression | None) -> ast.expr | None:
        return self.expression(node) if node is not None else None

    def expression(self, node: cst.CSTNode) -> Any:
        translate = getattr(self, f"on_{type(node).__name__}", None)
        return self.at(translate(node) if translate is not None else ast.Constant(value=...), node)

    def on_Name(self, node: cst.Name) -> ast.expr:  # noqa: N802
        value = {"None": None, "True": True, "False": False}
        return ast.Constant(value=value[node.value]) if node.value in value else ast.Name(id=node.value)

    def on_Integer(self, node: cst.Integer) -> ast.expr:  # noqa: N802
        return ast.Constant(value=ast.literal_eval(node.value))

    def on_Float(self, node: cst.Float) -> ast.expr:  # noqa: N802
        return ast.Constant(value=ast.literal_eval(node.value))

    def on_SimpleString(self, node: cst.SimpleString) -> ast.expr:  # noqa: N802
        return ast.Constant(value=node.evaluated_value)

    def on_ConcatenatedString(self, node: cst.ConcatenatedString) -> ast.expr:  # noqa: N802
        parts = [self.expression(part) for part in _strings(node)]
        if all(isinstance(part, ast.Constant) for part in parts):
            values = [part.value for part in parts]
            return ast.Constant(value=(b"" if isinstance(values[0], bytes) else "").join(values))
        values = [inner for part in parts if isinstance(part, ast.JoinedStr) for inner in part.values]
        return ast.JoinedStr(values=values)

    def on_FormattedString(self, node: Any) -> ast.expr:  # noqa: N802
        return ast.JoinedStr(values=list(self.formatted(node.parts)))

    on_TemplatedString = on_FormattedString

    def formatted(self, parts: Sequence[Any]) -> Iterator[ast.expr]:
        for part in parts:
            if hasattr(part, "expression"):
                spec = ast.JoinedStr(values=list(self.formatted(part.format_spec))) if part.format_spec else None
                made = ast.FormattedValue(value=self.expression(part.expression), conversion=-1, format_spec=spec)
                yield self.at(made, part)

    def on_Attribute(self, node: cst.Attribute) -> ast.expr:  # noqa: N802
        return ast.Attribute(value=self.expression(node.value), attr=node.attr.value)

    def on_Call(self, node: cst.Call) -> ast.expr:  # noqa: N802
        args, keywords = self.arguments(node.args)
        return ast.Call(func=self.expression(node.func), args=args, keywords=keywords)

    def arguments(self, nodes: Sequence[cst.Arg]) -> tuple[list[ast.expr], list[ast.keyword]]:
        args: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        for node in nodes:
            value = self.expression(node.value)
            if node.star == "*":
                args.append(self.at(ast.Starred(value=value), node))
            elif node.star == "**" or node.keyword is not None:
                keywords.append(ast.keyword(arg=node.keyword.value if node.keyword is not None else None, value=value))
            else:
                args.append(value)
        return args, keywords

    def on_Subscript(self, node: cst.Subscript) -> ast.expr:  # noqa: N802
        items = [self.sliced(element.slice) for element in node.slice]
        single = len(items) == 1 and not isinstance(node.slice[0].comma, cst.Comma)
        single = single and not isinstance(items[0], ast.Starred)
        inner = items[0] if single else ast.Tuple(elts=items)
        return ast.Subscript(value=self.expression(node.value), slice=inner)

    def sliced(self, node: cst.BaseSlice) -> ast.expr:
        if isinstance(node, cst.Slice):
            return ast.Slice(lower=self.maybe(node.lower), upper=self.maybe(node.upper), step=self.maybe(node.step))
        value = self.expression(node.value)  # type: ignore[attr-defined]
        return ast.Starred(value=value) if getattr(node, "star", None) else value  # type: ignore[no-any-return]

    def on_BinaryOperation(self, node: cst.BinaryOperation) -> ast.expr:  # noqa: N802
        operator = _OPERATORS.get(type(node.operator).__name__, ast.Mult)()
        return ast.BinOp(left=self.expression(node.left), op=operator, right=self.expression(node.right))

    def on_BooleanOperation(self, node: cst.BooleanOperation) -> ast.expr:  # noqa: N802
        return ast.BoolOp(op=ast.And(), values=[self.expression(node.left), self.expression(node.right)])

    def on_UnaryOperation(self, node: cst.UnaryOperation) -> ast.expr:  # noqa: N802
        operator = _UNARY.get(type(node.operator).__name__, ast.Invert)()
        return ast.UnaryOp(op=operator, operand=self.expression(node.expression))

    def on_Comparison(self, node: cst.Comparison) -> ast.expr:  # noqa: N802
        others = [self.expression(target.comparator) for target in node.comparisons]
        return ast.Compare(left=self.expression(node.left), ops=[ast.Eq() for _ in others], comparators=others)

    def on_IfExp(self, node: cst.IfExp) -> ast.expr:  # noqa: N802
        return ast.IfExp(
            test=self.expression(node.test), body=self.expression(node.body), orelse=self.expression(node.orelse)
        )

    def on_Await(self, node: cst.Await) -> ast.expr:  # noqa: N802
        return ast.Await(value=self.expression(node.expression))

    def on_Yield(self, node: cst.Yield) -> ast.expr:  # noqa: N802
        if isinstance(node.value, cst.From):
            return ast.YieldFrom(value=self.expression(node.value.item))
        return ast.Yield(value=self.maybe(node.value))

    def on_Lambda(self, node: cst.Lambda) -> ast.expr:  # noqa: N802
        return ast.Lambda(args=self.parameters(node.params), body=self.expression(node.body))

    def on_NamedExpr(self, node: cst.NamedExpr) -> ast.expr:  # noqa: N802
        return ast.NamedExpr(target=self.expression(node.target), value=self.expression(node.value))

    def on_Tuple(self, node: cst.Tuple) -> ast.expr:  # noqa: N802
        return ast.Tuple(elts=self.elements(node.elements))

    def on_List(self, node: cst.List) -> ast.expr:  # noqa: N802
        return ast.List(elts=self.elements(node.elements))

    def on_Set(self, node: cst.Set) -> ast.expr:  # noqa: N802
        return ast.Set(elts=self.elements(node.elements))

    def elements(self, nodes: Sequence[cst.BaseElement]) -> list[ast.expr]:
        values = [(node, self.expression(node.value)) for node in nodes]
        return [self.at(ast.Starred(value=v), n) if isinstance(n, cst.StarredElement) else v for n, v in values]

    def on_StarredElement(self, node: cst.StarredElement) -> ast.expr:  # noqa: N802
        return ast.Starred(value=self.expression(node.value))

    def on_Dict(self, node: cst.Dict) -> ast.expr:  # noqa: N802
        keys = [self.expression(e.key) if isinstance(e, cst.DictElement) else None for e in node.elements]
        return ast.Dict(keys=keys, values=[self.expression(element.value) for element in node.elements])

    def on_GeneratorExp(self, node: Any) -> ast.expr:  # noqa: N802
        return ast.GeneratorExp(elt=self.expression(node.elt), generators=self.generators(node.for_in))

    on_ListComp = on_GeneratorExp
    on_SetComp = on_GeneratorExp

    def on_DictComp(self, node: cst.DictComp) -> ast.expr:  # noqa: N802
        return ast.DictComp(
            key=self.expression(node.key), value=self.expression(node.value), generators=self.generators(node.for_in)
        )

    def on_StarredDictComp(self, node: Any) -> ast.expr:  # noqa: N802
        return ast.GeneratorExp(elt=self.expression(node.value), generators=self.generators(node.for_in))

    def generators(self, node: cst.CompFor | None) -> list[ast.comprehension]:
        found = []
        while node is not None:
            tests = [self.expression(test.test) for test in node.ifs]
            target, iterable = self.expression(node.target), self.expression(node.iter)
            found.append(ast.comprehension(target=target, iter=iterable, ifs=tests, is_async=0))
            node = node.inner_for_in
        return found


def _dotted(node: cst.CSTNode) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def _strings(node: cst.BaseString) -> Iterator[cst.BaseString]:
    if isinstance(node, cst.ConcatenatedString):
        yield from _strings(node.left)
        yield from _strings(node.right)
    else:
        yield node
