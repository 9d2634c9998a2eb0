"""What `privlint policy check` does, policy by policy."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from privlint.cli.output import CannotDo
from privlint.cli.reports import DEFAULT_FORMAT, reaches, read_destinations, write_reports, write_statistics
from privlint.cli.selectors import Selection, SelectorError, check_words, make_filter, split_words
from privlint.diagnostics import Diagnostic, Summary
from privlint.engine.policy_alone import judge_policy
from privlint.engine.present import relate_paths
from privlint.engine.rule_list import RULES
from privlint.engine.run import read_policy
from privlint.project import Project, compile_patterns, find_policy, prefix_of, show
from privlint.project.find import find_settings

if TYPE_CHECKING:
    from privlint.policy.types import Policy
    from privlint.project import Settings

FAIL_ON = "warning"
FOR_PEOPLE = ("full", "concise")
PARTS = ("purposes", "recipients", "groups", "retention", "rights", "data", "code", "exceptions")


class PolicyRequest(msgspec.Struct, kw_only=True):
    """The options of `policy check` as given."""

    paths: tuple[Path, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    output_format: str | None
    output: Path | None
    report: tuple[str, ...]
    fail_on: str | None
    color: str
    quiet: bool
    verbose: bool
    statistics: bool


class _Result(msgspec.Struct):
    """`policy` is None if it is not valid. `diagnostics` are those to be shown, paths relative to this folder."""

    file: Path
    root: Path
    policy: Policy | None
    diagnostics: list[Diagnostic]
    fail_on: str


def run_policy_check(request: PolicyRequest) -> int:
    """The exit code: 2 if a policy is not valid, else 1 if there are findings from `fail-on` on, else 0."""
    destinations = read_destinations(request.output_format or DEFAULT_FORMAT, request.output, request.report)
    found = dict.fromkeys(find(path) for path in request.paths or (Path(),))
    results = [_check(root, file, request) for root, file in found]
    diagnostics = sorted((each for result in results for each in result.diagnostics), key=Diagnostic.sort_key)
    summary = Summary(suppressed=sum(bool(each.suppressed) for each in diagnostics))
    for_people = destinations[0].format in FOR_PEOPLE and destinations[0].path is None
    if not request.quiet:
        for result in results:
            _tell(result)
    write_reports(destinations, diagnostics, summary, color=request.color, quiet=request.quiet, program=False)
    if request.statistics:
        write_statistics(diagnostics, to_stderr=not for_people)
    if any(result.policy is None for result in results):
        return 2
    return int(any(reaches(result.diagnostics, result.fail_on) for result in results))


def find(path: Path) -> tuple[Path, Path]:
    """Root and policy of what is given."""
    if not path.exists():
        raise CannotDo(f"{path}: no such file or folder")
    path = path.resolve()
    if path.is_dir():
        return find_policy(path, None)
    root, own = find_policy(path.parent, path)
    return (root, own) if root in path.parents else (path.parent, path)


def load_valid(path: Path) -> tuple[Path, Policy]:
    """The policy file of what is given, and the policy. Raises CannotDo if it is not valid."""
    root, file = find(path)
    return file, read_valid(file, root)


def read_valid(file: Path, root: Path, name: str = "") -> Policy:
    """The policy. Raises CannotDo with the first error if it is not valid, of a file that is called `name`."""
    policy = read_policy(file, root)
    if isinstance(policy, list):
        first = policy[0]
        where = name or show(root / first.path)
        raise CannotDo(f"{where}:{first.line}: {first.message} (see privlint policy check)")
    return policy


def _check(root: Path, file: Path, request: PolicyRequest) -> _Result:
    settings = find_settings(root)
    barred = settings.require_exceptions_in_policy
    selection = _selection(request, settings)
    _check_words([*selection.words, *barred])
    policy, diagnostics = judge_policy(file, root, datetime.date.today(), policy_only=barred)
    prefix = prefix_of(Project(root, file, settings))
    is_shown = make_filter(selection, lambda pattern, path: bool(compile_patterns([pattern]).match_file(prefix + path)))
    shown = relate_paths([each for each in diagnostics if is_shown(each)], root, Path.cwd())
    return _Result(file, root, policy, shown, request.fail_on or settings.fail_on or FAIL_ON)


def _selection(request: PolicyRequest, settings: Settings) -> Selection:
    """As for `check`: the command line before pyproject.toml."""
    select, ignore = split_words(request.select), split_words(request.ignore)
    written = settings.select
    if settings.extend_select:
        written = (*(written or ("ALL",)), *settings.extend_select)
    return Selection(select or written, ignore or settings.ignore, settings.per_file_ignores)


def _check_words(words: list[str]) -> None:
    try:
        check_words(words, RULES)
    except SelectorError as error:
        raise CannotDo(str(error)) from error


def _tell(result: _Result) -> None:
    """What was read, and what lawyers wrote beside it."""
    if result.policy is None:
        return
    policy = result.policy
    counts = [f"{len(getattr(policy, name))} {name}" for name in PARTS if getattr(policy, name)]
    listed = f" ({', '.join(counts)})" if counts else ""
    click.echo(f"{show(result.file)}: the policy is well-formed{listed}", err=True)
    from privlint.policy.elements import elements

    for keys, element in elements(policy):
        if element.review:
            place = policy.place(*keys, "review")
            where = show(result.root / place.path)
            click.echo(f"{where}:{place.line}: review: {' '.join(element.review.split())}", err=True)
