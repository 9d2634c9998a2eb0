"""Where data goes and what a transfer there rests on: facts of the policy, then of the code, then of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from privlint.policy.transfers import Transfer, TransferFacts, area_name, facts_of, judge_transfer

if TYPE_CHECKING:
    from privlint.analysis.flow import Sink
    from privlint.checks._inputs import CheckInput, Target


AREAS = {"EEA": "the EEA", "GB": "the United Kingdom", "CH": "Switzerland"}


class Destination(msgspec.Struct, frozen=True):
    """`country`: where the recipient is established; `location`: where data goes; "" if not known. `assumed`: the
    judgement rests on a fact of the catalogue that nobody confirmed; `assumption` says so in words."""

    country: str
    location: str
    transfer: Transfer
    assumed: bool
    assumption: str


def destination_of(sink: Sink | None, target: Target, context: CheckInput) -> Destination:
    """The judgement of what a sink sends to a target, declared or not; without a sink, of the target by itself."""
    service = target.service
    own = target.own
    country = _known(service.country) if service else ""
    decided = _known(sink.location) if sink else ""  # by the code itself
    location = decided or (_known(service.location) if service else "")
    standing = places_in(location)
    facts = facts_of(own, country, standing) if own else TransferFacts(target.name, country, standing)
    transfer = judge_transfer(context.policy, context.jurisdictions, facts, context.today)
    assumed = service is not None and not service.confirmed and _from_catalogue(transfer, facts, decided, target)
    return Destination(
        facts.country,
        ", ".join(facts.location),
        transfer,
        assumed,
        _assumption(target, transfer) if assumed else "",
    )


def places_in(location: str) -> tuple[str, ...]:
    """The places that a location of the code names: one, or several of which any may be it ("EEA, CH")."""
    return tuple(location.split(", ")) if location else ()


def _known(place: str) -> str:
    """ "*" (several countries) decides nothing."""
    return "" if place == "*" else place


def _from_catalogue(transfer: Transfer, facts: TransferFacts, decided: str, target: Target) -> bool:
    own = target.own
    if transfer.role == "country":
        return bool(facts.country) and not (own and own.country)
    return bool(facts.location) and not decided and not (own and own.location)


def _assumption(target: Target, transfer: Transfer) -> str:
    checked = target.service.checked_on if target.service else ""
    when = f", checked on {checked}," if checked else ""
    return f"the catalogue{when} assumes {transfer.country}; declare `{transfer.role}` to settle it"


def leaves_home(destination: Destination) -> bool:
    """Whether data goes out of the home area with nothing that carries it."""
    return destination.transfer.result not in ("inside", "adequate", "safeguarded", "unknown")


def place_set(places: tuple[str, ...], context: CheckInput) -> frozenset[str]:
    """ISO codes of places, areas as their members."""
    areas = context.jurisdictions.areas
    return frozenset(code for place in places for code in areas.get(area_name(place), (place,)))
