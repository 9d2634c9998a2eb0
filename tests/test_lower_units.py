"""Units: how they are cut out of a file, and where their syntax nodes stand in it."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import msgspec

from privlint import frontend, ir
from tests.lower_print import lines

SOURCE = dedent(
    '''
    """Module."""
    import os
    LIMIT = os.environ["LIMIT"]

    @register("ä", note="ü")
    class Mailer(Base):
        """Text."""

        host = "ä" + lookup()

        @retry(3)
        async def send(self, text: str = """
    not indented""", *, to=None):
            body = """
    first
      second""".rjust(text)
            return await self.client.send("ö", body,
                to=to)

        class Meta:
            ordering = keys()

    if LIMIT:
        def helper(x):
            return Mailer(x)
    else:
        helper = None
    LIMIT.append(1)
    '''
).lstrip("\n")
CLASS = (5, 21, "class", "Mailer", 0, ((11, 18), (20, 21)))
METHOD = (11, 18, "function", "Mailer.send", 0, ())
MODULE = (1, 28, "module", "", 0, ((5, 21), (24, 25)))
HELPER = (24, 25, "function", "helper", 0, ())


def located(unit: tuple[int, int, str, str, int, tuple[tuple[int, int], ...]], kind: type[ir.Instr]) -> list[object]:
    body = frontend.lower_unit(SOURCE, *unit).bodies[0]
    ordinals = [instr.at for instr in body.code if isinstance(instr, kind)]
    found = frontend.locate(SOURCE, *unit, ordinals)
    return [(msgspec.structs.astuple(found[number][0]), found[number][1]) for number in ordinals]


def test_calls_of_a_method_are_located_in_the_file() -> None:
    assert located(METHOD, ir.Call) == [
        ((14, 16, 16, 24), '""" first second""".rjust(text)'),
        ((17, 22, 18, 19), 'self.client.send("ö", body, to=to)'),
    ]


def test_columns_count_code_points() -> None:
    assert located(CLASS, ir.Call) == [((9, 18, 9, 26), "lookup()")]


def test_a_method_is_a_function_with_its_parameters() -> None:
    body = frontend.lower_unit(SOURCE, *METHOD).bodies[0]
    assert [(p.name, p.kind) for p in body.params] == [("self", "any"), ("text", "any"), ("to", "kw")]
    assert body.params[1].annotation == ir.Expr("name", "str")
    assert body.params[1].default == ir.Expr("const", value="\nnot indented")
    assert body.is_async


def test_a_class_body_is_left_without_its_methods_and_classes() -> None:
    unit = frontend.lower_unit(SOURCE, *CLASS)
    assert not unit.problems
    assert lines(unit.bodies[0])[-1] == "4: setglobal host 3"


def test_a_module_body_is_left_without_its_definitions() -> None:
    unit = frontend.lower_unit(SOURCE, *MODULE)
    assert lines(unit.bodies[0]) == [
        "0: imported os 0",
        "1: load 0 environ",
        "2: const LIMIT",
        "3: item 1 2",
        "4: setglobal LIMIT 3",
        "5: const None",
        "6: setglobal helper 5",
        "7: const 1",
        "8: load 3 append",
        "9: call 8 (7)",
    ]


def test_a_function_inside_a_condition_keeps_its_place() -> None:
    assert located(HELPER, ir.Call) == [((25, 16, 25, 25), "Mailer(x)")]


def test_line_ends_and_byte_order_marks_move_nothing() -> None:
    plain = frontend.lower_unit(SOURCE, *METHOD)
    for text in (SOURCE.replace("\n", "\r\n"), SOURCE.replace("\n", "\r"), "\ufeff" + SOURCE):
        assert frontend.lower_unit(text, *METHOD) == plain
        assert frontend.lower_unit(text.encode(), *METHOD) == plain


def test_bytes_are_decoded_as_python_does() -> None:
    source = '# coding: latin-1\ndef f():\n    return g("ä")\n'.encode("latin-1")
    body = frontend.lower_unit(source, 2, 3, "function", "f", 0, ()).bodies[0]
    assert "1: const ä" in lines(body)


def test_a_form_feed_is_no_line_end() -> None:
    source = "x = 1\x0c\ndef f():\n    return g()\n"
    assert lines(frontend.lower_unit(source, 2, 3, "function", "f", 0, ()).bodies[0])[1] == "1: call 0 ()"


def test_what_does_not_parse_is_a_problem_with_its_line() -> None:
    unit = frontend.lower_unit("x = 1\nif x:\n    def f():\n        y = = 1\n", 3, 4, "function", "f", 0, ())
    assert [(p.code, p.line) for p in unit.problems] == [("PRV901", 4)]
    assert [body.code for body in unit.bodies] == [[]]


def test_ordinals_that_are_not_there_get_the_first_line() -> None:
    found = frontend.locate(SOURCE, *METHOD, [10_000])
    assert found == {10_000: (ir.Place(11, 1, 11, 1), "")}


def test_units_survive_the_cache_format() -> None:
    for unit in (CLASS, METHOD, MODULE, HELPER):
        lowered = frontend.lower_unit(SOURCE, *unit)
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(lowered), type=ir.UnitIR) == lowered


def test_constants_that_the_cache_cannot_hold_are_replaced() -> None:
    source = 'def f():\n    return "\\ud800", 10 ** 2, 99999999999999999999999, 2j, b"\\xff", ...\n'
    unit = frontend.lower_unit(source, 1, 2, "function", "f", 0, ())
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(unit), type=ir.UnitIR) == unit
    constants = [(i.value, i.kind) for i in unit.bodies[0].code if isinstance(i, ir.Const)]
    assert constants == [
        ("\\ud800", ""),
        (10, ""),
        (2, ""),
        (None, "int"),
        (None, "complex"),
        ("ÿ", "bytes"),
        (None, "..."),
    ]


def test_importing_the_frontend_does_not_import_libcst() -> None:
    code = "import sys, privlint.frontend; print('libcst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
