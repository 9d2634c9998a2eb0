"""`policy diff`: what a change means, in words."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from privlint.cli import run
from tests.projects import git

EXAMPLE = Path(__file__).parent.parent / "examples" / "probackup"
NAMES = ("privlint.toml", "privlint.code.toml", "PRIVACY.md")
MIXPANEL = '\n[recipients.mixpanel]\nclass = "it"\ncountry = "US"\nsafeguard = "scc"\npurposes = ["marketing"]\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        shutil.copy(EXAMPLE / name, tmp_path / name)
    return tmp_path


def differences(folder: Path, capsys: pytest.CaptureFixture[str], older: str = str(EXAMPLE)) -> list[str]:
    capsys.readouterr()
    code = run(["policy", "diff", older, str(folder), "--output-format", "json"])
    found = [each["text"] for each in json.loads(capsys.readouterr().out)["changes"]]
    assert code == int(bool(found))
    return found


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        (
            "privlint.code.toml",
            "[recipients.ledeganck]",
            f"{MIXPANEL}\n[recipients.ledeganck]",
            ["new recipient “mixpanel”: in US, on scc, for “Promotion”"],
        ),
        (
            "privlint.code.toml",
            'location  = "DE"',
            'location  = "IE"',
            ["recipient “amazon s3” now also keeps data in “IE”", "recipient “amazon s3” no longer keeps data in “DE”"],
        ),
        ("privlint.code.toml", 'categories = ["technical"]\n', "", ["recipient “sentry” may now also get all"]),
        (
            "privlint.toml",
            'categories       = ["identity_and_contact"]',
            'categories       = ["identity_and_contact", "invoicing"]',
            ["purpose “Promotion” now also uses “invoicing details”"],
        ),
        (
            "privlint.toml",
            "[controller]",
            "[categories.health]\nspecial = false\n\n[controller]",
            ["new category “health data”: not taken for special data"],
        ),
        (
            "privlint.toml",
            'keep   = "5 years"',
            'keep   = "6 years"',
            ["period “contract” has another length: “5 years” became “6 years”"],
        ),
        (
            "privlint.toml",
            'safeguards   = ["adequacy", "scc"]',
            'safeguards   = ["adequacy"]',
            ["“transfers” no longer offers “scc”"],
        ),
        (
            "privlint.toml",
            'interest = "a service that is safe and sound"',
            'interest = "a safe service"',
            [
                (
                    "purpose “Safety and fraud” has a new basis: on legitimate interest for all with interest “a "
                    "safe service”"
                ),
                (
                    "purpose “Safety and fraud” no longer has the basis: on legitimate interest for all with "
                    "interest “a service that is safe and sound”"
                ),
            ],
        ),
        (
            "privlint.toml",
            'unlisted = "deny"',
            'unlisted = "warn"',
            ["“policy” has another unlisted: “deny” became “warn”"],
        ),
        (
            "privlint.toml",
            "[rights.access]",
            '[[adequacy]]\ncountry = "CH"\nexpires = 2027-01-31\nreason = "LEG-9"\n\n[rights.access]',
            ["the adequacy decision for CH is stated as until 2027-01-31: LEG-9"],
        ),
        (
            "PRIVACY.md",
            "for five years after it",
            "for six years after it",
            [
                (
                    "the text under “Privacy Policy > How long we keep it”: “… runs and for five years after it.” "
                    "became “… runs and for six years after it.”"
                ),
            ],
        ),
        (
            "PRIVACY.md",
            "You find both below.",
            "",
            ["gone from the text under “Privacy Policy > Why we use it”: “You find both below.”"],
        ),
        (
            "privlint.toml",
            'reason      = "the help',
            'reason      = "now the help',
            [
                (
                    "new exception for PRV403 about “deskwell” until 2027-06-30, approved by data protection "
                    "officer: now the help desk moves to its Irish site in spring; tickets wait for nobody"
                ),
                (
                    "the exception for PRV403 is gone: the help desk moves to its Irish site in spring; tickets "
                    "wait for nobody"
                ),
            ],
        ),
    ],
)
def test_a_change_is_told_in_words(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, old: str, new: str, told: list[str]
) -> None:
    path = folder / name
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    assert differences(folder, capsys) == told


def test_what_changes_no_meaning_is_left_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "privlint.toml"
    path.write_text(path.read_text("utf-8").replace('review = "not among', 'review = "still not among'), "utf-8")
    assert differences(folder, capsys) == []
    assert run(["policy", "diff", str(EXAMPLE), str(folder)]) == 0
    assert capsys.readouterr().out.startswith("Nothing changed")


def test_a_table_that_is_gone_has_its_old_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "privlint.toml"
    path.write_text(path.read_text("utf-8").replace("[rights.complaint]", "[rights.information]"), "utf-8")
    assert run(["policy", "diff", str(EXAMPLE), str(folder)]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[0].endswith("new right “information”")
    assert out[1].startswith("(before) privlint.toml:")
    assert run(["policy", "diff", str(EXAMPLE), str(folder), "--output-format", "markdown"]) == 1
    assert "- right “complaint” is gone\n" in capsys.readouterr().out


def test_a_revision_is_read_from_git(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm", "one")
    assert differences(folder, capsys, "HEAD") == []
    path = folder / "privlint.code.toml"
    path.write_text(path.read_text("utf-8") + MIXPANEL, "utf-8")
    assert differences(folder, capsys, "HEAD") == ["new recipient “mixpanel”: in US, on scc, for “Promotion”"]
    for wrong in ("nonsense", "--output=x"):
        assert run(["policy", "diff", "--", wrong, str(folder)]) == 2
    (folder / "sub").mkdir()
    (folder / "sub" / "privlint.toml").write_text("[policy]\n", "utf-8")
    capsys.readouterr()
    assert run(["policy", "diff", "HEAD", str(folder / "sub")]) == 2
    assert "is not in HEAD" in capsys.readouterr().err
