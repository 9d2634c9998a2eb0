"""A first policy file from a published text: which table holds which sentence. Bases are not guessed, answers are left
as TODO, which `policy check` refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from privlint.policy.draft_toml import BASIS, FROM_WHEN, HOW, PERIOD, WHO, Draft, only_period, write_table
from privlint.policy.prose import content_start, sections, title_of
from privlint.policy.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from privlint.models import Review
    from privlint.policy.prose import HeadingPath
    from privlint.policy.sentences import Sentence

HEAD = """\
# A first draft of the policy file, from {prose}. Every sentence of the text stands in a `quote`, where privlint takes
# it to belong; what only people can say is left as TODO. `privlint policy check` tells what is still missing.
"""


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
    title = title_of(sections(text))
    for part in parts:
        below = part.section[1:] if part.section[:1] == (title,) else part.section
        tables.setdefault(_table_of(below, review), []).append(part)
    out = Draft([])
    out.rest += [text for part in tables.pop("", []) for text in part.all]
    for table, write in _WRITERS.items():
        for part in tables.get(table, []):
            write(out, part, review)
    head = Draft([HEAD.format(prose=prose)])
    write_table(
        head,
        "policy",
        schema=1,
        name=title or next((path[0] for path in sections(text) if path), ""),
        prose=prose,
        home=home,
        quote=out.rest,
    )
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
    """By the heading nearest to the top that says something."""
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
    write_table(out, "controller", name=WHO, contact=HOW, **_held(part))


def _subjects(out: Draft, part: _Part, review: Review) -> None:  # noqa: ARG001
    for item in part.items or part.texts:
        name = out.name("subjects", item)
        write_table(out, f"subjects.{name}", label=_label(item), clause=_clause(part), quote=[item])
    _left(out, part, part.texts if part.items else [])


def _groups(out: Draft, part: _Part, review: Review) -> None:  # noqa: ARG001
    for item in part.items or part.texts:
        name = out.name("groups", item)
        write_table(out, f"groups.{name}", label=_label(item), contains=[], clause=_clause(part), quote=[item])
    _left(out, part, part.texts if part.items else [])


def _purposes(out: Draft, part: _Part, review: Review) -> None:
    if len(part.section) < 2 or re.search(_heading_of("purposes", review), part.title, re.IGNORECASE):
        _policy_quotes(out, part)
        return
    name = out.name("purposes", part.title)
    note = BASIS.format(name=name)
    write_table(out, f"purposes.{name}", note=note, label=part.title, categories=[], **_held(part))


def _heading_of(table: str, review: Review) -> str:
    return next((kind.heading for kind in review.section if kind.table == table), "$^")


def _retention(out: Draft, part: _Part, review: Review) -> None:  # noqa: ARG001
    timed = [text for text in part.all if PERIOD.search(text)]
    for text in timed:
        name = out.name("retention", text)
        write_table(
            out, f"retention.{name}", starts=FROM_WHEN, keep=only_period(text), clause=_clause(part), quote=[text]
        )
    _left(out, part, [text for text in part.all if text not in timed])


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
        write_table(out, f"rights.{right}", clause=_clause(part), quote=texts)


def _speaks(part: _Part, text: str, words: str) -> bool:
    return bool(re.search(words, f"{part.title if len(part.section) > 1 else ''} {text}", re.IGNORECASE))


def _one_table(table: str) -> Callable[[Draft, _Part, Review], None]:
    """For tables that stand for a whole section; what a second section says goes to the policy itself."""

    def write(out: Draft, part: _Part, review: Review) -> None:  # noqa: ARG001
        if f"{table}." in out.names:
            _policy_quotes(out, part)
            return
        out.names.add(f"{table}.")
        write_table(out, table, **_held(part))

    return write


def _left(out: Draft, part: _Part, texts: list[str]) -> None:
    if texts:
        _policy_quotes(out, _Part(part.section, texts, []))


def _policy_quotes(out: Draft, part: _Part) -> None:
    """Sentences that no table is for stand on the policy itself."""
    out.rest += part.all


def _held(part: _Part) -> dict[str, Any]:
    return {"clause": _clause(part), "quote": part.all}


def _clause(part: _Part) -> str:
    return " > ".join(part.section)


def _label(item: str) -> str:
    """The beginning of an item, without the punctuation and the "and" that lead to the next one."""
    text = re.sub(r"[\s,;.]*(?:\b(?:and|or)\b)?[\s,;.]*$", "", item)
    return re.split(r"[,;:(]", text)[0].strip()


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
    write_table(out, "policy", schema=1, name=f"Privacy policy of {name}" if name else "", home=home, service=service)
    write_table(out, "controller", name=name or WHO, contact=answers.get("contact") or HOW)
    note = BASIS.format(name="service")
    write_table(out, "purposes.service", note=note, label="TODO: what is data used for?", categories=[])
    return "\n".join(out.lines)
