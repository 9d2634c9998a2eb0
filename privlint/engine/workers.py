"""Work that is spread over processes: the same function over many files, results in the order of the files."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from typing_extensions import Self

Task = TypeVar("Task")
Result = TypeVar("Result")


def default_jobs() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


class Workers:
    """At most `jobs` processes, started when there is enough to do; or the executor of an existing engine, which sees
    only functions of modules and picklable arguments. Without working processes everything runs in this one."""

    def __init__(self, jobs: int, executor: Executor | None = None) -> None:
        self.jobs = jobs
        self._executor = executor
        self._own = executor is None

    @property
    def started(self) -> bool:
        """Whether handing work over costs no more than that."""
        return self._executor is not None

    def map(self, work: Callable[[Task], Result], tasks: Sequence[Task], *, parallel: bool) -> Iterator[Result]:
        """The results in the order of the tasks. `parallel` says that there is enough of them to be worth it."""
        done = 0
        if parallel and self.jobs > 1:
            try:
                for result in self._start().map(work, tasks):
                    yield result
                    done += 1
            except (BrokenExecutor, OSError):  # killed, or the system has no processes to give
                self.jobs = 1
        for task in tasks[done:]:
            yield work(task)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._own and self._executor is not None:
            self._executor.shutdown(wait=error is None, cancel_futures=True)

    def _start(self) -> Executor:
        if self._executor is None:
            method = "fork" if _can_fork() else "spawn"
            if method == "fork":
                import privlint.frontend.lower  # noqa: F401 - loaded once here, and shared by all processes
            context = multiprocessing.get_context(method)
            self._executor = ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_prepare_process)
        return self._executor


def _can_fork() -> bool:
    """Forking starts at once, and is only safe where no other thread may hold a lock."""
    return sys.platform == "linux" and threading.active_count() == 1


def _prepare_process() -> None:
    """Ctrl-C reaches all processes of a terminal, and the first one ends the others. If it is killed, they end too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
