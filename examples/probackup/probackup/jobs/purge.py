"""Ends the life of data whose time is over."""

from __future__ import annotations

import logging
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from probackup.db import session_scope
from probackup.gdpr.erase import erase_customer
from probackup.legal.hold import is_on_hold
from probackup.models import Customer
from probackup.queue import app

logger = logging.getLogger(__name__)

CONTRACT = timedelta(days=5 * 365)
PROMOTION = timedelta(days=2 * 365)


@app.task
def purge_former_customers() -> None:
    """Five years after the contract ended, nothing is left."""
    with session_scope() as session:
        due = [found for found in _ended_before(session, date.today() - CONTRACT) if not is_on_hold(session, found.id)]
        for customer in due:
            erase_customer(session, customer)
        logger.info("%d former customers erased", len(due))


@app.task
def purge_promotion() -> None:
    """Two years after the contract ended, nobody is written to any more."""
    with session_scope() as session:
        for customer in _ended_before(session, date.today() - PROMOTION):
            customer.marketing_opt_in = False


def _ended_before(session: Session, day: date) -> list[Customer]:
    return list(session.scalars(select(Customer).where(Customer.agreement_ended_on < day)))
