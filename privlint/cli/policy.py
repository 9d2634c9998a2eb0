"""`privlint policy`: the policy file and its text by themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from privlint.cli.check import output_options
from privlint.cli.lazy import ENVIRONMENT
from privlint.cli.output import write_stdout


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def policy() -> None:
    """Look at the policy file by itself."""


@policy.command("check", context_settings=ENVIRONMENT)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--select", metavar="RULES", multiple=True, help="Only these: codes, prefixes (PRV10) or names.")
@click.option("--ignore", metavar="RULES", multiple=True, help="All but these.")
@output_options
@click.option("--statistics", is_flag=True, help="Count the findings of each rule.")
def check_policy(paths: tuple[Path, ...], **given: Any) -> int:
    """Does the policy hold together, and does it still say what the published text says?

    PATHS are policies or folders; the current folder without any. No code is read.

    \b
    Exit codes: 0 nothing found, 1 findings, 2 the job could not be done or a policy is not valid; all errors of all
    files are reported at once, with their places.
    """
    from privlint.cli.policy_check import PolicyRequest, run_policy_check

    return run_policy_check(PolicyRequest(paths=paths, **given))


@policy.command("accept", context_settings=ENVIRONMENT)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("-q", "--quiet", is_flag=True, help="Do not print what is accepted.")
def accept(paths: tuple[Path, ...], quiet: bool) -> int:
    """Accept the published text as it stands now.

    Writes a lock with every sentence of the text beside the policy file and prints what is new in it. From then on
    `privlint policy check` reports each sentence that changes, goes or comes.
    """
    from privlint.cli.policy_accept import accept_text

    return accept_text(paths, quiet=quiet)


@policy.command("init", context_settings=ENVIRONMENT)
@click.argument("folder", required=False, default=".", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "source",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The published text, or a data map of Fides.",
)
@click.option("--home", type=click.Choice(("EEA", "GB", "CH")), default="EEA", help="From where transfers are judged.")
def init(folder: Path, source: Path | None, home: str) -> int:
    """Begin a policy file, from a published text, from a data map, or from a few answers.

    From a text every sentence gets its place as a quote; of a data map (fideslang, .yml) what it states is taken over.
    A legal basis is never guessed: what only people can say is left as TODO, which `privlint policy check` refuses.
    """
    from privlint.cli.policy_init import begin_policy

    return begin_policy(folder, source, home)


@policy.command("render", context_settings=ENVIRONMENT)
@click.argument("path", required=False, default=".", type=click.Path(path_type=Path))
@click.option("--to", "form", type=click.Choice(("markdown", "html")), help="Kind of page; markdown by default.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to a file instead.")
@click.option("--check", "published", metavar="FILE", type=click.Path(path_type=Path), help="Is FILE up to date?")
def render(path: Path, form: str | None, output: Path | None, published: Path | None) -> int:
    """Write the notice that people read: who uses which data, what for, on what basis, and what they can do.

    Only what the policy file says is written; `privlint policy check` tells what is missing. With --check nothing is
    written: exit code 1 says that a page which was generated is no longer what the policy says.
    """
    from privlint.cli.policy_render import render_notice

    return render_notice(path, form or "", output, published)


@policy.command("diff", context_settings=ENVIRONMENT)
@click.argument("older")
@click.argument("path", required=False, default=".", type=click.Path(path_type=Path))
@click.option(
    "--output-format",
    "form",
    type=click.Choice(("text", "markdown", "json")),
    default="text",
    help="How to print; markdown is meant for a pull request.",
)
def diff(older: str, path: Path, form: str) -> int:
    """What a change of the policy means, in words.

    OLDER is a policy file, its folder, or a revision of git; PATH the policy as it is now.

    \b
    Exit codes: 0 nothing changed, 1 something did, 2 the job could not be done.
    """
    from privlint.cli.policy_diff import tell_changes

    return tell_changes(older, path, form)


@policy.command("export", context_settings=ENVIRONMENT)
@click.argument("path", required=False, default=".", type=click.Path(path_type=Path))
@click.option(
    "--to", "form", type=click.Choice(("dpv", "fides")), required=True, help="Whose words: W3C DPV, or Fides."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to a file instead.")
def export(path: Path, form: str, output: Path | None) -> int:
    """Write the policy in the words of others: JSON-LD with terms of W3C DPV, or YAML for Fides (fideslang)."""
    from privlint.cli.policy_export import export_policy

    return export_policy(path, form, output)


@policy.command("schema", context_settings=ENVIRONMENT)
def schema() -> int:
    """Print the JSON Schema of the policy file, for editors."""
    from privlint.policy.schema import policy_schema

    write_stdout(json.dumps(policy_schema(), ensure_ascii=False, indent=2) + "\n", utf8=True)
    return 0
