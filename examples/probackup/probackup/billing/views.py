"""Invoices over HTTP."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, HTTPException

from probackup.accounts.views import Account, Database
from probackup.billing import gateway, ledger
from probackup.billing.archive import YearArchive
from probackup.models import Invoice

router = APIRouter(prefix="/billing", tags=["billing"])

PRICES = {"basic": 499, "plus": 999}


@router.post("/{customer_id}/invoices", status_code=201)
def issue(customer: Account, session: Database) -> dict[str, str]:
    """Writes, charges and books the invoice of this month."""
    today = date.today()
    invoice = Invoice(  # expect: PRV205 contact.address
        customer=customer,
        number=f"{today:%Y%m}-{customer.id}",
        cents=PRICES[customer.plan],
        issued_on=today,
        vat_id=customer.vat_number,
        bill_to=customer.billing_address or customer.address,
    )
    session.add(invoice)
    session.flush()
    try:
        payment = gateway.charge(customer, invoice.cents, invoice.number)
    except gateway.PaymentFailed as error:
        raise HTTPException(402, detail="payment refused") from error
    ledger.post_invoice(invoice)
    return {"number": invoice.number, "payment": payment}


@router.post("/{customer_id}/reminders", status_code=204)
def remind(customer: Account) -> None:
    owed = ledger.open_balance(customer)
    if owed:
        ledger.remind(customer, owed)


@router.post("/archives/{year}")
def archive(year: int, session: Database) -> dict[str, int]:
    return {"invoices": YearArchive(year).write(session)}
