"""Names that the policy uses: each must be defined, and two entries must not contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.policy.names import overlap, pattern_rank, suggest
from privlint.policy.vocabulary import CONDITIONS
from privlint.policy.walk import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from privlint.models import Taxonomy
    from privlint.policy.tables import PolicyFile
    from privlint.policy.types import Path
    from privlint.policy.walk import Reference

NOUNS = {
    "category": ("category or group", "write a name of the taxonomy, of [categories] or of [groups]"),
    "own_category": ("category", "write a name of the taxonomy or of [categories]"),
    "subject": ("subject", "define it as [subjects.{}]"),
    "purpose": ("purpose", "define it as [purposes.{}]"),
    "purposes": ("purpose", "define it as [purposes.{}]"),
    "class": ("recipient class", "define it as [recipient_classes.{}]"),
    "retention": ("retention", "define it as [retention.{}]"),
    "recipient": ("recipient", "define it as [recipients.{}]"),
    "condition": ("condition", "name what proves it in [guards]"),
    "rule": ("rule", "`privlint rules` lists them"),
    "promise": ("retention", "define it as [retention.{}]"),
}


def undefined_names(
    raw: Mapping[str, object], references: list[Reference], taxonomy: Taxonomy, rules: Mapping[str, str]
) -> Iterator[Problem]:
    """A problem for each reference to something that is not defined. `raw` is the parsed file: an entry that could not
    be read still defines its name."""
    known = known_names(raw, taxonomy, rules)
    for reference in references:
        names, text = known[reference.kind], reference.text
        if reference.kind == "promise":
            table, _, text = text.partition(".")
            names = names if table == "retention" else None
        if names is None or text in names:
            continue
        noun, remedy = NOUNS[reference.kind]
        hint = suggest(text, [name for name in names if name != "*"]) or remedy.format(text)
        yield Problem(reference.path, f"`{text}` is no {noun} of the policy", hint, reference.at_key)


def known_names(raw: Mapping[str, object], taxonomy: Taxonomy, rules: Mapping[str, str]) -> dict[str, list[str] | None]:
    """Names by the kind of reference; None where any name is fine.

    A policy that describes no subjects may use names of its own for them, and one that has no [retention] may name
    what enforces a period; a partial list is what makes a name a slip of the pen."""
    categories = [*taxonomy.names, *names_in(raw, "categories")]
    subjects, retention = names_in(raw, "subjects"), names_in(raw, "retention")
    return {
        "category": [*categories, *names_in(raw, "groups"), "*"],
        "own_category": categories,
        "subject": [*subjects, "*"] if subjects else None,
        "purpose": names_in(raw, "purposes"),
        "purposes": [*names_in(raw, "purposes"), "*"],
        "class": names_in(raw, "recipient_classes"),
        "retention": retention,
        "recipient": names_in(raw, "recipients"),
        "condition": [*CONDITIONS, *names_in(raw, "guards")],
        "rule": [*rules, *rules.values()] if rules else None,
        "promise": retention or None,
    }


def names_in(raw: Mapping[str, object], table: str) -> list[str]:
    found = raw.get(table)
    return list(found) if isinstance(found, dict) else []


def conflicts(tables: PolicyFile) -> Iterator[Problem]:
    """Entries that give different answers for the same code or host."""
    yield from conflicting_code(tables.code)
    for key in ("calls", "domains"):
        yield from shared_entries(tables, key)
    yield from repeated_decisions(tables)
    for name, recipient in tables.recipients.items():
        if recipient.safeguard not in ("", "none") and recipient.derogation:
            yield Problem(
                ("recipients", name, "derogation"),
                f"`{name}` states a safeguard and a derogation",
                "a transfer rests on one of them",
                at_key=True,
            )


def conflicting_code(code: Mapping[str, str]) -> Iterator[Problem]:
    """Patterns of which neither is more specific, that cover the same names for different purposes."""
    wild = [pattern for pattern in code if "*" in pattern]
    for number, later in enumerate(wild):
        for earlier in wild[:number]:
            alike = pattern_rank(earlier)[:3] == pattern_rank(later)[:3]
            if alike and code[earlier] != code[later] and overlap(earlier, later):
                message = f"`{later}` and `{earlier}` cover the same code for different purposes"
                yield Problem(("code", later), message, "make one of them more specific", at_key=True)


def repeated_decisions(tables: PolicyFile) -> Iterator[Problem]:
    countries = [entry.country for entry in tables.adequacy]
    for number, country in enumerate(countries):
        if country and country in countries[:number]:
            path: Path = ("adequacy", number, "country")
            yield Problem(path, f"a decision for `{country}` is stated already", "state one for each country")


def shared_entries(tables: PolicyFile, key: str) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for name, recipient in tables.recipients.items():
        for number, entry in enumerate(getattr(recipient, key)):
            owner = owners.setdefault(entry, name)
            if owner != name:
                path: Path = ("recipients", name, key, number)
                yield Problem(path, f"`{entry}` belongs to the recipient `{owner}` already")
