"""Lowering never raises, gives well-formed code, and holds deep nesting."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import libcst as cst
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privlint import ir
from privlint.frontend.expr_ast import convert as convert_ast
from privlint.frontend.expr_ast import convert_annotation
from privlint.frontend.expr_cst import convert as convert_cst
from privlint.frontend.lower import locate, lower_unit
from privlint.frontend.lower_dispatch import EXPRESSIONS, STATEMENTS
from privlint.frontend.lower_prune import empty_unread_joins

# Statements that random programs are made of; those with a body take others into it.
SIMPLE = [
    "x = y",
    "x = y.a",
    "x.a = y",
    "x['k'] = z",
    "x.a['k'].b = y",
    "x.m(y, *z, k=x)",
    "x, *y = z",
    "x, (y, z) = g(), x",
    "x += y",
    "x.a += [y]",
    "x[z] -= 1",
    "x: int = y",
    "x: 'list[str]'",
    "del x",
    "del x.a, y[0]",
    "return x",
    "return",
    "raise x from y",
    "raise",
    "break",
    "continue",
    "pass",
    "assert x, f'{y}'",
    "global g1",
    "import a.b, c as x",
    "from . import y as z, q",
    "x = [y for x in z if (w := x)]",
    "x = {**y, 'a': z, x: 1}",
    "x = {k: v async for k, v in y}",
    "x = (lambda a, *b, c=y, **d: (x, a))(z)",
    "x = y if z else x if y else None",
    "x = y and y.a or not z",
    "x = yield y",
    "yield from x",
    "x = await y.m(z)",
    "x = f'{y!r:>{z}} {x=}' 'lit' + y",
    "x = '%s %(a)s' % y",
    "x = y < z <= x in y",
    "x = -1, ~y, not z, -x",
    "x = y[1:z, ::2][...]",
    "x = setattr(y, 'a', z), getattr(x, 'b'), cast('T', y)",
    "type X = list[y]",
    "x = t'{y}'",
    "print(x, file=y)",
    "def h(a, b=x, /, *c, d: 'T' = y, **e): nonlocal z; z = a; return b",
]
COMPOUND = [
    "if x:",
    "if isinstance(x, y) and z is not None:",
    "if TYPE_CHECKING:",
    "while x:",
    "while True:",
    "for x in y:",
    "for x.a, y in z.items():",
    "async for x in y:",
    "with x as y, z:",
    "with purpose('p'), suppress(E) as (x, y):",
    "async with x() as y:",
    "def h(x):",
    "class K(x, metaclass=y):",
]
PAIRED = [
    ("try:", ["except (E, x) as y:", "finally:"]),
    ("try:", ["except E:", "except:", "else:"]),
    ("try:", ["finally:"]),
    ("try:", ["except* E as x:"]),
    ("if x is None:", ["elif not y:", "else:"]),
    ("for x in y:", ["else:"]),
    ("while y:", ["else:"]),
]
CASES = [
    "case {'k': x, **y}:",
    "case [x, *_, (y, 1)]:",
    "case K(x, a=y) | K(y, a=x) if z:",
    "case str() as x:",
    "case a.b | None | -1:",
    "case _:",
]


def indented(blocks: list[str]) -> str:
    return "\n".join("    " + line for block in blocks for line in block.split("\n"))


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    block = st.lists(inner, min_size=1, max_size=4).map(indented)
    plain = st.tuples(st.sampled_from(COMPOUND), block).map("\n".join)
    paired = st.tuples(st.sampled_from(PAIRED), st.lists(block, min_size=4, max_size=4)).map(join_paired)
    match = st.lists(st.tuples(st.sampled_from(CASES), block), min_size=1, max_size=3).map(join_match)
    return plain | paired | match


def join_paired(parts: tuple[tuple[str, list[str]], list[str]]) -> str:
    (head, rest), blocks = parts
    return "\n".join(f"{line}\n{block}" for line, block in zip([head, *rest], blocks, strict=False))


def join_match(cases: list[tuple[str, str]]) -> str:
    return "match x:\n" + indented([f"{head}\n{block}" for head, block in cases])


PROGRAM = st.lists(st.recursive(st.sampled_from(SIMPLE), compound, max_leaves=12), min_size=1, max_size=6).map(indented)


def operands(instr: ir.AnyInstr) -> list[int]:
    if isinstance(instr, ir.Call):
        return [instr.func, *(arg.value for arg in instr.args)]
    values: list[int] = []
    for name in instr.__struct_fields__:
        value = getattr(instr, name)
        is_value = name in ("base", "key", "cause", "manager", "call", "error") or (
            name == "value" and not isinstance(instr, ir.Const)
        )
        if is_value:
            values.append(value)
        elif isinstance(value, tuple) and name not in ("conversions", "guarded"):
            values += value
    return values


def check(unit: ir.UnitIR) -> None:
    for body in unit.bodies:
        for position, instr in enumerate(body.code):
            for operand in operands(instr):
                assert -1 <= operand < len(body.code)
                assert operand < position or isinstance(instr, ir.Join)
            if isinstance(instr, ir.Catch):
                assert 0 <= instr.guarded[0] <= instr.guarded[1] <= len(body.code)
        for start, stop, _ in body.purposes:
            assert 0 <= start <= stop <= len(body.code)


@settings(max_examples=300, deadline=None)
@given(PROGRAM, st.sampled_from(["function", "class", "module"]))
def test_any_program_is_lowered_to_well_formed_code(block: str, kind: str) -> None:
    head = {"function": "async def f(x, y, *z):\n", "class": "class f:\n", "module": "if 1:\n"}[kind]
    source = f"{head}{block}\n"
    unit = lower_unit(source, 1, source.count("\n"), kind, "f", 0, ())
    assert not [problem for problem in unit.problems if problem.code == "PRV903"], source
    check(unit)
    assert lower_unit(source, 1, source.count("\n"), kind, "f", 0, ()) == unit


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abx=.:,()[]{}'\"\\\n +-*fb0#@\t\r\x0c", max_size=60), st.sampled_from(["function", "module"]))
def test_any_text_is_lowered_or_gives_a_problem(text: str, kind: str) -> None:
    unit = lower_unit(text, 1, text.count("\n") + 1, kind, "f", 0, ())
    check(unit)
    assert unit.bodies


def sources() -> list[Path]:
    folder = Path(ast.__file__).parent
    return [
        folder / name for name in ("argparse.py", "dataclasses.py", "asyncio/streams.py", "typing.py", "smtplib.py")
    ]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.name))
def test_calls_of_real_code_are_located_where_python_has_them(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and not node.decorator_list and node.end_lineno:
            unit = (node.lineno, node.end_lineno, "function", node.name, 0, ())
            lowered = lower_unit(source, *unit)
            check(lowered)
            assert not lowered.problems
            ordinals = {i.at for body in lowered.bodies for i in body.code if isinstance(i, ir.Call)}
            found = {(place.line, place.column) for place, _ in locate(source, *unit, ordinals).values()}
            assert found <= {
                (n.lineno, n.col_offset + 1) for n in ast.walk(node) if isinstance(n, ast.Call | ast.Assert)
            }


def test_every_statement_and_expression_of_libcst_is_lowered() -> None:
    kinds = [kind for kind in vars(cst).values() if isinstance(kind, type) and issubclass(kind, cst.CSTNode)]
    statements = (cst.BaseSmallStatement, cst.BaseCompoundStatement)
    elsewhere = {cst.Name, cst.From}  # read by the dispatcher itself; part of raise and yield
    concrete = [kind for kind in kinds if not kind.__name__.startswith("Base") and kind not in elsewhere]
    assert [k.__name__ for k in concrete if issubclass(k, statements) and k not in STATEMENTS] == []
    assert [k.__name__ for k in concrete if issubclass(k, cst.BaseExpression) and k not in EXPRESSIONS] == []


DEEP = {
    "sum": "x = " + " + ".join(["a"] * 5000),
    "text": "x = 'a' + " + " + ".join(["a"] * 2000),
    "elif": "if a:\n  b()\n" + "".join(f"elif a == {n}:\n  b({n})\n" for n in range(2000)),
    "and": "x = " + " and ".join(["a"] * 2000),
    "chain": "x = a" + ".f()" * 300,
    "calls": "x = " + "f(" * 150 + "a" + ")" * 150,
    "subscripts": "x = a" + "[0]" * 500,
    "not": "x = " + "not " * 500 + "a",
    "lambda": "x = " + "lambda: " * 300 + "a",
    "conditional": "x = " + "1 if a else " * 500 + "2",
    "blocks": "".join(" " * n + "if a:\n" for n in range(90)) + " " * 90 + "b()",
    "table": "x = [" + ", ".join(f"{{'a': f({n}), 'b': '%s' % y}}" for n in range(3000)) + "]",
}


@pytest.mark.parametrize("name", DEEP)
def test_reasonable_nesting_is_lowered(name: str) -> None:
    limit = sys.getrecursionlimit()
    source = DEEP[name] + "\n"
    unit = lower_unit(source, 1, source.count("\n"), "module", "", 0, ())
    assert not unit.problems
    check(unit)
    assert sys.getrecursionlimit() == limit


@pytest.mark.parametrize("text", ["(" * 5000, "[" * 3000 + "]" * 3000, "a" + ".f()" * 50_000, "+".join(["a"] * 50_000)])
def test_absurd_nesting_is_a_problem_and_not_the_end_of_the_process(text: str) -> None:
    unit = lower_unit(f"x = {text}\n", 1, 1, "module", "", 0, ())
    assert [problem.code for problem in unit.problems] == ["PRV903"]


def test_joins_that_nothing_reads_are_emptied() -> None:
    code = [ir.Const(0, 1), ir.Join(0, (0, 2)), ir.Join(0, (1, 0)), ir.Join(0, (0, 4)), ir.Return(0, 3, ())]
    empty_unread_joins(code)
    assert [instr.values for instr in code if isinstance(instr, ir.Join)] == [(), (), (0, 4)]


EXPRESSION_TEXTS = [
    "a",
    "a.b.c",
    "f().x",
    "None",
    "1",
    "-1.5",
    "10 ** 2",
    "'text'",
    "'a' 'b'",
    "b'x'",
    "...",
    "f'{x}'",
    "f(a, *b, k=c, **d)",
    "Annotated[str, Personal('contact.email')]",
    "Optional['User']",
    "Literal['a', 'b']",
    "Annotated['list[User]', 'privlint: contact.email']",
    "dict[str, 'models.User | None']",
    "tuple[int, ...]",
    "x[1:2]",
    "Callable[[int], str]",
    "A | B | None",
    "a + b",
    "(1, *b)",
    "[a, {b}]",
    "{'k': v, **w}",
    "lambda: 1",
    "a if b else c",
    "'no expression at all'",
    "'[unbalanced'",
    "99999999999999999999",
    "X[(a, b)]",
]


@pytest.mark.parametrize("text", EXPRESSION_TEXTS)
def test_both_readers_agree_on_expressions(text: str) -> None:
    standard = ast.parse(text, mode="eval").body
    node = cst.parse_expression(text)
    assert convert_cst(node) == convert_ast(standard)
    assert convert_cst(node, annotation=True) == convert_annotation(standard)
