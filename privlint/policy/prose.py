"""The published text: its sections, and whether words quoted from it still stand in them.

A heading is a Markdown heading or, in a text without those, a short line between blank lines that does not end like a
sentence. Inside a section, list items or paragraphs that begin with a label ("Marketing - ...", "**Right of access**:
...") are sections of their own. The text of a section includes the sections below it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HeadingPath = tuple[str, ...]

ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$")
SETEXT = re.compile(r" {0,3}(=+|-{3,})[ \t]*$")
FENCE = re.compile(r" {0,3}(```|~~~)")
MARKER = re.compile(r"\s*(?:>\s?)*\s*(?:(?:[-*+\u2022\u25e6\u2023\u00b7]|\d{1,2}[.)])[ \t]+)?")
BOLD_LABEL = re.compile(
    r"(\*\*|__)(?P<label>.{1,80}?)\1\s*(?::|[-\u2013\u2014](?=\s)|$)|(\*\*|__)(?P<inner>.{1,80}?)[:.]\3"
)
PLAIN_LABEL = re.compile(r"(?P<label>[^\W_][^:.;!]{0,59}?)(?P<mark>:|\s[-\u2013\u2014])\s+\S")
MARKUP = re.compile(r"\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=[\w.,;:!?)])[*_](?!\w)")
LINK = re.compile(r"!?\[([^\]]*)\]\(([^)]*)\)")
LABEL_LEVEL = 7  # below every Markdown heading
TRANSLATED = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u00b4\u2039\u203a"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"), '"'),
    **dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"), ""),
}


# French quotation marks stand apart from what they quote: \u00ab oui \u00bb is "oui".
OPENING = re.compile(r"(?:(?<=[\s(])|^)([\u00ab\u2039])\s+(?=\S)")
CLOSING = re.compile(r"(?<=\S)\s+([\u00bb\u203a])(?=\W|$)")


class Section(msgspec.Struct, frozen=True):
    """`line` is that of the heading (from 1), `numbers` are the line numbers of the lines of `text`."""

    line: int
    text: str
    numbers: tuple[int, ...]


class QuoteSearch(msgspec.Struct, frozen=True):
    """Where a quote was looked for. `line`: where it begins, else that of the section, else 0. `section`: where it was
    found, for "elsewhere" the innermost other section that has it."""

    result: Literal["found", "elsewhere", "missing", "no_section"]
    line: int = 0
    section: HeadingPath = ()


class Heading(msgspec.Struct):
    """`start` and `body` are positions in the list of lines: of the heading and of the first line of its text."""

    start: int
    body: int
    level: int
    title: str


# ---------------------------------------------------------------- text


def normalise(text: str) -> str:
    """One line: white space, dashes, quotation marks, compatibility forms and Markdown emphasis made alike."""
    lines = (normalise_line(line) for line in text.splitlines())
    return " ".join(line for line in lines if line)


@lru_cache(maxsize=4096)
def normalise_line(line: str) -> str:
    plain = LINK.sub(r"\1", line[content_start(line) :])
    plain = CLOSING.sub(r"\1", OPENING.sub(r"\1", plain)).translate(TRANSLATED)
    return " ".join(unicodedata.normalize("NFKC", MARKUP.sub("", plain)).split())


def content_start(line: str) -> int:
    """Where a line begins after its indentation, quotation and list marks."""
    match = MARKER.match(line)
    return match.end() if match else 0


@lru_cache(maxsize=1024)
def normalise_title(title: str) -> str:
    """A heading as headings are compared."""
    return normalise(title).rstrip(".:").casefold()


# ---------------------------------------------------------------- sections


def sections(text: str, numbers: Sequence[int] = ()) -> dict[HeadingPath, Section]:
    """Heading paths to sections, in the order of the text. () is the whole text; two sections of one path are one.
    `numbers` are those of the lines where they are not 1, 2, 3 ...: of a text that was made of another file."""
    lines = text.splitlines()
    headings = find_headings(lines)
    found: dict[HeadingPath, Section] = {(): make_section(lines, numbers, [(0, 0, len(lines))])}
    spans: dict[HeadingPath, list[tuple[int, int, int]]] = {}
    above: list[Heading] = []
    for number, heading in enumerate(headings):
        above = [*(upper for upper in above if upper.level < heading.level), heading]
        end = next((later.start for later in headings[number + 1 :] if later.level <= heading.level), len(lines))
        spans.setdefault(tuple(upper.title for upper in above), []).append((heading.start, heading.body, end))
    for path, parts in spans.items():
        found[path] = make_section(lines, numbers, parts)
    return found


def title_of(found: Iterable[HeadingPath]) -> str:
    """The heading that stands above all others, if there is one: the title of the text."""
    paths = [path for path in found if path]
    first = {path[0] for path in paths}
    return first.pop() if len(first) == 1 and len(paths) > 1 else ""


def make_section(lines: list[str], numbers: Sequence[int], spans: list[tuple[int, int, int]]) -> Section:
    positions = [position for _, body, end in spans for position in range(body, end)]
    text = "\n".join(lines[position] for position in positions)
    return Section(number_of(spans[0][0], numbers), text, tuple(number_of(each, numbers) for each in positions))


def number_of(position: int, numbers: Sequence[int]) -> int:
    """The number of the line at a position."""
    return numbers[position] if position < len(numbers) else position + 1


def find_headings(lines: list[str]) -> list[Heading]:
    headings = markdown_headings(lines) or plain_headings(lines)
    starts = {heading.start for heading in headings}
    return sorted([*headings, *find_labels(lines, starts)], key=lambda heading: heading.start)


def markdown_headings(lines: list[str]) -> list[Heading]:
    headings = []
    fenced = False
    for position, line in enumerate(lines):
        fenced ^= bool(FENCE.match(line))
        atx = None if fenced else ATX.match(line)
        if atx:
            headings.append(Heading(position, position + 1, len(atx[1]), normalise(atx[2])))
            continue
        underline = SETEXT.match(lines[position + 1]) if position + 1 < len(lines) and not fenced else None
        if underline and line.strip() and content_start(line) == 0:
            level = 1 if underline[1].startswith("=") else 2
            headings.append(Heading(position, position + 2, level, normalise(line)))
    return headings


def plain_headings(lines: list[str]) -> list[Heading]:
    """Short lines between blank lines that neither end like a sentence nor begin like a list item."""
    headings = []
    for position, line in enumerate(lines):
        alone = is_blank(lines, position - 1) and is_blank(lines, position + 1)
        title = line.strip()
        if alone and 0 < len(title) <= 80 and not title.endswith((".", ";", ",", ":", "!")):
            if line[0].isspace() or is_item(lines, position) or introduces_list(lines, position):
                continue
            headings.append(Heading(position, position + 1, 1, normalise(title)))
    return headings


def is_item(lines: list[str], position: int) -> bool:
    """Whether a line is an item of a list. A number opens a heading too, unless another number follows."""
    if content_start(lines[position]) == 0:
        return False
    following = next((line for line in lines[position + 1 :] if line.strip()), "")
    return not lines[position][0].isdigit() or not following or following[0].isdigit()


def introduces_list(lines: list[str], position: int) -> bool:
    """Whether a line is the beginning of a sentence that a list goes on with."""
    title = lines[position].strip()
    following = next((line for line in lines[position + 1 :] if line.strip()), "")
    listed = bool(following[: content_start(following)].strip())
    return listed and not title.endswith("?") and len(title.split()) > 5


def is_blank(lines: list[str], position: int) -> bool:
    return not 0 <= position < len(lines) or not lines[position].strip()


def path_at(headings: list[Heading], position: int) -> HeadingPath:
    """The headings above a position of the lines."""
    above: list[Heading] = []
    for heading in headings:
        if heading.start > position:
            break
        above = [*(upper for upper in above if upper.level < heading.level), heading]
    return tuple(upper.title for upper in above)


def find_labels(lines: list[str], starts: set[int]) -> list[Heading]:
    """Labels that open list items or paragraphs. The first label of a section sets the style of its others, so that
    a paragraph "Note: ..." does not end a list item."""
    labels = []
    style: tuple[bool, str] | None = None
    for position, line in enumerate(lines):
        if position in starts:
            style = None
            continue
        start = content_start(line)
        listed = bool(line[:start].strip())
        if not listed and not is_blank(lines, position - 1) and position - 1 not in starts:
            continue
        found = read_label(line[start:])
        if found and (style is None or style == (listed, found[1])):
            style = (listed, found[1])
            labels.append(Heading(position, position, LABEL_LEVEL, normalise(found[0])))
    return labels


def read_label(text: str) -> tuple[str, str] | None:
    """The label that opens a text, and its style: "bold", ":" or "-"."""
    bold = BOLD_LABEL.match(text)
    if bold:
        return (bold["label"] or bold["inner"]).rstrip(" :."), "bold"
    plain = PLAIN_LABEL.match(text)
    if plain is None or not plain["label"][0].isupper() or len(plain["label"].split()) > 8:
        return None
    mark = ":" if plain["mark"] == ":" else "-"
    return None if mark == "-" and "," in plain["label"] else (plain["label"], mark)


# ---------------------------------------------------------------- quotes


def find_sections(found: dict[HeadingPath, Section], clause: str) -> list[HeadingPath]:
    """Sections that a clause ("Your rights > Right to object") names: the headings above may be left out."""
    wanted = tuple(normalise_title(part) for part in re.split(r"\s+>\s+", clause.strip())) if clause.strip() else ()
    if not wanted:
        return [()]
    return [path for path in found if tuple(normalise_title(part) for part in path[-len(wanted) :]) == wanted]


def find_quote(found: dict[HeadingPath, Section], clause: str, quote: str) -> QuoteSearch:
    """Looks for quoted words in the section that a clause names, then everywhere else."""
    named = find_sections(found, clause)
    for path in named:
        line = quote_line(found[path], quote)
        if line:
            return QuoteSearch("found", line, path)
    for path in sorted((path for path in found if path), key=len, reverse=True):
        line = quote_line(found[path], quote)
        if line:
            return QuoteSearch("elsewhere" if named else "no_section", line, path)
    line = quote_line(found[()], quote) if () in found else 0
    if line:
        return QuoteSearch("elsewhere" if named else "no_section", line, ())
    return QuoteSearch("missing", found[named[0]].line, named[0]) if named else QuoteSearch("no_section")


def quote_line(section: Section, quote: str) -> int:
    """The line on which the quote begins in the section's text, or 0."""
    wanted = normalise(quote)
    offsets: list[int] = []
    numbers: list[int] = []
    parts: list[str] = []
    length = 0
    for number, line in zip(section.numbers, section.text.splitlines(), strict=False):
        plain = normalise_line(line)
        if plain:
            offsets.append(length)
            numbers.append(number)
            parts.append(plain)
            length += len(plain) + 1
    at = " ".join(parts).find(wanted) if wanted else -1
    return numbers[bisect_right(offsets, at) - 1] if at >= 0 else 0
