"""Events of the product, counted by Mixpanel."""

from __future__ import annotations

from functools import lru_cache

from mixpanel import Mixpanel

from probackup.config import settings
from probackup.models import Customer
from probackup.privacy import pseudonym

Properties = dict[str, object]


@lru_cache(maxsize=1)
def _client() -> Mixpanel:
    return Mixpanel(settings().mixpanel_token)


def signed_up(customer: Customer) -> None:
    _track(customer.email, "signed up", {"plan": customer.plan})


def backup_finished(customer: Customer, size: int) -> None:
    """Accounts are told apart by a keyed pseudonym."""
    _track(pseudonym(customer.id), "backup finished", {"megabytes": size // 1_000_000})


def seen(customer: Customer) -> None:
    profile: Properties = {"plan": customer.plan}
    if customer.last_seen_at is not None:
        profile["last seen"] = customer.last_seen_at.isoformat()
    _client().people_set(  # expect: PRV302 technical.usage; PRV401 technical.usage -> mixpanel
        pseudonym(customer.id),
        profile,
    )


def _track(distinct_id: str, event: str, properties: Properties) -> None:
    _client().track(distinct_id, event, properties)  # expect: PRV401 contact.email -> mixpanel
