"""The second reader of the index: LibCST's tree as nodes of the standard library's `ast`, for a file that the running
Python cannot parse. The same walk then indexes it.

Only what the index looks at is translated. Columns are code points, as LibCST gives them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from privlint.frontend.index_ast import TypeAliasStatement
from privlint.frontend.index_cst_expr import ExpressionTranslator
from privlint.frontend.parse_cst import TooDeepError, with_parsed
from privlint.ir import Problem


def parse_with_libcst(text: str) -> ast.Module | Problem:
    """The tree of a module, or why LibCST cannot parse it either. Raises TooDeepError."""
    try:
        return with_parsed(text, lambda module: _Translator(module).module())
    except cst.ParserSyntaxError as error:
        message = " ".join(error.message.split())
        return Problem("PRV901", f"the file does not parse: {message}", error.editor_line, error.editor_column)


def comments_with_libcst(text: str) -> list[tuple[str, int, int]]:
    """(text, line, offset in the line) of every comment; none if the file does not parse."""
    try:
        return with_parsed(text, _place_comments)
    except (cst.ParserSyntaxError, TooDeepError):
        return []


def _place_comments(module: cst.Module) -> list[tuple[str, int, int]]:
    places = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    found = []
    for node, place in places.items():
        if isinstance(node, cst.Comment):
            found.append((node.value, place.start.line, place.start.column))
    return sorted(found, key=lambda comment: comment[1:])


class _Translator(ExpressionTranslator):
    """Methods are named by the LibCST node they translate; what has none stands as a constant that says nothing."""

    def module(self) -> ast.Module:
        return ast.Module(body=self.statements(self._module.body), type_ignores=[])

    # --------------------------------------------------------------------------------------------------- statements

    def statements(self, nodes: Sequence[cst.CSTNode]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for node in nodes:
            if isinstance(node, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
                found.extend(self.statements(node.body))
                continue
            translate = _STATEMENTS.get(type(node).__name__)
            if translate is not None:
                found.append(translate(self, node))
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

    def do_expr(self, node: cst.Expr) -> ast.stmt:
        return self.at(ast.Expr(value=self.expression(node.value)), node)  # type: ignore[no-any-return]

    def do_assign(self, node: cst.Assign) -> ast.stmt:
        targets = [self.expression(target.target) for target in node.targets]
        return self.at(ast.Assign(targets=targets, value=self.expression(node.value)), node)  # type: ignore[no-any-return]

    def do_ann_assign(self, node: cst.AnnAssign) -> ast.stmt:
        made = ast.AnnAssign(
            target=self.expression(node.target),
            annotation=self.expression(node.annotation.annotation),
            value=self.maybe(node.value),
            simple=1,
        )
        return self.at(made, node)  # type: ignore[no-any-return]

    def do_aug_assign(self, node: cst.AugAssign) -> ast.stmt:
        made = ast.AugAssign(target=self.expression(node.target), op=ast.Add(), value=self.expression(node.value))
        return self.at(made, node)  # type: ignore[no-any-return]

    def do_type_alias(self, node: Any) -> ast.stmt:
        made = TypeAliasStatement()
        made.name, made.value = self.expression(node.name), self.expression(node.value)  # type: ignore[attr-defined]
        return self.at(made, node)  # type: ignore[no-any-return]

    def do_return(self, node: cst.Return) -> ast.stmt:
        return self.at(ast.Return(value=self.maybe(node.value)), node)  # type: ignore[no-any-return]

    def do_del(self, node: cst.Del) -> ast.stmt:
        target = self.expression(node.target)
        targets = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
        return self.at(ast.Delete(targets=targets), node)  # type: ignore[no-any-return]

    def do_raise(self, node: cst.Raise) -> ast.stmt:
        cause = self.expression(node.cause.item) if node.cause is not None else None
        return self.at(ast.Raise(exc=self.maybe(node.exc), cause=cause), node)  # type: ignore[no-any-return]

    def do_assert(self, node: cst.Assert) -> ast.stmt:
        return self.at(ast.Assert(test=self.expression(node.test), msg=self.maybe(node.msg)), node)  # type: ignore[no-any-return]

    def do_global(self, node: cst.Global) -> ast.stmt:
        return self.at(ast.Global(names=[item.name.value for item in node.names]), node)  # type: ignore[no-any-return]

    def do_nonlocal(self, node: cst.Nonlocal) -> ast.stmt:
        return self.at(ast.Nonlocal(names=[item.name.value for item in node.names]), node)  # type: ignore[no-any-return]

    def do_import(self, node: Any) -> ast.stmt:
        return self.at(ast.Import(names=[self.imported(alias) for alias in node.names]), node)  # type: ignore[no-any-return]

    def do_import_from(self, node: Any) -> ast.stmt:
        star = isinstance(node.names, cst.ImportStar)
        names = [ast.alias(name="*")] if star else [self.imported(alias) for alias in node.names]
        module = _dotted(node.module) if node.module is not None else None
        return self.at(ast.ImportFrom(module=module, names=names, level=len(node.relative)), node)  # type: ignore[no-any-return]

    def imported(self, alias: cst.ImportAlias) -> ast.alias:
        return ast.alias(name=_dotted(alias.name), asname=_bound(alias.asname))

    def do_if(self, node: cst.If) -> ast.stmt:
        made = ast.If(test=self.expression(node.test), body=self.block(node.body), orelse=[])
        if isinstance(node.orelse, cst.If):
            made.orelse = [self.do_if(node.orelse)]
        elif node.orelse is not None:
            made.orelse = self.block(node.orelse.body)
        return self.compound(made, node, node.body)  # type: ignore[no-any-return]

    def do_while(self, node: cst.While) -> ast.stmt:
        made = ast.While(test=self.expression(node.test), body=self.block(node.body), orelse=self.orelse(node.orelse))
        return self.compound(made, node, node.body)  # type: ignore[no-any-return]

    def orelse(self, node: cst.Else | None) -> list[ast.stmt]:
        return self.block(node.body) if node is not None else []

    def do_for(self, node: cst.For) -> ast.stmt:
        made = ast.For(
            target=self.expression(node.target),
            iter=self.expression(node.iter),
            body=self.block(node.body),
            orelse=self.orelse(node.orelse),
        )
        return self.compound(made, node, node.body)  # type: ignore[no-any-return]

    def do_with(self, node: cst.With) -> ast.stmt:
        items = []
        for item in node.items:
            target = self.expression(item.asname.name) if item.asname is not None else None
            items.append(ast.withitem(context_expr=self.expression(item.item), optional_vars=target))
        return self.compound(ast.With(items=items, body=self.block(node.body)), node, node.body)  # type: ignore[no-any-return]

    def do_try(self, node: cst.Try | cst.TryStar) -> ast.stmt:
        handlers = []
        for handler in node.handlers:
            body = self.block(handler.body)
            handlers.append(ast.ExceptHandler(type=self.maybe(handler.type), name=_bound(handler.name), body=body))
        made = ast.Try(
            body=self.block(node.body),
            handlers=handlers,
            orelse=self.orelse(node.orelse),
            finalbody=self.block(node.finalbody.body) if node.finalbody is not None else [],
        )
        return self.compound(made, node, node.body)  # type: ignore[no-any-return]

    def do_function_def(self, node: cst.FunctionDef) -> ast.stmt:
        kind = ast.FunctionDef if node.asynchronous is None else ast.AsyncFunctionDef
        made = kind(
            name=node.name.value,
            args=self.parameters(node.params),
            body=self.block(node.body),
            decorator_list=[self.expression(decorator.decorator) for decorator in node.decorators],
            returns=self.expression(node.returns.annotation) if node.returns is not None else None,
        )
        return self.compound(made, node, node.body)  # type: ignore[no-any-return]

    def do_class_def(self, node: cst.ClassDef) -> ast.stmt:
        bases, keywords = self.arguments([*node.bases, *node.keywords])
        made = ast.ClassDef(
            name=node.name.value,
            bases=bases,
            keywords=keywords,
            body=self.block(node.body),
            decorator_list=[self.expression(decorator.decorator) for decorator in node.decorators],
        )
        return self.compound(made, node, node.body)  # type: ignore[no-any-return]

    # ----------------------------------------------------------------------------------------------------- patterns

    def do_match(self, node: cst.Match) -> ast.stmt:
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


def _bound(node: cst.AsName | None) -> str | None:
    return node.name.value if node is not None and isinstance(node.name, cst.Name) else None


def _dotted(node: cst.CSTNode) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


# By name: an older LibCST lacks the latest of them.
_STATEMENTS: dict[str, Callable[..., ast.stmt]] = {
    "Expr": _Translator.do_expr,
    "Assign": _Translator.do_assign,
    "AnnAssign": _Translator.do_ann_assign,
    "AugAssign": _Translator.do_aug_assign,
    "TypeAlias": _Translator.do_type_alias,
    "Return": _Translator.do_return,
    "Del": _Translator.do_del,
    "Raise": _Translator.do_raise,
    "Assert": _Translator.do_assert,
    "Global": _Translator.do_global,
    "Nonlocal": _Translator.do_nonlocal,
    "Import": _Translator.do_import,
    "ImportFrom": _Translator.do_import_from,
    "If": _Translator.do_if,
    "While": _Translator.do_while,
    "For": _Translator.do_for,
    "With": _Translator.do_with,
    "Try": _Translator.do_try,
    "FunctionDef": _Translator.do_function_def,
    "ClassDef": _Translator.do_class_def,
    "Match": _Translator.do_match,
    "LazyImport": _Translator.do_import,
    "LazyImportFrom": _Translator.do_import_from,
    "TryStar": _Translator.do_try,
}
