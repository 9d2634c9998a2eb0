"""Which value holds: that of the command line, else of the environment, else of pyproject.toml, else the default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from privlint.cli.selectors import Selection, split_words
from privlint.project import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.cli.run_check import CheckRequest
    from privlint.project import Program, Project

FAIL_ON = "warning"
MIN_CONFIDENCE = "likely"


class Effective(msgspec.Struct, frozen=True):
    """`origins` say for each setting what it is and where it comes from."""

    selection: Selection
    fail_on: str
    min_confidence: str
    origins: tuple[tuple[str, str, str], ...]

    def describe(self, program: Program) -> Iterator[str]:
        """Lines for -v."""
        project = program.project
        yield f"policy: {show(project.policy)}; root: {show(project.root)}"
        yield f"files: {len(program.files)}, and {program.skipped} left out"
        for name, value, origin in self.origins:
            yield f"{name} = {value} ({origin})"


def read_effective(request: CheckRequest, project: Project) -> Effective:
    reading = _Reading(request, project)
    select = reading.words("select", ())
    extended = project.settings.extend_select
    if extended and not request.select:
        reading.note("extend-select", extended, reading.file)
        select = (*(select or ("ALL",)), *extended)
    ignore = reading.words("ignore", ())
    reading.words("exclude", ())
    return Effective(
        selection=Selection(select, ignore, project.settings.per_file_ignores),
        fail_on=reading.one("fail_on", FAIL_ON),
        min_confidence=reading.one("min_confidence", MIN_CONFIDENCE),
        origins=tuple(reading.origins),
    )


class _Reading:
    def __init__(self, request: CheckRequest, project: Project) -> None:
        self._request = request
        self._settings = project.settings
        self.file = show(self._settings.path) if self._settings.path else ""
        self.origins: list[tuple[str, str, str]] = []

    def words(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        given = split_words(getattr(self._request, name))
        return tuple(self._choose(name, given, getattr(self._settings, name), default))

    def one(self, name: str, default: str) -> str:
        return str(self._choose(name, getattr(self._request, name), getattr(self._settings, name), default))

    def note(self, name: str, value: Any, origin: str) -> None:
        shown = value if isinstance(value, str) else ", ".join(value)
        self.origins.append((name.replace("_", "-"), shown or "-", origin))

    def _choose(self, name: str, given: Any, written: Any, default: Any) -> Any:
        if given:
            variable = f"PRIVLINT_{name.upper()}"
            self.note(name, given, variable if name in self._request.from_environment else "command line")
            return given
        self.note(name, written or default, self.file if written else "default")
        return written or default
