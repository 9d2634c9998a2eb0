"""Workflow commands, which GitHub Actions turns into annotations of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.diagnostics import Confidence, Severity
from privlint.report.closing import close, select_open

if TYPE_CHECKING:
    from collections.abc import Sequence

    from privlint.diagnostics import Diagnostic, Summary
    from privlint.report.options import Options

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(diagnostics: Sequence[Diagnostic], summary: Summary, options: Options) -> str:
    """One command for each open finding and each doubt about the run, then the closing lines as plain log text."""
    closing = close(diagnostics, summary, options)
    lines = [_command(each, options) for each in select_open(diagnostics)]
    lines += [f"::warning title=privlint::{escape_data(text)}" for text in closing.warnings]
    lines += [closing.checked] if closing.checked else []
    return "\n".join([*lines, closing.found]) + "\n"


def escape_data(text: str) -> str:
    """The text of a command: a line break would end it, and a `%` begin an escape."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def _command(diagnostic: Diagnostic, options: Options) -> str:
    properties = {"file": diagnostic.path, "line": str(diagnostic.line)}
    if diagnostic.end_line > diagnostic.line:
        properties["endLine"] = str(diagnostic.end_line)  # columns only count within one line
    else:
        end_column = max(diagnostic.end_column, diagnostic.column)
        properties |= {"endLine": str(diagnostic.line), "col": str(diagnostic.column), "endColumn": str(end_column)}
    properties["title"] = f"{diagnostic.code} {diagnostic.name}"
    listed = ",".join(f"{name}={escape_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[diagnostic.severity]} {listed}::{escape_data(_tell(diagnostic, options))}"


def _tell(diagnostic: Diagnostic, options: Options) -> str:
    """Message, way and help; an annotation shows line breaks."""
    sure = options.show_confidence and diagnostic.confidence is Confidence.LIKELY
    lines = [diagnostic.message + (" (likely)" if sure else "")]
    for number, step in enumerate(diagnostic.trace, 1):
        lines.append(f"{number}. {step.path}:{step.line} {step.message or step.kind}")
    lines += [f"{place.path}:{place.line} {place.text}" for place in diagnostic.places]
    lines += [f"Policy: {diagnostic.policy.path}:{diagnostic.policy.line}"] if diagnostic.policy else []
    return "\n".join([*lines, *(f"Help: {text}" for text in diagnostic.help)])
