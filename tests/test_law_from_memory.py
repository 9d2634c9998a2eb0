"""Law that nobody confirmed (the United Kingdom, Switzerland): each message that rests on it says so, with the date."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from privlint.checks import RULES
from privlint.cli import run
from privlint.diagnostics import Diagnostic
from privlint.engine import analyse_sources
from privlint.knowledge.load import load_jurisdictions
from tests.analysed import TODAY, judge_text
from tests.projects import write_files

DATE = r"\d{4}-\d\d-\d\d"
HOMES = {"GB": "UK GDPR Art. ", "CH": "FADP Art. "}
POLICY = """\
[policy]
home = "{home}"
[subjects.member]
[purposes.support]
categories = ["contact.email", "health"]
subjects = ["member"]
[recipients.desk]
country = "US"
role = "processor"
domains = ["desk.example"]
[recipients.near]
country = "DE"
[recipients.certified]
country = "US"
safeguard = "adequacy"
[recipients.far]
country = "BR"
safeguard = "adequacy"
[rights.portability]
[code]
app = "support"
"""
CODE = """\
import logging
from dataclasses import dataclass
from typing import Annotated

import mixpanel
import requests

from privlint import Personal


@dataclass
class Member:
    email: Annotated[str, Personal("contact.email", subject="member")]
    phone: Annotated[str, Personal("contact.phone", subject="member")]
    illness: Annotated[str, Personal("health", subject="member")]


def tell(member: Member) -> None:
    requests.post("https://desk.example/x", json={"who": member.email, "what": member.illness})
    mixpanel.Mixpanel("token").track(member.phone, "seen")
    logging.info("%s", member.phone)
"""


def found_in(home: str) -> list[Diagnostic]:
    policy = POLICY.format(home=home)
    return [*analyse_sources({"app.py": CODE}, policy, today=TODAY), *judge_text({"privlint.toml": policy})]


@pytest.mark.parametrize("home", HOMES)
def test_articles_are_those_of_the_home_and_doubted(home: str) -> None:
    found = [each for each in found_in(home) if each.articles]
    assert {each.code for each in found} >= {"PRV107", "PRV203", "PRV401", "PRV403"}
    for each in found:
        assert all(article.startswith(HOMES[home]) for article in each.articles), each.code
        assert any(re.search(f"cited from memory, {DATE}: look them up", text) for text in each.help), each.code


@pytest.mark.parametrize("home", HOMES)
def test_an_article_in_a_message_comes_with_the_doubt(home: str) -> None:
    for each in found_in(home):
        if re.search(r"\bArt\. \d", each.message):
            assert any("from memory" in text for text in each.help), each.message


@pytest.mark.parametrize("home", HOMES)
def test_judgements_of_transfers_say_that_they_rest_on_memory(home: str) -> None:
    found = [each for each in found_in(home) if each.code in ("PRV107", "PRV401", "PRV403")]
    judged = [each for each in found if re.search("safeguard is declared|adequacy", each.message)]
    assert {each.code for each in judged} == {"PRV107", "PRV401", "PRV403"}
    for each in judged:
        words = [each.message, *(text for text in each.help if "articles" not in text)]
        assert any(re.search(f"from memory[^.]*{DATE}", text) for text in words), each.message


def test_what_is_confirmed_is_not_doubted() -> None:
    assert not [each for each in found_in("EEA") if "memory" in " ".join([each.message, *each.help])]


def test_what_a_decision_from_memory_carries_is_told() -> None:
    (found,) = [each for each in found_in("GB") if "rests on adequacy decisions" in each.message]
    assert found.severity.value == "info"
    assert "\u201cnear\u201d" in found.message


def test_a_law_that_asks_for_no_basis_is_not_held_against_code() -> None:
    assert {"PRV204", "PRV303"} <= {each.code for each in found_in("GB")}
    assert not {"PRV104", "PRV204", "PRV303"} & {each.code for each in found_in("CH")}


def test_a_basis_that_is_stated_is_held_everywhere() -> None:
    line = 'basis = [{ kind = "consent", subjects = ["other"] }]\n'
    policy = POLICY.format(home="CH").replace("[recipients.desk]", f"{line}[subjects.other]\n[recipients.desk]")
    assert "PRV303" in {each.code for each in analyse_sources({"app.py": CODE}, policy, today=TODAY)}


def test_every_rule_that_rests_on_law_has_articles_of_switzerland() -> None:
    without = {"PRV204"}  # there is no basis whose condition it could ask for
    assert set(load_jurisdictions().laws["CH"].articles) == {rule.code for rule in RULES if rule.articles} - without


@pytest.mark.parametrize("home", HOMES)
def test_the_notice_and_the_record_say_so(home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(tmp_path, {"privlint.toml": POLICY.format(home=home), "app.py": CODE})
    assert run(["policy", "render", str(tmp_path)]) == 0
    assert re.search(f"cited from memory, {DATE}", capsys.readouterr().err)
    assert run(["map", "--record", str(tmp_path)]) == 0
    assert re.search(f"cited from memory, {DATE}", capsys.readouterr().out)


@pytest.mark.parametrize("home", HOMES)
def test_terms_of_the_gdpr_are_for_its_area(home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = f'[policy]\nhome = "{home}"\n[purposes.a]\nbasis = "consent"\n'
    write_files(tmp_path, {"privlint.toml": policy})
    assert run(["policy", "export", str(tmp_path), "--to", "dpv"]) == 0
    printed = capsys.readouterr().out
    assert '"@id": "dpv:Consent"' in printed
    assert "eu-gdpr:A6" not in printed
