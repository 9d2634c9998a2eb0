"""Client of RiskScope, which scores logins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from probackup.models import LoginEvent
from probackup.privacy import pseudonym

ENDPOINT = "https://api.riskscope.example/v3"


def score(event: LoginEvent) -> float:
    """Between 0 (harmless) and 1."""
    answer = _call("scores", {"subject": pseudonym(event.customer_id), **_signals(event)})
    return float(answer["score"])


def _signals(event: LoginEvent) -> dict[str, str]:
    return {"ip": event.ip_address, "device": event.device}


def _call(resource: str, payload: Mapping[str, str]) -> dict[str, Any]:
    answer = requests.post(  # expect: PRV403 technical.ip_address, technical.device -> riskscope
        f"{ENDPOINT}/{resource}",
        json=dict(payload),
        timeout=3,
    )
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found
