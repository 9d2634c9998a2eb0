"""Invitations to people who are no customers yet."""

from __future__ import annotations

import logging

from sqlalchemy.orm import Session

from probackup.campaigns.newsletter import PREFERENCES
from probackup.campaigns.rendering import render
from probackup.mailer import MailClient, mail_client
from probackup.models import Prospect

logger = logging.getLogger(__name__)


class Invitations:
    """Sends everybody in a trade an invitation, once."""

    def __init__(self, client: MailClient | None = None) -> None:
        self.client = client or mail_client()
        self.invited: set[int] = set()

    def invite(self, session: Session, trade: str) -> int:
        for prospect in session.query(Prospect).filter(Prospect.trade == trade):
            if prospect.id not in self.invited:
                self._send(prospect)
                self.invited.add(prospect.id)
        logger.info("%d invitations in %s", len(self.invited), trade)
        return len(self.invited)

    def _send(self, prospect: Prospect) -> None:
        body = render("invitation", {"name": prospect.full_name})
        self.client.send(  # expect: PRV303 contact.email, identity.name -> postduif
            prospect.email,
            "Your backups",
            body,
            unsubscribe=PREFERENCES,
        )
