"""PRV104: a purpose, or some of the people it is for, has no legal basis, or one that does not say enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._policy import Finding, report_all
from privlint.checks._questions import ask
from privlint.checks._words import stem, stems, words_of
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.wording import count, in_words, join, label_of, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from privlint.checks._policy import PolicyInput
    from privlint.policy.tables import Basis, Purpose
    from privlint.policy.types import Path

RULE = Rule(
    "PRV104",
    "basis-gap",
    Severity.WARNING,
    "0.1.0",
    ("GDPR Art. 6(1)", "GDPR Art. 6(3)", "GDPR Art. 13(1)(c)-(d)", "GDPR Art. 14(1)(c)", "GDPR Art. 14(2)(b)"),
)
LONGEST_LIST = 4


def check_policy(context: PolicyInput) -> Iterator[Diagnostic]:
    parts = (_without_basis, _without_basis_for, _only_on_condition, _without_interest, _circular, _without_law)
    if context.law.needs_basis:
        yield from report_all(RULE, (*parts, _special, _conditions, _children, _inferred), context)
    yield from ask(RULE, context)


def _lines(context: PolicyInput) -> Iterator[tuple[Path, str, Purpose, Basis]]:
    """Every line of basis with its key path and purpose."""
    for name, purpose in context.policy.purposes.items():
        for number, basis in enumerate(purpose.basis):
            yield ("purposes", name, "basis", number), name, purpose, basis


def _people(context: PolicyInput, purpose: Purpose, basis: Basis) -> tuple[str, ...]:
    """Whom a line of basis is for."""
    named = tuple(name for name in basis.subjects if name != "*")
    return named or context.subjects_of(purpose)


# ---------------------------------------------------------------- no basis at all


def _without_basis(context: PolicyInput) -> Iterator[Finding]:
    bare = [name for name, purpose in context.policy.purposes.items() if not purpose.basis]
    if bare:
        names = context.purposes_named(bare)
        yield Finding(
            name="no-basis",
            keys=("purposes", bare[0]),
            message=f"{names} {'rests' if len(bare) == 1 else 'rest'} on no legal basis that the policy states",
            help=("Add `basis` to the purpose: the ground that the text gives for it.",),
            places=[(("purposes", name), context.purpose_label(name)) for name in bare[1:]],
        )


def _without_basis_for(context: PolicyInput) -> Iterator[Finding]:
    """People of a purpose whom none of its lines covers."""
    gaps = {}
    for name, purpose in context.policy.purposes.items():
        covered = {who for basis in purpose.basis for who in (basis.subjects or ("*",))}
        missing = [who for who in context.subjects_of(purpose) if who not in covered]
        if purpose.subjects and purpose.basis and missing and "*" not in covered:
            gaps[name] = context.people_named(missing)
    if gaps:
        first = next(iter(gaps))
        yield Finding(
            name="no-basis-for",
            keys=("purposes", first),
            message="no legal basis is stated for some of the people of a purpose: "
            + "; ".join(f"{missing} under {context.purpose_label(name)}" for name, missing in gaps.items()),
            help=("Add the basis that the text gives for them, or take them out of the purpose.",),
            places=[
                (("purposes", name), f"{context.purpose_label(name)}: {gaps[name]}") for name in gaps if name != first
            ],
            element=context.policy.purposes[first],
        )


def _only_on_condition(context: PolicyInput) -> Iterator[Finding]:
    """Purposes with a basis only as long as a condition holds."""
    for name, purpose in context.policy.purposes.items():
        conditions = {basis.only_if for basis in purpose.basis}
        if not conditions or "" in conditions:
            continue
        condition = join((said(in_words(each)) for each in sorted(conditions)), "or")
        people = [who for who in context.all_subjects() if who not in context.subjects_of(purpose)]
        others = f", such as {context.people_named(people[:LONGEST_LIST])}" if people else ""
        yield Finding(
            name="conditional-basis",
            keys=("purposes", name, "basis", 0),
            message=f"{context.purpose_label(name)} has a legal basis only under the condition {condition}; for "
            f"people who do not meet it, or not any more{others}, the text states none and does not say that they are "
            "left out",
            help=("Say in the text that nobody else is meant, or on what basis they are.",),
            element=purpose.basis[0],
        )


# ---------------------------------------------------------------- a basis that says too little


def _without_interest(context: PolicyInput) -> Iterator[Finding]:
    yield from _incomplete(
        context,
        "no-interest",
        lambda basis: basis.kind == "legitimate_interest" and not basis.interest,
        "{names} {rest} on a legitimate interest, and the policy does not say which",
        'State the interest: `interest = "..."`, in the words of the text.',
        ("13(1)(d)", "14(2)(b)"),
    )


def _without_law(context: PolicyInput) -> Iterator[Finding]:
    yield from _incomplete(
        context,
        "no-law",
        lambda basis: basis.kind in ("legal_obligation", "public_task") and not basis.law,
        "{names} {rest} on a duty or task given by law, and the policy names no law",
        'Name the laws: `law = ["..."]`; bookkeeping and tax law are the usual ones. A request of an authority is no '
        "duty by itself, least of all of one in a third country.",
        ("6(1)(c)", "6(3)", "48"),
    )


def _incomplete(
    context: PolicyInput,
    name: str,
    is_gap: Callable[[Basis], bool],
    message: str,
    help_: str,
    articles: tuple[str, ...],
) -> Iterator[Finding]:
    found = [(keys, purpose, basis) for keys, purpose, _, basis in _lines(context) if is_gap(basis)]
    if found:
        names = list(dict.fromkeys(context.purpose_label(purpose) for _, purpose, _ in found))
        yield Finding(
            name=name,
            keys=found[0][0],
            message=message.format(names=join(names), rest="rests" if len(names) == 1 else "rest"),
            help=(help_,),
            places=[(keys, context.purpose_label(purpose)) for keys, purpose, _ in found[1:]],
            articles=articles,
            element=found[0][2],
        )


def _circular(context: PolicyInput) -> Iterator[Finding]:
    """Interests that say no more than the purpose itself, or nothing in particular."""
    found = [
        (keys, name, basis) for keys, name, purpose, basis in _lines(context) if _is_circular(context, purpose, basis)
    ]
    if found:
        by_interest: dict[str, list[str]] = {}
        for _, name, basis in found:
            by_interest.setdefault(basis.interest, []).append(context.purpose_label(name))
        told = "; ".join(f"{said(interest)} ({join(names)})" for interest, names in by_interest.items())
        yield Finding(
            name="circular-interest",
            keys=found[0][0],
            message=f"the interest says no more than the purpose, or nothing in particular: {told}",
            help=("Say what the company needs it for, so that the interest can be weighed against those of people.",),
            places=[
                (keys, f"{context.purpose_label(name)}: {said(basis.interest)}") for keys, name, basis in found[1:]
            ],
            articles=("6(1)(f)", "13(1)(d)", "14(2)(b)"),
            element=found[0][2],
        )


def _is_circular(context: PolicyInput, purpose: Purpose, basis: Basis) -> bool:
    if basis.kind != "legitimate_interest" or not basis.interest:
        return False
    empty = set(context.review.empty_words)
    content = [stem(word) for word in words_of([basis.interest]) if word not in empty]
    return set(content) <= stems([purpose.label, *purpose.aliases, *purpose.quote])


# ---------------------------------------------------------------- data and people that need more


def _special(context: PolicyInput) -> Iterator[Finding]:
    """Data of Art. 9 and 10 and national numbers in a purpose whose lines state no condition for it."""
    policy = context.policy
    wanted = (
        ("special", policy.special, "article9", "Art. 9", "a condition of Art. 9(2)", ("9(1)-(2)",)),
        ("criminal", policy.criminal, "article10", "Art. 10", "a law that allows it", ("10",)),
        ("national", policy.national, "national", "Art. 87", "a law that allows it", ("87",)),
    )
    for kind, flagged, attribute, article, what, articles in wanted:
        for name, purpose in policy.purposes.items():
            data = [each for each in policy.expand(purpose.categories) if flagged(each)]
            lines = [basis for basis in purpose.basis if not getattr(basis, attribute)]
            if kind != "special":  # the law that obliges says so itself
                lines = [basis for basis in lines if not basis.law]
            if not data or not lines:
                continue
            people = join(context.subject_label(who) for basis in lines for who in _people(context, purpose, basis))
            yield Finding(
                name=f"{kind} {name}",
                keys=("purposes", name),
                message=f"{context.purpose_label(name)} uses {context.data_named(data)} "
                f"({article}), and no basis for {people} names {what}",
                help=(f'Add `{attribute} = "..."` to the basis, or take the data out of the purpose.',),
                articles=articles,
                element=purpose,
            )


def _conditions(context: PolicyInput) -> Iterator[Finding]:
    """Conditions for special categories that the law does not know."""
    known = context.law.conditions
    for keys, name, _, basis in _lines(context):
        if known and basis.article9 and not any(condition in basis.article9 for condition in known):
            listed = join((f"{article} ({label})" for article, label in known.items()), "or")
            yield Finding(
                name=f"condition {name}",
                keys=(*keys, "article9"),
                message=f"a basis of {context.purpose_label(name)} names {said(basis.article9)}, which is no condition "
                "for special categories of data",
                help=(f"Name one: {listed}.",),
                articles=("9(2)",),
                element=basis,
            )


def _children(context: PolicyInput) -> Iterator[Finding]:
    """Consent of children without a word about their parents."""
    children = {name for name, subject in context.policy.subjects.items() if subject.child}
    for keys, name, purpose, basis in _lines(context):
        young = [who for who in _people(context, purpose, basis) if who in children]
        if young and basis.kind == "consent" and not basis.child:
            yield Finding(
                name=f"children {name}",
                keys=keys,
                message=f"{context.purpose_label(name)} rests on the consent of children "
                f"({context.people_named(young)}), and the policy does not say how their "
                "parents agree",
                help=(
                    'Add `child = "..."` to the basis: from which age on, and how the consent of parents is obtained.',
                ),
                articles=("8",),
                element=basis,
            )


def _inferred(context: PolicyInput) -> Iterator[Finding]:
    """People who share a ground that names none of them, where the text names others apart."""
    found: dict[str, tuple[Path, list[str]]] = {}
    for name, purpose in context.policy.purposes.items():
        lines = list(enumerate(purpose.basis))
        named = [any(_is_named(context, who, basis) for who in _people(context, purpose, basis)) for _, basis in lines]
        for number, basis in lines:
            people = _people(context, purpose, basis)
            if any(named) and not named[number] and basis.quote and len(people) > 1:
                found[name] = ("purposes", name, "basis", number), [*people]
    if found:
        (keys, sharing), *others = found.values()
        purposes = context.purposes_named(found)
        yield Finding(
            name="inferred-ground",
            keys=keys,
            message=f"{context.people_named(sharing)} share a ground whose words name none of "
            f"them, while other people are named apart ({purposes}): for whom of them is it meant?",
            help=("Say in the text whom the ground is for.",),
            severity=Severity.INFO,
            places=[(other, count(len(who), "group of people", "groups of people")) for other, who in others],
            element=context.policy.purposes[next(iter(found))].basis[int(keys[-1])],
        )


def _is_named(context: PolicyInput, who: str, basis: Basis) -> bool:
    """Whether a ground is quoted with words that only these people have in their label."""
    subjects = context.policy.subjects
    own = _label_stems(context, who)
    for other in subjects:
        if other != who:
            own -= _label_stems(context, other)
    return bool(own & stems(basis.quote))


def _label_stems(context: PolicyInput, who: str) -> set[str]:
    subject = context.policy.subjects.get(who)
    texts = [label_of(who, subject), *(subject.aliases if subject else ())]
    return {stem(word) for word in words_of(texts) if len(word) > 3}
