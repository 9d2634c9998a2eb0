"""What the repository says of itself to other tools: hooks, the README's commands, the scripts of CI."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import click
import pytest

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
