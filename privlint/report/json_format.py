"""JSON for programs. `schema.json` beside this module describes it; both only change with `VERSION`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from privlint.diagnostics import Diagnostic, Step, Summary
    from privlint.report.options import Options

VERSION = 1
_SUMMARY = (
    "files",
    "not_analysed",
    "fields",
    "units",
    "units_lowered",
    "flows",
    "recipients",
    "unresolved",
    "cut",
    "suppressed",
    "baselined",
)


def render(diagnostics: Sequence[Diagnostic], summary: Summary, options: Options) -> str:  # noqa: ARG001
    """All findings, the silenced and baselined ones with their flags."""
    document = {
        "version": VERSION,
        "diagnostics": [describe(each) for each in diagnostics],
        "summary": describe_summary(summary),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def describe_summary(summary: Summary) -> dict[str, int]:
    return {name: getattr(summary, name) for name in _SUMMARY}


def describe(diagnostic: Diagnostic) -> dict[str, Any]:
    """A finding as JSON knows it: frames and help are for people and stay out. Only a finding about several lines of a
    policy has `places`."""
    places = [{"path": place.path, "line": place.line, "message": place.text} for place in diagnostic.places]
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.value,
        "confidence": diagnostic.confidence.value,
        "message": diagnostic.message,
        "path": diagnostic.path,
        "line": diagnostic.line,
        "column": diagnostic.column,
        "end_line": diagnostic.end_line,
        "end_column": diagnostic.end_column,
        "category": diagnostic.category,
        "field": diagnostic.field,
        "subject": diagnostic.subject,
        "purpose": diagnostic.purpose,
        "basis": diagnostic.basis,
        "sink": diagnostic.sink,
        "recipient": diagnostic.recipient,
        "country": diagnostic.country,
        "location": diagnostic.location,
        "clause": diagnostic.clause,
        "quote": diagnostic.quote,
        "articles": list(diagnostic.articles),
        "flows": [
            {
                "field": flow.field,
                "category": flow.category,
                "subject": flow.subject,
                "confidence": flow.confidence.value,
                "trace": [_describe_step(step) for step in flow.trace],
            }
            for flow in diagnostic.flows
        ],
        "trace": [_describe_step(step) for step in diagnostic.trace],
        "policy": {"path": diagnostic.policy.path, "line": diagnostic.policy.line} if diagnostic.policy else None,
        "fingerprint": diagnostic.fingerprint,
        "suppressed": bool(diagnostic.suppressed),
        "baselined": diagnostic.baselined,
    } | ({"places": places} if places else {})


def _describe_step(step: Step) -> dict[str, Any]:
    return {
        "path": step.path,
        "line": step.line,
        "column": step.column,
        "kind": step.kind,
        "message": step.message,
        "function": step.function,
    }
