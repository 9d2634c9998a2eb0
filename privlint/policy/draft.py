"""A first policy file from a published text: which table holds which sentence. Bases are not guessed, answers are left
as TODO, which `policy check` refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from privlint.policy.prose import content_start, sections, sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from privlint.models import Review
    from privlint.policy.prose import HeadingPath, Sentence

WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS = {word: number for number, word in enumerate(WORDS, 1)}
PERIOD = re.compile(rf"\b(\d+|{'|'.join(NUMBERS)}) (day|week|month|year)s?\b", re.IGNORECASE)
HEAD = """\
# A first draft of the policy file, from {prose}. Every sentence of the text stands in a `quote`, where privlint takes
# it to belong; what only people can say is left as TODO. `privlint policy check` tells what is still missing.
"""
BASIS = """\
# basis: on what legal ground? One line for all people, `basis = "contract"`, or one [[purposes.{name}.basis]] for each.
# categories, subjects, retention: names of [groups], [subjects] and [retention].
"""


class Draft(msgspec.Struct):
    """Tables in the order of the format, each with the lines of its entries. `rest`: sentences that no table is for."""

    lines: list[str]
    rest: list[str] = msgspec.field(default_factory=list)
    names: set[str] = msgspec.field(default_factory=set)

    def name(self, table: str, label: str) -> str:
        """A key that no entry of the table has yet."""
        words = re.findall(r"[a-z0-9]+", label.lower())
        stem = "_".join(words[:4]) or "entry"
        name, number = stem, 2
        while f"{table}.{name}" in self.names:
            name, number = f"{stem}_{number}", number + 1
        self.names.add(f"{table}.{name}")
        return name


class _Part(msgspec.Struct):
    """Sentences of one section: those that are items of a list apart."""

    section: HeadingPath
    texts: list[str]
    items: list[str]

    @property
    def all(self) -> list[str]:
        return [*self.texts, *self.items]

    @property
    def title(self) -> str:
        return self.section[-1] if self.section else ""


def draft_policy(text: str, prose: str, home: str, review: Review) -> str:
    """The policy file as TOML, valid but for the answers that are missing."""
    parts = list(_parts(text))
    tables: dict[str, list[_Part]] = {}
    for part in parts:
        tables.setdefault(_table_of(part.section, review), []).append(part)
    out = Draft([])
    out.rest += [text for part in tables.pop("", []) for text in part.all]
    for table, write in _WRITERS.items():
        for part in tables.get(table, []):
            write(out, part, review)
    title = next((path[0] for path in sections(text) if path), "")
    head = Draft([HEAD.format(prose=prose)])
    _write(head, "policy", schema=1, name=title, prose=prose, home=home, quote=out.rest)
    return "\n".join([*head.lines, *out.lines])


def _parts(text: str) -> Iterator[_Part]:
    lines = text.splitlines()
    found: dict[HeadingPath, _Part] = {}
    for each in sentences(text):
        part = found.setdefault(each.section, _Part(each.section, [], []))
        (part.items if _is_item(each, lines) else part.texts).append(each.text)
    yield from found.values()


def _is_item(sentence: Sentence, lines: list[str]) -> bool:
    line = lines[sentence.line - 1] if sentence.line <= len(lines) else ""
    return bool(line[: content_start(line)].strip())


def _table_of(section: HeadingPath, review: Review) -> str:
    """By the heading nearest to the top that says something; the title of the text says nothing."""
    for title in section:
        for kind in review.section:
            if re.search(kind.heading, title, re.IGNORECASE):
                return kind.table
    return ""


# ---------------------------------------------------------------- tables


def _controller(out: Draft, part: _Part, review: Review) -> None:  # noqa: ARG001 - one signature for all
    if "controller." in out.names:
        _policy_quotes(out, part)
        return
    out.names.add("controller.")
    _write(out, "controller", name="TODO: who is responsible?", contact="TODO: how are they reached?", **_held(part))


def _subjects(out: Draft, part: _Part, review: Review) -> None:  # noqa: ARG001
    for item in part.items or part.texts:
        name = out.name("subjects", item)
        _write(out, f"subjects.{name}", label=_label(item), clause=_clause(part), quote=[item])
    _left(out, part, part.texts if part.items else [])


def _groups(out: Draft, part: _Part, review: Review) -> None:  # noqa: ARG001
    for item in part.items or part.texts:
        name = out.name("groups", item)
        _write(out, f"groups.{name}", label=_label(item), contains=[], clause=_clause(part), quote=[item])
    _left(out, part, part.texts if part.items else [])


def _purposes(out: Draft, part: _Part, review: Review) -> None:
    if len(part.section) < 2 or re.search(_heading_of("purposes", review), part.title, re.IGNORECASE):
        _policy_quotes(out, part)
        return
    name = out.name("purposes", part.title)
    _write(out, f"purposes.{name}", label=part.title, categories=[], **_held(part))
    out.lines[-1] = out.lines[-1].rstrip("\n") + "\n" + BASIS.format(name=name)


def _heading_of(table: str, review: Review) -> str:
    return next((kind.heading for kind in review.section if kind.table == table), "$^")


def _retention(out: Draft, part: _Part, review: Review) -> None:  # noqa: ARG001
    timed = [text for text in part.all if PERIOD.search(text)]
    for text in timed:
        found = PERIOD.search(text)
        keep = _period(found) if found and len(PERIOD.findall(text)) == 1 else ""
        starts = "TODO: from which event on?"
        _write(
            out,
            f"retention.{out.name('retention', text)}",
            starts=starts,
            keep=keep,
            clause=_clause(part),
            quote=[text],
        )
    _left(out, part, [text for text in part.all if text not in timed])


def _period(found: re.Match[str]) -> str:
    number = NUMBERS.get(found[1].lower()) or int(found[1])
    return f"{number} {found[2].lower()}{'' if number == 1 else 's'}"


def _rights(out: Draft, part: _Part, review: Review) -> None:
    """A sentence may speak of several rights; each right has the first section that speaks of it."""
    by_right: dict[str, list[str]] = {}
    for text in part.all:
        spoken = [name for name, words in review.right_words.items() if _speaks(part, text, words)]
        new = [name for name in spoken if f"rights.{name}" not in out.names]
        for name in new:
            by_right.setdefault(name, []).append(text)
        _left(out, part, [] if new else [text])
    for right, texts in by_right.items():
        out.names.add(f"rights.{right}")
        _write(out, f"rights.{right}", clause=_clause(part), quote=texts)


def _speaks(part: _Part, text: str, words: str) -> bool:
    return bool(re.search(words, f"{part.title if len(part.section) > 1 else ''} {text}", re.IGNORECASE))


def _one_table(table: str) -> Callable[[Draft, _Part, Review], None]:
    """For tables that stand for a whole section; what a second section says goes to the policy itself."""

    def write(out: Draft, part: _Part, review: Review) -> None:  # noqa: ARG001
        if f"{table}." in out.names:
            _policy_quotes(out, part)
            return
        out.names.add(f"{table}.")
        _write(out, table, **_held(part))

    return write


def _left(out: Draft, part: _Part, texts: list[str]) -> None:
    if texts:
        _policy_quotes(out, _Part(part.section, texts, []))


def _policy_quotes(out: Draft, part: _Part) -> None:
    """Sentences that no table is for stand on the policy itself."""
    out.rest += part.all


# ---------------------------------------------------------------- TOML


def _held(part: _Part) -> dict[str, object]:
    return {"clause": _clause(part), "quote": part.all}


def _clause(part: _Part) -> str:
    return " > ".join(part.section)


def _label(item: str) -> str:
    """The beginning of an item, without the punctuation and the "and" that lead to the next one."""
    text = re.sub(r"[\s,;.]*(?:\b(?:and|or)\b)?[\s,;.]*$", "", item)
    return re.split(r"[,;:(]", text)[0].strip()


def _write(out: Draft, table: str, **values: object) -> None:
    lines = [f"[{table}]"]
    for key, value in values.items():
        if isinstance(value, list) and key == "quote":
            lines.append("quote = [\n" + "".join(f"    {_text(each)},\n" for each in value) + "]")
        elif value != "":
            lines.append(f"{key} = {_value(value)}")
    out.lines.append("\n".join(lines) + "\n")


def _value(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    return str(value) if isinstance(value, int) else _text(str(value))


def _text(text: str) -> str:
    """A basic string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"'
        + "".join(f"\\u{ord(each):04x}" if ord(each) < 0x20 or ord(each) == 0x7F else each for each in escaped)
        + '"'
    )


_WRITERS = {
    "controller": _controller,
    "subjects": _subjects,
    "groups": _groups,
    "purposes": _purposes,
    "sharing": _one_table("sharing"),
    "transfers": _one_table("transfers"),
    "retention": _retention,
    "rights": _rights,
    "security": _one_table("security"),
    "updates": _one_table("updates"),
}


def draft_answers(answers: dict[str, str], home: str) -> str:
    """A policy file from a few answers; what was not answered is left as TODO."""
    out = Draft(["# A first policy file. `privlint policy check` tells what is still to be answered."])
    name = answers.get("name", "")
    service = answers.get("service", "")
    _write(out, "policy", schema=1, name=f"Privacy policy of {name}" if name else "", home=home, service=service)
    contact = answers.get("contact") or "TODO: how are they reached?"
    _write(out, "controller", name=name or "TODO: who is responsible?", contact=contact)
    _write(out, "purposes.service", label="TODO: what is data used for?", categories=[])
    out.lines[-1] = out.lines[-1].rstrip("\n") + "\n" + BASIS.format(name="service")
    return "\n".join(out.lines)
