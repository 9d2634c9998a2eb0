"""Questions of the checklist that a text leaves to its authors: no finding of ours, but worth an answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from privlint.checks._policy import Finding, report
from privlint.checks._words import own_text
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.names import below
from privlint.policy.prose import normalise
from privlint.policy.wording import join, label_of, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from privlint.checks._policy import PolicyInput
    from privlint.models import Question
    from privlint.policy.tables import Element
    from privlint.policy.types import Path

HELP = (
    "A question for the authors of the text. Answer it there, or put it to rest in the policy file: [[exceptions]] "
    'with `rule = "{rule}"`, `question = "{name}"` and `reason`.'
)
ASKED = "question "


def ask(rule: Rule, context: PolicyInput) -> Iterator[Diagnostic]:
    """The questions that are asked under a rule."""
    if context.policy.prose_text is None or not context.english:
        return
    for question in context.review.question:
        if question.rule == rule.code and not _is_answered(question, context):
            yield from _ask(rule, question, context)


def question_of(diagnostic: Diagnostic) -> str:
    """The name of the question that a finding asks, or ""."""
    asked = diagnostic.expression.startswith(ASKED) and not diagnostic.flows
    return diagnostic.expression.removeprefix(ASKED) if asked else ""


def _is_answered(question: Question, context: PolicyInput) -> bool:
    policy = context.policy
    if any(re.search(pattern, context.prose, re.IGNORECASE) for pattern in question.unless):
        return True
    if any(policy.states(path) for path in question.unless_stated):
        return True
    held = [name for group in policy.groups.values() for name in group.contains]
    held += [name for purpose in policy.purposes.values() for name in policy.expand(purpose.categories)]
    return any(below(name, asked) for name in held for asked in question.unless_category)


def _ask(rule: Rule, question: Question, context: PolicyInput) -> Iterator[Diagnostic]:
    parts = [(keys, label) for keys, label, text in _parts(question, context) if _fits(question, text)]
    if not parts:
        return
    finding = Finding(
        name=f"{ASKED}{question.name}",
        keys=parts[0][0],
        message=question.ask.format(label=join(said(label) for _, label in parts)),
        help=(HELP.format(rule=rule.code, name=question.name),),
        severity=Severity.INFO,
        places=[(keys, label) for keys, label in parts[1:]],
        articles=question.article,
    )
    yield report(rule, finding, context)


def _fits(question: Question, text: str) -> bool:
    return all(re.search(pattern, text, re.IGNORECASE) for pattern in question.words)


def _parts(question: Question, context: PolicyInput) -> Iterator[tuple[Path, str, str]]:
    """Key path, label and text of what a question is about."""
    if question.about == "prose":
        yield ("policy", "prose"), "", context.prose
        return
    table: Mapping[str, Element] | Element | None = getattr(context.policy, question.about)
    if isinstance(table, dict):
        for name, element in table.items():
            label = label_of(name, element)
            yield (question.about, name), label, _text(context, element, [label])
    elif table is not None:
        yield (question.about,), "", _text(context, table, [])  # type: ignore[arg-type]


def _text(context: PolicyInput, element: Element, more: Iterable[str]) -> str:
    if element.clause and _has_own_section(element):
        return normalise("\n".join([*more, own_text(context, element)]))
    return normalise("\n".join([*more, *element.quote]))


def _has_own_section(element: Element) -> bool:
    """Whether a whole section speaks of the element: several periods share one."""
    return hasattr(element, "basis")
