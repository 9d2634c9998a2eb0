"""PRV003: words quoted from the published text are no longer in their section, or an accepted sentence changed."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from privlint.checks._policy import Finding, at_prose, count, join, report, said, shorten
from privlint.checks._wording import plural
from privlint.diagnostics import Diagnostic, RelatedPlace, Rule, Severity
from privlint.policy.elements import elements, quotes
from privlint.policy.lock import JOINT, Drift, compare, section_of, tell_change, text_of
from privlint.policy.prose import find_quote, find_sections, normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.checks._policy import PolicyInput
    from privlint.policy.lock import Accepted
    from privlint.policy.prose import QuoteSearch, Sentence
    from privlint.policy.tables import Element
    from privlint.policy.types import Path

RULE = Rule(
    "PRV003",
    "quote-drift",
    Severity.ERROR,
    "0.1.0",
    ("GDPR Art. 5(1)(a)", "GDPR Art. 5(2)", "GDPR Art. 12(1)", "GDPR Art. 13(3)", "GDPR Art. 14(4)"),
)
MOST_QUOTES = 2  # that a message repeats
ACCEPT = "If the text is right as it stands now, correct the policy file and run `privlint policy accept`."


def check_policy(context: PolicyInput) -> Iterator[Diagnostic]:
    if context.policy.prose_text is None:
        return
    yield from _drifted_quotes(context)
    yield from _lost_headings(context)
    if context.policy.accepted is not None:
        yield from _drifted_sentences(compare(context.policy.accepted, context.sentences), context)


# ---------------------------------------------------------------- quotes


def _drifted_quotes(context: PolicyInput) -> Iterator[Diagnostic]:
    for keys, element, quote in quotes(context.policy):
        search = find_quote(context.sections, element.clause, quote)
        if search.result in ("elsewhere", "missing"):
            yield _drifted(keys, element, quote, search, context)


def _drifted(keys: Path, element: Element, quote: str, search: QuoteSearch, context: PolicyInput) -> Diagnostic:
    text = context.policy.prose_path
    clause = said(element.clause) if element.clause else f"`{text}`"
    words = said(shorten(normalise(quote)))
    if not normalise(quote):
        message = "a quote without words stands nowhere in the text"
    elif search.result == "elsewhere":
        where = said(context.heading(search.section)) if search.section else "no heading"
        message = f"{words} no longer stands under {clause}; it stands under {where} (`{text}:{search.line}`)"
    else:
        message = f"{clause} no longer says {words}{_nearest(quote, element, context)}"
    finding = Finding(
        name=f"quote {' '.join(quote.split())}",
        keys=keys,
        message=message,
        help=(
            "If the text is right as it stands now, correct the quote and what the file says beside it.",
            "Else mend the text.",
        ),
        quote=quote,
    )
    diagnostic = report(RULE, finding, context)
    if search.line:
        diagnostic.places = (*diagnostic.places, RelatedPlace(text, search.line, "where the text was looked for"))
    diagnostic.clause = element.clause
    return diagnostic


def _nearest(quote: str, element: Element, context: PolicyInput) -> str:
    """What the section says instead, if a sentence is like the quote."""
    paths = find_sections(context.sections, element.clause)
    within = [each for each in context.sentences if any(each.section[: len(path)] == path for path in paths)]
    wanted = normalise(quote)
    best = _most_like(wanted, within)
    return f"; it says: {tell_change(wanted, best)}" if best else ""


def _most_like(wanted: str, within: list[Sentence]) -> str:
    """The stretch of a sentence that is most like the quote, about as long as it. Only the sentence that shares most
    words with it is looked through."""
    words = wanted.split()
    best = max(within, key=lambda each: len(set(words) & set(each.text.split())), default=None)
    if best is None or len(set(words) & set(best.text.split())) * 2 < len(set(words)):
        return ""
    text = best.text.split()
    starts = range(max(len(text) - len(words), 0) + 1)
    stretches = {" ".join(text[start : start + len(words) + more]): None for start in starts for more in (0, 1, 2)}
    found = get_close_matches(wanted, list(stretches), n=1, cutoff=0.7)
    return found[0] if found else ""


def _lost_headings(context: PolicyInput) -> Iterator[Diagnostic]:
    """Sections that the file names and the text does not have: one finding for each, with all that is held by it."""
    lost: dict[str, list[tuple[Path, str]]] = {}
    for keys, element in elements(context.policy):
        if not element.clause or find_sections(context.sections, element.clause):
            continue
        if element.quote:
            held = [((*keys, "quote", number), said(shorten(quote))) for number, quote in enumerate(element.quote)]
        else:
            held = [((*keys, "clause"), "")] if context.policy.stated(*keys, "clause") else []
        lost.setdefault(element.clause, []).extend(held)
    for clause, held in lost.items():
        if held:
            yield _lost_heading(clause, held, context)


def _lost_heading(clause: str, held: list[tuple[Path, str]], context: PolicyInput) -> Diagnostic:
    text = context.policy.prose_path
    quoted = [words for _, words in held if words]
    from_it = f", from which {join(quoted[:MOST_QUOTES])} {plural(len(quoted), 'is', 'are')} quoted" if quoted else ""
    more = f", and {len(quoted) - MOST_QUOTES} more" if len(quoted) > MOST_QUOTES else ""
    finding = Finding(
        name=f"clause {clause}",
        keys=held[0][0],
        message=f"`{text}` has no section {said(clause)}{from_it}{more}{_stands(clause, held, context)}",
        help=("Correct `clause`: the headings of the text, joined by ` > `; or give the section its heading back.",),
        places=held[1:],
    )
    diagnostic = report(RULE, finding, context)
    diagnostic.clause = clause
    return diagnostic


def _stands(clause: str, held: list[tuple[Path, str]], context: PolicyInput) -> str:
    """Under which heading the words stand now, or which heading is like the one that is named."""
    for keys, element, quote in quotes(context.policy):
        if element.clause == clause and keys in {each for each, _ in held}:
            search = find_quote(context.sections, clause, quote)
            if search.section:
                return f"; the words stand under {said(context.heading(search.section))}"
    titles = {" > ".join(path[-depth:]): None for path in context.sections for depth in range(1, len(path) + 1)}
    near = get_close_matches(clause, list(titles), n=1, cutoff=0.6)
    return f"; did you mean {said(near[0])}?" if near else ""


# ---------------------------------------------------------------- accepted sentences


def _drifted_sentences(drift: Drift, context: PolicyInput) -> Iterator[Diagnostic]:
    for was, now in drift.changed:
        words = tell_change(was.text, text_of(now))
        message = f"a sentence changed since the text was accepted{_under(now, context)}: {words}"
        yield at_prose(RULE, context, now.line, f"changed {was.text}", message, help=(ACCEPT,), quote=was.text)
    by_way: dict[tuple[str, str], list[Sentence]] = {}
    for was, now in drift.moved:
        by_way.setdefault(_differing(was.section, section_of(now)), []).append(now)
    for (old, new), moved in by_way.items():
        yield _moved(old, new, moved, context)
    for each in drift.lost:
        yield _lost(each, context)


def _under(sentence: Sentence, context: PolicyInput) -> str:
    return f" (under {said(context.heading(sentence.section))})" if sentence.section else ""


def _differing(old: str, new: str) -> tuple[str, str]:
    """Two heading paths without the headings below the one that differs."""
    before, after = old.split(JOINT), new.split(JOINT)
    while len(before) > 1 and len(after) > 1 and before[-1] == after[-1]:
        before.pop()
        after.pop()
    return JOINT.join(before), JOINT.join(after)


def _moved(old: str, new: str, moved: list[Sentence], context: PolicyInput) -> Diagnostic:
    places = tuple(RelatedPlace(context.policy.prose_path, each.line, said(shorten(each.text))) for each in moved)
    stood = count(len(moved), "accepted sentence")
    return at_prose(
        RULE,
        context,
        moved[0].line,
        f"moved {old} {new}",
        f"{stood} stood under {said(old) if old else 'no heading'} and now {'stands' if len(moved) == 1 else 'stand'} "
        f"under {said(new) if new else 'no heading'}",
        help=(ACCEPT,),
        places=places,
    )


def _lost(lost: Accepted, context: PolicyInput) -> Diagnostic:
    parts = lost.section.split(" > ")
    above = (" > ".join(parts[:end]) for end in range(len(parts), 0, -1))
    known = (path for clause in above for path in find_sections(context.sections, clause))
    path = next(known, ())
    under = said(context.heading(tuple(parts))) if lost.section else "no heading"
    return at_prose(
        RULE,
        context,
        context.sections[path].line,
        f"lost {lost.text}",
        f"an accepted sentence is gone; it stood under {under}: {said(shorten(lost.text, 160))}",
        help=(ACCEPT,),
        quote=lost.text,
    )
