"""What an account can do, without HTTP."""

from __future__ import annotations

import logging
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from probackup.audit import trail
from probackup.models import Customer
from probackup.privacy import mask_email
from probackup.schemas import CorrectionIn, SignupIn

logger = logging.getLogger(__name__)


class DuplicateAccount(Exception):
    """There is an account for this address already."""


class UnknownAccount(LookupError):
    """There is no such account."""


def register(session: Session, form: SignupIn) -> Customer:
    if session.scalar(select(Customer.id).where(Customer.email == form.email)) is not None:
        raise DuplicateAccount(f"{form.email} signed up twice")  # expect: PRV607 contact.email
    customer = Customer(
        email=form.email,
        full_name=form.full_name,
        phone=form.phone,
        address=form.address,
        vat_number=form.vat_number,
        billing_address=form.billing_address,
    )
    session.add(customer)
    session.flush()
    logger.info("account %d opened for %s", customer.id, mask_email(customer.email))
    return customer


def find(session: Session, customer_id: int) -> Customer:
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise UnknownAccount(f"no account {customer_id}")
    return customer


def correct(session: Session, customer: Customer, form: CorrectionIn) -> list[str]:
    """Overwrites what the form brings; returns the names of the fields that changed."""
    changed = [name for name, value in form.model_dump(exclude_none=True).items() if value != getattr(customer, name)]
    if form.email is not None and form.email != customer.email:
        trail.record(session, customer.id, "address changed", f"{customer.email} became {form.email}")
        customer.email = form.email
    customer.full_name = form.full_name or customer.full_name
    customer.phone = form.phone or customer.phone
    customer.address = form.address or customer.address
    if changed:
        logger.info("corrected %s of account %d", ", ".join(changed), customer.id)
    return changed


def close(session: Session, customer: Customer, reason: str) -> None:
    """Marks the contract as ended; the purge does the rest."""
    customer.agreement_ended_on = date.today()
    trail.record(session, customer.id, "account closed", reason)
    logger.info("account %d closed", customer.id)


def is_customer(customer: Customer) -> bool:
    return customer.has_active_agreement
