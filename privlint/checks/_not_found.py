"""What the policy declares and the code was not seen to do, in the words of the record of processing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import controlled
from privlint.checks._differences import label_of_recipient
from privlint.checks.stale_policy import is_visible
from privlint.policy.formats import parse_period
from privlint.policy.wording import join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput
    from privlint.checks._rows import Row
    from privlint.diagnostics import Diagnostic
    from privlint.policy.tables import Purpose
    from privlint.policy.wording import Wording


class NotFound:
    """Completes the sentence "declared, not found in the code: ..."."""

    def __init__(self, found: Findings, context: CheckInput, words: Wording) -> None:
        self._found = found
        self._context = context
        self._policy = context.policy
        self._words = words
        self._started = {context.target(start).name: f"{start.path}:{start.line}" for start in reversed(found.services)}

    def of_row(self, name: str, people: tuple[str, ...], period: str, row: Row) -> Iterator[str]:
        if not row.places:
            yield f"a use of the data of {self._words.people(people)} for this purpose"
        else:
            yield from self._data(self._policy.purposes[name], row)
            yield from self._people(people, row)
            yield from self._recipients(name, row)
        yield from self._end(period)

    def _people(self, people: tuple[str, ...], row: Row) -> Iterator[str]:
        absent = [each for each in people if each != "*" and each not in row.subjects]
        if absent and not row.unnamed:
            yield f"data of {self._words.people(absent)}"

    def _recipients(self, name: str, row: Row) -> Iterator[str]:
        absent = [each for each in self._policy.recipients_for(name) if each not in row.recipients]
        for each in (each for each in absent if each in self._started):
            label = label_of_recipient(each, self._context)
            yield f"data on its way to {label}, whose SDK is started ({self._started[each]}) and may collect by itself"
        visible = [each for each in absent if each not in self._started and self._is_visible(each)]
        if visible:
            yield f"data on its way to {self._parties(visible)}"
        hidden = [each for each in absent if each not in self._started and each not in visible]
        if hidden:
            yield f"what goes to {self._parties(hidden)}: the policy names nothing by which code could show it"

    def _is_visible(self, name: str) -> bool:
        return is_visible(self._policy.recipients[name], self._context)

    def _data(self, purpose: Purpose, row: Row) -> Iterator[str]:
        declared = [each for each in self._policy.expand(purpose.categories) if each != "*"]
        absent = [each for each in declared if not self._any_of(each, row.categories)]
        held = [category for each in self._found.declarations if controlled(each) for category in each.categories]
        unheld = [each for each in absent if not self._any_of(each, held)]
        unused = [each for each in absent if each not in unheld]
        if unheld:
            yield f"a field that holds {join(map(self._words.data, unheld), 'or')}"
        if unused:
            yield f"a use of {join(map(self._words.data, unused), 'or')} for this purpose"

    def _any_of(self, name: str, categories: Iterable[str]) -> bool:
        return any(self._policy.names_cover((name,), each) for each in categories)

    def _end(self, name: str) -> Iterator[str]:
        """A period that no code is named for."""
        retention = self._policy.retention.get(name)
        timed = retention is not None and (parse_period(retention.keep) or retention.until)
        if timed and not self._policy.enforced_by.get(f"retention.{name}"):
            yield "code that removes the data when its period is over: the policy file names none"

    def _parties(self, names: Iterable[str]) -> str:
        return join(label_of_recipient(name, self._context) for name in names)

    def elsewhere(self, stale: Sequence[Diagnostic], unlimited: Sequence[str]) -> Iterator[str]:
        """Entries of the policy that no row speaks of: those that match nothing (`stale`: the findings about them), and
        recipients that may serve any purpose and were seen for none."""
        named = [each for name in self._policy.purposes for each in self._policy.recipients_for(name)]
        told = {f"recipients.{each}" for each in (*named, *unlimited)}
        for each in stale:
            if each.function not in told and not each.function.startswith("purposes."):
                yield each.message
        if unlimited:
            yield f"for which purpose data goes to {self._parties(unlimited)}: the policy sets no limit"
