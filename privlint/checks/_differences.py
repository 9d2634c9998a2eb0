"""What the rules found, as the record of processing tells it: one sentence for all places where the same is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from privlint.checks._transfers import destination_of
from privlint.checks._wording import UNKNOWN, done
from privlint.policy.record import Difference, Place
from privlint.policy.wording import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from privlint.checks._inputs import CheckInput
    from privlint.diagnostics import Diagnostic
    from privlint.policy.wording import Wording


class _Gathered(msgspec.Struct):
    data: dict[str, None] = {}
    people: dict[str, None] = {}
    places: set[Place] = set()


def gather(
    found: Iterable[Diagnostic],
    sentences: Mapping[str, str],
    subjects: Mapping[str, tuple[str, ...]],
    context: CheckInput,
    words: Wording,
) -> tuple[Difference, ...]:
    """The differences in the order of the rules. `sentences` are what each rule has to say, by its code; `subjects`
    say whom fields are about, by their names."""
    alike: dict[tuple[str, ...], _Gathered] = {}
    for each in found:
        location = each.location if "{location}" in sentences[each.code] else ""
        held = "" if each.sink else ", ".join(each.categories)  # at its declaration each kind of data stands by itself
        key = (each.code, each.sink, each.recipient, location, each.suppressed, held)
        into = alike.setdefault(key, _Gathered())
        into.data.update(dict.fromkeys(each.categories))
        into.people.update(dict.fromkeys(name for flow in each.flows for name in subjects.get(flow.field, ())))
        into.places.add(Place(each.path, each.line))
    return tuple(
        Difference(
            rule=code,
            text=sentences[code].format(
                data=_data(gathered, words),
                done=done(sink, label_of_recipient(recipient, context) if recipient else "") if sink else "",
                target=label_of_recipient(recipient, context) if recipient else UNKNOWN,
                location=location,
                country=_assumed_country(recipient, context, words) if recipient else "",
            ),
            places=tuple(sorted(gathered.places)),
            accepted=accepted,
        )
        for (code, sink, recipient, location, accepted, _), gathered in sorted(alike.items(), key=lambda item: item[0])
    )


def label_of_recipient(name: str, context: CheckInput) -> str:
    """As people call it: in the words of the policy, of the catalogue, or its name as words."""
    target = context.recipient(name)
    own = target.own
    return target.label if own is None or own.label or target.service else in_words(own.key)


def _assumed_country(recipient: str, context: CheckInput, words: Wording) -> str:
    """Where a recipient is that the policy does not name, as far as the catalogue knows."""
    target = context.recipient(recipient)
    country = destination_of(None, target, context).country
    doubt = "" if target.service and target.service.confirmed else ", as the catalogue assumes"
    return f" ({words.place(country)}{doubt})" if country else ""


def _data(gathered: _Gathered, words: Wording) -> str:
    """ "e-mail address, name (visitors)"."""
    data = ", ".join(map(words.data, gathered.data))
    return f"{data} ({words.people(gathered.people)})" if gathered.people else data
