"""Business cards that we bring home from fairs."""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from probackup.models import Prospect
from probackup.sourcing import enrichment

logger = logging.getLogger(__name__)


def read_cards(path: Path) -> Iterator[Prospect]:
    with path.open(newline="") as cards:
        for row in csv.DictReader(cards):
            yield Prospect(full_name=row["name"], email=row["mail"], trade=row["trade"])


def collect(session: Session, cards: Iterable[Prospect]) -> int:
    """Stores who is new; returns how many that were."""
    known = set(session.scalars(select(Prospect.email)))
    added = 0
    for prospect in cards:
        if prospect.email in known:
            logger.debug("skipped %r", prospect)
            continue
        prospect.position = enrichment.position_of(prospect)
        session.add(prospect)
        added += 1
    logger.info("%d new prospects", added)
    return added
