"""What the repository says of itself to other tools: hooks, the README's commands, the scripts of CI."""

from __future__ import annotations

import ast
import itertools
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import tomli

from privlint.cli import privlint

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = re.findall(r"^  entry: privlint (.+)$", (ROOT / ".pre-commit-hooks.yaml").read_text(), re.MULTILINE)


@pytest.mark.parametrize("entry", ENTRIES)
def test_hooks_call_commands_and_options_that_exist(entry: str) -> None:
    command: click.Command | None = privlint
    words = shlex.split(entry)
    context = click.Context(privlint)
    while isinstance(command, click.Group):
        command = command.get_command(context, words.pop(0))
    assert command is not None
    command.make_context("privlint", words, resilient_parsing=False)


def test_hooks_are_three() -> None:
    assert len(ENTRIES) == 3


@pytest.mark.parametrize("title", ["Try it", "Test it"])
def test_the_readme_has_one_line_to_try_and_one_to_test(title: str) -> None:
    section = (ROOT / "README.md").read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    (line,) = section.partition("```sh\n")[2].partition("```")[0].splitlines()
    assert line.startswith("python3 -m venv .venv && .venv/bin/pip install ")


@pytest.mark.parametrize("script", ["run", "green"])
def test_scripts_can_be_run_and_parse(script: str) -> None:
    path = ROOT / ".ci" / script
    assert os.access(path, os.X_OK)
    subprocess.run(["bash", "-n", path], check=True)


IMPORTED_AS = {"pyyaml": "yaml"}


def test_what_is_imported_at_run_time_is_a_dependency_that_is_declared() -> None:
    project = tomli.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = {name: lines for name, lines in project["optional-dependencies"].items() if name != "dev"}
    names = {re.split(r"[<>=]", line)[0] for line in [*project["dependencies"], *itertools.chain(*extras.values())]}
    declared = {IMPORTED_AS.get(name, name) for name in names}
    imported = {
        name: path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "privlint").rglob("*.py"))
        for name in imports_at_run_time(ast.parse(path.read_bytes()))
    }
    unknown = {
        name: path for name, path in imported.items() if name not in {*sys.stdlib_module_names, *declared, "privlint"}
    }
    assert not unknown


def imports_at_run_time(tree: ast.AST) -> set[str]:
    """First names of what is imported, without the blocks that only a type checker reads."""
    names: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
        elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            names |= imports_at_run_time(node)
    return names
