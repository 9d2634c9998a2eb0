"""The record of processing activities (Art. 30) as values: what the policy declares, beside what the code was seen to
do. Words are ready to be read; nothing here judges, and nothing here knows a format."""

from __future__ import annotations

from typing import Literal

import msgspec


class Named(msgspec.Struct, frozen=True):
    """A name of the policy or of the taxonomy, and the words that people use for it."""

    name: str
    label: str


class Data(msgspec.Struct, frozen=True):
    """A kind of data: a group with the categories that it holds, or one category. `special`: the law guards one of them
    more (Art. 9, 10, national numbers)."""

    name: str
    label: str
    contains: tuple[Named, ...] = ()
    special: bool = False


class Party(msgspec.Struct, frozen=True):
    """A recipient, or a kind of recipients that the text announces (then without `name`). `kind`: its class or role.
    `outside`: data leaves the home area there; `safeguard` then says what that rests on."""

    name: str
    label: str
    kind: str = ""
    country: str = ""
    location: str = ""
    outside: bool = False
    safeguard: str = ""
    agreement: str = ""


class CodePlace(msgspec.Struct, frozen=True):
    """A line where data is passed on. `does` is the kind of sink; `recipient` the name of who gets it there."""

    path: str
    line: int
    function: str
    does: str
    categories: tuple[str, ...]
    recipient: str = ""


class Place(msgspec.Struct, frozen=True, order=True):
    path: str
    line: int


class Difference(msgspec.Struct, frozen=True):
    """What the code does and the policy does not declare, as a rule of `privlint check` found it. `accepted`: why it is
    let pass, if it is silenced in the code or by an exception of the policy."""

    rule: str
    text: str
    places: tuple[Place, ...]
    accepted: str = ""


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """One row. `kind`: "purpose" for a purpose and one of its bases; "no_basis" for people whose data the code uses for
    a purpose that has no basis for them; "processor" for what is done for customers (Art. 30(2)); "rest" for what
    belongs to no purpose. `mapped`: names of code that serves it, as the policy says; `not_found`: declared, and not
    seen in the code; `undeclared`: seen, and not declared."""

    kind: Literal["purpose", "no_basis", "processor", "rest"]
    purpose: Named
    basis: str = ""
    basis_text: str = ""
    subjects: tuple[Named, ...] = ()
    categories: tuple[Data, ...] = ()
    recipients: tuple[Party, ...] = ()
    retention: str = ""
    measures: tuple[str, ...] = ()
    mapped: tuple[str, ...] = ()
    code: tuple[CodePlace, ...] = ()
    not_found: tuple[str, ...] = ()
    undeclared: tuple[Difference, ...] = ()


class Seen(msgspec.Struct, frozen=True):
    """What the record rests on. `not_analysed`: files that could not be read; `unresolved`: calls that data goes into
    and that lead nowhere; `law`: when the facts of the law were looked up, and what was not confirmed."""

    files: int
    fields: int
    flows: int
    unresolved: int
    not_analysed: tuple[str, ...] = ()
    law: tuple[str, ...] = ()


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """`policy` is the file, relative to the project root, as are the paths of all places. `article` is what asks for
    such a record, `missing` what it asks for and the policy does not state."""

    title: str
    article: str
    policy: str
    controller: str = ""
    representative: str = ""
    officer: str = ""
    missing: tuple[str, ...] = ()
    activities: tuple[Activity, ...] = ()
    seen: Seen
