"""PRV004: the published text has sentences that nothing in the policy file holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._policy import at_prose, shorten
from privlint.diagnostics import Diagnostic, RelatedPlace, Rule, Severity
from privlint.policy.elements import quotes
from privlint.policy.lock import compare, show_section
from privlint.policy.prose import find_sections, normalise
from privlint.policy.wording import count, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.checks._policy import PolicyInput
    from privlint.policy.prose import HeadingPath
    from privlint.policy.sentences import Sentence

RULE = Rule(
    "PRV004",
    "unmodelled-sentence",
    Severity.WARNING,
    "0.1.0",
    ("GDPR Art. 5(1)(a)", "GDPR Art. 5(2)", "GDPR Art. 12(1)", "GDPR Art. 13(3)", "GDPR Art. 14(4)"),
)


def check_policy(context: PolicyInput) -> Iterator[Diagnostic]:
    if context.policy.prose_text is None:
        return
    accepted = context.policy.accepted
    if accepted is None:
        quoted = quoted_sentences(context)
        yield from _by_section((each for each in context.sentences if each not in quoted), context, is_new=False)
    else:
        yield from _by_section(compare(accepted, context.sentences).new, context, is_new=True)


def quoted_sentences(context: PolicyInput) -> set[Sentence]:
    """Sentences that a quote touches, in the section that its clause names."""
    touched: set[Sentence] = set()
    for _, element, quote in quotes(context.policy):
        for path in find_sections(context.sections, element.clause):
            within = [each for each in context.sentences if each.section[: len(path)] == path]
            touched.update(_touched(normalise(quote), within))
    return touched


def _touched(quote: str, within: list[Sentence]) -> Iterator[Sentence]:
    """The sentences that a quote lies in, or runs through."""
    text = " ".join(each.text for each in within)
    at = text.find(quote) if quote else -1
    start = 0
    for each in within:
        end = start + len(each.text)
        if at >= 0 and start < at + len(quote) and at < end:
            yield each
        start = end + 1


def _by_section(sentences: Iterable[Sentence], context: PolicyInput, *, is_new: bool) -> Iterator[Diagnostic]:
    found: dict[HeadingPath, list[Sentence]] = {}
    for each in sentences:
        found.setdefault(each.section, []).append(each)
    for section, inside in found.items():
        yield _report(section, inside, context, is_new=is_new)


def _report(section: HeadingPath, inside: list[Sentence], context: PolicyInput, *, is_new: bool) -> Diagnostic:
    where = said(context.heading(section)) if section else f"`{context.policy.prose_path}`"
    words = "; ".join(said(shorten(each.text)) for each in inside[:3])
    more = f"; and {len(inside) - 3} more" if len(inside) > 3 else ""
    number = count(len(inside), "sentence")
    if is_new:
        state = "that {} new since the text was accepted".format("is" if len(inside) == 1 else "are")
    else:
        state = "from which no `quote` of the policy file is taken"
    places = [RelatedPlace(context.policy.prose_path, each.line, said(shorten(each.text))) for each in inside]
    return at_prose(
        RULE,
        context,
        inside[0].line,
        f"{show_section(section)} {inside[0].text}",
        f"{where} has {number} {state}: {words}{more}",
        help=(
            "Say in the policy file what the sentence says, and quote it there.",
            "If it says nothing that a policy file could hold, accept the text as it is: `privlint policy accept`.",
        ),
        places=tuple(places[1:]),
    )
