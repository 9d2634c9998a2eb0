"""Settings, read once from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache


@dataclass(frozen=True)
class Settings:
    database_url: str = "sqlite:///havenkluis.db"
    broker_url: str = "amqp://broker.internal//"
    environment: str = "development"
    pseudonym_key: bytes = field(default=b"development only", repr=False)
    stripe_key: str = field(default="sk_test_0", repr=False)
    mixpanel_token: str = field(default="mp-development", repr=False)
    posthog_key: str = field(default="phc-development", repr=False)
    slack_token: str = field(default="xoxb-development", repr=False)
    mail_key: str = field(default="pd-development", repr=False)
    on_call_channel: str = ""


def _from_environment() -> dict[str, str | bytes]:
    variables = {name: f"HAVENKLUIS_{name.upper()}" for name in Settings.__dataclass_fields__}
    found = {name: os.environ[variable] for name, variable in variables.items() if variable in os.environ}
    return {name: value.encode() if name == "pseudonym_key" else value for name, value in found.items()}


@lru_cache(maxsize=1)
def settings() -> Settings:
    return Settings(**_from_environment())  # type: ignore[arg-type]
