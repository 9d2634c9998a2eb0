"""Which files are read for which imports, what merging does, what a broken file says, whose a host is."""

from __future__ import annotations

from pathlib import Path

import pytest

from privlint.knowledge import load
from privlint.knowledge.hosts import HostIndex
from privlint.knowledge.load import (
    RulesError,
    host_recipient,
    load_models,
    load_regions,
    select_libraries,
    shipped_hosts,
)
from privlint.knowledge.merge import merge
from privlint.models import CallableModel, ClassModel, Library, Models, OptionModel, Recipient, RegionSwitch


def test_only_what_is_imported_is_read() -> None:
    chosen = select_libraries({"mixpanel", "acme.tools"})
    assert "mixpanel" in chosen
    assert "builtins" in chosen
    assert "logging" in chosen
    assert "stripe" not in chosen
    assert "django" not in chosen


def test_a_submodule_needs_the_file_of_its_package() -> None:
    assert "sentry_sdk" in select_libraries({"sentry_sdk.integrations.django"})
    assert "google.cloud.storage" in select_libraries({"google.cloud.storage.blob"})


def test_an_import_from_a_package_needs_the_files_below_it() -> None:
    assert "google.cloud.storage" in select_libraries({"google.cloud"})


def test_names_are_not_matched_by_their_beginning() -> None:
    assert "stripe" not in select_libraries({"stripes", "strip"})


def test_frameworks_bring_what_they_stand_on() -> None:
    assert {"fastapi", "starlette", "pydantic"} <= set(select_libraries({"fastapi"}))
    assert {"rest_framework", "django"} <= set(select_libraries({"rest_framework.views"}))


def test_no_imports_known_means_all() -> None:
    assert select_libraries(None) == load.library_names()


def test_models_of_a_program() -> None:
    models = load_models({"mixpanel"})
    model = models.callables["mixpanel.Mixpanel.track"]
    assert model.params == ("distinct_id", "event_name", "properties")
    assert model.sink[0].recipient == "mixpanel"
    assert "stripe.Customer.create" not in models.callables
    assert "stripe" in models.recipients  # a host alone can name it
    assert models.regions["aws", "eu-west-1"] == "IE"


def _callable(name: str, kind: str = "") -> CallableModel:
    return CallableModel(name=(name,), source=kind)


def test_the_project_wins() -> None:
    own = Models(callables={"a.send": _callable("a.send", "contact")})
    models = merge([Library(imports=("a",), callable=(_callable("a.send", "identity"), _callable("a.get")))], own)
    assert models.callables["a.send"].source == "contact"
    assert "a.get" in models.callables


def test_merging_leaves_the_project_alone() -> None:
    own = Models(switches={"a.C": [RegionSwitch(call=("a.C",), param="x")]})
    library = Library(
        imports=("a",),
        region=(RegionSwitch(call=("a.C",), param="y"),),
        option=(OptionModel(call=("a.C",), param="z", ships=("True",), what="all of it"),),
    )
    models = merge([library], own)
    assert [switch.param for switch in models.switches["a.C"]] == ["x", "y"]
    assert [switch.param for switch in own.switches["a.C"]] == ["x"]
    assert [option.param for option in models.options["a.C"]] == ["z"]


def test_aliases_are_other_names_of_the_same_things() -> None:
    library = Library(
        imports=("web",),
        aliases={"web.http.response": "web.http"},
        callable=(_callable("web.http.Response.write"), _callable("web.https.go")),
        type=(ClassModel(name="web.http.Response", stores=True),),
    )
    models = merge([library])
    assert "web.http.response.Response.write" in models.callables
    assert "web.http.response.s.go" not in models.callables
    assert models.classes["web.http.response.Response"].bases == ("web.http.Response",)
    assert models.classes["web.http.Response"].bases == ()


def _rules(folder: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> None:
    (folder / "libraries").mkdir()
    for name, text in files.items():
        (folder / "libraries" / f"{name}.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(load, "rules_folder", lambda: folder)
    for cached in (load.load_library, load.load_catalogue, load.library_names, load._stems):
        cached.cache_clear()
        monkeypatch.setattr(load, cached.__name__, cached.__wrapped__)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'imports = ["a"]\n[[callable]]\nname = ["a.b"]\nsink = [{ kind = 3 }]\n',
            r"a\.toml: callable\[0\]\.sink\[0\]\.kind",
        ),
        ('imports = ["a"]\n[[callable]]\nname = ["a.b"]\nflows = []\n', r"a\.toml: callable\[0\]: .*flows"),
        ("imports = [\n", r"a\.toml: Invalid value"),
        ("[[callable]]\nname = ['a']\n", r"a\.toml: top level: .*imports"),
    ],
)
def test_a_broken_file_is_named_with_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    _rules(tmp_path, monkeypatch, a=text)
    with pytest.raises(RulesError, match=message):
        load.load_library("a")


def test_a_recipient_stands_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'imports = ["x"]\n\n[[recipient]]\nid = "x"\nname = "X"\ncategory = "email"\n'
    _rules(tmp_path, monkeypatch, a=text, b=text)
    with pytest.raises(RulesError, match="`x` stands in another file too"):
        load.load_catalogue()


def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _rules(tmp_path, monkeypatch)
    with pytest.raises(RulesError, match=r"nowhere\.toml: cannot be read"):
        load.load_library("nowhere")


@pytest.mark.parametrize(
    ("host", "recipient", "location"),
    [
        ("api-eu.mixpanel.com", "mixpanel", "NL"),
        ("API.mixpanel.com.", "mixpanel", "US"),
        ("o4501.ingest.de.sentry.io", "sentry", "DE"),
        ("o4501.ingest.sentry.io", "sentry", "US"),
        ("s3.eu-west-2.amazonaws.com", "amazon_s3", "GB"),
        ("bucket.s3.eu-central-2.amazonaws.com", "amazon_s3", "CH"),
        ("sqs.eu-north-1.amazonaws.com", "aws_generic", "SE"),
        ("europe-west2-aiplatform.googleapis.com:443", "vertex_ai", "GB"),
        ("acme.my.salesforce.com", "salesforce", ""),
        ("mixpanel.com.evil.example", "", ""),
        ("notmixpanel.com", "", ""),
        ("localhost", "", ""),
        ("", "", ""),
    ],
)
def test_whose_a_host_is(host: str, recipient: str, location: str) -> None:
    assert host_recipient(host) == recipient
    assert shipped_hosts().location(host) == location


def test_the_most_specific_domain_decides() -> None:
    recipients = {
        "all": Recipient(id="all", name="All", category="cloud", domains=("*.cloud.example",)),
        "mail": Recipient(id="mail", name="Mail", category="email", domains=("mail.*.cloud.example", "cloud.example")),
        "page": Recipient(id="page", name="Page", category="email", domains=("www.example/page",)),
    }
    index = HostIndex(recipients, load_regions())
    assert index.recipient("mail.eu.cloud.example") == "mail"
    assert index.recipient("files.eu.cloud.example") == "all"
    assert index.recipient("cloud.example") == "mail"
    assert index.recipient("www.example") == ""


def test_regions_are_whole_labels() -> None:
    index = HostIndex({}, {("gcp", "europe-west1"): "BE", ("gcp", "europe-west10"): "DE"})
    assert index.region_location("gcp", "europe-west10-run.example") == "DE"
    assert index.region_location("gcp", "europe-west1.run.example") == "BE"
    assert index.region_location("gcp", "xeurope-west1.example") == ""
    assert index.region_location("", "europe-west1") == ""
