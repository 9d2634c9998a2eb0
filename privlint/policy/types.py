"""The policy as the checks see it: the tables of the file with the questions that rules ask of them. Pure, no IO."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from privlint.diagnostics import PolicyPlace
from privlint.models import Category, Taxonomy
from privlint.policy.lock import Accepted
from privlint.policy.names import below, host_of, matches_domain, matches_name, pattern_rank
from privlint.policy.tables import Basis, ExceptionEntry, PolicyFile, Recipient, Retention, SinkRule

if TYPE_CHECKING:
    import datetime
    import ipaddress

    from privlint.policy.vocabulary import Role

Path = tuple[str | int, ...]


class Place(msgspec.Struct, frozen=True):
    """Where a key and its value stand. Lines and columns count from 1, columns in code points, ends exclusive."""

    path: str
    line: int
    column: int
    end_column: int
    value_line: int
    value_column: int
    value_end_column: int  # that of the value's first line


class PolicyError(msgspec.Struct, frozen=True, order=True):
    """One PRV001: what is wrong at a place of the file, and what was perhaps meant."""

    path: str
    line: int
    column: int
    end_column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.path}:{self.line}:{self.column}: {self.message}{hint}"


class PolicyErrors(Exception):  # noqa: N818 - several errors at once
    """All errors of a policy, sorted by place."""

    def __init__(self, errors: list[PolicyError]) -> None:
        self.errors = sorted(set(errors))
        super().__init__("\n".join(str(error) for error in self.errors))


class Policy(PolicyFile, kw_only=True):
    """A loaded policy: every name in it is defined. `places` maps key paths to where they stand."""

    taxonomy: Taxonomy = Taxonomy()
    places: dict[Path, Place] = msgspec.field(default_factory=dict)
    path: str = "privlint.toml"  # POSIX, relative to the project root
    prose_text: str | None = None  # content of `policy.prose`, if it names a file; a page of HTML as Markdown
    prose_lines: tuple[int, ...] = ()  # the line of that file for each line of the text, where they are not the same
    prose_path: str = ""  # that file, POSIX, relative to the project root
    accepted: tuple[Accepted, ...] | None = None  # sentences of the lock beside the policy, if there is one
    memo: dict[str, tuple[str, str] | None] = msgspec.field(default_factory=dict)

    # ---------------------------------------------------------------- places

    def place(self, *keys: str | int) -> PolicyPlace:
        """File and line of a key path; of its nearest existing parent if it is not written."""
        for end in range(len(keys), 0, -1):
            found = self.places.get(keys[:end])
            if found:
                return PolicyPlace(found.path, found.line)
        return PolicyPlace(self.path, 1)

    def stated(self, *keys: str | int) -> bool:
        """Whether this key path is written in the file."""
        return keys in self.places

    def states(self, path: str) -> bool:
        """Whether the file has a key path ("purposes.*.basis"); "*" stands for any name."""
        wanted = path.split(".")
        return any(
            len(keys) == len(wanted) and all(part in ("*", str(key)) for part, key in zip(wanted, keys, strict=True))
            for keys in self.places
        )

    # ---------------------------------------------------------------- categories

    def category(self, name: str) -> Category:
        """The category with its flags, inherited from what it lies below, the policy's own words first."""
        flags = {flag: self._flag(name, flag) for flag in ("special", "criminal", "secret", "child", "national")}
        own, shipped = self.categories.get(name), self.taxonomy.names.get(name, Category())
        return Category(
            label=(own.label if own else "") or shipped.label,
            iri=(own.iri if own else "") or shipped.iri,
            fides=(own.fides if own else "") or shipped.fides,
            **flags,
        )

    def _flag(self, name: str, flag: str) -> bool:
        while name:
            own = self.categories.get(name)
            stated = getattr(own, flag) if own else None
            if stated is not None:
                return bool(stated)
            shipped = self.taxonomy.names.get(name)
            if shipped and getattr(shipped, flag):
                return True
            name = name.rpartition(".")[0]
        return False

    def known_category(self, name: str) -> bool:
        return name in self.taxonomy.names or name in self.categories

    def special(self, category: str) -> bool:
        """A special category of data (Art. 9)."""
        return self._flag(category, "special")

    def criminal(self, category: str) -> bool:
        """Data on convictions and offences (Art. 10)."""
        return self._flag(category, "criminal")

    def secret(self, category: str) -> bool:
        """Data that must never stand in plain form."""
        return self._flag(category, "secret")

    def child(self, category: str) -> bool:
        """Data of children (Art. 8)."""
        return self._flag(category, "child")

    def national(self, category: str) -> bool:
        """A national identification number (Art. 87)."""
        return self._flag(category, "national")

    def expand(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Category names with the names of groups replaced by what the groups contain. A group goes before a category
        of the same name: the policy's own words win."""
        expanded: list[str] = []
        for name in names:
            expanded.extend(self.groups[name].contains if name in self.groups else (name,))
        return tuple(dict.fromkeys(expanded))

    def names_cover(self, names: tuple[str, ...], category: str) -> bool:
        """Whether one of `names` (categories, groups, "*") is the category or stands above it."""
        return any(name == "*" or below(category, name) for name in self.expand(names))

    # ---------------------------------------------------------------- groups

    def groups_holding(self, category: str) -> list[str]:
        """Names of the groups that contain the category, in the order of the file."""
        return [name for name, group in self.groups.items() if self.names_cover(group.contains, category)]

    def open_group_sibling(self, category: str) -> str:
        """The first incomplete group with a category of the same root ("contact" for "contact.phone"), or ""."""
        root = category.partition(".")[0]
        for name, group in self.groups.items():
            if not group.complete and any(held.partition(".")[0] == root for held in group.contains):
                return name
        return ""

    def declared(self, category: str) -> bool:
        """Whether a group or a purpose of the policy holds the category."""
        if self.groups_holding(category):
            return True
        return any(self.names_cover(purpose.categories, category) for purpose in self.purposes.values())

    # ---------------------------------------------------------------- purposes and bases

    def covers(self, purpose: str, category: str) -> bool:
        """Whether the category is among the purpose's data."""
        found = self.purposes.get(purpose)
        return found is not None and self.names_cover(found.categories, category)

    def bases(self, purpose: str, subject: str) -> list[Basis]:
        """Lines of legal basis that cover the subject; every line for an unknown subject ("")."""
        found = self.purposes.get(purpose)
        if found is None:
            return []
        return [
            basis for basis in found.basis if not subject or covers_subject(basis.subjects or found.subjects, subject)
        ]

    def retention_of(self, purpose: str, basis: Basis) -> tuple[str, Retention] | None:
        """The period of a basis line: its own, else the purpose's."""
        found = self.purposes.get(purpose)
        name = basis.retention or (found.retention if found else "")
        return (name, self.retention[name]) if name in self.retention else None

    def code_purpose(self, unit: str) -> tuple[str, str] | None:
        """Purpose and pattern of [code] for a dotted name: the most specific pattern that covers it."""
        if unit not in self.memo:
            self.memo[unit] = self._find_code_purpose(unit)
        return self.memo[unit]

    def _find_code_purpose(self, unit: str) -> tuple[str, str] | None:
        fitting = [pattern for pattern in self.code if matches_name(pattern, unit)]
        best = max(fitting, key=pattern_rank, default=None)
        return None if best is None else (self.code[best], best)

    def sink_purpose(self, kind: str) -> str:
        """The purpose that [sinks] gives a whole kind of sink, or ""."""
        rules: dict[str, SinkRule] = {str(name): rule for name, rule in self.sinks.items()}
        return rules[kind].purpose if kind in rules else ""

    # ---------------------------------------------------------------- recipients

    def recipient_for(
        self,
        recipient: str = "",
        callable: str = "",  # noqa: A002
        host: str = "",
        library: str = "",
    ) -> Recipient | None:
        """The policy's recipient for a sink. `recipient`: the catalogue's id or a name of the policy; `callable`: the
        qualified name of what is called; `host`: where it is a constant; `library`: an import or distribution name.
        Declared calls go first, then hosts, names and services; a constant host decides before the package."""
        found = self._recipient_by_call(callable) or self._recipient_by_host(host) or self._recipient_by_id(recipient)
        if not found and not host:
            found = self._recipient_by_library(library)
        return self.recipients.get(found)

    def _recipient_by_call(self, name: str) -> str:
        fitting = [
            (pattern_rank(pattern), own.key)
            for own in self.recipients.values()
            for pattern in own.calls
            if name and matches_name(pattern, name)
        ]
        return max(fitting)[1] if fitting else ""

    def _recipient_by_host(self, host: str) -> str:
        host = host_of(host)
        fitting = [
            (len(pattern), own.key)
            for own in self.recipients.values()
            for pattern in (own.key, *own.domains)
            if host and matches_domain(pattern, host)
        ]
        return max(fitting)[1] if fitting else ""

    def _recipient_by_id(self, recipient: str) -> str:
        if not recipient or recipient in self.recipients:
            return recipient
        return next((own.key for own in self.recipients.values() if own.service == recipient), "")

    def _recipient_by_library(self, library: str) -> str:
        if not library:
            return ""
        for own in self.recipients.values():
            named = normal_package(library) in map(normal_package, own.packages)
            if named or any(below(library, imported) for imported in own.imports):
                return own.key
        return ""

    def recipients_for(self, purpose: str) -> list[str]:
        """Recipients of which the policy says that they serve the purpose: by themselves, by the purpose, by their
        class. One without a limit is not among them: it may serve any purpose, and which one only the code tells."""
        named = self.purposes[purpose].recipients if purpose in self.purposes else ()
        return [name for name, own in self.recipients.items() if name in named or self._serves(own, purpose)]

    def _serves(self, recipient: Recipient, purpose: str) -> bool:
        if recipient.purposes is not None:
            return purpose in recipient.purposes or "*" in recipient.purposes
        own = self.recipient_classes.get(recipient.class_)
        return own is not None and purpose in own.for_

    def role_of(self, recipient: Recipient) -> Role | None:
        """Its own role, else that of its class."""
        own = self.recipient_classes.get(recipient.class_)
        return recipient.role or (own.role if own else None)

    def recipient_allows(self, recipient: str | Recipient, category: str, purpose: str = "") -> bool:
        """Whether the recipient may get the category, and for this purpose ("" asks for the category alone)."""
        found = self.recipients.get(recipient) if isinstance(recipient, str) else recipient
        if found is None:
            return False
        if found.categories is not None and not self.names_cover(found.categories, category):
            return False
        return not purpose or found.purposes is None or "*" in found.purposes or purpose in found.purposes

    def own_host(self, host: str) -> bool:
        """The service's own host, loopback, a private address, or a name that only an own network resolves."""
        name = host_of(host)
        if any(name == own or name.endswith("." + own) for own in map(own_domain, self.policy.service)):
            return True
        address = parse_address(name)
        if address is not None:
            return address.is_private or address.is_loopback or address.is_link_local
        return bool(name) and ("." not in name or name.endswith(OWN_SUFFIXES))

    def prose_offers(self, safeguard: str) -> bool:
        """Whether [transfers] offers a safeguard or derogation. Without a list of safeguards any is offered; where
        only safeguards are listed, no derogation is."""
        transfers = self.transfers
        if transfers is None:
            return True
        if safeguard in SAFEGUARDS:
            return transfers.safeguards is None or safeguard in transfers.safeguards
        if transfers.derogations is None:
            return transfers.safeguards is None
        return safeguard in transfers.derogations

    # ---------------------------------------------------------------- exceptions

    def exception_for(
        self, code: str, recipient: str, categories: tuple[str, ...], today: datetime.date, question: str = ""
    ) -> ExceptionEntry | None:
        """The first approved deviation that holds today and covers all of the categories. `question`: the name of the
        question that is asked, if it is one."""
        for entry in self.exceptions:
            fits = entry.rule == code and entry.recipient in ("", recipient) and entry.question in ("", question)
            covered = not entry.categories or all(self.names_cover(entry.categories, name) for name in categories)
            if fits and covered and not expired(entry, today):
                return entry
        return None

    def expired_exceptions(self, today: datetime.date) -> list[tuple[int, ExceptionEntry]]:
        """Exceptions whose last day has passed, with their position in the file."""
        return [(index, entry) for index, entry in enumerate(self.exceptions) if expired(entry, today)]


OWN_SUFFIXES = (".internal", ".local", ".localhost", ".lan", ".home.arpa", ".svc", ".cluster.local")
SAFEGUARDS = ("adequacy", "scc", "bcr", "code_of_conduct", "certification", "none")


def covers_subject(subjects: tuple[str, ...], subject: str) -> bool:
    """No list and "*" cover everybody."""
    return not subjects or "*" in subjects or subject in subjects


def expired(entry: ExceptionEntry, today: datetime.date) -> bool:
    return bool(entry.until) and entry.until < today.isoformat()


def normal_package(name: str) -> str:
    """A distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def own_domain(service: str) -> str:
    """The domain that a service's host stands for: "www." is dropped."""
    return host_of(service).removeprefix("www.")


def parse_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    import ipaddress

    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
