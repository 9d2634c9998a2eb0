"""The text of a unit as it is parsed: its own lines of the file, those of units inside it left out."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from privlint import ir
from privlint.frontend.index import decode_source

if TYPE_CHECKING:
    from collections.abc import Sequence


class Chunk(NamedTuple):
    """Line n of `text` is line `numbers[n - 1]` of the file."""

    text: str
    numbers: list[int]

    def line(self, number: int) -> int:
        """The line of the file; of one after the end the last one."""
        return self.numbers[min(number, len(self.numbers)) - 1]

    @property
    def digest(self) -> bytes:
        """Tells whether a unit of another version of the file has the same text; 16 bytes."""
        return hashlib.blake2b(self.text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@lru_cache(maxsize=2)
def lines_of(source: str | bytes) -> list[str] | ir.Problem:
    """Lines as Python's tokenizer counts them, without their ends; bytes are decoded as Python does."""
    text = decode_source(source) if isinstance(source, bytes) else source
    if isinstance(text, ir.Problem):
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.removeprefix("\ufeff").split("\n")


def cut(lines: list[str], first_line: int, last_line: int, kind: str, spans: Sequence[tuple[int, int]]) -> Chunk:
    """The lines of a unit, wrapped and never dedented, since strings may go over several lines. A unit inside it is
    left out, and a `pass` stands in its place, so that every block keeps a statement."""
    heads = {start for start, _ in spans}
    numbers = own_lines(first_line, min(last_line, len(lines)), spans)
    kept = [lines[number - 1] for number in numbers]
    if heads:
        kept = [_stand_in(line) if number in heads else line for number, line in zip(numbers, kept, strict=True)]
    text = "\n".join(kept) + "\n"
    if kind == "module" or not kept or not kept[0][:1].isspace():
        return Chunk(text, numbers or [first_line])
    return Chunk(f"if 1:\n{text}", [first_line - 1, *numbers])


def own_lines(first_line: int, last_line: int, spans: Sequence[tuple[int, int]]) -> list[int]:
    """The lines of a unit; of a unit inside it only the first, which its `pass` stands on."""
    inside = {number for start, end in spans for number in range(max(start + 1, first_line), min(end, last_line) + 1)}
    inside -= {start for start, _ in spans}
    return [number for number in range(first_line, last_line + 1) if number not in inside]


def _stand_in(line: str) -> str:
    return f"{line[: len(line) - len(line.lstrip())]}pass" if line else ""
