"""What comes in and goes out as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from privlint import Personal, data_subject
from pydantic import BaseModel, EmailStr, Field

from probackup.models import Customer


@data_subject("person")
class SignupIn(BaseModel):
    email: Annotated[EmailStr, Personal("contact.email")]
    full_name: Annotated[str, Field(max_length=120), Personal("identity.name")]
    phone: Annotated[str, Personal("contact.phone")] | None = None
    address: Annotated[str, Personal("contact.address")]
    vat_number: Annotated[str, Personal("billing.vat_number", subject="sole_proprietor")] | None = None
    billing_address: Annotated[str, Personal("billing.address")] | None = None


@data_subject("person")
class CustomerOut(BaseModel):
    id: int
    email: Annotated[str, Personal("contact.email")]
    full_name: Annotated[str, Personal("identity.name")]
    plan: str

    @classmethod
    def of(cls, customer: Customer) -> CustomerOut:
        return cls(id=customer.id, email=customer.email, full_name=customer.full_name, plan=customer.plan)


@data_subject("person")
class CorrectionIn(BaseModel):
    email: Annotated[EmailStr, Personal("contact.email")] | None = None
    full_name: Annotated[str, Personal("identity.name")] | None = None
    phone: Annotated[str, Personal("contact.phone")] | None = None
    address: Annotated[str, Personal("contact.address")] | None = None


class PreferencesIn(BaseModel):
    marketing: bool


class TicketIn(BaseModel):
    topic: str = Field(max_length=80)
    message: str
    access_needs: str | None = None


class TicketOut(BaseModel):
    id: int
    topic: str


class BackupReport(BaseModel):
    """What the agent on a customer's machine reports after a run."""

    bytes_stored: int
    finished_at: datetime
