"""Input that nobody should have to explain: every case is a finding or one line, and never a traceback."""

from __future__ import annotations

import codecs
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from privlint.cli import run
from tests.projects import CLEAN, POLICY, git, write_files


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check(
    folder: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str | bytes], policy: str = POLICY
) -> tuple[int, list[dict[str, Any]], dict[str, int]]:
    write_files(folder, {"privlint.toml": policy, "good.py": CLEAN, **files})
    code = run(["check", "--no-cache", "--output-format", "json"])
    captured = capsys.readouterr()
    assert captured.err == ""
    report = json.loads(captured.out)
    return code, report["diagnostics"], report["summary"]


@pytest.mark.parametrize(
    ("content", "expected", "place"),
    [
        (b"def f(:\n", "PRV901", (1, 7)),
        (b"x = 1\nreturn = 2\n", "PRV901", (2, 8)),
        (b"if x:\nprint()\n", "PRV901", (2, 1)),
        (b"x = '''\n", "PRV901", (1, 5)),
        (b"print 'hello'\n", "PRV901", (1, 1)),
        (b"x = '\xff'\n", "PRV902", (1, 6)),
        (b"# coding: no-such-coding\nx = 1\n", "PRV902", (1, 1)),
        (b"x = 1\n\0\n", "PRV902", (2, 1)),
        (b"\x7fELF\x02\x01\0\0" + bytes(range(256)), "PRV902", None),
    ],
)
def test_a_file_that_cannot_be_read_as_python_is_a_finding(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: bytes,
    expected: str,
    place: tuple[int, int] | None,
) -> None:
    code, diagnostics, summary = check(tmp_path, capsys, {"bad.py": content})
    assert [(each["code"], each["path"]) for each in diagnostics] == [(expected, "bad.py")]
    assert place is None or (diagnostics[0]["line"], diagnostics[0]["column"]) == place
    assert (code, summary["files"], summary["not_analysed"]) == (1, 2, 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"# only a comment",
        codecs.BOM_UTF8 + b"x = 1\n",
        b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
        b"x = 1\r\ny = 2\r\n",
        b"x = 1\ry = 2\r",
        b"x = 1\n\x0c\ny = 2\n",
        b"match x:\n    case [a, *b]:\n        pass\n",
        b"async def f():\n    return [x async for x in y]\n",
        "名前 = 'ü'\n".encode(),
        b"x = " + b"[" * 80 + b"]" * 80 + b"\n",
        b"x = [" + b"'some text', " * 100_000 + b"]\n",
        b"".join(b"def f%d(a):\n    return a\n" % number for number in range(5_000)),
    ],
)
def test_unusual_python_is_no_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    code, diagnostics, summary = check(tmp_path, capsys, {"odd.py": content})
    assert (code, diagnostics, summary["files"]) == (0, [], 2)


@pytest.mark.parametrize(
    "content",
    [
        b"x = " + b"(" * 1000 + b")" * 1000 + b"\n",
        b"x = " + b" + ".join([b"1"] * 3000) + b"\n",
        b"x = " + b"-" * 20000 + b"1\n",
        b"x = a" + b".b" * 20000 + b"\n",
        b"".join(b" " * level + b"if x:\n" for level in range(90)) + b" " * 90 + b"pass\n",
    ],
)
def test_deep_nesting_is_at_most_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    code, diagnostics, _ = check(tmp_path, capsys, {"deep.py": content})
    assert {each["code"] for each in diagnostics} <= {"PRV901", "PRV903"}
    assert code == bool(diagnostics)


def test_newer_syntax_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    newer = b"type Email = str\n\n\ndef first[T](items: list[T]) -> T:\n    return items[0]\n"
    code, diagnostics, _ = check(tmp_path, capsys, {"new.py": newer})
    assert (code, diagnostics) == (0, [])


def test_a_large_file_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = b"".join(b"NAME_%06d = ('value', %d)  # some words to make it long\n" % (n, n) for n in range(90_000))
    assert len(lines) > 5_000_000
    code, diagnostics, _ = check(tmp_path, capsys, {"large.py": lines})
    assert (code, diagnostics) == (0, [])


def test_a_folder_and_a_pipe_with_the_name_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    code, diagnostics, summary = check(tmp_path, capsys, {})
    assert (code, diagnostics, summary["files"]) == (0, [], 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="everything is readable for root")
def test_a_file_without_permission_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(tmp_path, {"closed.py": CLEAN})
    (tmp_path / "closed.py").chmod(0)
    code, diagnostics, _ = check(tmp_path, capsys, {})
    assert [(each["code"], each["path"]) for each in diagnostics] == [("PRV902", "closed.py")]
    assert code == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="everything is readable for root")
def test_a_folder_without_permission_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN, "closed/b.py": CLEAN})
    (tmp_path / "closed").chmod(0)
    try:
        assert run(["check"]) == 2
        assert capsys.readouterr().err == "privlint: closed: the folder cannot be read: Permission denied\n"
    finally:
        (tmp_path / "closed").chmod(0o755)


@pytest.mark.skipif(os.geteuid() == 0, reason="everything is readable for root")
@pytest.mark.parametrize("with_git", [True, False])
def test_files_that_can_be_listed_and_not_read_are_findings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], with_git: bool
) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN, "closed/b.py": CLEAN})
    if with_git:
        git(tmp_path, "init")
        git(tmp_path, "add", "-A")
    (tmp_path / "closed").chmod(stat.S_IRUSR)
    try:
        assert run(["check", "--output-format", "concise"]) == 1
        assert capsys.readouterr().out.startswith("closed/b.py:1:1: PRV902 the file cannot be read: Permission denied")
    finally:
        (tmp_path / "closed").chmod(stat.S_IRWXU)


@pytest.mark.skipif(os.geteuid() == 0, reason="everything is writable for root")
def test_a_project_that_cannot_be_written_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN})
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert run(["check", "-q"]) == 0
        assert capsys.readouterr() == ("", "")
    finally:
        tmp_path.chmod(stat.S_IRWXU)


@pytest.mark.parametrize(
    "policy",
    ["", "[policy\n", "policy = 1\n", "[policy]\nschema = 2\n", "[[policy]]\n", "[policy]\nextends = ['no.toml']\n"],
)
def test_a_policy_that_is_none_is_told_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], policy: str
) -> None:
    code, diagnostics, _ = check(tmp_path, capsys, {}, policy)
    assert code == 2
    assert {each["code"] for each in diagnostics} == {"PRV001"}
    assert all(each["path"] == "privlint.toml" and each["line"] >= 1 for each in diagnostics)


def test_a_policy_that_is_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(tmp_path, {"privlint.toml": b"\xff\xfe\0", "a.py": CLEAN})
    assert run(["check", "--output-format", "concise"]) == 2
    assert capsys.readouterr().out.startswith("privlint.toml:1:1: PRV001")


def test_a_broken_pyproject_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN, "pyproject.toml": "[project]\nname = \n"})
    assert run(["check"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("privlint: pyproject.toml:2:")
    assert err.count("\n") == 1


def test_all_wrong_settings_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = "[tool.privlint]\nselct = []\nfail-on = 1\n"
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN, "pyproject.toml": settings})
    assert run(["check"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "privlint: pyproject.toml:2: unknown key `selct` in [tool.privlint]; did you mean `select`?",
        "privlint: pyproject.toml:3: `fail-on` must be one of error, warning, info, never",
    ]
