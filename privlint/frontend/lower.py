"""A unit's text to its IR, and ordinals of a unit back to places in the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from contextlib import suppress
from typing import TYPE_CHECKING

import libcst as cst

from privlint import ir
from privlint.frontend import lower_calls, lower_flow, lower_loops, lower_match, lower_values
from privlint.frontend.chunks import Chunk, cut, lines_of
from privlint.frontend.expr_cst import parameters
from privlint.frontend.lower_defs import lower_body, lower_function
from privlint.frontend.lower_frame import Unit
from privlint.frontend.lower_prune import empty_unread_joins
from privlint.frontend.lower_scopes import unit_scope
from privlint.frontend.parse_cst import with_parsed
from privlint.frontend.positions import spans_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Imported for what they register: how each kind of syntax node is lowered.
_LOWERED_BY = (lower_calls, lower_flow, lower_loops, lower_match, lower_values)

_ERROR_PLACE = re.compile(r"error at (\d+):\d+")
_NEWLINE = re.compile(r"\n")
_SPACE = re.compile(r"\s+")


def lower_unit(
    source: str | bytes,
    first_line: int,
    last_line: int,
    kind: str,
    qualname: str,
    ordinal: int,
    spans: Sequence[tuple[int, int]],
) -> ir.UnitIR:
    """The IR of the unit in lines `first_line` to `last_line` of `source`, both included and counted from 1.

    `kind` is "function", "class" or "module"; `spans` are lines of units inside it, which are left out. A text that
    does not parse gives a unit without instructions and a problem that says so."""
    lines = lines_of(source)
    if isinstance(lines, ir.Problem):
        return _empty(qualname, ordinal, lines)
    chunk = cut(lines, first_line, last_line, kind, spans)
    try:
        unit = with_parsed(chunk.text, lambda module: _lower(module, kind, qualname))
    except cst.ParserSyntaxError as error:
        problem = _syntax_problem(error, chunk, first_line)
    except RecursionError:
        problem = ir.Problem("PRV903", "nested too deeply to be analysed", first_line)
    except cst.CSTValidationError as error:
        problem = ir.Problem("PRV903", f"not analysed: {error}", first_line)
    else:
        problems = [ir.Problem(p.code, p.message, first_line) for p in unit.problems]
        return ir.UnitIR(qualname, ordinal, unit.bodies, problems, chunk.digest)
    return _empty(qualname, ordinal, problem, chunk.digest)


def locate(
    source: str | bytes,
    first_line: int,
    last_line: int,
    kind: str,
    qualname: str,
    ordinal: int,
    spans: Sequence[tuple[int, int]],
    ordinals: Iterable[int],
) -> dict[int, tuple[ir.Place, str]]:
    """The place in the file of each of the unit's `ordinals`, and its text with white space normalised.

    The other arguments are those that the unit was lowered with. An ordinal that the unit does not have gets the
    beginning of its first line."""
    del ordinal
    wanted = sorted(set(ordinals))
    found: dict[int, tuple[ir.Place, str]] = {}
    lines = lines_of(source)
    if not isinstance(lines, ir.Problem):
        chunk = cut(lines, first_line, last_line, kind, spans)
        with suppress(cst.ParserSyntaxError, cst.CSTValidationError, RecursionError):
            found = with_parsed(chunk.text, lambda module: _places(module, chunk, kind, qualname, wanted))
    unknown = ir.Place(first_line, 1, first_line, 1), ""
    return {number: found.get(number, unknown) for number in wanted}


def _empty(qualname: str, ordinal: int, problem: ir.Problem, digest: bytes = b"") -> ir.UnitIR:
    return ir.UnitIR(qualname, ordinal, [ir.Body("", -1, [], [])], [problem], digest)


def _syntax_problem(error: cst.ParserSyntaxError, chunk: Chunk, first_line: int) -> ir.Problem:
    """LibCST gives the place in its message only, and for some errors none."""
    found = _ERROR_PLACE.search(error.message)
    line = max(chunk.line(int(found[1])), first_line) if found else first_line
    return ir.Problem("PRV901", "the code does not parse", line)


# ------------------------------------------------------------------------------------------------------------ lowering


def _lower(module: cst.Module, kind: str, qualname: str) -> Unit:
    unit = _lower_module(module, kind, qualname)
    for body in unit.bodies:
        empty_unread_joins(body.code)
    return unit


def _lower_module(module: cst.Module, kind: str, qualname: str) -> Unit:
    if kind == "module":
        return _lower_statements(module, module.body, kind, qualname)
    node = _definition(module)
    if kind == "class" and isinstance(node, cst.ClassDef):
        return _lower_statements(node, node.body.body, kind, qualname)
    if isinstance(node, cst.FunctionDef):
        scope, nested = unit_scope("function", (node.body,), parameters(node.params))
        unit = Unit(nested)
        lower_function(unit, scope, node, qualname)
        return unit
    unit = Unit({})
    unit.bodies.append(ir.Body("", -1, [], []))
    unit.problems.append(ir.Problem("PRV903", f"no {kind} begins here"))
    return unit


def _lower_statements(node: cst.CSTNode, statements: Sequence[cst.CSTNode], kind: str, qualname: str) -> Unit:
    scope, nested = unit_scope(kind, statements, [])
    unit = Unit(nested)
    lower_body(unit, scope, node, statements, qualname)
    return unit


def _definition(module: cst.Module) -> cst.CSTNode | None:
    """The one statement of a chunk, out of its wrapper."""
    statements: Sequence[cst.CSTNode] = module.body
    if len(statements) == 1 and isinstance(statements[0], cst.If):
        statements = statements[0].body.body
    return statements[0] if len(statements) == 1 else None


# ------------------------------------------------------------------------------------------------------------- places


def _places(
    module: cst.Module, chunk: Chunk, kind: str, qualname: str, ordinals: list[int]
) -> dict[int, tuple[ir.Place, str]]:
    nodes = _lower(module, kind, qualname).nodes
    spans = spans_of(module)
    ends = [match.end() for match in _NEWLINE.finditer(chunk.text)]
    found: dict[int, tuple[ir.Place, str]] = {}
    for number in ordinals:
        span = spans.get(id(nodes[number])) if 0 <= number < len(nodes) else None
        if span is not None:
            line, column = _point(ends, span[0])
            end_line, end_column = _point(ends, span[1])
            place = ir.Place(chunk.line(line), column, chunk.line(end_line), end_column)
            found[number] = place, _SPACE.sub(" ", chunk.text[span[0] : span[1]]).strip()
    return found


def _point(ends: list[int], offset: int) -> tuple[int, int]:
    """Line and column of an offset, counted from 1; `ends` are the offsets after each line."""
    line = bisect_right(ends, offset)
    return line + 1, offset - (ends[line - 1] if line else 0) + 1
