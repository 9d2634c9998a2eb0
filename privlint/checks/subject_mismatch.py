"""PRV101: data and purposes are for other people than those whom the policy names."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from privlint.checks._policy import Finding, report_all
from privlint.checks._questions import ask
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.wording import count, join, plural, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.checks._policy import PolicyInput
    from privlint.policy.tables import Purpose

RULE = Rule(
    "PRV101",
    "subject-mismatch",
    Severity.WARNING,
    "0.1.0",
    ("GDPR Art. 5(1)(a)", "GDPR Art. 13(1)", "GDPR Art. 14(1)"),
)


def check_policy(context: PolicyInput) -> Iterator[Diagnostic]:
    parts = (_other_people, _not_of_purpose, _unannounced, _residual_only, _unused, _same_for_all)
    yield from report_all(RULE, parts, context)
    yield from ask(RULE, context)


def _other_people(context: PolicyInput) -> Iterator[Finding]:
    """Data that is collected from some people, and used for others."""
    for name, group in context.policy.groups.items():
        if not group.subjects or "*" in group.subjects:
            continue
        found = {
            each: others
            for each, purpose in context.policy.purposes.items()
            if purpose.subjects
            and name in context.groups_of(purpose)
            and (others := _others(context, purpose, group.subjects))
        }
        if not found:
            continue
        used = "; ".join(
            f"{context.purpose_label(each)} for {'everybody' if _for_everybody(context, each) else others}"
            for each, others in found.items()
        )
        yield Finding(
            name=f"others {name}",
            keys=("groups", name),
            message=f"the policy collects {context.data_label(name)} from {context.people_named(group.subjects)} "
            f"only, and {count(len(found), 'purpose')} {plural(len(found), 'uses', 'use')} it for others: {used}",
            help=(
                "Say in the purpose whose data of this kind it uses, or in the group from whom else it is collected.",
            ),
            places=[(("purposes", each), context.purpose_label(each)) for each in found],
            element=group,
        )


def _others(context: PolicyInput, purpose: Purpose, subjects: tuple[str, ...]) -> str:
    return join(context.subject_label(who) for who in context.subjects_of(purpose) if who not in subjects)


def _for_everybody(context: PolicyInput, purpose: str) -> bool:
    named = context.policy.purposes[purpose].subjects
    return not named or "*" in named


def _not_of_purpose(context: PolicyInput) -> Iterator[Finding]:
    """A basis for people whom its purpose does not name."""
    for name, purpose in context.policy.purposes.items():
        if _for_everybody(context, name):
            continue
        for number, basis in enumerate(purpose.basis):
            strangers = [who for who in basis.subjects if who not in (*purpose.subjects, "*")]
            if strangers:
                yield Finding(
                    name=f"stranger {name} {basis.kind}",
                    keys=("purposes", name, "basis", number, "subjects"),
                    message=f"a basis of {context.purpose_label(name)} is for "
                    f"{context.people_named(strangers)}, and the purpose itself is not",
                    help=("Add them to `subjects` of the purpose, or take them out of the basis.",),
                    element=basis,
                )


def _unannounced(context: PolicyInput) -> Iterator[Finding]:
    """People who are not where the text lists whom it is about."""
    subjects = context.policy.subjects
    clauses = Counter(subject.clause for subject in subjects.values() if subject.clause)
    if not clauses:
        return
    (usual, number), *_ = clauses.most_common(1)
    found = [name for name, subject in subjects.items() if subject.clause not in ("", usual)]
    if number * 2 <= sum(clauses.values()) or number < 2 or not found:
        return
    yield Finding(
        name="unannounced",
        keys=("subjects", found[0]),
        message=f"{said(usual)}, where the text lists whom it is about, does not list {context.people_named(found)}",
        help=("Name them there too, so that everybody whose data is used can see that the text is about them.",),
        places=[(("subjects", name), context.subject_label(name)) for name in found[1:]],
        element=subjects[found[0]],
    )


def _residual_only(context: PolicyInput) -> Iterator[Finding]:
    """People whom only purposes for everybody reach."""
    purposes = context.policy.purposes
    residual = [name for name in purposes if context.is_residual(name)]
    reached = {who for name in purposes if name not in residual for who in purposes[name].subjects}
    found = [who for who in context.policy.subjects if who not in reached]
    if residual and found:
        yield Finding(
            name="residual-only",
            keys=("subjects", found[0]),
            message=f"no purpose is there for {context.people_named(found)}: only {context.purposes_named(residual)} "
            f"{plural(len(residual), 'reaches', 'reach')} them, since everybody is meant there",
            help=(
                "Add the purpose that their data is used for, such as running or measuring a website.",
                "What is stored on or read from their devices, such as cookies, has rules of its own.",
            ),
            places=[(("purposes", name), context.purpose_label(name)) for name in residual],
            element=context.policy.subjects[found[0]],
        )


def _unused(context: PolicyInput) -> Iterator[Finding]:
    """People whom no purpose reaches at all."""
    purposes = context.policy.purposes.values()
    reached = {who for purpose in purposes for who in context.subjects_of(purpose)}
    found = [who for who in context.policy.subjects if who not in reached]
    if purposes and found:
        yield Finding(
            name="no-purpose",
            keys=("subjects", found[0]),
            message=f"no purpose of the policy is there for {context.people_named(found)}, whom it is about",
            help=("Add the purpose that their data is used for, or drop them.",),
            places=[(("subjects", who), context.subject_label(who)) for who in found[1:]],
            element=context.policy.subjects[found[0]],
        )


def _same_for_all(context: PolicyInput) -> Iterator[Finding]:
    """Data collected from everybody, where the text tells people apart for other data."""
    groups = context.policy.groups
    stated = [name for name in groups if context.policy.stated("groups", name, "subjects")]
    wide = [name for name in stated if "*" in groups[name].subjects]
    narrow = [name for name in stated if name not in wide]
    if wide and narrow and len(context.policy.subjects) > 1:
        yield Finding(
            name="same-for-all",
            keys=("groups", wide[0]),
            message=f"the policy collects {context.data_named(wide)} from everybody alike, down to "
            f"{context.subject_label(next(iter(context.policy.subjects)))}; only for {context.data_named(narrow)} "
            "it matters who people are: is that meant?",
            help=("Say for each kind of data from whom it is collected: `subjects` of the group.",),
            severity=Severity.INFO,
            places=[(("groups", name), context.data_label(name)) for name in wide[1:]],
            element=groups[wide[0]],
        )
