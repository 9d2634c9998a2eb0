"""The lock: which sentences of the published text were accepted, and what has changed since.

One line per sentence: a hash, the headings above it, the sentence itself, separated by tabs. White space, dashes,
quotation marks and emphasis do not count, as everywhere the text is compared; where a link leads does.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeVar

import msgspec

from privlint.policy.prose import normalise_title
from privlint.policy.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from privlint.policy.prose import HeadingPath

HEAD = """\
# Sentences of {prose} as they were accepted. `privlint policy accept` writes this file. A sentence that changes, goes
# or comes is reported (PRV003, PRV004) until the text is accepted again.
"""
ALIKE = 0.55  # two sentences that share this much are one that was changed
JOINT = " > "
CONTEXT = 3  # words shown on both sides of a change

AnySentence = TypeVar("AnySentence", "Accepted", Sentence)


class LockError(ValueError):
    """The lock cannot be read: `line` and why."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


class Accepted(msgspec.Struct, frozen=True):
    """A sentence of the lock. `section` is its heading path in one line."""

    section: str
    text: str


class Drift(msgspec.Struct, frozen=True):
    """What differs from the lock. `changed`: the accepted sentence and what stands there now; `moved`: sentences that
    now stand below other headings; `lost` and `new` have no counterpart."""

    changed: tuple[tuple[Accepted, Sentence], ...] = ()
    moved: tuple[tuple[Accepted, Sentence], ...] = ()
    lost: tuple[Accepted, ...] = ()
    new: tuple[Sentence, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changed or self.moved or self.lost or self.new)


# ---------------------------------------------------------------- the file


def write_lock(prose: str, sentences: Iterable[Sentence]) -> str:
    """The text of the lock, in the order of the prose."""
    lines = [f"{hash_sentence(each)}\t{section_of(each)}\t{each.text}\n" for each in map(_accept, sentences)]
    return HEAD.format(prose=prose) + "".join(lines)


def read_lock(text: str) -> tuple[Accepted, ...]:
    """What was accepted. Raises LockError for a line that privlint did not write like that."""
    found: list[Accepted] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) != 3:
            raise LockError(number, "this line is no accepted sentence")
        accepted = Accepted(parts[1], parts[2])
        if parts[0] != hash_sentence(accepted):
            raise LockError(number, "this line was changed by hand: its hash belongs to another sentence")
        found.append(accepted)
    return tuple(found)


def _accept(sentence: Sentence) -> Accepted:
    return Accepted(section_of(sentence), text_of(sentence))


def section_of(sentence: Sentence | Accepted) -> str:
    """The headings above a sentence in one line."""
    return sentence.section if isinstance(sentence, Accepted) else show_section(sentence.section)


def text_of(sentence: Sentence | Accepted) -> str:
    """What is accepted of a sentence: its words, and where its links lead."""
    links = () if isinstance(sentence, Accepted) else sentence.links
    return " ".join([*sentence.text.split(), *(f"<{link}>" for link in links)])


def show_section(path: HeadingPath) -> str:
    return JOINT.join(" ".join(title.split()) for title in path)


def hash_sentence(sentence: Sentence | Accepted) -> str:
    """16 hexadecimal digits over headings and sentence."""
    text = f"{_key(section_of(sentence))}\0{text_of(sentence)}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _key(section: str) -> str:
    return JOINT.join(normalise_title(title) for title in section.split(JOINT))


# ---------------------------------------------------------------- the comparison


def compare(accepted: Sequence[Accepted], sentences: Sequence[Sentence]) -> Drift:
    """What differs between the lock and the text, in the order of each; the order of sentences does not count."""
    lost = _without(accepted, map(hash_sentence, sentences))
    new = _without(sentences, map(hash_sentence, accepted))
    moved = _pair(lost, new, text_of)
    changed = _pair(lost, new, lambda each: _key(section_of(each)))
    return Drift(tuple(changed), tuple(moved), tuple(lost), tuple(new))


def _without(sentences: Sequence[AnySentence], known: Iterable[str]) -> list[AnySentence]:
    """Those that have no counterpart; of several equal ones, as many as are too many."""
    left = Counter(known)
    rest: list[AnySentence] = []
    for each in sentences:
        name = hash_sentence(each)
        if left[name]:
            left[name] -= 1
        else:
            rest.append(each)
    return rest


def _pair(
    lost: list[Accepted], new: list[Sentence], group: Callable[[Accepted | Sentence], str]
) -> list[tuple[Accepted, Sentence]]:
    """Takes out of both lists what belongs together: of one group, the most alike."""
    by_group: dict[str, list[Sentence]] = {}
    for each in new:
        by_group.setdefault(group(each), []).append(each)
    pairs = []
    for was in lost:
        candidates = by_group.get(group(was), [])
        likely = [(_likeness(was, each), -number) for number, each in enumerate(candidates)]
        best, at = max(likely, default=(0.0, 0))
        if best >= ALIKE:
            pairs.append((was, candidates.pop(-at)))
    for was, now in pairs:
        lost.remove(was)
        new.remove(now)
    return pairs


def _likeness(was: Accepted, now: Sentence) -> float:
    """From 0 to 1."""
    before, after = was.text.split(), text_of(now).split()
    shared, every = set(before) & set(after), set(before) | set(after)
    if len(shared) * 4 < len(every):  # too little in common to be worth the comparison
        return 0
    return SequenceMatcher(None, before, after, autojunk=False).ratio()


def tell_change(was: str, now: str) -> str:
    """The words that differ, with a few around them: `"five years after" became "six years after"`."""
    old, new = was.split(), now.split()
    spans = [op for op in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if op[0] != "equal"]
    if not spans:
        return f"\u201c{was}\u201d became \u201c{now}\u201d"
    first, last = spans[0], spans[-1]
    before, after = first[1], len(old) - last[2]
    return f"{_cut(old, before, after)} became {_cut(new, before, after)}"


def _cut(words: list[str], before: int, after: int) -> str:
    start, end = max(before - CONTEXT, 0), min(len(words) - after + CONTEXT, len(words))
    head, tail = "\u2026 " if start else "", " \u2026" if end < len(words) else ""
    return f"\u201c{head}{' '.join(words[start:end])}{tail}\u201d"
