"""Approved deviations: the `[[exceptions]]` of the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import diagnose_policy
from privlint.checks._questions import question_of
from privlint.diagnostics import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from privlint.checks._inputs import CheckInput
    from privlint.checks._policy import PolicyInput
    from privlint.diagnostics import Diagnostic

# The same rules hold for comments in the code, where they are listed.
UNUSED = Rule("PRV913", "unused-suppression", Severity.WARNING, "0.1.0")
EXPIRED = Rule("PRV914", "expired-suppression", Severity.WARNING, "0.1.0")


def apply_exceptions(
    diagnostics: Iterable[Diagnostic], context: CheckInput | PolicyInput, judged: Collection[str]
) -> list[Diagnostic]:
    """Marks the findings that an exception covers; returns findings about exceptions that do nothing. `judged` are the
    codes of the rules that ran: only for those can an exception be found unused."""
    used: list[object] = []
    for diagnostic in diagnostics:
        entry = context.policy.exception_for(
            diagnostic.code, diagnostic.recipient, diagnostic.categories, context.today, question_of(diagnostic)
        )
        if entry is not None:
            diagnostic.suppressed = f"exception of the policy: {entry.reason}"
            diagnostic.suppressed_in = "policy"
            used.append(entry)
    return [*_expired(context), *_unused(used, context, judged)]


def _expired(context: CheckInput | PolicyInput) -> Iterator[Diagnostic]:
    for number, entry in context.policy.expired_exceptions(context.today):
        yield diagnose_policy(
            EXPIRED,
            context.policy.place("exceptions", number),
            f"the exception for {entry.rule} ended on {entry.until}, and its findings are open again",
            help=("Mend the findings and drop the exception, or have it approved anew.",),
            key=f"exceptions.{number}",
        )


def _unused(
    used: Collection[object], context: CheckInput | PolicyInput, judged: Collection[str]
) -> Iterator[Diagnostic]:
    over = {number for number, _ in context.policy.expired_exceptions(context.today)}
    for number, entry in enumerate(context.policy.exceptions):
        if number not in over and entry.rule in judged and entry not in used:
            yield diagnose_policy(
                UNUSED,
                context.policy.place("exceptions", number),
                f"the exception for {entry.rule} covers no finding",
                help=("Drop it, or correct its recipient and categories.",),
                key=f"exceptions.{number}",
            )
