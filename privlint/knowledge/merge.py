"""Joins library files into one `Models`, by qualified name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.models import Library, Models

if TYPE_CHECKING:
    from collections.abc import Iterable


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
    for name, options in more.options.items():
        models.options.setdefault(name, []).extend(options)
    models.own_domains = tuple(dict.fromkeys(models.own_domains + more.own_domains))


def _as_models(library: Library) -> Models:
    models = Models()
    models.callables = {name: model for model in library.callable for name in model.name}
    models.attributes = {(model.owner, model.name): model for model in library.attribute}
    models.fields = {name: model for model in library.field for name in model.name}
    models.classes = {model.name: model for model in library.type}
    models.handovers = {decorator: model for model in library.handover for decorator in model.decorators}
    models.recipients = {recipient.id: recipient for recipient in library.recipient}
    for switch in library.region:
        for name in switch.call:
            models.switches.setdefault(name, []).append(switch)
    for option in library.option:
        for name in option.call:
            models.options.setdefault(name, []).append(option)
    return models
