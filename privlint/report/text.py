"""Text on a terminal: what each character looks like, how many cells it takes, where a line is cut, its colours."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from privlint.report.options import Options

TAB = 4  # cells between tab stops
_PLAIN = str.maketrans(
    {"·": ",", "…": "...", "→": "->", "\u2013": "-", "—": "-", "“": '"', "”": '"', "\u2018": "'", "\u2019": "'"}
)
_JOINERS = "\u200c\u200d"
_STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "info": "bold blue",
    "strong": "bold",
    "gutter": "blue",
    "second": "cyan",
    "faint": "dim",
    "help": "green",
}


class Span(NamedTuple):
    """A piece of a line in one style; `link` is the address that it leads to."""

    text: str
    style: str = ""
    link: str = ""


def show_character(character: str, unicode: bool) -> str:
    """The character itself, or a visible stand-in for one that a terminal would obey, hide or cannot encode."""
    if " " <= character <= "~":
        return character
    code = ord(character)
    if code < 0x20 and unicode:
        return chr(0x2400 + code)
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and character not in _JOINERS
    if hidden or not unicode:
        return character.encode("unicode_escape").decode()
    return character


def show(text: str, unicode: bool) -> str:
    """The text as it may be printed: no control characters, and ASCII only unless `unicode`."""
    if text.isascii() and text.isprintable():
        return text
    if not unicode:
        text = text.replace(" · ", ", ").translate(_PLAIN)
    return "".join(show_character(character, unicode) for character in text)


@lru_cache(maxsize=4096)
def cells(character: str) -> int:
    """Terminal cells of one printable character: 0 for a combining one, 2 for a wide one."""
    if character.isascii():
        return 1
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def width(text: str) -> int:
    return len(text) if text.isascii() else sum(map(cells, text))


def expand(line: str, unicode: bool) -> tuple[str, list[int]]:
    """A source line as it is shown (tabs expanded), and the cell at which each of its code points starts, with one
    more entry for the end of the line."""
    shown: list[str] = []
    starts: list[int] = []
    at = 0
    for character in line:
        starts.append(at)
        text = " " * (TAB - at % TAB) if character == "\t" else show_character(character, unicode)
        shown.append(text)
        at += width(text)
    return "".join(shown), [*starts, at]


def ellipsis(unicode: bool) -> str:
    return "…" if unicode else "..."


def window(shown: str, start: int, size: int, unicode: bool) -> str:
    """The cells `start` to `start + size` of a line, with an ellipsis where something is missing."""
    if start == 0 and width(shown) <= size:
        return shown
    mark = ellipsis(unicode)
    left = start + (len(mark) if start else 0)
    right = start + size - (len(mark) if width(shown) > start + size else 0)
    kept: list[str] = []
    at = 0
    for character in shown:
        end = at + cells(character)
        if at >= left and end <= right:
            kept.append(character)
        elif max(at, left) < min(end, right):
            kept.append(" " * (min(end, right) - max(at, left)))  # half of a wide character
        at = end
    head = mark if start and at > start else ""
    return head + "".join(kept) + (mark if at > start + size else "")


def cut(text: str, size: int, unicode: bool) -> str:
    """The text in at most `size` cells."""
    return window(text, 0, max(size, len(ellipsis(unicode))), unicode)


def cut_left(path: str, size: int, unicode: bool) -> str:
    """The end of a path in at most `size` cells, from the beginning of a folder's or file's name where one fits."""
    if width(path) <= size:
        return path
    mark = ellipsis(unicode)
    slashes = (at for at, character in enumerate(path) if character == "/")
    at = next((at for at in slashes if width(path[at:]) + len(mark) <= size), None)
    if at is None:
        return window(path, width(path) - size, size, unicode)
    return mark + path[at:]


def wrap(text: str, size: int) -> list[str]:
    """Lines of at most `size` cells, broken at spaces; a longer word stands on a line of its own, uncut."""
    first, *words = text.split(" ")
    lines = [first]
    for word in words:
        if lines[-1].strip() and width(lines[-1]) + 1 + width(word) > size:
            lines.append(word)
        else:
            lines[-1] += f" {word}"
    return lines


def pad(text: str, size: int) -> str:
    return text + " " * (size - width(text))


def paint(lines: Iterable[Sequence[Span]], options: Options) -> str:
    """The lines as one string, each with its newline; trailing blanks go."""
    if options.color or options.hyperlinks:
        return "".join(_paint_line(line, options) + "\n" for line in lines)
    return "".join("".join(show(span.text, options.unicode) for span in line).rstrip() + "\n" for line in lines)


def _paint_line(line: Sequence[Span], options: Options) -> str:
    return "".join(_paint_span(span, options) for span in line if span.text).rstrip()


def _paint_span(span: Span, options: Options) -> str:
    text = show(span.text, options.unicode)
    if options.color and span.style:
        from rich.color import ColorSystem
        from rich.style import Style

        text = Style.parse(_STYLES[span.style]).render(text, color_system=ColorSystem.STANDARD)
    if options.hyperlinks and span.link:
        text = f"\x1b]8;;{span.link}\x1b\\{text}\x1b]8;;\x1b\\"
    return text
