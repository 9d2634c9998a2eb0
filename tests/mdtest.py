"""Cases written as Markdown: prose, Python files, policy tables, and expectations on the lines they speak of.

A heading with blocks of its own and no heading below it is a case, but for "How to fix". What a case needs stands in it
or in the headings above it:

- ```` ```py ```` is a file of the project; a line `` `path`: `` before it names it, else it is `app.py`. A file of a
  deeper heading replaces the file of the same path.
- ```` ```text ```` is a text beside the policy, `PRIVACY.md` if no line names it. Where the title names a rule on the
  policy alone, a block of TOML is enough for a case.
- ```` ```toml ```` is a part of the policy. A table of a deeper heading replaces the table of that name, with all that
  lies below it; other tables add up. A missing `[policy]` is added.
- `Rules: PRV401, PRV301` says which rules are looked at (`Rules: all`: every one); without it, the rule that the
  title names. Problems with the policy or with a file are always looked at.
- `Today: 2027-01-31` is the day of the run.
- `# expect: PRV401 contact.email -> mixpanel` on a line says that a finding stands there; several are separated by
  `;`. The categories (a comma list) must be those of the finding, the target its recipient, or the kind of its sink;
  both may be left out. `MISSING` before the code marks a known false negative, `SPURIOUS` a known false positive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from privlint.diagnostics import Diagnostic

POLICY_PATH = "privlint.toml"
DEFAULT_FILES = {"py": "app.py", "text": "PRIVACY.md"}
ALWAYS = ("PRV001", "PRV9")

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*$")
_FENCE = re.compile(r"^(`{3,})(\w*)\s*$")
_PATH_LINE = re.compile(r"^`([^`]+)`:\s*$")
_POLICY_RULE = re.compile(r"PRV(003|004|10[1-7])\b")
_SETTING = re.compile(r"^(Rules|Today): *(.+?)\s*$")
_EXPECT = re.compile(r"\s*#\s*expect:(.*)$")
_EXPECTED = re.compile(
    r"^(?:(?P<mark>MISSING|SPURIOUS)\s+)?(?P<code>PRV\d{3})"
    r"(?:\s+(?P<categories>[\w.]+(?:\s*,\s*[\w.]+)*))?(?:\s*->\s*(?P<target>\S+))?$"
)
_TABLE = re.compile(r"^\[(\[)?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")

USER_PAGE = """
Rules: PRV401

`models.py`:
```py
from dataclasses import dataclass
from typing import Annotated

from privlint import Personal


@dataclass
class User:
    email: Annotated[str, Personal("contact.email")]
    plan: str
```

## case
"""
"""The head of a page whose cases have a user with a declared address, up to the heading of its one case."""


class MarkdownError(ValueError):
    """The Markdown of a case cannot be read; the message begins with the place."""


@dataclass(frozen=True)
class Expectation:
    """`place` is where it is written: the Markdown file and line."""

    path: str
    line: int
    code: str
    categories: tuple[str, ...] = ()
    target: str = ""
    mark: str = ""
    place: str = ""

    def accepts(self, found: Diagnostic) -> bool:
        if (self.path, self.line, self.code) != (found.path, found.line, found.code):
            return False
        held = found.categories or ((found.category,) if found.category else ())
        if self.categories and set(self.categories) != set(held):
            return False
        return not self.target or self.target in (found.recipient, found.sink)

    def __str__(self) -> str:
        target = f" -> {self.target}" if self.target else ""
        found = f"{self.code} {', '.join(self.categories)}{target}".rstrip()
        return f"{self.place}: {found} ({self.path}:{self.line})"


@dataclass(frozen=True)
class Case:
    """`name` is the path of headings; `rules` are codes, empty for all of them; `today` an ISO date or ""."""

    source: str
    line: int
    name: str
    files: dict[str, str]
    policy: str
    expectations: tuple[Expectation, ...]
    rules: tuple[str, ...]
    today: str = ""

    @property
    def id(self) -> str:
        return f"{Path(self.source).stem}: {self.name}"


@dataclass(frozen=True)
class _Block:
    """`line` is that of the Markdown before its first line."""

    text: str
    line: int


@dataclass
class _Section:
    level: int
    title: str
    line: int
    files: dict[str, _Block] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)


# ------------------------------------------------------------------------------------------------------------- reading


def read_cases(path: Path) -> list[Case]:
    """The cases of a Markdown file, in its order. Raises MarkdownError."""
    return parse_cases(path.read_text(encoding="utf-8"), path.name)


def parse_cases(text: str, source: str) -> list[Case]:
    """The cases of a text; `source` is its name in messages. Raises MarkdownError."""
    cases: list[Case] = []
    stack: list[_Section] = []
    sections = list(_sections(text, source))
    for section, following in zip(sections, [*sections[1:], _Section(0, "", 0)], strict=True):
        while stack and stack[-1].level >= section.level:
            stack.pop()
        stack.append(section)
        if following.level <= section.level and _is_case(stack):
            cases.append(_case(stack, source))
    return cases


def _is_case(stack: Sequence[_Section]) -> bool:
    own = stack[-1]
    if own.files:
        return True
    needs_no_code = _POLICY_RULE.match(next(section.title for section in stack if section.title))
    return bool(own.tables) and own.title != "How to fix" and bool(needs_no_code or any(each.files for each in stack))


def _sections(text: str, source: str) -> Iterator[_Section]:
    lines = text.splitlines()
    section = _Section(0, "", 1)
    path = ""
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if fence := _FENCE.match(line):
            end = _closing(lines, number, fence[1], source)
            _take_block(section, fence[2], path, _Block("\n".join([*lines[number:end], ""]), number), source)
            number, path = end + 1, ""
        elif heading := _HEADING.match(line):
            yield section
            section = _Section(len(heading[1]), heading[2], number)
            path = ""
        elif named := _PATH_LINE.match(line):
            path = named[1]
        elif setting := _SETTING.match(line):
            section.settings[setting[1]] = setting[2]
    yield section


def _closing(lines: Sequence[str], start: int, fence: str, source: str) -> int:
    for number in range(start, len(lines)):
        if lines[number].rstrip() == fence:
            return number
    raise MarkdownError(f"{source}:{start}: the block is not closed")


def _take_block(section: _Section, language: str, path: str, block: _Block, source: str) -> None:
    if language in DEFAULT_FILES:
        name = path or DEFAULT_FILES[language]
        if name in section.files:
            raise MarkdownError(f"{source}:{block.line}: `{name}` stands twice under one heading")
        section.files[name] = block
    elif language == "toml":
        section.tables.append(block.text)


def _case(stack: Sequence[_Section], source: str) -> Case:
    blocks: dict[str, _Block] = {}
    policy = ""
    settings: dict[str, str] = {}
    for section in stack:
        blocks.update(section.files)
        for tables in section.tables:
            policy = merge_tables(policy, tables)
        settings.update(section.settings)
    if not re.search(r"^\[policy\]", policy, re.MULTILINE):
        policy += "[policy]\n"
    own = stack[-1]
    policy, expectations = take_expectations(policy, POLICY_PATH, lambda _: f"{source}:{own.line}")
    files: dict[str, str] = {}
    for path, block in blocks.items():
        files[path], expected = take_expectations(block.text, path, partial(_place, source, block.line))
        expectations += expected
    name = " > ".join(section.title for section in stack if section.title)
    rules = _rules(settings.get("Rules", ""), stack)
    return Case(source, own.line, name, files, policy, tuple(expectations), rules, settings.get("Today", ""))


def _place(source: str, start: int, line: int) -> str:
    return f"{source}:{start + line}"


def _rules(setting: str, stack: Sequence[_Section]) -> tuple[str, ...]:
    if setting == "all":
        return ()
    codes = re.findall(r"PRV\d+", setting)
    if not codes:
        codes = [found[0] for section in stack if (found := re.match(r"PRV\d{3}", section.title))]
    return tuple(codes)


def take_expectations(text: str, path: str, place: Callable[[int], str]) -> tuple[str, list[Expectation]]:
    """The text without its `# expect:` comments, lines kept, and what they expect. `place` says where a line of the
    text is written. Raises MarkdownError."""
    plain: list[str] = []
    expected: list[Expectation] = []
    for number, line in enumerate(text.splitlines(), 1):
        comment = _EXPECT.search(line)
        plain.append(line[: comment.start()] if comment else line)
        parts = [part.strip() for part in re.split(r";|#?\s*expect:", comment[1])] if comment else []
        expected += [_expectation(part, path, number, place(number)) for part in parts if part]
    return "".join(f"{line}\n" for line in plain), expected


def _expectation(text: str, path: str, line: int, place: str) -> Expectation:
    found = _EXPECTED.match(text)
    if found is None:
        raise MarkdownError(f"{place}: cannot read the expectation `{text}`")
    categories = tuple(re.split(r"\s*,\s*", found["categories"])) if found["categories"] else ()
    return Expectation(path, line, found["code"], categories, found["target"] or "", found["mark"] or "", place)


# -------------------------------------------------------------------------------------------------------------- policy


def merge_tables(below: str, above: str) -> str:
    """Two TOML texts as one: a table of `above` replaces the table of that name in `below`, sub-tables included."""
    replaced = {_table_name(chunk) for chunk in _tables(above)} - {""}
    kept = [chunk for chunk in _tables(below) if not _lies_in(_table_name(chunk), replaced)]
    return "".join(kept) + above


def _tables(text: str) -> list[str]:
    chunks = [""]
    for line in text.splitlines(keepends=True):
        if _TABLE.match(line):
            chunks.append("")
        chunks[-1] += line
    return [chunk for chunk in chunks if chunk]


def _table_name(chunk: str) -> str:
    header = _TABLE.match(chunk.splitlines()[0])
    return header[2] if header else ""


def _lies_in(name: str, tables: set[str]) -> bool:
    return any(name == table or name.startswith(f"{table}.") for table in tables)


# ------------------------------------------------------------------------------------------------------------- judging

Analyse = Callable[[Case], Sequence[Diagnostic]]


def check_case(case: Case, analyse: Analyse) -> list[str]:
    """What differs from the expectations of the case, one line each; empty if nothing does."""
    found = [d for d in analyse(case) if not d.suppressed and _looked_at(case, d.code)]
    failures: list[str] = []
    open_ = list(found)
    for expectation in case.expectations:
        match = next((d for d in open_ if expectation.accepts(d)), None)
        if match is not None:
            open_.remove(match)
        failures += _judge(expectation, match)
    failures += [f"not expected: {_describe(d)}" for d in open_]
    return failures


def _looked_at(case: Case, code: str) -> bool:
    return not case.rules or code.startswith((*case.rules, *ALWAYS))


def _judge(expectation: Expectation, match: Diagnostic | None) -> Iterator[str]:
    if expectation.mark == "MISSING" and match is not None:
        yield f"found now, drop the mark MISSING: {expectation}"
    elif expectation.mark == "SPURIOUS" and match is None:
        yield f"gone now, drop the expectation marked SPURIOUS: {expectation}"
    elif expectation.mark != "MISSING" and match is None:
        yield f"not found: {expectation}"


def _describe(found: Diagnostic) -> str:
    held = ", ".join(found.categories) or found.category
    return f"{found.path}:{found.line}: {found.code} {held} -> {found.recipient or found.sink}: {found.message}"
