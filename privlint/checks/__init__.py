"""What the policy says of what the code does: one module per rule, with its `RULE` and one function.

`check(found, context)` judges what the analysis found, `check_policy(context)` the policy and its text alone. A module
of this package without a leading underscore is a rule, found by being there. Checks decide nothing about code. A rule
that holds the code against the policy has a sentence `DIFFERENCE` for the record of processing (`make_record`).
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from privlint.checks._exceptions import apply_exceptions
from privlint.checks._inputs import CheckInput
from privlint.checks._policy import PolicyInput
from privlint.diagnostics import Diagnostic, Rule, fingerprint

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import Check
    from privlint.checks._policy import PolicyCheck
    from privlint.models import Law
    from privlint.policy.record import Record

__all__ = ["POLICY_RULES", "RULES", "CheckInput", "PolicyInput", "make_record", "run_checks", "run_policy_checks"]

# Of the rules on the policy alone those that belong to every run; the others ask for a look at the text.
ALWAYS = ("PRV003",)
RULES_CITE = "GDPR Art. "  # the law whose articles rules name


def _load_checks() -> tuple[dict[Rule, Check], dict[Rule, PolicyCheck], dict[str, str]]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    modules.sort(key=lambda module: module.RULE.code)
    return (
        {module.RULE: module.check for module in modules if hasattr(module, "check")},
        {module.RULE: module.check_policy for module in modules if hasattr(module, "check_policy")},
        {module.RULE.code: module.DIFFERENCE for module in modules if hasattr(module, "DIFFERENCE")},
    )


_CHECKS, _POLICY_CHECKS, _DIFFERENCES = _load_checks()
POLICY_RULES: tuple[Rule, ...] = tuple(_POLICY_CHECKS)
RULES: tuple[Rule, ...] = tuple(sorted([*_CHECKS, *_POLICY_CHECKS], key=lambda rule: rule.code))


def run_checks(found: Findings, context: CheckInput) -> list[Diagnostic]:
    """What the rules find in the code, approved deviations marked as suppressed, with fingerprints, sorted by place."""
    diagnostics = [diagnostic for check in _CHECKS.values() for diagnostic in check(found, context)]
    alone = PolicyInput(context.policy, context.jurisdictions, context.today)
    always = {rule: check for rule, check in _POLICY_CHECKS.items() if rule.code in ALWAYS}
    diagnostics += [diagnostic for check in always.values() for diagnostic in check(alone)]
    return _finish(diagnostics, context, [*_CHECKS, *always])


def run_policy_checks(context: PolicyInput) -> list[Diagnostic]:
    """What the rules find in the policy and its text alone, as `run_checks` gives it."""
    diagnostics = [diagnostic for check in _POLICY_CHECKS.values() for diagnostic in check(context)]
    return _finish(diagnostics, context, _POLICY_CHECKS)


def make_record(found: Findings, context: CheckInput, diagnostics: Sequence[Diagnostic], files: int) -> Record:
    """The record of processing. `diagnostics` are what `run_checks` gave of the same, silenced or not; `files` is how
    many were read."""
    from privlint.checks._record import build_record  # few runs write one

    return build_record(found, context, diagnostics, _DIFFERENCES, files)


def _finish(
    diagnostics: list[Diagnostic], context: CheckInput | PolicyInput, ran: Collection[Rule]
) -> list[Diagnostic]:
    law = context.law
    for each in diagnostics:
        each.articles = _cite(each, law)
        if law.unconfirmed and each.articles:
            each.help += (f"The articles of the {law.name} are cited from memory, {law.checked_on}: look them up.",)
    diagnostics += apply_exceptions(diagnostics, context, {rule.code for rule in ran})
    diagnostics.sort(key=Diagnostic.sort_key)
    _set_fingerprints(diagnostics)
    return sorted(diagnostics, key=Diagnostic.sort_key)


def _cite(diagnostic: Diagnostic, law: Law) -> tuple[str, ...]:
    """The articles of a finding in the law of the policy's home: its own numbers, those that it shares with the law
    that it is like, or none."""
    if diagnostic.code in law.articles:
        return tuple(f"{law.cite}{article}" for article in law.articles[diagnostic.code])
    if law.cite == RULES_CITE:
        return diagnostic.articles
    own = tuple(article for article in diagnostic.articles if article.startswith(law.cite))
    if own or not law.like:
        return own
    return tuple(article.replace(RULES_CITE, law.cite, 1) for article in diagnostic.articles)


def _set_fingerprints(diagnostics: Sequence[Diagnostic]) -> None:
    """In the order of places, so that the second of two equal findings stays the second."""
    seen: dict[tuple[str, tuple[str, ...], str, str, str], int] = {}
    for diagnostic in diagnostics:
        fields = tuple(sorted({flow.field for flow in diagnostic.flows})) or tuple(filter(None, [diagnostic.field]))
        target = diagnostic.recipient or diagnostic.sink
        key = (diagnostic.code, fields, target, diagnostic.function, diagnostic.expression)
        ordinal = seen[key] = seen.get(key, -1) + 1
        diagnostic.fingerprint = fingerprint(*key, ordinal)
