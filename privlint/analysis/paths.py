"""Access paths: what lies below a value.

An element is an attribute (`".name"`), a constant item (`("k", 0)`, `("k", "email")`), any item of a sequence
(`ANY`), the value of an unknown key of a mapping (`VALUE`), or the keys of a mapping (`KEY`). The empty path is the
value itself. The element of a constant key may bear tags: other constants that the same mapping holds (see `tags`).
`("n", "email")` is a constant key of a mapping that the whole program writes to: only who names it reads what lies
there.
"""

from __future__ import annotations

from typing import TypeAlias

from privlint.analysis.bounds import MAX_PATH

Tags: TypeAlias = tuple[tuple[str, str], ...]
Element: TypeAlias = "str | tuple[str, str | int] | tuple[str, str | int, Tags]"
Path: TypeAlias = tuple[Element, ...]

ANY = "*"
VALUE = "<value>"
KEY = "<key>"
CUT = "<cut>"
"""Ends a path that went too deep below an object: the data is somewhere in there, no read finds it any more, and the
object itself is not it. Only what writes out all of an object has use for it."""


def item(key: str | float | bool | None) -> Element:
    """The element of a constant key; another constant than a string or an integer is no position that is told apart."""
    if isinstance(key, bool) or not isinstance(key, str | int):
        return VALUE
    return ("k", key)


def join(prefix: Path, path: Path) -> Path:
    """`prefix + path`, cut at the greatest depth, and where a structure begins to repeat itself (a list of lists of
    lists, a node's next node): what lies deeper in containers is taken for what holds it, an attribute of a node below
    another one for that of the first."""
    joined = prefix + path
    if len(joined) > MAX_PATH:
        below = _any_of(joined[MAX_PATH]) if all(map(is_item, joined[MAX_PATH:])) else CUT
        joined = (*joined[:MAX_PATH], below)
    if KEY in joined:  # nothing lies below a key
        joined = joined[: joined.index(KEY) + 1]
    if len(joined) > 1 and prefix:
        plain = _plain(joined)
        for element in _plain(prefix):
            if plain.count(element) > (1 if _is_named(element) else 2):
                second = plain.index(element, plain.index(element) + 1)
                rest = joined[second + 1 :]
                if isinstance(element, str) and element.startswith(".") and rest and not element.startswith(".<"):
                    return joined[: plain.index(element) + 1] + rest
                return joined[:second]
    return joined


def _any_of(element: Element) -> Element:
    """Any element of the kind of container that `element` leads out of."""
    return VALUE if is_text_key(element) else ANY if isinstance(element, tuple) else element


def _plain(path: Path) -> Path:
    """`path` without what its elements tell of the mappings that they lead out of."""
    return tuple(e[:2] if e.__class__ is tuple else e for e in path)


def _is_named(element: Element) -> bool:
    """A name, a key that is text or not known: seen twice on one path, it tells of a recursive structure."""
    return isinstance(element[1], str) if isinstance(element, tuple) else element == VALUE or element.startswith(".")


def named_only(path: Path) -> Path:
    """The path in a mapping that is open to everybody; () where it begins with a key that is not known."""
    if path[0] in (ANY, VALUE, KEY):
        return ()
    return (("n", path[0][1]), *path[1:]) if is_text_key(path[0]) else path


def is_item(element: Element) -> bool:
    return element.__class__ is tuple or element in (ANY, VALUE, KEY)


def is_text_key(element: Element) -> bool:
    """A constant key of a mapping."""
    return isinstance(element, tuple) and isinstance(element[1], str)


def below_containers(path: Path) -> bool:
    """Whether only containers lie between the value and the data: formatting the value shows it."""
    return all(is_item(element) for element in path)


def matches(element: Element, wanted: Element) -> bool:
    """Whether what is stored under `element` is read by `wanted`."""
    if element == wanted:
        return True
    if isinstance(wanted, tuple):
        if wanted[1].__class__ is int:
            if element in (ANY, VALUE):
                return True
            return isinstance(element, tuple) and element[1].__class__ is int and _may_wrap(element[1], wanted[1])
        return element in (ANY, VALUE) or (isinstance(element, tuple) and element[1] == wanted[1])
    if wanted == ANY:  # one element of an iteration
        return element == KEY or (isinstance(element, tuple) and element[1].__class__ is int)
    if wanted == VALUE:  # an item whose key is not known
        return element == ANY or (isinstance(element, tuple) and element[0] != "n")
    return False


def _may_wrap(element: str | int, wanted: str | int) -> bool:
    """A negative position may be any of the positions counted from the front, and the other way round."""
    return int(element) < 0 <= int(wanted) or int(wanted) < 0 <= int(element)
