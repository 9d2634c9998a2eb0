"""Markdown for a comment on a pull request or a step summary: a table, then each finding to unfold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.diagnostics import Confidence
from privlint.report.closing import close, select_open
from privlint.report.full import draw_code, group_alike, tell_context, tell_law
from privlint.report.markup import code, escape, escape_html, fence_off
from privlint.report.options import Options
from privlint.report.text import paint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from privlint.diagnostics import Diagnostic, FlowTrace, Summary

MOST_CHARACTERS = 60_000  # a comment on GitHub holds 65,536
_WIDTH = 100


def render(diagnostics: Sequence[Diagnostic], summary: Summary, options: Options) -> str:
    """Findings as far as a comment can hold them; how many are left out is said."""
    groups = group_alike(select_open(diagnostics))
    closing = close(diagnostics, summary, options)
    parts = ["## privlint\n\n", f"**{escape(closing.found)}**\n\n"]
    parts += [f"{escape(closing.checked)}\n\n"] if closing.checked else []
    parts += [f"> **Warning:** {escape(text)}\n\n" for text in closing.warnings]
    room = MOST_CHARACTERS - sum(map(len, parts))
    rows = _fill([_draw_row(group, options) for group in groups], room // 2)
    if rows:
        parts += ["| rule | finding | place |\n| --- | --- | --- |\n", *rows, "\n"]
    parts += _tell_left_out(len(groups) - len(rows), "more in the full report")
    details = [_draw_details(group, options) for group in groups]
    shown = _fill(details, room // 2)
    parts += shown
    parts += _tell_left_out(len(rows) - len(shown), "of the table without details here")
    return "".join(parts).rstrip("\n") + "\n"


def _fill(texts: Sequence[str], room: int) -> list[str]:
    """As many of the first texts as fit."""
    kept: list[str] = []
    for text in texts:
        room -= len(text)
        if room < 0:
            break
        kept.append(text)
    return kept


def _tell_left_out(number: int, where: str) -> list[str]:
    return [f"{number} {where}.\n\n"] if number > 0 else []


# ------------------------------------------------------------------------------------------------------------- drawing


def _draw_row(group: Sequence[Diagnostic], options: Options) -> str:
    first = group[0]
    more = f" and {len(group) - 1} more" if len(group) > 1 else ""
    rule = f"{first.severity.value} {first.code} {first.name}"
    return f"| {escape(rule)} | {escape(_tell(first, options))} | {code(f'{first.path}:{first.line}')}{more} |\n"


def _tell(diagnostic: Diagnostic, options: Options) -> str:
    sure = options.show_confidence and diagnostic.confidence is Confidence.LIKELY
    return diagnostic.message + (" (likely)" if sure else "")


def _draw_details(group: Sequence[Diagnostic], options: Options) -> str:
    first = group[0]
    title = escape_html(f"{first.code} {first.name} {first.path}:{first.line}")
    plain = Options(width=_WIDTH, unicode=True)
    notes = [
        ("Context", tell_context(first)),
        ("Clause", " · ".join(text for text in (tell_law(first), first.clause) if text)),
        ("Quote", first.quote),
        *[("Help", text) for text in first.help],
    ]
    parts = [f"<details>\n<summary>{title}</summary>\n\n{escape(_tell(first, options))}\n\n"]
    if first.frame:
        parts.append(fence_off(paint(draw_code(first, plain), plain)))
    parts += [_draw_flow(flow, len(first.flows) > 1) for flow in first.flows]
    parts += [f"Policy: {code(f'{first.policy.path}:{first.policy.line}')}\n\n"] if first.policy else []
    parts += [f"- {code(f'{place.path}:{place.line}')} {escape(place.text)}\n" for place in first.places]
    parts += ["\n"] if first.places else []
    parts += [f"{name}: {escape(text)}\n\n" for name, text in notes if text]
    parts += [f"Also at {code(f'{each.path}:{each.line}:{each.column}')}\n\n" for each in group[1:]]
    return "".join([*parts, "</details>\n\n"])


def _draw_flow(flow: FlowTrace, named: bool) -> str:
    head = f"{code(flow.category)} of {code(flow.field)}:\n\n" if named else ""
    steps = [
        f"{number}. {code(f'{step.path}:{step.line}')} {escape(step.message or step.kind)}"
        + (f": {code(step.text)}" if step.text else "")
        for number, step in enumerate(flow.trace, 1)
    ]
    return head + "".join(f"{step}\n" for step in steps) + "\n"
