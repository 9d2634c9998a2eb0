"""The cache: what it keeps, when it is refused, and that nothing in it can break a run."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from privlint.cache import (
    CacheError,
    Hashes,
    Records,
    Store,
    StoredRun,
    TrackedCacheError,
    cache_folder,
    clean,
    hash_content,
    prepare,
)
from privlint.cache import store as store_module
from privlint.diagnostics import Summary
from privlint.ir import Body, Const, Import, ModuleIndex, Place, Return, UnitIR
from tests.projects import git, write_files

TOOL = b"t" * 16
INDEX = ModuleIndex(lines=3, imports=[Import("os", "os", "", 0, 1)])
UNIT = UnitIR("f", 0, [Body("", -1, [], [Const(0, 1), Return(1, 0, ())])])


_OPEN: list[Store] = []


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    while _OPEN:
        _OPEN.pop().close()


def opened(path: Path | None) -> Store:
    _OPEN.append(Store(path))
    return _OPEN[-1]


def reopen(store: Store, path: Path) -> Store:
    store.commit()
    store.close()
    return opened(path)


# -------------------------------------------------------------------------------------------------------------- folder


def test_the_folder_lies_in_the_project_unless_it_is_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRIVLINT_CACHE_DIR", raising=False)
    assert cache_folder(tmp_path) == tmp_path / ".privlint_cache"
    monkeypatch.setenv("PRIVLINT_CACHE_DIR", str(tmp_path / "elsewhere"))
    assert cache_folder(tmp_path) == tmp_path / "elsewhere"


def test_the_folder_is_marked_and_git_ignores_it(tmp_path: Path) -> None:
    git(tmp_path, "init")
    path = prepare(tmp_path / "deep/.privlint_cache")
    opened(path).close()
    assert (path.parent / ".gitignore").read_text() == "*\n"
    assert (path.parent / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
    git(tmp_path, "add", "-A")
    prepare(path.parent)  # nothing of it was added


def test_a_folder_that_git_tracks_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init")
    path = prepare(tmp_path / ".privlint_cache")
    opened(path).close()
    git(tmp_path, "add", "--force", ".privlint_cache")
    with pytest.raises(TrackedCacheError, match="git tracks"):
        prepare(tmp_path / ".privlint_cache")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    write_files(tmp_path, {".privlint_cache": "a file"})
    with pytest.raises(CacheError, match="cannot be written"):
        prepare(tmp_path / ".privlint_cache")


def test_clean_removes_what_privlint_made_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    opened(prepare(folder)).close()
    assert clean(folder)
    assert not folder.exists()
    assert not clean(folder)
    opened(prepare(folder)).close()
    write_files(folder, {"mine.txt": "x"})
    assert clean(folder)
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


# --------------------------------------------------------------------------------------------------------------- store


def test_records_last(tmp_path: Path) -> None:
    path = tmp_path / "db"
    store = opened(path)
    store.put({b"a": b"1", b"b": b"2"})
    assert store.get([b"a", b"c"]) == {b"a": b"1"}
    store = reopen(store, path)
    assert store.get([b"a", b"b", b"c"]) == {b"a": b"1", b"b": b"2"}
    assert (store.note, store.enabled) == ("", True)


def test_many_keys_at_once(tmp_path: Path) -> None:
    path = tmp_path / "db"
    store = opened(path)
    records = {str(number).encode(): b"x" for number in range(1234)}
    store.put(records)
    assert reopen(store, path).get(records) == records


def test_an_interrupted_run_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "db"
    store = opened(path)
    store.put({b"a": b"1"})
    store = reopen(store, path)
    store.put({b"a": b"2", b"b": b"3"})
    store.close()
    assert opened(path).get([b"a", b"b"]) == {b"a": b"1"}


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_or_foreign_file_is_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "db"
    path.write_bytes(content)
    store = opened(path)
    store.put({b"a": b"1"})
    assert reopen(store, path).get([b"a"]) == {b"a": b"1"}


def test_a_database_of_somebody_else_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "db"
    other = sqlite3.connect(path)
    other.execute("create table record (key blob, used integer, value blob)")
    other.commit()
    other.close()
    store = opened(path)
    store.put({b"a": b"1"})
    assert reopen(store, path).get([b"a"]) == {b"a": b"1"}


def test_a_truncated_database_turns_the_store_off_or_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "db"
    store = opened(path)
    store.put({bytes([number]) * 8: b"x" * 5000 for number in range(50)})
    store.commit()
    store.close()
    path.write_bytes(path.read_bytes()[:20000])
    store = opened(path)
    store.get([bytes([number]) * 8 for number in range(50)])
    store.put({b"a": b"1"})
    store.commit()
    store.close()
    again = opened(path)
    again.put({b"b": b"2"})
    again.commit()
    assert again.enabled or again.note


def test_a_locked_store_is_not_waited_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "_WAIT", 0.01)
    path = tmp_path / "db"
    opened(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin exclusive")
    store = opened(path)
    store.put({b"a": b"1"})
    assert store.get([b"a"]) in ({}, {b"a": b"1"})
    store.commit()
    assert "locked" in store.note
    other.execute("rollback")
    other.close()
    assert opened(path).get([b"a"]) == {}


def test_two_runs_at_once_both_write(tmp_path: Path) -> None:
    path = tmp_path / "db"
    one, two = opened(path), opened(path)
    one.put({b"a": b"1"})
    two.put({b"b": b"2"})
    one.commit()
    two.commit()
    assert opened(path).get([b"a", b"b"]) == {b"a": b"1", b"b": b"2"}


def test_a_folder_that_cannot_hold_a_database_turns_the_store_off(tmp_path: Path) -> None:
    store = opened(tmp_path / "nowhere" / "db")
    store.put({b"a": b"1"})
    store.commit()
    assert not store.enabled
    assert "not used" in store.note
    assert store.get([b"a"]) == {}


def test_what_no_run_uses_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "KEPT_RUNS", 3)
    path = tmp_path / "db"
    store = opened(path)
    store.put({b"used": b"1", b"unused": b"2"})
    for number in range(4):
        store = reopen(store, path)
        store.get([b"used"])
        store.put({b"%d" % number: b"x"})
    store = reopen(store, path)
    assert store.get([b"used", b"unused", b"0", b"3"]) == {b"used": b"1", b"3": b"x"}


def test_the_size_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "MAX_BYTES", 1000)
    path = tmp_path / "db"
    store = opened(path)
    for number in range(5):
        store.put({bytes([number]): b"x" * 400})
        store = reopen(store, path)
    assert sorted(store.get([bytes([number]) for number in range(5)])) == [b"\3", b"\4"]


# -------------------------------------------------------------------------------------------------------------- hashes


@pytest.fixture
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns() + 60 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: now)


@pytest.mark.usefixtures("_later")
def test_a_stat_stands_for_the_content_while_it_is_the_same(tmp_path: Path) -> None:
    database, root = tmp_path / "db", write_files(tmp_path / "root", {"a.py": "x = 1\n", "b.py": "y = 2\n"})
    store = opened(database)
    first = Hashes(store, root)
    expected = {"a.py": hash_content(b"x = 1\n"), "b.py": hash_content(b"y = 2\n")}
    assert first.of(["a.py", "b.py"]) == expected
    assert sorted(first.contents) == ["a.py", "b.py"]
    second = Hashes(reopen(store, database), root)
    assert second.of(["a.py", "b.py"]) == expected
    assert second.contents == {}


@pytest.mark.usefixtures("_later")
def test_a_change_of_equal_size_and_time_is_seen(tmp_path: Path) -> None:
    database, root = tmp_path / "db", write_files(tmp_path / "root", {"a.py": "x = 1\n"})
    store = opened(database)
    Hashes(store, root).of(["a.py"])
    before = (root / "a.py").stat()
    (root / "a.py").write_text("x = 2\n")
    os.utime(root / "a.py", ns=(before.st_atime_ns, before.st_mtime_ns))  # the ctime tells
    assert Hashes(reopen(store, database), root).of(["a.py"]) == {"a.py": hash_content(b"x = 2\n")}


def test_a_file_that_was_just_written_is_read_again(tmp_path: Path) -> None:
    database, root = tmp_path / "db", write_files(tmp_path / "root", {"a.py": "x = 1\n"})
    store = opened(database)
    Hashes(store, root).of(["a.py"])
    again = Hashes(reopen(store, database), root)
    again.of(["a.py"])
    assert again.contents == {"a.py": b"x = 1\n"}


def test_an_unreadable_file_has_a_reason(tmp_path: Path) -> None:
    write_files(tmp_path, {"folder.py/x": ""})
    hashes = Hashes(opened(None), tmp_path)
    assert hashes.of(["folder.py", "gone.py"]) == {}
    assert hashes.unreadable == {"folder.py": "Is a directory", "gone.py": "No such file or directory"}


@pytest.mark.usefixtures("_later")
def test_folders_beside_each_other_are_kept_apart(tmp_path: Path) -> None:
    database = tmp_path / "db"
    store = opened(database)
    for name in ("a", "a-b", "a0"):
        Hashes(store, write_files(tmp_path / name, {"x.py": f"{name!r}\n"})).of(["x.py"])
    store = reopen(store, database)
    assert list(store.files((tmp_path / "a").as_posix() + "/")) == [(tmp_path / "a/x.py").as_posix()]


# ------------------------------------------------------------------------------------------------------------- records


def test_records_are_typed_and_keyed_by_content(tmp_path: Path) -> None:
    path = tmp_path / "db"
    store = opened(path)
    records = Records(store, TOOL)
    records.keep_indexes({b"one": msgspec.msgpack.encode(INDEX)})
    records.keep_units(b"one", {"function:f#0": msgspec.msgpack.encode(UNIT)})
    records.keep_places(b"one", {"function:f#0": {0: (Place(1, 1, 1, 2), "f()")}})
    records.keep_run(b"key", StoredRun([], Summary(files=2)))
    records.keep_inputs(b"key", ["PRIVACY.md"])
    records = Records(reopen(store, path), TOOL)
    assert records.load_indexes([b"one", b"two"]) == {b"one": INDEX}
    (encoded,) = records.load_units(b"one").values()
    assert records.decode_unit(encoded) == UNIT
    assert records.load_places(b"one") == {"function:f#0": {0: (Place(1, 1, 1, 2), "f()")}}
    assert records.load_run(b"key") == StoredRun([], Summary(files=2))
    assert records.load_inputs(b"key") == ["PRIVACY.md"]
    assert records.load_units(b"two") == {}
    assert records.load_run(b"other") is None


def test_records_of_another_version_are_not_seen(tmp_path: Path) -> None:
    store = opened(tmp_path / "db")
    Records(store, TOOL).keep_run(b"key", StoredRun([], Summary()))
    assert Records(store, b"u" * 16).load_run(b"key") is None


def test_a_record_that_does_not_decode_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "db"
    store = opened(path)
    records = Records(store, TOOL)
    records.keep_indexes({b"one": b"\xc1 no msgpack"})
    records.keep_run(b"key", StoredRun([], Summary()))
    store = reopen(store, path)
    records = Records(store, TOOL)
    assert records.load_indexes([b"one"]) == {}
    assert records.load_run(b"key") is not None
    records.keep_inputs(b"x", [])
    raw = sqlite3.connect(path)
    assert raw.execute("select count(*) from record").fetchone() == (1,)
    raw.close()
