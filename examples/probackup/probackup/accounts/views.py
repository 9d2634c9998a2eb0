"""Accounts over HTTP."""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from sqlalchemy.orm import Session

from probackup import errors
from probackup.accounts import customers, preferences, tasks
from probackup.analytics import events
from probackup.antifraud import logins
from probackup.campaigns.tasks import sync_contact
from probackup.db import get_session
from probackup.models import Customer
from probackup.schemas import BackupReport, CorrectionIn, CustomerOut, PreferencesIn, SignupIn

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/accounts", tags=["accounts"])
Database = Annotated[Session, Depends(get_session)]


def current_customer(customer_id: int, session: Database) -> Customer:
    try:
        customer = customers.find(session, customer_id)
    except customers.UnknownAccount as error:
        raise HTTPException(404, detail="no such account") from error
    errors.remember_account(customer)
    return customer


Account = Annotated[Customer, Depends(current_customer)]


@router.post("", status_code=201)
def sign_up(form: SignupIn, session: Database) -> CustomerOut:
    customer = customers.register(session, form)
    events.signed_up(customer)
    tasks.welcome.delay(customer.id)
    tasks.announce.delay(customer.id)
    sync_contact.delay(customer.id)
    return CustomerOut.of(customer)


@router.get("/{customer_id}")
def show(customer: Account) -> CustomerOut:
    logger.info("account %d shown", customer.id)
    return CustomerOut.of(customer)


@router.post("/{customer_id}/logins", status_code=204)
def log_in(customer: Account, request: Request, session: Database) -> None:
    logins.record(session, customer, request)
    customer.last_seen_at = datetime.now(timezone.utc)
    events.seen(customer)


@router.patch("/{customer_id}")
def correct(customer: Account, form: CorrectionIn, session: Database) -> list[str]:
    return customers.correct(session, customer, form)


@router.put("/{customer_id}/preferences", status_code=204)
def set_preferences(customer: Account, form: PreferencesIn, session: Database) -> None:
    if form.marketing:
        preferences.subscribe(session, customer)
    else:
        preferences.unsubscribe(session, customer)


@router.post("/{customer_id}/backups", status_code=204)
def report_backup(customer: Account, report: BackupReport) -> None:
    events.backup_finished(customer, report.bytes_stored)


@router.delete("/{customer_id}", status_code=204)
def close(customer: Account, session: Database, reason: str = "") -> None:
    customers.close(session, customer, reason)
