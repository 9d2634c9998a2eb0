"""PRV401-406: who gets the data, and where."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from privlint.diagnostics import Confidence
from tests.findings import declare, judge, make_findings, make_flow, make_sink, start_service

if TYPE_CHECKING:
    from pathlib import Path

    from privlint.analysis.flow import Findings, Sink

POLICY = """
[policy]
service = "shop.example"

[purposes.marketing]
categories = ["contact"]
[purposes.support]
categories = ["contact"]

[recipient_classes.it]
for = ["support"]

[recipients.brevo]
categories = ["contact.email"]
purposes = ["marketing"]

[recipients.crm]
class = "it"
country = "DE"
domains = ["*.crm.example"]
calls = ["app.crm.push"]
"""


@pytest.mark.parametrize(
    ("sink", "recipient"),
    [
        (make_sink(recipient="mixpanel"), "mixpanel"),
        (make_sink(host="api-eu.mixpanel.com"), "mixpanel"),
        (make_sink(host="api.unknown.example"), "api.unknown.example"),
        (make_sink("mail", recipient="mixpanel"), "mixpanel"),
        (make_sink("queue", host="queue.unknown.example"), "queue.unknown.example"),
        (make_sink("export", recipient="mixpanel"), "mixpanel"),
        (make_sink("mail"), ""),
        (make_sink("queue"), ""),
        (make_sink("service", destination="unknown"), ""),
        (make_sink(recipient="brevo"), ""),
        (make_sink(host="api.brevo.com"), ""),
        (make_sink(host="eu.crm.example"), ""),
        (make_sink(callable="app.crm.push"), ""),
        (make_sink(host="localhost", destination="own"), ""),
        (make_sink(host="10.0.0.7"), ""),
        (make_sink(host="www.shop.example"), ""),
    ],
)
def test_undeclared_recipient(tmp_path: Path, sink: Sink, recipient: str) -> None:
    found = judge(tmp_path, POLICY, make_findings(make_flow(sink=sink)), "PRV401")
    assert [diagnostic.recipient for diagnostic in found] == ([recipient] if recipient else [])


def test_undeclared_recipient_names_country_and_safeguard(tmp_path: Path) -> None:
    [abroad] = judge(tmp_path, POLICY, make_findings(make_flow()), "PRV401")
    assert "the United States" in abroad.message
    assert "no safeguard" in abroad.message
    assert (abroad.country, abroad.location, abroad.confidence) == ("US", "US", Confidence.CERTAIN)
    [near] = judge(tmp_path, "", make_findings(make_flow(sink=make_sink(recipient="brevo"))), "PRV401")
    assert "safeguard" not in near.message


def test_each_rule_judges_alone(tmp_path: Path) -> None:
    found = make_findings(make_flow())
    assert judge(tmp_path, POLICY, found, "PRV401")
    assert judge(tmp_path, POLICY, found, "PRV301")
    assert judge(tmp_path, POLICY, found, "PRV403") == []


EMAIL, PHONE = declare(), declare("app.models.User.phone", "contact.phone")
BREVO, CRM = make_sink(recipient="brevo"), make_sink(host="eu.crm.example")


@pytest.mark.parametrize(
    ("found", "part"),
    [
        (make_findings(make_flow(EMAIL, BREVO, "marketing")), ""),
        (make_findings(make_flow(PHONE, BREVO, "marketing")), "gives `brevo` `contact.email`"),
        (make_findings(make_flow(EMAIL, BREVO, "support")), "for `marketing`, and this code serves `support`"),
        (make_findings(make_flow(EMAIL, BREVO)), ""),
        (make_findings(make_flow(EMAIL, CRM, "support")), ""),
        (make_findings(make_flow(EMAIL, CRM, "marketing")), "class `it`"),
        (make_findings(make_flow(EMAIL, make_sink(recipient="mixpanel"), "support")), ""),
    ],
)
def test_not_for_recipient(tmp_path: Path, found: Findings, part: str) -> None:
    diagnostics = judge(tmp_path, POLICY, found, "PRV402")
    assert len(diagnostics) == bool(part)
    assert all(part in diagnostic.message for diagnostic in diagnostics)


@pytest.mark.parametrize(
    ("entry", "transfers", "part"),
    [
        ('country = "DE"\nlocation = "DE"', "", ""),
        ('country = "US"', "", "no safeguard is declared"),
        ('country = "DE"\nlocation = "US"', "", "no safeguard is declared"),
        ('country = "US"\nsafeguard = "scc"', "", ""),
        ('country = "US"\nsafeguard = "scc"', 'safeguards = ["adequacy"]', "does not offer it"),
        ('country = "US"\nsafeguard = "adequacy"', "", "`certified` is not stated"),
        ('country = "US"\nsafeguard = "adequacy"\ncertified = "DPF, 2026-01-15"', "", ""),
        ('country = "GB"\nlocation = "GB"', "", ""),
        ('country = "CH"\nsafeguard = "adequacy"', "", "no decision"),
    ],
)
def test_unsafeguarded_transfer(tmp_path: Path, entry: str, transfers: str, part: str) -> None:
    policy = f"[transfers]\n{transfers}\n[recipients.tool]\ndomains = ['tool.example']\n{entry}\n"
    flow = make_flow(sink=make_sink(host="tool.example"))
    found = judge(tmp_path, policy, make_findings(flow), "PRV403")
    assert len(found) == bool(part)
    assert all(part in diagnostic.message for diagnostic in found)


def test_a_decision_that_expired(tmp_path: Path) -> None:
    policy = "[recipients.tool]\ndomains = ['tool.example']\ncountry = 'GB'\nsafeguard = 'adequacy'\n"
    found = make_findings(make_flow(sink=make_sink(host="tool.example")))
    assert judge(tmp_path, policy, found, "PRV403") == []
    [late] = judge(tmp_path, policy, found, "PRV403", datetime.date(2032, 1, 1))
    assert "2031-12-27" in late.message


def test_a_fact_of_the_catalogue_is_likely_and_says_so(tmp_path: Path) -> None:
    [assumed] = judge(tmp_path, "[recipients.mixpanel]\n", make_findings(make_flow()), "PRV403")
    assert assumed.confidence is Confidence.LIKELY
    assert "the catalogue, checked on 2026-11-23, assumes US; declare `country`" in assumed.message
    [declared] = judge(tmp_path, '[recipients.mixpanel]\ncountry = "US"\n', make_findings(make_flow()), "PRV403")
    assert declared.confidence is Confidence.CERTAIN
    assert "catalogue" not in declared.message


@pytest.mark.parametrize(
    ("location", "expected"), [("DE", False), ("US", True), ("", False), ("EEA", False), ("IE", True)]
)
def test_location_mismatch(tmp_path: Path, location: str, expected: bool) -> None:
    policy = '[recipients.mixpanel]\nlocation = "DE"\nsafeguard = "scc"\n'
    sink = make_sink(recipient="mixpanel", location=location, location_from="host x")
    assert bool(judge(tmp_path, policy, make_findings(make_flow(sink=sink)), "PRV404")) is expected
    started = make_findings(services=(start_service("mixpanel", location=location),))
    assert bool(judge(tmp_path, policy, started, "PRV404")) is expected
    assert judge(tmp_path, "", started, "PRV404") == []


@pytest.mark.parametrize(
    ("sink", "expected"),
    [
        (make_sink(destination="unknown"), True),
        (make_sink(destination="unknown", callable="app.crm.push"), False),
        (make_sink(destination="unknown", recipient="mixpanel"), False),
        (make_sink("mail", destination="unknown"), False),
        (make_sink("file", destination="unknown"), False),
        (make_sink(host="api.unknown.example"), False),
    ],
)
def test_unresolved_destination(tmp_path: Path, sink: Sink, expected: bool) -> None:
    assert bool(judge(tmp_path, POLICY, make_findings(make_flow(sink=sink)), "PRV405")) is expected


def test_undeclared_service(tmp_path: Path) -> None:
    started = (start_service("mixpanel"), start_service("brevo", 5))
    [found] = judge(tmp_path, POLICY, make_findings(services=started), "PRV406")
    assert (found.recipient, found.path, found.line) == ("mixpanel", "app/boot.py", 4)
    assert judge(tmp_path, POLICY, make_findings(make_flow(), services=started), "PRV406") == []
