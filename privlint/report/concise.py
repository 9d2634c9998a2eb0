"""One line for each finding, which editors and grep understand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.diagnostics import Confidence
from privlint.report.closing import close, select_open
from privlint.report.text import Span, paint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from privlint.diagnostics import Diagnostic, Summary
    from privlint.report.options import Options


def render(diagnostics: Sequence[Diagnostic], summary: Summary, options: Options) -> str:
    """`path:line:column: code message [declaration]` for each open finding, then the closing lines."""
    lines = [_draw_finding(each, options) for each in select_open(diagnostics)]
    closing = close(diagnostics, summary, options)
    lines += [[Span("warning", "warning"), Span(f": {text}")] for text in closing.warnings]
    lines += [[Span(closing.checked)]] if closing.checked else []
    return paint([*lines, [Span(closing.found, "strong")]], options)


def _draw_finding(diagnostic: Diagnostic, options: Options) -> list[Span]:
    message = " ".join(diagnostic.message.split())
    line = [Span(f"{diagnostic.path}:{diagnostic.line}:{diagnostic.column}: ")]
    line += [Span(diagnostic.code, diagnostic.severity.value), Span(f" {message}")]
    if diagnostic.trace:
        line.append(Span(f" [{diagnostic.trace[0].path}:{diagnostic.trace[0].line}]", "faint"))
    if options.show_confidence and diagnostic.confidence is Confidence.LIKELY:
        line.append(Span(" (likely)", "faint"))
    return line
