"""`privlint rules`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from privlint.cli.lazy import ENVIRONMENT
from privlint.cli.output import write_stdout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from privlint.report import RuleDoc


@click.command(context_settings=ENVIRONMENT)
@click.option(
    "--output-format", type=click.Choice(("table", "json", "markdown")), default="table", help="How to print the list."
)
def rules(output_format: str) -> int:
    """List the rules: code, name, severity, and what each says."""
    from privlint.cli.rule_docs import load_docs

    write = {"table": _as_table, "json": _as_json, "markdown": _as_markdown}[output_format]
    write_stdout(write(load_docs()), utf8=output_format == "json")
    return 0


def _as_table(docs: Sequence[RuleDoc]) -> str:
    width = max(len(doc.rule.name) for doc in docs)
    return "".join(
        f"{doc.rule.code}  {doc.rule.name:<{width}}  {doc.rule.severity.value:<7}  {doc.summary}\n" for doc in docs
    )


def _as_markdown(docs: Sequence[RuleDoc]) -> str:
    rows = [
        f"| {doc.rule.code} | {doc.rule.name} | {doc.rule.severity.value} | {doc.summary.replace('|', chr(92) + '|')} |"
        for doc in docs
    ]
    return "\n".join(["| code | name | severity | what it says |", "|---|---|---|---|", *rows, ""])


def _as_json(docs: Sequence[RuleDoc]) -> str:
    rows = [
        {
            "code": doc.rule.code,
            "name": doc.rule.name,
            "severity": doc.rule.severity.value,
            "since": doc.rule.since,
            "articles": list(doc.rule.articles),
            "summary": doc.summary,
        }
        for doc in docs
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
