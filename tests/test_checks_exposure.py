"""PRV601-607, PRV901-903, PRV108, and what `run_checks` does with all of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import privlint.checks
from privlint.checks import RULES
from privlint.diagnostics import Severity
from tests.findings import (
    TODAY,
    declare,
    judge,
    make_findings,
    make_flow,
    make_read,
    make_sink,
    start_service,
)

if TYPE_CHECKING:
    from privlint.analysis.flow import Findings, Flow, Sink

EMAIL = declare()
PASSWORD = declare("app.models.User.password", "credentials.password")
HEALTH = declare("app.models.User.record", "health.record")


@pytest.mark.parametrize(
    ("flow", "severity"),
    [
        (make_flow(EMAIL, make_sink("log")), Severity.WARNING),
        (make_flow(PASSWORD, make_sink("log")), Severity.ERROR),
        (make_flow(HEALTH, make_sink("log")), Severity.ERROR),
        (make_flow(EMAIL, make_sink("log"), pseudonymous=True), None),
        (make_flow(EMAIL, make_sink("file")), None),
    ],
)
def test_in_logs(tmp_path: Path, flow: Flow, severity: Severity | None) -> None:
    found = judge(tmp_path, "", make_findings(flow), "PRV601")
    assert [diagnostic.severity for diagnostic in found] == ([severity] if severity else [])


def test_logs_with_a_purpose_that_lists_the_data(tmp_path: Path) -> None:
    policy = '[purposes.security]\ncategories = ["contact", "credentials"]\n[sinks.log]\npurpose = "security"\n'
    assert judge(tmp_path, policy, make_findings(make_flow(EMAIL, make_sink("log"))), "PRV601") == []
    assert judge(tmp_path, policy, make_findings(make_flow(PASSWORD, make_sink("log"))), "PRV601")
    assert judge(tmp_path, policy, make_findings(make_flow(HEALTH, make_sink("log"))), "PRV601")


@pytest.mark.parametrize(("code", "kind"), [("PRV602", "url"), ("PRV607", "exception")])
def test_urls_and_exceptions(tmp_path: Path, code: str, kind: str) -> None:
    assert judge(tmp_path, "", make_findings(make_flow(EMAIL, make_sink(kind))), code)
    assert judge(tmp_path, "", make_findings(make_flow(EMAIL, make_sink(kind), pseudonymous=True)), code) == []
    assert judge(tmp_path, "", make_findings(make_flow(EMAIL, make_sink("service"))), code) == []


def test_over_exposed_response(tmp_path: Path) -> None:
    flows = (make_flow(EMAIL, make_sink("response"), whole=True), make_flow(HEALTH, make_sink("response"), whole=True))
    [found] = judge(tmp_path, "", make_findings(*flows), "PRV603")
    assert found.categories == ("contact.email", "health.record")
    assert judge(tmp_path, "", make_findings(make_flow(EMAIL, make_sink("response"))), "PRV603") == []
    assert judge(tmp_path, "", make_findings(make_flow(EMAIL, make_sink("cache"), whole=True)), "PRV603") == []


@pytest.mark.parametrize(
    ("sink", "expected"),
    [
        (make_sink(host="a.example", transport="http"), True),
        (make_sink(transport="verify=False", destination="unknown"), True),
        (make_sink("mail", transport="smtp"), True),
        (make_sink(host="a.example"), False),
        (make_sink(host="localhost", destination="own", transport="http"), False),
        (make_sink(host="shop.example", destination="own", transport="http"), True),
        (make_sink(host="db.internal", transport="http"), False),
    ],
)
def test_unprotected_transport(tmp_path: Path, sink: Sink, expected: bool) -> None:
    policy = '[policy]\nservice = "www.shop.example"\n'
    assert bool(judge(tmp_path, policy, make_findings(make_flow(EMAIL, sink)), "PRV604")) is expected


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        (make_flow(PASSWORD, make_sink("file")), True),
        (make_flow(HEALTH, make_sink("cache")), True),
        (make_flow(PASSWORD, make_sink("client"), pseudonymous=True), False),
        (make_flow(EMAIL, make_sink("file")), False),
        (make_flow(PASSWORD, make_sink("service")), False),
    ],
)
def test_plain_storage(tmp_path: Path, flow: Flow, expected: bool) -> None:
    assert bool(judge(tmp_path, "", make_findings(flow), "PRV605")) is expected


@pytest.mark.parametrize("code", ["PRV901", "PRV902", "PRV903"])
def test_problems(tmp_path: Path, code: str) -> None:
    [found] = judge(tmp_path, "", make_findings(problems=((code, "no"), ("PRV999", "other"))), code)
    assert (found.path, found.line, found.message) == ("app/bad.py", 2, "no")


STALE = """\
[policy]
[purposes.marketing]
categories = ["contact"]
[purposes.support]
categories = ["contact"]
[recipients.mixpanel]
[recipients.hoster]
country = "DE"
[recipients.own]
calls = ["app.crm.push"]
[code]
"app.jobs" = "marketing"
"app.gone" = "marketing"
"*.tasks" = "marketing"
[data]
"app.models.User.email" = "contact.email"
"app.models.User.gone" = "contact.email"
[guards]
opt_out = ["app.jobs.accepts", "*.gone_flag"]
"""
NAMES = ("app.jobs", "app.jobs.accepts", "app.shop.tasks", "app.shop.tasks.run")


@pytest.mark.parametrize(
    ("found", "lines"),
    [
        (make_findings(declarations=(EMAIL,), names=NAMES), [4, 6, 9, 13, 17, 19]),
        (make_findings(make_flow(), declarations=(EMAIL,), names=NAMES), [4, 9, 13, 17, 19]),
        (make_findings(services=(start_service("mixpanel"),), names=NAMES), [4, 9, 13, 16, 17, 19]),
        (make_findings(reads=(make_read(EMAIL, "app.views", "", "support"),), names=NAMES), [6, 9, 13, 16, 17, 19]),
    ],
)
def test_stale_policy(tmp_path: Path, found: Findings, lines: list[int]) -> None:
    diagnostics = judge(tmp_path, STALE, found, "PRV108")
    assert [diagnostic.line for diagnostic in diagnostics] == lines
    assert {diagnostic.path for diagnostic in diagnostics} == {"privlint.toml"}


EXCEPTION = """
[[exceptions]]
rule = "PRV401"
recipient = "mixpanel"
categories = ["contact"]
reason = "moving to the EU project"
until = {until}
"""


@pytest.mark.parametrize(
    ("flow", "until", "silenced"),
    [
        (make_flow(EMAIL), "2026-11-23", True),
        (make_flow(EMAIL), "2026-11-22", False),
        (make_flow(HEALTH), "2027-01-01", False),
        (make_flow(EMAIL, make_sink(host="a.example")), "2027-01-01", False),
    ],
)
def test_exceptions_of_the_policy(tmp_path: Path, flow: Flow, until: str, silenced: bool) -> None:
    [found] = judge(tmp_path, EXCEPTION.format(until=until), make_findings(flow), "PRV401", TODAY)
    assert found.suppressed == ("exception of the policy: moving to the EU project" if silenced else "")


def test_exceptions_that_do_nothing(tmp_path: Path) -> None:
    policy = EXCEPTION.format(until="2026-11-22") + EXCEPTION.format(until="2027-01-01")
    [unused] = judge(tmp_path, policy, make_findings(), "PRV913")
    [expired] = judge(tmp_path, policy, make_findings(), "PRV914")
    assert (expired.line, unused.line) == (3, 10)
    assert judge(tmp_path, policy, make_findings(make_flow(EMAIL)), "PRV913") == []


def test_fingerprints_know_no_line(tmp_path: Path) -> None:
    def prints(*lines: int) -> list[str]:
        flows = [make_flow(EMAIL, make_sink("log", line)) for line in lines]
        return [diagnostic.fingerprint for diagnostic in judge(tmp_path, "", make_findings(*flows), "PRV601")]

    assert prints(20, 30) == prints(25, 31)
    assert len(set(prints(20, 30))) == 2


def test_the_order_of_flows_does_not_matter(tmp_path: Path) -> None:
    flows = [
        make_flow(source, make_sink(kind, line))
        for line in (9, 5)
        for kind in ("log", "file")
        for source in (PASSWORD, EMAIL)
    ]
    forward = judge(tmp_path, "", make_findings(*flows), "PRV301")
    assert judge(tmp_path, "", make_findings(*reversed(flows)), "PRV301") == forward
    assert [diagnostic.line for diagnostic in forward] == [5, 9]


def test_every_rule_is_found_and_documented() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert len({rule.name for rule in RULES}) == len(codes)
    modules = {path.stem for path in Path(privlint.checks.__file__).parent.glob("[a-z]*.py")}
    assert {rule.name.replace("-", "_") for rule in RULES} == modules
