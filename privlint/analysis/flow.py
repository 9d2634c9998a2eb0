"""What the analysis found: the facts that checks judge. No policy here, and nothing that only a report needs."""

from __future__ import annotations

import msgspec

from privlint.diagnostics import Confidence, Step
from privlint.ir import Problem


class Declaration(msgspec.Struct, frozen=True):
    """A declared field, parameter, variable or return value. `name` is qualified: "app.models.User.email";
    `by` says how: "annotation", "comment", "data" (the policy's `[data]`), "model" (a source of a library).
    `stored`: a column of a database row. `owner` is the qualified class, "" for a function's or a module's."""

    name: str
    categories: tuple[str, ...]
    subjects: tuple[str, ...]
    role: str
    by: str
    path: str
    line: int
    column: int
    owner: str = ""
    stored: bool = False


class Sink(msgspec.Struct, frozen=True):
    """One place where data is judged. `kind` as in models.SINK_KINDS; `callable` the qualified name that was called.

    `recipient`: what the model names (the catalogue's id, or the policy's name for calls it declares), "" if only a
    host decides. `host` is the constant host of the destination, "" if there is none or it is not known;
    `url` the constant part of the destination. `destination`: "known", "own" (loopback, private, own service) or
    "unknown" (a value that could not be resolved). `location` is a country that the code itself decides (region,
    host, DSN), with `location_from` saying how: "region eu-west-1", "host eu.api.example"; else "".
    `transport`: "" or why it is unprotected ("http", "ftp", "smtp", "verify=False"). `encrypted`: an argument of the
    call has the service encrypt what it stores.
    `unit` is the qualified name of the enclosing function (or module), `expression` the call, white space normalised.
    """

    kind: str
    callable: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    unit: str
    module: str
    expression: str
    library: str = ""
    recipient: str = ""
    host: str = ""
    url: str = ""
    destination: str = "known"
    location: str = ""
    location_from: str = ""
    transport: str = ""
    encrypted: bool = False


class PurposeUse(msgspec.Struct, frozen=True):
    """A purpose that a flow serves: `name` "" where a call chain ends without one. `declared_by`: decorator, block,
    comment, code (the `[code]` map), sink (`[sinks.*]`), "". `chain` are qualified functions from the one that
    declares it (or the entry point) to the one that holds the sink."""

    name: str
    declared_by: str
    chain: tuple[str, ...] = ()


class Flow(msgspec.Struct, frozen=True):
    """A declared field reaches a sink. `pseudonymous`: only in a hashed, tokenised or encrypted form. `whole`: it
    leaves as part of a whole object (a carrier), not by being named, and that object is no schema of what goes out.
    `purposes` never is empty."""

    source: Declaration
    sink: Sink
    confidence: Confidence
    trace: tuple[Step, ...]
    purposes: tuple[PurposeUse, ...]
    pseudonymous: bool = False
    whole: bool = False


class Read(msgspec.Struct, frozen=True):
    """Personal data is read in code (for uses that reach no sink). `purposes` as in Flow."""

    source: Declaration
    path: str
    line: int
    column: int
    unit: str
    module: str
    purposes: tuple[PurposeUse, ...]


class ServiceStart(msgspec.Struct, frozen=True):
    """An SDK of a known service is initialised. `location` and `location_from` as in Sink."""

    recipient: str
    callable: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    unit: str
    expression: str
    location: str = ""
    location_from: str = ""


class FileProblem(msgspec.Struct, frozen=True):
    path: str
    problem: Problem


class Counts(msgspec.Struct):
    """What the solver did, for the summary and the benchmark. `facts` are per unit, sorted."""

    units: int = 0
    lowered: int = 0
    reached: int = 0
    steps: int = 0
    unresolved: int = 0
    cut: int = 0
    facts: list[int] = []


class Findings(msgspec.Struct):
    """Everything that checks may look at. Lists are sorted by place.

    `names`: every qualified name that the program defines (modules, classes, functions, fields), for patterns of the
    policy. `unresolved`: unresolved calls that personal data goes into, as (path, line, callee text). `conflicts`:
    pairs of declarations of one thing that disagree."""

    flows: list[Flow]
    declarations: list[Declaration]
    reads: list[Read]
    services: list[ServiceStart]
    problems: list[FileProblem]
    names: frozenset[str]
    unresolved: list[tuple[str, int, str]]
    counts: Counts
    conflicts: list[tuple[Declaration, Declaration]] = []
