"""`map --record`: the record of processing says what the policy says, and what `check` finds beside it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from privlint.checks import RULES
from privlint.cli import run
from privlint.report.record import FORMATS
from tests.projects import git, write_files

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "probackup"

POLICY = """\
[policy]
name = "Privacy policy"
[controller]
name = "Acme BV"
country = "BE"
contact = "privacy@acme.example"
[subjects.member]
label = "members"
[subjects.guest]
label = "guests"
[groups.reach]
label = "how to reach you"
contains = ["contact.email", "contact.phone"]
[purposes.support]
label = "Helping members"
categories = ["reach"]
subjects = ["member"]
[[purposes.support.basis]]
kind = "contract"
subjects = ["member"]
retention = "years"
[retention.years]
keep = "2 years"
starts = "end_of_contract"
then = "delete"
[recipients.helpdesk]
country = "US"
safeguard = "scc"
assessment = "TIA 1"
role = "processor"
purposes = ["support"]
domains = ["desk.example"]
[recipients.printer]
country = "BE"
purposes = ["support"]
[security]
measures = ["TLS"]
[code]
"app.support" = "support"
"""
MODELS = """\
from dataclasses import dataclass
from typing import Annotated

from privlint import Personal


@dataclass
class Member:
    email: Annotated[str, Personal("contact.email", subject="member")]
    ip: Annotated[str, Personal("technical.ip_address", subject="member")]


@dataclass
class Guest:
    email: Annotated[str, Personal("contact.email", subject="guest")]
"""
SUPPORT = """\
import requests

from app.models import Guest, Member


def tell(member: Member) -> None:
    requests.post("https://desk.example/tickets", json={"who": member.email})


def trace(member: Member) -> None:
    requests.post("https://desk.example/tickets", json={"from": member.ip})


def invite(guest: Guest) -> None:
    requests.post("https://desk.example/tickets", json={"who": guest.email})
"""
PROJECT = {
    "privlint.toml": POLICY,
    "app/__init__.py": "",
    "app/models.py": MODELS,
    "app/support.py": SUPPORT,
}


def record(path: Path, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["map", "--record", str(path), "--output-format", "json", "--no-cache", *options]) == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    return printed


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_files(tmp_path, PROJECT)


@pytest.fixture
def rows(project: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = record(project, capsys)["activities"]
    return found


# ---------------------------------------------------------------- what a row holds


def test_a_row_for_each_purpose_and_basis_in_the_order_of_the_policy(capsys: pytest.CaptureFixture[str]) -> None:
    found = [
        (each["purpose"]["name"], each["basis"]) for each in record(EXAMPLE, capsys)["activities"] if each["basis"]
    ]
    assert found == [
        ("customer_management", "contract"),
        ("customer_management", "legitimate_interest"),
        ("supplier_management", "contract"),
        ("supplier_management", "legitimate_interest"),
        ("prospects", "legitimate_interest"),
        ("marketing", "legitimate_interest"),
        ("security", "legitimate_interest"),
        ("legal_proceedings", "legitimate_interest"),
        ("legal_obligations", "legal_obligation"),
    ]


def test_what_the_policy_says_of_a_row(rows: list[dict[str, Any]]) -> None:
    row = rows[0]
    assert row["purpose"] == {"name": "support", "label": "Helping members"}
    assert row["basis_text"] == "a contract (GDPR Art. 6(1)(b))"
    assert row["subjects"] == [{"name": "member", "label": "members"}]
    assert [each["name"] for each in row["categories"][0]["contains"]] == ["contact.email", "contact.phone"]
    assert row["retention"] == "2 years from end of contract; then deleted"
    assert row["measures"] == ["TLS"]
    assert row["mapped"] == ["app.support"]
    helpdesk, printer = row["recipients"]
    assert helpdesk["country"] == "United States"
    assert helpdesk["outside"]
    assert helpdesk["safeguard"] == "standard contractual clauses, assessment: TIA 1"
    assert (printer["country"], printer["outside"], printer["safeguard"]) == ("Belgium", False, "")


def test_the_code_that_does_it(rows: list[dict[str, Any]]) -> None:
    found = [(each["path"], each["line"], each["does"], each["recipient"]) for each in rows[0]["code"]]
    assert found == [("app/support.py", 7, "service", "helpdesk"), ("app/support.py", 11, "service", "helpdesk")]
    assert rows[0]["code"][0]["categories"] == ["contact.email"]


def test_declared_and_not_found(rows: list[dict[str, Any]]) -> None:
    assert rows[0]["not_found"] == [
        "a field that holds telephone number",
        "what goes to printer: the policy names nothing by which code could show it",
        "code that removes the data when its period is over: the policy file names none",
    ]


def test_found_and_not_declared(rows: list[dict[str, Any]]) -> None:
    found = [(each["rule"], each["text"], each["places"]) for each in rows[0]["undeclared"]]
    at = [{"path": "app/support.py", "line": 11}]
    assert found == [("PRV302", "IP address (members), sent to helpdesk: not among the data of this purpose", at)]


def test_people_without_a_basis_have_a_row_of_their_own(rows: list[dict[str, Any]]) -> None:
    row = rows[1]
    assert (row["kind"], row["purpose"]["name"], row["basis_text"]) == ("no_basis", "support", "none stated")
    assert row["subjects"] == [{"name": "guest", "label": "guests"}]
    assert [each["rule"] for each in row["undeclared"]] == ["PRV303"]
    assert [each["line"] for each in row["code"]] == [15]


def test_what_belongs_to_no_purpose_comes_last(rows: list[dict[str, Any]]) -> None:
    row = rows[-1]
    assert (row["kind"], row["code"]) == ("rest", [])
    assert [(each["rule"], each["places"][0]["line"]) for each in row["undeclared"]] == [("PRV203", 10)]


def test_a_policy_that_the_code_keeps_has_no_differences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = POLICY.replace("[code]\n", '[enforced_by]\n"retention.years" = ["app.support.purge"]\n[code]\n')
    policy = policy.replace(', "contact.phone"', "").replace(
        '[recipients.printer]\ncountry = "BE"\npurposes = ["support"]\n', ""
    )
    code = SUPPORT.partition("def trace")[0] + "def purge() -> None: ...\n"
    models = MODELS.replace('    ip: Annotated[str, Personal("technical.ip_address", subject="member")]\n', "")
    write_files(tmp_path, {**PROJECT, "privlint.toml": policy, "app/support.py": code, "app/models.py": models})
    (row,) = record(tmp_path, capsys)["activities"]
    assert (row["not_found"], row["undeclared"]) == ([], [])
    assert row["retention"].endswith("; removed by app.support.purge")


def test_data_of_customers_is_a_row_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = "class Upload:\n    owner: str  # privlint: contact.email role=processor\n"
    code = "import requests\n\nfrom app.models import Upload\n\n\ndef send(one: Upload) -> None:\n"
    code += '    requests.post("https://desk.example/x", json=one.owner)\n'
    files = {**PROJECT, "app/models.py": model, "app/support.py": code}
    found = record(write_files(tmp_path, files), capsys)["activities"]
    (row,) = [each for each in found if each["kind"] == "processor"]
    assert [each["name"] for each in row["recipients"]] == ["helpdesk"]
    assert [each["line"] for each in row["code"]] == [7]
    assert found[0]["code"] == []


def test_recipients_without_a_limit_that_nothing_goes_to_are_not_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = (
        '[recipients.anybody]\ncountry = "BE"\n[recipients.host]\ncountry = "DE"\ndomains = ["host.example"]\n[code]\n'
    )
    write_files(tmp_path, {**PROJECT, "privlint.toml": POLICY.replace("[code]\n", more)})
    row = record(tmp_path, capsys)["activities"][-1]
    assert [each["name"] for each in row["recipients"]] == ["anybody", "host"]
    assert row["not_found"] == ["for which purpose data goes to anybody and host: the policy sets no limit"]


def test_an_sdk_that_is_started_is_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = '[recipients.sentry]\ncountry = "US"\npurposes = ["support"]\n[code]\n'
    code = f'{SUPPORT}\nimport sentry_sdk\nsentry_sdk.init("https://a@b.ingest.sentry.io/1")\n'
    files = {"privlint.toml": POLICY.replace("[code]\n", own), "app/support.py": code}
    row = record(write_files(tmp_path, {**PROJECT, **files}), capsys)["activities"][0]
    (told,) = [each for each in row["not_found"] if "Sentry" in each]
    assert told.endswith("whose SDK is started (app/support.py:18) and may collect by itself")


def test_the_same_sink_for_several_purposes_stands_in_all_their_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    care = '[purposes.care]\ncategories = ["reach"]\nbasis = "contract"\n'
    shared = "import requests\n\nfrom app.models import Member\n\n\ndef send(member: Member) -> None:\n"
    shared += '    requests.post("https://desk.example/x", json=member.ip)\n'
    caller = "from app.shared import send\n\n\ndef run(member) -> None:\n    send(member)\n"
    files = {
        "privlint.toml": POLICY.replace("[retention", f"{care}[retention", 1) + '"app.care" = "care"\n',
        "app/shared.py": shared,
        "app/care.py": caller,
        "app/support.py": caller,
    }
    found = record(write_files(tmp_path, {**PROJECT, **files}), capsys)["activities"]
    told = {each["purpose"]["name"]: [d["rule"] for d in each["undeclared"]] for each in found}
    assert told["support"] == ["PRV302"]
    assert told["care"] == ["PRV302", "PRV402"]


# ---------------------------------------------------------------- beside `check`


def test_it_tells_every_difference_that_check_finds_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    rules = {each["rule"] for row in record(EXAMPLE, capsys)["activities"] for each in row["undeclared"]}
    told = {
        (each["rule"], place["path"], place["line"])
        for row in record(EXAMPLE, capsys)["activities"]
        for each in row["undeclared"]
        for place in each["places"]
    }
    run(["check", str(EXAMPLE), "--output-format", "json", "--no-cache"])
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    prefix = EXAMPLE.relative_to(Path.cwd()).as_posix() + "/" if EXAMPLE.is_relative_to(Path.cwd()) else ""
    assert told == {
        (each["code"], each["path"].removeprefix(prefix), each["line"]) for each in found if each["code"] in rules
    }
    assert rules >= {"PRV203", "PRV204", "PRV301", "PRV302", "PRV303", "PRV306", "PRV401", "PRV402", "PRV403", "PRV404"}
    assert rules <= {rule.code for rule in RULES}


def test_what_is_accepted_is_told_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    found = [each for row in record(EXAMPLE, capsys)["activities"] for each in row["undeclared"] if each["accepted"]]
    assert [each["rule"] for each in found] == ["PRV403"]
    assert found[0]["accepted"].startswith("exception of the policy: ")


def test_what_the_code_lets_pass_is_told_with_its_reason(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = 'json={"from": member.ip})'
    silenced = SUPPORT.replace(line, f"{line}  # privlint: ignore[PRV302] -- the desk asked for it until spring")
    write_files(project, {"app/support.py": silenced})
    (found,) = record(project, capsys)["activities"][0]["undeclared"]
    assert found["accepted"] == "the desk asked for it until spring"


# ---------------------------------------------------------------- formats


def test_csv_can_be_read_as_a_table(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", "--record", str(project), "--output-format", "csv"]) == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["purpose"] for row in table][:2] == ["Helping members", "Helping members"]
    assert table[0]["code"] == "app/support.py:7, 11"
    assert table[0]["countries"] == "helpdesk: United States; printer: Belgium"
    assert table[0]["found_not_declared"] == (
        "IP address (members), sent to helpdesk: not among the data of this purpose (PRV302: app/support.py:11)"
    )


def test_a_spreadsheet_runs_no_cell(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = POLICY.replace("Helping members", '=HYPERLINK(\\"x\\")')
    write_files(project, {"privlint.toml": policy})
    assert run(["map", "--record", str(project), "--output-format", "csv"]) == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert table[0]["purpose"] == '\'=HYPERLINK("x")'


def test_markdown_has_an_overview_and_a_section_for_each_row(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", "--record", str(project)]) == 0
    text = capsys.readouterr().out
    assert "| 1 | Helping members | contract | members | 2 | 3 | 1 |\n" in text
    assert "\n## 2. Helping members: no basis\n" in text
    assert "- Controller: Acme BV, Belgium, privacy@acme.example\n" in text


def test_what_the_policy_does_not_say_shows(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(
        project, {"privlint.toml": '[policy]\n[purposes.support]\ncategories = ["contact"]\nbasis = "contract"\n'}
    )
    assert run(["map", "--record", str(project)]) == 0
    text = capsys.readouterr().out
    assert (
        "- Asked for, and not stated by the policy: who the controller is and how to reach them (Art. 30(1)(a)); "
        in text
    )
    for name in ("Controller", "Recipients", "Kept", "Security"):
        assert f"- {name}: not stated\n" in text
    assert run(["map", "--record", str(project), "--output-format", "csv"]) == 0
    row = next(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row[name] for name in ("controller", "retention", "security_measures")] == ["not stated"] * 3


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_gets_what_stdout_would(project: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    target = project / "record.out"
    assert run(["map", "--record", str(project), "--output-format", form, "-o", str(target)]) == 0
    assert capsys.readouterr().out == ""
    assert run(["map", "--record", str(project), "--output-format", form]) == 0
    assert target.read_text("utf-8") == capsys.readouterr().out


# ---------------------------------------------------------------- the same for any run


def bytes_of(path: Path, *options: str) -> bytes:
    command = [sys.executable, "-m", "privlint", "map", "--record", str(path), "--output-format", "json", *options]
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_the_same_bytes_cold_warm_and_for_any_number_of_workers(project: Path) -> None:
    cold = bytes_of(project, "-j", "2")
    assert cold == bytes_of(project, "-j", "1")
    assert cold == bytes_of(project, "--no-cache", "-j", "1")
    subprocess.run([sys.executable, "-m", "privlint", "check", str(project)], capture_output=True, check=False)
    assert cold == bytes_of(project)


def test_a_change_is_seen(project: Path) -> None:
    before = bytes_of(project)
    write_files(project, {"app/support.py": SUPPORT + "\n\ndef again(member: Member) -> None:\n    tell(member)\n"})
    moved = bytes_of(project)
    write_files(project, {"app/support.py": "# a line more\n" + SUPPORT})
    assert b'"line": 8' in bytes_of(project)
    write_files(project, {"privlint.toml": POLICY.replace("Helping members", "Helping people")})
    assert b"Helping people" in bytes_of(project)
    assert before == moved


def test_without_a_change_nothing_is_parsed(project: Path) -> None:
    bytes_of(project)
    script = "import sys; from privlint.cli import run; run(sys.argv[1:]); sys.exit('libcst' in sys.modules)"
    command = [sys.executable, "-c", script, "map", "--record", str(project), "-o", str(project / "record.md")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


# ---------------------------------------------------------------- what cannot be done


def test_map_says_what_it_can_do(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", str(project)]) == 2
    assert "privlint map --record" in capsys.readouterr().err


def test_a_policy_that_is_not_valid(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(project, {"privlint.toml": POLICY.replace('"reach"', '"reech"')})
    assert run(["map", "--record", str(project)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "privlint.toml:16:15:" in printed.err
    assert "did you mean `reach`?" in printed.err


@pytest.mark.parametrize("path", ["nowhere", "app/nothing.py"])
def test_a_path_that_is_not_there(project: Path, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", "--record", str(project / path)]) == 2
    assert "no such file or folder" in capsys.readouterr().err


def test_a_folder_that_is_not_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["map", "--record", str(project), "-o", str(project / "no" / "record.csv")]) == 2
    assert "the folder does not exist" in capsys.readouterr().err


def test_several_policies_have_several_records(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(project, {"shop/privlint.toml": "[policy]\n", "shop/main.py": "A = 1\n"})
    assert run(["map", "--record", str(project)]) == 2
    assert "name the project that is meant" in capsys.readouterr().err
    assert run(["map", "--record", str(project / "shop")]) == 0


def test_a_part_of_a_project_has_the_record_of_the_whole(project: Path) -> None:
    assert bytes_of(project / "app" / "models.py") == bytes_of(project)


def test_it_says_what_it_did_not_see(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(project, {"app/models.py": "class Member: ...\nclass Guest: ...\n", "app/bad.py": "def (\n"})
    assert run(["map", "--record", str(project)]) == 0
    printed = capsys.readouterr()
    assert "no field of the code is declared" in printed.err
    assert "1 file could not be read" in printed.err
    assert "app/bad.py" in printed.out


def test_a_tracked_cache_is_told_of(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bytes_of(project)
    git(project, "init")
    git(project, "add", "-f", ".")
    assert run(["map", "--record", str(project)]) == 0
    assert "git tracks" in capsys.readouterr().err
