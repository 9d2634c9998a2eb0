"""A published page as text: HTML to the Markdown that `prose` reads, and the line of the page for each of its lines.

What people read counts: headings, paragraphs, items of lists, cells of tables, where links lead. Tags, classes and line
breaks do not, so that a change of those changes nothing. Left out are scripts, styles, menus (`nav`), what is `hidden`,
what a template is told (`{% ... %}`), and, where the page has a `main` part, everything outside of it.
"""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import msgspec

from privlint.policy.texts import Page

HEADINGS = {f"h{level}": level for level in range(1, 7)}
# fmt: off
BLOCKS = frozenset([
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "html", "legend",
    "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "ul",
])
SILENT = frozenset([
    "head", "script", "style", "template", "noscript", "svg", "math", "iframe", "object", "canvas", "audio",
    "video", "select",
])
VOID = frozenset([
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
])
# fmt: on
BOLD = frozenset({"b", "strong", "dt"})
PLAIN = "\u200b"  # keeps what follows from being taken for markup; normalising drops it
_MARKUP = re.compile(r"[-*+]\s|#|>|=+\s*$|-{3,}\s*$|\d{1,2}[.)]\s|```|~~~")
_TEMPLATE = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)  # what a template is told, and people never see
_SPACE = re.compile(r"\s+")


class _Piece(msgspec.Struct):
    """Text between two tags, or a part of it: what stands on one line of the page."""

    text: str
    line: int


def read_html(text: str) -> Page:
    """The page as people read it; its text is empty if there is nothing to read. Raises ValueError for a text that is
    no HTML at all."""
    text = _TEMPLATE.sub(lambda match: "\n" * match[0].count("\n"), text)
    reader = _read(text, skip_menus=True)
    if reader.is_open:  # a menu that never ends would take the text with it
        reader = _read(text, skip_menus=False)
    rows = reader.main or reader.rows
    return Page("".join(f"{row.text}\n" for row in rows), tuple(row.line for row in rows))


def _read(text: str, *, skip_menus: bool) -> _Reader:
    reader = _Reader(skip_menus=skip_menus)
    try:
        reader.feed(text)
        reader.close()
    except AssertionError as error:  # how the parser says that a declaration is none
        raise ValueError(" ".join(str(error).split())) from error
    reader.end_block()
    return reader


class _Reader(HTMLParser):
    """Gathers rows of text with their lines. A block is a run of rows; a blank row stands between two blocks."""

    def __init__(self, *, skip_menus: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.rows: list[_Piece] = []
        self.main: list[_Piece] = []
        self._silent = SILENT | {"nav"} if skip_menus else SILENT
        self._skipping: list[str] = []  # elements of one name that are open, the outermost of which is left out
        self._block: list[_Piece] = []
        self._level = 0  # of the heading that is open
        self._mark = ""  # what the next block begins with
        self._bold = False  # whether the next text begins what is bold
        self._link: tuple[int, str] | None = None  # pieces of the block when it began, and where it leads
        self._breaks = 0
        self._main_from = -1

    @property
    def is_open(self) -> bool:
        """Whether the page ends within what is left out."""
        return bool(self._skipping)

    # ------------------------------------------------------------ tags

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self._skipping or (tag not in VOID and (tag in self._silent or "hidden" in given)):
            if not self._skipping or tag == self._skipping[0]:
                self._skipping.append(tag)
            return
        if tag in HEADINGS or tag in BLOCKS:
            self.end_block()
            self._level = HEADINGS.get(tag, 0)
        if tag == "main":
            self._main_from = len(self.rows)
        elif tag == "li":
            self._mark = "- "
        elif tag == "br":
            self._break()
        elif tag in BOLD:
            self._bold = True
        elif tag == "a" and given.get("href"):
            self._link = len(self._block), _SPACE.sub("%20", str(given["href"]).strip()).replace(")", "%29")
        elif tag == "img" and given.get("alt"):
            self._add(str(given["alt"]), self.getpos()[0])

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            if tag == self._skipping[0]:
                self._skipping.pop()
            return
        if tag in BOLD:
            self._end_bold()
        elif tag == "a":
            self._end_link()
        if tag in HEADINGS or tag in BLOCKS:
            self.end_block()
        if tag == "main" and self._main_from >= 0:
            self.main += self.rows[self._main_from :]
            self._main_from = -1

    def _break(self) -> None:
        """One line break goes on with the paragraph, two end it."""
        self._breaks += 1
        if self._breaks > 1:
            self.end_block()
        else:
            self._block.append(_Piece(" ", self.getpos()[0]))

    def _end_bold(self) -> None:
        last = next((piece for piece in reversed(self._block) if piece.text.strip()), None)
        if last is not None and not self._bold and not self._level:
            last.text = f"{last.text.rstrip()}**{' ' if last.text[-1:] == ' ' else ''}"
        self._bold = False

    def _end_link(self) -> None:
        """The pieces of a link become one, which a line of text has to hold."""
        if self._link is None:
            return
        start, target = self._link
        self._link = None
        inside = self._block[start:]
        words = "".join(f" {piece.text}" if number else piece.text for number, piece in enumerate(inside)).strip()
        if words and not self._level:
            after = " " if inside[-1].text[-1:] == " " else ""
            line = next(piece.line for piece in inside if piece.text.strip())
            before = " " if inside[0].text[:1] == " " else ""
            self._block[start:] = [_Piece(f"{before}[{words.replace(']', ')')}]({target}){after}", line)]

    # ------------------------------------------------------------ text

    def handle_data(self, data: str) -> None:
        first = self.getpos()[0]
        for number, part in enumerate(data.split("\n")):
            self._add(f" {part}" if number else part, first + number)

    def handle_entityref(self, name: str) -> None:
        self._add(unescape(f"&{name};"), self.getpos()[0])

    def handle_charref(self, name: str) -> None:
        self._add(unescape(f"&#{name};"), self.getpos()[0])

    def _add(self, text: str, line: int) -> None:
        if self._skipping or not text:
            return
        plain = _SPACE.sub(" ", text)
        if plain.strip():
            self._breaks = 0
            if self._bold and not self._level:
                plain = f"{' ' if plain[0] == ' ' else ''}**{plain.lstrip()}"
            self._bold = False
        self._block.append(_Piece(plain, line))

    def end_block(self) -> None:
        """Writes the block as rows: a heading as one, a paragraph as one for each line of the page."""
        self._end_link()
        block, self._block, level, self._level = self._block, [], self._level, 0
        self._breaks, self._bold = 0, False
        rows: list[_Piece] = []
        for piece in block:
            if rows and (level or rows[-1].line == piece.line):
                rows[-1].text += piece.text
            elif rows and not _apart(rows[-1].text, piece.text):
                head, space, rest = piece.text.partition(" ")
                rows[-1].text += head + space
                rows += [_Piece(rest, piece.line)] if rest.strip() else []
            elif piece.text.strip():
                rows.append(_Piece(piece.text, piece.line))
        rows = [_Piece(_escape(row.text), row.line) for row in rows]
        if not rows:
            return
        rows[0].text = ("#" * level + " " if level else self._mark) + rows[0].text
        self._mark = ""
        if self.rows:
            self.rows.append(_Piece("", self.rows[-1].line))
        self.rows += rows


def _apart(one: str, other: str) -> bool:
    """Whether white space stands between two texts; else they are one word, on whichever lines they stand."""
    return one[-1:] == " " or other[:1] == " "


def _escape(text: str) -> str:
    """A row that is taken for nothing but text."""
    plain = " ".join(text.split())
    return PLAIN + plain if _MARKUP.match(plain) else plain
