"""Error tracking. The tracker gets technical records only."""

from __future__ import annotations

import sentry_sdk

from probackup.config import settings
from probackup.models import Customer, LoginEvent
from probackup.privacy import network_of

DSN = "https://9f1c3b7e5a@o4507.ingest.de.sentry.io/4507112"


def configure() -> None:
    sentry_sdk.init(
        dsn=DSN,
        environment=settings().environment,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
    )


def describe_login(event: LoginEvent) -> None:
    """Lets an error be told apart by device and network."""
    sentry_sdk.set_context("login", {"device": event.device, "network": network_of(event.ip_address)})


def remember_account(customer: Customer) -> None:
    """Puts the account on all errors of this request."""
    _set_user({"id": str(customer.id), "plan": customer.plan, "username": customer.email})


def _set_user(user: dict[str, str]) -> None:
    sentry_sdk.set_user(user)  # expect: PRV402 contact.email -> sentry


def capture(error: BaseException, step: str) -> None:
    sentry_sdk.capture_message(f"{type(error).__name__} in {step}")
