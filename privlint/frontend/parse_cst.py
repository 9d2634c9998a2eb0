"""Parsing with LibCST without ever taking the process down.

LibCST's native parser recurses on the machine's stack, some kilobytes per nested bracket, and a stack that overflows
kills the process. So the depth of a text is measured first: shallow ones are parsed in place, deep ones in a thread
with a large stack, and what no Python would compile is refused.
"""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import libcst as cst

from privlint.deep import NoStackError, has_room, run_deep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

_SHALLOW = 60  # nested brackets and chained operators together that any stack holds: some ten kilobytes each
_ROOMY = 600  # those that are nothing to a large stack, and take no long time either
_DEEPEST = 6000
_LINK = 6  # weight of a link against that of an operator
_MOST_BRACKETS = 200  # the limit of Python's own tokenizer
_LEAST_FRAMES = 4000
_FRAMES_PER_LEVEL = 12  # of the deepest recursion over a tree, that of LibCST's positions

_WITHOUT_OPERATORS = dict.fromkeys(map(ord, "()[]{}.+-*/%@|&^<>~"))
_WORDS = re.compile(r"\b(?:not|lambda|if|elif|and|or|await)\b")
_TOKEN = re.compile(
    r"""(?P<string>(?i:\b[a-z]{1,2})?(?:'''(?:[^\\]|\\.)*?'''|\"""(?:[^\\]|\\.)*?\"""|'(?:[^\\\n]|\\.)*'|"(?:[^\\\n]|\\.)*"))"""
    r"|(?P<comment>\#[^\n]*)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<comma>,)|(?P<newline>\n)"
    r"|(?P<elif>\belif\b)|(?P<link>\.|~|\b(?:not|lambda|if|await)\b)|(?P<operator>[+\-*/%@|&^<>]|\b(?:and|or)\b)",
    re.DOTALL,
)


class TooDeepError(RecursionError):
    """The text nests deeper than is analysed."""


def _is_shallow(text: str, enough: int) -> bool:
    """At a glance: no parser has to recurse deeper than `enough`. Most texts need no closer look."""
    if len(text) <= enough:
        return True
    plain = text.translate(_WITHOUT_OPERATORS)
    lone = len(text) - len(plain)
    if lone > enough:
        return False
    # Letters and quotes are counted only where there is little else.
    lone += len(_WORDS.findall(text)) + text.count("'") // 2 + text.count('"') // 2
    return lone <= enough and sum(map(text.count, "([{")) <= _MOST_BRACKETS


class _Depth:
    """How deep a text goes at its deepest point. `weight` is what it costs LibCST, whose time grows with the square:
    links of a chain of calls, subscripts or prefixes count several times."""

    __slots__ = ("brackets", "depth", "weight")

    def __init__(self, text: str) -> None:
        self.depth = self.weight = self.brackets = 0
        branches = depth = weight = links = 0  # links since the last operator: it is a sibling of what they make
        outer = [(0, 0, 0)]
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup
            if kind == "open":
                outer.append((depth, weight, links))
                depth, links = depth + 1, 0
            elif kind == "link" or (kind == "close" and len(outer) > 1):
                if kind == "close":
                    depth, weight, links = outer.pop()
                depth, weight, links = depth + 1, weight + _LINK, links + 1
            elif kind in ("operator", "string"):
                depth, weight, links = depth + 1 - links, weight + 1 - links * _LINK, 0
                if kind == "string":
                    self.depth = max(self.depth, depth + _nested(match.group()))
            elif kind == "elif":
                branches += 1
            elif kind == "comma" or (kind == "newline" and len(outer) == 1):
                depth, weight, _ = outer[-1]
                depth, links = depth + (len(outer) > 1), 0
            self.depth = max(self.depth, depth)
            self.weight = max(self.weight, weight)
            self.brackets = max(self.brackets, len(outer) - 1)
        self.depth = max(self.depth, branches)


def _nested(string: str) -> int:
    """Brackets that an f-string may nest."""
    return 0 if string[0] in "\"'" else sum(map(string.count, "([{"))


def with_parsed(text: str, work: Callable[[cst.Module], T]) -> T:
    """`work` on the parsed text, where the stack holds it.

    Raises cst.ParserSyntaxError, TooDeepError, and whatever `work` raises."""
    shallow = _ROOMY if has_room() else _SHALLOW
    if not _is_shallow(text, shallow):
        found = _Depth(text)
        if found.brackets > _MOST_BRACKETS or max(found.depth, found.weight) > _DEEPEST:
            raise TooDeepError
        if found.depth > shallow:
            return _on_large_stack(found.depth, lambda: work(_parse(text)))
    with _recursion_limit(_LEAST_FRAMES):
        return work(_parse(text))


def _parse(text: str) -> cst.Module:
    """The tree of a text. Its nodes are not validated one by one: that is for nodes made by hand, the native parser
    makes no others, and it costs a tenth of the time."""
    before = cst.CSTNode.__post_init__
    cst.CSTNode.__post_init__ = _trust  # type: ignore[method-assign, assignment]
    try:
        return cst.parse_module(text)
    finally:
        cst.CSTNode.__post_init__ = before  # type: ignore[method-assign]


def _trust(_node: cst.CSTNode) -> None:
    return None


def _on_large_stack(depth: int, work: Callable[[], T]) -> T:
    try:
        return run_deep(work, depth * _FRAMES_PER_LEVEL + _LEAST_FRAMES)
    except NoStackError as error:
        raise TooDeepError from error


@contextmanager
def _recursion_limit(frames: int) -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, frames))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
