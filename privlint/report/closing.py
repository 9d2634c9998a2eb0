"""The last lines of a report for people: what was looked at, what was not, and how many findings there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from privlint.diagnostics import Confidence, Severity
from privlint.policy.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from privlint.diagnostics import Diagnostic, Summary
    from privlint.report.options import Options


class Closing(NamedTuple):
    """`warnings` are reasons not to trust an empty report. `checked` is empty if no code was to be checked."""

    checked: str
    warnings: tuple[str, ...]
    found: str


def select_open(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those that are neither silenced nor in the baseline."""
    return [each for each in diagnostics if not each.suppressed and not each.baselined]


def close(diagnostics: Sequence[Diagnostic], summary: Summary, options: Options) -> Closing:
    """The closing lines for a run with these findings (the silenced ones may be among them)."""
    if not options.program:
        return Closing("", (), _tell_found(select_open(diagnostics), summary, "No findings"))
    checked = (
        count(summary.files, "file"),
        count(summary.fields, "personal-data field"),
        count(summary.flows, "flow"),
        count(summary.recipients, "recipient"),
        count(summary.unresolved, "unresolved call"),
    )
    nothing = "Nothing was checked" if not summary.files or not summary.fields else "No findings"
    found = _tell_found(select_open(diagnostics), summary, nothing)
    return Closing(f"Checked {' · '.join(checked)}", tuple(_tell_doubts(summary)), found)


def _tell_doubts(summary: Summary) -> Iterable[str]:
    if not summary.files:
        yield "no Python file was analysed: this report says nothing about any code"
    elif not summary.fields:
        yield (
            "no field is declared as personal data, so no flow could be followed: this report says nothing about the "
            "code (declare fields with Personal(...) or in [data] of the policy)"
        )
    if summary.not_analysed:
        yield f"{count(summary.not_analysed, 'file')} could not be analysed: what happens there is not in this report"
    if summary.cut:
        yield f"{count(summary.cut, 'fact')} went beyond the bounds of the analysis: flows may be missing"


def _tell_found(findings: Sequence[Diagnostic], summary: Summary, nothing: str) -> str:
    kinds = [
        count(sum(each.severity is severity for each in findings), severity.value)
        for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO)
        if any(each.severity is severity for each in findings)
    ]
    parts = [f"Found {', '.join(kinds)}" if kinds else nothing]
    likely = sum(each.confidence is Confidence.LIKELY for each in findings)
    parts += [f"{likely} of them likely, not certain"] if likely else []
    parts += [f"{summary.baselined} baselined"] if summary.baselined else []
    parts += [f"{summary.suppressed} suppressed"] if summary.suppressed else []
    parts += [f"{count(summary.skipped, 'file')} left out on purpose"] if summary.skipped else []
    return " · ".join(parts)
