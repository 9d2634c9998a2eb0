"""What customers get who agreed to it."""

from __future__ import annotations

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from probackup.accounts.customers import is_customer
from probackup.accounts.preferences import accepts_marketing
from probackup.campaigns.rendering import render
from probackup.db import session_scope
from probackup.mailer import mail_client
from probackup.models import CompanyContact, Customer
from probackup.queue import app

logger = logging.getLogger(__name__)

PREFERENCES = "https://www.havenkluis.example/account/messages"


@app.task
def send_newsletter(headline: str) -> None:
    with session_scope() as session:
        sent = sum(_send(person, headline) for person in _readers(session))
        logger.info("newsletter sent to %d readers", sent)


def _readers(session: Session) -> list[Customer | CompanyContact]:
    return [*session.scalars(select(Customer)), *session.scalars(select(CompanyContact))]


def _send(person: Customer | CompanyContact, headline: str) -> bool:
    if not (person.has_active_agreement and accepts_marketing(person)):
        return False
    body = render("newsletter", {"name": person.full_name, "headline": headline})
    mail_client().send(person.email, headline, body, unsubscribe=PREFERENCES)
    return True


@app.task
def send_digest() -> None:
    """Brings those back who have not been here for a while."""
    with session_scope() as session:
        for customer in session.scalars(select(Customer)):
            if is_customer(customer) and accepts_marketing(customer):
                body = render("digest", _digest(customer))
                mail_client().send(  # expect: PRV302 technical.usage; PRV402 technical.usage -> postduif
                    customer.email,
                    "We miss you",
                    body,
                    unsubscribe=PREFERENCES,
                )


def _digest(customer: Customer) -> dict[str, object]:
    seen = customer.last_seen_at
    return {"name": customer.full_name, "last_seen": f"{seen:%d %B}" if seen else "some time ago"}
