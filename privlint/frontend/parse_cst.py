"""Parsing with LibCST without ever taking the process down.

LibCST's native parser recurses on the machine's stack, some kilobytes per nested bracket, and a stack that overflows
kills the process. So the depth of a text is measured first: shallow ones are parsed in place, deep ones in a thread
with a large stack, and what no Python would compile is refused.
"""

from __future__ import annotations

import re
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

SHALLOW = 60  # nested brackets and chained operators together that any stack holds
DEEPEST = 6000
_MOST_BRACKETS = 200  # the limit of Python's own tokenizer
_STACK = 512 << 20
_LEAST_FRAMES = 4000
_FRAMES_PER_LEVEL = 12  # of the deepest recursion over a tree, that of LibCST's positions

_WITHOUT_OPERATORS = dict.fromkeys(map(ord, "()[]{}.+-*/%@|&^<>~"))
_WORDS = re.compile(r"\b(?:not|lambda|if|elif|and|or|await)\b")
_TOKEN = re.compile(
    r"""(?P<string>(?i:\b[a-z]{1,2})?(?:'''(?:[^\\]|\\.)*?'''|\"""(?:[^\\]|\\.)*?\"""|'(?:[^\\\n]|\\.)*'|"(?:[^\\\n]|\\.)*"))"""
    r"|(?P<comment>\#[^\n]*)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<comma>,)|(?P<newline>\n)"
    r"|(?P<elif>\belif\b)|(?P<operator>[.+\-*/%@|&^<>~]+|\b(?:not|lambda|if|and|or|await)\b)",
    re.DOTALL,
)


class TooDeepError(Exception):
    """The text nests deeper than is analysed."""


def depth_of(text: str) -> int:
    """How deep a parser may have to recurse: brackets and the operators of one expression; an upper bound."""
    lone = len(text) - len(text.translate(_WITHOUT_OPERATORS))
    if lone <= SHALLOW:
        lone += len(_WORDS.findall(text)) + text.count("'") // 2 + text.count('"') // 2
        if lone <= SHALLOW:
            return lone
    return _measure(text)[0]


def _measure(text: str) -> tuple[int, int]:
    """(depth, nested brackets) at the deepest point."""
    counts = [0]
    running = deepest = brackets = branches = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "open":
            counts.append(0)
            running += 1
        elif kind == "close":
            if len(counts) > 1:
                running -= counts.pop() + 1
        elif kind in ("operator", "string"):
            counts[-1] += 1
            running += 1
            if kind == "string":
                deepest = max(deepest, running + _nested(match.group()))
        elif kind == "elif":
            branches += 1
        elif kind == "comma" or (kind == "newline" and len(counts) == 1):
            running -= counts[-1]
            counts[-1] = 0
        deepest = max(deepest, running)
        brackets = max(brackets, len(counts))
    return max(deepest, branches), brackets - 1


def _nested(string: str) -> int:
    """Brackets that an f-string may nest."""
    return 0 if string[0] in "\"'" else sum(map(string.count, "([{"))


def with_parsed(text: str, work: Callable[[cst.Module], T]) -> T:
    """`work` on the parsed text, where the stack holds it.

    Raises cst.ParserSyntaxError, TooDeepError, and whatever `work` raises."""
    depth = depth_of(text)
    if depth > SHALLOW:
        depth, brackets = _measure(text)
        if brackets > _MOST_BRACKETS or depth > DEEPEST:
            raise TooDeepError
        if depth > SHALLOW:
            return _on_large_stack(depth, lambda: work(cst.parse_module(text)))
    with _recursion_limit(_LEAST_FRAMES):
        return work(cst.parse_module(text))


def _on_large_stack(depth: int, work: Callable[[], T]) -> T:
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # raised again in the thread that asked
            errors.append(error)

    before = threading.stack_size(_STACK)
    try:
        thread = threading.Thread(target=run)
        with _recursion_limit(depth * _FRAMES_PER_LEVEL + _LEAST_FRAMES):
            thread.start()
            thread.join()
    except RuntimeError as error:  # the system gives no such stack
        raise TooDeepError from error
    finally:
        threading.stack_size(before)
    if errors:
        raise errors[0]
    return results[0]


@contextmanager
def _recursion_limit(frames: int) -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, frames))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
