"""What a policy file means once it is loaded."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from privlint.models import AttributeModel, Taxonomy
from privlint.policy.formats import Period, parse_period
from privlint.policy.load import load_policy
from privlint.policy.project_models import project_library, project_models
from tests.policy_samples import COMPANY, PROSE, TAXONOMY, load, write

if TYPE_CHECKING:
    from pathlib import Path

    from privlint.policy.types import Policy

TODAY = datetime.date(2026, 11, 23)


@pytest.fixture
def company(tmp_path: Path) -> Policy:
    return load(tmp_path, COMPANY)


def test_the_smallest_policy_is_one_empty_table(tmp_path: Path) -> None:
    policy = load(tmp_path, "[policy]\n")
    assert (policy.policy.schema, policy.policy.home, policy.policy.unlisted) == (1, "EEA", "deny")
    assert policy.purposes == {}
    assert policy.prose_text is None


def test_the_short_form_of_a_basis(tmp_path: Path) -> None:
    policy = load(
        tmp_path, '[policy]\n[purposes.care]\ncategories = ["contact"]\nbasis = "contract"\n[purposes.none]\n'
    )
    assert [basis.kind for basis in policy.bases("care", "anyone")] == ["contract"]
    assert policy.bases("none", "anyone") == []
    assert policy.covers("care", "contact.email")
    assert not policy.covers("none", "contact.email")


def test_strings_and_arrays_mean_the_same(company: Policy) -> None:
    assert company.policy.law == ("GDPR",)
    assert company.purposes["newsletter"].categories == ("contact.email",)
    assert company.guards["hold"] == ("alderlane.legal.is_held",)
    assert company.data["alderlane.models.Reader.email"].category == ("contact.email",)
    assert company.categories["alderlane.notes"].label == "notes of the staff"


def test_dates_are_iso_texts(company: Policy) -> None:
    assert company.policy.effective == "2026-02-01"
    assert company.exceptions[0].until == "2027-03-02"


def test_keywords_of_python_are_keys(company: Policy) -> None:
    assert company.recipients["rack"].class_ == "hosting"
    assert company.recipient_classes["hosting"].for_ == ("*",)


def test_the_prose_is_read(company: Policy) -> None:
    assert company.prose_text == PROSE


def test_windows_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    path.write_bytes(b"\xef\xbb\xbf" + COMPANY.replace("\n", "\r\n").encode())
    policy = load_policy(path, TAXONOMY)
    assert policy.place("controller", "country").line == COMPANY[: COMPANY.index('country = "BE"')].count("\n") + 1


# ---------------------------------------------------------------- places


def line_of(text: str) -> int:
    return COMPANY[: COMPANY.index(text)].count("\n") + 1


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (("recipients", "parrot", "country"), 'country = "US"'),
        (("recipients", "parrot"), "[recipients.parrot]"),
        (("recipients", "parrot", "certified"), "[recipients.parrot]"),
        (("recipients", "post office", "kind"), 'kind = "mail"'),
        (("purposes", "orders", "basis", 1), '[[purposes.orders.basis]]\nkind = "legitimate_interest"'),
        (("purposes", "orders", "basis", 1, "interest"), "interest = "),
        (("code", "*.campaigns"), '"*.campaigns"'),
        (("data", "alderlane.models.Reader.seen", "subject"), '"alderlane.models.Reader.seen"'),
        (("exceptions", 0, "until"), "until = 2027"),
        (("nothing", "of", "it"), "[policy]"),
    ],
)
def test_places(company: Policy, keys: tuple[str | int, ...], text: str) -> None:
    place = company.place(*keys)
    assert (place.path, place.line) == ("privlint.toml", line_of(text))


def test_stated(company: Policy) -> None:
    assert company.stated("recipients", "parrot", "safeguard")
    assert not company.stated("recipients", "rack", "safeguard")


def test_a_policy_that_lies_elsewhere_is_named_from_the_root(tmp_path: Path) -> None:
    (tmp_path / "legal").mkdir()
    path = write(tmp_path / "legal", "[policy]\n")
    assert load_policy(path, TAXONOMY, root=tmp_path).place("policy").path == "legal/privlint.toml"


# ---------------------------------------------------------------- categories


def test_flags_are_inherited_and_overridden(company: Policy) -> None:
    assert company.special("health")
    assert not company.special("health.record")
    assert company.special("alderlane.diagnosis")
    assert company.special("alderlane.diagnosis.left_eye")
    assert company.secret("credentials.password")
    assert company.criminal("criminal.fine")
    assert company.child("child.school")
    assert company.national("government_id")
    assert not company.special("contact.email")
    assert company.category("health.record").label == "not about people"
    assert company.category("credentials.password").secret


def test_known_categories_are_those_of_the_taxonomy_and_ones_own(company: Policy) -> None:
    assert company.known_category("contact.email")
    assert company.known_category("alderlane.shelf")
    assert not company.known_category("invoicing")
    assert not company.known_category("contact.mail")


def test_a_purpose_covers_what_lies_below_its_names(company: Policy) -> None:
    assert company.covers("newsletter", "contact.email.work")
    assert not company.covers("newsletter", "contact")
    assert not company.covers("newsletter", "contact.emails")
    assert company.covers("orders", "billing.address")
    assert not company.covers("orders", "contact.phone")
    assert company.covers("fraud", "health.record")
    assert not company.covers("unheard_of", "contact.email")


def test_a_group_goes_before_a_category_of_its_name(tmp_path: Path) -> None:
    text = '[policy]\n[groups.contact]\ncontains = ["contact.email"]\n[purposes.p]\ncategories = ["contact"]\n'
    policy = load(tmp_path, text)
    assert policy.covers("p", "contact.email")
    assert not policy.covers("p", "contact.phone")


def test_groups(company: Policy) -> None:
    assert company.groups_holding("contact.email.work") == ["contact_details"]
    assert company.groups_holding("contact.phone") == []
    assert company.open_group_sibling("contact.phone") == "contact_details"
    assert company.open_group_sibling("billing.iban") == ""
    assert company.declared("billing.address")


def test_declared_counts_purposes_without_groups(tmp_path: Path) -> None:
    policy = load(tmp_path, '[policy]\n[purposes.p]\ncategories = ["contact"]\n')
    assert policy.declared("contact.phone")
    assert not policy.declared("billing.address")


# ---------------------------------------------------------------- purposes


def test_bases_by_subject(company: Policy) -> None:
    assert [basis.kind for basis in company.bases("orders", "subscriber")] == ["contract"]
    assert [basis.kind for basis in company.bases("orders", "library_buyer")] == ["legitimate_interest"]
    assert company.bases("orders", "browser") == []
    assert len(company.bases("orders", "")) == 2
    assert len(company.bases("fraud", "browser")) == 1
    assert company.bases("unheard_of", "browser") == []


def test_a_basis_without_subjects_has_those_of_its_purpose(tmp_path: Path) -> None:
    policy = load(tmp_path, '[policy]\n[purposes.p]\nsubjects = ["reader"]\nbasis = "consent"\n')
    assert len(policy.bases("p", "reader")) == 1
    assert policy.bases("p", "visitor") == []


def test_the_period_of_a_basis_goes_before_that_of_its_purpose(company: Policy) -> None:
    first, second = company.purposes["orders"].basis
    periods = [company.retention_of("orders", basis) for basis in (first, second)]
    assert [(period[0], period[1].keep) for period in periods if period] == [
        ("orders", "7 years"),
        ("open_end", "purpose"),
    ]
    assert company.retention_of("fraud", company.purposes["fraud"].basis[0]) is None


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("alderlane.orders", ("orders", "alderlane.orders")),
        ("alderlane.orders.views.Cart.add", ("orders", "alderlane.orders")),
        ("alderlane.orders.newsletter.send", ("newsletter", "alderlane.orders.newsletter")),
        ("alderlane.orders_old", None),
        ("alderlane.jobs", None),
        ("alderlane.jobs.nightly.run", ("fraud", "alderlane.jobs.*")),
        ("alderlane.campaigns.spring", ("newsletter", "*.campaigns")),
        ("alderlane.orders.campaigns", ("orders", "alderlane.orders")),
    ],
)
def test_code_purpose(company: Policy, unit: str, expected: tuple[str, str] | None) -> None:
    assert company.code_purpose(unit) == expected


def test_any_code_may_have_a_purpose_of_last_resort(tmp_path: Path) -> None:
    policy = load(
        tmp_path, '[policy]\n[purposes.a]\n[purposes.b]\n[code]\n"*" = "a"\n"x.*" = "b"\n"x.y" = "a"\n"x.y.*" = "b"\n'
    )
    assert policy.code_purpose("z") == ("a", "*")
    assert policy.code_purpose("x.z") == ("b", "x.*")
    assert policy.code_purpose("x.y") == ("a", "x.y")
    assert policy.code_purpose("x.y.z") == ("b", "x.y.*")


def test_sink_purpose(company: Policy) -> None:
    assert company.sink_purpose("log") == "fraud"
    assert company.sink_purpose("cache") == ""


# ---------------------------------------------------------------- recipients


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"callable": "alderlane.mail.Client.send"}, "post office"),
        ({"callable": "alderlane.mail.bulk.run"}, "post office"),
        ({"callable": "alderlane.mail.Client"}, ""),
        ({"callable": 'boto3.client("ses").send_email'}, "post office"),
        ({"host": "eu.parrot.example"}, "parrot"),
        ({"host": "https://PARROT.example:443/track?x=1"}, "parrot"),
        ({"host": "notparrot.example"}, ""),
        ({"recipient": "mixpanel"}, "parrot"),
        ({"recipient": "rack"}, "rack"),
        ({"recipient": "sentry"}, ""),
        ({"library": "parrot_sdk"}, "parrot"),
        ({"library": "parrot.client"}, "parrot"),
        ({"library": "parrots"}, ""),
        ({"library": "parrot", "host": "api.elsewhere.example"}, ""),
        ({"callable": "alderlane.mail.Client.send", "host": "parrot.example"}, "post office"),
        ({"recipient": "rack", "host": "parrot.example"}, "parrot"),
        ({}, ""),
    ],
)
def test_recipient_for(company: Policy, asked: dict[str, str], expected: str) -> None:
    found = company.recipient_for(**asked)
    assert (found.key if found else "") == expected


def test_a_recipient_may_be_named_by_its_host(tmp_path: Path) -> None:
    policy = load(tmp_path, '[policy]\n[recipients."api.letters.example"]\n')
    found = policy.recipient_for(host="api.letters.example")
    assert found is not None
    assert found.key == "api.letters.example"


def test_the_more_specific_call_and_host_win(tmp_path: Path) -> None:
    policy = load(
        tmp_path,
        '[policy]\n[recipients.wide]\ncalls = ["a.*"]\ndomains = ["*.x.example"]\n'
        '[recipients.narrow]\ncalls = ["a.b.send"]\ndomains = ["*.eu.x.example"]\n',
    )
    found = [policy.recipient_for(callable="a.b.send"), policy.recipient_for(host="q.eu.x.example")]
    assert [recipient.key for recipient in found if recipient] == ["narrow", "narrow"]


def test_recipient_allows(company: Policy) -> None:
    assert company.recipient_allows("parrot", "technical.usage", "fraud")
    assert not company.recipient_allows("parrot", "contact.email", "fraud")
    assert not company.recipient_allows("parrot", "technical.usage", "orders")
    assert company.recipient_allows("parrot", "technical.usage")
    assert company.recipient_allows(company.recipients["rack"], "health", "orders")
    assert not company.recipient_allows("unheard of", "technical.usage")


def test_an_empty_list_allows_nothing(tmp_path: Path) -> None:
    policy = load(tmp_path, "[policy]\n[recipients.r]\ncategories = []\n[recipients.s]\npurposes = []\n[purposes.p]\n")
    assert not policy.recipient_allows("r", "contact.email")
    assert not policy.recipient_allows("s", "contact.email", "p")


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("shop.alderlane.example", True),
        ("img.shop.alderlane.example", True),
        ("https://alderlane.example/x", True),
        ("alderlane.example.evil.example", False),
        ("notalderlane.example", False),
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("10.2.3.4", True),
        ("8.8.8.8", False),
        ("localhost", True),
        ("redis", True),
        ("queue.internal", True),
        ("user:secret@db.internal:5432", True),
        ("", False),
    ],
)
def test_own_host(company: Policy, host: str, own: bool) -> None:
    assert company.own_host(host) is own


def test_the_www_of_a_service_stands_for_its_domain(tmp_path: Path) -> None:
    policy = load(tmp_path, '[policy]\nservice = "www.alderlane.example"\n')
    assert policy.own_host("api.alderlane.example")
    assert not policy.own_host("other.example")


def test_prose_offers(company: Policy, tmp_path: Path) -> None:
    assert company.prose_offers("scc")
    assert not company.prose_offers("bcr")
    assert not company.prose_offers("explicit_consent")
    silent = load(tmp_path, "[policy]\n")
    assert silent.prose_offers("bcr")
    derogations = load(tmp_path, '[policy]\n[transfers]\nderogations = ["explicit_consent"]\n')
    assert derogations.prose_offers("explicit_consent")
    assert not derogations.prose_offers("contract")
    assert derogations.prose_offers("scc")


# ---------------------------------------------------------------- exceptions


def test_exception_for(company: Policy) -> None:
    entry = company.exceptions[0]
    assert company.exception_for("PRV403", "parrot", ("technical.usage",), TODAY) == entry
    assert company.exception_for("PRV402", "parrot", ("technical.usage",), TODAY) is None
    assert company.exception_for("PRV403", "rack", ("technical.usage",), TODAY) is None
    assert company.exception_for("PRV403", "parrot", ("technical.usage", "contact.email"), TODAY) is None


def test_an_exception_holds_through_its_last_day(company: Policy) -> None:
    last = datetime.date(2027, 3, 2)
    assert company.exception_for("PRV403", "parrot", ("technical",), last) is not None
    assert company.expired_exceptions(last) == []
    after = last + datetime.timedelta(days=1)
    assert company.exception_for("PRV403", "parrot", ("technical",), after) is None
    assert company.expired_exceptions(after) == [(0, company.exceptions[0])]


def test_an_exception_may_name_its_rule(tmp_path: Path) -> None:
    path = write(tmp_path, '[policy]\n[[exceptions]]\nrule = "in-logs"\nreason = "audit"\n')
    policy = load_policy(path, TAXONOMY, rules={"PRV601": "in-logs"})
    assert policy.exception_for("PRV601", "", ("contact.email",), TODAY) is not None


# ---------------------------------------------------------------- extends


def test_files_are_joined(tmp_path: Path) -> None:
    policy = load(
        tmp_path,
        '[policy]\nextends = ["code.toml"]\n[purposes.a]\n[[exceptions]]\nrule = "PRV601"\nreason = "one"\n',
        code_toml='[policy]\nschema = 1\nextends = "data.toml"\n[purposes.b]\n[code]\n"x" = "a"\n'
        '[[exceptions]]\nrule = "PRV602"\nreason = "two"\n',
        data_toml='[data]\n"x.y" = "contact.email"\n[purposes.a]\nlabel = "A"\n',
    )
    assert list(policy.purposes) == ["a", "b"]
    assert policy.purposes["a"].label == "A"
    assert policy.code == {"x": "a"}
    assert [entry.reason for entry in policy.exceptions] == ["one", "two"]
    assert (policy.place("exceptions", 1, "reason").path, policy.place("exceptions", 1, "reason").line) == (
        "code.toml",
        9,
    )
    assert (policy.place("data", "x.y").path, policy.place("data", "x.y").line) == ("data.toml", 2)


# ---------------------------------------------------------------- models


def test_project_models(company: Policy) -> None:
    hide, fetch, post = project_models(company)
    assert (hide.name, hide.clean) == (("alderlane.tokens.hide",), True)
    assert (fetch.source, fetch.sink[0].kind, fetch.sink[0].data) == ("contact.email", "log", ("0",))
    assert post.name == company.recipients["post office"].calls
    assert (post.sink[0].kind, post.sink[0].recipient, post.sink[0].data) == ("mail", "post office", ("any",))


def test_project_library_has_all_kinds_of_models(tmp_path: Path) -> None:
    policy = load(
        tmp_path,
        '[policy]\n[[models.attribute]]\nowner = "x.Reader"\nname = "mail"\nsource = "contact.email"\n'
        '[[models.handover]]\ndecorators = ["x.task"]\ncall = { delay = "same" }\n'
        '[[models.region]]\ncall = "x.Client"\nparam = "zone"\nposition = 1\nvalues = { eu = "DE" }\n',
    )
    library = project_library(policy)
    assert library.attribute == (AttributeModel(owner="x.Reader", name="mail", source="contact.email"),)
    assert library.handover[0].call == {"delay": "same"}
    assert (library.region[0].position, library.region[0].values) == (1, {"eu": "DE"})


def test_project_library_of_a_policy_without_models(tmp_path: Path) -> None:
    assert project_library(load(tmp_path, "[policy]\n")).callable == ()


# ---------------------------------------------------------------- periods


@pytest.mark.parametrize(
    ("text", "days"), [("5 years", 1826.25), ("1 year", 365.25), ("18 months", 547.875), ("2 weeks", 14), ("1 day", 1)]
)
def test_periods(text: str, days: float) -> None:
    period = parse_period(text)
    assert period is not None
    assert period.days == days
    assert str(period) == text


def test_open_ends_are_no_periods() -> None:
    assert parse_period("purpose") is None
    assert parse_period("forever") is None
    assert str(Period(3, "month")) == "3 months"


def test_an_empty_taxonomy_leaves_only_ones_own_words(tmp_path: Path) -> None:
    path = write(
        tmp_path, '[policy]\n[categories]\n"shop.shelf" = "shelf"\n[purposes.p]\ncategories = ["shop.shelf"]\n'
    )
    assert load_policy(path, Taxonomy()).covers("p", "shop.shelf")
