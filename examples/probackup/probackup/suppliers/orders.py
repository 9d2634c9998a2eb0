"""Orders to suppliers."""

from __future__ import annotations

import logging

import httpx

from probackup.mailer import SENDER
from probackup.models import Supplier

logger = logging.getLogger(__name__)

LEDGER = "https://dossiers.ledeganck.example/api/suppliers"


def register(supplier: Supplier) -> None:
    """Makes the supplier known to the accountant."""
    card = {"name": supplier.full_name, "vat": supplier.vat_number, "address": supplier.billing_address}
    with httpx.Client(timeout=10) as client:
        client.put(f"{LEDGER}/{supplier.id}", json=card).raise_for_status()
    logger.info("supplier %d registered", supplier.id)


def confirm(supplier: Supplier, order: str) -> None:
    """The old order desk has a certificate of its own making."""
    with httpx.Client(base_url="https://orders.ledeganck.example", verify=False) as desk:
        desk.post("/confirmations", json=_confirmation(supplier, order))  # expect: PRV604 contact.email -> ledeganck
    logger.info("order %s confirmed to supplier %d", order, supplier.id)


def _confirmation(supplier: Supplier, order: str) -> dict[str, str]:
    return {"to": supplier.email, "from": SENDER, "text": f"Dear {supplier.full_name}, we confirm order {order}."}
