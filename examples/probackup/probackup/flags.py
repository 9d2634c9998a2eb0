"""Feature flags."""

from __future__ import annotations

from functools import lru_cache

from posthog import Posthog

from probackup.config import settings


@lru_cache(maxsize=1)
def _client() -> Posthog:
    return Posthog(settings().posthog_key, host="https://eu.i.posthog.com")  # expect: PRV406 -> posthog


def new_restore_page() -> bool:
    """Whether the new restore page is shown; decided for everybody alike."""
    return bool(_client().feature_enabled("new-restore-page", "everybody"))
