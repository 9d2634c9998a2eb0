"""`privlint check`: analyse whole programs, report what concerns the given paths."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from privlint.cli.lazy import ENVIRONMENT
from privlint.cli.output import COLORS, CannotDo

if TYPE_CHECKING:
    from collections.abc import Callable

SEVERITIES = ("error", "warning", "info", "never")
CONFIDENCES = ("certain", "likely")


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that reports findings."""
    for option in reversed(
        [
            click.option("--output-format", metavar="FORMAT", help="How to print; full by default. See --report."),
            click.option("-o", "--output", "output", type=click.Path(path_type=Path), help="Write to a file instead."),
            click.option("--report", metavar="FORMAT=FILE", multiple=True, help="A further report; repeatable."),
            click.option("--fail-on", type=click.Choice(SEVERITIES), help="Exit with 1 from here; warning by default."),
            click.option("--color", type=click.Choice(COLORS), default="auto", help="Colours on stdout."),
            click.option("-q", "--quiet", is_flag=True, help="Findings only."),
            click.option("-v", "--verbose", is_flag=True, help="Say where settings come from and what was left out."),
        ]
    ):
        command = option(command)
    return command


@click.command(context_settings=ENVIRONMENT)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--select", metavar="RULES", multiple=True, help="Only these: codes, prefixes (PRV3) or names.")
@click.option("--ignore", metavar="RULES", multiple=True, help="All but these.")
@click.option("--min-confidence", type=click.Choice(CONFIDENCES), help="Leave out what is less than certain.")
@click.option("--exclude", metavar="PATTERN", multiple=True, help="No part of the program; as in .gitignore.")
@click.option(
    "--policy",
    metavar="[FILE]",
    type=click.Path(path_type=Path, exists=True),
    is_flag=False,
    flag_value=".",
    help="Judge the policy and its text as well, and judge by FILE if one is named.",
)
@output_options
@click.option("--statistics", is_flag=True, help="Count the findings of each rule.")
@click.option("-j", "--jobs", type=click.IntRange(1), metavar="N", help="Processes; one per processor by default.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option("--stdin-filename", type=click.Path(path_type=Path), help="What `-` stands for: a file of the project.")
@click.option("--hook", is_flag=True, help="For commit hooks: tracked files only, one line per finding.")
@click.pass_context
def check(ctx: click.Context, /, **given: Any) -> int:
    """Hold the code of a project against its privacy policy.

    The program is always the whole project of the nearest privlint.toml; PATHS limit what is reported to findings
    whose data passes through them.

    \b
    Exit codes: 0 nothing found, 1 findings, 2 the job could not be done.
    """
    from privlint.cli.run_check import CheckRequest, run_check

    buffer = None
    paths: tuple[Path, ...] = given.pop("paths")
    named = given.pop("stdin_filename")
    if (paths == (Path("-"),)) != (named is not None):
        raise CannotDo("`-` and --stdin-filename belong together: privlint check --stdin-filename app/models.py -")
    if named is not None:
        paths = (named,)
        buffer = sys.stdin.buffer.read()
    policy: Path | None = given.pop("policy")
    if policy is not None and policy.is_dir():  # no file: the policies of the projects that are checked
        paths = paths if policy == Path() else (policy, *paths)
    from_environment = frozenset(
        name for name in (*given, "policy") if ctx.get_parameter_source(name) is ParameterSource.ENVIRONMENT
    )
    own = None if policy is None or policy.is_dir() else policy
    return run_check(
        CheckRequest(
            paths=paths,
            buffer=buffer,
            from_environment=from_environment,
            policy=own,
            judge_policy=policy is not None,
            **given,
        )
    )
