"""PRV106: text quoted for one purpose names another, or two purposes share it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from privlint.checks._policy import Finding, report, shorten
from privlint.checks._questions import ask
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.prose import find_sections, normalise
from privlint.policy.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.checks._policy import PolicyInput
    from privlint.policy.tables import Basis, Purpose

RULE = Rule("PRV106", "clause-mixup", Severity.WARNING, "0.1.0", ("GDPR Art. 5(1)(a)", "GDPR Art. 13(1)(c)"))
SHORTEST = 25  # characters; shorter words are shared by chance


def check_policy(context: PolicyInput) -> Iterator[Diagnostic]:
    purposes = context.policy.purposes
    grounds = {name: _grounds(context, purpose) for name, purpose in purposes.items()}
    names = list(purposes)
    for number, later in enumerate(names):
        for earlier in names:
            if earlier == later:
                continue
            named = _naming(grounds[later], purposes[earlier], purposes[later])
            shared = [text for text in grounds[later] if text in grounds[earlier] and len(text) >= SHORTEST]
            telling = any(_rests_on_interest(purposes[later].basis[grounds[later][text]]) for text in shared)
            if named or (telling and names.index(earlier) < number):
                yield report(RULE, _mixed_up(context, later, earlier, named, shared), context)
    yield from ask(RULE, context)


def _rests_on_interest(basis: Basis) -> bool:
    """Interests differ from purpose to purpose; that two rest on one contract or law is nothing to be asked about."""
    return basis.kind == "legitimate_interest"


def _grounds(context: PolicyInput, purpose: Purpose) -> dict[str, int]:
    """The sentences in which a purpose states its grounds, with the number of the basis that quotes them."""
    found: dict[str, int] = {}
    for number, basis in enumerate(purpose.basis):
        for text in _sentences(context, basis, purpose):
            found.setdefault(text, number)
    return found


def _sentences(context: PolicyInput, basis: Basis, purpose: Purpose) -> list[str]:
    """The whole sentences that are quoted; the quotes themselves where there is no text."""
    quotes = [words for quote in basis.quote if (words := normalise(quote))]
    paths = find_sections(context.sections, basis.clause or purpose.clause) if context.policy.prose_text else []
    within = [each.text for each in context.sentences if any(each.section[: len(path)] == path for path in paths)]
    whole = [text for text in within if any(quote in text or text in quote for quote in quotes)]
    return whole or quotes


def _naming(grounds: dict[str, int], other: Purpose, own: Purpose) -> str:
    """The sentence that begins with another purpose: "For orders, ...", "Orders rest on ..."."""
    for name in (other.label, *other.aliases):
        words = normalise(name).lower()
        if not words or words in normalise(own.label).lower():
            continue
        pattern = rf"^(for |the ground (for|of) )?(our |the )?{re.escape(words)}\b[ ,:]"
        for text in grounds:
            if re.search(pattern, text.lower()):
                return text
    return ""


def _mixed_up(context: PolicyInput, name: str, other: str, named: str, shared: list[str]) -> Finding:
    own_label, other_label = context.purpose_label(name), context.purpose_label(other)
    basis = context.policy.purposes[name].basis
    text = named or shared[0]
    number = _grounds(context, context.policy.purposes[name])[text]
    if named:
        message = f"the ground of {own_label} speaks of {other_label}: {said(shorten(named, 160))}"
        message += "; the same words are the ground of that purpose" if named in shared else ""
    else:
        message = f"{own_label} and {other_label} state their ground in the same words: {said(shorten(text, 160))}"
    more = [each for each in shared if each != text]
    message += f", as are {said(shorten(more[0], 120))}" if named in shared and more else ""
    return Finding(
        name=f"mixup {name} {other}",
        keys=("purposes", name, "basis", number),
        message=message,
        help=("If it was copied, write the ground that belongs here.",),
        places=[(("purposes", other), other_label)],
        element=basis[number],
    )
