"""The weekly payment file for the bank."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from probackup.models import Supplier

logger = logging.getLogger(__name__)


def write_payments(session: Session, owed: Mapping[int, int], folder: Path) -> Path:
    """`owed` gives cents per supplier. The file is picked up by the banking program of this machine."""
    suppliers = session.scalars(select(Supplier)).all()
    lines = [_line(supplier, owed[supplier.id]) for supplier in suppliers if supplier.id in owed]
    for supplier in suppliers:
        if supplier.id not in owed:
            logger.debug("nothing owed: %r", supplier)  # expect: PRV302 financial.bank_account; PRV601
    target = folder / "payments.json"
    target.write_text(json.dumps({"payments": lines}))  # expect: PRV302 financial.bank_account
    logger.info("%d payments, %d cents", len(lines), sum(owed.values()))
    return target


def _line(supplier: Supplier, cents: int) -> dict[str, str | int]:
    return {"name": supplier.full_name, "iban": supplier.iban, "cents": cents}
