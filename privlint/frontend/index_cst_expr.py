"""Expressions of LibCST as nodes of the standard library's `ast`: only what the index looks at."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

_OPERATORS: dict[str, type[ast.operator]] = {"BitOr": ast.BitOr, "Add": ast.Add}
_UNARY: dict[str, type[ast.unaryop]] = {"Not": ast.Not, "Minus": ast.USub, "Plus": ast.UAdd}


class ExpressionTranslator:
    """What has no translation stands as a constant that says nothing."""

    def __init__(self, module: cst.Module) -> None:
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        self._module = wrapper.module
        self._places: Any = wrapper.resolve(PositionProvider)

    def at(self, made: Any, node: cst.CSTNode) -> Any:
        place: CodeRange = self._places[node]
        made.lineno, made.col_offset = place.start.line, place.start.column
        made.end_lineno, made.end_col_offset = place.end.line, place.end.column
        return made

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

    def maybe(self, node: cst.BaseExpression | None) -> ast.expr | None:
        return self.expression(node) if node is not None else None

    def expression(self, node: cst.CSTNode) -> Any:
        translate = _EXPRESSIONS.get(type(node).__name__)
        return self.at(translate(self, node) if translate is not None else ast.Constant(value=...), node)

    def on_name(self, node: cst.Name) -> ast.expr:
        value = {"None": None, "True": True, "False": False}
        return ast.Constant(value=value[node.value]) if node.value in value else ast.Name(id=node.value)

    def on_integer(self, node: cst.Integer) -> ast.expr:
        return ast.Constant(value=_evaluated(node))

    def on_float(self, node: cst.Float) -> ast.expr:
        return ast.Constant(value=_evaluated(node))

    def on_simple_string(self, node: cst.SimpleString) -> ast.expr:
        return ast.Constant(value=_evaluated(node))

    def on_concatenated_string(self, node: cst.ConcatenatedString) -> ast.expr:
        parts = [self.expression(part) for part in _strings(node)]
        constants: list[Any] = [part.value for part in parts if isinstance(part, ast.Constant)]
        if len(constants) < len(parts):
            return ast.JoinedStr(values=[v for part in parts if isinstance(part, ast.JoinedStr) for v in part.values])
        kind = type(constants[0])
        if kind not in (str, bytes) or not all(isinstance(value, kind) for value in constants):
            return ast.Constant(value=...)
        return ast.Constant(value=kind().join(constants))

    def on_formatted_string(self, node: Any) -> ast.expr:
        return ast.JoinedStr(values=list(self.formatted(node.parts)))

    def formatted(self, parts: Sequence[Any]) -> Iterator[ast.expr]:
        for part in parts:
            if hasattr(part, "expression"):
                spec = ast.JoinedStr(values=list(self.formatted(part.format_spec))) if part.format_spec else None
                made = ast.FormattedValue(value=self.expression(part.expression), conversion=-1, format_spec=spec)
                yield self.at(made, part)

    def on_attribute(self, node: cst.Attribute) -> ast.expr:
        return ast.Attribute(value=self.expression(node.value), attr=node.attr.value)

    def on_call(self, node: cst.Call) -> ast.expr:
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

    def on_subscript(self, node: cst.Subscript) -> ast.expr:
        items = [self.sliced(element.slice) for element in node.slice]
        single = len(items) == 1 and not isinstance(node.slice[0].comma, cst.Comma)
        single = single and not isinstance(items[0], ast.Starred)
        inner = items[0] if single else ast.Tuple(elts=items)
        return ast.Subscript(value=self.expression(node.value), slice=inner)

    def sliced(self, node: cst.BaseSlice) -> Any:
        if isinstance(node, cst.Slice):
            return ast.Slice(lower=self.maybe(node.lower), upper=self.maybe(node.upper), step=self.maybe(node.step))
        value = self.expression(node.value)  # type: ignore[attr-defined]
        return ast.Starred(value=value) if getattr(node, "star", None) else value

    def on_binary_operation(self, node: cst.BinaryOperation) -> ast.expr:
        operator = _OPERATORS.get(type(node.operator).__name__, ast.Mult)()
        return ast.BinOp(left=self.expression(node.left), op=operator, right=self.expression(node.right))

    def on_boolean_operation(self, node: cst.BooleanOperation) -> ast.expr:
        return ast.BoolOp(op=ast.And(), values=[self.expression(node.left), self.expression(node.right)])

    def on_unary_operation(self, node: cst.UnaryOperation) -> ast.expr:
        operator = _UNARY.get(type(node.operator).__name__, ast.Invert)()
        return ast.UnaryOp(op=operator, operand=self.expression(node.expression))

    def on_comparison(self, node: cst.Comparison) -> ast.expr:
        others = [self.expression(target.comparator) for target in node.comparisons]
        return ast.Compare(left=self.expression(node.left), ops=[ast.Eq() for _ in others], comparators=others)

    def on_if_exp(self, node: cst.IfExp) -> ast.expr:
        return ast.IfExp(
            test=self.expression(node.test), body=self.expression(node.body), orelse=self.expression(node.orelse)
        )

    def on_await(self, node: cst.Await) -> ast.expr:
        return ast.Await(value=self.expression(node.expression))

    def on_yield(self, node: cst.Yield) -> ast.expr:
        if isinstance(node.value, cst.From):
            return ast.YieldFrom(value=self.expression(node.value.item))
        return ast.Yield(value=self.maybe(node.value))

    def on_lambda(self, node: cst.Lambda) -> ast.expr:
        return ast.Lambda(args=self.parameters(node.params), body=self.expression(node.body))

    def on_named_expr(self, node: cst.NamedExpr) -> ast.expr:
        return ast.NamedExpr(target=self.expression(node.target), value=self.expression(node.value))

    def on_tuple(self, node: cst.Tuple) -> ast.expr:
        return ast.Tuple(elts=self.elements(node.elements))

    def on_list(self, node: cst.List) -> ast.expr:
        return ast.List(elts=self.elements(node.elements))

    def on_set(self, node: cst.Set) -> ast.expr:
        return ast.Set(elts=self.elements(node.elements))

    def elements(self, nodes: Sequence[cst.BaseElement]) -> list[ast.expr]:
        values = [(node, self.expression(node.value)) for node in nodes]
        return [self.at(ast.Starred(value=v), n) if isinstance(n, cst.StarredElement) else v for n, v in values]

    def on_starred_element(self, node: cst.StarredElement) -> ast.expr:
        return ast.Starred(value=self.expression(node.value))

    def on_dict(self, node: cst.Dict) -> ast.expr:
        keys = [self.expression(e.key) if isinstance(e, cst.DictElement) else None for e in node.elements]
        return ast.Dict(keys=keys, values=[self.expression(element.value) for element in node.elements])

    def on_comprehension(self, node: Any) -> ast.expr:
        element, generators = self.expression(node.elt), self.generators(node.for_in)
        if isinstance(node, cst.ListComp):
            return ast.ListComp(elt=element, generators=generators)
        if isinstance(node, cst.SetComp):
            return ast.SetComp(elt=element, generators=generators)
        return ast.GeneratorExp(elt=element, generators=generators)

    def on_dict_comp(self, node: cst.DictComp) -> ast.expr:
        return ast.DictComp(
            key=self.expression(node.key), value=self.expression(node.value), generators=self.generators(node.for_in)
        )

    def on_starred_dict_comp(self, node: Any) -> ast.expr:
        return ast.GeneratorExp(elt=self.expression(node.value), generators=self.generators(node.for_in))

    def generators(self, node: cst.CompFor | None) -> list[ast.comprehension]:
        found = []
        while node is not None:
            tests = [self.expression(test.test) for test in node.ifs]
            target, iterable = self.expression(node.target), self.expression(node.iter)
            found.append(ast.comprehension(target=target, iter=iterable, ifs=tests, is_async=0))
            node = node.inner_for_in
        return found


def _evaluated(node: cst.SimpleString | cst.Integer | cst.Float) -> Any:
    """The value of a literal; `...` for one that Python refuses (a bad escape, thousands of digits)."""
    try:
        return ast.literal_eval(node.value)
    except (SyntaxError, ValueError):
        return ...


def _strings(node: cst.BaseString) -> Iterator[cst.BaseString]:
    if isinstance(node, cst.ConcatenatedString):
        yield from _strings(node.left)
        yield from _strings(node.right)
    else:
        yield node


_EXPRESSIONS: dict[str, Callable[..., ast.expr]] = {
    "Name": ExpressionTranslator.on_name,
    "Integer": ExpressionTranslator.on_integer,
    "Float": ExpressionTranslator.on_float,
    "SimpleString": ExpressionTranslator.on_simple_string,
    "ConcatenatedString": ExpressionTranslator.on_concatenated_string,
    "FormattedString": ExpressionTranslator.on_formatted_string,
    "Attribute": ExpressionTranslator.on_attribute,
    "Call": ExpressionTranslator.on_call,
    "Subscript": ExpressionTranslator.on_subscript,
    "BinaryOperation": ExpressionTranslator.on_binary_operation,
    "BooleanOperation": ExpressionTranslator.on_boolean_operation,
    "UnaryOperation": ExpressionTranslator.on_unary_operation,
    "Comparison": ExpressionTranslator.on_comparison,
    "IfExp": ExpressionTranslator.on_if_exp,
    "Await": ExpressionTranslator.on_await,
    "Yield": ExpressionTranslator.on_yield,
    "Lambda": ExpressionTranslator.on_lambda,
    "NamedExpr": ExpressionTranslator.on_named_expr,
    "Tuple": ExpressionTranslator.on_tuple,
    "List": ExpressionTranslator.on_list,
    "Set": ExpressionTranslator.on_set,
    "StarredElement": ExpressionTranslator.on_starred_element,
    "Dict": ExpressionTranslator.on_dict,
    "GeneratorExp": ExpressionTranslator.on_comprehension,
    "DictComp": ExpressionTranslator.on_dict_comp,
    "StarredDictComp": ExpressionTranslator.on_starred_dict_comp,
    "TemplatedString": ExpressionTranslator.on_formatted_string,
    "ListComp": ExpressionTranslator.on_comprehension,
    "SetComp": ExpressionTranslator.on_comprehension,
}
