"""PRV102: the policy does not say how long data is kept, or says it in two ways, or keeps it longer than its basis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from privlint.checks._policy import Finding, report_all
from privlint.checks._questions import ask
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.formats import parse_period
from privlint.policy.wording import in_words, join, label_of, plural, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.checks._policy import PolicyInput
    from privlint.policy.tables import Basis, Retention
    from privlint.policy.types import Path

RULE = Rule(
    "PRV102",
    "retention-unclear",
    Severity.WARNING,
    "0.1.0",
    ("GDPR Art. 5(1)(e)", "GDPR Art. 13(2)(a)", "GDPR Art. 14(2)(a)", "GDPR Art. 30(1)(f)"),
)
State = Literal["period", "open", "forever", "none"]


def check_policy(context: PolicyInput) -> Iterator[Diagnostic]:
    yield from report_all(RULE, (_unstated, _for_some, _open, _periods, _outlasting, _not_removed), context)
    yield from ask(RULE, context)


# ---------------------------------------------------------------- purposes


def _states(context: PolicyInput) -> dict[str, list[tuple[Basis | None, State]]]:
    """What each line of basis of each purpose says of its period."""
    found: dict[str, list[tuple[Basis | None, State]]] = {}
    for name, purpose in context.policy.purposes.items():
        lines: list[tuple[Basis | None, State]] = [(basis, _state_of(context, name, basis)) for basis in purpose.basis]
        if not lines:
            own = context.policy.retention.get(purpose.retention)
            lines = [(None, _state(own))]
        found[name] = lines
    return found


def _state_of(context: PolicyInput, purpose: str, basis: Basis) -> State:
    found = context.policy.retention_of(purpose, basis)
    return _state(found[1] if found else None)


def _state(retention: Retention | None) -> State:
    if retention is None:
        return "none"
    if parse_period(retention.keep) or (retention.until and retention.keep != "forever"):
        return "period"  # or an event that ends it
    if retention.keep == "forever":
        return "forever"
    return "open"


def _unstated(context: PolicyInput) -> Iterator[Finding]:
    """Purposes with a line of basis for which nothing is said at all."""
    found = [name for name, lines in _states(context).items() if any(state == "none" for _, state in lines)]
    if found:
        yield Finding(
            name="no-retention",
            keys=("purposes", found[0]),
            message=f"the policy does not say how long data is kept for {context.purposes_named(found)}",
            help=("Name a [retention] table with `retention` in the purpose or its basis.",),
            places=_places(context, found[1:]),
        )


def _for_some(context: PolicyInput) -> Iterator[Finding]:
    """Purposes whose period reaches some of their people only."""
    found: dict[str, list[Basis]] = {}
    for name, lines in _states(context).items():
        without = [basis for basis, state in lines if basis is not None and state == "open"]
        if without and any(state == "period" for _, state in lines):
            found[name] = without
    if not found:
        return
    people = join(
        context.subject_label(who)
        for name, lines in found.items()
        for basis in lines
        for who in basis.subjects or context.subjects_of(context.policy.purposes[name])
    )
    first = next(iter(found))
    yield Finding(
        name="period-for-some",
        keys=("purposes", first, "basis", context.policy.purposes[first].basis.index(found[first][0])),
        message=f"under {context.purposes_named(found)} a period is stated for some people only; for {people}, whose "
        "data rests on another basis, it is open",
        help=("Say in the text how long their data is kept.",),
        places=_places(context, list(found)[1:]),
        element=found[first][0],
    )


def _open(context: PolicyInput) -> Iterator[Finding]:
    """Purposes that only say "as long as needed", and what no period holds for because of that."""
    states = _states(context)
    found = [name for name, lines in states.items() if all(state == "open" for _, state in lines)]
    if not found:
        return
    timed = [name for name in states if name not in found]
    purposes = context.policy.purposes
    people = {who for name in timed for who in context.subjects_of(purposes[name])}
    data = {group for name in timed for group in context.groups_of(purposes[name])}
    left = [context.subject_label(who) for who in context.policy.subjects if who not in people]
    left += [context.data_label(group) for group in context.policy.groups if group not in data]
    so = f"; so none is stated for {join(left, 'or')}" if left and timed else ""
    yield Finding(
        name="open-period",
        keys=("purposes", found[0]),
        message=f"{len(found)} of {len(states)} purposes {plural(len(found), 'has', 'have')} no period, only "
        "that data is kept as long as needed: "
        f"{context.purposes_named(found)}{so}",
        help=("State a period, or the criteria by which it is fixed: from which event on, and for how long.",),
        places=_places(context, found[1:]),
        element=_retention_element(context, found[0]),
    )


def _retention_element(context: PolicyInput, purpose: str) -> Retention | None:
    found = context.policy.purposes[purpose]
    names = [found.retention, *(basis.retention for basis in found.basis)]
    return next((context.policy.retention[name] for name in names if name in context.policy.retention), None)


# ---------------------------------------------------------------- periods


def _periods(context: PolicyInput) -> Iterator[Finding]:
    """What is wrong with a period by itself."""
    used = {
        name
        for purpose in context.policy.purposes.values()
        for name in (purpose.retention, *(basis.retention for basis in purpose.basis))
    }
    for name, retention in context.policy.retention.items():
        for kind, key, message, help_ in _gaps(said(label_of(name, retention)), retention, is_used=name in used):
            yield Finding(
                name=f"{kind} {name}",
                keys=("retention", name, key) if key else ("retention", name),
                message=message,
                help=(help_,),
                element=retention,
            )


def _gaps(label: str, retention: Retention, *, is_used: bool) -> Iterator[tuple[str, str, str, str]]:
    """Kind, key, message and help; `label` is how people call the period."""
    period = parse_period(retention.keep)
    if retention.keep == "forever":
        help_ = "State when it ends, or what makes the data stop being personal."
        yield "forever", "", f"{label} keeps personal data without end", help_
    if period and retention.until and not retention.whichever:
        end = join((said(in_words(event)) for event in retention.until), "or")
        start = said(in_words(retention.starts or "the start"))
        message = f"{label} ends {period} after {start} or with {end}, and the text does not say which of the two "
        message += "counts, the earlier or the later"
        help_ = 'Say it in the text, and in the file with `whichever = "earlier"` or `"later"`.'
        yield "two-ends", "until", message, help_
    if period and not retention.starts:
        message = f"{label} keeps data for {period}, and the policy does not say from when on"
        yield "no-start", "", message, 'Name the event: `starts = "end_of_agreement"`.'
    if not is_used:
        message = f"the policy states a period, {label}, that none of its purposes has"
        yield "unused", "", message, "Name it with `retention` in the purpose, or in the basis, that it is stated for."


def _outlasting(context: PolicyInput) -> Iterator[Finding]:
    """Periods that go on when the basis has ended."""
    for name, purpose in context.policy.purposes.items():
        for number, basis in enumerate(purpose.basis):
            found = context.policy.retention_of(name, basis)
            if found is None:
                continue
            keys: Path = ("purposes", name, "basis", number)
            why = _why_outlasting(basis, found[1])
            if why:
                yield Finding(
                    name=f"outlasts {name}",
                    keys=keys,
                    message=f"{context.purpose_label(name)} keeps data longer than its basis holds: {why}",
                    help=("End the period with the basis, or say what the data is kept for then, and on what basis.",),
                    places=[(("retention", found[0]), said(label_of(*found)))],
                    articles=("5(1)(e)", "6(1)", "13(2)(a)"),
                    element=found[1],
                )


def _why_outlasting(basis: Basis, retention: Retention) -> str:
    period = parse_period(retention.keep)
    if basis.only_if and period and period.amount and retention.starts.startswith(("end", "last")):
        condition = said(in_words(basis.only_if))
        event = said(in_words(retention.starts))
        return f"it is there for {condition} only, and the data stays for {period} after {event}"
    ends = [event for event in retention.until if "withdraw" in event or "consent" in event]
    if basis.kind == "consent" and (period or retention.keep == "forever") and not ends:
        return (
            f"it rests on consent, the data stays for {retention.keep}, and withdrawing the consent does not end that"
        )
    return ""


def _not_removed(context: PolicyInput) -> Iterator[Finding]:
    """De-identification as good as deletion."""
    found = [name for name, each in context.policy.retention.items() if "de-identify" in each.then]
    if found:
        retention = context.policy.retention
        first = retention[found[0]]
        beside = " beside deletion, as if it were the same" if "delete" in first.then else " instead of deletion"
        yield Finding(
            name="de-identify",
            keys=("retention", found[0], "then"),
            message=f"at the end of a period data may be de-identified{beside}; the policy does not say whether "
            "anybody can still find the person by it",
            help=("Say what de-identification means here: whether anybody can still trace the data back to a person.",),
            severity=Severity.INFO,
            places=[(("retention", name, "then"), said(label_of(name, retention[name]))) for name in found[1:]],
            articles=("4(5)", "5(1)(e)", "17"),
            element=first,
        )


def _places(context: PolicyInput, names: list[str]) -> list[tuple[Path, str]]:
    return [(("purposes", name), context.purpose_label(name)) for name in names]
