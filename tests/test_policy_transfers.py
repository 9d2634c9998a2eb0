"""Which transfers a policy allows, by country, safeguard, date and what the prose offers."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from privlint.knowledge.load import load_jurisdictions
from privlint.policy.transfers import Transfer, facts_of, judge_transfer
from tests.policy_samples import JURISDICTIONS, load

if TYPE_CHECKING:
    from pathlib import Path

TODAY = datetime.date(2026, 11, 23)


def judge(folder: Path, recipient: str, above: str = "", today: datetime.date = TODAY) -> Transfer:
    policy = load(folder, f"[policy]\n{above}\n[recipients.r]\n{recipient}\n")
    return judge_transfer(policy, JURISDICTIONS, facts_of(policy.recipients["r"]), today)


@pytest.mark.parametrize(
    ("recipient", "result", "country"),
    [
        ('country = "BE"', "inside", "BE"),
        ('country = "NO"\nlocation = "EEA"', "inside", "NO"),
        ('country = "DE"\nlocation = "EU"', "inside", "DE"),
        ('country = "US"', "missing", "US"),
        ('country = "US"\nlocation = "DE"', "missing", "US"),
        ('country = "DE"\nlocation = "US"', "missing", "US"),
        ('country = "DE"\nlocation = ["FR", "IN"]\nsafeguard = "adequacy"', "missing", "IN"),
        ('country = "US"\nsafeguard = "none"', "missing", "US"),
        ('country = "US"\nsafeguard = "adequacy"', "no_certificate", "US"),
        ('country = "US"\nsafeguard = "adequacy"\ncertified = "checked 2026-05"', "adequate", "US"),
        ('country = "US"\ncertified = "checked 2026-05"', "missing", "US"),
        ('country = "US"\nsafeguard = "adequacy"\ncertified = "x"\nlocation = "IN"', "missing", "IN"),
        ('country = "IN"\nsafeguard = "adequacy"', "missing", "IN"),
        ('country = "IN"\nsafeguard = "scc"', "safeguarded", "IN"),
        ('country = "IN"\nsafeguard = "bcr"', "safeguarded", "IN"),
        ('country = "IN"\nderogation = "explicit_consent"', "safeguarded", "IN"),
        ('country = "CH"', "adequate", "CH"),
        ('country = "CH"\nsafeguard = "adequacy"', "adequate", "CH"),
        ('country = "CH"\nsafeguard = "none"', "missing", "CH"),
        ('country = "CA"', "missing", "CA"),
        ('country = "CA"\nsafeguard = "adequacy"', "adequate", "CA"),
        ('country = "CA"\nsafeguard = "adequacy"\nsector = "public"', "out_of_scope", "CA"),
        ('country = "CA"\nsafeguard = "adequacy"\nrole = "authority"', "out_of_scope", "CA"),
        ('country = "KR"\nsafeguard = "adequacy"', "expired", "KR"),
        ('country = "KR"', "expired", "KR"),
        ('country = "KR"\nsafeguard = "scc"', "safeguarded", "KR"),
        ("", "unknown", ""),
        ('location = "DE"', "unknown", ""),
        ('location = "IN"', "missing", "IN"),
    ],
)
def test_from_the_eea(tmp_path: Path, recipient: str, result: str, country: str) -> None:
    judged = judge(tmp_path, recipient)
    assert (judged.result, judged.country) == (result, country)
    assert judged.allowed == (result in {"inside", "adequate", "safeguarded"})


@pytest.mark.parametrize(
    ("day", "result"),
    [
        (datetime.date(2026, 1, 25), "missing"),
        (datetime.date(2026, 1, 26), "adequate"),
    ],
)
def test_a_decision_has_a_first_day(tmp_path: Path, day: datetime.date, result: str) -> None:
    assert judge(tmp_path, 'country = "BR"\nsafeguard = "adequacy"', today=day).result == result


@pytest.mark.parametrize(
    ("day", "result"),
    [
        (datetime.date(2031, 12, 27), "adequate"),
        (datetime.date(2031, 12, 28), "expired"),
    ],
)
def test_a_decision_has_a_last_day(tmp_path: Path, day: datetime.date, result: str) -> None:
    assert judge(tmp_path, 'country = "GB"\nsafeguard = "adequacy"', today=day).result == result


def test_the_prose_has_to_offer_the_safeguard(tmp_path: Path) -> None:
    offered = '[transfers]\nsafeguards = ["adequacy"]'
    assert judge(tmp_path, 'country = "US"\nsafeguard = "scc"', offered).result == "not_offered"
    assert judge(tmp_path, 'country = "US"\nderogation = "contract"', offered).result == "not_offered"
    assert judge(tmp_path, 'country = "CH"', offered).result == "adequate"
    nothing = "[transfers]\nsafeguards = []"
    assert judge(tmp_path, 'country = "CH"', nothing).result == "missing"
    assert judge(tmp_path, 'country = "CH"\nsafeguard = "adequacy"', nothing).result == "not_offered"
    assert judge(tmp_path, 'country = "BE"\nsafeguard = "bcr"', nothing).result == "inside"


def test_other_homes(tmp_path: Path) -> None:
    assert judge(tmp_path, 'country = "GB"\nlocation = "EEA"', 'home = "GB"').result == "adequate"
    assert judge(tmp_path, 'country = "CH"', 'home = "GB"').result == "missing"
    assert judge(tmp_path, 'country = "CH"', 'home = "CH"').result == "inside"


def test_the_place_is_the_key_that_decides(tmp_path: Path) -> None:
    assert judge(tmp_path, 'country = "US"').place.line == 4
    assert judge(tmp_path, 'country = "US"\nlocation = "DE"\nsafeguard = "adequacy"').place.line == 6
    assert judge(tmp_path, 'country = "DE"\nlocation = "US"').place.line == 5
    assert judge(tmp_path, "").place.line == 3


def test_reasons_name_what_the_documents_say(tmp_path: Path) -> None:
    assert judge(tmp_path, 'country = "US"').reason == "United States is outside EEA and no safeguard is declared"
    ended = judge(tmp_path, 'country = "KR"\nsafeguard = "adequacy"')
    assert ended.reason == "the adequacy decision for Korea ended on 2025-12-17"
    assert (ended.mechanism, ended.decision) == ("adequacy", JURISDICTIONS.decisions[4])


def test_what_the_policy_does_not_say_is_taken_from_elsewhere(tmp_path: Path) -> None:
    policy = load(tmp_path, '[policy]\n[recipients.r]\nlocation = "DE"\n')
    facts = facts_of(policy.recipients["r"], country="US", location=("US",))
    assert (facts.country, facts.location) == ("US", ("DE",))


def test_of_two_decisions_the_one_in_force_counts(tmp_path: Path) -> None:
    from privlint.models import Adequacy, Jurisdictions

    former = Adequacy("EEA", "US", "former", "2016-07-12", expires="2020-07-16")
    current = Adequacy("EEA", "US", "current", "2023-07-10", needs_certification=True)
    policy = load(tmp_path, '[policy]\n[recipients.r]\ncountry = "US"\nsafeguard = "adequacy"\ncertified = "x"\n')
    facts = facts_of(policy.recipients["r"])
    for decisions in ((former, current), (current, former)):
        judged = judge_transfer(policy, Jurisdictions({"EEA": ("BE",)}, decisions), facts, TODAY)
        assert judged.decision == current


def test_a_decision_that_nobody_confirmed_says_so(tmp_path: Path) -> None:
    policy = load(tmp_path, '[policy]\nhome = "GB"\n[recipients.r]\ncountry = "DE"\n')
    judged = judge_transfer(policy, load_jurisdictions(), facts_of(policy.recipients["r"]), TODAY)
    assert judged.result == "adequate"
    assert "from memory" in judged.reason
