"""Content hashes of files, read only where the stat cannot stand for the content."""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from privlint.cache.store import FileState, Store

# A file written within this time (ns) before it is recorded may change again without its stat showing it.
RACY = 2_000_000_000


def hash_content(content: bytes) -> bytes:
    """16 bytes."""
    return hashlib.blake2b(content, digest_size=16).digest()


class Hashes:
    """Hashes of the files below `root`, by path relative to it. `contents` are those that had to be read,
    `unreadable` the reason for those that could not."""

    def __init__(self, store: Store, root: Path) -> None:
        self.contents: dict[str, bytes] = {}
        self.unreadable: dict[str, str] = {}
        self._store = store
        self._prefix = root.as_posix().rstrip("/") + "/"
        self._known = store.files(self._prefix)

    def of(self, names: Iterable[str]) -> dict[str, bytes]:
        """Content hash per name; unreadable files have none."""
        fresh: dict[str, tuple[FileState, bytes]] = {}
        found: dict[str, bytes] = {}
        now = time.time_ns()
        for name in names:
            path = self._prefix + name
            try:
                state = _state_of(os.stat(path))  # noqa: PTH116 - once per file of every run
                known = self._known.get(path)
                if known and known[0] == state:
                    found[name] = known[1]
                    continue
                content = _read(path)
            except OSError as error:
                self.unreadable[name] = error.strerror or str(error)
                continue
            self.contents[name] = content
            found[name] = hash_content(content)
            if now - max(state[1], state[2]) > RACY:
                fresh[_text(path)] = (state, found[name])
        self._store.put_files(fresh)
        return found


def _read(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 - once per file of every run
        return file.read()


def _state_of(stat: os.stat_result) -> FileState:
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


def _text(path: str) -> str:
    """SQLite takes no lone surrogates, which stand for bytes of a name that are no UTF-8."""
    return path.encode("utf-8", "replace").decode("utf-8")


def combine(parts: Mapping[str, bytes]) -> bytes:
    """One hash over named parts, in the order of names."""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(parts):
        digest.update(f"{len(name)}:{name}".encode("utf-8", "surrogateescape"))
        digest.update(len(parts[name]).to_bytes(8, "little") + parts[name])
    return digest.digest()
