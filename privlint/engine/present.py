"""What a report prints beside the finding: the source around it, and paths as the user sees them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from privlint.diagnostics import Diagnostic, Step

BEFORE, AFTER = 2, 1  # lines of context around the finding
LONGEST = 12  # lines of a finding that are shown


def add_frames(
    diagnostics: Iterable[Diagnostic],
    lines_of: Callable[[str], list[str]],
    *,
    before: int = BEFORE,
    after: int = AFTER,
) -> None:
    """Fills the frames. `lines_of` gives the lines of a file, none if it cannot be read; `before` and `after` are how
    many are shown around a finding."""
    for diagnostic in diagnostics:
        last = min(max(diagnostic.end_line, diagnostic.line), diagnostic.line + LONGEST - 1)
        diagnostic.frame = _cut(lines_of(diagnostic.path), diagnostic.line, last, before, after)
        if diagnostic.policy is not None:
            line = diagnostic.policy.line
            diagnostic.policy_frame = _cut(lines_of(diagnostic.policy.path), line, line, 0, after)


def _cut(lines: list[str], first: int, last: int, before: int, after: int) -> tuple[int, tuple[str, ...]] | None:
    """The lines from `first` to `last` with those around them, unless these are blank at the edge."""
    begin, end = max(first - before, 1), min(last + after, len(lines))
    while begin < first and not lines[begin - 1].strip():
        begin += 1
    while end > last and not lines[end - 1].strip():
        end -= 1
    cut = tuple(lines[begin - 1 : end])
    return (begin, cut) if cut else None


def relate_paths(diagnostics: Iterable[Diagnostic], root: Path, here: Path) -> list[Diagnostic]:
    """The diagnostics with paths relative to `here` where they lie below it, else as they are: to the root."""
    diagnostics = list(diagnostics)
    if root == here:
        return diagnostics
    known: dict[str, str] = {}

    def relate(path: str) -> str:
        if path not in known:
            whole = Path(os.path.normpath(root / path))  # a policy may lie above the root
            known[path] = whole.relative_to(here).as_posix() if whole.is_relative_to(here) else path
        return known[path]

    return [_relate(diagnostic, relate) for diagnostic in diagnostics]


def _relate(diagnostic: Diagnostic, relate: Callable[[str], str]) -> Diagnostic:
    replace = msgspec.structs.replace
    policy = diagnostic.policy
    return replace(
        diagnostic,
        path=relate(diagnostic.path),
        flows=tuple(
            replace(flow, trace=tuple(_relate_step(step, relate) for step in flow.trace)) for flow in diagnostic.flows
        ),
        policy=replace(policy, path=relate(policy.path)) if policy else None,
        places=tuple(replace(place, path=relate(place.path)) for place in diagnostic.places),
    )


def _relate_step(step: Step, relate: Callable[[str], str]) -> Step:
    return msgspec.structs.replace(step, path=relate(step.path))
