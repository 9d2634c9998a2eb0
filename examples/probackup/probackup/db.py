"""Database sessions for requests, tasks and scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from probackup.config import settings
from probackup.models import Base


@lru_cache(maxsize=1)
def engine() -> Engine:
    made = create_engine(settings().database_url)
    Base.metadata.create_all(made)
    return made


@contextmanager
def session_scope() -> Iterator[Session]:
    """A session that commits at the end of the block, or rolls back."""
    with Session(engine()) as session, session.begin():
        yield session


def get_session() -> Iterator[Session]:
    """FastAPI dependency."""
    with session_scope() as session:
        yield session
