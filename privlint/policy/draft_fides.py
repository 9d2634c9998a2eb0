"""A first policy file from a data map of Fides. What the map states is taken over, its legal bases included; nothing is
guessed from it: what it leaves open, or says in words of its own, is left as TODO, which `policy check` refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from privlint.policy.draft_toml import BASIS, FROM_WHEN, HOW, WHO, Draft, only_period, write_table
from privlint.policy.formats import check_category_name
from privlint.policy.names import below
from privlint.policy.wording import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from privlint.models import Taxonomy
    from privlint.policy.fides import DataMap, Declaration

HEAD = """\
# A first draft of the policy file, from the data map {name}. What the map states is taken over; what only people can
# say is left as TODO. `privlint policy check` tells what is still missing.
"""
# How Fides calls the bases, without the endings in which its versions differ.
BASES = {
    "consent": "consent",
    "contract": "contract",
    "legal obligation": "legal_obligation",
    "vital interest": "vital_interests",
    "public interest": "public_task",
    "legitimate interest": "legitimate_interest",
}
SPECIAL_BASES = {
    "Explicit consent": "9(2)(a)",
    "Employment, social security and social protection": "9(2)(b)",
    "Vital interests": "9(2)(c)",
    "Not-for-profit bodies": "9(2)(d)",
    "Made public by the data subject": "9(2)(e)",
    "Legal claims or judicial acts": "9(2)(f)",
    "Reasons of substantial public interest (with a basis in law)": "9(2)(g)",
    "Health or social care (with a basis in law)": "9(2)(h)",
    "Public health (with a basis in law)": "9(2)(i)",
    "Archiving, research and statistics (with a basis in law)": "9(2)(j)",
}
SAFEGUARDS = {"adequacy decision": "adequacy", "sccs": "scc", "bcrs": "bcr"}
OPEN = {
    "legitimate_interest": ("interest", "TODO: which interest?"),
    "legal_obligation": ("law", "TODO: which law?"),
    "public_task": ("law", "TODO: which law?"),
}


def draft_from_fides(found: DataMap, name: str, home: str, taxonomy: Taxonomy) -> str:
    """The policy file as TOML, valid but for the answers that are missing. `name` is that of the data map."""
    return _Drafting(found, taxonomy).write(name, home)


class _Purpose(msgspec.Struct):
    """Declarations of one name and one use."""

    label: str
    use: str
    declarations: list[Declaration]


class _Drafting:
    def __init__(self, found: DataMap, taxonomy: Taxonomy) -> None:
        self._map = found
        self._terms: dict[str, list[str]] = {}  # categories of privlint by what Fides calls them
        for ours, category in taxonomy.names.items():
            if category.fides:
                self._terms.setdefault(category.fides, []).append(ours)
        self._known = taxonomy.names
        self._out = Draft([])
        self._data: dict[str, str] = {}
        self._people: dict[str, str] = {}
        self._periods: dict[str, str] = {}
        self._receivers: dict[str, list[str]] = {}

    def write(self, name: str, home: str) -> str:
        """Purposes are written last but stand before the periods and recipients that they name: order is free in TOML,
        and people read from whom and what to why."""
        head = Draft([HEAD.format(name=name)])
        title = self._map.organization_name
        write_table(head, "policy", schema=1, name=f"Privacy policy of {title}" if title else "", home=home)
        self._controller(head)
        purposes = Draft([])
        for each in self._purposes():
            self._purpose(purposes, each)
        self._rest()
        return "\n".join([*head.lines, *purposes.lines, *self._out.lines])

    # ------------------------------------------------------------ who

    def _controller(self, out: Draft) -> None:
        given = self._map.organization.get("controller", {})
        legal = {system["legal_name"]: system["legal_address"] for system in self._map.systems if system["legal_name"]}
        only, address = next(iter(legal.items())) if len(legal) == 1 else ("", "")
        write_table(
            out,
            "controller",
            name=given.get("name") or self._map.organization_name or only or WHO,
            address=given.get("address") or address,
            contact=given.get("email") or given.get("phone") or HOW,
            representative=_in_one(self._map.organization.get("representative", {})),
        )
        officer = self._map.organization.get("data_protection_officer", {})
        named = {system["dpo"] for system in self._map.systems if system["dpo"]}
        if officer:
            contact = officer.get("email") or officer.get("phone")
            write_table(out, "dpo", name=officer.get("name"), address=officer.get("address"), contact=contact)
        elif len(named) == 1:
            write_table(out, "dpo", contact=named.pop())

    # ------------------------------------------------------------ why

    def _purposes(self) -> Iterator[_Purpose]:
        found: dict[tuple[str, str], _Purpose] = {}
        for each in self._map.declarations:
            label = _label(each) or self._map.names["data_use"].get(each.data_use, "")
            key = (label or each.data_use, each.data_use)
            found.setdefault(key, _Purpose(key[0], each.data_use, [])).declarations.append(each)
        yield from found.values()

    def _purpose(self, out: Draft, purpose: _Purpose) -> None:
        name = self._out.name("purposes", purpose.label.rpartition(".")[2] or purpose.label)
        declared = purpose.declarations
        people = _each(self._subject(who) for each in declared for who in each.data_subjects)
        bases = _each_basis(declared)
        systems = ", ".join(_each(each.system for each in declared if each.system))
        note = f"# From: {systems}\n" if systems else ""
        bare = [each for each in declared if not _basis_of(each)]
        unknown = _each(each.legal_basis_for_processing for each in bare if each.legal_basis_for_processing)
        note += f"# The map calls the basis {', '.join(unknown)}, which privlint does not know.\n" if unknown else ""
        write_table(
            out,
            f"purposes.{name}",
            note=note + (BASIS.format(name=name) if bare else ""),
            label=purpose.label,
            categories=_each(self._category(data) for each in declared for data in each.data_categories),
            subjects=people or "",
            retention=self._period_of(bare) if not bases else "",
            profiling=True if any(each.profiling for each in declared) else "",
            fides=[purpose.use] if purpose.use not in self._map.names["data_use"] else "",
        )
        for kind, together in bases.items():
            self._basis(out, name, kind, together, people)
        for each in declared:
            self._shared(each, name)

    def _basis(self, out: Draft, name: str, kind: str, declared: list[Declaration], people: list[str]) -> None:
        whom = _each(self._subject(who) for each in declared for who in each.data_subjects)
        conditions = _each(SPECIAL_BASES.get(each.special_category_legal_basis, "") for each in declared)
        special = any(each.processes_special_category_data for each in declared)
        asked, question = OPEN.get(kind, ("", ""))
        write_table(
            out,
            f"purposes.{name}.basis",
            many=True,
            kind=kind,
            subjects=whom if whom != people else "",
            **({asked: question} if asked else {}),
            article9=", ".join(filter(None, conditions)) or ("TODO: which condition of Art. 9(2)?" if special else ""),
            retention=self._period_of(declared),
        )

    def _period_of(self, declared: list[Declaration]) -> str:
        """The name of the period that they state; "" if they state none, or several."""
        stated = _each(each.retention_period for each in declared if each.retention_period)
        if len(stated) != 1:
            return ""
        if stated[0] not in self._periods:
            self._periods[stated[0]] = self._out.name("retention", stated[0])
        return self._periods[stated[0]]

    def _shared(self, declared: Declaration, purpose: str) -> None:
        named = [part.strip() for part in declared.third_parties.replace(";", ",").split(",") if part.strip()]
        if not named and declared.data_shared_with_third_parties:
            named = ["TODO: who receives it?"]
        for each in named:
            served = self._receivers.setdefault(each, [])
            if purpose not in served:
                served.append(purpose)

    # ------------------------------------------------------------ names of the map

    def _subject(self, key: str) -> str:
        if key not in self._people:
            self._people[key] = self._out.name("subjects", key)
        return self._people[key]

    def _category(self, key: str) -> str:
        """The category, or the group that asks which one is meant."""
        if key not in self._data:
            self._data[key] = self._find_category(key)
        return self._data[key]

    def _find_category(self, key: str) -> str:
        ours = _closest(key, self._terms.get(key, []))
        if len(ours) == 1:
            return ours[0]
        if not ours and key in self._known:
            return key
        own = self._map.names["data_category"].get(key)
        if own and check_category_name(key) is None:
            write_table(self._out, f'categories."{key}"', label=own, fides=key)
            return key
        name = self._out.name("groups", key.replace(".", " "))
        among = f", one or more of {', '.join(ours)}" if ours else ""
        write_table(self._out, f"groups.{name}", label=f"TODO: which categories are {key}{among}?", contains=[])
        return name

    # ------------------------------------------------------------ the rest

    def _rest(self) -> None:
        for key, name in self._people.items():
            own = self._map.names["data_subject"].get(key)
            write_table(self._out, f"subjects.{name}", label=own or in_words(key), fides="" if own else key)
        for text, name in self._periods.items():
            if text in ("purpose", "forever"):  # as an export of privlint has it
                write_table(self._out, f"retention.{name}", keep=text)
            else:
                write_table(self._out, f"retention.{name}", label=text, starts=FROM_WHEN, keep=only_period(text))
        for label, purposes in self._receivers.items():
            write_table(self._out, f"recipients.{self._out.name('recipients', label)}", label=label, purposes=purposes)
        self._transfers()
        practices = _each(system["data_security_practices"] for system in self._map.systems)
        if any(practices):
            write_table(self._out, "security", measures=[each for each in practices if each])

    def _transfers(self) -> None:
        if not any(system["does_international_transfers"] for system in self._map.systems):
            return
        named = _each(each for system in self._map.systems for each in system["legal_basis_for_transfers"])
        known = _each(SAFEGUARDS[each.lower()] for each in named if each.lower() in SAFEGUARDS)
        other = [each for each in named if each.lower() not in SAFEGUARDS]
        note = f"# The map also names: {', '.join(other)}\n" if other else ""
        copy = "TODO: how do people obtain a copy of the safeguards?"
        write_table(self._out, "transfers", note=note, safeguards=known or "", copy=copy)


def _label(declared: Declaration) -> str:
    """The name of a declaration, without the basis that an export of privlint puts behind it."""
    kind = _basis_of(declared)
    return declared.name.removesuffix(f" ({kind.replace('_', ' ')})") if kind else declared.name


def _basis_of(declared: Declaration) -> str:
    stated = declared.legal_basis_for_processing.lower().removesuffix("s")
    return BASES.get(stated, "")


def _each_basis(declared: Iterable[Declaration]) -> dict[str, list[Declaration]]:
    """Declarations by the basis that they state."""
    found: dict[str, list[Declaration]] = {}
    for each in declared:
        kind = _basis_of(each)
        if kind:
            found.setdefault(kind, []).append(each)
    return found


def _closest(key: str, ours: list[str]) -> list[str]:
    """Of several categories that Fides calls the same: the one that ends most alike, else those that hold others."""
    alike = {each: _common_end(each, key) for each in ours}
    most = max(alike.values(), default=0)
    best = [each for each in ours if alike[each] == most]
    if most and len(best) == 1:
        return best
    return [each for each in ours if not any(below(each, other) and each != other for other in ours)]


def _common_end(one: str, other: str) -> int:
    """How many parts two dotted names have in common at their ends."""
    number = 0
    for mine, others in zip(reversed(one.split(".")), reversed(other.split(".")), strict=False):
        if mine != others:
            break
        number += 1
    return number


def _each(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _in_one(contact: Mapping[str, str]) -> str:
    return ", ".join(part for part in contact.values() if part)
