"""A progress bar on stderr, for runs that take a while."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from privlint.engine import Progress

if TYPE_CHECKING:
    from types import TracebackType

PATIENCE = 0.5  # seconds before anything is shown
INTERVAL = 0.1


class TerminalProgress(Progress):
    """Nothing is shown, and rich is not imported, before PATIENCE is over. It draws when it is told of progress: no
    thread runs beside the work, which could not fork then."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._drawn = 0.0
        self._name = ""
        self._total = 0
        self._done = 0
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def begin(self, name: str, total: int) -> None:
        self._name, self._total, self._done = name, total, 0
        if self._bar is not None:
            self._bar.remove_task(self._task)
            self._add_task()
        self._draw(at_once=True)

    def advance(self, done: int) -> None:
        self._done += done
        self._draw(at_once=False)

    def _draw(self, *, at_once: bool) -> None:
        now = time.monotonic()
        if now - self._start < PATIENCE or (not at_once and now - self._drawn < INTERVAL):
            return
        if self._bar is None:
            self._open()
        self._drawn = now
        self._bar.update(self._task, completed=self._done, count=self._tell_count(), refresh=True)

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bar

        columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}")
        self._bar = Bar(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
        self._bar.start()
        self._add_task()

    def _add_task(self) -> None:
        self._task = self._bar.add_task(self._name, total=self._total or None, count=self._tell_count())

    def _tell_count(self) -> str:
        return f"{self._done} of {self._total} files" if self._total else ""
