"""PRV003: words quoted from the published text are no longer in their section, or an accepted sentence changed."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import msgspec

from privlint.checks._policy import Finding, at_prose, report, shorten
from privlint.diagnostics import Diagnostic, RelatedPlace, Rule, Severity
from privlint.policy.elements import elements, quotes
from privlint.policy.lock import JOINT, Drift, compare, section_of, tell_change, text_of
from privlint.policy.prose import QuoteSearch, Section, find_quote, find_sections, normalise
from privlint.policy.tables import Element
from privlint.policy.wording import count, join, plural, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.checks._policy import PolicyInput
    from privlint.policy.lock import Accepted
    from privlint.policy.sentences import Sentence
    from privlint.policy.types import Path

RULE = Rule(
    "PRV003",
    "quote-drift",
    Severity.ERROR,
    "0.1.0",
    ("GDPR Art. 5(1)(a)", "GDPR Art. 5(2)", "GDPR Art. 12(1)", "GDPR Art. 13(3)", "GDPR Art. 14(4)"),
)
MOST_QUOTES = 2  # that a message repeats
CORRECT = "If the text is right as it stands now, correct the quote and what the file says beside it."
HEADING = "Correct `clause`: the headings of the text, joined by ` > `; or give the section its heading back."
ACCEPT = "If the text is right as it stands now, correct the policy file and run `privlint policy accept`."


class _Drifted(msgspec.Struct):
    """A quote that is not where it was, and where it was looked for."""

    keys: Path
    element: Element
    quote: str
    search: QuoteSearch


class _LostHeading(msgspec.Struct):
    """A section that the file names and the text does not have, with what is held by it and what to say of each."""

    clause: str
    held: list[tuple[Path, str]]


def check_policy(context: PolicyInput) -> Iterator[Diagnostic]:
    """One finding for each sentence that changed, with all the quotes of it, and for each quote that no such sentence
    explains."""
    if context.policy.prose_text is None:
        return
    quoted = _drifted_quotes(context)
    headings = _lost_headings(context)
    if context.policy.accepted is not None:
        drift = compare(context.policy.accepted, context.sentences)
        yield from _drifted_sentences(drift, quoted, headings, context)
    yield from _by_sentence(quoted, context)
    for lost in headings:
        yield _lost_heading(lost, context)


# ---------------------------------------------------------------- quotes


def _drifted_quotes(context: PolicyInput) -> list[_Drifted]:
    searched = (
        _Drifted(keys, element, quote, find_quote(context.sections, element.clause, quote))
        for keys, element, quote in quotes(context.policy)
    )
    return [each for each in searched if each.search.result in ("elsewhere", "missing")]


def _by_sentence(drifted: Iterable[_Drifted], context: PolicyInput) -> Iterator[Diagnostic]:
    """Quotes of what is one sentence now, and quotes of parts of another quote, are one finding."""
    found: dict[tuple[object, ...], tuple[str, list[_Drifted]]] = {}
    for each in sorted(drifted, key=lambda one: -len(normalise(one.quote))):
        whole = next((group for _, group in found.values() if _is_part(each, group[0])), None)
        if whole is not None:
            whole.append(each)
            continue
        sentence, words = _nearest(each, context) if each.search.result == "missing" else (None, "")
        key = (sentence.line, sentence.text) if sentence else each.keys
        found.setdefault(key, (words, []))[1].append(each)
    for words, together in found.values():
        yield _drifted(together[0], words, together[1:], context)


def _is_part(one: _Drifted, other: _Drifted) -> bool:
    """Whether a quote lies within another one from the same section, and both are gone."""
    words = normalise(one.quote)
    gone = one.search.result == other.search.result == "missing" and bool(words)
    return gone and one.element.clause == other.element.clause and words in normalise(other.quote)


def _drifted(first: _Drifted, words: str, others: list[_Drifted], context: PolicyInput) -> Diagnostic:
    """`words`: what the text says in the place of the first quote, if that is known."""
    text, element, quote, search = context.policy.prose_path, first.element, first.quote, first.search
    clause = said(element.clause) if element.clause else f"`{text}`"
    quoted = said(shorten(normalise(quote)))
    if not normalise(quote):
        message = "a quote without words stands nowhere in the text"
    elif search.result == "elsewhere":
        where = said(context.heading(search.section)) if search.section else "no heading"
        message = f"{quoted} no longer stands under {clause}; it stands under {where} (`{text}:{search.line}`)"
    else:
        says = f"; it says: {tell_change(normalise(quote), words)}" if words else ""
        message = f"{clause} no longer says {quoted}{says}"
    finding = Finding(
        name=f"quote {' '.join(quote.split())}",
        keys=first.keys,
        message=message,
        help=(CORRECT, "Else mend the text."),
        places=_places(others),
        quote=quote,
    )
    diagnostic = report(RULE, finding, context)
    if search.line:
        diagnostic.places = (*diagnostic.places, RelatedPlace(text, search.line, "where the text was looked for"))
    diagnostic.clause = element.clause
    return diagnostic


def _places(drifted: Iterable[_Drifted]) -> list[tuple[Path, str]]:
    return [(each.keys, said(shorten(normalise(each.quote)))) for each in drifted]


def _nearest(drifted: _Drifted, context: PolicyInput) -> tuple[Sentence | None, str]:
    """The sentence of the section that is most like the quote, and its words that are."""
    paths = find_sections(context.sections, drifted.element.clause)
    within = [each for each in context.sentences if any(each.section[: len(path)] == path for path in paths)]
    return _most_like(normalise(drifted.quote), within)


def _most_like(wanted: str, within: list[Sentence]) -> tuple[Sentence | None, str]:
    """The stretch of a sentence that is most like the quote, about as long as it. Only the sentence that shares most
    words with it is looked through."""
    words = wanted.split()
    best = max(within, key=lambda each: len(set(words) & set(each.text.split())), default=None)
    if best is None or len(set(words) & set(best.text.split())) * 2 < len(set(words)):
        return None, ""
    text = best.text.split()
    starts = range(max(len(text) - len(words), 0) + 1)
    stretches = {" ".join(text[start : start + len(words) + more]): None for start in starts for more in (0, 1, 2)}
    found = get_close_matches(wanted, list(stretches), n=1, cutoff=0.7)
    return (best, found[0]) if found else (None, "")


# ---------------------------------------------------------------- headings


def _lost_headings(context: PolicyInput) -> list[_LostHeading]:
    """One for each section, with all that is held by it."""
    lost: dict[str, list[tuple[Path, str]]] = {}
    for keys, element in elements(context.policy):
        if not element.clause or find_sections(context.sections, element.clause):
            continue
        if element.quote:
            held = [((*keys, "quote", number), said(shorten(quote))) for number, quote in enumerate(element.quote)]
        else:
            held = [((*keys, "clause"), "")] if context.policy.stated(*keys, "clause") else []
        lost.setdefault(element.clause, []).extend(held)
    return [_LostHeading(clause, held) for clause, held in lost.items() if held]


def _lost_heading(lost: _LostHeading, context: PolicyInput) -> Diagnostic:
    text, clause, held = context.policy.prose_path, lost.clause, lost.held
    quoted = [words for _, words in held if words]
    from_it = f", from which {join(quoted[:MOST_QUOTES])} {plural(len(quoted), 'is', 'are')} quoted" if quoted else ""
    more = f", and {len(quoted) - MOST_QUOTES} more" if len(quoted) > MOST_QUOTES else ""
    finding = Finding(
        name=f"clause {clause}",
        keys=held[0][0],
        message=f"`{text}` has no section {said(clause)}{from_it}{more}{_stands(clause, held, context)}",
        help=(HEADING,),
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


def _drifted_sentences(
    drift: Drift, quoted: list[_Drifted], headings: list[_LostHeading], context: PolicyInput
) -> Iterator[Diagnostic]:
    """Takes out of `quoted` and `headings` what a sentence explains that changed, went or moved."""
    for was, now in drift.changed:
        words = tell_change(was.text, text_of(now))
        message = f"a sentence changed since the text was accepted{_under(now, context)}: {words}"
        yield _sentence(f"changed {was.text}", was, now.line, message, _take(quoted, was), context)
    by_way: dict[tuple[str, str], list[tuple[Accepted, Sentence]]] = {}
    for was, now in drift.moved:
        by_way.setdefault(_differing(was.section, section_of(now)), []).append((was, now))
    for (old, new), moved in by_way.items():
        held = [place for was, _ in moved for place in _places(_take(quoted, was))]
        held += [place for was, _ in moved for place in _take_heading(headings, was)]
        yield _moved(old, new, [now for _, now in moved], held, context)
    for each in drift.lost:
        yield _lost(each, _take(quoted, each), context)


def _take(quoted: list[_Drifted], was: Accepted) -> list[_Drifted]:
    """The quotes of an accepted sentence, which are told with it."""
    taken = [each for each in quoted if _is_of(normalise(each.quote), was) and _is_below(was, each.element.clause)]
    quoted[:] = [each for each in quoted if each not in taken]
    return taken


def _is_of(quote: str, was: Accepted) -> bool:
    return bool(quote) and (quote in was.text or was.text in quote)


def _is_below(was: Accepted, clause: str) -> bool:
    """Whether a sentence stood in the section that a clause names."""
    path = tuple(was.section.split(JOINT)) if was.section else ()
    within = {path[:end]: Section(0, "", ()) for end in range(len(path) + 1)}
    return bool(find_sections(within, clause))


def _take_heading(headings: list[_LostHeading], was: Accepted) -> list[tuple[Path, str]]:
    """What is held by a heading under which the sentence stood, and which is gone."""
    taken = [each for each in headings if _is_below(was, each.clause)]
    headings[:] = [each for each in headings if each not in taken]
    return [place for each in taken for place in each.held]


def _sentence(
    name: str, was: Accepted, line: int, message: str, quoted: list[_Drifted], context: PolicyInput
) -> Diagnostic:
    """A finding about a sentence: at its first quote, which is to be corrected, or at the text if nothing quotes it."""
    if not quoted:
        return at_prose(RULE, context, line, name, message, help=(ACCEPT,), quote=was.text)
    help_ = (CORRECT, "Then `privlint policy accept`; else mend the text.")
    finding = Finding(
        name=name, keys=quoted[0].keys, message=message, help=help_, places=_places(quoted[1:]), quote=was.text
    )
    diagnostic = report(RULE, finding, context)
    diagnostic.clause = quoted[0].element.clause
    diagnostic.places = (RelatedPlace(context.policy.prose_path, max(line, 1), "the text"), *diagnostic.places)
    return diagnostic


def _under(sentence: Sentence, context: PolicyInput) -> str:
    return f" (under {said(context.heading(sentence.section))})" if sentence.section else ""


def _differing(old: str, new: str) -> tuple[str, str]:
    """Two heading paths without the headings below the one that differs."""
    before, after = old.split(JOINT), new.split(JOINT)
    while len(before) > 1 and len(after) > 1 and before[-1] == after[-1]:
        before.pop()
        after.pop()
    return JOINT.join(before), JOINT.join(after)


def _moved(old: str, new: str, moved: list[Sentence], held: list[tuple[Path, str]], context: PolicyInput) -> Diagnostic:
    places = [RelatedPlace(context.policy.prose_path, each.line, said(shorten(each.text))) for each in moved]
    for keys, text in held:
        at = context.policy.place(*keys)
        places.append(RelatedPlace(at.path, at.line, text or "`clause`"))
    stood = count(len(moved), "accepted sentence")
    return at_prose(
        RULE,
        context,
        moved[0].line,
        f"moved {old} {new}",
        f"{stood} stood under {said(old) if old else 'no heading'} and now {'stands' if len(moved) == 1 else 'stand'} "
        f"under {said(new) if new else 'no heading'}",
        help=(HEADING, ACCEPT) if held else (ACCEPT,),
        places=tuple(places),
    )


def _lost(lost: Accepted, quoted: list[_Drifted], context: PolicyInput) -> Diagnostic:
    parts = lost.section.split(JOINT)
    above = (JOINT.join(parts[:end]) for end in range(len(parts), 0, -1))
    known = (path for clause in above for path in find_sections(context.sections, clause))
    line = context.sections[next(known, ())].line
    under = said(context.heading(tuple(parts))) if lost.section else "no heading"
    message = f"an accepted sentence is gone; it stood under {under}: {said(shorten(lost.text, 160))}"
    return _sentence(f"lost {lost.text}", lost, line, message, quoted, context)
