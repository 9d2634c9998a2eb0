"""Every file under `rules/` that describes the world: it loads, its names are unique, its ports and types parse."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path

import pytest

from privlint.knowledge.load import (
    library_names,
    load_catalogue,
    load_jurisdictions,
    load_library,
    load_regions,
    load_taxonomy,
    rules_folder,
)
from privlint.knowledge.ports import parse_call, parse_flow, parse_port, parse_type
from privlint.models import SINK_KINDS, CallableModel, Library

NAMES = library_names()
AREAS = {"EEA", "EU", "*", ""}


def _texts(model: CallableModel) -> list[str]:
    return [port for sink in model.sink for port in (*sink.data, sink.url) if port]


@pytest.mark.parametrize("name", NAMES)
def test_library(name: str) -> None:
    library = load_library(name)
    assert library.imports
    _check_callables(library)
    for attribute in library.attribute:
        assert attribute.type or attribute.source or attribute.sink or attribute.carries
        _check_type(attribute.type)
    for field in library.field:
        _check_type(field.type)
        _check_type(field.reverse_type)
    for model in library.type:
        _check_type(model.iterates)
    for required in library.requires:
        assert required in NAMES


def _check_callables(library: Library) -> None:
    for model in library.callable:
        for port in (*_texts(model), *model.picks, *model.drops):
            parse_port(port)
        for flow in model.flow:
            parse_flow(flow)
        for call in model.calls:
            parse_call(call)
        _check_type(model.returns)
        assert all(sink.kind in SINK_KINDS for sink in model.sink), model.name
        assert model.mark in ("", "pseudonymous"), model.name
        says = (
            model.flow,
            model.carries,
            model.clean,
            model.calls,
            model.sink,
            model.holds,
            model.entry,
            model.response,
            model.init,
            model.record,
            model.decorates,
            model.connects,
            model.emits,
            model.reads,
        )
        assert any(says) or model.source, model.name
        assert not (model.clean and (model.flow or model.carries or model.calls)), model.name


def _check_type(text: str) -> None:
    if text:
        parse_type(text)


def test_a_callable_has_one_model() -> None:
    names = Counter(name for library in map(load_library, NAMES) for model in library.callable for name in model.name)
    assert [name for name, count in names.items() if count > 1] == []


def test_named_ports_are_parameters_where_all_are_listed() -> None:
    """A port that names a position of `params` twice would be a slip of the pen."""
    for library in map(load_library, NAMES):
        for model in library.callable:
            named = [name for name in model.params if name]
            assert len(named) == len(set(named)), model.name


def test_sinks_name_recipients_of_the_catalogue() -> None:
    catalogue = load_catalogue()
    for library in map(load_library, NAMES):
        for model in library.callable:
            named = {sink.recipient for sink in model.sink} | {model.init}
            assert named - {""} <= set(catalogue), model.name
        assert {option.recipient for option in library.option} - {""} <= set(catalogue)


def test_categories_of_sources_exist() -> None:
    taxonomy = load_taxonomy().names
    for library in map(load_library, NAMES):
        sources = {model.source for model in library.callable} | {model.source for model in library.attribute}
        assert sources - {""} <= set(taxonomy)


def test_catalogue() -> None:
    catalogue = load_catalogue()
    assert len(catalogue) == 259
    countries = set(load_jurisdictions().names) | AREAS
    for name, recipient in catalogue.items():
        assert all((recipient.name, recipient.category, recipient.source, recipient.checked)), name
        datetime.date.fromisoformat(recipient.checked_on)
        assert not recipient.confirmed
        assert {recipient.country, recipient.location, *recipient.locations.values()} <= countries, name
        assert recipient.provider in ("", "aws", "gcp", "azure")


def test_recipients_stand_before_callables() -> None:
    """The catalogue is read from the part of a file above its first callable."""
    for path in sorted((rules_folder() / "libraries").glob("*.toml")):
        head, _, tail = path.read_text(encoding="utf-8").partition("\n[[callable]]")
        assert "\n[[recipient]]" not in tail, path.name
        assert head.startswith("# "), path.name


def test_files_are_called_after_their_import() -> None:
    for name in NAMES:
        imports = load_library(name).imports
        assert any(module == name or module.startswith(name + ".") for module in imports), name


@pytest.mark.parametrize("path", sorted((rules_folder() / "libraries").glob("*.toml")), ids=lambda path: path.stem)
def test_every_library_has_its_page(path: Path) -> None:
    page = path.with_suffix(".md").read_text(encoding="utf-8")
    assert page.startswith("# ")
    assert "## Accepted" in page


def test_regions() -> None:
    regions = load_regions()
    assert Counter(provider for provider, _ in regions) == {"aws": 49, "gcp": 57, "azure": 77}
    assert set(regions.values()) <= set(load_jurisdictions().names) | AREAS
    assert regions["gcp", "europe-west2"] == regions["aws", "eu-west-2"] == regions["azure", "uksouth"] == "GB"
    assert regions["gcp", "europe-west6"] == regions["aws", "eu-central-2"] == "CH"
    assert regions["aws", "eu-west-1"] == "IE"


def test_switches_lead_to_known_places() -> None:
    known = set(load_jurisdictions().names) | AREAS
    providers = {"", "aws", "gcp", "azure"}
    for library in map(load_library, NAMES):
        for switch in library.region:
            assert set(switch.values.values()) <= known, switch.call
            assert switch.provider in providers
            assert switch.values or switch.provider or switch.host, switch.call


def test_taxonomy() -> None:
    names = load_taxonomy().names
    assert len(names) == 104
    for name, category in names.items():
        assert all((category.label, category.fides)), name
        assert category.iri.startswith("https://w3id.org/dpv/pd#"), name
        assert name.rpartition(".")[0] in names or "." not in name, name
    assert names["health"].special
    assert names["criminal"].criminal
    assert names["credentials"].secret
    assert names["government_id.national_number"].national
    assert names["child"].child
    assert not names["contact"].special
    assert not names["belief"].special
    assert names["belief.religion"].special


def test_jurisdictions() -> None:
    found = load_jurisdictions()
    assert {"AX", "GF", "GP", "MF", "MQ", "RE", "YT", "NO", "IS", "LI"} <= set(found.areas["EEA"])
    assert not {"GL", "NC", "PF", "SJ", "GI", "GB", "CH"} & set(found.areas["EEA"])
    assert len(found.areas["EEA"]) == 30 + 7
    assert set(found.areas["EEA"]) - set(found.areas["EU"]) == {"IS", "LI", "NO"}
    for codes in found.areas.values():
        assert set(codes) <= set(found.names)


def test_adequacy() -> None:
    found = load_jurisdictions()
    from_eea = {decision.country: decision for decision in found.decisions if decision.home == "EEA"}
    assert len(from_eea) == 17
    assert from_eea["GB"].expires == "2031-12-27"
    assert from_eea["US"].needs_certification
    assert from_eea["US"].partial
    for decision in found.decisions:
        assert decision.country in found.names
        assert decision.scope
        assert decision.source
        start = datetime.date.fromisoformat(decision.in_force_from)
        assert not decision.expires or datetime.date.fromisoformat(decision.expires) > start
        datetime.date.fromisoformat(decision.checked_on)


def test_a_decision_on_an_area_holds_for_its_countries() -> None:
    pairs = {(decision.home, decision.country) for decision in load_jurisdictions().decisions}
    assert {("GB", "DE"), ("CH", "RE"), ("GB", "CH"), ("CH", "GB")} <= pairs
    assert ("EEA", "DE") not in pairs


def test_what_is_known_from_memory_of_other_areas_says_so() -> None:
    for decision in load_jurisdictions().decisions:
        assert decision.unconfirmed == (decision.home in ("GB", "CH")), (decision.home, decision.country)


def test_switches_have_something_that_sets_them() -> None:
    catalogue = load_catalogue()
    for library in map(load_library, NAMES):
        for switch in library.region:
            settings = [name for name in switch.set if not name.startswith("self.")]
            assert bool(switch.call) == bool(switch.param), switch
            assert bool(settings) == bool(switch.recipient), switch
            assert switch.recipient in catalogue or not switch.recipient, switch


def test_switches_name_callables_that_the_models_know() -> None:
    """A modelled callable, a class with modelled methods (by its own name or an alias), or a class with bases."""
    known: set[str] = set()
    for library in map(load_library, NAMES):
        modelled = [name for model in library.callable for name in model.name]
        known.update(modelled, (model.name for model in library.type))
        for name in (*modelled, *library.aliases.values(), *library.aliases):
            parts = name.split(".")
            known.update(".".join(parts[:count]) for count in range(1, len(parts)))
    for library in map(load_library, NAMES):
        unknown = {name for switch in library.region for name in switch.call} - known
        assert unknown == set(), library.imports


def test_what_an_alias_names_is_not_described_again() -> None:
    """Models and switches hold under every alias of their names, so it would be described twice."""
    aliases = [alias for library in map(load_library, NAMES) for alias in library.aliases]
    for library in map(load_library, NAMES):
        named = [name for switch in library.region for name in switch.call]
        named += [name for model in library.callable for name in model.name]
        assert [name for name in named if any(f"{name}.".startswith(f"{alias}.") for alias in aliases)] == []
