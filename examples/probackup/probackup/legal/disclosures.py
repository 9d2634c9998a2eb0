"""Answers to authorities that may ask."""

from __future__ import annotations

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from probackup.audit import trail
from probackup.models import Invoice

INTAKE = "https://intake.fiscus.example/answers"


def answer_request(session: Session, officer_id: int, reference: str, numbers: list[str]) -> int:
    """Sends the invoices that a reasoned request names; returns how many."""
    invoices = session.scalars(select(Invoice).where(Invoice.number.in_(numbers))).all()
    rows = [{"number": item.number, "cents": item.cents, "vat": item.vat_id} for item in invoices]
    requests.post(INTAKE, json={"reference": reference, "invoices": rows}, timeout=30).raise_for_status()
    trail.record(session, officer_id, "request answered", reference)
    return len(rows)
