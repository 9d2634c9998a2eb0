"""Constant tags of mappings: `{"role": "system", "content": text}` is not what a test for another role lets through.

A tag stands on the element of the path that leads out of the mapping, so what does not know of tags does not see it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.aliases import returned_parameter
from privlint.analysis.paths import Element, Path, Tags, is_text_key

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.solver import Solver


def shown_tags(code: Code, build: ir.Build) -> Tags:
    """What a display says of itself."""
    found: dict[str, str] = {}
    for key, value in zip(build.keys, build.values, strict=True) if build.kind == "dict" and not build.many else ():
        name, told = code.code[key] if key >= 0 else None, code.code[value]
        if name is None:  # what is spread into it may say otherwise
            found.clear()
        elif isinstance(name, ir.Const) and name.value in ir.TAG_KEYS:
            found.pop(str(name.value), None)
            if isinstance(told, ir.Const) and isinstance(told.value, str):
                found[str(name.value)] = told.value
    return tuple(sorted(found.items()))


def tagged(path: Path, tags: Tags) -> Path:
    """`path` below a mapping of which `tags` are known; what the path knows already stays."""
    if not tags or not path or not is_text_key(path[0]):
        return path
    known = dict(tags_on(path[0]))
    kept = tuple(sorted({**dict(tags), **known}.items()))
    return (("k", path[0][1], kept), *path[1:])


def tags_on(element: Element) -> Tags:
    return element[2] if element.__class__ is tuple and len(element) == 3 else ()


def retagged(path: Path, key: str, value: ir.AnyInstr | None) -> Path:
    """`path` below a mapping after `value` was stored under `key`."""
    tags = tags_on(path[0]) if path else ()
    if key not in ir.TAG_KEYS or not any(name == key for name, _ in tags):
        return path
    kept = dict(tags)
    del kept[key]
    if isinstance(value, ir.Const) and isinstance(value.value, str):
        kept[key] = value.value
    element = ("k", path[0][1], tuple(sorted(kept.items()))) if kept else ("k", path[0][1])
    return (element, *path[1:])


def tested(path: Path, test: ir.Expr) -> Path | None:
    """`path` below what came through a test of its tag; None if that is another mapping."""
    if test.value is not None:
        if path[:1] != (("k", test.value),):
            return path
        inner = tested(path[1:], ir.Expr(test.kind, test.text, test.args))
        return None if inner is None else (path[0], *inner)
    if not path or not is_text_key(path[0]):
        return path
    told = dict(tags_on(path[0])).get(test.text)
    values = [arg.value for arg in test.args]
    return path if told is None or (told in values) is (test.kind == "tagged") else None


def contradicts(s: Solver, code: Code, value: int, path: Path) -> bool:
    """Whether what is known of a value of a body says that it is another mapping than that of `path`."""
    tags = tags_on(path[0]) if path else ()
    if not tags:
        return False
    known = dict(known_tags(s, code, value))
    return any(known.get(name, told) != told for name, told in tags)


def known_tags(s: Solver, code: Code, value: int) -> Tags:
    """What is known of a value of a body, whichever mapping it is."""
    found: dict[str, str | None] = {}
    while value >= 0:
        instr = code.code[value]
        if isinstance(instr, ir.Typed):
            if instr.annotation.kind == "tagged" and instr.annotation.value is None:
                _learn(found, instr.annotation)
            value = instr.value
        elif isinstance(instr, ir.After | ir.Await):
            value = instr.value
        elif isinstance(instr, ir.StoreItem):
            key, stored = code.code[instr.key] if instr.key >= 0 else None, code.code[instr.value]
            if isinstance(key, ir.Const) and key.value in ir.TAG_KEYS:
                known = isinstance(stored, ir.Const) and isinstance(stored.value, str)
                found.setdefault(str(key.value), str(stored.value) if known else None)  # type: ignore[union-attr]
            value = instr.base
        elif isinstance(instr, ir.Build):
            for name, told in shown_tags(code, instr):
                found.setdefault(name, told)
            break
        elif isinstance(instr, ir.Item):
            value = _of_item(code, instr, found)
        elif isinstance(instr, ir.Call):
            value = _given_back(s, code, value)
        else:
            break
    return tuple(sorted((name, told) for name, told in found.items() if told is not None))


def _learn(found: dict[str, str | None], test: ir.Expr) -> None:
    if len(test.args) == 1:
        found.setdefault(test.text, str(test.args[0].value))


def _of_item(code: Code, item: ir.Item, found: dict[str, str | None]) -> int:
    """Learns what tests of the container said of its item; the value that was stored there since, or -1."""
    key = code.code[item.key] if item.key >= 0 else None
    value = item.base if isinstance(key, ir.Const) else -1
    while value >= 0 and isinstance(key, ir.Const):
        instr = code.code[value]
        if isinstance(instr, ir.Typed):
            if instr.annotation.kind == "tagged" and instr.annotation.value == key.value:
                _learn(found, instr.annotation)
            value = instr.value
        elif isinstance(instr, ir.After):
            value = instr.value
        elif isinstance(instr, ir.StoreItem):
            stored = code.code[instr.key] if instr.key >= 0 else None
            if isinstance(stored, ir.Const) and stored.value == key.value:
                return instr.value
            value = instr.base
        else:
            break
    return -1


def _given_back(s: Solver, code: Code, call: int) -> int:
    """The argument that a call gives back as it is, whoever it calls; -1 if that is not so."""
    found: set[int] = set()
    for target in s.callees.of(code, call):
        index = returned_parameter(s.units.code(target.name, target.body)) if target.kind == "body" else -1
        given = s.binding(target).back(index, ()) if index >= 0 and target.result == "return" else []
        found.update(value for value, path in given if not path)
        if not given:
            return -1
    return found.pop() if len(found) == 1 else -1
