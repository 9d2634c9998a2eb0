"""Properties of the lock: what was accepted is silent, any change of words is not."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from privlint.policy.lock import compare, read_lock, write_lock
from privlint.policy.prose import normalise
from privlint.policy.sentences import sentences

WORDS = "we keep your data for five years and never share it with others (EEA) e.g. Art. 6 2-3 “as is”"
WORD = st.sampled_from(WORDS.split())
SENTENCE = st.lists(WORD, min_size=1, max_size=8).map(lambda words: " ".join(words).capitalize() + ".")
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=3).map(" ".join)
BLOCK = st.one_of(
    PARAGRAPH,
    st.lists(SENTENCE, min_size=1, max_size=3).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.sampled_from(["## Why", "## How long", "### Rights", "**Access**: ask us."]),
)
TEXT = st.lists(BLOCK, min_size=1, max_size=8).map(lambda blocks: "\n\n".join(["# Title", *blocks]))


def drifts(old: str, new: str) -> bool:
    return bool(compare(read_lock(write_lock("PRIVACY.md", sentences(old))), sentences(new)))


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_what_was_accepted_is_silent(text: str) -> None:
    assert not drifts(text, text)
    assert not drifts(text, text.replace(" ", "  ").replace("“", '"').replace("”", '"').replace("-3", "\u20133"))


@settings(max_examples=150, deadline=None)
@given(TEXT, st.data())
def test_a_word_that_comes_or_goes_is_caught(text: str, data: st.DataObject) -> None:
    words = text.split(" ")
    at = data.draw(st.integers(1, len(words) - 1))
    changed = " ".join(
        [*words[:at], *data.draw(st.sampled_from([[], ["not", words[at]], ["seven"]])), *words[at + 1 :]]
    )
    assume(normalise(changed) != normalise(text) and not words[at].endswith("#"))
    assert drifts(text, changed)
