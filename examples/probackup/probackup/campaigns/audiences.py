"""Audiences for advertisements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from probackup.models import Visit

AUDIENCES = "https://api.adreach.example/v2/audiences"


def retarget(session: Session, since: datetime) -> int:
    """Shows our advertisements to people who looked at the prices; returns how many."""
    visits = session.scalars(select(Visit).where(Visit.path == "/prices", Visit.at >= since))
    members = sorted({visit.ip_address for visit in visits})
    for start in range(0, len(members), 100):
        _upload(members[start : start + 100])
    return len(members)


def _upload(members: Iterable[str]) -> None:
    httpx.post(  # expect: PRV302 technical.ip_address; PRV303 technical.ip_address; PRV401 -> api.adreach.example
        AUDIENCES,
        json={"ips": list(members)},
        timeout=30,
    )
