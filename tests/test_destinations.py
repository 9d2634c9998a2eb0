"""Hosts, places and transports: what the code says of where data goes."""

from __future__ import annotations

import pytest

from privlint.analysis.destinations import is_own_infrastructure
from privlint.analysis.regions import look_up, read_url
from privlint.diagnostics import Diagnostic
from privlint.engine import analyse_sources
from tests.analysed import TODAY

HEAD = """
import os
import boto3, httpx, openai, requests
from dataclasses import dataclass
from typing import Annotated
from mixpanel import Consumer, Mixpanel
from privlint import Personal

@dataclass
class Customer:
    email: Annotated[str, Personal("contact.email")]

"""


def found(code: str) -> list[Diagnostic]:
    """Findings about recipients and transport in a program with one personal field."""
    every = analyse_sources({"app.py": HEAD + code}, "[policy]\n", today=TODAY)
    return [each for each in every if each.code in ("PRV401", "PRV405", "PRV604")]


def recipient(code: str) -> tuple[str, str]:
    [single] = [each for each in found(code) if each.code == "PRV401"]
    return single.recipient, single.location


VALUES = {"eu": "EEA", "eu.*": "IE", "eu.west.*": "FR", "pkg.module.Region.US": "US", "": "DE", "*": "JP"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("eu", "EEA"),
        ("eu.anything", "IE"),
        ("eu.west.1", "FR"),
        ("pkg.Region.US", "US"),
        ("other.Region.US", "JP"),
        ("anything", "JP"),
    ],
)
def test_a_constant_is_looked_up_by_the_most_exact_key(text: str, place: str) -> None:
    assert look_up(VALUES, text) == place


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("https://Key@o1.ingest.de.sentry.io/2", ("https", "o1.ingest.de.sentry.io")),
        ("//mail.example.org:25", ("", "mail.example.org")),
        ("https://\0/path", ("https", "")),
        ("https://api.\0", ("https", "")),
        ("/path", None),
    ],
)
def test_a_host_is_read_only_if_it_is_all_known(text: str, read: tuple[str, str] | None) -> None:
    assert read_url(text) == read


def test_own_infrastructure_is_what_no_public_resolver_knows() -> None:
    assert all(map(is_own_infrastructure, ("localhost", "db", "10.0.0.3", "[::1]", "queue.internal")))
    assert not any(map(is_own_infrastructure, ("example.org", "8.8.8.8")))


def test_the_host_of_a_client_says_who_it_is() -> None:
    code = 'def f(c: Customer):\n    openai.OpenAI(base_url="https://openrouter.ai/api/v1").chat.completions.create('
    assert recipient(code + "messages=[c.email])\n")[0] == "openrouter"


def test_what_a_client_is_made_with_counts_as_well() -> None:
    code = 'client = Mixpanel("t", consumer=Consumer(api_host="api-eu.mixpanel.com"))\n'
    assert recipient(code + "def f(c: Customer):\n    client.track(c.email, 'seen')\n") == ("mixpanel", "NL")


def test_the_region_of_a_session_is_that_of_its_clients() -> None:
    code = 'REGION = os.environ.get("R", "eu-central-1")\ndef s3():\n    return boto3.Session(region_name=REGION)'
    code += '.client("s3")\ndef f(c: Customer):\n    s3().put_object(Key="x", Body=c.email)\n'
    assert recipient(code) == ("amazon_s3", "DE")


def test_a_default_says_nothing_where_the_host_is_given_and_not_known() -> None:
    code = 'client = Mixpanel("t", consumer=Consumer(api_host=os.environ["HOST"]))\n'
    code += "def f(c: Customer):\n    client.track(c.email, 'seen')\n"
    [single] = found(code)
    assert "US" in single.country
    assert single.recipient == "mixpanel"


@pytest.mark.parametrize(
    ("setting", "place"),
    [
        ("", "US"),
        ('posthog.host = "https://eu.i.posthog.com"\n', "DE"),
        ('def start():\n    setattr(posthog, "host", "https://eu.i.posthog.com")\n', "DE"),
    ],
)
def test_a_setting_of_a_module_decides_for_its_functions(setting: str, place: str) -> None:
    code = f"import posthog\n{setting}def f(c: Customer):\n    posthog.capture('seen', distinct_id=c.email)\n"
    assert recipient(code) == ("posthog", place)


def test_a_setting_of_a_module_decides_nothing_for_a_client() -> None:
    code = 'openai.base_url = "https://openrouter.ai/api/v1"\nclient = openai.OpenAI()\n'
    code += "def f(c: Customer):\n    client.chat.completions.create(messages=[c.email])\n"
    assert recipient(code)[0] == "openai"


def test_an_attribute_of_a_client_counts_like_its_argument() -> None:
    code = "import docusign_esign\ndef f(c: Customer):\n    client = docusign_esign.ApiClient()\n"
    code += '    client.host = "https://eu.docusign.net/restapi"\n'
    code += "    docusign_esign.EnvelopesApi(client).create_envelope('1', envelope_definition=c.email)\n"
    assert recipient(code) == ("docusign", "DE")


@pytest.mark.parametrize(
    ("variable", "place"), [("AWS_DEFAULT_REGION", "DE"), ("AWS_REGION", "US")]
)  # boto3 reads the second one for other things only
def test_a_variable_of_the_environment_that_the_program_sets_decides(variable: str, place: str) -> None:
    code = f'os.environ["{variable}"] = "eu-central-1"\n'
    code += "def f(c: Customer):\n    boto3.client('s3').put_object(Key='x', Body=c.email)\n"
    assert recipient(code) == ("amazon_s3", place)


@pytest.mark.parametrize(
    ("maker", "transport"),
    [
        ('httpx.Client(base_url="https://a.example.org", verify=False)', "`verify=False`"),
        ('httpx.Client(base_url="http://a.example.org")', "plain http"),
        ('httpx.Client(base_url="https://a.example.org", verify=True)', ""),
        ('httpx.Client(base_url="http://a.internal", verify=False)', ""),
    ],
)
def test_the_client_decides_how_well_data_is_protected(maker: str, transport: str) -> None:
    code = f"class Desk:\n    def __init__(self):\n        self.http = {maker}\n"
    code += '    def f(self, c: Customer):\n        self.http.post("/x", json=c.email)\n'
    said = [each.message for each in found(code) if each.code == "PRV604"]
    assert [transport in message for message in said] == ([True] if transport else [])


SPACES = "https://fra1.digitaloceanspaces.com"
S3 = 'def f(c: Customer):\n    boto3.client("s3").put_object(Key="x", Body=c.email)\n'
SNS = 'def f(c: Customer):\n    boto3.client("sns").publish(Message=c.email)\n'
TWILIO = (
    "from twilio.rest import Client\ndef f(c: Customer):\n    client = {}\n    client.messages.create(to=c.email)\n"
)
MISTRAL = "from {} import Mistral\ndef f(c: Customer):\n    {}.chat.complete(messages=[c.email])\n"
CLAUDE = "import anthropic\ndef f(c: Customer):\n    anthropic.{}.messages.create(messages=[c.email]{})\n"
GEOCODER = "from geopy import geocoders\ndef f(c: Customer):\n    geocoders.{}.geocode(c.email)\n"
NEW_RELIC = "import newrelic.agent\ndef f(c: Customer):\n    newrelic.agent.set_user_id(c.email)\n"
SENTRY = "import sentry_sdk\nsentry_sdk.init({})\ndef f(c: Customer):\n    sentry_sdk.set_tag('who', c.email)\n"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (S3.replace('"s3"', f'"s3", endpoint_url="{SPACES}"'), ("digitalocean", "")),
        (f'os.environ["AWS_ENDPOINT_URL"] = "{SPACES}"\n{S3}', ("digitalocean", "")),
        (f'os.environ["AWS_ENDPOINT_URL_S3"] = "{SPACES}"\n{S3}', ("digitalocean", "")),
        (f'os.environ["AWS_ENDPOINT_URL_S3"] = "{SPACES}"\n{SNS}', ("amazon_sns", "")),
        (f'os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"\n{SNS}', ("amazon_sns", "DE")),
        (f'os.environ["AWS_REGION"] = "eu-central-1"\n{SNS}', ("amazon_sns", "")),
        (TWILIO.format('Client("a", "t", region="ie1", edge="dublin")'), ("twilio", "IE")),
        (TWILIO.format('Client("a", "t")\n    client.region = "ie1"'), ("twilio", "IE")),
        (TWILIO.format('Client("a", "t", edge="dublin")'), ("twilio", "US")),
        (MISTRAL.format("mistralai.client", 'Mistral("key", server="eu")'), ("mistral", "EEA, CH")),
        (MISTRAL.format("mistralai.client", 'Mistral("key", "us")'), ("mistral", "US")),
        (MISTRAL.format("mistralai.client", 'Mistral("key")'), ("mistral", "*")),
        (MISTRAL.format("mistralai", 'Mistral("key", server="eu")'), ("mistral", "EEA, CH")),
        (CLAUDE.format("Anthropic()", ', inference_geo="eu"'), ("anthropic", "*")),
        (CLAUDE.format("Anthropic()", ', inference_geo="us"'), ("anthropic", "US")),
        (CLAUDE.format('AnthropicVertex(region="europe-west1")', ""), ("anthropic", "BE")),
        (GEOCODER.format('Nominatim(user_agent="x")'), ("nominatim", "GB")),
        (GEOCODER.format('GoogleV3("key")'), ("google_maps", "US")),
        (GEOCODER.format('MapBox("key")'), ("mapbox", "US")),
        (NEW_RELIC, ("newrelic", "US")),
        (f'os.environ["NEW_RELIC_LICENSE_KEY"] = "eu01xx0"\n{NEW_RELIC}', ("newrelic", "DE")),
        (f'os.environ["NEW_RELIC_HOST"] = "collector.eu01.nr-data.net"\n{NEW_RELIC}', ("newrelic", "DE")),
        (SENTRY.format('dsn="https://key@o1.ingest.de.sentry.io/2"'), ("sentry", "DE")),
        (SENTRY.format('"https://key@o1.ingest.us.sentry.io/2"'), ("sentry", "US")),
    ],
)
def test_traps(code: str, expected: tuple[str, str]) -> None:
    assert recipient(code) == expected


def test_a_geocoder_that_nobody_knows_is_an_unresolved_destination() -> None:
    assert [each.code for each in found(GEOCODER.format("Photon()"))] == ["PRV405"]


def test_a_geocoder_of_ones_own_is_none() -> None:
    assert found(GEOCODER.format('Nominatim(domain="localhost")')) == []
