"""JSON Schema (2020-12) of the policy file, from the same types that the loader walks, for editors and `policy schema`.

Names that are defined elsewhere in the file are beyond a schema; the loader checks them."""

from __future__ import annotations

from typing import Any, get_args, get_origin

import msgspec

from privlint.models import SINK_KINDS
from privlint.policy.countries import AREAS, load_countries
from privlint.policy.tables import Key, PolicyFile
from privlint.policy.walk import Field, choices_of, fields_of

Schema = dict[str, Any]
STRING: Schema = {"type": "string"}


def policy_schema() -> Schema:
    """The schema of privlint.toml; tables are under `$defs`."""
    definitions: dict[str, Schema] = {
        "country": {"enum": list(load_countries().countries), "description": "ISO 3166 code of a country."},
        "place": {"enum": [*AREAS, *load_countries().countries], "description": "A country, 'EEA' or 'EU'."},
        "duration": {"type": "string", "pattern": r"^(purpose|forever|[0-9]{1,6} (day|week|month|year)s?)$"},
        "date": {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "sink": {"enum": list(SINK_KINDS)},
    }
    root = table_schema(PolicyFile, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "privlint.toml",
        **root,
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


def table_schema(struct: type[msgspec.Struct], definitions: dict[str, Schema]) -> Schema:
    """An object with known keys."""
    fields = fields_of(struct)
    schema: Schema = {
        "type": "object",
        "description": " ".join((struct.__doc__ or "").split()),
        "additionalProperties": False,
        "properties": {field.name: field_schema(field, definitions) for field in fields},
    }
    required = [field.name for field in fields if field.required]
    return {**schema, "required": required} if required else schema


def field_schema(field: Field, definitions: dict[str, Schema]) -> Schema:
    schema = value_schema(field.hint, field.key, definitions)
    return {"description": field.key.doc, **schema} if field.key.doc else schema


def value_schema(hint: Any, key: Key, definitions: dict[str, Schema]) -> Schema:
    """The schema of a value of the given type."""
    choices, hint = choices_of(hint)
    if choices:
        return {"enum": [choice for choice in choices if choice != ""]}
    if get_origin(hint) is tuple:
        return array_schema(get_args(hint)[0], key, definitions)
    if get_origin(hint) is dict:
        return mapping_schema(get_args(hint), key, definitions)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return reference(hint, definitions)
    if hint is str:
        return {"$ref": f"#/$defs/{key.kind}"} if key.kind in definitions else STRING
    return {"type": {bool: "boolean", int: "integer"}[hint]}


def array_schema(item: Any, key: Key, definitions: dict[str, Schema]) -> Schema:
    """One string or an array of strings; for tables an array, and a string where a shorthand exists."""
    items = value_schema(item, key, definitions)
    array = {"type": "array", "items": items}
    if isinstance(item, type) and issubclass(item, msgspec.Struct):
        return {"anyOf": [shorthand_schema(item, key), array]} if key.shorthand else array
    return {"anyOf": [items, array]}


def mapping_schema(hints: tuple[Any, Any], key: Key, definitions: dict[str, Schema]) -> Schema:
    """A table whose keys are names."""
    name, item = hints
    value = value_schema(item, Key(kind=key.kind), definitions)
    if key.shorthand:
        value = {"anyOf": [shorthand_schema(item, key), value]}
    names = choices_of(name)[0]
    schema: Schema = {"type": "object", "additionalProperties": value}
    return {**schema, "propertyNames": {"enum": list(names)}} if names else schema


def shorthand_schema(struct: type[msgspec.Struct], key: Key) -> Schema:
    """What a plain string may be where a table is expected."""
    field = next(field for field in fields_of(struct) if field.name == key.shorthand)
    choices = choices_of(field.hint)[0]
    return {"enum": list(choices)} if choices else STRING


def reference(struct: type[msgspec.Struct], definitions: dict[str, Schema]) -> Schema:
    name = struct.__name__
    if name not in definitions:
        definitions[name] = {}  # the name is taken, should a table contain itself
        definitions[name] = table_schema(struct, definitions)
    return {"$ref": f"#/$defs/{name}"}
