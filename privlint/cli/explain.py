"""`privlint explain`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from privlint.cli.lazy import ENVIRONMENT
from privlint.cli.output import COLORS, CannotDo, wants_color, write_stdout

if TYPE_CHECKING:
    from privlint.report import RuleDoc


@click.command(context_settings=ENVIRONMENT)
@click.argument("rule")
@click.option("--color", type=click.Choice(COLORS), default="auto", help="Colours on stdout.")
def explain(rule: str, color: str) -> int:
    """Explain a RULE, by code or name: what it says, what is flagged, what is accepted, how to mend it."""
    from privlint.cli.rule_docs import load_docs

    docs = {name: doc for doc in load_docs() for name in (doc.rule.code, doc.rule.name)}
    doc = docs.get(rule) or docs.get(rule.upper()) or docs.get(rule.lower())
    if doc is None:
        from privlint.policy.names import suggest

        raise CannotDo(f"no rule `{rule}`; {suggest(rule, docs) or '`privlint rules` lists them'}")
    _print_page(doc, color)
    return 0


def _print_page(doc: RuleDoc, color: str) -> None:
    rule = doc.rule
    law = f" · {', '.join(rule.articles)}" if rule.articles else ""
    facts = f"{rule.severity.value} · since {rule.since}{law}"
    page = doc.markdown or f"# {rule.code} {rule.name}\n"
    if not wants_color(color):
        title, _, rest = page.partition("\n")
        write_stdout(f"{title}\n\n{facts}\n{rest.rstrip()}\n", utf8=False)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    sys.stdout.flush()
    console = Console(force_terminal=True)
    console.print(facts, style="dim")
    console.print(Markdown(page))
