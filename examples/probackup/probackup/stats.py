"""How complete our records are."""

from __future__ import annotations

from sqlalchemy import select

from probackup.db import session_scope
from probackup.models import Customer, Supplier


def unreachable_customers() -> int:
    """How many customers gave no telephone number."""
    with session_scope() as session:
        customers = session.scalars(select(Customer))
        return sum(1 for customer in customers if not customer.phone)  # expect: PRV306


def foreign_suppliers() -> int:
    with session_scope() as session:
        return sum(1 for supplier in session.scalars(select(Supplier)) if not supplier.vat_number.startswith("BE"))
