"""The command line: what it prints where, what it ends with, and which of several settings holds."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from privlint import __version__
from privlint.cli import run
from privlint.engine import pipeline
from privlint.engine.rule_list import RULES
from tests.projects import BROKEN, CLEAN, POLICY, git, write_files

APP = """\
import logging
from dataclasses import dataclass
from typing import Annotated

from privlint import Personal


@dataclass
class User:
    email: Annotated[str, Personal("contact.email")]


def tag(value):
    logging.info("user %s", value)
"""
VIEWS = """\
from app.models import User, tag


def view(user: User) -> None:
    tag(user.email)
"""
SUPPORT = """\
[policy]
[purposes.support]
categories = ["contact"]
basis = "contract"
[code]
app = "support"
"""
PROJECT = {
    "privlint.toml": SUPPORT,
    "app/__init__.py": "",
    "app/models.py": APP,
    "app/views.py": VIEWS,
    "app/other.py": CLEAN,
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("PRIVLINT_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_files(tmp_path, PROJECT)


def read_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    run(["check", "--output-format", "json", *arguments])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def codes(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    return [each["code"] for each in read_json(capsys, *arguments)["diagnostics"]]


def privlint(folder: Path, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """A process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "privlint", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
        capture_output=True,
        text=True,
        check=False,
        **more,
    )


# ---------------------------------------------------------------------------------------------------------- exit codes


@pytest.mark.usefixtures("project")
def test_findings_end_with_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check"]) == 1
    out = capsys.readouterr().out
    assert "PRV601 in-logs" in out
    assert "app/models.py:14:5" in out
    assert "Checked 4 files · 1 personal-data field" in out


def test_nothing_found_ends_with_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN})
    assert run(["check"]) == 0
    assert "Nothing was checked" in capsys.readouterr().out


def test_a_file_that_does_not_parse_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": BROKEN})
    assert run(["check", "--output-format", "concise"]) == 1
    assert "a.py:1:12: PRV901" in capsys.readouterr().out


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1), ("info", 1), ("never", 0)])
def test_fail_on_decides(tmp_path: Path, level: str, code: int) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": BROKEN})
    assert run(["check", "-q", "--fail-on", level]) == code


def test_a_wrong_policy_ends_with_two_and_all_its_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(tmp_path, {"privlint.toml": '[policy]\nhom = "EEA"\nhome = "XX"\n', "a.py": BROKEN})
    assert run(["check", "--output-format", "json"]) == 2
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert [(each["code"], each["path"], each["line"]) for each in found] == [
        ("PRV001", "privlint.toml", 2),
        ("PRV001", "privlint.toml", 3),
    ]
    assert run(["check", "--select", "PRV4", "--fail-on", "never", "-q"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "nowhere.py"], "privlint: nowhere.py: no such file or folder"),
        (["check", "--nonsense"], "privlint: No such option '--nonsense'."),
        (["check", "-j", "0"], "privlint: Invalid value for '-j'"),
        (["check", "--select", "PRV999"], "privlint: `PRV999` is no rule; "),
        (["check", "--select", "in-log"], "privlint: `in-log` is no rule; did you mean `in-logs`?"),
        (["check", "--output-format", "sarfi"], "privlint: no output format `sarfi`; did you mean `sarif`?"),
        (["check", "--report", "sarif"], "privlint: --report sarif: write FORMAT=FILE"),
        (["check", "--report", "sarif=no/x.sarif"], "privlint: no/x.sarif: the folder does not exist"),
        (["check", "-o", "app"], "privlint: app: cannot be written: Is a directory"),
        (["check", "-"], "privlint: `-` and --stdin-filename belong together"),
        (["check", "--policy", "no.toml"], "privlint: Invalid value for '--policy'"),
        (["explain", "PRV9x"], "privlint: no rule `PRV9x`; "),
        (["explain", "in-log"], "privlint: no rule `in-log`; did you mean `in-logs`?"),
        (["chekc"], "privlint: `chekc` is no command and no path; did you mean `check`?"),
        (["policy", "check", "no.toml"], "privlint: no.toml: no such file or folder"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_two(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(arguments) == 2
    err = capsys.readouterr().err
    assert err.startswith(message)
    assert err.count("\n") == 1


def test_no_policy_and_no_python_end_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(tmp_path, {"a.py": CLEAN})
    assert run(["check"]) == 2
    assert "no privlint.toml here or above" in capsys.readouterr().err
    (tmp_path / "a.py").rename(tmp_path / "privlint.toml")
    (tmp_path / "privlint.toml").write_text(POLICY)
    assert run(["check"]) == 2
    assert "no Python file" in capsys.readouterr().err


def test_an_internal_error_is_one_line_and_a_traceback_with_v(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("some\nthing")

    monkeypatch.setattr(pipeline, "judge", fail)
    assert run(["check"]) == 2
    err = capsys.readouterr().err
    assert err == (
        "privlint: internal error, please report this: ZeroDivisionError: some thing; with -v it says where\n"
    )
    assert run(["check", "-v"]) == 2
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_ctrl_c_is_a_job_that_was_not_done(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "judge", interrupt)
    assert run(["check"]) == 2
    assert capsys.readouterr().err.endswith("privlint: interrupted\n")
    monkeypatch.undo()
    os.chdir(project)
    assert run(["check", "-q"]) == 1  # what the interrupted run left does no harm


def test_a_reader_that_leaves_early_is_no_error(project: Path) -> None:
    command = f"'{sys.executable}' -m privlint check | true; exit ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    done = subprocess.run(
        ["bash", "-c", command], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_line(project: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "privlint", "check"],
            cwd=project,
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.stderr == "privlint: the report cannot be written: No space left on device\n"
    assert done.returncode == 2


# -------------------------------------------------------------------------------------------------------------- output


def test_every_format_can_be_written_in_one_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports = ["--report", "sarif=a.sarif", "--report", "json=b.json", "--report", "markdown=c.md"]
    assert run(["check", "--output-format", "concise", *reports]) == 1
    assert "PRV601" in capsys.readouterr().out
    assert json.loads((project / "a.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((project / "b.json").read_text())["version"] == 1
    assert "PRV601" in (project / "c.md").read_text()


def test_output_goes_to_a_file_instead(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "-o", "report.txt"]) == 1
    assert capsys.readouterr().out == ""
    assert "PRV601" in (project / "report.txt").read_text()


@pytest.mark.usefixtures("project")
def test_statistics_count_rules(capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "-q", "--statistics", "--output-format", "concise"])
    assert capsys.readouterr().out.endswith("1  PRV601 in-logs\n")
    run(["check", "--statistics", "--output-format", "json"])
    captured = capsys.readouterr()
    json.loads(captured.out)
    assert "1  PRV601 in-logs\n" in captured.err


def test_quiet_says_nothing_without_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN})
    assert run(["check", "-q"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("project")
def test_colours_follow_the_option_and_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    for arguments, variables, colored in (
        ([], {}, False),
        (["--color", "always"], {}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        ([], {"PRIVLINT_COLOR": "always"}, True),
    ):
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            run(["check", *arguments])
        assert ("\x1b[" in capsys.readouterr().out) == colored


def test_paths_are_relative_to_the_current_folder_or_the_root(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(project, {"web/__init__.py": "", "web/pages.py": VIEWS.replace("view(", "page(")})
    monkeypatch.chdir(project / "web")
    (found,) = [each for each in read_json(capsys, str(project))["diagnostics"] if each["code"] == "PRV601"]
    assert found["path"] == "app/models.py"
    paths = {step["path"] for flow in found["flows"] for step in flow["trace"]}
    assert paths <= {"app/models.py", "app/views.py", "pages.py"}


# -------------------------------------------------------------------------------------------------------- what is shown


def test_a_path_limits_the_report_to_what_passes_through_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "PRV601" in codes(capsys, "app/views.py")  # the sink lies in models.py
    assert "PRV601" in codes(capsys, "app/models.py")
    assert codes(capsys, "app/other.py") == []
    assert read_json(capsys, "app/other.py")["summary"]["files"] == 4


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ([], True),
        (["--select", "PRV601"], True),
        (["--select", "PRV6"], True),
        (["--select", "in-logs"], True),
        (["--select", "PRV4,PRV6"], True),
        (["--select", "PRV4", "--select", "PRV6"], True),
        (["--select", "PRV4"], False),
        (["--ignore", "PRV6"], False),
        (["--ignore", "PRV6", "--select", "PRV601"], True),
        (["--ignore", "in-logs", "--select", "PRV6"], False),
        (["--ignore", "ALL", "--select", "PRV6"], True),
    ],
)
def test_rules_are_selected(capsys: pytest.CaptureFixture[str], arguments: list[str], shown: bool) -> None:
    assert ("PRV601" in codes(capsys, *arguments)) == shown


def test_what_was_not_seen_is_shown_whatever_is_selected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": BROKEN})
    assert codes(capsys, "--select", "PRV4") == ["PRV901"]
    assert codes(capsys, "--ignore", "PRV901") == []


def test_the_file_is_below_the_environment_is_below_the_command_line(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(project, {"pyproject.toml": '[tool.privlint]\nselect = ["PRV4"]\nfail-on = "never"\n'})
    assert (codes(capsys), run(["check", "-q"])) == ([], 0)
    monkeypatch.setenv("PRIVLINT_SELECT", "PRV6,PRV4")
    monkeypatch.setenv("PRIVLINT_FAIL_ON", "warning")
    capsys.readouterr()
    assert (codes(capsys), run(["check", "-q"])) == (["PRV601"], 1)
    capsys.readouterr()
    assert codes(capsys, "--select", "PRV3") == []
    run(["check", "-v", "--ignore", "PRV9"])
    err = capsys.readouterr().err
    assert "select = PRV6, PRV4 (PRIVLINT_SELECT)" in err
    assert "ignore = PRV9 (command line)" in err
    assert "min-confidence = likely (default)" in err
    monkeypatch.delenv("PRIVLINT_SELECT")
    run(["check", "-v"])
    assert "select = PRV4 (pyproject.toml)" in capsys.readouterr().err


def test_rules_are_ignored_per_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(project, {"pyproject.toml": '[tool.privlint.per-file-ignores]\n"app/mod*.py" = ["PRV6"]\n'})
    assert codes(capsys) == []
    write_files(project, {"pyproject.toml": '[tool.privlint.per-file-ignores]\n"views.py" = ["PRV6"]\n'})
    assert codes(capsys) == ["PRV601"]


def test_a_wrong_rule_in_the_settings_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for key in ("select", "ignore", "extend-select", "require-exceptions-in-policy"):
        write_files(project, {"pyproject.toml": f'[tool.privlint]\n{key} = ["in-log"]\n'})
        assert run(["check"]) == 2
        assert "`in-log` is no rule; did you mean `in-logs`?" in capsys.readouterr().err


def test_programs_below_are_run_and_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(project, {"x/privlint.toml": POLICY, "x/a.py": BROKEN})
    assert run(["check", "--output-format", "concise"]) == 1
    captured = capsys.readouterr()
    assert captured.err == "2 programs, each with its own policy: privlint.toml, x/privlint.toml\n"
    assert "x/a.py:1:12: PRV901" in captured.out
    assert "PRV601" in captured.out
    write_files(project, {"x/privlint.toml": "[polcy]\n"})
    assert run(["check", "-q"]) == 2
    captured = capsys.readouterr()
    assert "PRV001" in captured.out
    assert "PRV601" in captured.out


def test_stdin_takes_the_place_of_a_file(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def give(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    give(VIEWS.replace("tag(user.email)", 'tag("somebody")'))
    assert codes(capsys, "--stdin-filename", "app/views.py", "-") == []
    give(VIEWS)
    assert codes(capsys, "--stdin-filename", "app/new.py", "-") == ["PRV601"]
    give(BROKEN)
    assert codes(capsys, "--stdin-filename", "app/other.py", "-") == ["PRV901"]


def test_a_path_is_short_for_check(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["app/models.py", "-q", "--output-format", "concise"]) == 1
    assert run(["--output-format", "json", "."]) == 1
    assert "PRV601" in capsys.readouterr().out
    assert run([]) == 2
    assert "Usage: privlint" in capsys.readouterr().err


# --------------------------------------------------------------------------------------------------------------- hooks


def test_a_hook_reports_tracked_files_in_lines(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(project, "init")
    git(project, "add", "-A")
    write_files(project, {"new.py": BROKEN, "script": "#!/usr/bin/env python\n"})
    assert run(["check", "--hook"]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("app/models.py:14:5: PRV601")
    assert captured.err == ""
    assert run(["check", "--hook", "app/other.py", "new.py", "script"]) == 0
    assert run(["check", "--hook", "script"]) == 0


# --------------------------------------------------------------------------------------------------------------- cache


@pytest.mark.usefixtures("project")
def test_a_run_without_changes_shows_the_stored_result(capsys: pytest.CaptureFixture[str]) -> None:
    first = read_json(capsys)
    assert read_json(capsys, "-j", "1") == first
    assert read_json(capsys, "--no-cache") == first
    run(["check", "-v"])
    assert "nothing changed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/views.py", VIEWS + "\n"),
        ("privlint.toml", SUPPORT + "# x\n"),
        ("privacy.md", "# Another text\n"),
        ("more.toml", '[purposes.other]\nbasis = "contract"\n'),
        ("app/new.py", CLEAN),
        ("pyproject.toml", '[tool.privlint]\nsource-roots = ["app"]\n'),
    ],
)
def test_a_change_of_anything_that_was_read_runs_again(
    project: Path, capsys: pytest.CaptureFixture[str], path: str, text: str
) -> None:
    header = '[policy]\nprose = "privacy.md"\nextends = ["more.toml"]\n'
    more = '[purposes.more]\nbasis = "contract"\n'
    policy = SUPPORT.replace("[policy]\n", header)
    write_files(project, {"privacy.md": "# Privacy\n", "more.toml": more, "privlint.toml": policy})
    run(["check", "-q"])
    run(["check", "-v"])
    assert "nothing changed" in capsys.readouterr().err
    write_files(project, {path: text.replace("[policy]\n", header)})
    run(["check", "-v"])
    assert "nothing changed" not in capsys.readouterr().err


def test_no_cache_neither_reads_nor_writes(project: Path) -> None:
    assert run(["check", "-q", "--no-cache"]) == 1
    assert not (project / ".privlint_cache").exists()


def test_a_cache_that_cannot_be_used_is_no_error(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(project, {".privlint_cache": "a file"})
    assert run(["check", "-q"]) == 1
    assert capsys.readouterr().err == ""
    run(["check", "-v"])
    assert "the cache is not used: .privlint_cache cannot be written" in capsys.readouterr().err


def test_a_damaged_cache_is_replaced(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = read_json(capsys)
    (project / ".privlint_cache/cache.sqlite3").write_bytes(b"garbage" * 1000)
    assert read_json(capsys) == first
    assert read_json(capsys) == first
    assert (project / ".privlint_cache/cache.sqlite3").read_bytes().startswith(b"SQLite format 3")


def test_a_cache_that_git_tracks_is_refused_with_a_warning(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "-q"])
    git(project, "init")
    git(project, "add", "--force", ".privlint_cache")
    capsys.readouterr()
    assert run(["check"]) == 1
    assert capsys.readouterr().err.startswith("warning: the cache is not used: git tracks .privlint_cache")


def test_clean_removes_the_cache(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "-q"])
    assert (project / ".privlint_cache").is_dir()
    capsys.readouterr()
    assert run(["clean"]) == 0
    assert capsys.readouterr().out == ".privlint_cache: removed\n"
    assert not (project / ".privlint_cache").exists()


# ------------------------------------------------------------------------------------------------------------ start-up

HEAVY = ("libcst", "msgspec", "rich", "tomli", "jinja2", "pathspec", "sqlite3")


def imported_by(folder: Path, *arguments: str) -> tuple[set[str], subprocess.CompletedProcess[str]]:
    code = (
        "import sys; from privlint.cli import run; code = run(sys.argv[1:]);"
        " print(*sorted({name.partition('.')[0] for name in sys.modules}, key=str),"
        " *sorted(name for name in sys.modules if name.startswith('privlint.')), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    return set(done.stderr.split()), done


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_version_and_help_import_nothing_heavy(tmp_path: Path, argument: str) -> None:
    modules, done = imported_by(tmp_path, argument)
    assert done.returncode == 0
    assert not modules.intersection(HEAVY)
    if argument == "--version":
        assert done.stdout == f"privlint {__version__}\n"


def test_a_run_without_changes_imports_no_parser_and_no_analysis(project: Path) -> None:
    _, first = imported_by(project, "check", "--hook")
    modules, second = imported_by(project, "check", "--hook")
    assert second.stdout == first.stdout
    assert "PRV601" in second.stdout
    assert not modules.intersection({"libcst", "multiprocessing", "rich", "jinja2"})
    assert not {
        name for name in modules if name.startswith(("privlint.analysis", "privlint.frontend", "privlint.checks"))
    }


# ------------------------------------------------------------------------------------------------------- other commands


def test_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules"]) == 0
    assert "PRV601  in-logs" in capsys.readouterr().out
    assert run(["rules", "--output-format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [rule["code"] for rule in listed] == sorted(rule["code"] for rule in listed)
    assert {"PRV001", "PRV601", "PRV913"} <= {rule["code"] for rule in listed}
    assert run(["rules", "--output-format", "markdown"]) == 0
    assert capsys.readouterr().out.startswith("| code | name |")


def test_every_rule_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for rule in RULES:
        assert run(["explain", rule.code]) == 0
        by_code = capsys.readouterr().out
        assert run(["explain", rule.name]) == 0
        assert capsys.readouterr().out == by_code
        assert rule.name in by_code


def test_a_policy_is_checked_by_itself(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "check", "--output-format", "concise"]) == 1
    captured = capsys.readouterr()
    assert captured.err == "privlint.toml: the policy is well-formed (1 purposes, 1 code)\n"
    assert "PRV102" in captured.out
    assert run(["policy", "check", "--fail-on", "error"]) == 0
    assert run(["policy", "check", "--ignore", "PRV10"]) == 0
    capsys.readouterr()
    write_files(project, {"x/privlint.toml": "[policy]\nhom = 1\n"})
    assert run(["policy", "check", "x/privlint.toml", "privlint.toml", "--output-format", "concise"]) == 2
    assert capsys.readouterr().out.startswith("x/privlint.toml:2:1: PRV001")
    assert run(["policy", "check", "--output-format", "json", "--select", "PRV003"]) == 0
    assert json.loads(capsys.readouterr().out)["diagnostics"] == []


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "privlint.toml"


def test_completion_is_printed(tmp_path: Path) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_PRIVLINT_COMPLETE" in privlint(tmp_path, "completion", shell).stdout


def test_the_module_is_the_command(tmp_path: Path) -> None:
    assert privlint(tmp_path, "--version").stdout == f"privlint {__version__}\n"
    assert privlint(tmp_path, "check").returncode == 2
