"""The country and the host that the code itself decides: regions, hosts, keys and members of enumerations that a client
is made with."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.constants import HOLE, Constants
from privlint.analysis.makers import Made
from privlint.analysis.members import argument_value
from privlint.analysis.types import TypeQuery
from privlint.knowledge.hosts import HostIndex
from privlint.models import RegionSwitch

_URL = re.compile(r"(?:(?P<scheme>[a-z][a-z0-9+.-]*):)?//(?:[^/@\0]*@)?(?P<host>[^/:?#\0]*)(?P<after>.?)", re.I | re.S)


class Decided(msgspec.Struct, frozen=True):
    """What a call's arguments say: a URL (its scheme may be missing), a place, and how it is known. `open`: something
    that decides is given, but its value cannot be told."""

    url: str = ""
    location: str = ""
    location_from: str = ""
    open: bool = False


class Regions:
    def __init__(self, query: TypeQuery, constants: Constants) -> None:
        self._query = query
        self._switches = query.models.switches
        self._constants = constants
        self.hosts = HostIndex(query.models.recipients, query.models.regions)

    def decide(self, calls: Iterable[tuple[list[str], Made]]) -> Decided:
        """`calls` with their library names, the nearest first. What is given goes before what holds when nothing is."""
        known = [(switch, *made) for names, made in calls for name in names for switch in self._switches.get(name, ())]
        given = [self._given(switch, code, call) for switch, code, call in known]
        url = next((found.url for found in given if found.url), "")
        place = next((found for found in given if found.location), None)
        if place is not None or url or any(found.open for found in given):
            found = place or Decided()
            return Decided(url, found.location, found.location_from, open=any(one.open for one in given))
        for switch, _, _ in known:
            if "" in switch.values:
                return Decided(location=switch.values[""], location_from=f"{switch.param} not given")
        return Decided()

    def knows(self, names: Iterable[str]) -> bool:
        return any(name in self._switches for name in names)

    def host_place(self, host: str) -> tuple[str, str]:
        """(place, how it is known) of a constant host."""
        place = self.hosts.location(host) if host else ""
        return (place, f"host {host}") if place else ("", "")

    def _given(self, switch: RegionSwitch, code: Code, call: ir.Call) -> Decided:
        value = argument_value(call, (), switch.param)
        if value < 0 and switch.position >= 0:
            value = argument_value(call, (), str(switch.position))
        if value < 0:
            return Decided()
        texts = [text for text in self._constants.texts(code, value) if HOLE not in text]
        for text in [*texts, *self._members(code, value)]:
            found = self._read(switch, text)
            if found is not None:
                return found
        return Decided(open=not texts and not self._is_none(code, value))

    def _read(self, switch: RegionSwitch, text: str) -> Decided | None:
        if not text:
            return None
        place = look_up(switch.values, text) or self.hosts.region_location(switch.provider, text)
        how = f"{switch.param} {text}"
        if switch.host:
            url = text if "//" in text else f"//{text}"
            read = read_url(url)
            by_host, host_how = self.host_place(read[1] if read else "")
            return Decided(url, place or by_host, how if place else host_how)
        return Decided(location=place, location_from=how) if place else None

    def _is_none(self, code: Code, value: int) -> bool:
        instr = code.code[value]
        return isinstance(instr, ir.Const) and instr.value is None

    def _members(self, code: Code, value: int) -> list[str]:
        """Dotted names that a value has in a library: `customerio.Regions.EU`."""
        return [t.name for t in self._query.of(code, value) if t.kind == "ext"]


def look_up(values: dict[str, str], text: str) -> str:
    """The place that a constant stands for: by itself, as a member of an enumeration, by its beginning, by `*`."""
    if text in values:
        return values[text]
    for name, place in values.items():
        if _same_member(name, text):
            return place
    starts = [key for key in values if len(key) > 1 and key.endswith("*") and text.startswith(key[:-1])]
    return values[max(starts, key=len)] if starts else values.get("*", "")


def _same_member(name: str, text: str) -> bool:
    """`pkg.module.Region.EU` and `pkg.Region.EU` are one member, imported by different ways."""
    ours, theirs = name.split("."), text.split(".")
    return len(ours) > 2 and len(theirs) > 2 and ours[0] == theirs[0] and ours[-2:] == theirs[-2:]


def read_url(text: str) -> tuple[str, str] | None:
    """(scheme, host) of the constant beginning of a URL; the host is "" if it is not all known."""
    match = _URL.match(text)
    if match is None:
        return None
    complete = match["after"] != HOLE or not match["host"]
    return (match["scheme"] or "").lower(), match["host"].lower() if complete else ""
