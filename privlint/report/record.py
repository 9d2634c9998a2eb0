"""The record of processing as CSV for a table, as Markdown for people, as JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import msgspec

from privlint.policy.wording import count, in_words
from privlint.report.page import Block, bullets, heading, paragraph, table, write_markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.policy.record import Activity, CodePlace, Data, Difference, Party, Record

VERSION = 1
FORMATS = ("csv", "markdown", "json")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet takes a cell for something to run
_COLUMNS = (
    "controller",
    "purpose",
    "legal_basis",
    "data_subjects",
    "personal_data",
    "recipients",
    "countries",
    "safeguards",
    "retention",
    "security_measures",
    "code",
    "declared_not_found_in_code",
    "found_not_declared",
)
UNSTATED = "not stated"
NOT_SEEN = (
    "privlint follows declared fields from where they are read to where they are passed on, shown, logged or sent. "
    "What code only saves, compares or counts in its own store is not seen: data under \u201cdeclared, not found\u201d "
    "may be used like that."
)


def render_record(record: Record, form: str) -> str:
    """The record as text that ends with a newline and can be encoded as UTF-8. `form` is one of FORMATS."""
    text = {"csv": _as_csv, "markdown": _as_markdown, "json": _as_json}[form](record)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _as_json(record: Record) -> str:
    """The fields of `policy.record.Record` by their names, and a version that only changes with them."""
    document: dict[str, Any] = {"version": VERSION, **msgspec.to_builtins(record)}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


# ---------------------------------------------------------------- CSV


def _as_csv(record: Record) -> str:
    """A row per purpose and basis; what a cell has several of stands apart by "; "."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([_safe(cell) for cell in _row(record, activity)] for activity in record.activities)
    return stream.getvalue()


def _safe(text: str) -> str:
    """A cell that a spreadsheet shows and does not run."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(record: Record, activity: Activity) -> tuple[str, ...]:
    return (
        record.controller or UNSTATED,
        activity.purpose.label,
        activity.basis_text,
        _listed(each.label for each in activity.subjects),
        _listed(map(_data, activity.categories)),
        _listed(map(_recipient, activity.recipients)),
        _listed(_of(each, _where(each)) for each in activity.recipients),
        _listed(_of(each, each.safeguard) for each in activity.recipients),
        _stated(activity.retention, activity),
        _stated(_listed(activity.measures), activity),
        _listed(_code(activity.code)),
        _listed(activity.not_found),
        _listed(map(_difference, activity.undeclared)),
    )


def _stated(text: str, activity: Activity) -> str:
    """What the policy should say of a purpose shows where it does not."""
    return text or (UNSTATED if activity.kind == "purpose" else "")


def _listed(parts: Iterable[str]) -> str:
    return "; ".join(part for part in parts if part)


# ---------------------------------------------------------------- Markdown


def _as_markdown(record: Record) -> str:
    return write_markdown(list(_blocks(record)))


def _blocks(record: Record) -> Iterator[Block]:
    yield heading(1, "Record of processing activities")
    yield bullets(_head(record))
    yield heading(2, "Overview")
    yield table(
        ("", "Purpose", "Legal basis", "Whose data", "Places in code", "Declared, not found", "Found, not declared"),
        [
            (
                str(number),
                each.purpose.label,
                in_words(each.basis) or each.basis_text,
                _words(named.label for named in each.subjects),
                str(len(each.code)),
                str(len(each.not_found)),
                str(len(each.undeclared)),
            )
            for number, each in enumerate(record.activities, 1)
        ],
    )
    yield paragraph(NOT_SEEN)
    for number, each in enumerate(record.activities, 1):
        yield from _section(number, each)


def _head(record: Record) -> Iterator[str]:
    yield from _told(
        ("Policy", _words([record.title, record.policy])),
        ("Controller", record.controller or UNSTATED),
        ("Representative", record.representative),
        ("Data protection officer", record.officer),
        ("Asked for by", record.article),
    )
    if record.missing:
        yield f"Asked for, and not stated by the policy: {_listed(record.missing)}"
    seen = record.seen
    counts = [count(seen.files, "file"), count(seen.fields, "declared field"), count(seen.flows, "flow")]
    counts += [f"{count(seen.unresolved, 'call')} that could not be followed"] if seen.unresolved else []
    yield f"Code: {', '.join(counts)}"
    if seen.not_analysed:
        yield f"Not read, so that the record may lack something: {_words(seen.not_analysed)}"
    if seen.law:
        yield f"Law: {_listed(seen.law)}"


def _section(number: int, activity: Activity) -> Iterator[Block]:
    basis = f": {in_words(activity.basis)}" if activity.basis else ""
    basis = ": no basis" if activity.kind == "no_basis" else basis
    yield heading(2, f"{number}. {activity.purpose.label}{basis}")
    yield bullets(
        _told(
            ("Legal basis", activity.basis_text),
            ("Whose data", _words(each.label for each in activity.subjects)),
            ("Data", _listed(map(_data, activity.categories))),
            ("Recipients", "" if activity.recipients else _stated("", activity)),
            ("Kept", _stated(activity.retention, activity)),
            ("Security", _stated(_listed(activity.measures), activity)),
            ("Code that serves it, as the policy says", _words(activity.mapped)),
        )
    )
    if activity.recipients:
        yield heading(3, "Recipients")
        rows = [(each.label, each.kind, _where(each), each.safeguard, each.agreement) for each in activity.recipients]
        yield table(("Recipient", "Kind", "Where", "What a transfer rests on", "Agreement"), rows)
    for title, items in (
        ("Declared, not found in the code", activity.not_found),
        ("Found in the code, not declared", [_difference(each) for each in activity.undeclared]),
        ("Code", _code(activity.code)),
    ):
        if items:
            yield heading(3, title)
            yield bullets(items)


def _told(*rows: tuple[str, str]) -> list[str]:
    return [f"{title}: {text}" for title, text in rows if text]


def _words(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)


# ---------------------------------------------------------------- words


def _data(data: Data) -> str:
    held = _words(each.label for each in data.contains)
    more = _listed([held if held != data.label else "", "specially protected" if data.special else ""])
    return data.label + (f" ({more})" if more else "")


def _recipient(party: Party) -> str:
    more = _words([party.kind, f"agreement: {party.agreement}" if party.agreement else ""])
    return party.label + (f" ({more})" if more else "")


def _where(party: Party) -> str:
    if not party.location or party.location == party.country:
        return party.country
    data = f"data goes to {party.location}"
    return f"{party.country}, {data}" if party.country else data


def _of(party: Party, text: str) -> str:
    return f"{party.label}: {text}" if text else ""


def _difference(difference: Difference) -> str:
    accepted = f"; accepted: {difference.accepted}" if difference.accepted else ""
    places = _places((each.path, each.line) for each in difference.places)
    return f"{difference.text} ({difference.rule}: {', '.join(places)}{accepted})"


def _code(places: Iterable[CodePlace]) -> list[str]:
    return _places((each.path, each.line) for each in places)


def _places(places: Iterable[tuple[str, int]]) -> list[str]:
    """ "app/views.py:3, 9" for each file."""
    by_file: dict[str, dict[int, None]] = {}
    for path, line in places:
        by_file.setdefault(path, {})[line] = None
    return [f"{path}:{', '.join(map(str, lines))}" for path, lines in by_file.items()]
