"""Findings built by hand, for tests of checks that need no program."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from privlint.analysis.flow import (
    Counts,
    Declaration,
    FileProblem,
    Findings,
    Flow,
    PurposeUse,
    Read,
    ServiceStart,
    Sink,
)
from privlint.checks import RULES, CheckInput, run_checks
from privlint.diagnostics import Confidence, Diagnostic, Step
from privlint.ir import Problem
from privlint.models import Adequacy, Category, Jurisdictions, Recipient, Taxonomy
from privlint.policy.load import load_policy

if TYPE_CHECKING:
    from pathlib import Path

TODAY = datetime.date(2026, 11, 23)

TAXONOMY = Taxonomy(
    {
        "contact": Category(),
        "contact.email": Category(),
        "contact.phone": Category(),
        "identity": Category(),
        "identity.name": Category(),
        "billing.vat_number": Category(),
        "technical.usage": Category(),
        "credentials": Category(secret=True),
        "credentials.password": Category(),
        "health": Category(special=True),
        "health.record": Category(),
        "criminal": Category(criminal=True),
        "government_id": Category(national=True),
    }
)
JURISDICTIONS = Jurisdictions(
    areas={"EEA": ("BE", "DE", "FR", "IE", "NL"), "GB": ("GB",), "CH": ("CH",)},
    decisions=(
        Adequacy("EEA", "GB", "United Kingdom", "2021-06-28", expires="2031-12-27"),
        Adequacy("EEA", "US", "United States", "2023-07-10", needs_certification=True),
    ),
    names={"US": "the United States", "GB": "the United Kingdom", "DE": "Germany"},
    checked_on="2026-11-23",
)
CATALOGUE = {
    "mixpanel": Recipient(
        "mixpanel",
        "Mixpanel",
        "analytics",
        domains=("api.mixpanel.com", "api-eu.mixpanel.com"),
        country="US",
        location="US",
        checked_on="2026-11-23",
    ),
    "brevo": Recipient("brevo", "Brevo", "email", domains=("api.brevo.com",), country="FR", location="FR"),
}


def declare(
    name: str = "app.models.User.email",
    *categories: str,
    subjects: tuple[str, ...] = (),
    role: str = "",
    by: str = "annotation",
    line: int = 3,
) -> Declaration:
    owner = name.rpartition(".")[0]
    return Declaration(
        name, categories or ("contact.email",), subjects, role, by, "app/models.py", line, 5, owner, stored=True
    )


def make_sink(kind: str = "service", line: int = 20, **rest: str) -> Sink:
    values: dict[str, Any] = {
        "callable": f"sdk.{kind}",
        "unit": "app.views.show",
        "module": "app.views",
        "expression": f"{kind}(...)",
        **rest,
    }
    return Sink(kind, path="app/views.py", line=line, column=5, end_line=line, end_column=20, **values)


def make_flow(
    source: Declaration | None = None,
    sink: Sink | None = None,
    *purposes: str,
    likely: bool = False,
    pseudonymous: bool = False,
    whole: bool = False,
    chain: tuple[str, ...] = (),
) -> Flow:
    """A flow for the named purposes; for none at all if none is named."""
    source, sink = source or declare(), sink or make_sink(recipient="mixpanel")
    steps = (
        Step(source.path, source.line, source.column, "declaration", "declared"),
        Step(sink.path, sink.line, sink.column, "sink", "sent"),
    )
    uses = tuple(PurposeUse(name, "code" if name else "", chain or (sink.unit,)) for name in purposes or ("",))
    confidence = Confidence.LIKELY if likely else Confidence.CERTAIN
    return Flow(source, sink, confidence, steps, uses, pseudonymous, whole)


def make_read(source: Declaration | None = None, module: str = "app.views", unit: str = "", *purposes: str) -> Read:
    uses = tuple(PurposeUse(name, "code" if name else "") for name in purposes or ("",))
    return Read(source or declare(), f"{module.replace('.', '/')}.py", 7, 9, unit or f"{module}.show", module, uses)


def start_service(recipient: str, line: int = 4, location: str = "") -> ServiceStart:
    return ServiceStart(
        recipient, f"{recipient}.init", "app/boot.py", line, 1, line, 30, "app.boot", "init(...)", location, "region x"
    )


def make_findings(
    *flows: Flow,
    declarations: tuple[Declaration, ...] = (),
    reads: tuple[Read, ...] = (),
    services: tuple[ServiceStart, ...] = (),
    problems: tuple[tuple[str, str], ...] = (),
    names: tuple[str, ...] = (),
    conflicts: tuple[tuple[Declaration, Declaration], ...] = (),
) -> Findings:
    """`problems` are (code, message)."""
    return Findings(
        flows=list(flows),
        declarations=list(declarations),
        reads=list(reads),
        services=list(services),
        problems=[FileProblem("app/bad.py", Problem(code, message, 2, 1)) for code, message in problems],
        names=frozenset(names),
        unresolved=[],
        counts=Counts(),
        conflicts=list(conflicts),
    )


def judge(folder: Path, policy: str, found: Findings, code: str, today: datetime.date = TODAY) -> list[Diagnostic]:
    """What one rule finds, silenced findings included."""
    path = folder / "privlint.toml"
    path.write_text(policy if "[policy]" in policy else f"[policy]\n{policy}", encoding="utf-8")
    context = CheckInput(
        load_policy(path, TAXONOMY, rules={rule.code: rule.name for rule in RULES}),
        JURISDICTIONS,
        TAXONOMY,
        CATALOGUE,
        today,
    )
    return [diagnostic for diagnostic in run_checks(found, context) if diagnostic.code == code]
