"""Data that must stay because of a court case."""

from __future__ import annotations

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from probackup import storage
from probackup.models import Customer, LegalHold

logger = logging.getLogger(__name__)


def is_on_hold(session: Session, customer_id: int) -> bool:
    query = select(LegalHold.id).where(LegalHold.customer_id == customer_id, LegalHold.lifted_on.is_(None))
    return session.scalar(query) is not None


def place(session: Session, customer: Customer, case_number: str) -> None:
    """Keeps what is known of the customer now, for the case."""
    session.add(LegalHold(customer_id=customer.id, case_number=case_number))
    storage.keep(f"cases/{case_number}/{customer.id}.txt", _statement(customer).encode())
    logger.info("account %d on hold for case %s", customer.id, case_number)


def _statement(customer: Customer) -> str:
    addresses = ", ".join(login.ip_address for login in customer.logins)
    return f"{customer.full_name}, {customer.address}, logged in from {addresses or 'nowhere'}"
