"""The JSON Schema accepts what the loader accepts, and rejects what it rejects by form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import tomli

from privlint.policy.schema import policy_schema
from tests.policy_samples import COMPANY, errors_of

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = policy_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def problems(text: str) -> list[str]:
    """Messages of a validator that, like editors, sees dates as texts."""
    instance = json.loads(json.dumps(tomli.loads(text), default=str))
    return [error.message for error in VALIDATOR.iter_errors(instance)]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_a_whole_policy_fits() -> None:
    assert problems(COMPANY) == []


def test_the_smallest_policy_fits() -> None:
    assert problems("[policy]\n") == []


BAD = [
    "[purposes.p]\n",
    "[policy]\nhome = 'EU'\n",
    "[policy]\nschema = 2\n",
    "[policy]\nunknown = 1\n",
    "[policy]\n[purpose.p]\n",
    "[policy]\n[purposes.p]\ngroups = ['contact']\n",
    "[policy]\n[purposes.p]\nbasis = 'interest'\n",
    "[policy]\n[purposes.p]\ncategories = [1]\n",
    "[policy]\n[[purposes.p.basis]]\nsubjects = ['x']\n",
    "[policy]\n[recipients.r]\ncountry = 'EL'\n",
    "[policy]\n[recipients.r]\nlocation = ['eu-west-1']\n",
    "[policy]\n[recipients.r]\nsafeguard = 'consent'\n",
    "[policy]\n[recipients.r]\nkey = 'r'\n",
    "[policy]\n[retention.r]\nkeep = '5y'\n",
    "[policy]\n[rights.acces]\n",
    "[policy]\n[sinks.logs]\npurpose = 'x'\n",
    "[policy]\n[data]\n'x.y' = { subject = 'z' }\n",
    "[policy]\n[[exceptions]]\nrule = 'PRV403'\n",
    "[policy]\n[[exceptions]]\nrule = 'PRV403'\nreason = 'x'\nuntil = 'soon'\n",
    "[policy]\n[[models.callable]]\nclean = true\n",
    "[policy]\n[[models.callable]]\nname = 'x'\nsink = [{ kind = 'logg' }]\n",
]


@pytest.mark.parametrize("text", BAD)
def test_what_the_schema_rejects_the_loader_rejects(text: str, tmp_path: Path) -> None:
    assert problems(text)
    assert errors_of(tmp_path, text)


def keys_of(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    tables = [schema, *schema["$defs"].values()]
    return [item for table in tables for item in table.get("properties", {}).items()]


def test_every_key_of_the_policy_is_described() -> None:
    models = {
        "AttributeModel",
        "CallableModel",
        "ClassModel",
        "FieldModel",
        "HandoverModel",
        "RegionSwitch",
        "SinkModel",
    }
    definitions = {name: table for name, table in SCHEMA["$defs"].items() if name not in models}
    bare = [name for name, key in keys_of({**SCHEMA, "$defs": definitions}) if not key.get("description")]
    assert bare == []
