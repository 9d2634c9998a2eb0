"""The tables, with what is personal in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from privlint import Personal, data_subject
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

Email = Annotated[str, mapped_column(String(254)), Personal("contact.email")]
FullName = Annotated[str, mapped_column(String(120)), Personal("identity.name")]
Phone = Annotated[str, mapped_column(String(32)), Personal("contact.phone")]


class Base(DeclarativeBase):
    pass


class Company(Base):
    """An organisation: its name and number are no personal data."""

    __tablename__ = "companies"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    country: Mapped[str] = mapped_column(String(2))
    contacts: Mapped[list[CompanyContact]] = relationship(back_populates="company")


@data_subject("person")
class Customer(Base):
    """Somebody with an account of their own; those with a VAT number run a one-person business."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[Email] = mapped_column(unique=True)
    full_name: Mapped[FullName]
    phone: Mapped[Phone | None]
    address: Mapped[Annotated[str, Personal("contact.address")]]
    vat_number: Mapped[Annotated[str, Personal("billing.vat_number", subject="sole_proprietor")] | None]
    billing_address: Mapped[Annotated[str, Personal("billing.address")] | None]
    last_seen_at: Mapped[Annotated[datetime, Personal("technical.usage")] | None]
    national_number: Mapped[Annotated[str, Personal("government_id.national_number")] | None]  # expect: PRV203; PRV204
    plan: Mapped[str] = mapped_column(default="basic")
    marketing_opt_in: Mapped[bool] = mapped_column(default=True)
    agreement_ended_on: Mapped[date | None]
    stripe_id: Mapped[str | None]
    invoices: Mapped[list[Invoice]] = relationship(back_populates="customer", cascade="all, delete-orphan")
    logins: Mapped[list[LoginEvent]] = relationship(back_populates="customer", cascade="all, delete-orphan")
    tickets: Mapped[list[SupportTicket]] = relationship(back_populates="customer", cascade="all, delete-orphan")

    @property
    def mailbox(self) -> str:
        """As it stands in a mail's header."""
        return f"{self.full_name} <{self.email}>"

    @property
    def has_active_agreement(self) -> bool:
        return self.agreement_ended_on is None

    def __repr__(self) -> str:
        return f"<Customer {self.id}>"


@data_subject("representative")
class CompanyContact(Base):
    """Somebody who speaks for a company that buys from us."""

    __tablename__ = "company_contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    email: Mapped[Email]
    full_name: Mapped[FullName]
    position: Mapped[Annotated[str, Personal("work.position")]]
    own_vat_number: Mapped[Annotated[str, Personal("billing.vat_number")] | None]  # expect: PRV203 billing.vat_number
    marketing_opt_in: Mapped[bool] = mapped_column(default=True)
    company: Mapped[Company] = relationship(back_populates="contacts")

    @property
    def has_active_agreement(self) -> bool:
        return self.company_id is not None


@data_subject("sole_proprietor")
class Supplier(Base):
    __tablename__ = "suppliers"

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[FullName]
    email: Mapped[Email]
    vat_number: Mapped[Annotated[str, Personal("billing.vat_number")]]
    billing_address: Mapped[Annotated[str, Personal("billing.address")]]
    iban: Mapped[Annotated[str, Personal("financial.bank_account")]]  # expect: PRV203 financial.bank_account

    def __repr__(self) -> str:
        return f"<Supplier {self.id}, paid to {self.iban}>"


@data_subject("prospect")
class Prospect(Base):
    """Somebody whose services we may need one day."""

    __tablename__ = "prospects"

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[FullName]
    email: Mapped[Email]
    position: Mapped[Annotated[str, Personal("work.position")] | None]
    trade: Mapped[str]

    def __repr__(self) -> str:
        return f"<Prospect {self.id}>"


class Invoice(Base):
    """Declared in privlint.code.toml: the bookkeeping package owns this table."""

    __tablename__ = "invoices"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    number: Mapped[str] = mapped_column(unique=True)
    cents: Mapped[int]
    issued_on: Mapped[date]
    vat_id: Mapped[str | None]
    bill_to: Mapped[str]
    customer: Mapped[Customer] = relationship(back_populates="invoices")


@data_subject("person")
class LoginEvent(Base):
    __tablename__ = "login_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    ip_address: Mapped[Annotated[str, Personal("technical.ip_address")]]
    device: Mapped[Annotated[str, Personal("technical.device")]]
    at: Mapped[datetime]
    customer: Mapped[Customer] = relationship(back_populates="logins")


@data_subject("visitor")
class Visit(Base):
    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    ip_address: Mapped[Annotated[str, Personal("technical.ip_address")]]
    user_agent: Mapped[Annotated[str, Personal("technical.user_agent")]]
    path: Mapped[str]
    at: Mapped[datetime]


@data_subject("person")
class SupportTicket(Base):
    __tablename__ = "support_tickets"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    topic: Mapped[str]
    body: Mapped[Annotated[str, mapped_column(Text), Personal("content.support_ticket")]]  # expect: PRV203
    access_needs: Mapped[Annotated[str, Personal("health.disability")] | None]  # expect: PRV203; PRV204
    customer: Mapped[Customer] = relationship(back_populates="tickets")


class Integration(Base):
    """A partner's end point that a customer connected to the account."""

    __tablename__ = "integrations"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    endpoint: Mapped[str]


class LegalHold(Base):
    __tablename__ = "legal_holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    case_number: Mapped[str]
    lifted_on: Mapped[date | None]


class AuditEntry(Base):
    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int]
    action: Mapped[str]
    details: Mapped[str] = mapped_column(Text, default="")
