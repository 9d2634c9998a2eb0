"""Rights over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException

from probackup.accounts.views import Account, Database
from probackup.gdpr import erase, export

router = APIRouter(prefix="/rights", tags=["rights"])


@router.get("/{customer_id}/data")
def data(customer: Account) -> dict[str, str]:
    export.export_customer(customer)
    return {"status": "ready"}


@router.delete("/{customer_id}/data", status_code=204)
def delete(customer: Account, session: Database) -> None:
    try:
        erase.erase_customer(session, customer)
    except erase.OnHold as error:
        raise HTTPException(409, detail="a legal duty keeps us from erasing this account") from error
