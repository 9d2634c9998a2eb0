"""The report for people: the code with the finding marked, the data's way to it, the policy's line, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from privlint.diagnostics import Confidence
from privlint.report.closing import close, select_open
from privlint.report.frame import Mark, draw_frame
from privlint.report.path import draw_path
from privlint.report.text import Span, paint, show, width, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from privlint.diagnostics import Diagnostic, FlowTrace, Summary
    from privlint.report.options import Options

Line = list[Span]


def render(diagnostics: Sequence[Diagnostic], summary: Summary, options: Options) -> str:
    """Each open finding as a block, those of one source, recipient and rule as one; then the closing lines."""
    lines: list[Line] = []
    for group in group_alike(select_open(diagnostics)):
        lines += [*draw_finding(group[0], options, group[1:]), []]
    return paint([*lines, *_draw_closing(diagnostics, summary, options)], options)


def group_alike(diagnostics: Iterable[Diagnostic]) -> list[list[Diagnostic]]:
    """Findings of one rule about the same fields and recipient (or kind of sink), in order of the first of each."""
    groups: dict[tuple[object, ...], list[Diagnostic]] = {}
    for each in diagnostics:
        fields = tuple(flow.field for flow in each.flows)
        key: tuple[object, ...] = (each.code, fields, each.recipient or each.sink, each.severity)
        groups.setdefault(key if fields else (id(each),), []).append(each)
    return list(groups.values())


def draw_finding(diagnostic: Diagnostic, options: Options, others: Sequence[Diagnostic] = ()) -> list[Line]:
    """The block of one finding. `others` are the same finding at further sinks."""
    gutter = _measure_gutter(diagnostic)
    return [
        *_draw_title(diagnostic, options),
        _draw_place(diagnostic, gutter, options),
        *draw_code(diagnostic, options),
        *draw_path(diagnostic, gutter, options),
        *_draw_policy(diagnostic, gutter, options),
        *_draw_places(diagnostic, gutter, options),
        *_draw_notes(diagnostic, gutter, options),
        *[_draw_other(each, gutter, options) for each in others],
    ]


def _measure_gutter(diagnostic: Diagnostic) -> int:
    frames = [frame for frame in (diagnostic.frame, diagnostic.policy_frame) if frame]
    return max((len(str(first + len(lines))) for first, lines in frames), default=1)


def _draw_title(diagnostic: Diagnostic, options: Options) -> list[Line]:
    url = next((doc.url for doc in options.rules if doc.rule.code == diagnostic.code), "")
    sure = " (likely)" if options.show_confidence and diagnostic.confidence is Confidence.LIKELY else ""
    code = Span(diagnostic.code, diagnostic.severity.value, url)
    name = Span(f" {diagnostic.name}{sure}:", "strong")
    head = code.text + name.text
    first, *rest = wrap(show(f"{head} {' '.join(diagnostic.message.split())}", options.unicode), options.width)
    if not first.startswith(head):  # too narrow for it
        return [[code, name], [Span(" ".join([first, *rest])[len(head) + 1 :])]]
    return [[code, name, Span(first[len(head) :])], *[[Span(line)] for line in rest]]


def _draw_place(diagnostic: Diagnostic, gutter: int, options: Options) -> Line:
    return [Span(" " * gutter + "--> ", "gutter"), _tell_place(diagnostic, options)]


def _tell_place(diagnostic: Diagnostic, options: Options) -> Span:
    link = f"file://{quote(f'{options.root}/{diagnostic.path}', errors='surrogateescape')}" if options.root else ""
    return Span(f"{diagnostic.path}:{diagnostic.line}:{diagnostic.column}", "", link)


def draw_code(diagnostic: Diagnostic, options: Options) -> list[Line]:
    """The frame of the finding's code with its marks; nothing if there is no frame."""
    if diagnostic.frame is None:
        return []
    gutter = _measure_gutter(diagnostic)
    first, lines = diagnostic.frame
    label = f"recipient `{diagnostic.recipient}`" if diagnostic.recipient else diagnostic.sink
    style = diagnostic.severity.value
    end_line = max(diagnostic.end_line, diagnostic.line)
    end_column = diagnostic.end_column
    if end_line == diagnostic.line:
        end_column = max(end_column, diagnostic.column + 1)
    main = Mark(diagnostic.line, diagnostic.column, end_line, end_column, label, style, main=True)
    marks = [main, *_mark_arguments(diagnostic)]
    return [*draw_frame(first, lines, marks, gutter, options), [Span(" " * gutter + " |", "gutter")]]


def _mark_arguments(diagnostic: Diagnostic) -> list[Mark]:
    """The parts of the sink's call that carry data, each with the categories it carries."""
    carried: dict[tuple[int, int, int], list[str]] = {}
    for flow in diagnostic.flows:
        place = _find_argument(flow, diagnostic)
        if place and flow.category not in carried.setdefault(place, []):
            carried[place].append(flow.category)
    return [
        Mark(line, column, line, end_column, " + ".join(categories))
        for (line, column, end_column), categories in sorted(carried.items())
    ]


def _find_argument(flow: FlowTrace, diagnostic: Diagnostic) -> tuple[int, int, int] | None:
    """The last step that stands on one line inside the sink's call and is not the whole of it."""
    start, end = (diagnostic.line, diagnostic.column), (diagnostic.end_line, diagnostic.end_column)
    for step in reversed(flow.trace):
        span = (step.line, step.column), (step.end_line, step.end_column)
        inside = start <= span[0] < span[1] <= end and span != (start, end)
        if step.path == diagnostic.path and step.line == step.end_line and inside:
            return step.line, step.column, step.end_column
    return None


def _draw_policy(diagnostic: Diagnostic, gutter: int, options: Options) -> list[Line]:
    place = diagnostic.policy
    if place is None or (place.path, place.line) == (diagnostic.path, diagnostic.line):
        return []
    head = [Span(" " * gutter + " = ", "gutter"), Span("policy: ", "strong"), Span(f"{place.path}:{place.line}")]
    lines: list[Line] = [head]
    if diagnostic.policy_frame is None:
        return lines
    first, source = diagnostic.policy_frame
    marks = []
    if first <= place.line < first + len(source):
        text = source[place.line - first].rstrip()
        start = len(text) - len(text.lstrip())
        marks = [Mark(place.line, start + 1, place.line, max(len(text), start + 1) + 1)]
    return [*lines, *draw_frame(first, source, marks, gutter, options), [Span(" " * gutter + " |", "gutter")]]


def _draw_places(diagnostic: Diagnostic, gutter: int, options: Options) -> list[Line]:
    """The further lines that a finding about the policy speaks of."""
    lines: list[Line] = []
    for place in diagnostic.places:
        at = f"{place.path}:{place.line}"
        lines += _draw_note("at", f"{at} {place.text}" if place.text else at, gutter, options)
    return lines


def tell_law(diagnostic: Diagnostic) -> str:
    """`GDPR Art. 44, 46`: the articles that a rule rests on, or nothing."""
    laws: dict[str, list[str]] = {}
    for article in diagnostic.articles:
        law, _, number = article.rpartition("Art. ")
        laws.setdefault(f"{law or 'GDPR '}Art. ", []).append(number)
    return " · ".join(f"{law}{', '.join(numbers)}" for law, numbers in laws.items())


def tell_context(diagnostic: Diagnostic) -> str:
    """Who the data is about, what for, on what basis, and where it goes: what is known of it."""
    recipient = [f"established in {diagnostic.country}"] if diagnostic.country else []
    recipient += [f"data goes to {diagnostic.location}"] if diagnostic.location else []
    parts = [
        f"data subject {diagnostic.subject}" if diagnostic.subject else "",
        f"purpose {diagnostic.purpose}" if diagnostic.purpose else "",
        f"basis {diagnostic.basis}" if diagnostic.basis else "",
        f"sink {diagnostic.sink}" if diagnostic.sink else "",
        f"recipient {diagnostic.recipient}" if diagnostic.recipient else "",
        *recipient,
    ]
    return " · ".join(part for part in parts if part)


def _draw_notes(diagnostic: Diagnostic, gutter: int, options: Options) -> list[Line]:
    clause = f'policy section "{diagnostic.clause}"' if diagnostic.clause else ""
    notes = [
        ("context", tell_context(diagnostic)),
        ("clause", " · ".join(part for part in (tell_law(diagnostic), clause) if part)),
        ("quote", f"“{diagnostic.quote}”" if diagnostic.quote else ""),
        *[("help", text) for text in diagnostic.help],
    ]
    return [line for name, text in notes if text for line in _draw_note(name, text, gutter, options)]


def _draw_note(name: str, text: str, gutter: int, options: Options) -> list[Line]:
    head = Span(f"{name}: ", "help" if name == "help" else "strong")
    indent = gutter + 3 + len(head.text)
    first, *rest = wrap(show(" ".join(text.split()), options.unicode), max(options.width - indent, 30))
    return [[Span(" " * gutter + " = ", "gutter"), head, Span(first)], *[[Span(" " * indent + line)] for line in rest]]


def _draw_other(diagnostic: Diagnostic, gutter: int, options: Options) -> Line:
    sure = " (likely)" if options.show_confidence and diagnostic.confidence is Confidence.LIKELY else ""
    return [
        Span(" " * gutter + " = ", "gutter"),
        Span("also at ", "strong"),
        _tell_place(diagnostic, options),
        Span(sure),
    ]


def _draw_closing(diagnostics: Sequence[Diagnostic], summary: Summary, options: Options) -> list[Line]:
    closing = close(diagnostics, summary, options)
    lines: list[Line] = []
    for text in closing.warnings:
        first, *rest = wrap(show(text, options.unicode), max(options.width - len("warning: "), 30))
        lines.append([Span("warning", "warning"), Span(f": {first}", "strong")])
        lines += [[Span(" " * len("warning: ") + line, "strong")] for line in rest]
    lines += [[Span(line)] for line in _break(closing.checked, options)]
    *before, last = _break(closing.found, options)
    lines += [[Span(line, "strong")] for line in before]
    codes = [each.code for each in select_open(diagnostics)]
    hint = f"(privlint explain {codes[0]} for the rule)" if codes else ""
    if hint and width(last) + 3 + len(hint) > options.width:
        return [*lines, [Span(last, "strong")], [Span(hint, "faint")]]
    return [*lines, [Span(last, "strong"), Span(f"   {hint}" if hint else "", "faint")]]


def _break(text: str, options: Options) -> list[str]:
    return wrap(show(text, options.unicode), options.width) if text else []
