"""What `privlint check` does, program by program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from privlint.cli.effective import Effective, read_effective
from privlint.cli.output import CannotDo, is_interactive
from privlint.cli.progress import TerminalProgress
from privlint.cli.reports import (
    DEFAULT_FORMAT,
    HOOK_FORMAT,
    add_up,
    reaches,
    read_destinations,
    write_reports,
    write_statistics,
)
from privlint.cli.selectors import ALL, SelectorError, check_words, make_filter, split_words, stands_for
from privlint.diagnostics import Confidence, Diagnostic
from privlint.engine import Outcome, Progress, RunOptions, relate_paths, run_program
from privlint.project import Program, compile_patterns, find_programs, lies_in, prefix_of, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class CheckRequest(msgspec.Struct, kw_only=True):
    """The options of `check` as given. `buffer` takes the place of the one path's content."""

    paths: tuple[Path, ...]
    buffer: bytes | None
    from_environment: frozenset[str]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    exclude: tuple[str, ...]
    min_confidence: str | None
    fail_on: str | None
    policy: Path | None
    judge_policy: bool
    output_format: str | None
    output: Path | None
    report: tuple[str, ...]
    color: str
    quiet: bool
    verbose: bool
    statistics: bool
    jobs: int | None
    no_cache: bool
    hook: bool


def run_check(request: CheckRequest) -> int:
    """The exit code: 2 if a policy is not valid, else 1 if there are findings from `fail-on` on, else 0."""
    default = HOOK_FORMAT if request.hook else DEFAULT_FORMAT
    destinations = read_destinations(request.output_format or default, request.output, request.report)
    programs = _find(request)
    if len(programs) > 1 and not request.quiet:
        names = ", ".join(show(program.project.policy) for program in programs)
        click.echo(f"{len(programs)} programs, each with its own policy: {names}", err=True)
    results = [_check_program(program, request) for program in programs]
    diagnostics = sorted((each for result in results for each in result.diagnostics), key=Diagnostic.sort_key)
    summary = add_up(result.outcome.summary for result in results)
    judged = [result.outcome.judged for result in results]
    write_reports(destinations, diagnostics, summary, color=request.color, quiet=request.quiet, program=any(judged))
    if request.statistics:
        write_statistics(diagnostics, to_stderr=destinations[0].format not in {"full", "concise"})
    if not all(judged):
        return 2
    return int(any(reaches(result.diagnostics, result.fail_on) for result in results))


class _Result(msgspec.Struct):
    outcome: Outcome
    diagnostics: list[Diagnostic]
    fail_on: str


def _find(request: CheckRequest) -> list[Program]:
    exclude = split_words(request.exclude) or None
    paths = list(request.paths)
    if request.buffer is not None and not paths[0].exists():  # a file that was never saved
        found = find_programs([paths[0].absolute().parent], policy=request.policy, exclude=exclude)
        wanted = paths[0].absolute()
        for program in found:
            if wanted.is_relative_to(program.project.root):
                name = wanted.relative_to(program.project.root).as_posix()
                program.files = sorted({*program.files, name})
        return found[:1]
    return find_programs(paths, policy=request.policy, exclude=exclude, tracked_only=request.hook)


def _check_program(program: Program, request: CheckRequest) -> _Result:
    effective = read_effective(request, program.project)
    if request.verbose:
        _tell(effective.describe(program))
    _check_rules([*effective.selection.words, *program.project.settings.require_exceptions_in_policy])
    quiet = request.quiet or request.hook or not is_interactive()
    with TerminalProgress() if not quiet else _Silent() as progress:
        options = RunOptions(
            jobs=request.jobs or 0,
            cache=not request.no_cache,
            buffers=_buffers(program, request),
            progress=progress,
        )
        outcome = run_program(program, options)
    if not request.quiet:
        _tell(f"warning: {warning}" for warning in outcome.warnings)
    if request.verbose:
        _tell(outcome.notes)
        _tell(["nothing changed: the stored result is shown"] if outcome.replayed else [])
        _tell(f"unresolved: {path}:{line}: {name}() gets personal data" for path, line, name in outcome.unresolved)
    if outcome.judged and _asks_for_policy(request, effective):
        outcome.diagnostics = _with_policy(outcome.diagnostics, program)
    diagnostics = [each for each in outcome.diagnostics if _is_shown(each, effective, program)]
    outcome.summary.suppressed = sum(bool(each.suppressed) for each in diagnostics)
    outcome.summary.baselined = sum(each.baselined for each in diagnostics)
    return _Result(outcome, relate_paths(diagnostics, program.project.root, Path.cwd()), effective.fail_on)


def _asks_for_policy(request: CheckRequest, effective: Effective) -> bool:
    """The rules on the policy alone are run with `--policy`, or if they are selected by code, prefix or name."""
    if request.judge_policy:
        return True
    if not effective.selection.select:
        return False
    from privlint.checks import POLICY_RULES

    words = [word for word in effective.selection.select if word not in {ALL, "PRV"}]
    return any(stands_for(word, rule) for word in words for rule in POLICY_RULES)


def _with_policy(diagnostics: list[Diagnostic], program: Program) -> list[Diagnostic]:
    """What was found in the code, and what is found in the policy by itself; what both found stands once."""
    import datetime

    from privlint.engine.policy_alone import judge_policy

    project = program.project
    barred = project.settings.require_exceptions_in_policy
    _, found = judge_policy(project.policy, project.root, datetime.date.today(), policy_only=barred)
    alone = {each.fingerprint for each in found}
    return sorted([*found, *(each for each in diagnostics if each.fingerprint not in alone)], key=Diagnostic.sort_key)


class _Silent(Progress):
    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def _buffers(program: Program, request: CheckRequest) -> dict[str, bytes]:
    root = program.project.root
    if request.buffer is None:
        return {}
    path = request.paths[0]
    wanted = path.resolve()
    return {wanted.relative_to(root).as_posix(): request.buffer} if wanted.is_relative_to(root) else {}


def _check_rules(words: list[str]) -> None:
    """Rules are imported only if words have to be checked."""
    if not words:
        return
    from privlint.engine.rule_list import RULES

    try:
        check_words(words, RULES)
    except SelectorError as error:
        raise CannotDo(str(error)) from error


def _is_shown(diagnostic: Diagnostic, effective: Effective, program: Program) -> bool:
    if effective.min_confidence == Confidence.CERTAIN.value and diagnostic.confidence is not Confidence.CERTAIN:
        return False
    if not make_filter(effective.selection, _path_matcher(program))(diagnostic):
        return False
    return diagnostic.code == "PRV001" or is_in_scope(diagnostic, program.project.scope)


def _path_matcher(program: Program) -> Callable[[str, str], bool]:
    prefix = prefix_of(program.project)
    return lambda pattern, path: bool(compile_patterns([pattern]).match_file(prefix + path))


def is_in_scope(diagnostic: Diagnostic, scope: Iterable[str]) -> bool:
    """Whether the finding, or any line that its data passes through, lies in one of the paths."""
    if not scope:
        return True
    places = {diagnostic.path, *(step.path for flow in diagnostic.flows for step in flow.trace)}
    return any(lies_in(place, scope) for place in places)


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line, err=True)
