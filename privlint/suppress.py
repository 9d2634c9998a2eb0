"""Silencing findings in the code: `# privlint: ignore[PRV401] until=2027-01-31 -- reason`, and what is wrong with it.

A comment works on the statement it stands in or above. On a `def` line that is the whole function; at the declaration
of a field it needs a recipient (`ignore[PRV401 -> mailchimp]`), so that it cannot mute everything a field does;
`file-ignore[...]`, on a line of its own at the module's level, is for the whole file.
"""

from __future__ import annotations

import bisect
import difflib
import io
import re
import tokenize
from collections import Counter, defaultdict
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from privlint.diagnostics import Confidence, Diagnostic, Rule, Severity, fingerprint

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from privlint import ir

WITHOUT_REASON = Rule("PRV911", "suppression-without-reason", Severity.WARNING, "0.1.0")
UNKNOWN_CODE = Rule("PRV912", "unknown-code", Severity.WARNING, "0.1.0")
UNUSED = Rule("PRV913", "unused-suppression", Severity.WARNING, "0.1.0")
EXPIRED = Rule("PRV914", "expired-suppression", Severity.WARNING, "0.1.0")
RULES = (WITHOUT_REASON, UNKNOWN_CODE, UNUSED, EXPIRED)

NEVER_SILENCED = ("PRV001", "PRV9")  # a broken policy, and what kept privlint from seeing or hearing
SHORTEST_REASON = 10

_DIRECTIVES = ("ignore", "file-ignore")
_OTHER_COMMENT = re.compile(r"\s#\s.*$")
_WORD = re.compile(r"([\w-]+)\s*(.*)$", re.DOTALL)
_TERMS = re.compile(r"\[([^\]]*)\]\s*(?:until\s*=\s*(\S+))?\s*(.*)$", re.DOTALL)
_PREFIX = re.compile(r"PRV\d{1,3}$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}$")
_STOCK = re.compile(
    "accepted|as|bug|by|design|designed|false|fix|fixme|fine|hack|ignored?|intended|intentional(ly)?|is|issue|it|known|"
    "later|legacy|n|na|needed|no|none|not|ok|okay|on|placeholder|positive|problem|purpose|reason|required|skip|"
    "suppress(ed)?|te?mp|temporar(y|ily)|test(ing)?|this|to|todo|wip|will|wontfix|works|xxx"
)


class Entry(msgspec.Struct, frozen=True):
    """One item between the brackets: a code, prefix or name, and the recipient or kind of sink it is for ("": any)."""

    rule: str
    target: str = ""

    def __str__(self) -> str:
        return f"{self.rule} -> {self.target}" if self.target else self.rule


class Suppression(msgspec.Struct, frozen=True):
    """A comment that silences. `until` is the last day it works; `text` what follows `privlint:`."""

    path: str
    line: int
    column: int
    own_line: bool
    whole_file: bool
    entries: tuple[Entry, ...]
    reason: str
    text: str
    until: date | None = None


class FileSpans(msgspec.Struct, frozen=True):
    """What of a file's layout decides how far a comment reaches; lines from 1, ends inclusive.

    `statements` are its logical lines in order (a compound statement's is its header); `comments` the lines that hold
    nothing but a comment; `functions` are (first decorator or `def`, `def`, last line). Without statements a finding's
    own lines take their place."""

    statements: tuple[tuple[int, int], ...] = ()
    comments: frozenset[int] = frozenset()
    functions: tuple[tuple[int, int, int], ...] = ()


def read_spans(source: str, functions: Iterable[ir.FunctionDef]) -> FileSpans:
    """The layout of a file. Only needed for a file with suppressions; a file that cannot be tokenised to its end has
    the statements up to there."""
    statements: list[tuple[int, int]] = []
    comments: set[int] = set()
    start = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(source, newline=None).readline):
            if token.type == tokenize.COMMENT:
                if not start and not token.line[: token.start[1]].strip():
                    comments.add(token.start[0])
            elif token.type == tokenize.NEWLINE:
                statements.append((start, token.start[0]))
                start = 0
            elif token.type not in (tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER):
                start = start or token.start[0]
    except (tokenize.TokenError, SyntaxError):
        pass
    spans = tuple((each.line, each.def_line, each.end_line) for each in functions)
    return FileSpans(tuple(statements), frozenset(comments), spans)


# ------------------------------------------------------------------------------------------------------------- reading


def find_suppressions(comments: Sequence[ir.Comment], path: str) -> tuple[list[Suppression], list[Diagnostic]]:
    """The suppressions of a file that can work, and a finding for each that cannot be read or gives no reason."""
    suppressions: list[Suppression] = []
    problems: list[Diagnostic] = []
    for comment in comments:
        found = _read(comment, path)
        if isinstance(found, Suppression):
            suppressions.append(found)
        elif found is not None:
            rule, message = found
            problems.append(_report(rule, message, path, comment))
    return suppressions, _number(problems)


def _read(comment: ir.Comment, path: str) -> Suppression | tuple[Rule, str] | None:
    """None for a comment that is no suppression; a rule and message for one that does not work."""
    text = _OTHER_COMMENT.sub("", comment.text).strip()
    word = _WORD.match(text)
    if word is None or (word[1] not in _DIRECTIVES and not word[2].startswith("[")):
        return None
    if word[1] not in _DIRECTIVES:
        return UNKNOWN_CODE, f"`{word[1]}[...]` is no suppression and has no effect{_guess(word[1], _DIRECTIVES)}"
    terms = _TERMS.match(word[2])
    entries = _read_entries(terms[1]) if terms else ()
    if terms is None or not entries:
        return UNKNOWN_CODE, f"`{word[1]}` names no rule and has no effect; write `{word[1]}[PRV401] -- reason`"
    if problem := _judge_reason(terms[3]):
        return WITHOUT_REASON, problem
    until = _read_date(terms[2]) if terms[2] else None
    if terms[2] and until is None:
        return EXPIRED, f"`{terms[2]}` is no date, so the suppression has no effect; write `until=2027-01-31`"
    reason = terms[3][2:].strip()
    whole_file = word[1] == "file-ignore"
    return Suppression(path, comment.line, comment.column, comment.own_line, whole_file, entries, reason, text, until)


def _read_entries(text: str) -> tuple[Entry, ...]:
    pairs = (item.partition("->") for item in text.split(",") if item.strip())
    return tuple(Entry(rule.strip(), target.strip()) for rule, _, target in pairs)


def _read_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.match(text) else None
    except ValueError:
        return None


def _judge_reason(text: str) -> str:
    """Why the rest of a comment, from ` -- ` on, is no reason; "" if it is one."""
    if not text.startswith("--"):
        found = f", not `{text}`" if text else ""
        return f"the suppression has no effect: ` -- ` and a reason must follow the brackets{found}"
    reason = text[2:].strip()
    words = re.findall(r"[^\W_]+", reason.lower())
    if len(reason) < SHORTEST_REASON or all(_STOCK.fullmatch(word) for word in words):
        return (
            f"the suppression has no effect: `{reason}` does not say why the finding is accepted "
            f"({SHORTEST_REASON} characters at least)"
        )
    return ""


def _guess(word: str, known: Iterable[str]) -> str:
    """`; did you mean ...?`, or nothing."""
    names = {each.lower(): each for each in known}
    near = difflib.get_close_matches(word.lower(), list(names), n=1, cutoff=0.6)
    return f"; did you mean `{names[near[0]]}`?" if near else ""


def _report(rule: Rule, message: str, path: str, comment: ir.Comment | Suppression) -> Diagnostic:
    text = f"# privlint: {comment.text}"
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        confidence=Confidence.CERTAIN,
        message=message,
        path=path,
        line=comment.line,
        column=comment.column,
        end_line=comment.line,
        end_column=comment.column + len(text),
        expression=text,
    )


def _number(problems: list[Diagnostic]) -> list[Diagnostic]:
    """Gives each its fingerprint. No call holds a comment: its path and text tell it from others."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for each in problems:
        key = (each.code, each.path, each.expression)
        each.fingerprint = fingerprint(each.code, (), each.path, "", each.expression, seen[key])
        seen[key] += 1
    return problems


# ------------------------------------------------------------------------------------------------------------ applying


class _Usage(msgspec.Struct):
    """What became of one suppression: the positions of its entries that silenced something, and for those that met a
    finding which they may not silence, why."""

    suppression: Suppression
    codes: tuple[frozenset[str], ...]
    used: set[int] = msgspec.field(default_factory=set)
    refused: dict[int, str] = msgspec.field(default_factory=dict)


def apply_suppressions(
    diagnostics: Iterable[Diagnostic],
    suppressions: Iterable[Suppression],
    spans: Mapping[str, FileSpans],
    today: date,
    rules: Sequence[Rule],
    *,
    policy_only: Collection[str] = (),
    active: Collection[str] | None = None,
) -> list[Diagnostic]:
    """All findings, the silenced ones with their reason, and new ones about suppressions that do not work; sorted.

    `spans` by path, `rules` all that exist. `policy_only` are codes, prefixes or names that only an exception of the
    policy may silence. `active` are the codes of the rules that ran (None: all): an entry for others is not unused."""
    diagnostics = list(diagnostics)
    problems: list[Diagnostic] = []
    usages: dict[str, list[_Usage]] = defaultdict(list)
    for each in suppressions:
        if each.until is not None and each.until < today:
            message = f"the suppression ended on {each.until.isoformat()} and has no effect any more"
            problems.append(_report(EXPIRED, message, each.path, each))
            continue
        codes = tuple(_resolve(entry.rule, rules) for entry in each.entries)
        problems += _report_unknown(each, codes, rules)
        usages[each.path].append(_Usage(each, codes))
    barred = frozenset[str]().union(*(_resolve(name, rules) for name in policy_only))
    reach = {path: _Reach(each, spans.get(path, FileSpans())) for path, each in usages.items()}
    silenced = [_silence(each, reach, barred) for each in diagnostics]
    for path in sorted(usages):
        for usage in usages[path]:
            problems += _report_unused(usage, active)
    return sorted([*silenced, *_number(problems)], key=lambda each: each.sort_key())


def _resolve(name: str, rules: Sequence[Rule]) -> frozenset[str]:
    """The codes that a code, prefix or name stands for; none for an unknown one. `PRV` alone would be all rules."""
    prefix = bool(_PREFIX.match(name))
    return frozenset(rule.code for rule in rules if rule.name == name or (prefix and rule.code.startswith(name)))


class _Reach:
    """How far the suppressions of one file reach."""

    def __init__(self, usages: list[_Usage], spans: FileSpans) -> None:
        self._spans = spans
        self._starts = [start for start, _ in spans.statements]
        self.whole_file = [each for each in usages if each.suppression.whole_file and _heads_file(each.suppression)]
        self.by_target: list[tuple[tuple[int, int], _Usage]] = [
            (self._find_target(each.suppression), each) for each in usages if not each.suppression.whole_file
        ]

    def find(self, line: int, end_line: int) -> Iterable[_Usage]:
        """Suppressions of a statement that holds these lines, or of a function around it."""
        start, end = self._find_statement(line) or (line, max(line, end_line))
        headers = [
            self._find_header(first, def_line)
            for first, def_line, last in self._spans.functions
            if first <= line <= last
        ]
        for target, usage in self.by_target:
            if any(_overlap(target, each) for each in [(start, end), *headers]):
                yield usage
        yield from self.whole_file

    def _find_statement(self, line: int) -> tuple[int, int] | None:
        at = bisect.bisect_right(self._starts, line) - 1
        if at >= 0 and line <= self._spans.statements[at][1]:
            return self._spans.statements[at]
        return None

    def _find_header(self, first: int, def_line: int) -> tuple[int, int]:
        """Decorators and the `def` up to its colon."""
        statement = self._find_statement(def_line)
        return first, statement[1] if statement else def_line

    def _find_target(self, suppression: Suppression) -> tuple[int, int]:
        """The statement that the comment is about: the one it stands in, or directly above."""
        line = suppression.line
        inside = self._find_statement(line)
        if inside or not suppression.own_line:
            return inside or (line, line)
        line += 1
        while line in self._spans.comments:
            line += 1
        return self._find_statement(line) or (line, line)


def _heads_file(suppression: Suppression) -> bool:
    return suppression.own_line and suppression.column == 1


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _silence(diagnostic: Diagnostic, reach: Mapping[str, _Reach], barred: frozenset[str]) -> Diagnostic:
    if diagnostic.code.startswith(NEVER_SILENCED):
        return diagnostic
    reason = ""
    if diagnostic.path in reach:
        for usage in reach[diagnostic.path].find(diagnostic.line, diagnostic.end_line):
            reason = reason or _use(usage, diagnostic, barred, at_field=False)
    reason = reason or _silence_at_fields(diagnostic, reach, barred)
    if not reason or diagnostic.suppressed:
        return diagnostic
    return msgspec.structs.replace(diagnostic, suppressed=reason, suppressed_in="code")


def _silence_at_fields(diagnostic: Diagnostic, reach: Mapping[str, _Reach], barred: frozenset[str]) -> str:
    """The reason, if every field of the finding is declared on a line that accepts this recipient."""
    reasons: list[str] = []
    for flow in diagnostic.flows:
        declared = next((step for step in flow.trace if step.kind == "declaration"), None)
        reason = ""
        if declared and declared.path in reach:
            for usage in reach[declared.path].find(declared.line, declared.line):
                if not usage.suppression.whole_file:
                    reason = reason or _use(usage, diagnostic, barred, at_field=True)
        reasons.append(reason)
    return "; ".join(dict.fromkeys(reasons)) if reasons and all(reasons) else ""


def _use(usage: _Usage, diagnostic: Diagnostic, barred: frozenset[str], *, at_field: bool) -> str:
    """The reason, if an entry silences the finding; it is noted which one did, or why it may not."""
    for position, entry in enumerate(usage.suppression.entries):
        if diagnostic.code not in usage.codes[position]:
            continue
        if entry.target and entry.target not in (diagnostic.recipient, diagnostic.sink):
            continue
        if at_field and not entry.target:
            usage.refused[position] = (
                f"at a field it needs a recipient: `ignore[{entry.rule} -> {diagnostic.recipient or diagnostic.sink}]`"
            )
        elif diagnostic.code in barred:
            usage.refused[position] = f"only an [[exceptions]] entry of the policy may silence {diagnostic.code} here"
        else:
            usage.used.add(position)
            return usage.suppression.reason
    return ""


# ----------------------------------------------------------------------------------------------------------- reporting


def _report_unknown(
    suppression: Suppression, codes: Sequence[frozenset[str]], rules: Sequence[Rule]
) -> Iterable[Diagnostic]:
    known = [name for rule in rules for name in (rule.code, rule.name)]
    for entry, found in zip(suppression.entries, codes, strict=True):
        if not found:
            message = f"`{entry.rule}` is no rule and silences nothing{_guess(entry.rule, known)}"
            yield _report(UNKNOWN_CODE, message, suppression.path, suppression)


def _report_unused(usage: _Usage, active: Collection[str] | None) -> Iterable[Diagnostic]:
    suppression = usage.suppression
    idle = [
        position
        for position, codes in enumerate(usage.codes)
        if codes and position not in usage.used and (active is None or any(code in active for code in codes))
    ]
    if not idle:
        return
    names = ", ".join(f"`{suppression.entries[position]}`" for position in idle)
    verb = "silences" if len(idle) == 1 else "silence"
    yield _report(UNUSED, f"{names} {verb} nothing{_why(usage, idle)}", suppression.path, suppression)


def _why(usage: _Usage, idle: Sequence[int]) -> str:
    """What stands in the way of the entries, if it is more than that there is no finding."""
    suppression = usage.suppression
    if suppression.whole_file and not _heads_file(suppression):
        return ": `file-ignore` must stand on a line of its own, not indented"
    if all(code.startswith(NEVER_SILENCED) for position in idle for code in usage.codes[position]):
        return ": such findings cannot be silenced"
    reasons = dict.fromkeys(usage.refused[position] for position in idle if position in usage.refused)
    return f": {'; '.join(reasons)}" if reasons else ""
