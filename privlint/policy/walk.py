"""Our own walk over the types of the policy file: reads parsed TOML into Structs and reports every error with its key
path, where a typed decoder would stop at the first."""

from __future__ import annotations

import datetime
import types
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from privlint.policy.formats import Fault, check_format
from privlint.policy.names import suggest
from privlint.policy.tables import MODEL_KEYS, Key, PolicyFile, Purpose, Recipient

if TYPE_CHECKING:
    from privlint.policy.types import Path

NO_KEY = Key()
DEFINED_ELSEWHERE = frozenset(
    {
        "category",
        "own_category",
        "subject",
        "purpose",
        "purposes",
        "class",
        "retention",
        "recipient",
        "condition",
        "rule",
        "promise",
    }
)
SYNONYMS = {
    "groups": "categories",
    "category": "categories",
    "data": "categories",
    "legal_basis": "basis",
    "lawful_basis": "basis",
    "name": "label",
    "region": "location",
    "dpa": "agreement",
    "tia": "assessment",
    "hosts": "domains",
    "host": "domains",
    "approved": "approved_by",
    "expires": "until",
}
SWITCHES = ("select", "ignore", "fail-on", "exclude", "source-roots", "require-exceptions-in-policy", "min-confidence")
NOUNS = {
    str: "a string",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "an array",
    dict: "a table",
    datetime.date: "a date",
    datetime.datetime: "a date with time",
    datetime.time: "a time",
}


class Missing(msgspec.Struct, frozen=True):
    """Stands for a value that could not be read."""


MISSING = Missing()


class Field(msgspec.Struct, frozen=True):
    """One key of a table: the Struct's attribute, the TOML key, its type and what is said of it."""

    attribute: str
    name: str
    hint: Any
    key: Key
    required: bool
    has_default: bool


class Problem(msgspec.Struct, frozen=True):
    """An error at a key path: at the value, or at the key itself."""

    path: Path
    message: str
    hint: str = ""
    at_key: bool = False


class Reference(msgspec.Struct, frozen=True):
    """A text that names something defined elsewhere in the policy, the taxonomy or the rules."""

    kind: str
    text: str
    path: Path
    at_key: bool = False


class Reading(msgspec.Struct):
    """What a walk finds beside the values."""

    problems: list[Problem] = []
    references: list[Reference] = []

    def report(self, path: Path, message: str, hint: str = "", *, at_key: bool = False) -> Missing:
        self.problems.append(Problem(path, message, hint, at_key))
        return MISSING

    def expected(self, path: Path, wanted: str, value: object) -> Missing:
        return self.report(path, f"expected {wanted}, found {NOUNS.get(type(value), 'something else')}")


def read_policy(raw: dict[str, Any]) -> tuple[PolicyFile, Reading]:
    """The tables of a parsed file. With problems the result is incomplete."""
    reading = Reading()
    tables = read_struct(reading, raw, PolicyFile, ())
    return (tables if isinstance(tables, PolicyFile) else PolicyFile()), reading


@cache
def fields_of(struct: type[msgspec.Struct]) -> tuple[Field, ...]:
    """The keys of a table, without those that the loader fills."""
    hints = get_type_hints(struct, include_extras=True)
    fields = []
    for field in msgspec.structs.fields(struct):
        hint, key = split_key(hints[field.name])
        key = MODEL_KEYS.get((struct, field.name), key)
        if not key.internal:
            required = key.required or field.required
            fields.append(Field(field.name, field.encode_name, hint, key, required, not field.required))
    return tuple(fields)


def split_key(hint: Any) -> tuple[Any, Key]:
    if get_origin(hint) is Annotated:
        inner, *extras = get_args(hint)
        return inner, next((extra for extra in extras if isinstance(extra, Key)), NO_KEY)
    return hint, NO_KEY


def read_value(reading: Reading, value: Any, hint: Any, key: Key, path: Path) -> Any:
    """A value of the given type, or MISSING where a problem has been reported."""
    choices, hint = choices_of(hint)
    if choices:
        return read_choice(reading, value, choices, path)
    origin = get_origin(hint)
    if origin is tuple:
        return read_array(reading, value, get_args(hint)[0], key, path)
    if origin is dict:
        return read_mapping(reading, value, get_args(hint), key, path)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return read_struct(reading, value, hint, path)
    return read_scalar(reading, value, hint, key, path)


def choices_of(hint: Any) -> tuple[tuple[Any, ...], Any]:
    """The values of a Literal (or a union of them), and the type without None."""
    if get_origin(hint) in (Union, types.UnionType):
        parts = [part for part in get_args(hint) if part is not types.NoneType]
        found = tuple(choice for part in parts for choice in choices_of(part)[0])
        return found, parts[0]
    return (get_args(hint), hint) if get_origin(hint) is Literal else ((), hint)


def read_choice(reading: Reading, value: Any, choices: tuple[Any, ...], path: Path) -> Any:
    if any(value == choice and type(value) is type(choice) for choice in choices):
        return value
    words = [choice for choice in choices if isinstance(choice, str) and choice]
    shown = ", ".join(f'"{word}"' for word in words) or ", ".join(map(str, choices))
    if isinstance(value, str) and words:
        return reading.report(path, f"`{value}` is not one of {shown}", suggest(value, words))
    return reading.report(path, f"expected {'one of ' if ',' in shown else ''}{shown}")


def read_scalar(reading: Reading, value: Any, hint: Any, key: Key, path: Path) -> Any:
    if hint is str and key.kind == "date" and type(value) is datetime.date:
        return value.isoformat()
    if type(value) is not hint:
        return reading.expected(path, "a date" if key.kind == "date" else NOUNS[hint], value)
    if hint is str:
        read_text(reading, value, key.kind, path)
    return value


def read_text(reading: Reading, text: str, kind: str, path: Path, *, at_key: bool = False) -> None:
    """Checks a text's format now, and notes what it names for later."""
    fault: Fault | None = check_format(kind, text) if text else None
    if fault:
        reading.report(path, *fault, at_key=at_key)
    elif text and kind in DEFINED_ELSEWHERE:
        reading.references.append(Reference(kind, text, path, at_key))


def read_array(reading: Reading, value: Any, hint: Any, key: Key, path: Path) -> Any:
    """An array; one string stands for an array of it, or for a table of which it is the shorthand."""
    if isinstance(value, str) and (hint is str or choices_of(hint)[0]):
        item = read_value(reading, value, hint, key, path)
        return item if item is MISSING else (item,)
    if isinstance(value, str) and key.shorthand:
        item = read_shorthand(reading, value, hint, key, path)
        return item if item is MISSING else (item,)
    if not isinstance(value, list):
        return reading.expected(path, expected_array(hint, key), value)
    items = [read_value(reading, item, hint, key, (*path, number)) for number, item in enumerate(value)]
    return tuple(item for item in items if item is not MISSING)


def expected_array(hint: Any, key: Key) -> str:
    if hint is str or choices_of(hint)[0]:
        return "a string or an array of strings"
    return "a string or an array of tables" if key.shorthand else "an array of tables"


def read_mapping(reading: Reading, value: Any, hints: tuple[Any, Any], key: Key, path: Path) -> Any:
    """A table whose keys are names."""
    if not isinstance(value, dict):
        return reading.expected(path, "a table", value)
    key_hint, item_hint = hints
    names = choices_of(key_hint)[0]
    found = {}
    for name, item in value.items():
        here = (*path, name)
        if names and name not in names:
            reading.report(here, f"`{name}` is not one of {', '.join(names)}", suggest(name, names), at_key=True)
            continue
        if key.keys and is_nested(item, item_hint):
            example = ".".join((name, next(iter(item))))
            reading.report(
                here, f"`{name}` is split at its dots", f'put the whole name in quotes: "{example}"', at_key=True
            )
            continue
        if not name:
            reading.report(here, "the name is empty", at_key=True)
        read_text(reading, name, key.keys, here, at_key=True)
        read = read_named(reading, item, item_hint, key, here)
        if read is not MISSING:
            found[name] = read
    return found


def is_nested(item: Any, hint: Any) -> bool:
    """Whether an unquoted dotted name has made a table where the value of one name is expected."""
    if not isinstance(item, dict) or not item:
        return False
    if not (isinstance(hint, type) and issubclass(hint, msgspec.Struct)):
        return get_origin(hint) is not dict
    return not any(field.name in item for field in fields_of(hint))


def read_named(reading: Reading, item: Any, hint: Any, key: Key, path: Path) -> Any:
    if key.shorthand and isinstance(item, str):
        return read_shorthand(reading, item, hint, key, path)
    if key.shorthand and not isinstance(item, dict):
        return reading.expected(path, "a string or a table", item)
    return read_value(reading, item, hint, Key(kind=key.kind), path)


def read_struct(reading: Reading, value: Any, struct: type[msgspec.Struct], path: Path) -> Any:
    """A table with known keys."""
    if not isinstance(value, dict):
        return reading.expected(path, "a table", value)
    fields = {field.name: field for field in fields_of(struct)}
    found: dict[str, Any] = {}
    for name, item in value.items():
        field = fields.get(name)
        if field is None:
            reading.report((*path, name), f"unknown key `{name}`", hint_for_key(name, struct, path), at_key=True)
            continue
        read = read_value(reading, item, field.hint, field.key, (*path, name))
        if read is not MISSING:
            found[field.attribute] = read
    absent = [field.name for field in fields.values() if field.required and field.name not in value]
    for name in absent:
        reading.report(path, needs(name, path), at_key=True)
    incomplete = any(not field.has_default and field.attribute not in found for field in fields.values())
    return MISSING if incomplete else struct(**found)


def read_shorthand(reading: Reading, text: str, struct: type[msgspec.Struct], key: Key, path: Path) -> Any:
    """A string where a table is expected: the one attribute that it stands for."""
    field = next(field for field in fields_of(struct) if field.name == key.shorthand)
    read = read_value(reading, text, field.hint, field.key, path)
    return MISSING if read is MISSING else struct(**{field.attribute: read})


def needs(name: str, path: Path) -> str:
    if not path:
        return f"the table [{name}] is missing"
    return f"`{'.'.join(str(part) for part in path)}` needs `{name}`"


def hint_for_key(name: str, struct: type[msgspec.Struct], path: Path) -> str:
    known = [field.name for field in fields_of(struct)]
    if not path and name in SWITCHES:
        return "switches of the linter stand in [tool.privlint] of pyproject.toml"
    if struct in (Purpose, Recipient) and name == "groups":
        return "did you mean `categories`?"
    synonym = SYNONYMS.get(name)
    return f"did you mean `{synonym}`?" if synonym in known else suggest(name, known)
