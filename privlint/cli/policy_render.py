"""What `privlint policy render` does: the notice as a page, or whether a published page is the one it would write."""

from __future__ import annotations

from difflib import unified_diff
from itertools import islice
from typing import TYPE_CHECKING

import click

from privlint.cli.output import CannotDo, write_file, write_stdout
from privlint.cli.policy_check import load_valid
from privlint.knowledge.load import load_jurisdictions
from privlint.project import show
from privlint.report.notice import write_notice
from privlint.report.page import write_html, write_markdown

if TYPE_CHECKING:
    from pathlib import Path

MOST_LINES = 40


def render_notice(path: Path, form: str, output: Path | None, published: Path | None) -> int:
    """0, or 1 if the published page differs from what the policy says."""
    file, policy = load_valid(path)
    jurisdictions = load_jurisdictions()
    blocks = write_notice(policy, jurisdictions)
    law = jurisdictions.laws.get(policy.policy.home)
    if law is not None and law.unconfirmed:
        told = f"the articles of the {law.name} are cited from memory, {law.checked_on}: look them up"
        click.echo(f"warning: {told}", err=True)
    if published is not None:
        html = form == "html" or (not form and published.suffix.lower() in {".html", ".htm"})
        return _compare(published, write_html(blocks) if html else write_markdown(blocks), file)
    text = write_html(blocks) if form == "html" else write_markdown(blocks)
    if output is not None:
        write_file(output, text)
    else:
        write_stdout(text, utf8=True)
    return 0


def _compare(published: Path, text: str, file: Path) -> int:
    try:
        there = published.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotDo(f"{published}: cannot be read: {error}") from error
    if there == text:
        return 0
    lines = unified_diff(
        there.splitlines(), text.splitlines(), str(published), f"as {show(file)} says", lineterm="", n=1
    )
    write_stdout("".join(f"{line}\n" for line in islice(lines, MOST_LINES)), utf8=False)
    write_stdout(f"{published} is not what {show(file)} says: privlint policy render -o {published}\n", utf8=False)
    return 1
