"""Dotted names, hosts and their patterns."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def below(name: str, above: str) -> bool:
    """Whether a dotted name is `above` or lies below it."""
    return name == above or name.startswith(above + ".")


def matches_name(pattern: str, name: str) -> bool:
    """Whether a pattern covers a dotted name: a name covers everything below it, `*` stands for any run of characters
    ("acme.jobs.*" is everything below acme.jobs, "*.tasks" any module of that name)."""
    if "*" not in pattern:
        return below(name, pattern)
    return compile_pattern(pattern).fullmatch(name) is not None


@lru_cache(maxsize=4096)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    literal = ".*".join(re.escape(part) for part in pattern.split("*"))
    return re.compile(rf"{literal}(?:\..*)?", re.DOTALL)


def pattern_rank(pattern: str) -> tuple[int, int, int, str]:
    """Greater for the more specific pattern: parts without wildcard, then parts, then literal characters."""
    parts = pattern.split(".")
    return sum("*" not in part for part in parts), len(parts), len(pattern.replace("*", "")), pattern


def host_of(text: str) -> str:
    """The host of a host, authority or URL, in lower case, without port and user."""
    rest = text.strip().partition("://")[2] or text.strip()
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    if authority.startswith("["):
        return authority[1:].partition("]")[0].lower()
    if authority.count(":") == 1:
        authority = authority.partition(":")[0]
    return authority.lower().rstrip(".")


def matches_domain(pattern: str, host: str) -> bool:
    """Whether a host fits: equal, or below "*.x.example". A `*` inside stands for any run of characters."""
    pattern = host_of(pattern)
    if "*" not in pattern:
        return host == pattern
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), host) is not None


def suggest(name: str, known: Iterable[str]) -> str:
    """ "did you mean `x`?" for the known name that is closest, or ""."""
    from difflib import get_close_matches  # only files with errors pay for it

    names = list(dict.fromkeys(known))
    lowered = {candidate.lower(): candidate for candidate in reversed(names)}
    close = get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.6)
    if not close:
        close = [low for low in lowered if low.rpartition(".")[2] == name.lower().rpartition(".")[2]][:1]
    return f"did you mean `{lowered[close[0]]}`?" if close else ""


def overlap(first: str, second: str) -> bool:
    """Whether some dotted name fits both patterns."""
    return any(intersect(a, b) for a in (first, first + ".*") for b in (second, second + ".*"))


def intersect(first: str, second: str) -> bool:
    """Whether some text fits both, where `*` stands for any run of characters. Walks both at once: a state is how far
    each has been read."""
    states, seen = [(0, 0)], {(0, 0)}
    while states:
        at, other = states.pop()
        if at == len(first) and other == len(second):
            return True
        for state in following_states(first, second, at, other):
            if state not in seen:
                seen.add(state)
                states.append(state)
    return False


def following_states(first: str, second: str, at: int, other: int) -> Iterator[tuple[int, int]]:
    one, two = first[at : at + 1], second[other : other + 1]
    if one == "*":
        yield at + 1, other
        if two:
            yield at, other + 1
    if two == "*":
        yield at, other + 1
        if one:
            yield at + 1, other
    if one and one == two:
        yield at + 1, other + 1
