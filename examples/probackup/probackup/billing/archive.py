"""The yearly copy of all invoices."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import boto3
from sqlalchemy import select
from sqlalchemy.orm import Session

from probackup.models import Invoice

COLUMNS = ("number", "issued", "cents", "vat", "address")


class YearArchive:
    """Writes the invoices of a year to the archive's bucket."""

    region = "eu-west-2"
    bucket = "havenkluis-ledger"

    def __init__(self, year: int) -> None:
        self.year = year
        self._s3: Any = boto3.client("s3", region_name=self.region)

    def write(self, session: Session) -> int:
        """Returns how many invoices were written."""
        invoices = [item for item in session.scalars(select(Invoice)) if item.issued_on.year == self.year]
        self._put(_table(invoices))
        return len(invoices)

    def _put(self, text: str) -> None:
        self._s3.put_object(  # expect: PRV404 billing.vat_number, billing.address -> amazon_s3
            Bucket=self.bucket,
            Key=f"{self.year}.csv",
            Body=text.encode(),
        )


def _table(invoices: Iterable[Invoice]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for invoice in invoices:
        writer.writerow((invoice.number, invoice.issued_on, invoice.cents, invoice.vat_id, invoice.bill_to))
    return text.getvalue()
