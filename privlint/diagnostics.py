"""What a user sees: a rule, a diagnostic with its trace, its fingerprint. Pure values; no rule and no format here."""

from __future__ import annotations

import hashlib
from enum import Enum

import msgspec


class Severity(str, Enum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """2 for an error, 1 for a warning, 0 for an info."""
        return {"error": 2, "warning": 1, "info": 0}[self.value]


class Confidence(str, Enum):
    CERTAIN = "certain"
    LIKELY = "likely"


class Rule(msgspec.Struct, frozen=True):
    """`name` reads as "allow X"; `since` is the version that brought it; `articles` of the GDPR that it rests on."""

    code: str
    name: str
    severity: Severity
    since: str
    articles: tuple[str, ...] = ()


class Step(msgspec.Struct, frozen=True):
    """One line of a trace. `kind`: declaration, read, call, argument, return, store, load, use, sink.

    `path` is POSIX, relative to the project root until the engine makes it relative to the current folder.
    `message` says what happens to the data there; `function` is the qualified name of the enclosing function.
    `text` is the source line without its indentation, for people to read; filled by the engine.
    """

    path: str
    line: int
    column: int
    kind: str
    message: str
    function: str = ""
    end_line: int = 0
    end_column: int = 0
    text: str = ""


class FlowTrace(msgspec.Struct, frozen=True):
    """One field's way to the sink. `trace` begins with the declaration and the read, and ends at the sink."""

    field: str
    category: str
    subject: str
    confidence: Confidence
    trace: tuple[Step, ...]


class PolicyPlace(msgspec.Struct, frozen=True):
    path: str
    line: int


class RelatedPlace(msgspec.Struct, frozen=True):
    """Another line that a finding speaks of; `text` says what stands there."""

    path: str
    line: int
    text: str = ""


class Diagnostic(msgspec.Struct):
    """All that any report prints. Lines and columns count from 1, columns in code points, end exclusive.

    `expression` is the sink's call with white space normalised: with `function` it takes the place of a line in the
    fingerprint. `help` are sentences on how to mend it, in order. `frame` is the source around the finding, filled by
    the engine: (first line number, lines). `policy_frame` likewise for `policy`.
    """

    code: str
    name: str
    severity: Severity
    confidence: Confidence
    message: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    category: str = ""
    categories: tuple[str, ...] = ()
    field: str = ""
    subject: str = ""
    purpose: str = ""
    basis: str = ""
    sink: str = ""
    recipient: str = ""
    country: str = ""
    location: str = ""
    clause: str = ""
    quote: str = ""
    articles: tuple[str, ...] = ()
    flows: tuple[FlowTrace, ...] = ()
    policy: PolicyPlace | None = None
    help: tuple[str, ...] = ()
    function: str = ""
    expression: str = ""
    fingerprint: str = ""
    suppressed: str = ""  # the reason, if it is silenced in the code or by an exception of the policy
    baselined: bool = False
    frame: tuple[int, tuple[str, ...]] | None = None
    policy_frame: tuple[int, tuple[str, ...]] | None = None
    suppressed_in: str = ""  # where `suppressed` is written: "code" or "policy"
    places: tuple[RelatedPlace, ...] = ()  # further lines, of a finding about several parts of the policy

    @property
    def trace(self) -> tuple[Step, ...]:
        """That of the first flow; empty for a finding without one."""
        return self.flows[0].trace if self.flows else ()

    def sort_key(self) -> tuple[str, int, int, str, str]:
        return (self.path, self.line, self.column, self.code, self.fingerprint)


class Summary(msgspec.Struct):
    """What the run saw: counts only. `unresolved`: calls that personal data goes into and that could not be resolved;
    `cut`: facts that a bound of the analysis dropped; `skipped`: files left out on purpose."""

    files: int = 0
    not_analysed: int = 0
    fields: int = 0
    units: int = 0
    units_lowered: int = 0
    flows: int = 0
    recipients: int = 0
    unresolved: int = 0
    cut: int = 0
    suppressed: int = 0
    baselined: int = 0
    skipped: int = 0


def fingerprint(code: str, fields: tuple[str, ...], target: str, function: str, expression: str, ordinal: int) -> str:
    """32 hexadecimal digits, without line, path or way: (rule, fields, recipient or sink, function, sink expression,
    which of several equal ones)."""
    text = "\0".join((code, ",".join(fields), target, function, expression, str(ordinal)))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
