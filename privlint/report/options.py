"""What a report needs beside the findings: how wide, how colourful, and what the rules say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from privlint.diagnostics import Rule


class RuleDoc(msgspec.Struct, frozen=True):
    """A rule with its Markdown page (`rules/diagnostics/<name>.md`), and the address of that page if published."""

    rule: Rule
    markdown: str = ""
    url: str = ""

    @property
    def summary(self) -> str:
        """The first paragraph below the title, on one line; the rule's name if there is no page."""
        paragraph: list[str] = []
        for line in self.markdown.splitlines():
            text = line.strip()
            if not text and paragraph:
                break
            if text and not text.startswith("#"):
                paragraph.append(text)
        return " ".join(paragraph) or self.rule.name.replace("-", " ")


class Options(msgspec.Struct, frozen=True):
    """`width` is in terminal cells. `unicode` is false where the output's encoding is not UTF-8. `hyperlinks` asks for
    OSC-8 links: of a code to its page, and of a place to the file below `root` (an absolute POSIX path, "" for none).

    `program` is false when only the policy was judged, so that counts of code would mean nothing.
    `max_steps` is the length from which a printed path loses its middle."""

    width: int = 100
    color: bool = False
    unicode: bool = True
    hyperlinks: bool = False
    version: str = ""
    rules: tuple[RuleDoc, ...] = ()
    show_confidence: bool = True
    root: str = ""
    program: bool = True
    max_steps: int = 20
