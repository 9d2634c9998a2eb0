"""Customers and charges at Stripe."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import stripe

from probackup.config import settings
from probackup.models import Customer

logger = logging.getLogger(__name__)

stripe.api_key = settings().stripe_key


class PaymentFailed(RuntimeError):
    """The bank or Stripe refused."""


@dataclass(frozen=True)
class Payer:
    """What Stripe needs to know, and the address of the last login."""

    email: str
    name: str
    vat: str | None
    ip: str | None

    @classmethod
    def of(cls, customer: Customer) -> Payer:
        last_ip = customer.logins[-1].ip_address if customer.logins else None
        return cls(email=customer.email, name=customer.full_name, vat=customer.vat_number, ip=last_ip)


def enrol(customer: Customer) -> str:
    """Makes the customer known at Stripe; returns the number there."""
    if customer.stripe_id is None:
        customer.stripe_id = _create(Payer.of(customer))
    return customer.stripe_id


def _create(payer: Payer) -> str:
    params: stripe.params.CustomerCreateParams = {
        "email": payer.email,
        "name": payer.name,
        "metadata": {"last_ip": payer.ip or ""},
    }
    try:
        made = stripe.Customer.create(  # expect: PRV302 technical.ip_address; PRV402 technical.ip_address -> stripe
            **params,
        )
    except stripe.StripeError as error:
        logger.warning("Stripe refused a customer: %s", error.code)
        raise PaymentFailed("Stripe refused a customer") from error
    if payer.vat:
        stripe.Customer.create_tax_id(made.id, type="eu_vat", value=payer.vat)
    return made.id


def charge(customer: Customer, cents: int, number: str) -> str:
    """Charges an invoice; returns the number of the payment."""
    try:
        payment = stripe.PaymentIntent.create(
            amount=cents,
            currency="eur",
            customer=enrol(customer),
            receipt_email=customer.email,
            description=f"HavenKluis invoice {number}",
        )
    except stripe.CardError as error:
        message = f"card of {customer.full_name} declined: {error.code}"
        raise PaymentFailed(message) from error  # expect: PRV607 identity.name
    logger.info("invoice %s charged: %s", number, payment.id)
    return payment.id
