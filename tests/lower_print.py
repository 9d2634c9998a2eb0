"""IR as text, for tests: one line per instruction, `number: op operands`."""

from __future__ import annotations

from textwrap import dedent

from privlint import ir
from privlint.frontend.lower import lower_unit


def lowered(source: str, kind: str = "function", qualname: str = "f", first_line: int = 1) -> ir.UnitIR:
    source = dedent(source).strip("\n") + "\n"
    return lower_unit(source, first_line, source.count("\n"), kind, qualname, 0, ())


def show(source: str, body: int = 0, kind: str = "function") -> list[str]:
    """The lines of one body."""
    unit = lowered(source, kind)
    assert not unit.problems, unit.problems
    return lines(unit.bodies[body])


def lines(body: ir.Body) -> list[str]:
    return [f"{number}: {_text(instr)}" for number, instr in enumerate(body.code)]


def _text(instr: ir.AnyInstr) -> str:
    op = type(instr).__struct_config__.tag
    parts = [_operand(getattr(instr, name)) for name in instr.__struct_fields__ if name != "at"]
    return " ".join([str(op), *(part for part in parts if part)])


def _operand(value: object) -> str:
    if isinstance(value, ir.Arg):
        return f"{value.name}={value.value}" if value.name else str(value.value)
    if isinstance(value, ir.Expr):
        return f"<{value.text or value.kind}>"
    if isinstance(value, tuple):
        return "(" + " ".join(_operand(each) for each in value) + ")"
    if value is False or value == "":
        return ""
    return repr(value) if not isinstance(value, str) or " " in value else value
