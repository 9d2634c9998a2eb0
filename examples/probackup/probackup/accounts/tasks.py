"""What happens after a sign-up, outside of the request."""

from __future__ import annotations

import logging

import requests

from probackup.accounts.customers import find
from probackup.db import session_scope
from probackup.mailer import mail_client
from probackup.models import Customer, Integration
from probackup.queue import app

logger = logging.getLogger(__name__)

WELCOME = "<p>Good day {name},</p><p>your <a href='https://www.havenkluis.example/start'>backups can begin</a>.</p>"


@app.task
def welcome(customer_id: int) -> None:
    with session_scope() as session:
        customer = find(session, customer_id)
        number = mail_client().send(customer.email, "Welcome to HavenKluis", WELCOME.format(name=customer.full_name))
        logger.info("welcome mail %s to account %d", number, customer.id)


@app.task
def announce(customer_id: int) -> None:
    """Tells our own status service, and the partners that the customer connected."""
    with session_scope() as session:
        customer = find(session, customer_id)
        requests.post(
            "https://status.havenkluis.example/accounts",
            json={"account": customer.id, "owner": customer.full_name},
            timeout=5,
        )
        for integration in session.query(Integration).filter_by(customer_id=customer_id):
            _notify_partner(integration, customer)


def _notify_partner(integration: Integration, customer: Customer) -> None:
    payload = _partner_payload(customer)
    answer = requests.post(integration.endpoint, json=payload, timeout=5)  # expect: PRV405 contact.email
    logger.info("integration %d answered %d", integration.id, answer.status_code)


def _partner_payload(customer: Customer) -> dict[str, object]:
    return {"event": "account.opened", "account": {"id": customer.id, "email": customer.email}}
