"""`python -m probackup.reports FILE`: the customer list for the board."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from sqlalchemy import select

from probackup.db import session_scope
from probackup.models import Customer

COLUMNS = ("id", "plan", "name", "phone")


def write(path: Path) -> int:
    with session_scope() as session, path.open("w", newline="") as file:
        rows = [_row(customer) for customer in session.scalars(select(Customer))]
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)  # expect: PRV301 identity.name, contact.phone
    return len(rows)


def _row(customer: Customer) -> dict[str, object]:
    return {"id": customer.id, "plan": customer.plan, "name": customer.full_name, "phone": customer.phone}


def main() -> None:
    print(write(Path(sys.argv[1])), "customers")


if __name__ == "__main__":
    main()
