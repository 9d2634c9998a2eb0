"""`policy init --from FILE.yml`: a first policy file from a data map of Fides, in which nothing is guessed."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from privlint.cli import run
from privlint.knowledge.load import load_taxonomy
from privlint.policy.draft_fides import draft_from_fides
from privlint.policy.fides import FidesError, read_data_map
from privlint.policy.load import load_policy
from privlint.policy.types import Policy
from tests.analysed import judge_text
from tests.test_policies import FOLDER
from tests.test_policy_export import EXAMPLE, POLICIES, export

MAP = """\
organization:
  - fides_key: acme
    name: Acme
    controller:
      name: Acme BV
      address: Kade 1, Gent
      email: privacy@acme.example
      phone: "1"
    data_protection_officer:
      name: D. Peeters
      address: Kade 1, Gent
      email: dpo@acme.example
      phone: "2"
data_subject:
  - fides_key: angler
    name: Anglers
data_category:
  - fides_key: fishing.licence
    name: Fishing licence
system:
  - fides_key: shop
    name: Shop
    does_international_transfers: true
    legal_basis_for_transfers: [SCCs, Other]
    data_security_practices: TLS, backups
    privacy_declarations:
      - name: Orders
        data_use: essential.service
        data_categories: [user.contact.email, user.contact.address, fishing.licence]
        data_subjects: [customer, angler]
        legal_basis_for_processing: Contract
        retention_period: 7 years after the order
        third_parties: Stripe, Ship & Co
      - data_use: marketing.communications
        data_categories: [user.contact.email]
        data_subjects: [customer]
      - data_use: essential.service.security
        data_categories: [user.device.ip_address, user.payment, user.unheard_of]
        data_subjects: [visitor]
        legal_basis_for_processing: Legitimate Interests
        data_shared_with_third_parties: true
  - fides_key: clinic
    uses_profiling: true
    privacy_declarations:
      - name: Orders
        data_use: essential.service
        data_categories: [user.health_and_medical]
        data_subjects: [patient]
        legal_basis_for_processing: Consent
        processes_special_category_data: true
        special_category_legal_basis: Explicit consent
"""


def draft(text: str) -> str:
    return draft_from_fides(read_data_map(text), "map.yml", "EEA", load_taxonomy())


def imported(folder: Path, text: str) -> Policy:
    (folder / "map.yml").write_text(text, "utf-8")
    assert run(["policy", "init", str(folder), "--from", str(folder / "map.yml")]) == 0
    return load_policy(folder / "privlint.toml", load_taxonomy())


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    return imported(tmp_path, MAP)


def test_who_is_responsible(policy: Policy) -> None:
    assert policy.controller is not None
    assert (policy.controller.name, policy.controller.contact) == ("Acme BV", "privacy@acme.example")
    assert policy.dpo is not None
    assert policy.dpo.contact == "dpo@acme.example"


def test_declarations_of_one_name_and_use_are_one_purpose(policy: Policy) -> None:
    assert list(policy.purposes) == ["orders", "communications", "security"]
    orders = policy.purposes["orders"]
    assert orders.categories == ("contact.email", "contact.address", "fishing.licence", "health")
    assert orders.subjects == ("customer", "angler", "patient")
    assert orders.fides == ("essential.service",)
    assert orders.profiling
    contract, consent = orders.basis
    assert (contract.kind, contract.subjects, contract.retention) == (
        "contract",
        ("customer", "angler"),
        "7_years_after_the",
    )
    assert (consent.kind, consent.subjects, consent.article9) == ("consent", ("patient",), "9(2)(a)")


def test_a_basis_that_the_map_does_not_state_is_not_guessed(policy: Policy) -> None:
    assert policy.purposes["communications"].basis == ()
    assert policy.purposes["security"].basis[0].kind == "legitimate_interest"
    assert policy.purposes["security"].basis[0].interest.startswith("TODO")


def test_names_that_mean_several_things_are_asked_for(policy: Policy) -> None:
    payment, unknown = policy.groups.values()
    assert payment.label.startswith("TODO: which categories are user.payment, one or more of billing")
    assert unknown.label == "TODO: which categories are user.unheard_of?"
    assert policy.categories["fishing.licence"].label == "Fishing licence"
    assert policy.subjects["angler"].label == "Anglers"
    assert policy.subjects["customer"].fides == ("customer",)


def test_periods_recipients_and_the_rest(policy: Policy) -> None:
    period = policy.retention["7_years_after_the"]
    assert (period.label, period.keep, period.starts[:4]) == ("7 years after the order", "7 years", "TODO")
    assert [(each.label, each.purposes) for each in policy.recipients.values()] == [
        ("Stripe", ("orders",)),
        ("Ship & Co", ("orders",)),
        ("TODO: who receives it?", ("security",)),
    ]
    assert policy.transfers is not None
    assert policy.transfers.safeguards == ("scc",)
    assert policy.security is not None
    assert policy.security.measures == ("TLS, backups",)


def test_what_is_left_open_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported(tmp_path, MAP)
    assert run(["policy", "check", str(tmp_path), "--output-format", "concise"]) == 1
    printed = capsys.readouterr().out
    assert "answers for later (TODO)" in printed
    assert "“marketing.communications” rests on no legal basis" in printed


def test_a_map_without_an_organization_asks_who_is_responsible() -> None:
    text = "system:\n- fides_key: a\n  privacy_declarations: []\n"
    assert 'name = "TODO: who is responsible?"' in draft(text)


def test_a_basis_that_privlint_does_not_know_is_told() -> None:
    text = MAP.replace("Legitimate Interests", "Gut feeling")
    assert "# The map calls the basis Gut feeling, which privlint does not know.\n" in draft(text)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.name)
def test_an_export_comes_back(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = load_policy(path / "privlint.toml", load_taxonomy(), root=path)
    after = imported(tmp_path, export(path, "fides", capsys))
    assert [each.label for each in after.purposes.values()] == [each.label for each in before.purposes.values()]
    for one, other in zip(before.purposes.values(), after.purposes.values(), strict=True):
        assert [basis.kind for basis in one.basis] == [basis.kind for basis in other.basis]


# ---------------------------------------------------------------- Fides itself


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.name)
def test_fides_accepts_what_is_exported(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        known = pytest.importorskip("fideslang.default_taxonomy").DEFAULT_TAXONOMY
        taxonomy = pytest.importorskip("fideslang.models").Taxonomy
        missing = pytest.importorskip("fideslang.relationships").get_referenced_missing_keys
    found: dict[str, Any] = yaml.safe_load(export(path, "fides", capsys))
    for table in ("data_category", "data_use", "data_subject", "organization"):
        found[table] = [
            *getattr(known, table),
            *taxonomy(**{table: found.get(table, [])}).model_dump()[table],
        ]
    assert missing(taxonomy(**found)) == set()


def test_conditions_of_article_9_are_exported(capsys: pytest.CaptureFixture[str]) -> None:
    found = yaml.safe_load(export(FOLDER / "pharmacy", "fides", capsys))["system"][0]["privacy_declarations"]
    stated = {each["name"]: each.get("special_category_legal_basis") for each in found}
    assert any(stated.values())
    assert not any(
        "special_category_legal_basis" in each
        for each in yaml.safe_load(export(EXAMPLE, "fides", capsys))["system"][0]["privacy_declarations"]
    )


# ---------------------------------------------------------------- bad input

BAD = {
    "nothing": ("", "1:1: a data map of Fides is written as keys and values"),
    "another file": ("services:\n  web: {}\n", "1:1: there is no `system`: this is not a data map of Fides"),
    "a word": ("hello\n", "1:1: a data map of Fides is written as keys and values"),
    "a slip": ("sistem: []\n", "did you mean `system`?"),
    "no list": ("system:\n  fides_key: a\n", "2:3: `system` must be a list: its entries begin with `- `"),
    "no YAML": ("system: [\n", "2:1: this is not YAML"),
    "a tab": ("system:\n\t- a\n", "2:1: this is not YAML"),
    "bytes": ("system: \x01\n", "1:1: this is not YAML"),
    "twice": ("system: []\nsystem: []\n", "2:1: `system` stands twice"),
    "no text": (
        "system:\n- privacy_declarations:\n  - data_use: [a]\n",
        "3:15: `data_use` must be a text",
    ),
    "no use": ("system:\n- privacy_declarations:\n  - name: a\n", "3:5: a privacy declaration without `data_use`"),
    "no flag": ("system:\n- uses_profiling: maybe\n", "2:19: `uses_profiling` must be true or false"),
    "a number as a key": ("system:\n- [a]: b\n", "2:3: a key must be a word"),
    "two controllers": (
        "system: []\norganization:\n- name: a\n- name: b\n",
        "4:3: a second `organization`: a policy has one controller",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_data_map(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, message = BAD[name]
    source = tmp_path / "map.yaml"
    source.write_text(text, "utf-8")
    assert run(["policy", "init", str(tmp_path), "--from", str(source)]) == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert f"{source}:" in printed
    assert not (tmp_path / "privlint.toml").exists()


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(FidesError) as caught:
        read_data_map("system:\n- uses_profiling: maybe\n- uses_profiling: never\n")
    assert [each.partition(" ")[0] for each in caught.value.problems] == ["2:19:", "3:19:"]


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "init", str(tmp_path), "--from", str(tmp_path / "map.yml")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    (tmp_path / "map.yml").write_bytes(b"\xff")
    assert run(["policy", "init", str(tmp_path), "--from", str(tmp_path / "map.yml")]) == 2
    assert "not UTF-8" in capsys.readouterr().err


def test_without_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "map.yml").write_text(MAP, "utf-8")
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert run(["policy", "init", str(tmp_path), "--from", str(tmp_path / "map.yml")]) == 2
    assert 'pip install "privlint[fides]"' in capsys.readouterr().err


def test_what_is_not_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported(tmp_path, MAP + "dataset: []\n")
    assert "left alone: dataset" in capsys.readouterr().err


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["Contract", "user.name"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["system", "privacy_declarations", "data_use", "name", "data_categories", "organization"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_map_is_refused_or_makes_a_valid_file(value: object) -> None:
    try:
        text = draft(yaml.safe_dump({"system": value}))
    except FidesError:
        return
    assert [each for each in judge_text({"privlint.toml": text}) if each.code == "PRV001"] == []
