"""Client of the mail service that we use, Postduif."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import httpx

from probackup.config import settings

ENDPOINT = "https://api.postduif.example/v1/messages"
SENDER = "HavenKluis <hallo@havenkluis.example>"


@dataclass(frozen=True)
class MailClient:
    key: str

    def send(self, to: str, subject: str, body: str, *, unsubscribe: str | None = None) -> str:
        """Hands a message over; returns the service's number for it."""
        headers = {"List-Unsubscribe": f"<{unsubscribe}>"} if unsubscribe else {}
        message = {"from": SENDER, "to": [to], "subject": subject, "html": body, "headers": headers}
        answer = httpx.post(ENDPOINT, json=message, headers={"Authorization": f"Bearer {self.key}"}, timeout=10)
        answer.raise_for_status()
        return str(answer.json()["id"])


@lru_cache(maxsize=1)
def mail_client() -> MailClient:
    return MailClient(settings().mail_key)
