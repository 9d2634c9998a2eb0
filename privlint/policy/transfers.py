"""Judges a transfer: where a recipient is established and where the data goes, against the home area of the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from privlint.models import Adequacy

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from privlint.diagnostics import PolicyPlace
    from privlint.models import Jurisdictions
    from privlint.policy.tables import AdequacyEntry, Recipient
    from privlint.policy.types import Policy

Result = Literal[
    "inside",
    "adequate",
    "safeguarded",
    "unknown",
    "missing",
    "not_offered",
    "expired",
    "out_of_scope",
    "no_certificate",
]
PlaceRole = Literal["country", "location"]
GRAVITY: tuple[Result, ...] = (
    "inside",
    "adequate",
    "safeguarded",
    "unknown",
    "no_certificate",
    "out_of_scope",
    "expired",
    "not_offered",
    "missing",
)
STATED = "as the policy states it"
ALLOWED: frozenset[Result] = frozenset({"inside", "adequate", "safeguarded"})


class TransferFacts(msgspec.Struct, frozen=True):
    """What is known of a recipient: of the policy where it says something, else of the catalogue or of the code.

    `country`: ISO code of where it is established; `location`: codes or areas where data goes; "" and () unknown."""

    recipient: str
    country: str = ""
    location: tuple[str, ...] = ()
    safeguard: str = ""
    derogation: str = ""
    certified: str = ""
    public: bool = False


class Transfer(msgspec.Struct, frozen=True):
    """The gravest result over the entity's country and the locations. `country` is the one judged (an ISO code or an
    area), `role` what it is of the recipient. `reason` is a clause that completes "the data goes to X: ...".
    `mechanism`: what it rests on (a safeguard, or "derogation"), `decision` the adequacy decision that was read.
    `doubt`: what of the judgement privlint only knows from memory; the reason says it as well."""

    result: Result
    country: str
    role: PlaceRole
    reason: str
    place: PolicyPlace
    mechanism: str = ""
    decision: Adequacy | None = None
    doubt: str = ""

    @property
    def allowed(self) -> bool:
        return self.result in ALLOWED


def facts_of(recipient: Recipient, country: str = "", location: tuple[str, ...] = ()) -> TransferFacts:
    """The facts of a declared recipient; `country` and `location` stand in where the policy says nothing."""
    return TransferFacts(
        recipient=recipient.key,
        country=recipient.country or country,
        location=recipient.location or location,
        safeguard=recipient.safeguard,
        derogation=recipient.derogation,
        certified=recipient.certified,
        public=recipient.sector == "public" or recipient.role == "authority",
    )


class _Case(msgspec.Struct):
    """What one judgement rests on."""

    policy: Policy
    jurisdictions: Jurisdictions
    facts: TransferFacts
    today: datetime.date

    @property
    def home(self) -> str:
        return self.policy.policy.home

    @property
    def day(self) -> str:
        return self.today.isoformat()


class _Judgement(msgspec.Struct):
    result: Result
    reason: str
    mechanism: str = ""
    decision: Adequacy | None = None
    doubt: str = ""


def judge_transfer(
    policy: Policy, jurisdictions: Jurisdictions, facts: TransferFacts, today: datetime.date
) -> Transfer:
    """The gravest judgement; the entity's country goes before its locations where two are as grave."""
    case = _Case(policy, jurisdictions, facts, today)
    judged = [judge_place(case, country, role) for country, role in places_of(facts, jurisdictions)]
    return max(judged, key=lambda transfer: GRAVITY.index(transfer.result))


def places_of(facts: TransferFacts, jurisdictions: Jurisdictions) -> Iterator[tuple[str, PlaceRole]]:
    """The countries to judge; an area of locations stands for its members."""
    yield facts.country, "country"
    for location in facts.location:
        for code in jurisdictions.areas.get(area_name(location), (location,)):
            yield code, "location"


def outside_of(policy: Policy, jurisdictions: Jurisdictions, facts: TransferFacts) -> tuple[str, ...]:
    """Countries outside the home area where a recipient is established or keeps data."""
    home = policy.policy.home
    inside = (home, *jurisdictions.areas.get(home, ()))
    return tuple(dict.fromkeys(code for code, _ in places_of(facts, jurisdictions) if code and code not in inside))


def area_name(text: str) -> str:
    """The EEA for the EU: the law of transfers knows the EEA, which holds the EU."""
    return "EEA" if text == "EU" else text


def judge_place(case: _Case, country: str, role: PlaceRole) -> Transfer:
    name = case.jurisdictions.names.get(country, country)
    if not country:
        judged = _Judgement("unknown", "its country is not known")
    elif country in case.jurisdictions.areas.get(case.home, ()) or country == case.home:
        judged = _Judgement("inside", f"{name} is inside the home area {case.home}")
    else:
        judged = judge_mechanism(case, country, name)
    return Transfer(
        result=judged.result,
        country=country,
        role=role,
        reason=judged.reason + (f" ({judged.doubt})" if judged.doubt else ""),
        place=place_of(case, role),
        mechanism=judged.mechanism,
        decision=judged.decision,
        doubt=judged.doubt,
    )


def place_of(case: _Case, role: PlaceRole) -> PolicyPlace:
    """The key of the recipient's table that decides: what the transfer rests on, if it is written."""
    table = ("recipients", case.facts.recipient)
    written = [key for key in ("safeguard", "derogation") if case.policy.stated(*table, key)]
    return case.policy.place(*table, written[0] if written else role)


def judge_mechanism(case: _Case, country: str, name: str) -> _Judgement:
    """What carries a transfer to a country outside the home area."""
    safeguard, derogation = case.facts.safeguard, case.facts.derogation
    if safeguard in ("", "none"):
        return judge_derogation(case, derogation) if derogation else judge_undeclared(case, country, name)
    label = f'`safeguard = "{safeguard}"`'
    if not case.policy.prose_offers(safeguard):
        return _Judgement("not_offered", f"{label} is declared, and [transfers] does not offer it", safeguard)
    if safeguard == "adequacy":
        return judge_adequacy(case, find_decision(case, country), name)
    return _Judgement("safeguarded", f"{label} is declared", safeguard)


def judge_derogation(case: _Case, derogation: str) -> _Judgement:
    label = f'`derogation = "{derogation}"` is declared'
    if case.policy.prose_offers(derogation):
        return _Judgement("safeguarded", label, "derogation")
    return _Judgement("not_offered", f"{label}, and [transfers] does not offer it", "derogation")


def judge_undeclared(case: _Case, country: str, name: str) -> _Judgement:
    """Nothing is declared. A decision that covers a whole country holds without being named; one with conditions
    does not, since nobody has said that they are met."""
    decision = find_decision(case, country)
    if decision is not None and case.facts.safeguard != "none" and case.policy.prose_offers("adequacy"):
        judged = judge_adequacy(case, decision, name)
        if not decision.partial and not decision.needs_certification and judged.result != "missing":
            return judged
    reason = f"{name} is outside {case.home} and no safeguard is declared"
    return _Judgement("missing", reason, "", decision, doubt_of(case, decision))


def find_decision(case: _Case, country: str) -> Adequacy | None:
    """The decision for a country: as the policy states it, else one that holds today before one that does not, the
    latest first."""
    own = next((entry for entry in case.policy.adequacy if entry.country == country), None)
    if own is not None:
        return None if own.repealed else _as_stated(case, own)
    decisions = case.jurisdictions.decisions
    found = [entry for entry in decisions if entry.home == case.home and entry.country == country]
    return max(found, key=lambda entry: (in_force(entry, case.day), entry.in_force_from), default=None)


def _as_stated(case: _Case, entry: AdequacyEntry) -> Adequacy:
    return Adequacy(
        home=case.home,
        country=entry.country,
        name=case.jurisdictions.names.get(entry.country, entry.country),
        in_force_from=entry.in_force_from,
        expires=entry.expires,
        needs_certification=entry.needs_certification,
        source=f"{STATED}: {entry.reason}",
    )


def in_force(decision: Adequacy, day: str) -> bool:
    return decision.in_force_from <= day and (not decision.expires or day <= decision.expires)


def judge_adequacy(case: _Case, decision: Adequacy | None, name: str) -> _Judgement:
    """Whether a decision exists, is in date, covers this recipient and has its certification."""
    if decision is None:
        reason = f"adequacy is declared, and {case.home} has no decision for {name}"
        return _Judgement("missing", reason, "adequacy", doubt=doubt_of(case, None))
    result, reason = adequacy_result(case, decision, name)
    return _Judgement(result, reason, "adequacy", decision, doubt_of(case, decision))


def doubt_of(case: _Case, decision: Adequacy | None) -> str:
    """What nobody confirmed of a decision, or of the list in which none was found."""
    if decision is not None:
        return (
            f"privlint knows the decision from memory, {decision.checked_on}: check it" if decision.unconfirmed else ""
        )
    own = [each for each in case.jurisdictions.decisions if each.home == case.home]
    if not own or not all(each.unconfirmed for each in own):
        return ""
    checked = case.jurisdictions.checked_on
    return f"privlint knows the decisions of {case.home} from memory, {checked}: check them"


def adequacy_result(case: _Case, decision: Adequacy, name: str) -> tuple[Result, str]:
    stated = f" ({decision.source})" if decision.source.startswith(STATED) else ""
    subject = f"the adequacy decision for {name}{stated}"
    if decision.in_force_from > case.day:
        return "missing", f"{subject} is in force from {decision.in_force_from} only"
    if decision.expires and decision.expires < case.day:
        return "expired", f"{subject} ended on {decision.expires}"
    if case.facts.public and "public" in decision.excludes:
        return "out_of_scope", f"{subject} leaves public bodies out"
    if decision.needs_certification and not case.facts.certified:
        return "no_certificate", f"{subject} covers certified recipients only, and `certified` is not stated"
    return "adequate", f"{subject} covers it"
