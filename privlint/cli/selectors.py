"""Rule codes, prefixes and names as people write them, to the findings that they let through."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from privlint.diagnostics import Diagnostic, Rule

ALL = "ALL"
# What kept privlint from seeing code, and from judging at all: shown whatever is selected.
ALWAYS = ("PRV001", "PRV901", "PRV902", "PRV903")
_CODE = re.compile(r"PRV\d{0,3}$")


class SelectorError(ValueError):
    """A word that is no code, prefix or name of a rule."""


class Selection(msgspec.Struct, frozen=True):
    """Words as written. `per_file` are .gitignore patterns with the words that are ignored there."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def words(self) -> list[str]:
        return [*self.select, *self.ignore, *(word for _, words in self.per_file for word in words)]


def split_words(values: Iterable[str]) -> tuple[str, ...]:
    """Comma lists and repeated options to single words."""
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


def check_words(words: Iterable[str], rules: Iterable[Rule]) -> None:
    """Raises SelectorError for the first word that stands for no rule."""
    rules = list(rules)
    for word in words:
        if not any(_strength(word, rule.code, rule.name) for rule in rules):
            from privlint.policy.names import suggest

            hint = suggest(word, [name for rule in rules for name in (rule.code, rule.name)])
            raise SelectorError(f"`{word}` is no rule" + (f"; {hint}" if hint else "; `privlint rules` lists them"))


def make_filter(selection: Selection, matches: Callable[[str, str], bool]) -> Callable[[Diagnostic], bool]:
    """Whether a finding is shown. The more exact word decides (a code before a prefix before ALL), and of two equally
    exact ones the one that ignores. `matches` says whether a pattern covers a path."""

    def is_shown(diagnostic: Diagnostic) -> bool:
        code, name = diagnostic.code, diagnostic.name
        wanted = _strongest(selection.select or (ALL,), code, name)
        refused = _strongest(selection.ignore, code, name)
        for pattern, words in selection.per_file:
            strength = _strongest(words, code, name)
            if strength and matches(pattern, diagnostic.path):
                refused = max(refused, strength, wanted)
        if code in ALWAYS:
            return code == ALWAYS[0] or not refused
        return wanted > refused

    return is_shown


def stands_for(word: str, rule: Rule) -> bool:
    """Whether a word names a rule."""
    return bool(_strength(word, rule.code, rule.name))


def _strongest(words: Iterable[str], code: str, name: str) -> int:
    return max((_strength(word, code, name) for word in words), default=0)


def _strength(word: str, code: str, name: str) -> int:
    """How exactly a word names a rule: 0 not at all, 1 as one of all, more for each digit of the code."""
    if word == ALL:
        return 1
    if word == name:
        return len(code)
    return len(word) if _CODE.match(word) and code.startswith(word) else 0
