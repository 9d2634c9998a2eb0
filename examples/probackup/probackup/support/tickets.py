"""Tickets of customers."""

from __future__ import annotations

import logging

from sqlalchemy.orm import Session

from probackup.models import Customer, SupportTicket
from probackup.schemas import TicketIn
from probackup.support import helpdesk
from probackup.support.channels import on_call

logger = logging.getLogger(__name__)


def open_ticket(session: Session, customer: Customer, form: TicketIn) -> SupportTicket:
    ticket = SupportTicket(
        customer=customer,
        topic=form.topic,
        body=form.message,
        access_needs=form.access_needs,
    )
    session.add(ticket)
    session.flush()
    number = helpdesk.forward(ticket)
    logger.info("ticket %d of account %d is %s at the desk", ticket.id, customer.id, number)
    on_call().deliver(_summary(ticket))
    _remember(ticket)
    return ticket


def _remember(ticket: SupportTicket) -> None:
    start = " ".join(ticket.body.split()[:12])
    logger.debug("ticket %d begins with %s", ticket.id, start)  # expect: PRV302 content.support_ticket; PRV601


def _summary(ticket: SupportTicket) -> str:
    lines = [f"Ticket {ticket.id}: {ticket.topic}", ticket.customer.mailbox]
    return "\n".join(lines)
