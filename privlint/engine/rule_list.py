"""Every rule there is, without anything of the analysis."""

from __future__ import annotations

from privlint import checks, suppress
from privlint.diagnostics import Rule, Severity

INVALID_POLICY = Rule("PRV001", "invalid-policy", Severity.ERROR, "0.1.0")
RULES: tuple[Rule, ...] = tuple(sorted({INVALID_POLICY, *checks.RULES, *suppress.RULES}, key=lambda rule: rule.code))
