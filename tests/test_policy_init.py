"""`policy init`: a first file from a text or from answers, in which no basis is guessed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from privlint.cli import run
from privlint.knowledge.load import load_review, load_taxonomy
from privlint.policy.draft import draft_policy
from privlint.policy.load import load_policy
from tests.analysed import judge_text
from tests.policy_samples import PROSE

ROOT = Path(__file__).parent.parent
TEXTS = {
    "example": ROOT / "examples" / "probackup" / "PRIVACY.md",
    "employer": ROOT / "tests" / "data" / "policies" / "employer" / "PRIVACY.md",
    "pharmacy": ROOT / "tests" / "data" / "policies" / "pharmacy" / "PRIVACY.md",
}


def draft(text: str) -> str:
    return draft_policy(text, "PRIVACY.md", "EEA", load_review())


@pytest.mark.parametrize("name", TEXTS)
def test_every_sentence_has_its_place(name: str) -> None:
    text = TEXTS[name].read_text("utf-8")
    found = judge_text({"privlint.toml": draft(text), "PRIVACY.md": text})
    assert not [each.message for each in found if each.code in ("PRV001", "PRV003", "PRV004")]


@pytest.mark.parametrize("name", TEXTS)
def test_what_only_people_can_say_is_refused(name: str) -> None:
    text = TEXTS[name].read_text("utf-8")
    policy = draft(text)
    assert "basis =" not in "".join(line for line in policy.splitlines(keepends=True) if not line.startswith("#"))
    found = judge_text({"privlint.toml": policy, "PRIVACY.md": text})
    assert any("TODO" in each.message and each.severity.value == "error" for each in found)


def test_tables_are_those_of_the_headings(tmp_path: Path) -> None:
    shutil.copy(TEXTS["example"], tmp_path / "PRIVACY.md")
    assert run(["policy", "init", str(tmp_path), "--from", str(tmp_path / "PRIVACY.md"), "--home", "GB"]) == 0
    policy = load_policy(tmp_path / "privlint.toml", load_taxonomy())
    assert policy.policy.home == "GB"
    assert len(policy.subjects) == 4
    assert len(policy.groups) == 3
    assert [purpose.label for purpose in policy.purposes.values()][:2] == ["Customer accounts", "Supplier relations"]
    assert sorted(period.keep for period in policy.retention.values()) == ["2 years", "5 years"]
    assert {"access", "rectification", "erasure", "restriction", "objection", "portability"} <= set(policy.rights)
    assert policy.transfers is not None
    assert policy.security is not None


def test_the_title_of_a_text_says_nothing_of_its_sections() -> None:
    text = "# How we keep your data, and your rights\n\n## Why\n\n### Orders\n\nWe deliver.\n\n## Security\n\nDoors.\n"
    found = draft(text)
    assert "[purposes.orders]" in found
    assert "[security]" in found
    assert "[rights." not in found


def test_a_policy_that_is_there_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "privlint.toml").write_text("[policy]\n", "utf-8")
    assert run(["policy", "init", str(tmp_path)]) == 2
    assert "there is a policy already" in capsys.readouterr().err
    assert (tmp_path / "privlint.toml").read_text("utf-8") == "[policy]\n"


def test_without_a_text_and_without_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "init", str(tmp_path)]) == 0
    assert run(["policy", "check", str(tmp_path), "--output-format", "concise"]) == 1
    assert "leaves 3 answers for later" in capsys.readouterr().out


def test_what_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "init", str(tmp_path), "--from", str(tmp_path / "none.md")]) == 2
    (tmp_path / "latin.md").write_bytes(b"caf\xe9")
    assert run(["policy", "init", str(tmp_path), "--from", str(tmp_path / "latin.md")]) == 2
    assert run(["policy", "init", str(tmp_path / "none")]) == 2
    capsys.readouterr()
    assert not (tmp_path / "privlint.toml").exists()


@pytest.mark.parametrize("text", ["", "# A\n", PROSE, '# "Quoted" \\ and\ttabs\n\nHe said "yes\\no".\n', "1. A\n\nB\n"])
def test_any_text_makes_a_valid_file(text: str) -> None:
    found = judge_text({"privlint.toml": draft(text), "PRIVACY.md": text})
    assert not [each.message for each in found if each.code in ("PRV001", "PRV003")]
