"""Where a sink sends: host, own or unknown, the country that the code itself decides, the state of the transport."""

from __future__ import annotations

import ipaddress
import re

import msgspec

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.constants import HOLE, Constants
from privlint.analysis.hits import SinkSite
from privlint.analysis.members import argument_value
from privlint.analysis.types import TypeQuery
from privlint.models import CallableModel, RegionSwitch

_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^/@\0]*@)?(?P<host>[^/:?#\0]*)(?P<after>.?)", re.I | re.S)
_OWN_SUFFIXES = (".internal", ".local", ".localhost", ".lan", ".svc", ".cluster.local")
_UNPROTECTED = frozenset({"http", "ftp", "smtp"})
_BASES = ("base_url", "host", "endpoint", "endpoint_url", "url", "server_url", "api_base", "api_host")


class Destination(msgspec.Struct, frozen=True):
    """Fields as in `flow.Sink`."""

    host: str = ""
    url: str = ""
    state: str = "known"
    location: str = ""
    location_from: str = ""
    transport: str = ""
    recipient: str = ""


class Destinations:
    def __init__(self, query: TypeQuery, constants: Constants) -> None:
        self._query = query
        self._models = query.models
        self._constants = constants
        self._starts: dict[str, list[tuple[Code, ir.Call]]] = {}
        self._called: dict[str, list[tuple[str, int]]] | None = None

    def of(self, code: Code, site: SinkSite) -> Destination:
        instr = code.code[site.position]
        if site.model is None or not isinstance(instr, ir.Call):
            return Destination()
        transport = self._transport(code, instr)
        found = Destination(transport=transport)
        if site.model.url:
            found = self._by_url(code, instr, site, found)
        if site.model.recipient or not found.host:
            found = self._by_client(code, site, found)
        return found

    # ----------------------------------------------------------------------------------------------------------- url

    def _by_url(self, code: Code, call: ir.Call, site: SinkSite, found: Destination) -> Destination:
        model = self._models.callables.get(site.callable)
        value = argument_value(call, model.params if model else (), site.model.url if site.model else "")
        texts = self._constants.texts(code, value)
        base = self._client_base(code, site.receiver)
        return self._place(
            [base + t if base and "://" not in t else t for t in texts],
            found,
            bool(site.model and site.model.recipient),
        )

    def _place(self, texts: list[str], found: Destination, named: bool) -> Destination:
        read = [read_url(text) for text in texts]
        known = [(text, url) for text, url in zip(texts, read, strict=True) if url and url[1]]
        if not known:
            return found if named else msgspec.structs.replace(found, state="unknown")
        foreign = [pair for pair in known if not self._own(pair[1][1])] or known
        text, (scheme, host) = foreign[0]
        own = self._own(host)
        transport = found.transport or (scheme if scheme in _UNPROTECTED and not own else "")
        return msgspec.structs.replace(
            found,
            host=host,
            url=text.partition(HOLE)[0],
            state="own" if own else "known",
            transport="" if own else transport,
        )

    def _own(self, host: str) -> bool:
        lowered = host.lower().rstrip(".")
        if any(lowered == d or lowered.endswith("." + d) for d in self._models.own_domains):
            return True
        return is_own_infrastructure(lowered)

    # -------------------------------------------------------------------------------------------------------- client

    def _client_base(self, code: Code, receiver: int) -> str:
        for maker, call in self.makers(code, receiver):
            for name in _BASES:
                value = argument_value(call, (), name)
                texts = self._constants.texts(maker, value) if value >= 0 else ()
                for text in texts:
                    if "://" in text:
                        return text.rstrip("/") + "/"
        return ""

    def _by_client(self, code: Code, site: SinkSite, found: Destination) -> Destination:
        calls = self.makers(code, site.receiver) if site.receiver >= 0 else []
        names = self._switch_names(site.callable)
        if not calls:
            calls = [call for name in names for call in self.starts(name)]
        for maker, call in calls:
            for name in self._callee_names(maker, call):
                for switch in self._models.switches.get(name, ()):
                    placed = self._switched(maker, call, switch, found)
                    if placed is not None:
                        return placed
        return found

    def _switch_names(self, callable_name: str) -> list[str]:
        top = callable_name.partition(".")[0].partition("(")[0]
        return sorted(
            n
            for n in self._models.switches
            if n.partition(".")[0] == top and n.rpartition(".")[2] in ("init", "initialize", "configure", "setup")
        )

    def _callee_names(self, code: Code, call: ir.Call) -> list[str]:
        return [t.name for t in self._query.of(code, call.func) if t.kind == "ext"]

    def _switched(self, code: Code, call: ir.Call, switch: RegionSwitch, found: Destination) -> Destination | None:
        value = argument_value(call, (), switch.param)
        if value < 0 and switch.position >= 0:
            value = argument_value(call, (), str(switch.position))
        texts = self._constants.texts(code, value) if value >= 0 else ("",)
        for text in texts:
            if HOLE in text:
                continue
            if switch.host and text:
                placed = self._place([text if "://" in text else f"https://{text}"], found, True)
                if placed.host:
                    return self._host_location(placed, switch, text)
            country = self._models.regions.get((switch.provider, text), "") if switch.provider and text else ""
            country = country or switch.values.get(text, "" if not text else switch.values.get("*", ""))
            if country:
                return msgspec.structs.replace(
                    found, location=country, location_from=f"{switch.param} {text or 'not given'}"
                )
        return None

    def _host_location(self, placed: Destination, switch: RegionSwitch, text: str) -> Destination:
        for pattern, country in switch.values.items():
            if pattern and pattern not in ("*",) and pattern.lstrip("*.") in placed.host:
                return msgspec.structs.replace(placed, location=country, location_from=f"host {placed.host}")
        del text
        return placed

    def makers(self, code: Code, value: int, depth: int = 0) -> list[tuple[Code, ir.Call]]:
        """Calls that made the object behind a value: through attributes, variables, `with`, joins."""
        if value < 0 or depth > 8:
            return []
        instr = code.code[value]
        if isinstance(instr, ir.Call):
            func = code.code[instr.func]
            inner = self.makers(code, func.base, depth + 1) if isinstance(func, ir.Load) else []
            return [(code, instr), *inner]
        if isinstance(instr, ir.After | ir.Typed | ir.Await):
            return self.makers(code, instr.value, depth + 1)
        if isinstance(instr, ir.Enter):
            return self.makers(code, instr.manager, depth + 1)
        if isinstance(instr, ir.Join):
            return [found for v in instr.values for found in self.makers(code, v, depth + 1)]
        if isinstance(instr, ir.Store | ir.StoreItem):
            return self.makers(code, instr.base, depth + 1)
        if isinstance(instr, ir.Global | ir.Imported):
            return self._variable_makers(code, instr, depth)
        if isinstance(instr, ir.Load):
            return self._attribute_makers(code, instr, depth) or self.makers(code, instr.base, depth + 1)
        return []

    def _variable_makers(self, code: Code, instr: ir.Global | ir.Imported, depth: int) -> list[tuple[Code, ir.Call]]:
        module, scope = self._query.scope(code)
        program = self._query.program
        if isinstance(instr, ir.Global):
            symbol = program.resolve(module, instr.name, scope)
        else:
            symbol = program.imported(module, instr.module, instr.name, instr.level)
        if symbol is None or symbol.kind != "variable":
            return []
        home, _, variable = symbol.name.partition(":")
        owner, _, name = variable.rpartition(".")
        body = self._query.units.code(f"{home}:{owner}")
        writes = [i.value for i in body.code if isinstance(i, ir.SetGlobal) and i.name == name]
        return [found for v in writes for found in self.makers(body, v, depth + 1)]

    def _attribute_makers(self, code: Code, load: ir.Load, depth: int) -> list[tuple[Code, ir.Call]]:
        program = self._query.program
        found: list[tuple[Code, ir.Call]] = []
        for term in self._query.of(code, load.base):
            if term.kind == "module" and term.name in program.modules:
                body = self._query.units.code(f"{term.name}:")
                writes = [i.value for i in body.code if isinstance(i, ir.SetGlobal) and i.name == load.attr]
                found += [call for v in writes for call in self.makers(body, v, depth + 1)]
            member = program.find(term.name, load.attr) if term.kind in ("obj", "class") else None
            if member is None or member.field is None:
                continue
            record = program.classes[member.owner]
            for field in record.fields[load.attr]:
                unit = f"{record.module}:{field.unit or field.owner}"
                body = self._query.units.code(unit)
                values = [i.value for i in body.code if isinstance(i, ir.Store) and i.attr == load.attr]
                values += [i.value for i in body.code if isinstance(i, ir.SetGlobal) and i.name == load.attr]
                found += [call for v in values for call in self.makers(body, v, depth + 1)]
        return found

    # ---------------------------------------------------------------------------------------------- initialisations

    def starts(self, name: str) -> list[tuple[Code, ir.Call]]:
        """Every call of the library callable `name` in the program."""
        found = self._starts.get(name)
        if found is None:
            last = name.rpartition(".")[2]
            units = self._calling(last)
            self._query.units.prepare(units)
            found = self._starts[name] = [
                (code, instr)
                for unit in units
                for code in self._query.units.codes(unit)
                for instr in code.code
                if isinstance(instr, ir.Call) and name in self._callee_names(code, instr)
            ]
        return found

    def _calling(self, last: str) -> list[str]:
        """Units with a call by this last name."""
        program = self._query.program
        if self._called is None:
            self._called = {}
            for module in program.modules.values():
                for call in module.index.calls:
                    self._called.setdefault(call.callee, []).append((module.path, call.line))
        return sorted({program.unit_at(path, line) for path, line in self._called.get(last, ())})

    def started(self, models: dict[str, CallableModel]) -> list[tuple[str, str, Code, ir.Call]]:
        """Initialisations of known services: (recipient, callable, body, call)."""
        found = []
        for name in sorted(models):
            if models[name].init:
                found += [(models[name].init, name, code, call) for code, call in self.starts(name)]
        return found

    def region(self, code: Code, name: str, call: ir.Call) -> tuple[str, str, str]:
        """(location, where that is known from, host) of an initialisation."""
        for switch in self._models.switches.get(name, ()):
            placed = self._switched(code, call, switch, Destination())
            if placed is not None:
                return placed.location, placed.location_from, placed.host
        return "", "", ""

    def _transport(self, code: Code, call: ir.Call) -> str:
        for arg in call.args:
            if (
                arg.name in ("verify", "verify_ssl", "verify_certs")
                and self._constants.constant(code, arg.value) is False
            ):
                return f"{arg.name}=False"
        return ""


def read_url(text: str) -> tuple[str, str] | None:
    """(scheme, host) of the constant beginning of a URL; the host is "" if it is not all known."""
    match = _URL.match(text)
    if match is None:
        return None
    complete = match["after"] != HOLE or not match["host"]
    return match["scheme"].lower(), match["host"].lower() if complete else ""


def is_own_infrastructure(host: str) -> bool:
    """Loopback, private ranges, names that no public resolver knows."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return "." not in host or host.endswith(_OWN_SUFFIXES)
    return address.is_private or address.is_loopback or address.is_link_local
