"""Work that recurses as deep as the program it reads: on a thread whose stack holds it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_STACK = 512 << 20  # address space; memory is taken as it is used
_FRAMES = 100_000
_here = threading.local()


class NoStackError(RuntimeError):
    """The system gives no such stack."""


def has_room() -> bool:
    """Whether the running thread is one of those that `run_deep` starts."""
    return getattr(_here, "deep", False)


def run_deep(work: Callable[[], T], frames: int = _FRAMES) -> T:
    """What `work` returns or raises, with Python's own limit of recursion at `frames` at least.

    Raises NoStackError."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        _here.deep = True
        try:
            results.append(work())
        except BaseException as error:  # raised again in the thread that asked
            errors.append(error)

    size, limit = threading.stack_size(_STACK), sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(max(limit, frames))
        thread = threading.Thread(target=run, daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            raise NoStackError from error
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return results[0]


def with_room(work: Callable[[], T]) -> T:
    """`work` on a large stack: this one if it is, a new one if the system gives it."""
    if has_room():
        return work()
    try:
        return run_deep(work)
    except NoStackError:
        return work()
