"""What differs between two versions of a policy, in words: not which lines changed, but what the change means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from privlint.policy.lock import Accepted, compare, section_of, tell_change, text_of
from privlint.policy.sentences import sentences
from privlint.policy.tables import Recipient
from privlint.policy.wording import in_words, join, label_of, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from privlint.policy.tables import Basis, Element
    from privlint.policy.types import Path, Policy

# Tables of named elements in the order in which people read them, and what one of them is called.
TABLES = (
    ("recipients", "recipient"),
    ("recipient_classes", "kind of recipients"),
    ("purposes", "purpose"),
    ("groups", "kind of data"),
    ("categories", "category"),
    ("subjects", "group of people"),
    ("retention", "period"),
    ("rights", "right"),
)
SINGLE = ("policy", "controller", "dpo", "authority", "sharing", "transfers", "rights_contact", "security", "updates")
# How a list grows and shrinks: "`Promotion` now also uses `invoicing details`".
LISTS = {
    "categories": ("now also uses {}", "no longer uses {}"),
    "contains": ("now also holds {}", "no longer holds {}"),
    "subjects": ("is now also about {}", "is no longer about {}"),
    "purposes": ("now also serves {}", "no longer serves {}"),
    "for_": ("is now also announced for {}", "is no longer announced for {}"),
    "location": ("now also keeps data in {}", "no longer keeps data in {}"),
    "requires": ("now also requires {}", "no longer requires {}"),
    "safeguards": ("now also offers {}", "no longer offers {}"),
    "derogations": ("now also offers {}", "no longer offers {}"),
    "until": ("now also ends with {}", "no longer ends with {}"),
    "then": ("now also allows, at the end, to {}", "no longer allows, at the end, to {}"),
    "when": ("is now also granted for {}", "is no longer granted for {}"),
    "law": ("now also rests on {}", "no longer rests on {}"),
    "compatible_with": ("lets its data also be used for {}", "no longer lets its data be used for {}"),
}
OF_RECIPIENTS = {"categories": ("may now also get {}", "may no longer get {}")}
WORDS = {"keep": "length", "starts": "beginning", "whichever": "order of its ends", "complete": "completeness"}
UNTOLD = {"clause", "quote", "review", "dpv", "fides", "iri", "key", "aliases", "schema", "extends"}
FLAGS = {
    "special": "special data",
    "criminal": "data on convictions",
    "secret": "a secret",
    "national": "a national number",
}
NO_LIMIT = "all"


class Change(msgspec.Struct, frozen=True):
    """`keys` is where it stands in the newer version, or stood in the older one where it is gone."""

    keys: Path
    text: str
    gone: bool = False


def changes(old: Policy, new: Policy) -> list[Change]:
    """All that differs, recipients and purposes first; what only words it differently (quotes, remarks) is left out."""
    found: list[Change] = []
    for table, noun in TABLES:
        found += _table(old, new, table, noun)
    for name in SINGLE:
        found += _single(old, new, name)
    found += _exceptions(old, new)
    found += _decisions(old, new)
    return found + list(_prose(old, new))


def _label(policy: Policy, name: str) -> str:
    """A name as people read it, wherever it is defined."""
    if name == "*":
        return NO_LIMIT
    for table in ("purposes", "groups", "subjects", "recipient_classes", "recipients", "retention"):
        element = getattr(policy, table).get(name)
        if element is not None:
            return said(label_of(name, element))
    known = policy.category(name).label if policy.known_category(name) else ""
    return said(known or in_words(name))


def _listed(policy: Policy, names: Iterable[str]) -> str:
    return join(_label(policy, name) for name in names)


# ---------------------------------------------------------------- named elements


def _table(old: Policy, new: Policy, table: str, noun: str) -> Iterator[Change]:
    before: Mapping[str, Element] = getattr(old, table)
    after: Mapping[str, Element] = getattr(new, table)
    for name, element in after.items():
        keys: Path = (table, str(name))
        if name not in before:
            yield Change(keys, f"new {noun} {_label(new, name)}{_describe(new, element)}")
        else:
            for text in _differences(old, new, before[name], element):
                yield Change(keys, f"{noun} {_label(new, name)} {text}")
            yield from _bases(old, new, name) if table == "purposes" else ()
    for name in before:
        if name not in after:
            yield Change((table, str(name)), f"{noun} {_label(old, name)} is gone", gone=True)


def _describe(policy: Policy, element: Element) -> str:
    """What is worth knowing of a new element."""
    parts: list[str] = []
    for name, lead in (("country", "in"), ("location", "keeps data in"), ("safeguard", "on"), ("role", "as")):
        value = getattr(element, name, None)
        if value:
            parts.append(f"{lead} {value if isinstance(value, str) else ', '.join(value)}")
    for name, lead in (("categories", "uses"), ("contains", "holds"), ("purposes", "for"), ("subjects", "about")):
        value = getattr(element, name, None)
        if value and value != ("*",):
            parts.append(f"{lead} {_listed(policy, value)}")
    flags = ((getattr(element, name, None), words) for name, words in FLAGS.items())
    parts += [f"{'' if flag else 'not '}taken for {words}" for flag, words in flags if flag is not None]
    parts += [_tell_basis(policy, basis) for basis in getattr(element, "basis", ())]
    keep = getattr(element, "keep", "")
    parts += [f"keeps data for {keep}"] if keep else []
    return f": {', '.join(parts)}" if parts else ""


def _differences(old: Policy, new: Policy, before: Element, after: Element) -> Iterator[str]:
    for name in type(after).__struct_fields__:
        was, now = getattr(before, name), getattr(after, name)
        if was == now or name in UNTOLD or name == "basis":
            continue
        if name in LISTS:
            phrases = OF_RECIPIENTS.get(name, LISTS[name]) if isinstance(after, Recipient) else LISTS[name]
            yield from _list(old, new, phrases, was, now)
        else:
            word = WORDS.get(name, in_words(name.strip("_")))
            yield f"has another {word}: {_value(was)} became {_value(now)}"


def _list(
    old: Policy, new: Policy, phrases: tuple[str, str], was: tuple[str, ...] | None, now: tuple[str, ...] | None
) -> Iterator[str]:
    """An absent list of a recipient is no limit."""
    grown, shrunk = phrases
    if was is None or now is None:
        known = (shrunk if was is None else grown).format(NO_LIMIT)
        yield known + (f", only {_listed(new, now)}" if now is not None else "")
        return
    more, less = [each for each in now if each not in was], [each for each in was if each not in now]
    if more:
        yield grown.format(_listed(new, more))
    if less:
        yield shrunk.format(_listed(old, less))


def _value(value: object) -> str:
    if value in ("", None, ()):
        return "nothing"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else said(in_words(str(value)))


# ---------------------------------------------------------------- bases


def _bases(old: Policy, new: Policy, name: str) -> Iterator[Change]:
    """Lines of basis that came and went; one that changed is both."""
    before, after = old.purposes[name].basis, new.purposes[name].basis
    was = [_tell_basis(old, basis) for basis in before]
    now = [_tell_basis(new, basis) for basis in after]
    label = _label(new, name)
    for number, text in enumerate(now):
        if text not in was:
            yield Change(("purposes", name, "basis", number), f"purpose {label} has a new basis: {text}")
    for text in was:
        if text not in now:
            yield Change(("purposes", name), f"purpose {label} no longer has the basis: {text}")


def _tell_basis(policy: Policy, basis: Basis) -> str:
    parts = [f"on {basis.kind.replace('_', ' ')}"]
    parts += [f"for {_listed(policy, basis.subjects)}"] if basis.subjects else []
    for name in ("interest", "article9", "article10", "national", "child", "only_if", "retention"):
        value: str = getattr(basis, name)
        parts += [f"with {name.replace('_', ' ')} {said(value.replace('_', ' '))}"] if value else []
    parts += [f"law {', '.join(basis.law)}"] if basis.law else []
    parts += [f"requires {', '.join(basis.requires)}"] if basis.requires else []
    return " ".join(parts)


# ---------------------------------------------------------------- the rest


def _single(old: Policy, new: Policy, name: str) -> Iterator[Change]:
    before: Element | None = getattr(old, name)
    after: Element | None = getattr(new, name)
    title = said(in_words(name))
    if before is None or after is None:
        if after is not None:
            yield Change((name,), f"{title} is stated now")
        elif before is not None:
            yield Change((name,), f"{title} is no longer stated", gone=True)
        return
    for text in _differences(old, new, before, after):
        yield Change((name,), f"{title} {text}")


def _exceptions(old: Policy, new: Policy) -> Iterator[Change]:
    for number, entry in enumerate(new.exceptions):
        if entry not in old.exceptions:
            about = f" about {said(entry.recipient)}" if entry.recipient else ""
            until = f" until {entry.until}" if entry.until else ""
            by = f", approved by {entry.approved_by}" if entry.approved_by else ""
            by += f" on {entry.approved_on}" if entry.approved_on else ""
            yield Change(("exceptions", number), f"new exception for {entry.rule}{about}{until}{by}: {entry.reason}")
    for number, entry in enumerate(old.exceptions):
        if entry not in new.exceptions:
            yield Change(("exceptions", number), f"the exception for {entry.rule} is gone: {entry.reason}", gone=True)


def _decisions(old: Policy, new: Policy) -> Iterator[Change]:
    """What the policy states of adequacy decisions."""
    for number, entry in enumerate(new.adequacy):
        if entry not in old.adequacy:
            state = "repealed" if entry.repealed else f"until {entry.expires}" if entry.expires else "in force"
            text = f"the adequacy decision for {entry.country} is stated as {state}: {entry.reason}"
            yield Change(("adequacy", number), text)
    for number, entry in enumerate(old.adequacy):
        if entry not in new.adequacy:
            text = f"what was stated of the adequacy decision for {entry.country} is gone: {entry.reason}"
            yield Change(("adequacy", number), text, gone=True)


def _prose(old: Policy, new: Policy) -> Iterator[Change]:
    """Sentences of the published text."""
    keys: Path = ("policy", "prose")
    was = [Accepted(section_of(each), text_of(each)) for each in sentences(old.prose_text or "")]
    drift = compare(was, sentences(new.prose_text or ""))
    for before, after in drift.changed:
        yield Change(keys, f"the text under {said(section_of(after))}: {tell_change(before.text, text_of(after))}")
    for before, after in drift.moved:
        yield Change(keys, f"moved from {said(before.section)} to {said(section_of(after))}: {said(after.text)}")
    for after in drift.new:
        yield Change(keys, f"new in the text under {said(section_of(after))}: {said(after.text)}")
    for before in drift.lost:
        yield Change(keys, f"gone from the text under {said(before.section)}: {said(before.text)}")
