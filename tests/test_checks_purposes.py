"""PRV202-205 and PRV301-306: what is declared, and what it is used for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from privlint.diagnostics import Confidence, Severity
from tests.findings import declare, judge, make_findings, make_flow, make_read, make_sink

if TYPE_CHECKING:
    from pathlib import Path

    from privlint.analysis.flow import Declaration, Findings, Flow

POLICY = """
[subjects.person]
[subjects.representative]
[subjects.pupil]
child = true

[groups.billing]
contains = ["billing.vat_number"]
subjects = ["person"]

[groups.reachability]
contains = ["contact.email"]
complete = false

[purposes.marketing]
categories = ["contact.email"]
[[purposes.marketing.basis]]
kind = "consent"
subjects = ["person"]

[purposes.care]
categories = ["health", "contact", "billing"]
basis = [{ kind = "contract", article9 = "9(2)(h)" }]

[purposes.billing]
categories = ["contact", "health"]
basis = "contract"

[purposes.nothing]
categories = ["contact"]
"""

EMAIL = declare()
PHONE = declare("app.models.User.phone", "contact.phone")
OF_PERSON = declare(subjects=("person",))
OF_REPRESENTATIVE = declare(subjects=("representative",))
CUSTOMERS = declare(role="processor")


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        (declare("a.X.y", "contact.mail"), True),
        (declare("a.X.y", "contact.email"), False),
        (declare("a.X.y", "contact.email", "contact.nonsense"), True),
    ],
)
def test_unknown_category(tmp_path: Path, declaration: Declaration, expected: bool) -> None:
    found = judge(tmp_path, POLICY, make_findings(declarations=(declaration,)), "PRV202")
    assert bool(found) is expected


def test_unknown_category_suggests(tmp_path: Path) -> None:
    [found] = judge(tmp_path, POLICY, make_findings(declarations=(declare("a.X.y", "contact.emial"),)), "PRV202")
    assert "`contact.email`" in found.help[0]


def test_two_declarations_that_disagree(tmp_path: Path) -> None:
    other = declare(EMAIL.name, "contact.phone", by="data")
    [found] = judge(tmp_path, POLICY, make_findings(conflicts=((EMAIL, other),)), "PRV202")
    assert "as `contact.email` here, as `contact.phone` in [data]" in found.message
    assert (found.path, found.line) == (EMAIL.path, EMAIL.line)


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        (declare("a.X.y", "contact.email"), []),
        (declare("a.X.y", "technical.usage"), [Severity.ERROR]),
        (declare("a.X.y", "billing.vat_number"), []),
        (declare("a.X.y", "billing.vat_number", subjects=("person",)), []),
        (declare("a.X.y", "billing.vat_number", subjects=("representative",)), [Severity.ERROR]),
        (declare("a.X.y", "technical.usage", role="processor"), []),
        (declare("a.X.y", "contact.nonsense"), []),
    ],
)
def test_undeclared_category(tmp_path: Path, declaration: Declaration, expected: list[Severity]) -> None:
    policy = POLICY.replace('"health", "contact", "billing"', '"health", "billing"')
    found = judge(tmp_path, policy, make_findings(declarations=(declaration,)), "PRV203")
    assert [diagnostic.severity for diagnostic in found] == expected


def test_undeclared_category_beside_an_open_list_is_a_warning(tmp_path: Path) -> None:
    policy = '[groups.reachability]\ncontains = ["contact.email"]\ncomplete = false\n'
    [found] = judge(tmp_path, policy, make_findings(declarations=(PHONE,)), "PRV203")
    assert found.severity is Severity.WARNING
    assert found.policy is not None
    assert found.policy.line == 2


HEALTH = declare("a.X.record", "health.record")


@pytest.mark.parametrize(
    ("found", "lines"),
    [
        (make_findings(declarations=(HEALTH,)), []),
        (make_findings(declarations=(declare("a.X.y", "criminal"),)), [3]),
        (make_findings(declarations=(declare("a.X.y", "government_id"),)), [3]),
        (make_findings(declarations=(declare("a.X.y", "criminal", role="processor"),)), []),
        (make_findings(declarations=(declare(subjects=("pupil",)),)), [3]),
        (make_findings(make_flow(HEALTH, None, "care")), []),
        (make_findings(make_flow(HEALTH, None, "billing")), [20]),
        (make_findings(make_flow(EMAIL, None, "billing")), []),
    ],
)
def test_special_category(tmp_path: Path, found: Findings, lines: list[int]) -> None:
    assert [diagnostic.line for diagnostic in judge(tmp_path, POLICY, found, "PRV204")] == lines


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        (make_flow(EMAIL, make_sink("store", callable="app.models.Note.memo")), True),
        (make_flow(EMAIL, make_sink("store", callable="app.models.User.phone")), True),
        (make_flow(EMAIL, make_sink("store", callable="app.models.User.email")), False),
        (make_flow(EMAIL, make_sink("file", callable="app.models.Note.memo")), False),
    ],
)
def test_undeclared_field(tmp_path: Path, flow: Flow, expected: bool) -> None:
    found = judge(tmp_path, POLICY, make_findings(flow, declarations=(EMAIL, PHONE)), "PRV205")
    assert bool(found) is expected


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        (make_flow(EMAIL, None), True),
        (make_flow(EMAIL, None, "marketing"), False),
        (make_flow(EMAIL, None, "marketing", ""), True),
        (make_flow(EMAIL, None, "newsletter"), True),
        (make_flow(EMAIL, make_sink("log")), True),
        (make_flow(EMAIL, make_sink("store")), False),
        (make_flow(CUSTOMERS, None), False),
    ],
)
def test_undeclared_purpose(tmp_path: Path, flow: Flow, expected: bool) -> None:
    assert bool(judge(tmp_path, POLICY, make_findings(flow), "PRV301")) is expected


def test_purpose_of_a_kind_of_sink(tmp_path: Path) -> None:
    flow = make_flow(EMAIL, make_sink("log"))
    policy = POLICY + '[sinks.log]\npurpose = "marketing"\n'
    assert judge(tmp_path, policy, make_findings(flow), "PRV301") == []
    assert judge(tmp_path, policy, make_findings(make_flow(PHONE, make_sink("log"))), "PRV302")


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        (make_flow(EMAIL, None, "marketing"), False),
        (make_flow(PHONE, None, "marketing"), True),
        (make_flow(PHONE, None, "care"), False),
        (make_flow(PHONE, None), False),
        (make_flow(PHONE, None, "newsletter"), False),
        (make_flow(declare("a.X.y", "contact.phone", role="processor"), None, "marketing"), False),
    ],
)
def test_category_not_for_purpose(tmp_path: Path, flow: Flow, expected: bool) -> None:
    assert bool(judge(tmp_path, POLICY, make_findings(flow), "PRV302")) is expected


def test_the_message_names_the_chain_and_the_policy_line(tmp_path: Path) -> None:
    flow = make_flow(PHONE, None, "marketing", chain=("app.jobs.campaign", "app.views.show"))
    [found] = judge(tmp_path, POLICY, make_findings(flow), "PRV302")
    assert "`app.jobs.campaign`" in found.message
    assert found.purpose == "marketing"
    assert found.policy is not None
    text = (tmp_path / "privlint.toml").read_text(encoding="utf-8").splitlines()
    assert text[found.policy.line - 1] == 'categories = ["contact.email"]'


@pytest.mark.parametrize(
    ("flow", "expected"),
    [
        (make_flow(OF_PERSON, None, "marketing"), False),
        (make_flow(OF_REPRESENTATIVE, None, "marketing"), True),
        (make_flow(EMAIL, None, "marketing"), False),
        (make_flow(OF_REPRESENTATIVE, None, "care"), False),
        (make_flow(EMAIL, None, "nothing"), True),
        (make_flow(OF_REPRESENTATIVE, make_sink("store"), "marketing"), False),
    ],
)
def test_no_basis_for_subject(tmp_path: Path, flow: Flow, expected: bool) -> None:
    assert bool(judge(tmp_path, POLICY, make_findings(flow), "PRV303")) is expected


@pytest.mark.parametrize(
    ("found", "paths"),
    [
        (make_findings(reads=(make_read(), make_read(PHONE))), ["app/views.py"]),
        (make_findings(reads=(make_read(), make_read(module="app.jobs"))), ["app/jobs.py", "app/views.py"]),
        (make_findings(reads=(make_read(EMAIL, "app.views", "", "marketing"),)), []),
        (make_findings(reads=(make_read(EMAIL, "app.views", "", "marketing", ""),)), []),
        (make_findings(reads=(make_read(EMAIL, "app.models", "app.models.User.label"),)), []),
        (make_findings(make_flow(), reads=(make_read(), make_read(module="app.jobs"))), ["app/jobs.py"]),
        (make_findings(reads=(make_read(CUSTOMERS),)), []),
    ],
)
def test_undeclared_use(tmp_path: Path, found: Findings, paths: list[str]) -> None:
    assert [diagnostic.path for diagnostic in judge(tmp_path, POLICY, found, "PRV306")] == paths


def test_several_fields_are_one_finding(tmp_path: Path) -> None:
    flows = (make_flow(PHONE, None, likely=True), make_flow(EMAIL, None), make_flow(EMAIL, None, likely=True))
    [found] = judge(tmp_path, POLICY, make_findings(*flows), "PRV301")
    assert found.categories == ("contact.email", "contact.phone")
    assert [(flow.field, flow.confidence) for flow in found.flows] == [
        ("app.models.User.email", Confidence.CERTAIN),
        ("app.models.User.phone", Confidence.LIKELY),
    ]
    assert found.confidence is Confidence.CERTAIN
    assert found.field == "app.models.User.email"


def test_a_likely_flow_is_a_likely_finding(tmp_path: Path) -> None:
    [found] = judge(tmp_path, POLICY, make_findings(make_flow(EMAIL, None, likely=True)), "PRV301")
    assert found.confidence is Confidence.LIKELY


def test_data_and_url_of_one_call_are_one_place(tmp_path: Path) -> None:
    flows = (make_flow(EMAIL, make_sink("url")), make_flow(EMAIL, make_sink("service", recipient="mixpanel")))
    [found] = judge(tmp_path, POLICY, make_findings(*flows), "PRV301")
    assert (found.sink, found.recipient) == ("service", "mixpanel")


@pytest.mark.parametrize("code", ["PRV203", "PRV301", "PRV302", "PRV303", "PRV401"])
def test_unlisted_warn_lowers_what_is_not_said(tmp_path: Path, code: str) -> None:
    policy = '[policy]\nunlisted = "warn"\n' + POLICY
    usage = declare("a.X.usage", "technical.usage", subjects=("representative",))
    flows = (make_flow(usage, None, "marketing"), make_flow(usage, make_sink("log")))
    [found] = judge(tmp_path, policy, make_findings(*flows, declarations=(usage,)), code)
    assert found.severity is Severity.WARNING
