"""Which argument of a call becomes which parameter, and where a write to a parameter is seen again."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.paths import ANY, VALUE, Element, Path, join


class Binding:
    """Arguments against the parameters of one body."""

    def __init__(self, args: tuple[ir.Arg, ...], params: list[ir.ParamDef], lengths: tuple[int, ...] = ()) -> None:
        self._by_name = {p.name: i for i, p in enumerate(params) if p.kind in ("any", "kw")}
        self._plain = [i for i, p in enumerate(params) if p.kind in ("pos", "any")]
        self._rest = next((i for i, p in enumerate(params) if p.kind == "*"), -1)
        self._keywords = next((i for i, p in enumerate(params) if p.kind == "**"), -1)
        self._into: dict[int, list[tuple[str, int, Path]]] = {}
        self._back: dict[int, list[tuple[int, Path]]] = {}
        self._spreads: list[tuple[int, int]] = []  # what is spread: (value, its first position; -1: into keywords)
        self._names = [p.name for p in params]
        position = 0
        known = iter(lengths)
        for arg in args:
            if arg.name == "*":
                self._add(arg.value, "*", position, ())
                self._spreads.append((arg.value, position))
                position += next(known, 0)
            elif arg.name == "**":
                self._add(arg.value, "**", 0, ())
                self._spreads.append((arg.value, -1))
            elif arg.name:
                self._keyword(arg)
            else:
                self._positional(position, arg.value)
                position += 1

    def _add(self, value: int, mode: str, index: int, prefix: Path) -> None:
        if value != -1:
            self._into.setdefault(value, []).append((mode, index, prefix))
            if not mode:
                self._back.setdefault(index, []).append((value, prefix))

    def _positional(self, position: int, value: int) -> None:
        if position < len(self._plain):
            self._add(value, "", self._plain[position], ())
        elif self._rest >= 0:
            self._add(value, "", self._rest, (("k", position - len(self._plain)),))

    def _keyword(self, arg: ir.Arg) -> None:
        if arg.name in self._by_name:
            self._add(arg.value, "", self._by_name[arg.name], ())
        elif self._keywords >= 0:
            self._add(arg.value, "", self._keywords, (("k", arg.name),))

    def into(self, value: int, path: Path) -> list[tuple[int, Path]]:
        """Parameters (by number) that get the fact `value`.`path`, with the path it has there."""
        found: list[tuple[int, Path]] = []
        for mode, index, prefix in self._into.get(value, ()):
            if not mode:
                found.append((index, join(prefix, path)))
            elif mode == "*":
                found += self._spread(index, path)
            else:
                found += self._spread_keywords(path)
        return found

    def _spread(self, start: int, path: Path) -> list[tuple[int, Path]]:
        rest = path[1:]
        if path and isinstance(path[0], tuple) and isinstance(path[0][1], int) and path[0][1] >= 0:
            position = start + path[0][1]
            if position < len(self._plain):
                return [(self._plain[position], rest)]
            return [(self._rest, (("k", position - len(self._plain)), *rest))] if self._rest >= 0 else []
        if path and path[0] != ANY:
            return []
        found = [(index, rest) for index in self._plain[start:] if index not in self._back]
        return [*found, (self._rest, join((ANY,), rest))] if self._rest >= 0 else found

    def _spread_keywords(self, path: Path) -> list[tuple[int, Path]]:
        rest = path[1:]
        if path and isinstance(path[0], tuple):
            name = str(path[0][1])
            if name in self._by_name:
                return [(self._by_name[name], rest)]
            return [(self._keywords, path)] if self._keywords >= 0 else []
        if path and path[0] not in (ANY, VALUE):
            return []
        found = [(index, rest) for index in sorted(self._by_name.values()) if index not in self._back]
        return [*found, (self._keywords, join((VALUE,), rest))] if self._keywords >= 0 else found

    def back(self, index: int, path: Path) -> list[tuple[int, Path]]:
        """Arguments that a write to `path` of parameter `index` is seen in, with the path it has there."""
        found = []
        for value, prefix in self._back.get(index, ()):
            if path[: len(prefix)] == prefix:
                found.append((value, path[len(prefix) :]))
        if not found and path:
            found = [(value, join((element,), path)) for value, element in self._from_spread(index)]
        return found

    def _from_spread(self, index: int) -> list[tuple[int, Element]]:
        """Where a parameter's object lies in what is spread into the call."""
        place = self._plain.index(index) if index in self._plain else -1
        found: list[tuple[int, Element]] = []
        for value, start in self._spreads:
            if value != -1 and 0 <= start <= place:
                found.append((value, ("k", place - start)))
            elif value != -1 and start < 0 and index in self._by_name.values():
                found.append((value, ("k", self._names[index])))
        return found
