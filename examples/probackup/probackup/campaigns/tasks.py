"""Keeps the sales team's address book up to date."""

from __future__ import annotations

import requests

from probackup.accounts.customers import find
from probackup.accounts.preferences import accepts_marketing
from probackup.db import session_scope
from probackup.queue import app

ADDRESS_BOOK = "https://havenkluis.leadtide.example/api/people"


@app.task
def sync_contact(customer_id: int) -> None:
    with session_scope() as session:
        customer = find(session, customer_id)
        if accepts_marketing(customer):
            push.delay(customer.email, name=customer.full_name)


@app.task(bind=True, max_retries=3)
def push(self, email: str, name: str = "") -> None:  # type: ignore[no-untyped-def]
    answer = requests.put(  # expect: PRV401 contact.email, identity.name -> havenkluis.leadtide.example
        ADDRESS_BOOK,
        json={"mail": email, "name": name},
        timeout=10,
    )
    if answer.status_code >= requests.codes.server_error:
        raise self.retry(countdown=60)
