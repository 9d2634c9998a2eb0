"""Tickets over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from probackup.accounts.views import Account, Database
from probackup.schemas import TicketIn, TicketOut
from probackup.support import tickets

router = APIRouter(prefix="/support", tags=["support"])


@router.post("/{customer_id}/tickets", status_code=201)
def open_ticket(customer: Account, form: TicketIn, session: Database) -> TicketOut:
    ticket = tickets.open_ticket(session, customer, form)
    return TicketOut(id=ticket.id, topic=ticket.topic)


@router.get("/{customer_id}/tickets")
def list_tickets(customer: Account) -> list[TicketOut]:
    return [TicketOut(id=ticket.id, topic=ticket.topic) for ticket in customer.tickets]
