"""PRV103: a word of the text is no label of the policy, data serves no purpose, or people are not told something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._policy import Finding, report, report_all
from privlint.checks._questions import ask
from privlint.checks._words import data_phrases, find_phrase, forms_in, spellings, stem, words_of
from privlint.diagnostics import Diagnostic, RelatedPlace, Rule, Severity
from privlint.policy.elements import elements
from privlint.policy.wording import count, join, plural, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.checks._policy import PolicyInput
    from privlint.models import NoticeItem
    from privlint.policy.types import Path

RULE = Rule(
    "PRV103", "term-or-notice-gap", Severity.WARNING, "0.1.0", ("GDPR Art. 12(1)", "GDPR Art. 13", "GDPR Art. 14")
)
MOST_LINES = 8


def check_policy(context: PolicyInput) -> Iterator[Diagnostic]:
    yield from report_all(RULE, (_to_do, _unused, _residual_only, _untold, _open_lists), context)
    if context.policy.prose_text is not None and not context.english:
        yield report(RULE, _unread(context), context)
    elif context.policy.prose_text is not None:
        yield from _unknown_words(context)
        yield from _two_words(context)
        yield from _names(context)
    yield from ask(RULE, context)


def _to_do(context: PolicyInput) -> Iterator[Finding]:
    """Values that were left for later."""
    found: list[Path] = []
    for keys, element in elements(context.policy):
        for name, key in zip(element.__struct_fields__, element.__struct_encode_fields__, strict=True):
            value = getattr(element, name)
            texts = value if isinstance(value, tuple) else (value,)
            if name != "review" and any(isinstance(text, str) and text.startswith("TODO") for text in texts):
                found.append((*keys, key))
    if found:
        yield Finding(
            name="to-do",
            keys=found[0],
            message=f"the policy file leaves {count(len(found), 'answer')} for later (TODO)",
            help=("Answer it; what nobody has decided cannot be held against code.",),
            severity=Severity.ERROR,
            places=[(keys, ".".join(map(str, keys))) for keys in found[1:]],
        )


# ---------------------------------------------------------------- data without a purpose


def _unused(context: PolicyInput) -> Iterator[Finding]:
    policy = context.policy
    used = {name for purpose in policy.purposes.values() for name in context.groups_of(purpose)}
    found = [name for name in policy.groups if name not in used]
    if policy.purposes and found:
        yield Finding(
            name="unused-data",
            keys=("groups", found[0]),
            message=f"the policy collects {context.data_named(found)}, and none of its purposes uses it",
            help=("Name the purpose that it is collected for, or do not collect it.",),
            places=[(("groups", name), context.data_label(name)) for name in found[1:]],
            articles=("5(1)(b)-(c)", "13(1)(c)"),
            element=policy.groups[found[0]],
        )


def _residual_only(context: PolicyInput) -> Iterator[Finding]:
    """Data that only purposes for everybody use: safety, disputes, legal duties."""
    policy = context.policy
    users: dict[str, list[str]] = {}
    for name, purpose in policy.purposes.items():
        for group in context.groups_of(purpose):
            users.setdefault(group, []).append(name)
    found = [group for group, names in users.items() if all(context.is_residual(name) for name in names)]
    for group in found:
        yield Finding(
            name=f"residual-data {group}",
            keys=("groups", group),
            message=f"the policy collects {context.data_label(group)}, and no purpose of the service itself uses it: "
            f"only {context.purposes_named(users[group])} {plural(len(users[group]), 'does', 'do')}",
            help=(
                "Name the purpose that it is collected for: running, mending or measuring the service, for example.",
            ),
            places=[(("purposes", name), context.purpose_label(name)) for name in users[group]],
            articles=("5(1)(b)-(c)", "13(1)(c)"),
            element=policy.groups[group],
        )


def _open_lists(context: PolicyInput) -> Iterator[Finding]:
    groups = context.policy.groups
    found = [name for name, group in groups.items() if not group.complete]
    if found:
        yield Finding(
            name="open-list",
            keys=("groups", found[0], "complete"),
            message=f"the text leaves open what else belongs to {context.data_named(found)}: is "
            "there more than it lists?",
            help=("List all of it, and drop `complete = false`.",),
            severity=Severity.INFO,
            places=[(("groups", name, "complete"), context.data_label(name)) for name in found[1:]],
            articles=("12(1)", "14(1)(d)"),
            element=groups[found[0]],
        )


# ---------------------------------------------------------------- what people have to be told


def _untold(context: PolicyInput) -> Iterator[Finding]:
    """Items of a notice that the file does not state, where it models a published text."""
    if context.policy.prose_text is None:
        return
    found = [item for item in context.law.notice if _concerns(item, context) and not _is_told(item, context)]
    if found:
        yield Finding(
            name="untold",
            keys=("policy",),
            message=f"the policy does not say {count(len(found), 'thing')} that people are to be told: "
            + "; ".join(f"{item.label} (Art. {item.article})" for item in found),
            help=(
                "Add it to the text, and to the file: " + ", ".join(f"`{item.stated[0]}`" for item in found) + ".",
                "See `privlint policy schema` for these keys.",
            ),
            articles=tuple(dict.fromkeys(item.article for item in found)),
        )


def _concerns(item: NoticeItem, context: PolicyInput) -> bool:
    if item.applies != "controller_abroad":
        return True
    controller, home = context.policy.controller, context.policy.policy.home
    country = controller.country if controller else ""
    return bool(country) and country not in (home, *context.jurisdictions.areas.get(home, ()))


def _is_told(item: NoticeItem, context: PolicyInput) -> bool:
    return any(context.policy.states(path) for path in item.stated)


# ---------------------------------------------------------------- words


def _unread(context: PolicyInput) -> Finding:
    """That the words of the text are not searched, since all lists of words are English. Told once, here."""
    language = f"is in {context.language}" if context.language else "is in no language that privlint knows words of"
    return Finding(
        name="language",
        keys=("policy", "prose"),
        message=f"as far as its common words tell, the text {language}: it is held against the file by its quotes and "
        "sentences, and not searched for words",
        help=("Left to people: data that the file does not know, countries that are not named, the questions asked.",),
        severity=Severity.INFO,
        articles=("12(1)",),
    )


def _known_stems(context: PolicyInput) -> set[str]:
    """Words by which the policy calls data: of labels, of what groups hold, and of what is quoted for them."""
    policy = context.policy
    texts: list[str] = []
    for name, group in policy.groups.items():
        texts += [name, group.label, *group.aliases, *group.quote]
        texts += [text for held in group.contains for text in (held, policy.category(held).label)]
    for name, own in policy.categories.items():
        texts += [name, own.label, *own.aliases]
    for purpose in policy.purposes.values():
        texts += [text for held in policy.expand(purpose.categories) for text in (held, policy.category(held).label)]
    texts += [
        policy.policy.name,
        *(contact.name for contact in (policy.authority, policy.controller, policy.dpo) if contact),
    ]
    return {stem(word) for word in words_of(text.replace("_", " ").replace(".", " ") for text in texts)}


def _unknown_words(context: PolicyInput) -> Iterator[Diagnostic]:
    """What the text calls data and the file does not know."""
    known = _known_stems(context)
    found: dict[str, list[int]] = {}
    for before, phrase, line in data_phrases(context):
        if not all(stem(word) in known for word in words_of([before])):
            found.setdefault(phrase.lower(), []).append(line)
    if found:
        lines = [(line, phrase) for phrase, at in found.items() for line in dict.fromkeys(at)]
        finding = Finding(
            name="unknown-words",
            keys=("groups",) if context.policy.groups else ("policy",),
            message=f"the text speaks of {join(said(phrase) for phrase in found)}, and the policy has no "
            "data of that name",
            help=("Add it to [groups], or to `aliases` of the group that is meant.",),
            articles=("12(1)", "13(1)(c)", "14(1)(d)"),
        )
        yield _at_lines(report(RULE, finding, context), context, lines)


def _two_words(context: PolicyInput) -> Iterator[Diagnostic]:
    """Data that the text calls by several names."""
    told, lines = [], []
    first = ""
    for name, group in context.policy.groups.items():
        names = [group.label, *group.aliases, *_other_kinds(context, group.label)]
        used = {each: find_phrase(context, each) for each in dict.fromkeys(names) if each}
        used = {each: at for each, at in used.items() if at}
        others = {each: at for each, at in used.items() if each != group.label}
        if others and (group.label in used or len(others) > 1 or group.label):
            first = first or name
            times = join(f"{said(each)} ({count(len(at), 'time')})" for each, at in others.items())
            told.append(f"{said(group.label)} is also called {times}")
            lines += [(line, each) for each, at in others.items() for line in dict.fromkeys(at)]
    if told:
        finding = Finding(
            name="two-words",
            keys=("groups", first),
            message=f"the text has several names for one kind of data: {'; '.join(told)}. Is the same meant?",
            help=("Use one name throughout.",),
            severity=Severity.INFO,
            articles=("12(1)",),
            element=context.policy.groups[first],
        )
        yield _at_lines(report(RULE, finding, context), context, lines)


def _other_kinds(context: PolicyInput, label: str) -> list[str]:
    """ "technical information" for "technical data"."""
    head, _, kind = label.rpartition(" ")
    kinds = context.review.data_words
    return [f"{head} {other}" for other in kinds if head and kind.lower() in kinds and other != kind.lower()]


def _names(context: PolicyInput) -> Iterator[Diagnostic]:
    """Names of the company and of things that change from sentence to sentence."""
    told: list[str] = []
    controller = context.policy.controller
    for name in [controller.name] if controller and controller.name else []:
        written = spellings(context, name)
        told += [join(map(said, written))] if len(written) > 1 else []
    for row in context.review.synonyms:
        used = [word for word in row if forms_in(context, word)]
        told += [join(map(said, used))] if len(used) > 1 else []
    if told:
        finding = Finding(
            name="names-vary",
            keys=("policy", "prose"),
            message=f"the text uses several words where one would do: {'; '.join(told)}",
            help=("Use one name for one thing.",),
            severity=Severity.INFO,
            articles=("12(1)",),
        )
        yield report(RULE, finding, context)


def _at_lines(diagnostic: Diagnostic, context: PolicyInput, lines: list[tuple[int, str]]) -> Diagnostic:
    path = context.policy.prose_path
    diagnostic.places = tuple(RelatedPlace(path, line, said(text)) for line, text in sorted(set(lines))[:MOST_LINES])
    return diagnostic
