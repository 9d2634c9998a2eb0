"""What the report for people is drawn with: widths, cuts, frames, paths."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from privlint.diagnostics import Step
from privlint.report import Options, render
from privlint.report.frame import Mark, draw_frame
from privlint.report.text import Span, cut, cut_left, expand, paint, show, width, window, wrap
from tests import report_cases as cases

PLAIN = Options()
PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")))


def draw(first: int, lines: list[str], marks: list[Mark], *, columns: int = 60, unicode: bool = True) -> list[str]:
    options = Options(width=columns, unicode=unicode)
    return paint(draw_frame(first, lines, marks, 2, options), options).splitlines()


@pytest.mark.parametrize(
    ("text", "unicode", "expected"),
    [
        ("plain", False, "plain"),
        ("日本 é", True, "日本 é"),
        ("日é", False, "\\u65e5\\xe9"),
        ("\x1b[31m\x07", True, "␛[31m␇"),
        ("\x1b", False, "\\x1b"),
        ("a\u202eb", True, "a\\u202eb"),
        ("\x7f\x9b\u2028", True, "\\x7f\\x9b\\u2028"),
        ("\udcff", True, "\\udcff"),
        ("a · b … → “c”", False, 'a, b ... -> "c"'),
    ],
)
def test_nothing_that_a_terminal_would_obey(text: str, unicode: bool, expected: str) -> None:
    assert show(text, unicode) == expected


@given(st.text())
def test_shown_text_is_harmless(text: str) -> None:
    assert show(text, unicode=False).isascii()
    assert all(unicodedata.category(each) not in {"Cc", "Cs"} for each in show(text, unicode=True))


@pytest.mark.parametrize(("text", "cells"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("", 0)])
def test_width(text: str, cells: int) -> None:
    assert width(text) == cells


def test_expand_keeps_the_cell_of_every_code_point() -> None:
    assert expand("a\t日b", unicode=True) == ("a   日b", [0, 1, 4, 6, 7])
    assert expand("日b", unicode=False) == ("\\u65e5b", [0, 6, 7])


@given(PRINTABLE, st.integers(0, 50), st.integers(8, 40), st.booleans())
def test_a_window_is_never_wider_than_asked(text: str, start: int, size: int, unicode: bool) -> None:
    shown, _ = expand(text, unicode)
    assert width(window(shown, start, size, unicode)) <= size


def test_a_window_shows_where_it_was_cut() -> None:
    assert window("0123456789", 2, 5, unicode=True) == "…345…"
    assert window("0123456789", 5, 5, unicode=True) == "…6789"
    assert window("0123456789", 0, 8, unicode=False) == "01234..."
    assert window("日本語日本語", 1, 5, unicode=True) == "…本 …"
    assert cut("0123", 4, unicode=True) == "0123"


def test_a_path_loses_its_folders_first() -> None:
    assert cut_left("app/models.py:12", 16, unicode=True) == "app/models.py:12"
    assert cut_left("src/app/models.py:12", 18, unicode=True) == "…/app/models.py:12"
    assert cut_left("src/app/models.py:12", 17, unicode=True) == "…/models.py:12"
    assert cut_left("src/app/models.py:12", 17, unicode=False) == ".../models.py:12"
    assert cut_left("src/app/models.py:12", 9, unicode=True) == "…ls.py:12"


@given(PRINTABLE, st.integers(5, 40))
@example(" ", 5)
def test_wrapping_loses_nothing(text: str, size: int) -> None:
    lines = wrap(text, size)
    assert " ".join(lines) == text
    assert all(width(line) <= size or " " not in line.strip(" ") for line in lines)


def test_one_mark_with_its_label() -> None:
    assert draw(9, ["def f():", "    send(x)"], [Mark(10, 5, 10, 12, "here", main=True)]) == [
        "   |",
        " 9 | def f():",
        "10 |     send(x)",
        "   |     ^^^^^^^ here",
    ]


def test_labels_of_several_marks_hang() -> None:
    marks = [Mark(1, 1, 1, 13, "sink", main=True), Mark(1, 6, 1, 7, "first"), Mark(1, 9, 1, 12, "second")]
    assert draw(1, ["send(a, bcd)"], marks) == [
        "   |",
        " 1 | send(a, bcd)",
        "   | ^^^^^-^^---^ sink",
        "   |      |  |",
        "   |      |  second",
        "   |      first",
    ]


def test_a_label_without_room_stands_below() -> None:
    marks = [Mark(1, 1, 1, 21, "a label that is too long", main=True)]
    assert draw(1, ["x" * 20], marks, columns=40)[2:] == [
        "   | ^^^^^^^^^^^^^^^^^^^^",
        "   | |",
        "   | a label that is too long",
    ]


def test_a_long_call_loses_its_middle() -> None:
    lines = ["send(", *(f"    {number}," for number in range(20)), ")"]
    drawn = draw(1, lines, [Mark(1, 1, 22, 2, "sink", main=True)])
    assert "..." in drawn
    assert drawn[1:4] == [" 1 |   send(", "   |  _^", " 2 | |     0,"]
    assert drawn[-2:] == ["22 | | )", "   | |_^ sink"]
    assert len(drawn) == 12


def test_a_mark_outside_of_the_frame_is_left_out() -> None:
    assert draw(1, ["x"], [Mark(5, 1, 5, 2, "gone")]) == ["   |", " 1 | x"]


def test_a_part_that_was_cut_off_has_no_mark() -> None:
    marks = [Mark(1, 1, 1, 61, "", main=True), Mark(1, 50, 1, 55, "unseen")]
    assert draw(1, ["x" * 60], marks, columns=40)[2:] == ["   | " + "^" * 35]


def test_a_mark_past_the_end_of_its_line() -> None:
    assert draw(1, ["x"], [Mark(1, 5, 1, 9, "end", main=True)]) == ["   |", " 1 | x", "   |  ^ end"]


@given(PRINTABLE, st.integers(1, 60), st.integers(1, 60), st.integers(40, 90), st.booleans())
def test_frames_stay_within_the_width(text: str, column: int, length: int, columns: int, unicode: bool) -> None:
    marks = [Mark(1, column, 1, column + length, "label", main=True)]
    assert all(width(line) <= columns for line in draw(1, [text], marks, columns=columns, unicode=unicode))


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
def test_the_mark_is_seen_at_every_width(columns: int) -> None:
    text = render("full", [cases.make_long_line()], cases.SUMMARY, Options(width=columns))
    lines = text.splitlines()
    row = next(number for number, line in enumerate(lines) if "^^^" in line)
    start = lines[row].index("^")
    assert lines[row - 1][start:].startswith("sdk.init(")
    assert width(lines[row - 1]) <= columns


def test_one_finding_at_several_sinks_is_shown_once() -> None:
    text = render("full", [cases.make_log(10), cases.make_log(30), cases.make_log(20)], cases.SUMMARY, PLAIN)
    assert text.count("PRV601 in-logs") == 1
    assert [line.strip() for line in text.splitlines() if "also at" in line] == [
        "= also at app/日本.py:20:2",
        "= also at app/日本.py:30:2",
    ]
    assert "3 warnings" in text


def test_findings_without_a_field_are_never_merged() -> None:
    text = render("full", [cases.make_unseen(), cases.make_unseen()], cases.SUMMARY, PLAIN)
    assert text.count("--> app/broken.py:3:1") == 2


def test_a_long_way_loses_its_middle() -> None:
    found = cases.make_log(3)
    steps = [Step("a.py", line, 1, "use", f"step {line}") for line in range(1, 31)]
    found.flows = (cases.make_flow("f", "c", *steps),)
    lines = [line.strip() for line in render("full", [found], cases.SUMMARY, Options(max_steps=6)).splitlines()]
    start = lines.index("= flow   1  a.py:1   step 1")
    assert lines[start + 1 : start + 7] == [
        "2  a.py:2   step 2",
        "3  a.py:3   step 3",
        "(24 more steps)",
        "28  a.py:28  step 28",
        "29  a.py:29  step 29",
        "30  a.py:30  step 30",
    ]


def test_paint_without_colours_has_no_trailing_blanks() -> None:
    assert paint([[Span("a "), Span("  ", "strong")], []], PLAIN) == "a\n\n"


def test_links_do_not_depend_on_chance() -> None:
    options = Options(hyperlinks=True)
    assert paint([[Span("x", "strong", "https://e.example")]], options) == (
        "\x1b]8;;https://e.example\x1b\\x\x1b]8;;\x1b\\\n"
    )
