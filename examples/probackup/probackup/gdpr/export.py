"""Everything we know about a customer, for that customer."""

from __future__ import annotations

import json
from datetime import date

from probackup import storage
from probackup.models import Customer, Invoice, LoginEvent, SupportTicket


def export_customer(customer: Customer) -> str:
    """Stores a JSON file with all data; returns its address."""
    document = json.dumps(collect(customer), indent=2)
    return storage.keep(f"access/{customer.email}/{date.today()}.json", document.encode())


def collect(customer: Customer) -> dict[str, object]:
    return {
        "account": _account(customer),
        "invoices": [_invoice(item) for item in customer.invoices],
        "logins": [_login(event) for event in customer.logins],
        "tickets": [_ticket(ticket) for ticket in customer.tickets],
    }


def _account(customer: Customer) -> dict[str, object]:
    return {
        "email": customer.email,
        "name": customer.full_name,
        "phone": customer.phone,
        "address": customer.address,
        "vat_number": customer.vat_number,
        "billing_address": customer.billing_address,
        "national_number": customer.national_number,
        "last_seen_at": customer.last_seen_at.isoformat() if customer.last_seen_at else None,
        "plan": customer.plan,
        "marketing": customer.marketing_opt_in,
    }


def _invoice(item: Invoice) -> dict[str, object]:
    return {"number": item.number, "cents": item.cents, "vat": item.vat_id, "address": item.bill_to}


def _login(event: LoginEvent) -> dict[str, object]:
    return {"at": event.at.isoformat(), "ip": event.ip_address, "device": event.device}


def _ticket(ticket: SupportTicket) -> dict[str, object]:
    return {"topic": ticket.topic, "message": ticket.body, "access_needs": ticket.access_needs}
