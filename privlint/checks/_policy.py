"""What the rules on the policy alone judge by, and how they say what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from privlint.checks._inputs import law_of
from privlint.diagnostics import Confidence, Diagnostic, RelatedPlace, Rule, Severity
from privlint.models import Law, Review
from privlint.policy.elements import elements
from privlint.policy.language import ENGLISH, language_of
from privlint.policy.prose import normalise, sections, title_of
from privlint.policy.sentences import sentences
from privlint.policy.tables import Element
from privlint.policy.wording import join, label_of, said

if TYPE_CHECKING:
    import datetime

    from privlint.models import Jurisdictions, Recipient
    from privlint.policy.prose import HeadingPath, Section
    from privlint.policy.sentences import Sentence
    from privlint.policy.tables import Purpose
    from privlint.policy.types import Path, Policy


class PolicyInput(msgspec.Struct, frozen=True, dict=True):
    """`today`: the day by which dates are judged; `catalogue` loads the shipped recipients, for those who ask."""

    policy: Policy
    jurisdictions: Jurisdictions
    today: datetime.date
    review: Review = Review()
    catalogue: Callable[[], dict[str, Recipient]] = dict

    @property
    def law(self) -> Law:
        return law_of(self.policy, self.jurisdictions)

    @cached_property
    def sections(self) -> dict[HeadingPath, Section]:
        return sections(self.policy.prose_text or "", self.policy.prose_lines)

    @cached_property
    def sentences(self) -> list[Sentence]:
        return sentences(self.policy.prose_text or "", self.policy.prose_lines)

    @cached_property
    def prose(self) -> str:
        """The published text on one line, white space, dashes and quotation marks made alike."""
        return normalise(self.policy.prose_text or "")

    @cached_property
    def reviews(self) -> dict[Path, str]:
        """Remarks of lawyers by the key path of what they stand on."""
        return {keys: " ".join(each.review.split()) for keys, each in elements(self.policy) if each.review}

    @cached_property
    def _title(self) -> str:
        return title_of(self.sections)

    def heading(self, section: HeadingPath) -> str:
        """A section as people call it: without the title of the whole text."""
        below = section[1:] if len(section) > 1 and section[0] == self._title else section
        return " > ".join(below)

    @cached_property
    def language(self) -> str:
        """The language of the published text as far as its common words tell; "" if they tell none."""
        return language_of(self.prose, self.review.common_words)

    @property
    def english(self) -> bool:
        """Whether the published text can be searched for English words."""
        return self.language == ENGLISH

    def cite(self, *articles: str) -> tuple[str, ...]:
        return tuple(f"{self.law.cite}{article}" for article in articles)

    # ------------------------------------------------------------ words

    def purpose_label(self, name: str) -> str:
        return said(label_of(name, self.policy.purposes.get(name)))

    def subject_label(self, name: str) -> str:
        return "everybody else" if name == "*" else said(label_of(name, self.policy.subjects.get(name)))

    def data_label(self, name: str) -> str:
        """How people call a group or a category."""
        if name in self.policy.groups:
            return said(label_of(name, self.policy.groups[name]))
        return said(self.policy.category(name).label or name)

    def people_named(self, names: Iterable[str]) -> str:
        """Subjects as a list of their labels."""
        return join(self.subject_label(name) for name in names)

    def purposes_named(self, names: Iterable[str]) -> str:
        return join(self.purpose_label(name) for name in names)

    def data_named(self, names: Iterable[str]) -> str:
        return join(self.data_label(name) for name in names)

    # ------------------------------------------------------------ questions about the policy

    def all_subjects(self) -> tuple[str, ...]:
        """Everybody whom the policy names."""
        policy = self.policy
        named = [*policy.subjects]
        for purpose in policy.purposes.values():
            named += [*purpose.subjects, *(subject for basis in purpose.basis for subject in basis.subjects)]
        return tuple(dict.fromkeys(name for name in named if name != "*"))

    def subjects_of(self, purpose: Purpose) -> tuple[str, ...]:
        """Whom a purpose is for, "*" spelt out; ("*",) if the policy names nobody."""
        if purpose.subjects and "*" not in purpose.subjects:
            return purpose.subjects
        return self.all_subjects() or ("*",)

    def is_residual(self, name: str) -> bool:
        """Whether a purpose says that it is for everybody, while others name their people, and rests on nothing that
        people agreed to: safety, disputes, legal duties."""
        purposes = self.policy.purposes
        agreed = any(basis.kind in ("consent", "contract") for basis in purposes[name].basis)
        named = any(each.subjects and "*" not in each.subjects for each in purposes.values())
        return "*" in purposes[name].subjects and named and not agreed

    def groups_of(self, purpose: Purpose) -> tuple[str, ...]:
        """Names of groups whose data a purpose uses: those that it names, and those that hold a category that it
        names."""
        policy = self.policy
        if "*" in purpose.categories:
            return tuple(policy.groups)
        single = tuple(name for name in purpose.categories if name not in policy.groups)
        return tuple(
            name
            for name, group in policy.groups.items()
            if name in purpose.categories
            or any(policy.names_cover(group.contains, one) for one in single)
            or any(policy.names_cover(single, held) for held in group.contains)
        )

    def kinds_in_use(self) -> tuple[str, ...]:
        """Kinds of basis that purposes rest on, and uses that give rights of their own."""
        purposes = self.policy.purposes.values()
        kinds = [basis.kind for purpose in purposes for basis in purpose.basis]
        uses = [
            name for name in ("direct_marketing", "automated_decision") if any(getattr(each, name) for each in purposes)
        ]
        return tuple(dict.fromkeys([*kinds, *uses]))


PolicyCheck: TypeAlias = Callable[[PolicyInput], Iterator[Diagnostic]]


class Finding(msgspec.Struct, kw_only=True):
    """One line of a report. `name` tells kinds of findings of one rule apart; `keys` is the place in the policy file;
    `places` are further key paths with what to say of each. `articles`: numbers, where they differ from the rule's."""

    name: str
    keys: Path
    message: str
    help: tuple[str, ...] = ()
    severity: Severity | None = None
    places: Iterable[tuple[Path, str]] = ()
    articles: tuple[str, ...] = ()
    element: Element | None = None
    quote: str = ""


def report(rule: Rule, finding: Finding, context: PolicyInput) -> Diagnostic:
    """The finding at its key, with the remarks of lawyers that stand there."""
    policy = context.policy
    place = policy.places.get(finding.keys)
    at = policy.place(*finding.keys)
    element = finding.element
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        severity=finding.severity or rule.severity,
        confidence=Confidence.CERTAIN,
        message=finding.message,
        path=at.path,
        line=at.line,
        column=place.column if place else 1,
        end_line=at.line,
        end_column=place.end_column if place else 1,
        clause=element.clause if element else "",
        quote=finding.quote or (" … ".join(element.quote) if element else ""),
        articles=context.cite(*finding.articles) if finding.articles else rule.articles,
        help=finding.help,
        places=tuple(_related(finding, context)),
        function=".".join(str(key) for key in finding.keys),
        expression=finding.name,
    )


def report_all(
    rule: Rule, parts: Iterable[Callable[[PolicyInput], Iterator[Finding]]], context: PolicyInput
) -> Iterator[Diagnostic]:
    """What the parts of a rule find, in their order."""
    for part in parts:
        for finding in part(context):
            yield report(rule, finding, context)


def _related(finding: Finding, context: PolicyInput) -> Iterator[RelatedPlace]:
    places = list(finding.places)
    for keys, text in places:
        at = context.policy.place(*keys)
        yield RelatedPlace(at.path, at.line, text)
    for table in dict.fromkeys([finding.keys, *(keys for keys, _ in places)]):
        if table in context.reviews:
            at = context.policy.place(*table, "review")
            yield RelatedPlace(at.path, at.line, f"review: {context.reviews[table]}")


def at_prose(rule: Rule, context: PolicyInput, line: int, name: str, message: str, **rest: object) -> Diagnostic:
    """A finding at a line of the published text."""
    finding = Diagnostic(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        confidence=Confidence.CERTAIN,
        message=message,
        path=context.policy.prose_path,
        line=max(line, 1),
        column=1,
        end_line=max(line, 1),
        end_column=1,
        articles=rule.articles,
        function=context.policy.prose_path,
        expression=name,
    )
    for attribute, value in rest.items():
        setattr(finding, attribute, value)
    return finding


# ---------------------------------------------------------------- words


def shorten(text: str, most: int = 90) -> str:
    """The beginning of a text, cut between words."""
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0].rstrip(",;:") + " …"
