"""A policy of an invented company that uses every table, its prose, and a way to load policies from text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from privlint.models import Adequacy, Category, Jurisdictions, Taxonomy
from privlint.policy.load import load_policy
from privlint.policy.types import Policy, PolicyErrors

if TYPE_CHECKING:
    from pathlib import Path

TAXONOMY = Taxonomy(
    {
        "identity": Category("identity"),
        "identity.name": Category("name"),
        "contact": Category("contact data"),
        "contact.email": Category("e-mail address"),
        "contact.email.work": Category("e-mail address at work"),
        "contact.phone": Category("phone number"),
        "contact.address": Category("postal address"),
        "billing": Category("billing data"),
        "billing.vat_number": Category("VAT number"),
        "billing.address": Category("billing address"),
        "technical": Category("technical data"),
        "technical.ip_address": Category("IP address"),
        "technical.usage": Category("use of a service"),
        "health": Category("health", special=True),
        "health.record": Category("health record"),
        "criminal": Category("convictions", criminal=True),
        "credentials": Category("credentials", secret=True),
        "credentials.password": Category("password"),
        "child": Category("data of children", child=True),
        "government_id": Category("national number", national=True),
    }
)

JURISDICTIONS = Jurisdictions(
    areas={"EEA": ("BE", "DE", "FR", "NL", "NO"), "EU": ("BE", "DE", "FR", "NL"), "GB": ("GB",), "CH": ("CH",)},
    decisions=(
        Adequacy("EEA", "GB", "United Kingdom", "2021-06-28", expires="2031-12-27", scope="all"),
        Adequacy("EEA", "CH", "Switzerland", "2000-08-25", scope="all"),
        Adequacy("EEA", "US", "United States", "2023-07-10", needs_certification=True, partial=True, scope="listed"),
        Adequacy("EEA", "CA", "Canada", "2002-01-04", partial=True, excludes=("public",), scope="commercial"),
        Adequacy("EEA", "KR", "Korea", "2021-12-17", expires="2025-12-17", scope="all"),
        Adequacy("EEA", "BR", "Brazil", "2026-01-26", scope="all"),
        Adequacy("GB", "BE", "Belgium", "2021-01-01", scope="all"),
        Adequacy("GB", "DE", "Germany", "2021-01-01", scope="all"),
        Adequacy("GB", "FR", "France", "2021-01-01", scope="all"),
        Adequacy("GB", "NL", "Netherlands", "2021-01-01", scope="all"),
        Adequacy("GB", "NO", "Norway", "2021-01-01", scope="all"),
    ),
    names={"US": "United States", "GB": "United Kingdom", "IN": "India", "CA": "Canada", "KR": "Korea"},
)

PROSE = """\
# Alder Lane Books: how we handle your data

## Who we are

Alder Lane Books BV decides why and how your data is used.

## Whose data

We hold data of

- people who browse our shop,
- people who subscribe in their own name, and
- buyers who order for a library.

## What we hold

Your **contact details**, among them your name and e-mail address. For subscribers we also hold invoicing data
(VAT number and invoicing address).

## Why

- **Orders** \u2013 to deliver what you ordered and to keep our books. We need this to fulfil our contract with you.

  For buyers at a library we rely on our interest in serving that library.
- **Newsletter** \u2013 to tell subscribers about new titles. You can switch the newsletter off in your account.

## Who else sees it

We share nothing unless an order cannot be fulfilled otherwise. Our hosting company works on our instructions.

## How long

Order data stays for seven years after the subscription has ended.

## Your rights

**Seeing your data**: you may ask for a copy at any time.

**Having it removed**: write to us and we remove it, e.g. after you have left. Nothing else is needed.
"""

COMPANY = """\
[policy]
schema = 1
name = "Alder Lane Books: how we handle your data"
version = "3"
effective = 2026-02-01
prose = "PRIVACY.md"
service = ["https://shop.alderlane.example", "alderlane.example"]
law = "GDPR"
home = "EEA"
unlisted = "deny"

[controller]
name = "Alder Lane Books BV"
country = "BE"
contact = "privacy@alderlane.example"
clause = "Who we are"
quote = "decides why and how your data is used"

[authority]
name = "the supervisor"
country = "BE"

[dpo]
needed = false

[subjects.browser]
label = "people who browse our shop"
dpv = "dpv:Visitor"
clause = "Whose data"
quote = "people who browse our shop"

[subjects.subscriber]
label = "people who subscribe in their own name"

[subjects.library_buyer]
label = "buyers who order for a library"

[categories]
"alderlane.shelf" = { label = "titles on the shelf" }
"alderlane.notes" = "notes of the staff"
"alderlane.diagnosis" = { label = "reading impairment", special = true }
"health.record" = { special = false, label = "not about people" }

[groups.contact_details]
label = "contact details"
aliases = ["contact data"]
contains = ["identity.name", "contact.email"]
complete = false
clause = "What we hold"
quote = "Your contact details, among them your name and e-mail address"

[groups.invoicing]
label = "invoicing data"
contains = ["billing.vat_number", "billing.address"]
subjects = "subscriber"

[purposes.orders]
label = "Orders"
categories = ["contact_details", "invoicing", "alderlane.shelf"]
subjects = ["subscriber", "library_buyer"]
retention = "orders"
compatible_with = ["fraud"]
recipients = ["rack"]
clause = "Why > Orders"
[[purposes.orders.basis]]
kind = "contract"
subjects = ["subscriber"]
quote = "to fulfil our contract with you"
[[purposes.orders.basis]]
kind = "legitimate_interest"
subjects = ["library_buyer"]
interest = "serving that library"
retention = "open_end"

[purposes.newsletter]
label = "Newsletter"
categories = "contact.email"
direct_marketing = true
[[purposes.newsletter.basis]]
kind = "legitimate_interest"
subjects = ["subscriber"]
only_if = "existing_customer"
requires = ["opt_out"]

[purposes.fraud]
categories = ["*"]
subjects = ["*"]
basis = "legal_obligation"

[recipient_classes.hosting]
label = "hosting company"
role = "processor"
for = ["*"]

[sharing]
default = "deny"
requires = "processor_agreement"

[transfers]
default = "EEA"
safeguards = ["adequacy", "scc"]

[retention.orders]
starts = "end_of_subscription"
keep = "7 years"
then = ["delete"]
hold = ["court_order"]

[retention.open_end]
keep = "purpose"

[rights.access]
article = "15"
clause = "Your rights > Seeing your data"

[rights.erasure]
article = "17"
when = ["contract", "direct_marketing"]

[rights_contact]
channels = ["privacy@alderlane.example"]

[security]
measures = "appropriate"

[updates]
announced_on = "https://alderlane.example"

[code]
"alderlane.orders" = "orders"
"alderlane.orders.newsletter" = "newsletter"
"alderlane.jobs.*" = "fraud"
"*.campaigns" = "newsletter"

[data]
"alderlane.models.Reader.email" = "contact.email"
"alderlane.models.Reader.seen" = { category = "technical.usage", subject = "browser" }
"pages.1_Readers.table" = { category = ["identity.name", "contact.email"], role = "processor" }

[sinks.log]
purpose = "fraud"

[guards]
opt_out = ["alderlane.accounts.wants_letters", "*.letters_on"]
hold = "alderlane.legal.is_held"

[enforced_by]
"retention.orders" = ["alderlane.jobs.purge"]
"rights.erasure" = "alderlane.privacy.erase"

[recipients.rack]
class = "hosting"
country = "DE"
agreement = "2024-05"

[recipients.parrot]
service = "mixpanel"
country = "US"
location = ["DE", "EEA"]
safeguard = "scc"
assessment = "2024-06"
categories = ["technical"]
purposes = ["fraud"]
domains = ["*.parrot.example", "parrot.example"]
packages = ["parrot-sdk"]
imports = ["parrot"]

[recipients."post office"]
country = "US"
kind = "mail"
calls = ["alderlane.mail.Client.send", 'boto3.client("ses").send_email', "alderlane.mail.bulk.*"]

[[exceptions]]
rule = "PRV403"
recipient = "parrot"
categories = ["technical"]
approved_by = "board"
until = 2027-03-02
reason = "moves to the European project"

[[models.callable]]
name = "alderlane.tokens.hide"
clean = true

[[models.callable]]
name = ["alderlane.crm.fetch"]
source = "contact.email"
sink = [{ kind = "log", data = ["0"] }]
"""


def write(folder: Path, text: str, **others: str) -> Path:
    """The policy file, beside a prose and other files (their names with _ for the dot)."""
    (folder / "PRIVACY.md").write_text(PROSE, encoding="utf-8")
    for name, content in others.items():
        (folder / name.replace("_", ".")).write_text(content, encoding="utf-8")
    path = folder / "privlint.toml"
    path.write_text(text, encoding="utf-8")
    return path


def load(folder: Path, text: str, **others: str) -> Policy:
    return load_policy(write(folder, text, **others), TAXONOMY)


def errors_of(folder: Path, text: str, **others: str) -> list[str]:
    """ "line:column message; hint" of every error, the file named where it is another one."""
    with pytest.raises(PolicyErrors) as caught:
        load(folder, text, **others)
    return [str(error).removeprefix("privlint.toml:") for error in caught.value.errors]
