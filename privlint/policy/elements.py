"""Every element of a policy with its key path: what may carry a clause, a quote and a remark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from privlint.policy.tables import Element, PolicyFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.policy.types import Path


def elements(policy: PolicyFile) -> Iterator[tuple[Path, Element]]:
    """All elements in the order of the format, each before those inside it; one without a clause has that of the
    element around it."""
    for name, key in _fields(PolicyFile):
        yield from _below((key,), getattr(policy, name), "")


def _below(keys: Path, value: object, clause: str) -> Iterator[tuple[Path, Element]]:
    if isinstance(value, Element):
        own = value if value.clause or not clause else msgspec.structs.replace(value, clause=clause)
        yield keys, own
        for name, key in _fields(type(value)):
            yield from _below((*keys, key), getattr(value, name), own.clause)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _below((*keys, key), item, clause)
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _below((*keys, number), item, clause)


def _fields(form: type[msgspec.Struct]) -> Iterator[tuple[str, str]]:
    """Attributes and their keys in the file. (`msgspec.structs.fields` would evaluate every annotation.)"""
    return zip(form.__struct_fields__, form.__struct_encode_fields__, strict=True)


def quotes(policy: PolicyFile) -> Iterator[tuple[Path, Element, str]]:
    """Every quote with its key path and the element that it stands on."""
    for keys, element in elements(policy):
        for number, quote in enumerate(element.quote):
            yield (*keys, "quote", number), element, quote
