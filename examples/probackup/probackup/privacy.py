"""What may be shown of personal data where the data itself may not."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

from privlint import sanitizes

from probackup.config import settings


@sanitizes("contact.email")
def mask_email(address: str) -> str:
    """Only the first letter and the top-level domain."""
    return f"{address[:1]}***.{address.rpartition('.')[2]}"


@sanitizes("technical.ip_address")
def network_of(address: str) -> str:
    """The network of an address, wide enough to say nothing of a household."""
    prefix = 16 if ipaddress.ip_address(address).version == 4 else 32
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))


def pseudonym(customer_id: int) -> str:
    """A keyed pseudonym of an account, for services that must tell accounts apart."""
    return hmac.new(settings().pseudonym_key, str(customer_id).encode(), hashlib.sha256).hexdigest()
