"""Files with a published text: Markdown and plain text as they are, pages of HTML as the text that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

PAGES = (".html", ".htm", ".xhtml")
AS_TEXT = "save its text as .txt, .md or .html beside the policy file, and name that file"
# How files of other kinds begin, and what to do with them.
KINDS = (
    (b"%PDF-", "a PDF", f"{AS_TEXT}; `pdftotext -layout policy.pdf policy.txt` is one way"),
    (b"PK\x03\x04", "an archive, such as a document of a word processor", AS_TEXT),
    (b"\xd0\xcf\x11\xe0", "a document of a word processor", AS_TEXT),
    (b"{\\rtf", "a document of a word processor (RTF)", AS_TEXT),
)


class Page(msgspec.Struct, frozen=True):
    """`text` is Markdown or plain text; `lines` has the line of the file (from 1) for each of its lines, where they are
    not the same."""

    text: str
    lines: tuple[int, ...]


class TextError(Exception):
    """The file is no text that can be read; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


def is_page(text: str) -> bool:
    """Whether a text begins like a page."""
    start = text.lstrip("\ufeff \t\r\n")[:200].lower()
    return start.startswith(("<!doctype html", "<html"))


def read_text(path: Path) -> Page:
    """The text, without lines if they are those of the file. Raises TextError, or OSError."""
    name, content = path.name, path.read_bytes()
    for start, kind, hint in KINDS:
        if content.startswith(start):
            raise TextError(f"the file `{name}` is {kind}, which privlint does not read", hint)
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise TextError(f"the file `{name}` is not UTF-8", "save it as UTF-8") from error
    if path.suffix.lower() not in PAGES and not is_page(text):
        return Page(text, ())
    return _read_page(name, text)


def _read_page(name: str, text: str) -> Page:
    from privlint.policy.html_text import read_html  # few texts are pages

    try:
        page = read_html(text)
    except ValueError as error:
        raise TextError(f"the page `{name}` is not HTML: {error}", AS_TEXT) from error
    if not page.text.strip():
        hint = "if a script writes it, save the page as people see it"
        raise TextError(f"the page `{name}` has no text that people read", hint)
    return page
