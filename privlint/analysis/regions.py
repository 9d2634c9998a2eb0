"""The country and the host that the code itself decides: regions, hosts, keys and members of enumerations that a client
is made with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from privlint import ir
from privlint.analysis.arguments import argument_value
from privlint.analysis.code import Code
from privlint.analysis.constants import HOLE, Constants
from privlint.analysis.makers import Made, Makers, Place
from privlint.analysis.settings import Settings, stored
from privlint.analysis.types import TypeQuery
from privlint.knowledge.hosts import HostIndex
from privlint.knowledge.ports import PathElement, Port, parse_port
from privlint.models import RegionSwitch

_URL = re.compile(r"(?:(?P<scheme>[a-z][a-z0-9+.-]*):)?//(?:[^/@\0]*@)?(?P<host>[^/:?#\0]*)(?P<after>.?)", re.I | re.S)


class Decided(msgspec.Struct, frozen=True):
    """What a call's arguments say: URLs it may go to (their schemes may be missing), a place, and how it is known.
    `open`: something that decides is given, but its value cannot be told. `recipient`: whom the value chooses;
    `vendor`: the hosts are the recipient's, known or not."""

    urls: tuple[str, ...] = ()
    recipient: str = ""
    vendor: bool = False
    location: str = ""
    location_from: str = ""
    open: bool = False


class Regions:
    def __init__(self, query: TypeQuery, constants: Constants, makers: Makers) -> None:
        self._query = query
        self._switches = query.models.switches
        self._constants = constants
        self._makers = makers
        self._settings = Settings(query)
        self.hosts = HostIndex(query.models.recipients, query.models.regions)

    def decide(
        self, calls: Iterable[tuple[list[str], Made]], users: Sequence[Code] = (), settings: Iterable[RegionSwitch] = ()
    ) -> Decided:
        """`calls` with their library names, the nearest first; `users` are the bodies that use what they make, and
        `settings` the switches of the whole program. What is given goes before the environment, and that before what
        holds when nothing is given."""
        asked = [
            (switch, [*self._set_on(switch, made, users), *self._argument(switch, made)])
            for names, made in calls
            for name in names
            for switch in self._switches.get(name, ())
        ]
        asked += [(switch, [one for name in switch.set for one in self._assigned(name)]) for switch in settings]
        exported = [(switch, [one for name in switch.env for one in self._exported(name)]) for switch, _ in asked]
        for chosen in (asked, exported):
            said = [self._given(switch, place) for switch, places in chosen for place in places]
            decided = _joined([found for found in said if found is not None])
            if decided is not None:
                return decided
        for switch, _ in asked:
            if "" in switch.values:
                what = switch.param or switch.set[0]
                return Decided(location=switch.values[""], location_from=f"{what} not given")
        return Decided()

    def knows(self, names: Iterable[str]) -> bool:
        return any(name in self._switches for name in names)

    def host_place(self, host: str) -> tuple[str, str]:
        """(place, how it is known) of a constant host."""
        place = self.hosts.location(host) if host else ""
        return (place, f"host {host}") if place else ("", "")

    def _argument(self, switch: RegionSwitch, made: Made) -> Iterator[Place]:
        """What is given for the parameter, or under a key of the mapping that is given for it."""
        code, call = made
        port = parse_port(switch.param) if switch.param else Port("", ())
        value = argument_value(call, (), port.root)
        if value < 0 and switch.position >= 0:
            value = argument_value(call, (), str(switch.position))
        places = [(code, value)] if value >= 0 else []
        for element in port.path:
            held = [one for place in places for one in self._makers.variable(*place)]
            places = [(body, item) for body, one in held for item in _items(body, one, element)]
        yield from places

    def _set_on(self, switch: RegionSwitch, made: Made, users: Sequence[Code]) -> Iterator[Place]:
        """What is assigned to an attribute of the object that a call makes, or passed to a method of it."""
        for text in switch.set:
            if not text.startswith("self."):
                continue
            method = text[len("self.") : -len("()")] if text.endswith("()") else ""
            path = () if method else parse_port(text).path
            for body, instr in self._makers.used(made, users):
                if isinstance(instr, ir.Store):
                    value = stored(body, instr, path)
                else:
                    value = argument_value(instr, (), "0") if method and _called(body, instr) == method else -1
                if value >= 0:
                    yield body, value

    def _assigned(self, name: str) -> list[Place]:
        return self._settings.assigned(name) if not name.startswith("self.") else []

    def _exported(self, name: str) -> list[Place]:
        return self._settings.exported(name)

    def _given(self, switch: RegionSwitch, place: Place) -> Decided | None:
        """What a value that is given for a switch says; None if it is None, which is not to give it."""
        code, value = place
        if self._is_none(code, value):
            return None
        texts = [text for text in self._constants.texts(code, value) if HOLE not in text]
        read = [self._read(switch, text) for text in texts]
        read += [self._look_up(switch, member) for member in self._members(code, value)]
        return _joined([found for found in read if found is not None]) or Decided(open=not texts)

    def _read(self, switch: RegionSwitch, text: str) -> Decided | None:
        if not text:
            return None
        decided = self._look_up(switch, text)
        if not switch.host:
            return decided
        url = text if "//" in text else f"//{text}"
        read = read_url(url)
        by_host, host_how = self.host_place(read[1] if read else "")
        place, how = (decided.location, decided.location_from) if decided and decided.location else (by_host, host_how)
        return Decided((url,), "", switch.vendor, place, how)

    def _look_up(self, switch: RegionSwitch, text: str) -> Decided | None:
        """What a constant, or a member of an enumeration, is listed for."""
        place = look_up(switch.values, text) or self.hosts.region_location(switch.provider, text)
        recipient = look_up(switch.recipients, text)
        how = f"{switch.param or switch.set[0]} {text}"
        return Decided(recipient=recipient, location=place, location_from=how) if place or recipient else None

    def _is_none(self, code: Code, value: int) -> bool:
        instr = code.code[value]
        return isinstance(instr, ir.Const) and instr.value is None

    def _members(self, code: Code, value: int) -> list[str]:
        """Dotted names that a value has in a library: `customerio.Regions.EU`."""
        return [t.name for t in self._query.of(code, value) if t.kind == "ext"]


def _items(code: Code, value: int, element: PathElement) -> Iterator[int]:
    """Values that a mapping or a list, written out, holds under a key."""
    instr = code.code[value]
    if isinstance(instr, ir.Build) and not instr.keys and isinstance(element[1], int):
        yield from instr.values[element[1] :][:1]
    elif isinstance(instr, ir.Build):
        for key, item in zip(instr.keys, instr.values, strict=False):
            name = code.code[key] if key >= 0 else None
            if isinstance(name, ir.Const) and element == ("k", name.value):
                yield item


def _called(code: Code, call: ir.Call) -> str:
    func = code.code[call.func]
    return func.attr if isinstance(func, ir.Load) else ""


def _joined(found: list[Decided]) -> Decided | None:
    """All URLs, the first place and the first recipient that something says; None if nothing is said."""
    urls = tuple(dict.fromkeys(url for one in found for url in one.urls))
    place = next((one for one in found if one.location), None)
    recipient = next((one.recipient for one in found if one.recipient), "")
    unknown = any(one.open for one in found)
    if place is None and not urls and not unknown and not recipient:
        return None
    vendor = any(one.vendor for one in found)
    return msgspec.structs.replace(place or Decided(), urls=urls, open=unknown, recipient=recipient, vendor=vendor)


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
