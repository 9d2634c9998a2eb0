"""Which programs paths belong to, and which files these hold."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from privlint.project import Program, ProjectError, Settings, find_programs, load_settings
from tests.projects import CLEAN, POLICY, git, write_files


def find(*paths: str | Path, **options: object) -> list[Program]:
    return find_programs([Path(path) for path in paths], **options)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# ------------------------------------------------------------------------------------------------------------ policies


def test_a_path_belongs_to_the_nearest_policy_above_and_limits_the_report(tmp_path: Path) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "app/a.py": CLEAN, "app/sub/b.py": CLEAN, "tool.py": CLEAN})
    (program,) = find("app/sub", "tool.py")
    assert program.project.root == tmp_path
    assert program.files == ["app/a.py", "app/sub/b.py", "tool.py"]
    assert program.project.scope == ("app/sub", "tool.py")


def test_no_path_is_the_project_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "app/a.py": CLEAN, "b.py": CLEAN})
    monkeypatch.chdir(tmp_path / "app")
    (program,) = find()
    assert program.files == ["app/a.py", "b.py"]
    assert program.project.scope == ("app",)


def test_the_whole_project_has_no_scope(tmp_path: Path) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "app/a.py": CLEAN})
    assert find()[0].project.scope == ()
    assert find(".", "app")[0].project.scope == ()


def test_a_policy_below_is_a_program_of_its_own(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {"privlint.toml": POLICY, "a.py": CLEAN, "services/x/privlint.toml": POLICY, "services/x/b.py": CLEAN},
    )
    outer, inner = find()
    assert (outer.project.root, outer.files) == (tmp_path, ["a.py"])
    assert (inner.project.root, inner.files) == (tmp_path / "services/x", ["b.py"])
    (only,) = find("services/x/b.py")
    assert only.project.root == tmp_path / "services/x"
    assert [program.files for program in find("services")] == [["b.py"]]
    assert [program.files for program in find("services", "a.py")] == [["a.py"], ["b.py"]]


def test_pyproject_may_name_the_policy(tmp_path: Path) -> None:
    pyproject = '[tool.privlint]\npolicy = "legal/privlint.toml"\n'
    write_files(
        tmp_path, {"pyproject.toml": pyproject, "legal/privlint.toml": POLICY, "legal/x.py": CLEAN, "a.py": CLEAN}
    )
    for paths in ((), ("legal",)):
        (program,) = find(*paths)
        assert program.project.root == tmp_path
        assert program.project.policy == tmp_path / "legal/privlint.toml"
        assert program.files == ["a.py", "legal/x.py"]


def test_no_policy_says_what_to_do(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.py": CLEAN})
    with pytest.raises(ProjectError, match=r"no privlint\.toml here or above; write one"):
        find()


def test_another_policy_may_be_given(tmp_path: Path) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "strict.toml": POLICY, "a.py": CLEAN})
    (program,) = find(policy=Path("strict.toml"))
    assert (program.project.root, program.project.policy) == (tmp_path, tmp_path / "strict.toml")


# ------------------------------------------------------------------------------------------------------------ settings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[tool.privlint]\nselct = ["PRV4"]\n', r"pyproject\.toml:2: unknown key `selct`.*did you mean `select`"),
        ('[tool.privlint]\nselect = "PRV4"\n', r":2: `select` must be an array of strings"),
        ("[tool.privlint]\nselect = [1]\n", r":2: `select` must be an array of strings"),
        ('[tool.privlint]\n\nfail-on = "fatal"\n', r":3: `fail-on` must be one of error, warning, info, never"),
        ("[tool.privlint]\nmin-confidence = true\n", r":2: `min-confidence` must be one of"),
        ("[tool.privlint]\npolicy = []\n", r":2: `policy` must be the path of a file"),
        ('[tool.privlint.per-file-ignores]\n"a.py" = "PRV4"\n', r":1: `per-file-ignores` must be a table"),
        ("[tool]\nprivlint = 1\n", r":2: `tool.privlint` must be a table"),
        ("[tool.privlint]\nselect = [\n", r"pyproject\.toml:\d+:\d+: "),
        (b"[tool.privlint]\n# \xff\n", r":2:1: the file is not UTF-8"),
        ('[tool.privlint]\npolicy = "nowhere.toml"\n', r"`policy` names nowhere\.toml, which is no file"),
    ],
)
def test_wrong_settings_have_a_place(tmp_path: Path, text: str | bytes, message: str) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN, "pyproject.toml": text})
    with pytest.raises(ProjectError, match=message):
        find()


def test_all_wrong_keys_are_told_at_once(tmp_path: Path) -> None:
    write_files(tmp_path, {"pyproject.toml": "[tool.privlint]\nselect = 1\nfoo = 2\n"})
    with pytest.raises(ProjectError) as caught:
        load_settings(tmp_path / "pyproject.toml", required=True)
    assert [line.split(": ")[0] for line in str(caught.value).splitlines()] == ["pyproject.toml:2", "pyproject.toml:3"]


def test_settings_are_read_whole(tmp_path: Path) -> None:
    text = """
[tool.privlint]
select = ["PRV4"]
extend-select = ["in-logs"]
exclude = ["tests"]
source-roots = ["lib"]
fail-on = "error"
min-confidence = "certain"
require-exceptions-in-policy = ["PRV204"]
[tool.privlint.per-file-ignores]
"scripts/*" = ["PRV601", "PRV3"]
"""
    write_files(tmp_path, {"pyproject.toml": text})
    assert load_settings(tmp_path / "pyproject.toml", required=True) == Settings(
        path=tmp_path / "pyproject.toml",
        select=("PRV4",),
        extend_select=("in-logs",),
        exclude=("tests",),
        source_roots=("lib",),
        fail_on="error",
        min_confidence="certain",
        require_exceptions_in_policy=("PRV204",),
        per_file_ignores=(("scripts/*", ("PRV601", "PRV3")),),
    )


def test_a_broken_pyproject_of_something_else_does_not_matter(tmp_path: Path) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN, "tests/data/pyproject.toml": "[[["})
    assert find()[0].files == ["a.py"]


def test_settings_without_a_policy_are_shared_with_programs_below(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "pyproject.toml": '[tool.privlint]\nfail-on = "never"\nexclude = ["generated"]\n',
            "x/privlint.toml": POLICY,
            "x/a.py": CLEAN,
            "x/generated/b.py": CLEAN,
        },
    )
    (program,) = find("x")
    assert program.project.settings.fail_on == "never"
    assert (program.files, program.skipped) == (["a.py"], 1)


def test_settings_of_a_program_are_not_those_of_a_program_below(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "pyproject.toml": '[tool.privlint]\npolicy = ".privlint.toml"\nexclude = ["x"]\n',
            ".privlint.toml": POLICY,
            "a.py": CLEAN,
            "x/privlint.toml": POLICY,
            "x/b.py": CLEAN,
        },
    )
    assert [program.files for program in find()] == [["a.py"]]
    assert [program.files for program in find("x")] == [["b.py"]]


# --------------------------------------------------------------------------------------------------------------- files

TREE = {
    "privlint.toml": POLICY,
    ".gitignore": "/build/\n*_local.py\n!keep_local.py\n",
    "app/a.py": CLEAN,
    "app/stub.pyi": CLEAN,
    "app/notes.txt": "",
    "app/x_local.py": CLEAN,
    "app/keep_local.py": CLEAN,
    "app/.gitignore": "deep.py\n",
    "app/deep.py": CLEAN,
    "build/b.py": CLEAN,
    "tests/test_a.py": CLEAN,
    "migrations/0001.py": CLEAN,
    "vendor/c.py": CLEAN,
    "env/pyvenv.cfg": "",
    "env/lib/d.py": CLEAN,
    "lib/site-packages/e.py": CLEAN,
    "web/node_modules/f.py": CLEAN,
    "__pycache__/g.py": CLEAN,
    ".tox/h.py": CLEAN,
}
EXPECTED = ["app/a.py", "app/keep_local.py", "app/stub.pyi", "migrations/0001.py", "tests/test_a.py", "vendor/c.py"]


@pytest.mark.parametrize("with_git", [False, True])
def test_what_is_ignored_installed_or_generated_is_no_part(tmp_path: Path, with_git: bool) -> None:
    write_files(tmp_path, TREE)
    if with_git:
        git(tmp_path, "init")
    (program,) = find()
    assert program.files == EXPECTED
    assert program.skipped >= 5  # build, x_local.py, deep.py, env, site-packages, node_modules


def test_an_environment_that_git_does_not_ignore_is_no_part(tmp_path: Path) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN, "env/pyvenv.cfg": "", "env/lib/b.py": CLEAN})
    git(tmp_path, "init")
    git(tmp_path, "add", "-A")
    (program,) = find()
    assert (program.files, program.skipped) == (["a.py"], 1)


def test_a_hook_sees_tracked_files_only(tmp_path: Path) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN, "new.py": CLEAN})
    git(tmp_path, "init")
    git(tmp_path, "add", "a.py", "privlint.toml")
    assert find()[0].files == ["a.py", "new.py"]
    assert find(tracked_only=True)[0].files == ["a.py"]


def test_a_file_that_git_knows_and_that_is_gone_is_no_part(tmp_path: Path) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN, "b.py": CLEAN})
    git(tmp_path, "init")
    git(tmp_path, "add", "-A")
    (tmp_path / "b.py").unlink()
    assert find()[0].files == ["a.py"]


def test_a_submodule_is_a_part(tmp_path: Path) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN, "inner/b.py": CLEAN})
    git(tmp_path / "inner", "init")
    git(tmp_path / "inner", "add", "-A")
    git(tmp_path / "inner", "commit", "-m", "x")
    git(tmp_path, "init")
    git(tmp_path, "add", "-A")
    assert find()[0].files == ["a.py", "inner/b.py"]


def test_a_project_in_an_ignored_folder_of_a_repository_is_listed(tmp_path: Path) -> None:
    write_files(tmp_path, {".gitignore": "scratch/\n", "scratch/privlint.toml": POLICY, "scratch/a.py": CLEAN})
    git(tmp_path, "init")
    assert find("scratch")[0].files == ["a.py"]


def test_variables_of_a_running_hook_do_not_mislead_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path, {"repo/privlint.toml": POLICY, "repo/a.py": CLEAN, "other/b.py": CLEAN})
    git(tmp_path / "repo", "init")
    git(tmp_path / "other", "init")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    assert find("repo")[0].files == ["a.py"]


@pytest.mark.parametrize("with_git", [False, True])
def test_links_in_circles_and_second_names(tmp_path: Path, with_git: bool) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "app/a.py": CLEAN})
    (tmp_path / "app/loop").symlink_to(tmp_path)
    (tmp_path / "self.py").symlink_to("self.py")
    (tmp_path / "dangling.py").symlink_to("nowhere.py")
    (tmp_path / "second.py").symlink_to("app/a.py")
    if with_git:
        git(tmp_path, "init")
    assert find()[0].files == ["app/a.py"]


def test_a_link_to_a_file_elsewhere_is_a_part(tmp_path: Path) -> None:
    write_files(tmp_path, {"project/privlint.toml": POLICY, "elsewhere/a.py": CLEAN})
    (tmp_path / "project/a.py").symlink_to(tmp_path / "elsewhere/a.py")
    assert find("project")[0].files == ["a.py"]


def test_a_name_that_is_no_utf8(tmp_path: Path) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY})
    (tmp_path / os.fsdecode(b"caf\xe9.py")).write_text(CLEAN)
    git(tmp_path, "init")
    assert [os.fsencode(name) for name in find()[0].files] == [b"caf\xe9.py"]


def test_excluded_files_are_counted_and_the_command_line_wins(tmp_path: Path) -> None:
    pyproject = '[tool.privlint]\nexclude = ["tests"]\nextend-exclude = ["docs/*.py"]\n'
    write_files(
        tmp_path,
        {"privlint.toml": POLICY, "pyproject.toml": pyproject, "a.py": CLEAN, "tests/b.py": CLEAN, "docs/c.py": CLEAN},
    )
    (program,) = find()
    assert (program.files, program.skipped) == (["a.py"], 2)
    (program,) = find(exclude=("a.py",))
    assert program.files == ["tests/b.py"]


# ------------------------------------------------------------------------------------------------------------ bad paths


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere", r"nowhere: no such file or folder"),
        ("docs", r"docs: no Python file in it"),
        ("docs/readme.md", r"docs/readme\.md: no Python file"),
        ("tests", r"tests: `exclude` leaves it out"),
        ("tests/b.py", r"tests/b\.py: `exclude` leaves it out"),
        ("node_modules/x.py", r"node_modules/x\.py: no part of the program"),
        ("loop.py", r"loop\.py: cannot be read"),
    ],
)
def test_a_path_with_nothing_to_analyse_is_an_error(tmp_path: Path, path: str, message: str) -> None:
    write_files(
        tmp_path,
        {
            "privlint.toml": POLICY,
            "pyproject.toml": '[tool.privlint]\nexclude = ["tests"]\n',
            "a.py": CLEAN,
            "docs/readme.md": "",
            "tests/b.py": CLEAN,
            "node_modules/x.py": CLEAN,
        },
    )
    (tmp_path / "loop.py").symlink_to("loop.py")
    with pytest.raises(ProjectError, match=message):
        find("a.py", path)


def test_a_project_without_python_is_an_error(tmp_path: Path) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "readme.md": ""})
    with pytest.raises(ProjectError, match="no Python file in"):
        find()


def test_a_hook_passes_over_files_that_are_no_part(tmp_path: Path) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN, "script": "#!/usr/bin/env python\n"})
    git(tmp_path, "init")
    git(tmp_path, "add", "-A")
    assert find("script", tracked_only=True) == []
    assert find("script", "a.py", tracked_only=True)[0].project.scope == ("a.py", "script")


def test_the_policy_itself_may_be_a_path(tmp_path: Path) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN})
    assert find("privlint.toml")[0].project.scope == ("privlint.toml",)


def test_a_folder_that_cannot_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY, "a.py": CLEAN, "closed/b.py": CLEAN})
    scan = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    for paths in ((), ("closed",)):
        with pytest.raises(ProjectError, match=r"closed.*cannot be read: Permission denied"):
            find(*paths)
