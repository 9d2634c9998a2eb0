"""Where the person on call is told that somebody needs help."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod

from slack_sdk import WebClient

from probackup.config import settings

logger = logging.getLogger(__name__)


class Channel(ABC):
    @abstractmethod
    def deliver(self, text: str) -> None:
        """Hands a message over."""


class SlackChannel(Channel):
    def __init__(self, token: str, room: str) -> None:
        self._client = WebClient(token=token)
        self._room = room

    def deliver(self, text: str) -> None:
        self._client.chat_postMessage(  # expect: PRV401 contact.email, identity.name -> slack
            channel=self._room,
            text=text,
        )


class Silent(Channel):
    """For development: says that there was something, not what."""

    def deliver(self, text: str) -> None:
        logger.info("message of %d characters for the person on call", len(text))


def on_call() -> Channel:
    chosen = settings()
    return SlackChannel(chosen.slack_token, chosen.on_call_channel) if chosen.on_call_channel else Silent()
