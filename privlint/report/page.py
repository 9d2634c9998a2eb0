"""A page of headings, paragraphs, lists and tables, as Markdown and as HTML."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"[\\`*\[\]<>|]|(?<!\w)_+|_+(?!\w)")  # an underscore within a word is none
STYLE = """\
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 sans-serif; color: #222; background: #fff; }
h1, h2, h3 { line-height: 1.2; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #bbb; padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #1b1b1b; } th, td { border-color: #555; } }
"""


class Block(msgspec.Struct, frozen=True):
    """`rows` are the cells of a table, its head first, or the items of a list, one cell each."""

    kind: Literal["heading", "text", "list", "table"]
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def heading(level: int, text: str) -> Block:
    return Block("heading", text, level)


def paragraph(text: str) -> Block:
    return Block("text", text)


def bullets(items: Iterable[str]) -> Block:
    return Block("list", rows=tuple((item,) for item in items))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Block:
    return Block("table", rows=(tuple(head), *map(tuple, rows)))


def write_markdown(blocks: Iterable[Block]) -> str:
    """The page as Markdown, with a newline at its end."""
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def _markdown(block: Block) -> str:
    if block.kind == "heading":
        return f"{'#' * block.level} {escape_markdown(block.text)}"
    if block.kind == "list":
        return "\n".join(f"- {escape_markdown(item)}" for (item,) in block.rows)
    if block.kind == "table":
        lines = [f"| {' | '.join(map(escape_markdown, row))} |" for row in block.rows]
        return "\n".join([lines[0], "|" + "---|" * len(block.rows[0]), *lines[1:]])
    return escape_markdown(block.text)


def escape_markdown(text: str) -> str:
    """Text on one line in which nothing is taken for markup."""
    return _SPECIAL.sub(lambda match: "".join(f"\\{each}" for each in match[0]), " ".join(text.split()))


def write_html(blocks: Sequence[Block], language: str = "en") -> str:
    """The page as one HTML file that needs nothing else."""
    title = next((block.text for block in blocks if block.kind == "heading"), "")
    head = (
        f'<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>'
    )
    body = "\n".join(map(_html, blocks))
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n{head}\n<style>\n{STYLE}</style>\n</head>\n<body>\n'
        f"{body}\n</body>\n</html>\n"
    )


def _html(block: Block) -> str:
    if block.kind == "heading":
        return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
    if block.kind == "list":
        return "<ul>\n" + "".join(f"<li>{escape(item)}</li>\n" for (item,) in block.rows) + "</ul>"
    if block.kind == "table":
        first, *rest = block.rows
        rows = [_row("th", first), *(_row("td", row) for row in rest)]
        return "<table>\n" + "".join(f"{row}\n" for row in rows) + "</table>"
    return f"<p>{escape(block.text)}</p>"


def _row(cell: str, row: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{cell}>{escape(text)}</{cell}>' for text in row)}</tr>"
