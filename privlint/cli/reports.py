"""Rendering what was found: the main report, further ones into files, counts, exit codes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from privlint.cli.output import CannotDo, file_options, terminal_options, write_file, write_stdout

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from privlint.diagnostics import Diagnostic, Summary
    from privlint.report import RuleDoc

RANKS = {"info": 0, "warning": 1, "error": 2, "never": 3}
DEFAULT_FORMAT = "full"
HOOK_FORMAT = "concise"


class Destination(msgspec.Struct, frozen=True):
    """A report; `path` None is stdout."""

    format: str
    path: Path | None = None


def read_destinations(output_format: str, output: Path | None, reports: Iterable[str]) -> list[Destination]:
    """The main report first. Raises CannotDo for an unknown format or a `--report` that is not FORMAT=FILE."""
    destinations = [Destination(output_format, output)]
    for text in reports:
        name, equals, file = text.partition("=")
        if not (equals and file):
            raise CannotDo(f"--report {text}: write FORMAT=FILE, such as sarif=privlint.sarif")
        destinations.append(Destination(name, Path(file)))
    for each in destinations:
        _expect_format(each.format)
        if each.path is not None and not each.path.absolute().parent.is_dir():
            raise CannotDo(f"{each.path}: the folder does not exist")
    return destinations


def _expect_format(name: str) -> None:
    from privlint.report import FORMATS

    if name not in FORMATS:
        from privlint.policy.names import suggest

        raise CannotDo(f"no output format `{name}`; {suggest(name, FORMATS) or 'there are ' + ', '.join(FORMATS)}")


def write_reports(
    destinations: Sequence[Destination],
    diagnostics: Sequence[Diagnostic],
    summary: Summary,
    *,
    color: str,
    quiet: bool,
    program: bool = True,
) -> None:
    """`program` is false when only a policy was judged."""
    from privlint.report import MACHINE_FORMATS, render

    for each in destinations:
        machine = each.format in MACHINE_FORMATS
        options = terminal_options(color, Path.cwd()) if each.path is None and not machine else file_options()
        options = msgspec.structs.replace(options, program=program, rules=_rules_for(each.format))
        text = render(each.format, diagnostics, summary, options)
        if each.path is not None:
            write_file(each.path, text)
        elif machine or not quiet or any(not (found.suppressed or found.baselined) for found in diagnostics):
            write_stdout(text, utf8=machine)


def _rules_for(format_name: str) -> tuple[RuleDoc, ...]:
    """Formats for code hosts carry the documentation of the rules."""
    if format_name != "sarif":
        return ()
    from privlint.cli.rule_docs import load_docs

    return load_docs()


def count_rules(diagnostics: Iterable[Diagnostic]) -> str:
    """One line per rule that has open findings, the most frequent first."""
    counts = Counter((each.code, each.name) for each in diagnostics if not (each.suppressed or each.baselined))
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    width = len(str(ordered[0][1])) if ordered else 0
    return "".join(f"{count:>{width}}  {code} {name}\n" for (code, name), count in ordered)


def reaches(diagnostics: Iterable[Diagnostic], fail_on: str) -> bool:
    """Whether an open finding is at or above the severity."""
    return any(each.severity.rank >= RANKS[fail_on] for each in diagnostics if not (each.suppressed or each.baselined))


def add_up(summaries: Iterable[Summary]) -> Summary:
    """The counts of several programs as one."""
    from privlint.diagnostics import Summary

    total = Summary()
    for summary in summaries:
        for name in total.__struct_fields__:
            setattr(total, name, getattr(total, name) + getattr(summary, name))
    return total


def write_statistics(diagnostics: list[Diagnostic], *, to_stderr: bool) -> None:
    """How often each rule was broken."""
    text = count_rules(diagnostics)
    if to_stderr:
        click.echo(text, nl=False, err=True)
    else:
        write_stdout(text, utf8=False)
