"""Words of the published text compared with words of the policy file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from privlint.policy.countries import load_countries
from privlint.policy.prose import find_sections, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.checks._policy import PolicyInput
    from privlint.policy.tables import Element

SHORT = 4  # letters up to which a name of a country counts only as it is written: "UK", "USA", "U.S."
STEM = 6  # letters by which two forms of a word are taken for one
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def words_of(texts: Iterable[str]) -> list[str]:
    return [word.lower() for text in texts for word in WORD.findall(normalise(text))]


def stems(texts: Iterable[str]) -> set[str]:
    """The beginnings of the words, so that "proceeding" and "proceedings" are one."""
    return {stem(word) for word in words_of(texts)}


def stem(word: str) -> str:
    return word.lower().removesuffix("s")[:STEM]


def holds(text: str, words: Iterable[str]) -> str:
    """The first of the words that stands in the text, in any case; "" if none does."""
    low = normalise(text).lower()
    return next((word for word in words if word.lower() in low), "")


def names_country(context: PolicyInput, code: str) -> bool:
    """Whether the text has a name of the country: its own, or one that people use ("USA", "Great Britain")."""
    known = load_countries()
    names = [context.jurisdictions.names.get(code, code), *(name for name, each in known.hints.items() if each == code)]
    patterns = (rf"(?<!\w){re.escape(name)}(?!\w)" for name in names)
    flags = (re.IGNORECASE if len(name) > SHORT else 0 for name in names)
    return any(re.search(pattern, context.prose, flag) for pattern, flag in zip(patterns, flags, strict=True))


def own_text(context: PolicyInput, element: Element, clause: str = "") -> str:
    """What the published text says of an element: its section, and what is quoted for it."""
    clause = element.clause or clause
    found = [context.sections[path].text for path in find_sections(context.sections, clause)] if clause else []
    return normalise("\n".join([*found, *element.quote]))


def find_phrase(context: PolicyInput, phrase: str) -> list[int]:
    """Lines of the text on which a sentence with the phrase begins."""
    pattern = re.compile(rf"\b{re.escape(phrase)}\b", re.IGNORECASE)
    return [each.line for each in context.sentences for _ in pattern.finditer(each.text)]


def forms_in(context: PolicyInput, word: str) -> bool:
    """Whether the text has the word, in its plain forms."""
    return bool(re.search(rf"\b{re.escape(word)}(s|d|ing)?\b", context.prose, re.IGNORECASE))


def spellings(context: PolicyInput, name: str) -> list[str]:
    """The ways in which the text writes a name, when spaces, hyphens and case are left out of account."""
    parts = name.split()
    if len(parts) > 1 and len(parts[-1].strip(".")) <= 4:  # BV, Ltd, GmbH
        parts = parts[:-1]
    letters = [character for part in parts for character in part if character.isalnum()]
    if len(letters) < 4:
        return []
    pattern = r"(?<![\w.@/-])" + r"[\s-]?".join(map(re.escape, letters)) + r"(?![\w@/-]|\.\w)"
    found = (" ".join(match[0].split()) for match in re.finditer(pattern, context.prose, re.IGNORECASE))
    return list(dict.fromkeys(found))


def data_phrases(context: PolicyInput) -> Iterator[tuple[str, str, int]]:
    """What the text calls data: the words before "data", "details" ..., the whole phrase, and its line."""
    review = context.review
    refused = {word.lower() for word in review.data_words_not_after}
    people = {stem(word) for word in review.people_words}
    kinds = "|".join(map(re.escape, review.data_words))
    if not kinds:
        return
    word = r"[^\W\d_]+(?:-[^\W\d_]+)*"
    after = "|".join(map(re.escape, review.data_words_not_before)) or "$"
    pattern = re.compile(rf"\b({word}(?: and {word})?) ({kinds})\b(?! (?:{after}))", re.IGNORECASE)
    for each in context.sentences:
        for match in pattern.finditer(each.text):
            before = [part for part in match[1].split() if part.lower() != "and"]
            while before and before[0].lower() in refused:
                before.pop(0)
            ours = each.text[: match.start()].lower().split()[-1:] == ["our"]
            if before and not ours and not any(part.lower() in refused or stem(part) in people for part in before):
                yield " ".join(before), f"{' and '.join(before)} {match[2]}", each.line
