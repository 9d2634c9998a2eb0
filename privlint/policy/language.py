"""Which language a text is in, as far as its common words tell."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENGLISH = "English"  # what all lists of words are in
FEW = 50  # words, below which any common word tells and plain letters are taken for English


def language_of(text: str, common: Mapping[str, Sequence[str]]) -> str:
    """One of the languages of `common`, which has common words of each; "" if none of them is it."""
    words = Counter(word.strip(".,;:()\"'") for word in text.lower().split())
    counts = {name: sum(words[word] for word in known) for name, known in common.items()}
    best = max(counts, key=lambda name: (counts[name], name == ENGLISH), default=ENGLISH)
    total = words.total()
    if total < FEW:
        return best if counts.get(best, 0) or text.isascii() else ""
    return best if counts.get(best, total) * 10 > total else ""
