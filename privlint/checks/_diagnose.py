"""From flows to diagnostics: flows are gathered where they are judged together, and become one finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from privlint.diagnostics import Confidence, Diagnostic, FlowTrace, PolicyPlace, Rule, Severity, Step
from privlint.models import SINK_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from privlint.analysis.flow import Declaration, Flow, Read, Sink
    from privlint.checks._inputs import CheckInput, Target
    from privlint.policy.tables import Element

Reason = TypeVar("Reason")


class Claim(msgspec.Struct, frozen=True):
    """One category of one flow, judged by itself; `target` is the recipient at its sink."""

    flow: Flow
    category: str
    target: Target


class Judged(msgspec.Struct, Generic[Reason]):
    """What a rule holds against one sink: claims by reason, in the order of the flows."""

    sink: Sink
    target: Target
    claims: dict[Reason, list[Claim]]

    @property
    def all_claims(self) -> list[Claim]:
        """Every claim once, the fields in the order of their names."""
        every = {(claim.flow.source.name, claim.category): claim for group in self.claims.values() for claim in group}
        return [every[key] for key in sorted(every)]

    @property
    def categories(self) -> tuple[str, ...]:
        return categories_of(self.all_claims)


def categories_of(claims: Iterable[Claim]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(claim.category for claim in claims))


def judge_sinks(
    flows: Iterable[Flow],
    context: CheckInput,
    reasons: Callable[[Claim], Iterable[Reason]],
    *,
    by_recipient: bool = False,
) -> Iterator[Judged[Reason]]:
    """Gathers what `reasons` says of each category of each flow, one `Judged` per place of a sink, or per place and
    recipient. A call whose data and URL are two sinks is one place."""
    places: dict[tuple[object, ...], Judged[Reason]] = {}
    for flow in flows:
        sink, target = flow.sink, context.target(flow.sink)
        place = (sink.path, sink.line, sink.column, sink.end_line, sink.end_column)
        key = (*place, target.name if by_recipient else "")
        for category in flow.source.categories:
            claim = Claim(flow, category, target)
            for reason in reasons(claim):
                judged = places.setdefault(key, Judged(sink, target, {}))
                if _rank(sink) < _rank(judged.sink):
                    judged.sink, judged.target = sink, target
                _add_claim(judged.claims.setdefault(reason, []), claim)
    yield from places.values()


def _rank(sink: Sink) -> tuple[bool, int, str, str]:
    """Which of several sinks at one place speaks for it: what the call is for before the URL that it goes to."""
    return sink.kind == "url", SINK_KINDS.index(sink.kind), sink.recipient, sink.host


def _add_claim(claims: list[Claim], claim: Claim) -> None:
    """Of equal claims the certain one stays."""
    for number, other in enumerate(claims):
        if (other.flow.source.name, other.category) == (claim.flow.source.name, claim.category):
            if other.flow.confidence is Confidence.LIKELY and claim.flow.confidence is Confidence.CERTAIN:
                claims[number] = claim
            return
    claims.append(claim)


def diagnose(
    rule: Rule,
    judged: Judged[Reason],
    context: CheckInput,
    message: str,
    *,
    help: Iterable[str],  # noqa: A002
    severity: Severity | None = None,
    likely: bool = False,
    purposes: Iterable[str] = (),
    country: str = "",
    location: str = "",
    policy: PolicyPlace | None = None,
    element: Element | None = None,
) -> Diagnostic:
    """The finding at the sink. `likely`: it rests on a fact that nobody confirmed; `purposes`: those that decide,
    else those that the flows serve; `element`: the part of the policy that decides, for its clause and quote."""
    claims = judged.all_claims
    first = claims[0]
    certain = not likely and any(claim.flow.confidence is Confidence.CERTAIN for claim in claims)
    sink = judged.sink
    named = tuple(dict.fromkeys(purposes)) or _purposes_of(claims, context)
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        severity=severity or rule.severity,
        confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
        message=message,
        path=sink.path,
        line=sink.line,
        column=sink.column,
        end_line=sink.end_line,
        end_column=sink.end_column,
        category=first.category,
        categories=judged.categories,
        field=first.flow.source.name,
        subject=subject_of(first.flow.source),
        purpose=", ".join(named),
        basis=_basis_of(named, first.flow.source, context),
        sink=sink.kind,
        recipient=judged.target.name,
        country=country,
        location=location or sink.location,
        clause=element.clause if element else "",
        quote=" … ".join(element.quote) if element else "",
        articles=rule.articles,
        flows=tuple(
            FlowTrace(
                claim.flow.source.name,
                claim.category,
                subject_of(claim.flow.source),
                claim.flow.confidence,
                claim.flow.trace,
            )
            for claim in claims
        ),
        policy=policy,
        help=tuple(help),
        function=sink.unit,
        expression=sink.expression,
    )


def _purposes_of(claims: Iterable[Claim], context: CheckInput) -> tuple[str, ...]:
    names = (use.name for claim in claims for use in context.purposes(claim.flow) if use.name)
    return tuple(dict.fromkeys(names))


def _basis_of(purposes: Iterable[str], source: Declaration, context: CheckInput) -> str:
    """The kinds of legal basis that purposes have for the people whom a field is about."""
    subjects = source.subjects or ("",)
    bases = (basis for name in purposes for subject in subjects for basis in context.policy.bases(name, subject))
    return ", ".join(dict.fromkeys(basis.kind for basis in bases))


def diagnose_declaration(
    rule: Rule,
    declaration: Declaration,
    category: str,
    message: str,
    *,
    help: Iterable[str],  # noqa: A002
    severity: Severity | None = None,
    policy: PolicyPlace | None = None,
    element: Element | None = None,
) -> Diagnostic:
    """The finding at a declared field."""
    step = declared_step(declaration, category)
    subject = subject_of(declaration)
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        severity=severity or rule.severity,
        confidence=Confidence.CERTAIN,
        message=message,
        path=declaration.path,
        line=declaration.line,
        column=declaration.column,
        end_line=declaration.line,
        end_column=declaration.column + len(declaration.name.rpartition(".")[2]),
        category=category,
        categories=(category,),
        field=declaration.name,
        subject=subject,
        clause=element.clause if element else "",
        quote=" … ".join(element.quote) if element else "",
        articles=rule.articles,
        flows=(FlowTrace(declaration.name, category, subject, Confidence.CERTAIN, (step,)),),
        policy=policy,
        help=tuple(help),
        function=declaration.owner or declaration.name,
        expression=declaration.name,
    )


def diagnose_reads(rule: Rule, reads: list[Read], message: str, *, help: Iterable[str]) -> Diagnostic:  # noqa: A002
    """The finding at the first of several reads."""
    first = reads[0]
    name = first.source.name.rpartition(".")[2]
    traces: dict[tuple[str, str], FlowTrace] = {}
    for read in reads:
        for category in read.source.categories:
            key = (read.source.name, category)
            steps = (
                declared_step(read.source, category),
                Step(read.path, read.line, read.column, "read", f"`{read.source.name}` is read", read.unit),
            )
            traces.setdefault(key, FlowTrace(*key, subject_of(read.source), Confidence.CERTAIN, steps))
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        confidence=Confidence.CERTAIN,
        message=message,
        path=first.path,
        line=first.line,
        column=first.column,
        end_line=first.line,
        end_column=first.column + len(name),
        category=first.source.categories[0],
        categories=tuple(dict.fromkeys(category for _, category in traces)),
        field=first.source.name,
        subject=subject_of(first.source),
        articles=rule.articles,
        flows=tuple(traces.values()),
        help=tuple(help),
        function=first.module,
    )


def diagnose_policy(rule: Rule, place: PolicyPlace, message: str, *, help: Iterable[str], key: str) -> Diagnostic:  # noqa: A002
    """The finding at a line of the policy; `key` is the path of the key that it speaks of."""
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        confidence=Confidence.CERTAIN,
        message=message,
        path=place.path,
        line=place.line,
        column=1,
        end_line=place.line,
        end_column=1,
        articles=rule.articles,
        policy=place,
        help=tuple(help),
        function=key,
    )


def declared_step(declaration: Declaration, category: str) -> Step:
    return Step(
        declaration.path,
        declaration.line,
        declaration.column,
        "declaration",
        f"`{declaration.name}` is declared as `{category}`",
        declaration.owner,
    )


def subject_of(declaration: Declaration) -> str:
    return ", ".join(declaration.subjects)


def controlled(declaration: Declaration) -> bool:
    """Whether the policy's purposes speak of this data: not of what is only processed for a customer."""
    return declaration.role != "processor"
