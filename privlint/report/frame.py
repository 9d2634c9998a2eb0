"""Source lines with marks below them. Lines are cut around the first mark, never wrapped."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from privlint.report.text import Span, ellipsis, expand, width, window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from privlint.report.options import Options

_LONG = 10  # a marked range of more lines loses its middle
_KEPT = 4  # lines that stay at either end of such a range


class Mark(NamedTuple):
    """A range to underline: lines and columns from 1, the end exclusive. A main mark is drawn with `^`, others `-`."""

    line: int
    column: int
    end_line: int
    end_column: int
    label: str = ""
    style: str = "second"
    main: bool = False


class _Row(NamedTuple):
    """One line's mark in cells of the window: `stop` is exclusive."""

    start: int
    stop: int
    mark: Mark


class _Sheet(NamedTuple):
    """What stays the same for all lines of a frame: `lane` cells left of the code are for the bar of a range."""

    gutter: int
    lane: int
    start: int
    size: int
    unicode: bool


def draw_frame(
    first: int, lines: Sequence[str], marks: Sequence[Mark], gutter: int, options: Options
) -> list[list[Span]]:
    """The lines of a frame; `first` is the number of the first line, `gutter` the cells for line numbers.

    `marks[0]` decides where lines are cut; only it may span several lines. Marks outside of the lines are left out."""
    source = {first + offset: expand(line.rstrip("\r\n"), options.unicode) for offset, line in enumerate(lines)}
    marks = [mark for mark in marks if mark.line in source and mark.end_line in source]
    bar = next((mark for mark in marks if mark.end_line > mark.line), None)
    lane = 2 if bar else 0
    size = max(options.width - gutter - 3 - lane, 20)
    start = _find_start(marks[0], source, size) if marks else 0
    sheet = _Sheet(gutter, lane, start, size, options.unicode)
    left_out = _find_left_out(bar)
    drawn = [_margin(gutter)]
    for number, (shown, starts) in source.items():
        if number in left_out:
            if number == left_out[0]:
                drawn.append([Span("." * max(gutter, 3), "gutter")])
            continue
        drawn.append(_draw_line(number, shown, bar, sheet))
        if bar and number == bar.line:
            drawn.append(_draw_corner(_cell(starts, bar.column) - start, bar, sheet, top=True))
        here = [mark for mark in marks if mark is not bar and mark.line == number]
        rows = [_place(mark, starts, sheet) for mark in here if mark.main or _is_seen(mark, starts, sheet)]
        drawn += _draw_marks(rows, bool(bar and bar.line < number <= bar.end_line), sheet)
        if bar and number == bar.end_line:
            drawn.append(_draw_corner(_cell(starts, bar.end_column - 1) - start, bar, sheet, top=False))
    return drawn


def _margin(gutter: int) -> list[Span]:
    return [Span(" " * gutter + " |", "gutter")]


def _cell(starts: list[int], column: int) -> int:
    """The cell of a column, which may lie past the end of the line."""
    return starts[min(max(column - 1, 0), len(starts) - 1)]


def _find_start(mark: Mark, source: dict[int, tuple[str, list[int]]], size: int) -> int:
    """The first cell to show, so that the mark is seen with what stands before it as far as there is room."""
    starts = source[mark.line][1]
    begin = _cell(starts, mark.column)
    end = _cell(starts, mark.end_column) if mark.end_line == mark.line else begin + 1
    if end <= size:
        return 0
    return max(begin - max((size - (end - begin)) // 2, 4), 0)


def _find_left_out(bar: Mark | None) -> range:
    if bar is None or bar.end_line - bar.line < _LONG:
        return range(0)
    return range(bar.line + _KEPT, bar.end_line - _KEPT + 1)


def _draw_line(number: int, shown: str, bar: Mark | None, sheet: _Sheet) -> list[Span]:
    lane = ""
    if bar:
        lane = "| " if bar.line < number <= bar.end_line else "  "
    line = [Span(f"{number:>{sheet.gutter}} |", "gutter"), Span(" ")]
    return [*line, Span(lane, bar.style if bar else ""), Span(window(shown, sheet.start, sheet.size, sheet.unicode))]


def _draw_corner(at: int, bar: Mark, sheet: _Sheet, *, top: bool) -> list[Span]:
    at = min(max(at, 0), sheet.size - 1)
    label = "" if top or not bar.label else f" {bar.label}"
    return [*_margin(sheet.gutter), Span(" "), Span((" _" if top else "|_") + "_" * at + "^" + label, bar.style)]


def _is_seen(mark: Mark, starts: list[int], sheet: _Sheet) -> bool:
    return sheet.start <= _cell(starts, mark.column) < sheet.start + sheet.size - len(ellipsis(sheet.unicode))


def _place(mark: Mark, starts: list[int], sheet: _Sheet) -> _Row:
    start = min(max(_cell(starts, mark.column) - sheet.start, 0), sheet.size - 1)
    stop = min(max(_cell(starts, mark.end_column) - sheet.start, start + 1), sheet.size)
    return _Row(start, stop, mark)


def _draw_marks(rows: list[_Row], in_range: bool, sheet: _Sheet) -> list[list[Span]]:
    """The line of underlines, and below it the labels that do not fit beside it."""
    if not rows:
        return []
    edge = max(row.stop for row in rows)
    beside = next((row for row in rows if row.mark.main), rows[0] if len(rows) == 1 else None)
    if beside and (not beside.mark.label or edge + 1 + width(beside.mark.label) > sheet.size):
        beside = None
    line = [(" ", "")] * edge
    for row in sorted(rows, key=lambda each: not each.mark.main):
        line[row.start : row.stop] = [("^" if row.mark.main else "-", row.mark.style)] * (row.stop - row.start)
    if beside:
        line += [(character, beside.mark.style) for character in f" {beside.mark.label}"]
    hanging = sorted((row for row in rows if row is not beside and row.mark.label), key=lambda row: row.start)
    drawn = [line, *_hang_labels(hanging, sheet.size)]
    lane = [Span("| " if in_range else "  ", "gutter")] if sheet.lane else []
    return [[*_margin(sheet.gutter), Span(" "), *lane, *_join(cells)] for cells in drawn]


def _hang_labels(rows: list[_Row], size: int) -> list[list[tuple[str, str]]]:
    """Labels below their marks, the rightmost first, each on its own line and joined to its mark by bars."""
    drawn = [_draw_bars(rows)] if rows else []
    while rows:
        row = rows.pop()
        at = max(min(row.start, size - width(row.mark.label)), 0)
        line = _draw_bars([each for each in rows if each.start < at])
        line += [(" ", "")] * (at - len(line))
        drawn.append(line + [(character, row.mark.style) for character in row.mark.label])
    return drawn


def _draw_bars(rows: list[_Row]) -> list[tuple[str, str]]:
    line = [(" ", "")] * (max((row.start for row in rows), default=-1) + 1)
    for row in rows:
        line[row.start] = ("|", row.mark.style)
    return line


def _join(line: list[tuple[str, str]]) -> list[Span]:
    """Neighbours of one style become one span."""
    spans: list[Span] = []
    for character, style in line:
        if spans and spans[-1].style == style:
            spans[-1] = Span(spans[-1].text + character, style)
        else:
            spans.append(Span(character, style))
    return spans
