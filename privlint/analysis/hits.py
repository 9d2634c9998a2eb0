"""Where facts met a sink."""

from __future__ import annotations

import msgspec

from privlint.analysis.captures import lies_in_closure
from privlint.analysis.facts import Fact
from privlint.models import SinkModel

_DEEP = frozenset({"service", "queue", "file", "export", "response", "cache", "client"})


def is_deep(sink: SinkModel) -> bool:
    """Whether objects are serialised there, so that what their fields hold leaves too."""
    return sink.deep if sink.deep is not None else sink.kind in _DEEP


def formats(sink: SinkModel) -> bool:
    """Whether objects are made text of there; one that stands for an address gives it by a method of another name."""
    return not is_deep(sink) and sink.kind != "url"


class SinkSite(msgspec.Struct, frozen=True):
    """One sink: an instruction, the kind, the callable as it was resolved, and its model (None for what the language
    itself does: raising, returning from an entry point, writing a row)."""

    unit: str
    body: int
    position: int
    kind: str
    callable: str
    model: SinkModel | None = None
    receiver: int = -1
    detail: str = ""


class Hit(msgspec.Struct, frozen=True):
    """`fact` of context number `context` reached the sink; `deep`: carriers disclose what they hold."""

    context: int
    fact: Fact
    deep: bool


class Hits:
    def __init__(self) -> None:
        self.sites: dict[SinkSite, dict[Hit, int]] = {}

    def add(self, site: SinkSite, hit: Hit, mask: int) -> None:
        """`mask` is in the terms of the hit's context. A function is not written out with what it has captured; only a
        queue may hand it on to be called."""
        if site.kind != "queue" and lies_in_closure(hit.fact[1]):
            return
        found = self.sites.setdefault(site, {})
        found[hit] = found.get(hit, 0) | mask
