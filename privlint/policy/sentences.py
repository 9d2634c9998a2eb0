"""The sentences of a published text, as they are quoted, accepted and compared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from privlint.policy.prose import (
    LINK,
    Section,
    content_start,
    find_headings,
    normalise,
    number_of,
    path_at,
    quote_line,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from privlint.policy.prose import Heading, HeadingPath

SENTENCE_END = re.compile(r"(?<=[.!?\u061f\u06d4\u0964])[\"')]*\s+(?=[\"'(\u00bf\u00a1]*([^\W\d_]))|(?<=\u3002)(?=())")
# Words that a dot shortens, of several languages: a sentence goes on after them.
SHORT = (
    "e.g i.e etc art no nr tel cf resp incl approx para sec dr mr mrs ms st vs co prof "  # English
    "abs bspw bzgl bzw ca evtl exkl gem ggf ggfs hrsg inkl insb lit max mind mio nachf sog str tel urspr usw vgl zzgl "
    "al arg av chap env ex ext max min mme tél "  # French
    "bijv blz enz evt m.b.t nl o.a "  # Dutch
    "ej núm pág sr sra ud uds "  # Spanish
    "ecc dott sig "  # Italian
)
ABBREVIATION = re.compile(rf"(?:\b(?:{'|'.join(map(re.escape, SHORT.split()))}|ad es)|\b[^\W\d_])\.$", re.I)
# "am 3. Mai", "des 16. Lebensjahres": a number with a dot that counts what follows.
ORDINAL = re.compile(r"\b\d{1,2}\.$")
COUNTED = re.compile(
    r"(?:Januar|J\u00e4nner|Februar|M\u00e4rz|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
    r"|Lebensjahr|Quartal|Jahrhundert|Kalender)"
)


class Sentence(msgspec.Struct, frozen=True):
    """A sentence or list item, normalised, with its first line and its section. `links`: where the links of its
    paragraph lead, at the first sentence of that."""

    line: int
    section: HeadingPath
    text: str
    links: tuple[str, ...] = ()


def sentences(text: str, numbers: Sequence[int] = ()) -> list[Sentence]:
    """Every sentence and list item below the headings, in order; a heading with nothing below it says something by
    itself, unless it is the title of the text. `numbers` as in `sections`."""
    lines = text.splitlines()
    headings = find_headings(lines)
    covered = {position for heading in headings for position in range(heading.start, heading.body)}
    result: list[Sentence] = []
    for block in blocks(lines, covered):
        section = path_at(headings, block[0])
        result.extend(split_block(lines, block, section))
    found = sorted([*result, *bare_headings(headings, result)], key=lambda each: each.line)
    if not numbers:
        return found
    return [msgspec.structs.replace(each, line=number_of(each.line - 1, numbers)) for each in found]


def bare_headings(headings: list[Heading], found: list[Sentence]) -> list[Sentence]:
    """Headings that no sentence stands under."""
    held = {each.section[:depth] for each in found for depth in range(1, len(each.section) + 1)}
    paths = [(heading, path_at(headings, heading.start)) for heading in headings]
    within = {path[:depth] for _, path in paths for depth in range(1, len(path))}
    return [
        Sentence(heading.start + 1, path[:-1], heading.title)
        for heading, path in paths[1:]
        if path not in held and path not in within
    ]


def blocks(lines: list[str], covered: set[int]) -> list[list[int]]:
    """Paragraphs and list items as positions of their lines, headings left out."""
    found: list[list[int]] = []
    open_block = False
    for position, line in enumerate(lines):
        if position in covered or not line.strip():
            open_block = False
        elif open_block and not line[: content_start(line)].strip():
            found[-1].append(position)
        else:
            found.append([position])
            open_block = True
    return found


def split_block(lines: list[str], block: list[int], section: HeadingPath) -> list[Sentence]:
    """The sentences of one paragraph; a dot after an abbreviation ends none."""
    parts = cut_sentences(normalise("\n".join(lines[position] for position in block)))
    whole = Section(block[0] + 1, "\n".join(lines[at] for at in block), tuple(at + 1 for at in block))
    links = tuple(match[2].strip() for match in LINK.finditer(whole.text))
    return [
        Sentence(quote_line(whole, part) or block[0] + 1, section, part, () if number else links)
        for number, part in enumerate(part for part in parts if part)
    ]


def cut_sentences(text: str) -> list[str]:
    """The sentences of a normalised paragraph. A sentence begins with a letter that is no small one; where a script
    has no capital letters, with any."""
    parts: list[str] = []
    start = 0
    for match in SENTENCE_END.finditer(text):
        if match[1] and match[1].islower():
            continue
        so_far = text[start : match.start()]
        counts = ORDINAL.search(so_far) and COUNTED.match(text, match.end())
        if not ABBREVIATION.search(so_far) and not counts:
            parts.append(text[start : match.end()].strip())
            start = match.end()
    rest = text[start:].strip()
    return [*parts, rest] if rest else parts
