"""Joins library files into one `Models`, by qualified name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from privlint.models import Library, Models

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from privlint.models import ClassModel


def merge(libraries: Iterable[Library], own: Models | None = None) -> Models:
    """All models of `libraries`; of two of one name the first stands. What the project declares itself (`own`) wins."""
    models = Models()
    if own is not None:
        extend(models, own)
    for library in libraries:
        extend(models, _as_models(library))
    return models


def extend(models: Models, more: Models) -> None:
    """Adds to `models` what it does not have yet; region switches and options of one callable add up."""
    for name, callable_model in more.callables.items():
        models.callables.setdefault(name, callable_model)
    for key, attribute in more.attributes.items():
        models.attributes.setdefault(key, attribute)
    for name, field in more.fields.items():
        models.fields.setdefault(name, field)
    for name, class_model in more.classes.items():
        models.classes.setdefault(name, class_model)
    for name, handover in more.handovers.items():
        models.handovers.setdefault(name, handover)
    for name, recipient in more.recipients.items():
        models.recipients.setdefault(name, recipient)
    for region, country in more.regions.items():
        models.regions.setdefault(region, country)
    for name, switches in more.switches.items():
        models.switches.setdefault(name, []).extend(switches)
    for name, settings in more.settings.items():
        models.settings.setdefault(name, []).extend(settings)
    for name, options in more.options.items():
        models.options.setdefault(name, []).extend(options)
    for name, transports in more.transports.items():
        models.transports.setdefault(name, []).extend(transports)
    models.own_domains = tuple(dict.fromkeys(models.own_domains + more.own_domains))


def _as_models(library: Library) -> Models:
    models = Models()
    names = _Names(library.aliases)
    models.callables = {name: model for model in library.callable for name in names.all_of(model.name)}
    models.attributes = {
        (owner, model.name): model for model in library.attribute for owner in names.all_of((model.owner,))
    }
    models.fields = {name: model for model in library.field for name in names.all_of(model.name)}
    models.classes = _classes(library.type, names)
    models.handovers = {name: model for model in library.handover for name in names.all_of(model.decorators)}
    models.recipients = {recipient.id: recipient for recipient in library.recipient}
    for switch in library.region:
        for name in names.all_of(switch.call):
            models.switches.setdefault(name, []).append(switch)
        if switch.recipient:
            setting = msgspec.structs.replace(switch, set=tuple(names.all_of(switch.set)))
            models.settings.setdefault(switch.recipient, []).append(setting)
    for option in library.option:
        for name in names.all_of(option.call):
            models.options.setdefault(name, []).append(option)
    for transport in library.transport:
        for name in names.all_of(transport.call):
            models.transports.setdefault(name, []).append(transport)
    return models


def _classes(declared: Iterable[ClassModel], names: _Names) -> dict[str, ClassModel]:
    """Classes by every name they have; under another name a class inherits from itself, so that it is one of them."""
    classes: dict[str, ClassModel] = {}
    for model in declared:
        classes[model.name] = model
        for alias in names.others_of(model.name):
            classes[alias] = msgspec.structs.replace(model, name=alias, bases=(model.name,))
    return classes


class _Names:
    def __init__(self, aliases: Mapping[str, str]) -> None:
        self._aliases = aliases

    def all_of(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            yield name
            yield from self.others_of(name)

    def others_of(self, name: str) -> Iterator[str]:
        for alias, target in self._aliases.items():
            if name == target or name.startswith((target + ".", target + "(")):
                yield alias + name[len(target) :]
