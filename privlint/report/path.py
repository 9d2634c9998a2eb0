"""The data's way from its declaration to the sink: numbered lines in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from privlint.diagnostics import Confidence
from privlint.report.text import Span, cut, cut_left, expand, pad, show, width, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from privlint.diagnostics import Diagnostic, FlowTrace, Step
    from privlint.report.options import Options

_LEAST = 24  # cells for what is said of a step, however narrow the terminal
_LEAST_TEXT = 12  # a source line in fewer cells tells nothing
_LEAST_PLACE = 20  # cells of a place, however narrow the terminal
_SHOWN = 4  # flows of a merged finding that are shown with their own steps


def draw_path(diagnostic: Diagnostic, gutter: int, options: Options) -> list[list[Span]]:
    """The steps of the first flow, and of further ones those that come before they meet the first."""
    if not diagnostic.flows:
        return []
    first, *others = diagnostic.flows
    merged = bool(others)
    lines = [_draw_head(first, "flow", gutter, options)] if merged else []
    lines += _draw_steps(first.trace, "" if merged else "flow", gutter, options)
    for flow in others[: _SHOWN - 1]:
        shared = _count_shared(first.trace, flow.trace)
        lines.append(_draw_head(flow, "and", gutter, options))
        own = flow.trace[: len(flow.trace) - shared]
        lines += _draw_steps(own, "", gutter, options)
        if shared:
            lines.append([Span(" " * (gutter + 9) + f"then as above from {len(first.trace) - shared + 1}", "faint")])
    lines += [_draw_head(flow, "and", gutter, options) for flow in others[_SHOWN - 1 :]]
    return lines


def _draw_head(flow: FlowTrace, word: str, gutter: int, options: Options) -> list[Span]:
    sure = " (likely)" if options.show_confidence and flow.confidence is Confidence.LIKELY else ""
    name = f"{flow.category} ({flow.field}){sure}"
    return [Span(" " * gutter + " = ", "gutter"), Span(f"{word}: ", "strong"), Span(name)]


def _count_shared(one: Sequence[Step], other: Sequence[Step]) -> int:
    """How many steps both traces have in common at their ends."""
    shared = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if (left.path, left.line, left.kind) != (right.path, right.line, right.kind):
            break
        shared += 1
    return shared


class _Columns(NamedTuple):
    """Cells: `left` before the number, then those of number, place and source (0: not shown)."""

    left: int
    numbers: int
    places: int
    texts: int

    @property
    def indent(self) -> int:
        """Where it is said what happens."""
        return self.left + self.numbers + self.places + 4 + (self.texts + 2 if self.texts else 0)


def _measure(steps: Sequence[Step], total: int, gutter: int, options: Options) -> _Columns:
    """The source gives way first when there is little room, then the folders of the places."""
    left = gutter + 3 + len("flow  ")
    numbers = len(str(total))
    messages = max((width(_tell(step, options)) for step in steps), default=0)
    most = max(options.width - left - numbers - 4 - min(messages, _LEAST), _LEAST_PLACE)
    places = max((width(cut_left(_tell_place(step, options), most, options.unicode)) for step in steps), default=0)
    room = options.width - left - numbers - places - 6
    messages = min(messages, max(room * 2 // 3, _LEAST))
    texts = min(max((width(step.text) for step in steps), default=0), max(room - messages, 0))
    return _Columns(left, numbers, places, texts if texts >= _LEAST_TEXT else 0)


def _draw_steps(steps: Sequence[Step], head: str, gutter: int, options: Options) -> list[list[Span]]:
    """Number, place, source, what happens; `head` stands before the first."""
    kept = _keep_ends(len(steps), options.max_steps)
    shown = [steps[index] for index in kept if index is not None]
    columns = _measure(shown, len(steps), gutter, options)
    lines: list[list[Span]] = []
    for index in kept:
        margin = [Span(" " * gutter + " = ", "gutter"), Span(f"{head:<6}", "strong")]
        if lines or not head:
            margin = [Span(" " * columns.left)]
        if index is None:
            lines.append([*margin, Span(f"({len(steps) - len(shown)} more steps)", "faint")])
        else:
            lines += _draw_step(index + 1, steps[index], margin, columns, options)
    return lines


def _draw_step(number: int, step: Step, margin: list[Span], columns: _Columns, options: Options) -> list[list[Span]]:
    line = [
        *margin,
        Span(f"{number:>{columns.numbers}}  ", "faint"),
        Span(pad(cut_left(_tell_place(step, options), columns.places, options.unicode), columns.places) + "  "),
    ]
    if columns.texts:
        shown, _ = expand(step.text, options.unicode)
        line.append(Span(pad(cut(shown, columns.texts, options.unicode), columns.texts) + "  ", "faint"))
    first, *rest = wrap(_tell(step, options), max(options.width - columns.indent, _LEAST))
    return [[*line, Span(first, "second")], *[[Span(" " * columns.indent), Span(each, "second")] for each in rest]]


def _keep_ends(length: int, most: int) -> list[int | None]:
    """Indices to show; None stands for those in the middle that are left out."""
    if length <= most:
        return list(range(length))
    ends = max(most // 2, 1)
    return [*range(ends), None, *range(length - ends, length)]


def _tell_place(step: Step, options: Options) -> str:
    return show(f"{step.path}:{step.line}", options.unicode)


def _tell(step: Step, options: Options) -> str:
    return show(" ".join(step.message.split()) or step.kind, options.unicode)
