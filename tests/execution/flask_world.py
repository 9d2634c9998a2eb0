"""A request of Flask's that cases run in, where they ask for Flask and it is installed."""

from __future__ import annotations

import importlib
from typing import Any

from tests.execution.markers import Markers


def begin(markers: Markers) -> None:
    """Opens a request that lasts as long as the process; who asks is marked, if the case speaks of it."""
    flask: Any = importlib.import_module("flask")
    told = {"REMOTE_ADDR": "technical.ip_address", "HTTP_USER_AGENT": "technical.user_agent"}
    environ = {name: markers.text(category) for name, category in told.items() if category in markers.letters}
    app = flask.Flask("none")
    app.secret_key = "none"
    app.test_request_context("/", environ_base=environ).push()


def asks_for(files: dict[str, str]) -> bool:
    return any(
        line.startswith(("from flask ", "import flask")) for text in files.values() for line in text.splitlines()
    )
