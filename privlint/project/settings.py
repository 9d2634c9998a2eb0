"""`[tool.privlint]` of pyproject.toml: how to lint, never what the policy says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import tomli

from privlint.project.problem import ProjectError, show

SEVERITIES = ("error", "warning", "info", "never")
CONFIDENCES = ("certain", "likely")
LISTS = (
    "select",
    "ignore",
    "extend-select",
    "exclude",
    "extend-exclude",
    "source-roots",
    "require-exceptions-in-policy",
)
CHOICES = {"fail-on": SEVERITIES, "min-confidence": CONFIDENCES}
KEYS = ("policy", *LISTS, *CHOICES, "per-file-ignores")


class Settings(msgspec.Struct, frozen=True):
    """What `[tool.privlint]` says. Empty and "" stand for keys that are not written.

    `exclude` and the patterns of `per_file_ignores` follow .gitignore and are relative to `folder`, the folder of
    `path`; `source_roots` likewise. `select` and the like are rule codes, prefixes or names as written."""

    path: Path | None = None
    policy: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    extend_exclude: tuple[str, ...] = ()
    source_roots: tuple[str, ...] = ()
    require_exceptions_in_policy: tuple[str, ...] = ()
    fail_on: str = ""
    min_confidence: str = ""
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def folder(self) -> Path | None:
        return self.path.parent if self.path else None


def load_settings(pyproject: Path, *, required: bool) -> Settings | None:
    """The table of one pyproject.toml, None without one. Raises ProjectError for a wrong key or type, and for a file
    that does not parse: always if it is `required`, else only if it seems to hold the table."""
    try:
        content = pyproject.read_bytes()
    except OSError as error:
        raise ProjectError(f"{show(pyproject)}: cannot be read: {error.strerror}") from error
    if not required and b"privlint" not in content:
        return None
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ProjectError(f"{show(pyproject)}:{line}:1: the file is not UTF-8") from error
    try:
        tool = tomli.loads(text).get("tool", {})
    except tomli.TOMLDecodeError as error:
        from privlint.policy.sources import syntax_error

        raise ProjectError(str(syntax_error(error, show(pyproject), text))) from error
    table = tool.get("privlint") if isinstance(tool, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise ProjectError(f"{show(pyproject)}:{_line_of(text, 'privlint')}: `tool.privlint` must be a table")
    return _read_table(pyproject, text, table)


def _read_table(path: Path, text: str, table: dict[str, Any]) -> Settings:
    values: dict[str, Any] = {}
    errors: list[tuple[int, str]] = []
    for key, value in table.items():
        problem = _check_value(key, value)
        if problem:
            errors.append((_line_of(text, key), problem))
        elif isinstance(value, dict):
            values["per_file_ignores"] = tuple((name, tuple(codes)) for name, codes in value.items())
        else:
            values[key.replace("-", "_")] = tuple(value) if isinstance(value, list) else value
    if errors:
        raise ProjectError("\n".join(f"{show(path)}:{line}: {problem}" for line, problem in sorted(errors)))
    return Settings(path=path, **values)


def _check_value(key: str, value: object) -> str:
    """What is wrong with a key of the table, or ""."""
    if key not in KEYS:
        from privlint.policy.names import suggest

        hint = suggest(key, KEYS)
        return f"unknown key `{key}` in [tool.privlint]" + (f"; {hint}" if hint else f"; there are {', '.join(KEYS)}")
    if key in LISTS and not _is_strings(value):
        return f"`{key}` must be an array of strings"
    if key == "per-file-ignores":
        fits = isinstance(value, dict) and all(_is_strings(codes) for codes in value.values())
        return "" if fits else "`per-file-ignores` must be a table of pattern = [codes]"
    if key in CHOICES and value not in CHOICES[key]:
        return f"`{key}` must be one of {', '.join(CHOICES[key])}"
    if key == "policy" and not (isinstance(value, str) and value):
        return "`policy` must be the path of a file"
    return ""


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _line_of(text: str, key: str) -> int:
    """Line of a key of `[tool.privlint]`, counted from 1; of the table if the key is written in another way."""
    lines = text.splitlines()
    table = next((at for at, line in enumerate(lines) if re.match(r"\s*\[tool\.privlint\b", line)), 0)
    wanted = re.compile(rf"""\s*(\[tool\.privlint\.)?["']?{re.escape(key)}["']?\s*[=.\]]""")
    for at in range(table, len(lines)):
        if wanted.match(lines[at]):
            return at + 1
    return table + 1
