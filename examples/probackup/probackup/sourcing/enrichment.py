"""What others know about somebody whose card we have."""

from __future__ import annotations

import requests

from probackup.models import Prospect

DIRECTORY = "https://find.persona.example/v1/people"


def position_of(prospect: Prospect) -> str | None:
    found = _look_up(mail=prospect.email)
    return found.get("position")


def _look_up(**query: str) -> dict[str, str]:
    answer = requests.get(  # expect: PRV401 contact.email -> find.persona.example; PRV602 contact.email
        DIRECTORY,
        params=query,
        timeout=5,
    )
    if answer.status_code == requests.codes.not_found:
        return {}
    answer.raise_for_status()
    return dict(answer.json())
