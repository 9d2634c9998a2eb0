"""What the policy says of what the code does: one module per rule, with its `RULE` and one function `check`.

A module of this package without a leading underscore is a rule, found by being there. Checks decide nothing about code.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from privlint.checks._exceptions import apply_exceptions
from privlint.checks._inputs import Check, CheckInput
from privlint.diagnostics import Diagnostic, Rule, fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from privlint.analysis.flow import Findings

__all__ = ["RULES", "CheckInput", "run_checks"]


def _load_checks() -> dict[Rule, Check]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return {module.RULE: module.check for module in sorted(modules, key=lambda module: module.RULE.code)}


_CHECKS = _load_checks()
RULES: tuple[Rule, ...] = tuple(_CHECKS)


def run_checks(found: Findings, context: CheckInput) -> list[Diagnostic]:
    """What every rule finds, approved deviations marked as suppressed, with fingerprints, sorted by place."""
    diagnostics = [diagnostic for check in _CHECKS.values() for diagnostic in check(found, context)]
    diagnostics += apply_exceptions(diagnostics, context, {rule.code for rule in RULES})
    diagnostics.sort(key=Diagnostic.sort_key)
    _set_fingerprints(diagnostics)
    return sorted(diagnostics, key=Diagnostic.sort_key)


def _set_fingerprints(diagnostics: Sequence[Diagnostic]) -> None:
    """In the order of places, so that the second of two equal findings stays the second."""
    seen: dict[tuple[str, tuple[str, ...], str, str, str], int] = {}
    for diagnostic in diagnostics:
        fields = tuple(sorted({flow.field for flow in diagnostic.flows})) or tuple(filter(None, [diagnostic.field]))
        target = diagnostic.recipient or diagnostic.sink
        key = (diagnostic.code, fields, target, diagnostic.function, diagnostic.expression)
        ordinal = seen[key] = seen.get(key, -1) + 1
        diagnostic.fingerprint = fingerprint(*key, ordinal)
