"""The accountant's system."""

from __future__ import annotations

import httpx
import requests

from probackup.models import Customer, Invoice

LEDGER = "https://dossiers.ledeganck.example/api"
REMINDERS = "http://post.ledeganck.example/reminders"


def post_invoice(invoice: Invoice) -> None:
    answer = httpx.post(f"{LEDGER}/invoices", json=_entry(invoice), timeout=10)
    answer.raise_for_status()


def _entry(invoice: Invoice) -> dict[str, object]:
    return {
        "number": invoice.number,
        "date": invoice.issued_on.isoformat(),
        "cents": invoice.cents,
        "debtor": {"name": invoice.customer.full_name, "vat": invoice.vat_id, "address": invoice.bill_to},
    }


def open_balance(customer: Customer) -> int:
    """What a customer still owes, in cents."""
    query = f"mail={customer.email}"
    answer = requests.get(f"{LEDGER}/debtors/balance?{query}", timeout=10)  # expect: PRV602 contact.email -> ledeganck
    answer.raise_for_status()
    return int(answer.json()["cents"])


def remind(customer: Customer, cents: int) -> None:
    """Has the accountant send a reminder on paper."""
    letter = {"to": customer.full_name, "address": customer.billing_address or customer.address, "cents": cents}
    requests.post(  # expect: PRV604 identity.name, billing.address, contact.address -> ledeganck
        REMINDERS,
        json=letter,
        timeout=10,
    )
