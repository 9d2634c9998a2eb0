"""What `privlint map` does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from privlint.cli.output import CannotDo, is_interactive, write_file, write_stdout
from privlint.cli.progress import TerminalProgress
from privlint.cli.selectors import split_words
from privlint.engine import Outcome, RunOptions, run_program
from privlint.project import find_programs, show
from privlint.report.record import render_record

if TYPE_CHECKING:
    from privlint.project import Program


class MapRequest(msgspec.Struct, kw_only=True):
    """The options of `map` as given."""

    path: Path
    record: bool
    form: str
    output: Path | None
    policy: Path | None
    exclude: tuple[str, ...]
    jobs: int | None
    no_cache: bool
    quiet: bool
    verbose: bool


def write_map(request: MapRequest) -> int:
    """0, or 2 if the policy is not valid. Raises CannotDo, or ProjectError where there is no project."""
    if not request.record:
        raise CannotDo("map writes the record of processing, and nothing else so far: privlint map --record")
    if request.output is not None and not request.output.absolute().parent.is_dir():
        raise CannotDo(f"{request.output}: the folder does not exist")
    program = _find(request)
    outcome = _run(program, request)
    if outcome.record is None:
        for each in outcome.diagnostics:
            hint = f" ({' '.join(each.help)})" if each.help else ""
            where = show(program.project.root / each.path)
            click.echo(f"{where}:{each.line}:{each.column}: {each.code} {each.message}{hint}", err=True)
        return 2
    text = render_record(outcome.record, request.form)
    if request.output is not None:
        write_file(request.output, text)
    else:
        write_stdout(text, utf8=True)
    return 0


def _find(request: MapRequest) -> Program:
    programs = find_programs([request.path], policy=request.policy, exclude=split_words(request.exclude) or None)
    if len(programs) > 1:
        names = ", ".join(show(each.project.root) for each in programs)
        raise CannotDo(f"each policy has a record of its own; name the project that is meant: {names}")
    return programs[0]


def _run(program: Program, request: MapRequest) -> Outcome:
    options = RunOptions(jobs=request.jobs or 0, cache=not request.no_cache, record=True)
    if request.quiet or not is_interactive():
        outcome = run_program(program, options)
    else:
        with TerminalProgress() as options.progress:
            outcome = run_program(program, options)
    if not request.quiet:
        for warning in [*outcome.warnings, *_doubts(outcome)]:
            click.echo(f"warning: {warning}", err=True)
    if request.verbose:
        for note in outcome.notes:
            click.echo(note, err=True)
    return outcome


def _doubts(outcome: Outcome) -> list[str]:
    """Why the record may show less than there is."""
    if outcome.record is None:
        return []
    seen = outcome.record.seen
    doubts = []
    if not seen.fields:
        doubts.append("no field of the code is declared as personal data: the record shows the policy only")
    if seen.not_analysed:
        number = len(seen.not_analysed)
        doubts.append(f"{number} {'file' if number == 1 else 'files'} could not be read: privlint check tells why")
    return doubts
