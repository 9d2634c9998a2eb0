"""Whether somebody wants to hear from us."""

from __future__ import annotations

from sqlalchemy.orm import Session

from probackup.audit import trail
from probackup.models import CompanyContact, Customer


def accepts_marketing(person: Customer | CompanyContact) -> bool:
    return person.marketing_opt_in


def unsubscribe(session: Session, customer: Customer) -> None:
    customer.marketing_opt_in = False
    trail.record(session, customer.id, "unsubscribed")


def subscribe(session: Session, customer: Customer) -> None:
    customer.marketing_opt_in = True
    trail.record(session, customer.id, "subscribed")
