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


# Rules on the policy alone, what matters most to people first.
_WEIGHTS = ("PRV001", "PRV003", "PRV104", "PRV107", "PRV105", "PRV102", "PRV101", "PRV106", "PRV103", "PRV004")


def weigh(diagnostic: Diagnostic) -> tuple[int, int]:
    """The order in which people read what was found in a policy: by severity, then by what a rule is about."""
    known = diagnostic.code in _WEIGHTS
    return -diagnostic.severity.rank, _WEIGHTS.index(diagnostic.code) if known else len(_WEIGHTS)


def render(format: str, diagnostics: Sequence[Diagnostic], summary: Summary, options: Options) -> str:  # noqa: A002
    """The report as text that ends with a newline and can be encoded as UTF-8.

    `diagnostics` are all of the run, in any order, the silenced and baselined ones included. Raises ValueError for a
    format that does not exist."""
    if format not in _MODULES:
        raise ValueError(f"unknown format {format!r}; there are {', '.join(FORMATS)}")
    module = import_module(f"privlint.report.{_MODULES[format]}")
    ordered = sorted(diagnostics, key=lambda each: each.sort_key())
    if not options.program and format not in MACHINE_FORMATS:
        ordered.sort(key=weigh)
    text: str = module.render(ordered, summary, options)
    # A file name or string constant may hold a lone surrogate; `\udcff` is also how JSON writes it.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
