"""The pipeline without a disk, and that neither workers nor the cache change what is found."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest

from privlint.cache import Records, Store, hash_content, tool_key
from privlint.diagnostics import Diagnostic
from privlint.engine import Progress, RunOptions, analyse_sources, indexing, lowering, relate_paths, run_program
from privlint.engine.sources import Sources, in_memory
from privlint.engine.workers import Workers
from privlint.project import ProjectError, find_programs
from tests.projects import BROKEN, POLICY, write_files
from tests.test_cli import APP, SUPPORT, VIEWS

TODAY = datetime.date(2026, 11, 23)
FILES = {"app/__init__.py": "", "app/models.py": APP, "app/views.py": VIEWS}


def found(diagnostics: list[Diagnostic]) -> list[tuple[str, str, int]]:
    return [(each.code, each.path, each.line) for each in diagnostics]


# ----------------------------------------------------------------------------------------------------------- in memory


def test_files_and_a_policy_become_diagnostics() -> None:
    (diagnostic,) = analyse_sources(FILES, SUPPORT, today=TODAY)
    assert found([diagnostic]) == [("PRV601", "app/models.py", 14)]
    assert diagnostic.frame == (13, ("def tag(value):", '    logging.info("user %s", value)'))
    assert diagnostic.trace[0].path == "app/models.py"
    assert diagnostic.fingerprint


def test_the_order_of_files_does_not_matter() -> None:
    backwards = dict(reversed(FILES.items()))
    assert analyse_sources(backwards, SUPPORT, today=TODAY) == analyse_sources(FILES, SUPPORT, today=TODAY)


def test_errors_of_the_policy_are_the_only_findings() -> None:
    diagnostics = analyse_sources({"a.py": BROKEN}, "[policy]\nhom = 1\n")
    assert found(diagnostics) == [("PRV001", "privlint.toml", 2)]
    assert diagnostics[0].frame == (1, ("[policy]", "hom = 1"))


def test_a_policy_may_name_files_beside_it() -> None:
    files = {**FILES, "more.toml": '[code]\napp = "support"\n', "PRIVACY.md": "# Privacy\n"}
    policy = SUPPORT.replace('[code]\napp = "support"\n', "").replace(
        "[policy]\n", '[policy]\nextends = "more.toml"\nprose = "PRIVACY.md"\n'
    )
    assert found(analyse_sources(files, policy, today=TODAY)) == [("PRV601", "app/models.py", 14)]


def test_a_comment_silences_with_a_reason() -> None:
    line = '    logging.info("user %s", value)'
    silenced = APP.replace(line, f"{line}  # privlint: ignore[PRV601] -- short lived debug log")
    diagnostics = analyse_sources({**FILES, "app/models.py": silenced}, SUPPORT, today=TODAY)
    assert [(each.code, each.suppressed) for each in diagnostics] == [("PRV601", "short lived debug log")]


def test_paths_are_shown_from_the_current_folder(tmp_path: Path) -> None:
    diagnostics = analyse_sources(FILES, SUPPORT, today=TODAY)
    (shown,) = relate_paths(diagnostics, tmp_path, tmp_path / "app")
    assert shown.path == "models.py"
    assert {step.path for step in shown.trace} <= {"models.py", "views.py"}
    (shown,) = relate_paths(diagnostics, tmp_path / "project", tmp_path)
    assert shown.path == "project/app/models.py"
    (shown,) = relate_paths(diagnostics, tmp_path, tmp_path / "web")
    assert shown.path == "app/models.py"


# ------------------------------------------------------------------------------------------------------------- workers


@pytest.fixture
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every program were large."""
    monkeypatch.setattr(indexing, "PARALLEL_BYTES", 0)
    monkeypatch.setattr(indexing, "BATCH_BYTES", 1)
    monkeypatch.setattr(lowering, "PARALLEL_LINES", 0)
    monkeypatch.setattr(lowering, "STARTING_LINES", 0)


@pytest.mark.usefixtures("_eager")
def test_workers_find_the_same() -> None:
    one = analyse_sources(FILES, SUPPORT, today=TODAY, jobs=1)
    assert analyse_sources(FILES, SUPPORT, today=TODAY, jobs=2) == one


@pytest.mark.usefixtures("_eager")
@pytest.mark.parametrize("cached", [False, True])
def test_a_run_from_disk_finds_the_same_with_any_executor_and_cache(tmp_path: Path, cached: bool) -> None:
    write_files(tmp_path, {**FILES, "privlint.toml": SUPPORT})
    (program,) = find_programs([tmp_path])
    expected = analyse_sources(FILES, SUPPORT, today=TODAY)
    with ThreadPoolExecutor(2) as executor:
        for number in range(3):
            write_files(tmp_path, {"app/__init__.py": f"# {number}\n"})  # no stored result fits
            options = RunOptions(cache=cached, today=TODAY, executor=executor, jobs=2)
            outcome = run_program(program, options)
            assert not outcome.replayed
            assert outcome.diagnostics == expected
            assert outcome.summary.files == 3


def test_only_what_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path, {**FILES, "privlint.toml": SUPPORT})
    (program,) = find_programs([tmp_path])
    run_program(program, RunOptions(today=TODAY, jobs=1))
    indexed: list[bytes] = []
    lowered: list[bytes] = []
    index_batch, lower_batch = indexing.index_batch, lowering.lower_batch

    def watch_indexing(batch: list[bytes]) -> list[bytes]:
        indexed.extend(batch)
        return index_batch(batch)

    def watch_lowering(task: tuple[bytes, list[lowering.Arguments]]) -> list[bytes]:
        lowered.append(task[0])
        return lower_batch(task)

    monkeypatch.setattr(indexing, "index_batch", watch_indexing)
    monkeypatch.setattr(lowering, "lower_batch", watch_lowering)
    changed = VIEWS + "\n\nX = 1\n"
    write_files(tmp_path, {"app/views.py": changed})
    run_program(program, RunOptions(today=TODAY, jobs=1))
    assert indexed == [changed.encode()]
    assert set(lowered) <= {changed.encode()}


class BrokenPool(Executor):
    """Dies after the first result."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if args[0] == 0:
            future.set_result(fn(*args, **kwargs))
        else:
            future.set_exception(BrokenExecutor("killed"))
        return future


def test_work_goes_on_without_processes() -> None:
    with Workers(2, BrokenPool()) as workers:
        assert list(workers.map(str, [0, 1, 2, 3], parallel=True)) == ["0", "1", "2", "3"]
        assert workers.jobs == 1


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc who lives")
def test_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    script = (
        "import os, time\n"
        "from privlint.engine.workers import Workers\n"
        "def pid(_):\n    time.sleep(0.2)\n    return os.getpid()\n"
        "with Workers(2) as workers:\n"
        "    print(*set(workers.map(pid, range(4), parallel=True)), flush=True)\n"
        "    time.sleep(60)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout is not None
        workers = [int(word) for word in parent.stdout.readline().split()]
        parent.send_signal(signal.SIGKILL)
    assert workers
    for _ in range(200):
        if not any(is_running(worker) for worker in workers):
            break
        time.sleep(0.05)
    assert not any(is_running(worker) for worker in workers)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


# ------------------------------------------------------------------------------------------------------------- sources


def test_a_file_that_changes_during_the_run_stops_it() -> None:
    hashes = in_memory({"a.py": b"x = 1\n"}).hashes
    sources = Sources(hashes, {}, lambda _: b"x = 2\n", {})
    with pytest.raises(ProjectError, match=r"a\.py: changed while it was analysed"):
        sources.content("a.py")


def test_a_file_that_goes_during_the_run_stops_it(tmp_path: Path) -> None:
    hashes = in_memory({"a.py": b"x = 1\n"}).hashes
    sources = Sources(hashes, {}, lambda path: (tmp_path / path).read_bytes(), {})
    with pytest.raises(ProjectError, match=r"a\.py: cannot be read any more"):
        sources.content("a.py")


def test_lines_are_those_of_python() -> None:
    sources = in_memory(
        {"a.py": b"a\r\nb\x0cc\rd\n", "b.py": "# coding: latin-1\n# \xe9".encode("latin-1"), "c.py": b""}
    )
    assert sources.lines("a.py") == ["a", "b\x0cc", "d"]
    assert sources.lines("b.py") == ["# coding: latin-1", "# \xe9"]
    assert sources.lines("c.py") == []
    assert sources.lines("elsewhere.py") == []


def test_a_unit_record_that_does_not_decode_is_made_again(tmp_path: Path) -> None:
    write_files(tmp_path, {**FILES, "privlint.toml": SUPPORT})
    (program,) = find_programs([tmp_path])
    expected = run_program(program, RunOptions(today=TODAY)).diagnostics
    database = tmp_path / ".privlint_cache/cache.sqlite3"
    store = Store(database)
    records = Records(store, tool_key())
    for text in (APP, VIEWS):
        content = hash_content(text.encode())
        units = records.load_units(content)
        assert units
        records.keep_units(content, dict.fromkeys(units, msgspec.msgpack.encode(["no unit"])))
    store.commit()
    store.close()
    write_files(tmp_path, {"app/__init__.py": "# changed\n"})
    assert run_program(program, RunOptions(today=TODAY)).diagnostics == expected


def test_the_policy_alone_is_the_program_of_nothing(tmp_path: Path) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY})
    with pytest.raises(ProjectError, match="no Python file"):
        find_programs([tmp_path])


def test_a_stage_that_another_one_interrupts_is_shown_again() -> None:
    class Shown(Progress):
        def __init__(self) -> None:
            self.names: list[tuple[str, int]] = []

        def begin(self, name: str, total: int) -> None:
            self.names.append((name, total))

    shown = Shown()
    with shown.stage("following data"), shown.stage("reading", 3) as advance:
        advance(3)
    with shown.stage("checking"):
        pass
    assert shown.names == [("following data", 0), ("reading", 3), ("following data", 0), ("checking", 0)]
