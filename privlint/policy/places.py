"""Where each key and value of a TOML text stands: an index of key paths, since parsed TOML has no places.

The text has been parsed already, so it is valid TOML; this reader follows its structure and skips its values.
"""

from __future__ import annotations

import re
from bisect import bisect_right

import tomli

from privlint.policy.types import Path, Place

BLANK = re.compile(r"[ \t]*")
GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'  # multi-line, up to two quotation marks may precede the end
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
SCALAR = re.compile(r"[^,\]}#\n]*")


def index_places(text: str, path: str) -> dict[Path, Place]:
    """Key paths to places. Elements of arrays have their position in the path; a table has the place of its header."""
    reader = _Reader(text, path)
    reader.read_document()
    return reader.places


class _Reader:
    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.position = 0
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.places: dict[Path, Place] = {}
        self.arrays: dict[Path, int] = {}  # arrays of tables to the position of their last element

    def read_document(self) -> None:
        table: Path = ()
        while True:
            self.skip(GAP)
            if self.position >= len(self.text):
                return
            if self.text[self.position] == "[":
                table = self.read_header()
            else:
                self.read_pair(table)

    def skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.position)
        if match is None:
            return ""
        self.position = match.end()
        return match.group()

    def take(self, text: str) -> bool:
        found = self.text.startswith(text, self.position)
        self.position += len(text) if found else 0
        return found

    def read_header(self) -> Path:
        """`[a.b]` or `[[a.b]]`; the path of the table that it opens."""
        is_array = self.take("[[")
        if not is_array:
            self.take("[")
        spans = self.read_keys()
        self.take("]]" if is_array else "]")
        table: Path = ()
        for number, (key, start, end) in enumerate(spans, start=1):
            table = (*table, key)
            self.places.setdefault(table, self.place(start, end, start, end))
            if is_array and number == len(spans):
                self.arrays[table] = self.arrays.get(table, -1) + 1
            if table in self.arrays:
                table = (*table, self.arrays[table])
                self.places.setdefault(table, self.place(start, end, start, end))
        return table

    def read_keys(self) -> list[tuple[str, int, int]]:
        """A dotted key: (name, start, end) of each part."""
        spans: list[tuple[str, int, int]] = []
        while True:
            self.skip(BLANK)
            start = self.position
            raw = self.skip(STRING) or self.skip(BARE_KEY)
            spans.append((unquote(raw), start, self.position))
            self.skip(BLANK)
            if not raw or not self.take("."):
                return spans

    def read_pair(self, table: Path) -> None:
        spans = self.read_keys()
        self.take("=")
        self.skip(BLANK)
        value_start = self.position
        full = (*table, *(key for key, _, _ in spans))
        self.read_value(full)
        for number, (_, start, end) in enumerate(spans, start=len(table) + 1):
            at = self.place(start, end, value_start, self.position)
            if number == len(full):
                self.places[full] = at
            else:
                self.places.setdefault(full[:number], at)

    def read_value(self, path: Path) -> None:
        if self.take("["):
            self.read_array(path)
        elif self.take("{"):
            self.read_inline_table(path)
        elif not self.skip(STRING):
            raw = self.skip(SCALAR)
            self.position -= len(raw) - len(raw.rstrip())

    def read_array(self, path: Path) -> None:
        number = 0
        while True:
            self.skip(GAP)
            if self.position >= len(self.text) or self.take("]"):
                return
            start = self.position
            here: Path = (*path, number)
            self.read_value(here)
            self.places[here] = self.place(start, self.position, start, self.position)
            number += 1
            self.skip(GAP)
            self.take(",")

    def read_inline_table(self, path: Path) -> None:
        while True:
            self.skip(GAP)
            if self.position >= len(self.text) or self.take("}"):
                return
            self.read_pair(path)
            self.skip(GAP)
            self.take(",")

    def place(self, start: int, end: int, value_start: int, value_end: int) -> Place:
        line, column = self.locate(start)
        value_line, value_column = self.locate(value_start)
        first_line_end = self.text.find("\n", value_start, value_end)
        if first_line_end >= 0:
            value_end = first_line_end
        return Place(
            self.path,
            line,
            column,
            column + end - start,
            value_line,
            value_column,
            value_column + value_end - value_start,
        )

    def locate(self, position: int) -> tuple[int, int]:
        line = bisect_right(self.starts, position)
        return line, position - self.starts[line - 1] + 1


def unquote(raw: str) -> str:
    """The name that a key is written for: bare, 'literal' or "basic" with escapes."""
    if raw.startswith("'"):
        return raw[1:-1]
    if raw.startswith('"'):
        return str(tomli.loads(f"key = {raw}")["key"]) if "\\" in raw else raw[1:-1]
    return raw
