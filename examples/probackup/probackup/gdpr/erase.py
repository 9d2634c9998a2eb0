"""Erasure of all that we know about a customer."""

from __future__ import annotations

import logging

from sqlalchemy.orm import Session

from probackup import storage
from probackup.audit import trail
from probackup.legal.hold import is_on_hold
from probackup.models import Customer

logger = logging.getLogger(__name__)


class OnHold(PermissionError):
    """A court case keeps the data from being erased."""


def erase_customer(session: Session, customer: Customer) -> None:
    """Invoices, logins and tickets go with the row."""
    if is_on_hold(session, customer.id):
        raise OnHold(f"account {customer.id} is on hold")
    storage.drop(f"access/{customer.id}/")
    trail.record(session, customer.id, "erased")
    session.delete(customer)
    logger.info("account %d erased", customer.id)
