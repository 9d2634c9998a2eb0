"""Text as Markdown and HTML, so that nothing in it has a meaning that its writer did not intend."""

from __future__ import annotations

import re

from privlint.report.text import show

_SPECIAL = re.compile(r"([\\`*_{}\[\]#|~$])")


def escape(text: str) -> str:
    """Plain text on one line of Markdown. What stands between two backticks stays code."""
    pieces = _flatten(text).split("`")
    if len(pieces) % 2 == 0:  # an odd backtick: take them all as text
        return _escape_plain("`".join(pieces))
    return "".join(code(piece) if index % 2 else _escape_plain(piece) for index, piece in enumerate(pieces))


def code(text: str) -> str:
    """A code span, also in a table, where even code must not hold a bare `|`."""
    text = _flatten(text).replace("|", "\\|")
    if not text:
        return ""
    fence = "`" * (_longest_run(text) + 1)
    blank = " " if "`" in (text[0], text[-1]) else ""
    return f"{fence}{blank}{text}{blank}{fence}"


def fence_off(text: str) -> str:
    """A code block of whole lines."""
    fence = "`" * max(_longest_run(text) + 1, 3)
    return f"{fence}text\n{text}{fence}\n\n"


def escape_html(text: str) -> str:
    return _flatten(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _flatten(text: str) -> str:
    return show(" ".join(text.split()), unicode=True)


def _escape_plain(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", text).replace("@", "@<!-- -->")  # without it a name would be notified


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
