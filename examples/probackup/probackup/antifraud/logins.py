"""Logins, and how risky they look."""

from __future__ import annotations

import logging
from datetime import datetime, timezone

import httpx
from fastapi import Request
from sqlalchemy.orm import Session

from probackup import errors
from probackup.antifraud import riskscope
from probackup.models import Customer, LoginEvent
from probackup.privacy import network_of

logger = logging.getLogger(__name__)

REFUSE_FROM = 0.9


class RefusedLogin(PermissionError):
    """The login looks like somebody else's."""


def record(session: Session, customer: Customer, request: Request) -> LoginEvent:
    event = LoginEvent(
        customer_id=customer.id,
        ip_address=request.client.host if request.client else "0.0.0.0",
        device=request.headers.get("x-device", "unknown"),
        at=datetime.now(timezone.utc),
    )
    session.add(event)
    errors.describe_login(event)
    score = riskscope.score(event)
    logger.info("login of account %d from %s scored %.2f", customer.id, network_of(event.ip_address), score)
    if score >= REFUSE_FROM:
        _flag(customer)
        raise RefusedLogin(f"login of account {customer.id} refused")
    return event


def _flag(customer: Customer) -> None:
    """Asks the accountant to hold back refunds."""
    httpx.post(  # expect: PRV402 billing.vat_number -> ledeganck
        "https://dossiers.ledeganck.example/api/flags",
        json={"account": customer.id, "vat": customer.vat_number},
        timeout=10,
    )
