"""Visits of the website, kept to notice attacks."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timezone

from fastapi import Request, Response

from probackup.db import session_scope
from probackup.models import Visit
from probackup.privacy import network_of

logger = logging.getLogger(__name__)

SUSPICIOUS = 500


async def record_visit(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
    """Middleware: one row per request."""
    with session_scope() as session:
        session.add(
            Visit(
                ip_address=request.client.host if request.client else "0.0.0.0",
                user_agent=request.headers.get("user-agent", ""),
                path=request.url.path,
                at=datetime.now(timezone.utc),
            )
        )
    return await proceed(request)


def warn_of_floods(visits: Sequence[Visit]) -> int:
    """Logs networks that send too many requests; returns how many."""
    networks = Counter(network_of(visit.ip_address) for visit in visits)
    floods = {network: count for network, count in networks.items() if count >= SUSPICIOUS}
    for network, count in sorted(floods.items()):
        logger.warning("%d requests from %s", count, network)
    return len(floods)
