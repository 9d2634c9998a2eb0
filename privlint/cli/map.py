"""`privlint map`: what the policy and the code say together."""

from __future__ import annotations

from pathlib import Path

import click

from privlint.cli.lazy import ENVIRONMENT

FORMATS = ("csv", "markdown", "json")


@click.command("map", context_settings=ENVIRONMENT)
@click.argument("path", required=False, default=".", type=click.Path(path_type=Path))
@click.option("--record", is_flag=True, help="The record of processing (Art. 30 GDPR).")
@click.option("--output-format", type=click.Choice(FORMATS), default="markdown", help="How to write it.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to a file instead.")
@click.option("--policy", type=click.Path(path_type=Path, exists=True), help="Judge by this policy file.")
@click.option("--exclude", metavar="PATTERN", multiple=True, help="No part of the program; as in .gitignore.")
@click.option("-j", "--jobs", type=click.IntRange(1), metavar="N", help="Processes; one per processor by default.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but what is wrong.")
@click.option("-v", "--verbose", is_flag=True, help="Say where the cache is of no use.")
def map_data(
    path: Path,
    record: bool,
    output_format: str,
    output: Path | None,
    policy: Path | None,
    exclude: tuple[str, ...],
    jobs: int | None,
    no_cache: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Write the record of processing: one row for each purpose and legal basis, with the code that does it.

    PATH is a project, or any file or folder of it; the record is always that of the whole program. Two columns hold
    the policy and the code against each other: what is declared and was not found in the code, and what was found and
    is not declared. `privlint check` reports the latter in detail.

    \b
    Exit codes: 0 written, 2 the job could not be done.
    """
    from privlint.cli.run_map import MapRequest, write_map

    return write_map(
        MapRequest(
            path=path,
            record=record,
            form=output_format,
            output=output,
            policy=policy,
            exclude=exclude,
            jobs=jobs,
            no_cache=no_cache,
            quiet=quiet,
            verbose=verbose,
        )
    )
