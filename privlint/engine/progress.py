"""How far a run is, for whoever shows it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Progress:
    """Says nothing; what shows something overrides `begin` and `advance`."""

    _stage: tuple[str, int] | None = None

    def begin(self, name: str, total: int) -> None:
        """A stage of `total` files begins; 0 if the number is not known."""

    def advance(self, done: int) -> None:
        """`done` more files of the stage are done."""

    @contextmanager
    def stage(self, name: str, total: int = 0) -> Iterator[Callable[[int], None]]:
        """A stage inside another one interrupts it."""
        outer, self._stage = self._stage, (name, total)
        self.begin(name, total)
        yield self.advance
        self._stage = outer
        if outer is not None:
            self.begin(*outer)
