"""The bytes of the program's files, read when they are needed and decoded once."""

from __future__ import annotations

import io
import tokenize
from typing import TYPE_CHECKING

from privlint.cache import hash_content
from privlint.project import ProjectError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Sources:
    """`hashes` are the content hashes by path; a file that cannot be read has none, and its reason in `unreadable`.

    `given` are contents that stand nowhere else; `read` fetches a file that is not among `contents`. A content that
    does not have its hash any more, because the file changed during the run, raises ProjectError: what was found before
    would not fit what is found now."""

    def __init__(
        self,
        hashes: Mapping[str, bytes],
        contents: Mapping[str, bytes],
        read: Callable[[str], bytes],
        unreadable: Mapping[str, str],
        given: Mapping[str, bytes] | None = None,
    ) -> None:
        self.hashes = hashes
        self.unreadable = unreadable
        self._contents = dict(contents)
        self._given = given or {}
        self._read = read
        self._lines: dict[str, list[str]] = {}

    @property
    def paths(self) -> list[str]:
        return sorted({*self.hashes, *self.unreadable})

    def let_go(self) -> None:
        """Forgets what can be read again: few files are asked for once all are indexed, and all together are large."""
        self._contents.clear()

    def content(self, path: str) -> bytes:
        found = self._given.get(path, self._contents.get(path))
        if found is None:
            try:
                found = self._read(path)
            except OSError as error:
                raise ProjectError(f"{path}: cannot be read any more: {error.strerror}") from error
            if hash_content(found) != self.hashes[path]:
                raise ProjectError(f"{path}: changed while it was analysed; run again")
        return found

    def lines(self, path: str) -> list[str]:
        """Lines as Python counts them, for showing; none for a file that is not there."""
        if path not in self._lines:
            readable = path in self.hashes
            self._lines[path] = split_lines(decode(self.content(path))) if readable else []
        return self._lines[path]


def in_memory(files: Mapping[str, bytes]) -> Sources:
    """Sources without a disk."""

    def read(path: str) -> bytes:
        raise FileNotFoundError(2, "no such file", path)

    return Sources({path: hash_content(content) for path, content in files.items()}, {}, read, {}, files)


def decode(content: bytes) -> str:
    """The text of a Python file by its declared encoding; what does not fit is replaced, for it is only shown."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return content.decode(encoding, "replace")
    except (SyntaxError, LookupError):
        return content.decode("utf-8", "replace")


def split_lines(text: str) -> list[str]:
    """Lines without their ends, as Python and TOML count them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]
