"""Diagnostics to text: one module per format, imported when it is asked for. Nothing here reads a file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from privlint.report.options import Options, RuleDoc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from privlint.diagnostics import Diagnostic, Summary

__all__ = ["FORMATS", "MACHINE_FORMATS", "Options", "RuleDoc", "render"]

_MODULES = {
    "full": "full",
    "concise": "concise",
    "json": "json_format",
    "sarif": "sarif",
    "github": "github",
    "markdown": "markdown",
}
FORMATS = tuple(_MODULES)
MACHINE_FORMATS = frozenset({"json", "sarif"})


def render(format: str, diagnostics: Sequence[Diagnostic], summary: Summary, options: Options) -> str:  # noqa: A002
    """The report as text that ends with a newline and can be encoded as UTF-8.

    `diagnostics` are all of the run, in any order, the silenced and baselined ones included. Raises ValueError for a
    format that does not exist."""
    if format not in _MODULES:
        raise ValueError(f"unknown format {format!r}; there are {', '.join(FORMATS)}")
    module = import_module(f"privlint.report.{_MODULES[format]}")
    text: str = module.render(sorted(diagnostics, key=lambda each: each.sort_key()), summary, options)
    # A file name or string constant may hold a lone surrogate; `\udcff` is also how JSON writes it.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
