"""Lines of a first policy file: tables as TOML, with names that are not taken yet."""

from __future__ import annotations

import re
import unicodedata

import msgspec

WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS = {word: number for number, word in enumerate(WORDS, 1)}
PERIOD = re.compile(rf"\b(\d{{1,4}}|{'|'.join(NUMBERS)}) (day|week|month|year)s?\b", re.IGNORECASE)
WHO = "TODO: who is responsible?"
HOW = "TODO: how are they reached?"
FROM_WHEN = "TODO: from which event on?"
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
        plain = unicodedata.normalize("NFKD", label.lower().replace("\u00df", "ss")).encode("ascii", "ignore").decode()
        words = re.findall(r"[a-z0-9]+", plain)
        stem = "_".join(words[:4]) or "entry"
        name, number = stem, 2
        while f"{table}.{name}" in self.names:
            name, number = f"{stem}_{number}", number + 1
        self.names.add(f"{table}.{name}")
        return name


def write_table(out: Draft, table: str, *, note: str = "", many: bool = False, **values: object) -> None:
    """A table with what is stated of it. `many`: one of an array of tables; `note` are lines of comment below it."""
    lines = [f"[[{table}]]" if many else f"[{table}]"]
    for key, value in values.items():
        if isinstance(value, list) and key == "quote":
            lines.append("quote = [\n" + "".join(f"    {_text(each)},\n" for each in value) + "]")
        elif value not in ("", None):
            lines.append(f"{key} = {_value(value)}")
    out.lines.append("\n".join([*lines, *([note.rstrip("\n")] if note else [])]) + "\n")


def only_period(text: str) -> str:
    """The period that a text states, if it states one and no more: "5 years"."""
    found = PERIOD.findall(text)
    if len(found) != 1:
        return ""
    number = NUMBERS.get(found[0][0].lower()) or int(found[0][0])
    return f"{number} {found[0][1].lower()}{'' if number == 1 else 's'}"


def _value(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _text(str(value))


def _text(text: str) -> str:
    """A basic string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    written = (f"\\u{ord(each):04x}" if ord(each) < 0x20 or ord(each) == 0x7F else each for each in escaped)
    return f'"{"".join(written)}"'
