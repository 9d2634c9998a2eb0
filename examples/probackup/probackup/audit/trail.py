"""The audit trail."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from probackup.models import AuditEntry


def record(session: Session, actor_id: int, action: str, details: str = "") -> None:
    session.add(AuditEntry(actor_id=actor_id, action=action, details=details))  # expect: PRV205 contact.email


def count(session: Session, actor_id: int) -> int:
    return len(session.scalars(select(AuditEntry.id).where(AuditEntry.actor_id == actor_id)).all())
