"""`policy export`: the policy in the words of W3C DPV and of Fides."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from privlint.cli import run
from tests.test_policies import FOLDER

EXAMPLE = Path(__file__).parent.parent / "examples" / "probackup"
POLICIES = [EXAMPLE, *sorted(FOLDER.iterdir())]
LINE = re.compile(r'( *)(- )?([a-z_]+:|"(?:[^"\\]|\\.)*")( (?:"(?:[^"\\]|\\.)*"|true|false))?')


def export(path: Path, form: str, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert run(["policy", "export", str(path), "--to", form]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.name)
def test_dpv_has_a_process_for_each_basis(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document: dict[str, Any] = json.loads(export(path, "dpv", capsys))
    known = {node["@id"] for node in document["@graph"]}
    assert len(known) == len(document["@graph"])
    for node in document["@graph"]:
        for recipient in node.get("dpv:hasRecipient", []):
            assert recipient["@id"] in known
    prefixes = set(document["@context"])
    terms = re.findall(r'"([\w-]+):[\w-]+"', json.dumps(document["@graph"]))
    assert set(terms) <= prefixes


def test_the_words_of_dpv(capsys: pytest.CaptureFixture[str]) -> None:
    graph = json.loads(export(EXAMPLE, "dpv", capsys))["@graph"]
    process = next(node for node in graph if node["@id"] == "#process-customer_management-2")
    assert process["dpv:hasLegalBasis"] == {"@id": "eu-gdpr:A6-1-f"}
    assert {"@id": "dpv:CustomerManagement"} in process["dpv:hasPurpose"]
    assert {"@id": "https://w3id.org/dpv/pd#EmailAddress"} in process["dpv:hasPersonalData"]
    stripe = next(node for node in graph if node["@id"] == "#recipient-stripe")
    assert stripe["@type"] == ["dpv:Recipient", "dpv:DataController"]


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.name)
def test_fides_is_yaml_of_plain_lines(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = export(path, "fides", capsys).splitlines()
    assert lines[0] == "system:"
    assert lines[1].startswith("  - fides_key: ")
    assert [line for line in lines if not LINE.fullmatch(line)] == []


def test_the_words_of_fides(capsys: pytest.CaptureFixture[str]) -> None:
    text = export(EXAMPLE, "fides", capsys)
    assert '      - name: "Customer accounts (contract)"\n        data_categories:\n          - "user.name"\n' in text
    assert '        legal_basis_for_processing: "Legitimate interests"\n' in text
    assert '        data_use: "marketing.communications"\n' in text
    assert "    does_international_transfers: true\n" in text
    assert "    does_international_transfers: true\n" in export(FOLDER / "employer", "fides", capsys)


def test_export_into_a_file(tmp_path: Path) -> None:
    target = tmp_path / "policy.yml"
    assert run(["policy", "export", str(EXAMPLE), "--to", "fides", "-o", str(target)]) == 0
    assert target.read_text("utf-8").startswith("system:\n")
    (tmp_path / "privlint.toml").write_text("[policy]\nhom = 1\n", "utf-8")
    assert run(["policy", "export", str(tmp_path), "--to", "dpv"]) == 2
