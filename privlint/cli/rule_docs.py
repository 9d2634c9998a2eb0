"""The rules with their pages, as they lie in `rules/diagnostics`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from privlint.report import RuleDoc

if TYPE_CHECKING:
    from privlint.diagnostics import Rule


@lru_cache(maxsize=1)
def load_docs() -> tuple[RuleDoc, ...]:
    """Every rule, by code; the page is empty for a rule that has none."""
    from privlint.engine.rule_list import RULES

    return tuple(load_doc(rule) for rule in RULES)


def load_doc(rule: Rule) -> RuleDoc:
    from privlint.knowledge.load import rules_folder

    page = rules_folder() / "diagnostics" / f"{rule.name}.md"
    return RuleDoc(rule, page.read_text("utf-8") if page.is_file() else "")
