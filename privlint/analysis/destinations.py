"""Where a sink sends: host, own or unknown, the country that the code itself decides, the state of the transport."""

from __future__ import annotations

import ipaddress

import msgspec

from privlint import ir
from privlint.analysis.arguments import argument_value
from privlint.analysis.code import Code
from privlint.analysis.constants import HOLE, Constants
from privlint.analysis.hits import SinkSite
from privlint.analysis.makers import Made, Makers
from privlint.analysis.regions import Decided, Regions, read_url
from privlint.analysis.transports import Transports
from privlint.analysis.types import TypeQuery
from privlint.knowledge.ports import parse_flow, parse_port
from privlint.models import CallableModel, RegionSwitch, SinkModel

_OWN_SUFFIXES = (".internal", ".local", ".localhost", ".lan", ".svc", ".cluster.local")
_UNPROTECTED = frozenset({"http", "ftp", "smtp"})


class Destination(msgspec.Struct, frozen=True):
    """Fields as in `flow.Sink`; `recipient` is "" where the host says nothing else than the model."""

    host: str = ""
    url: str = ""
    state: str = "known"
    location: str = ""
    location_from: str = ""
    transport: str = ""
    recipient: str = ""
    encrypted: bool = False


class Destinations:
    def __init__(self, query: TypeQuery, constants: Constants, makers: Makers) -> None:
        self._query = query
        self._models = query.models
        self._constants = constants
        self._makers = makers
        self._regions = Regions(query, constants, makers)
        self._transports = Transports(query, constants, self._makers)
        self._starts: dict[str, list[Made]] = {}

    def of(self, code: Code, site: SinkSite) -> Destination:
        if site.model is None:
            return Destination()
        instr = code.code[site.position]
        calls = [(self._makers.names(c, call), (c, call)) for c, call in self._makers.of(code, site.receiver)]
        if isinstance(instr, ir.Call):
            calls.insert(0, ([site.callable], (code, instr)))
        settings: list[RegionSwitch] = []
        if not any(self._regions.knows(names) for names, _ in calls):
            calls += self._initialised(site.model.recipient, site.callable)
            settings = self._models.settings.get(site.model.recipient, [])
        decided = self._regions.decide(calls, (code,), settings)
        texts = self._texts(code, instr, site, decided) if isinstance(instr, ir.Call) else ()
        found = self._placed(texts, decided, site)
        if found.state == "own":
            return found
        transport = self._transports.of(code, calls) or found.transport
        return msgspec.structs.replace(found, transport=transport, encrypted=self._encrypted(instr, site.model))

    def _encrypted(self, instr: ir.AnyInstr, model: SinkModel) -> bool:
        """Whether an argument asks the service to encrypt."""
        return isinstance(instr, ir.Call) and any(argument_value(instr, (), name) >= 0 for name in model.encrypts)

    # ----------------------------------------------------------------------------------------------------------- url

    def _texts(self, code: Code, call: ir.Call, site: SinkSite, decided: Decided) -> tuple[str, ...]:
        """Constant texts of the destination: the URL, after the one that the client was made with."""
        texts: tuple[str, ...] = ()
        if site.model is not None and site.model.url:
            model = self._models.callables.get(site.callable)
            texts = self._port_texts(code, call, site.receiver, model, site.model.url)
        if not decided.urls:
            return texts
        bases = [url.rstrip("/") for url in decided.urls]
        placed = (text if "//" in text else f"{base}/{text.lstrip('/')}" for text in texts for base in bases)
        return tuple(dict.fromkeys(placed)) or decided.urls

    def _port_texts(
        self, code: Code, call: ir.Call, receiver: int, model: CallableModel | None, port: str
    ) -> tuple[str, ...]:
        """Texts of what a port holds; of an attribute, what its object was made with."""
        read = parse_port(port)
        params = model.params if model else ()
        value = receiver if read.root == "self" else argument_value(call, params, read.root)
        texts = self._constants.texts(code, value) if not read.path else (HOLE,)
        if any("://" in text for text in texts) or value < 0:
            return texts
        made = [text for maker in self._makers.of(code, value) for text in self._made_texts(maker, read.path)]
        return tuple(text for text in made if "//" in text) or (() if read.path else texts)

    def _made_texts(self, made: Made, path: tuple[object, ...]) -> list[str]:
        """Texts that the object which a call makes holds under a path; without a path, under what stands for its
        URL."""
        code, call = made
        found: list[str] = []
        for name in self._makers.names(code, call):
            model = self._models.callables.get(name)
            for flow in model.flow if model else ():
                source, goal = parse_flow(flow)
                if goal.root == "return" and (goal.path == path or (not path and source.root == "url")):
                    value = argument_value(call, model.params if model else (), source.root)
                    found += self._constants.texts(code, value) if value >= 0 else ()
        return found

    def _placed(self, texts: tuple[str, ...], decided: Decided, site: SinkSite) -> Destination:
        """The destination of the first text that names a host, one of somebody else before an own one."""
        read = [(text, read_url(text)) for text in texts]
        known = [(text, *url) for text, url in read if url is not None and url[1]]
        if not known:
            return Destination(
                state=self._unplaced(site),
                location=decided.location,
                location_from=decided.location_from,
                recipient=decided.recipient,
            )
        text, scheme, host = next((one for one in known if not self._own(one[2])), known[0])
        own = self._own(host) and not decided.vendor
        place, how = self._regions.host_place(host)
        if not place:
            place, how = decided.location, decided.location_from
        return Destination(
            host=host,
            url=text.partition(HOLE)[0],
            state="own" if own else "known",
            location="" if own else place,
            location_from="" if own else how,
            transport="" if own or scheme not in _UNPROTECTED else scheme,
            recipient=self._regions.hosts.recipient(host) or ("" if own else self._stranger(host, decided, site)),
        )

    @staticmethod
    def _stranger(host: str, decided: Decided, site: SinkSite) -> str:
        """A host of nobody that is known, if a client was made for it, is not the recipient that its SDK is of."""
        meant = site.model is not None and bool(site.model.recipient) and bool(decided.urls)
        return host if meant and not decided.vendor else ""

    @staticmethod
    def _unplaced(site: SinkSite) -> str:
        """What holds where no host is known."""
        if site.model is None or site.model.recipient or not site.model.url:
            return "known"
        return "own" if site.model.own else "unknown"

    def _own(self, host: str) -> bool:
        lowered = host.lower().rstrip(".")
        if any(lowered == d or lowered.endswith("." + d) for d in self._models.own_domains):
            return True
        return is_own_infrastructure(lowered)

    # ---------------------------------------------------------------------------------------------- initialisations

    def _initialised(self, recipient: str, used: str) -> list[tuple[list[str], Made]]:
        """Where the SDK of a recipient is set up for the whole program, seen from a call of `used`."""
        if not recipient:
            return []
        names = [name for name in sorted(self._models.switches) if self._starts_sdk(name, recipient, used)]
        return [([name], made) for name in names for made in self.starts(name)]

    def _starts_sdk(self, name: str, recipient: str, used: str) -> bool:
        """A client that is made says nothing of the functions of its module."""
        model = self._models.callables.get(name)
        if model is None or model.init != recipient:
            return False
        return not model.returns or used.startswith(f"{name}.")

    def starts(self, name: str) -> list[Made]:
        """Every call of the library callable `name` in the program."""
        found = self._starts.get(name)
        if found is None:
            units = self._query.program.lookups.calling(name.rpartition(".")[2])
            self._query.units.prepare(units)
            found = self._starts[name] = [
                (code, instr)
                for unit in units
                for code in self._query.units.codes(unit)
                for instr in code.code
                if isinstance(instr, ir.Call) and self._is_of(code, instr, name)
            ]
        return found

    def _is_of(self, code: Code, call: ir.Call, name: str) -> bool:
        return any(t.kind == "ext" and t.name == name for t in self._query.of(code, call.func))

    def started(self, models: dict[str, CallableModel]) -> list[tuple[str, str, Code, ir.Call]]:
        """Initialisations of known services: (recipient, callable, body, call)."""
        found = []
        for name in sorted(models):
            if models[name].init:
                found += [(models[name].init, name, code, call) for code, call in self.starts(name)]
        return found

    def of_start(self, code: Code, name: str, call: ir.Call) -> Destination:
        """Where an initialised SDK sends; `recipient` is "" unless that is a host of somebody else."""
        given = [(self._makers.names(*made), made) for arg in call.args for made in self._makers.of(code, arg.value)]
        decided = self._regions.decide([([name], (code, call)), *given], (code,))
        hosts = [url[1] for url in map(read_url, decided.urls) if url is not None and url[1]]
        host = hosts[0] if hosts else ""
        known = self._regions.hosts.recipient(host) if host else ""
        return Destination(
            host=host,
            state="own" if host and self._own(host) else "known",
            location=decided.location,
            location_from=decided.location_from,
            recipient=known or ("" if decided.vendor else host),
        )


def is_own_infrastructure(host: str) -> bool:
    """Loopback, private ranges, names that no public resolver knows."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return "." not in host or host.endswith(_OWN_SUFFIXES)
    return address.is_private or address.is_loopback or address.is_link_local
