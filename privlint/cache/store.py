"""Bytes by key in one SQLite file, and what is known of files by their stat. Any trouble turns the store off."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

APPLICATION = 0x70726C74  # "prlt": tells this file from any other database
LAYOUT = 1
KEPT_RUNS = 30
MAX_BYTES = 512 * 1024 * 1024
_WAIT = 2.0  # seconds for another run to finish writing
_CHUNK = 500

FileState = tuple[int, int, int, int]  # size, mtime and ctime in nanoseconds, inode

_SCHEMA = """
create table record (key blob primary key, used integer not null, value blob not null);
create table file (path text primary key, used integer not null, size integer, mtime integer, ctime integer,
                   inode integer, hash blob not null) without rowid;
create table run (number integer primary key);
"""


class Store:
    """`note` says why the store is off, "" while it works. Reads see the state at opening; writes are kept in memory
    until `save` or `commit`, each one transaction: what an interrupted run leaves is whole.

    What no run has used for KEPT_RUNS commits is dropped, then the longest unused down to MAX_BYTES."""

    def __init__(self, path: Path | None, note: str = "") -> None:
        self.note = note
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._records: dict[bytes, bytes] = {}
        self._files: dict[str, tuple[FileState, bytes]] = {}
        self._used: set[bytes] = set()
        if path is not None:
            self._open(path)

    @property
    def enabled(self) -> bool:
        return self._connection is not None

    def get(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The records that exist, those put in this run included."""
        wanted = list(keys)
        found = {key: self._records[key] for key in wanted if key in self._records}
        rows = self._select("select key, value from record where key in", [key for key in wanted if key not in found])
        found.update(rows)
        self._used.update(found)
        return found

    def put(self, records: Mapping[bytes, bytes]) -> None:
        if self.enabled:
            self._records.update(records)

    def drop(self, key: bytes) -> None:
        """Forgets a record that cannot be read."""
        self._records.pop(key, None)
        self._execute("delete from record where key = ?", [(key,)])

    def files(self, prefix: str) -> dict[str, tuple[FileState, bytes]]:
        """What is recorded of the files below a folder: its path with a slash at the end."""
        if self._connection is None:
            return {}
        query = "select path, size, mtime, ctime, inode, hash from file where path >= ? and path < ?"
        try:
            rows = self._connection.execute(query, (prefix, prefix[:-1] + "0")).fetchall()  # "0" follows "/"
        except sqlite3.Error as error:
            self._turn_off(error)
            return {}
        return {path: ((size, mtime, ctime, inode), found) for path, size, mtime, ctime, inode, found in rows}

    def put_files(self, files: Mapping[str, tuple[FileState, bytes]]) -> None:
        if self.enabled:
            self._files.update(files)

    def save(self) -> None:
        """Writes what was put so far."""
        if self._connection is None or not self._records:
            return
        try:
            with self._connection:
                self._connection.execute("begin immediate")
                (run,) = self._connection.execute("select coalesce(max(number), 0) + 1 from run").fetchone()
                self._insert(self._connection, run)
        except sqlite3.Error as error:
            self._turn_off(error)
        self._used.update(self._records)
        self._records = {}

    def commit(self) -> None:
        """Writes what was put, marks what was used, and drops what is old."""
        if self._connection is None or not (self._records or self._files):
            return
        try:
            with self._connection:
                self._connection.execute("begin immediate")
                self._write(self._connection)
        except sqlite3.Error as error:
            self._turn_off(error)
        self._records, self._files = {}, {}

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # ---------------------------------------------------------------- opening

    def _open(self, path: Path) -> None:
        try:
            self._connection = self._connect(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and not path.is_file():
                self._turn_off(error)
                return
            if "locked" in str(error) or "readonly" in str(error):
                self._turn_off(error)
                return
            self._replace(path)

    def _replace(self, path: Path) -> None:
        """Starts anew over a file that is damaged or no cache of ours."""
        try:
            for end in ("", "-journal", "-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)
            self._connection = self._connect(path)
        except (sqlite3.Error, OSError) as error:
            self._turn_off(error)

    @staticmethod
    def _connect(path: Path) -> sqlite3.Connection:
        """Raises sqlite3.DatabaseError if the file is not ours."""
        connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("pragma synchronous = off")
            connection.execute("pragma trusted_schema = off")
            if not connection.execute("select count(*) from sqlite_master").fetchone()[0]:
                script = f"begin immediate; pragma application_id = {APPLICATION}; pragma user_version = {LAYOUT};"
                with suppress(sqlite3.OperationalError):  # another run was first
                    connection.executescript(f"{script} {_SCHEMA} commit;")
            written = (
                connection.execute("pragma application_id").fetchone()[0],
                connection.execute("pragma user_version").fetchone()[0],
            )
            if written != (APPLICATION, LAYOUT):
                raise sqlite3.DatabaseError("made by another program or version")
        except BaseException:
            connection.close()
            raise
        return connection

    # ---------------------------------------------------------------- statements

    def _select(self, query: str, keys: list[bytes]) -> list[tuple[bytes, bytes]]:
        rows: list[tuple[bytes, bytes]] = []
        if self._connection is None:
            return rows
        try:
            for start in range(0, len(keys), _CHUNK):
                chunk = keys[start : start + _CHUNK]
                rows += self._connection.execute(f"{query} ({','.join('?' * len(chunk))})", chunk).fetchall()
        except sqlite3.Error as error:
            self._turn_off(error)
            return []
        return rows

    def _execute(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        if self._connection is None:
            return
        try:
            self._connection.executemany(statement, rows)
        except sqlite3.Error as error:
            self._turn_off(error)

    def _write(self, connection: sqlite3.Connection) -> None:
        connection.execute("insert into run default values")
        (run,) = connection.execute("select max(number) from run").fetchone()
        connection.execute("delete from run where number < ?", (run,))
        self._insert(connection, run)
        connection.executemany("update record set used = ? where key = ?", [(run, key) for key in self._used])
        connection.executemany(
            "insert or replace into file values (?, ?, ?, ?, ?, ?, ?)",
            [(path, run, *state, content) for path, (state, content) in self._files.items()],
        )
        connection.execute("delete from record where used <= ?", (run - KEPT_RUNS,))
        connection.execute("delete from file where used <= ?", (run - KEPT_RUNS * 10,))
        self._shrink(connection)

    def _insert(self, connection: sqlite3.Connection, run: int) -> None:
        rows = [(key, run, value) for key, value in self._records.items()]
        connection.executemany("insert or replace into record values (?, ?, ?)", rows)

    @staticmethod
    def _shrink(connection: sqlite3.Connection) -> None:
        (total,) = connection.execute("select coalesce(sum(length(value)), 0) from record").fetchone()
        if total <= MAX_BYTES:
            return
        oldest = connection.execute("select key, length(value) from record order by used, key").fetchall()
        for key, size in oldest:
            if total <= MAX_BYTES:
                break
            connection.execute("delete from record where key = ?", (key,))
            total -= size

    def _turn_off(self, error: Exception) -> None:
        self.note = f"the cache is not used: {error}"
        self.close()
