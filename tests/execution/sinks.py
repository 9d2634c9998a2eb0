"""Stand-ins for services, `print` and the log, which note what they are given; and a fence around the process."""

from __future__ import annotations

import inspect
import logging
import os
import sys
import threading
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.execution.markers import Markers, texts_in

SERVICES = ("sentry_sdk", "requests", "httpx", "mixpanel", "posthog")
FORBIDDEN = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "subprocess.Popen",
    "os.system",
    "os.fork",
    "os.exec",
)


class Recorder:
    """A stand-in for whatever a library has: each call of it is noted, each attribute of it is one more."""

    def __init__(self, note: Callable[[str, object], None], kind: str = "service") -> None:
        self._note = note
        self._kind = kind

    def __getattr__(self, name: str) -> Recorder:
        if name.startswith("__"):
            raise AttributeError(name)
        return Recorder(self._note, self._kind)

    def __call__(self, *args: object, **kwargs: object) -> Recorder:
        self._note(self._kind, (args, kwargs))
        return Recorder(self._note, self._kind)

    def __enter__(self) -> Recorder:  # noqa: PYI034 -- Self is younger than Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        return None


class Notes:
    """What sinks got: (kind, path, line) -> categories, and the texts themselves for a comparison of two runs."""

    def __init__(self, folder: str, markers: Markers) -> None:
        self.folder = folder
        self.markers = markers
        self.found: dict[tuple[str, str, int], set[str]] = {}
        self.texts: dict[tuple[str, str, int], list[str]] = {}
        self.lock = threading.RLock()

    def note(self, kind: str, value: object) -> None:
        texts = list(texts_in(value))
        own = any("//localhost" in text for text in texts)  # a host of one's own is no recipient
        self.put("own" if own else kind, *self._place(), texts)

    def put(self, kind: str, path: str, line: int, texts: list[str]) -> None:
        with self.lock:
            found = self.found.setdefault((kind, path, line), set())
            for text in texts:
                found |= self.markers.inside(text)
            self.texts.setdefault((kind, path, line), []).extend(texts)

    def _place(self) -> tuple[str, int]:
        frame = inspect.currentframe()
        while frame is not None:
            name = frame.f_code.co_filename
            if name.startswith(self.folder):
                return self.relative(name), frame.f_lineno
            frame = frame.f_back
        return "", 0

    def relative(self, name: str) -> str:
        return Path(name).relative_to(self.folder).as_posix() if name.startswith(self.folder) else ""


class LogNotes(logging.Handler):
    def __init__(self, notes: Notes) -> None:
        super().__init__(0)
        self.notes = notes

    def emit(self, record: logging.LogRecord) -> None:
        self.notes.put("log", self.notes.relative(record.pathname), record.lineno, [self.format(record)])


class Stream:
    """Standard output or error: what is written there is noted as a log line."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes

    def write(self, text: str) -> int:
        self.notes.note("log", text)
        return len(text)

    def flush(self) -> None:
        return None


def stand_in(notes: Notes) -> None:
    """Puts stand-ins in the place of the services, of `print` and of the log."""
    to_file = print
    for name in SERVICES:
        module: Any = types.ModuleType(name)
        module.__getattr__ = lambda attribute, _note=notes.note: Recorder(_note)
        sys.modules[name] = module

    def printing(*values: object, **how: Any) -> None:
        if how.get("file") in (None, sys.stdout, sys.stderr):
            notes.note("log", [str(value) for value in values])
        else:
            to_file(*values, **how)

    def warning(message: object, category: object, filename: str, lineno: int, *_: object) -> None:
        notes.put("log", notes.relative(filename), lineno, [str(message)])

    vars(sys.modules["builtins"])["print"] = printing
    sys.stdout = sys.stderr = Stream(notes)
    vars(warnings)["showwarning"] = warning
    warnings.simplefilter("always")
    syslog: Any = types.ModuleType("syslog")
    syslog.__getattr__ = lambda attribute: Recorder(notes.note, "log")
    sys.modules["syslog"] = syslog
    root = logging.getLogger()
    root.handlers[:] = [LogNotes(notes)]
    root.setLevel(1)


def fence(folder: str) -> None:
    """No network, no other programs, no files written elsewhere."""

    def watch(event: str, args: tuple[Any, ...]) -> None:
        if event.startswith(FORBIDDEN):
            raise PermissionError(event)
        if event == "open" and isinstance(args[0], str) and isinstance(args[1], str) and set(args[1]) & set("wax+"):
            place = os.path.realpath(args[0])
            if not place.startswith((folder, os.devnull)):
                raise PermissionError(f"{event} {args[0]}")

    sys.addaudithook(watch)
