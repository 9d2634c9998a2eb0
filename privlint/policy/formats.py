"""Formats of strings in the policy file: what is wrong with a text, and what was perhaps meant."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, get_args

import msgspec

from privlint.models import SINK_KINDS
from privlint.policy.countries import AREAS, load_countries
from privlint.policy.names import host_of, suggest
from privlint.policy.vocabulary import RightName

if TYPE_CHECKING:
    from collections.abc import Callable

Fault = tuple[str, str]  # message, hint
RIGHTS: tuple[str, ...] = get_args(RightName)

DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
PERIOD = re.compile(r"([0-9]{1,6}) (day|week|month|year)s?")
OPEN_PERIODS = ("purpose", "forever")
CATEGORY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
ARGUMENTS = re.compile(r"""\((?:\s*(?:"[^"]*"|'[^']*')\s*,?)+\)""")  # boto3.client("ses").send_email
DOTTED = re.compile(r"[^\s.*()]+(\.[^\s.*()]+)*")
PATTERN = re.compile(r"[^\s.()]+(\.[^\s.()]+)*")
RULE = re.compile(r"PRV\d{3}|[a-z]+(-[a-z]+)+")
DOMAIN = re.compile(r"(?:\*\.|\*)?[^\s/*@]+(?:\*[^\s/*@]*)*")


class Period(msgspec.Struct, frozen=True):
    """A length of time as the policy states it."""

    amount: int
    unit: str  # day, week, month, year

    @property
    def days(self) -> float:
        """Its length in days; a year counts 365.25, a month a twelfth of that."""
        return self.amount * DAYS[self.unit]

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"


def parse_period(text: str) -> Period | None:
    """ "5 years" as a period; None for "purpose", "forever", "" and what is no period."""
    match = PERIOD.fullmatch(text)
    return Period(int(match[1]), match[2]) if match else None


def check_format(kind: str, text: str) -> Fault | None:
    """What is wrong with a text of this kind; None if nothing is."""
    check = FORMATS.get(kind)
    return check(text) if check else None


def check_country(text: str) -> Fault | None:
    countries = load_countries()
    if text in countries.countries:
        return None
    if text.upper() in AREAS:
        return f"`{text}` is an area, not a country", "write the code of the country, such as DE"
    return f"`{text}` is no country code", countries.suggest(text)


def check_place(text: str) -> Fault | None:
    if text in AREAS:
        return None
    if re.fullmatch(r"[a-z]+-[a-z-]+\d?|[a-z]+\d", text):
        return f"`{text}` is no country code", "write the country of that region; regions are read from the code"
    return check_country(text)


def check_duration(text: str) -> Fault | None:
    if text in OPEN_PERIODS or parse_period(text):
        return None
    loose = re.fullmatch(r"\s*P?T?([0-9]{1,6})\s*([dwmy])[a-z]*\s*", text, re.IGNORECASE)
    if loose:
        unit = {"d": "day", "w": "week", "m": "month", "y": "year"}[loose[2].lower()]
        return f"`{text}` is no period", f'did you mean "{Period(int(loose[1]), unit)}"?'
    return f"`{text}` is no period", 'write "5 years", "18 months", "30 days", "purpose" or "forever"'


def check_date(text: str) -> Fault | None:
    try:
        valid = date.fromisoformat(text).isoformat() == text
    except ValueError:
        valid = False
    return None if valid else (f"`{text}` is no date", "write year-month-day, such as 2027-03-02")


def check_category_name(text: str) -> Fault | None:
    if CATEGORY.fullmatch(text):
        return None
    return f"`{text}` is no name of a category", 'write lower-case words joined by dots, such as "contact.email"'


def check_dotted(text: str, valid: re.Pattern[str]) -> Fault | None:
    if valid.fullmatch(text):
        return None
    hint = "write a dotted name, such as `acme.billing.send`"
    if "(" in text:
        hint = "write the name without parentheses"
    elif "*" in text and valid is DOTTED:
        hint = "patterns are not allowed here"
    return f"`{text}` is no dotted name", hint


def check_code_name(text: str, valid: re.Pattern[str]) -> Fault | None:
    """A dotted name of the project, not a file and not an entry point with a colon."""
    if "/" in text or text.endswith(".py"):
        name = text.removesuffix(".py").strip("/").replace("/", ".")
        return f"`{text}` is a file", f'did you mean "{name}"?'
    if ":" in text:
        return f"`{text}` is no dotted name", f'did you mean "{text.replace(":", ".")}"?'
    return check_dotted(text, valid)


def check_call(text: str) -> Fault | None:
    """A qualified name, where constant arguments in the middle may be written out."""
    fault = check_dotted(ARGUMENTS.sub("", text), PATTERN)
    return (f"`{text}` is no dotted name", fault[1]) if fault else None


def check_domain(text: str) -> Fault | None:
    host = host_of(text)
    if host and DOMAIN.fullmatch(host):
        return None
    return f"`{text}` is no host", "write a host, such as api.mailer.example or *.mailer.example"


def check_file(text: str) -> Fault | None:
    if "://" in text:
        return f"`{text}` is no local file", "nothing is read from the network"
    if PurePosixPath(text).is_absolute() or re.match(r"[A-Za-z]:[\\/]", text):
        return f"`{text}` is an absolute path", "write it relative to the policy's folder"
    return None if text.isprintable() else ("the path has characters that no file name has", "")


def check_sink(text: str) -> Fault | None:
    return None if text in SINK_KINDS else (f"`{text}` is no kind of sink", suggest(text, SINK_KINDS))


def check_promise(text: str) -> Fault | None:
    """A key of [enforced_by]: "retention.NAME" or "rights.NAME"."""
    table, _, name = text.partition(".")
    if table not in ("retention", "rights") or not name:
        hint = f'did you mean "rights.{text}"?' if text in RIGHTS else 'write "retention.NAME" or "rights.NAME"'
        return f"`{text}` names no promise of the policy", hint
    if table == "rights" and name not in RIGHTS:
        return f"`{name}` is no right", suggest(name, RIGHTS)
    return None


def check_rule(text: str) -> Fault | None:
    if RULE.fullmatch(text):
        return None
    hint = f'did you mean "{text.upper()}"?' if RULE.fullmatch(text.upper()) else "write a code such as PRV403"
    return f"`{text}` is no code and no name of a rule", hint


FORMATS: dict[str, Callable[[str], Fault | None]] = {
    "country": check_country,
    "place": check_place,
    "duration": check_duration,
    "date": check_date,
    "dotted": check_category_name,
    "field": lambda text: check_code_name(text, DOTTED),
    "pattern": lambda text: check_code_name(text, PATTERN),
    "call": check_call,
    "domain": check_domain,
    "file": check_file,
    "sink": check_sink,
    "promise": check_promise,
    "rule": check_rule,
}
