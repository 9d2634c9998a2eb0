"""A file's bytes to its `ModuleIndex`. Never raises: what cannot be read stands as a problem in the result.

The standard library's parser reads it; a file that the running Python is too old (or too new) for is read by LibCST.
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Callable

from privlint.frontend.index_ast import Indexer
from privlint.ir import Comment, ModuleIndex, Problem

_MARKER = "privlint:"


def index_source(source: bytes) -> ModuleIndex:
    """The index of one file. A problem has code PRV902 (cannot be decoded), PRV901 (does not parse) or PRV903 (nested
    too deeply); the rest of the index is then empty."""
    text = decode_source(source)
    if isinstance(text, Problem):
        return ModuleIndex(lines=source.count(b"\n") + 1, problems=[text])
    try:
        index = _index_text(text)
    except (RecursionError, MemoryError):
        index = ModuleIndex(lines=0, problems=[Problem("PRV903", "the code is nested too deeply to be analysed")])
    index.lines = count_lines(text)
    if _MARKER in text and not index.problems:
        index.comments = find_comments(text)
    return index


def decode_source(source: bytes) -> str | Problem:
    """The text of a file by PEP 263 (coding line, byte order mark, UTF-8), or why there is none."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        text = source.decode(encoding)
    except UnicodeDecodeError as error:
        return _undecodable(source, error)
    except (SyntaxError, LookupError) as error:
        failed = _first_failure(source)
        return failed or Problem("PRV902", f"the file cannot be decoded: {error}")
    null = text.find("\0")
    if null >= 0:
        line, column = _place(text, null)
        return Problem("PRV902", "the file holds a null byte, so it is no text", line, column)
    return text


def _undecodable(source: bytes, error: UnicodeDecodeError) -> Problem:
    before = source[: error.start].decode(error.encoding, "replace")
    line, column = _place(before, len(before))
    return Problem("PRV902", f"the file is no valid {error.encoding}: byte 0x{source[error.start]:02x}", line, column)


def _first_failure(source: bytes) -> Problem | None:
    """`detect_encoding` reports bad UTF-8 in the first lines without a place."""
    try:
        source.decode("utf-8")
    except UnicodeDecodeError as error:
        return _undecodable(source, error)
    return None


def _place(text: str, offset: int) -> tuple[int, int]:
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1


def count_lines(text: str) -> int:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines.count("\n") + (0 if lines.endswith("\n") or not lines else 1)


def _index_text(text: str) -> ModuleIndex:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the parser warns of invalid escapes in the code it is given
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError) as error:
            return _index_by_libcst(text, error)
        return Indexer(_byte_columns(text)).run(tree)


def _index_by_libcst(text: str, error: Exception) -> ModuleIndex:
    from privlint.frontend.index_cst import parse_with_libcst

    tree = parse_with_libcst(text)
    if isinstance(tree, Problem):
        return ModuleIndex(lines=0, problems=[_syntax_problem(error) or tree])
    return Indexer(lambda _line, offset: offset + 1).run(tree)


def _syntax_problem(error: Exception) -> Problem | None:
    if not isinstance(error, SyntaxError) or not error.lineno:
        return None
    return Problem("PRV901", f"the file does not parse: {error.msg}", error.lineno, max(error.offset or 1, 1))


def _byte_columns(text: str) -> Callable[[int, int], int]:
    """Offsets of `ast` count bytes; columns count code points from 1."""
    if text.isascii():
        return lambda _line, offset: offset + 1
    lines: list[str] = []

    def column(line: int, offset: int) -> int:
        if not lines:
            lines.extend(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
        if offset == 0 or line > len(lines) or lines[line - 1].isascii():
            return offset + 1
        return len(lines[line - 1].encode()[:offset].decode("utf-8", "ignore")) + 1

    return column


# ------------------------------------------------------------------------------------------------------------ comments


def find_comments(text: str) -> list[Comment]:
    """Comments that begin with `privlint:`, in order; never what only looks like one inside a string."""
    found: list[Comment] = []
    reader = io.StringIO(text, newline=None)
    try:
        for token in tokenize.generate_tokens(reader.readline):
            if token.type == tokenize.COMMENT and _MARKER in token.string:
                _add_comment(found, token.string, token.start[0], token.start[1], token.line)
    except (tokenize.TokenError, SyntaxError):
        return _comments_by_libcst(text)
    return found


def _add_comment(found: list[Comment], comment: str, line: int, offset: int, whole: str) -> None:
    text = comment.lstrip("#").lstrip()
    if text.startswith(_MARKER):
        own_line = not whole[:offset].strip()
        found.append(Comment(line, offset + 1, text[len(_MARKER) :].strip(), own_line))


def _comments_by_libcst(text: str) -> list[Comment]:
    from privlint.frontend.index_cst import comments_with_libcst

    found: list[Comment] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for comment, line, offset in comments_with_libcst(text):
        if _MARKER in comment:
            _add_comment(found, comment, line, offset, lines[line - 1])
    return found
