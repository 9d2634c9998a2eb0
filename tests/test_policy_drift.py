"""Drift between the published text, the policy file and what was accepted: `policy accept`, PRV003, PRV004."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from privlint.cli import run
from privlint.diagnostics import Diagnostic
from privlint.engine.policy_alone import judge_policy
from privlint.policy.lock import LockError, read_lock, tell_change, write_lock
from privlint.policy.sentences import sentences
from tests.analysed import TODAY

EXAMPLE = Path(__file__).parent.parent / "examples" / "probackup"
DRIFT = ("PRV003", "PRV004")


@pytest.fixture
def accepted(tmp_path: Path) -> Path:
    """The example's policy with its text accepted."""
    for name in ("PRIVACY.md", "privlint.toml", "privlint.code.toml"):
        shutil.copy(EXAMPLE / name, tmp_path / name)
    assert run(["policy", "accept", str(tmp_path), "-q"]) == 0
    assert drift_of(tmp_path) == []
    return tmp_path


def drift_of(folder: Path) -> list[str]:
    """Codes, places and messages of drift."""
    _, found = judge_policy(folder / "privlint.toml", folder, TODAY)
    return [f"{each.code} {each.path}:{each.line} {each.message}" for each in found if each.code in DRIFT]


def edit(folder: Path, old: str, new: str) -> list[str]:
    path = folder / "PRIVACY.md"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return drift_of(folder)


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("for five years after it", "for six years after it", "PRV003", "five"),
        ("for two years after that", "for 2 years after that", "PRV003", "2 years"),
        ("you may see your data", "you may not see your data", "PRV003", "not"),
        ("a hosting company or another", "a hosting company, an advertising network or another", "PRV003", "network"),
        ("In short, they are these.", "In short, most are these.", "PRV003", "most"),
        ("You find both below.", "", "PRV003", "gone"),
        ("### Objecting", "### Saying no", "PRV003", "Saying no"),
        ("In short, they are these.", "In short, they are these. We sell them.", "PRV004", "We sell them."),
        ("## Changes", "## Sale\n\nYour data may be sold.\n\n## Changes", "PRV004", "sold"),
        ("or until you unsubscribe", "and until you unsubscribe", "PRV003", "and until"),
        ("www.dataprotectionauthority.be.", "[here](https://elsewhere.example).", "PRV003", "here"),
    ],
)
def test_every_meaningful_edit_is_caught(accepted: Path, old: str, new: str, code: str, words: str) -> None:
    found = edit(accepted, old, new)
    assert any(each.startswith(code) and words in each for each in found), found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("for five years after it", "for  five\nyears after it"),
        ("opt-out", "opt\u2010out"),
        ("(opt-out)", "(opt\u2013out)"),
        ("Whenever you like", "Whenever\u00a0you like"),
        ("## Changes", "## Changes ##"),
        ("- employees and other", "* employees and other"),
        ("As a rule nobody else", "As a rule **nobody** else"),
    ],
)
def test_what_changes_no_word_is_silent(accepted: Path, old: str, new: str) -> None:
    assert edit(accepted, old, new) == []


def test_a_heading_that_changes_is_told_once(accepted: Path) -> None:
    found = edit(accepted, "# Privacy Policy", "# Privacy Rules")
    assert len(found) == 1
    assert "stood under “Privacy Policy” and now stand under “Privacy Rules”" in found[0]


def test_a_section_that_is_gone_is_told_once(accepted: Path) -> None:
    found = [each for each in edit(accepted, "## Your rights", "## What you may do") if "privlint.toml" in each]
    assert len(found) == len({each.split("has no section ")[1].split("”")[0] for each in found})
    assert all("the words stand under “What you may do" in each for each in found)


def test_a_heading_that_moves_is_caught(accepted: Path) -> None:
    text = "We take the security of your data seriously"
    found = edit(accepted, "## How we protect it\n\n", "")
    assert any("PRV003" in each for each in found)
    assert any(text in each or "How we protect it" in each for each in found)


def test_quotation_marks_are_silent(accepted: Path) -> None:
    path = accepted / "PRIVACY.md"
    path.write_text(path.read_text("utf-8").replace("In short,", 'In "short",'), "utf-8")
    assert run(["policy", "accept", str(accepted), "-q"]) == 0
    path.write_text(path.read_text("utf-8").replace('"short"', "\u201cshort\u201d"), "utf-8")
    assert drift_of(accepted) == []


def test_each_sentence_that_goes_or_changes_is_caught(accepted: Path) -> None:
    path = accepted / "PRIVACY.md"
    text = path.read_text("utf-8")
    for each in sentences(text):
        start = re.search(r"\s+".join(map(re.escape, each.text.split())), text)
        assert start is not None, each
        words = start[0].split(" ")
        for changed in ("", " ".join([*words[: len(words) // 2], "never", *words[len(words) // 2 :]])):
            path.write_text(text[: start.start()] + changed + text[start.end() :], "utf-8")
            assert drift_of(accepted), (each.text, changed)


def test_a_change_is_accepted_again(accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert edit(accepted, "In short, they are these.", "In short, these are they.")
    capsys.readouterr()
    assert run(["policy", "accept", str(accepted)]) == 0
    out = capsys.readouterr().out
    assert "changed" in out
    assert "these are they" in out
    assert drift_of(accepted) == []
    assert run(["policy", "accept", str(accepted)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_lock_written_by_hand_is_an_error(accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = accepted / "privlint.lock"
    lock.write_text(lock.read_text("utf-8").replace("five years", "six years"), "utf-8")
    assert run(["policy", "check", str(accepted), "--output-format", "concise"]) == 2
    assert "changed by hand" in capsys.readouterr().out


def test_a_missing_text_is_an_error(accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (accepted / "PRIVACY.md").unlink()
    assert run(["policy", "check", str(accepted), "--output-format", "concise"]) == 2
    assert "does not exist" in capsys.readouterr().out
    assert run(["policy", "accept", str(accepted)]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_a_policy_without_text_has_nothing_to_accept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "privlint.toml").write_text("[policy]\n", "utf-8")
    assert run(["policy", "accept", str(tmp_path)]) == 2
    assert "names no published text" in capsys.readouterr().err


def test_the_lock_reads_what_it_writes() -> None:
    text = "# A\n\nOne. [Two](https://two.example).\n\n## B\n\n- three\n"
    found = read_lock(write_lock("PRIVACY.md", sentences(text)))
    assert [(each.section, each.text) for each in found] == [
        ("A", "One. <https://two.example>"),
        ("A", "Two."),
        ("A > B", "three"),
    ]
    with pytest.raises(LockError) as caught:
        read_lock("# head\nwhat\n")
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (
            "kept for five years after it",
            "kept for six years after it",
            "“kept for five years after it” became “kept for six years after it”",
        ),
        (
            "one two three four five six seven",
            "one two three four five eight seven",
            "“… three four five six seven” became “… three four five eight seven”",
        ),
        ("same", "same", "“same” became “same”"),
    ],
)
def test_changes_are_told_in_words(was: str, now: str, told: str) -> None:
    assert tell_change(was, now) == told


def findings_of(folder: Path) -> list[Diagnostic]:
    return [each for each in judge_policy(folder / "privlint.toml", folder, TODAY)[1] if each.code in DRIFT]


@pytest.mark.parametrize("with_lock", [True, False])
def test_a_changed_sentence_is_told_once_with_all_its_quotes(accepted: Path, with_lock: bool) -> None:
    if not with_lock:
        (accepted / "privlint.lock").unlink()
    edit(accepted, "correct, complete or erase your data, or limit", "correct, complete or delete your data, or limit")
    (found,) = [each for each in findings_of(accepted) if each.code == "PRV003"]
    lines = [each.line for each in found.places if each.path == "privlint.toml"]
    text = (accepted / "privlint.toml").read_text("utf-8").splitlines()
    quoting = {number for number, line in enumerate(text, 1) if "erase your data" in line and "quote" in line}
    assert {found.line, *lines} == quoting
    assert [each.path for each in found.places].count("PRIVACY.md") == 1
    assert "erase" in found.message
    assert "delete" in found.message


def test_a_sentence_that_goes_is_told_once_with_its_quote(accepted: Path) -> None:
    edit(accepted, "Customer accounts rest on the contract that we have with you.\n", "\n")
    (found,) = findings_of(accepted)
    assert found.path == "privlint.toml"
    assert "an accepted sentence is gone" in found.message


def test_the_same_sentence_under_two_headings_keeps_its_quotes_apart(accepted: Path) -> None:
    path = accepted / "PRIVACY.md"
    text = path.read_text("utf-8")
    path.write_text(text.replace("rest on the contract", "rest on our contract"), "utf-8")
    found = findings_of(accepted)
    assert len(found) == 2
    assert len({each.line for each in found}) == 2
    assert len({each.clause for each in found}) == 2


def test_a_heading_that_goes_is_told_once_with_what_it_holds(accepted: Path) -> None:
    edit(accepted, "## Your rights", "## What you may do")
    (found,) = findings_of(accepted)
    assert "stood under" in found.message
    assert sum(each.path == "privlint.toml" for each in found.places) > 5


def test_two_sentences_in_one_quote_are_two_findings(tmp_path: Path) -> None:
    text = "# Text\n\n## Why\n\nWe write to you. We call you too.\n"
    policy = '[policy]\nprose = "PRIVACY.md"\nclause = "Why"\nquote = "We write to you. We call you too."\n'
    (tmp_path / "PRIVACY.md").write_text(text, "utf-8")
    (tmp_path / "privlint.toml").write_text(policy, "utf-8")
    assert run(["policy", "accept", str(tmp_path), "-q"]) == 0
    edit(tmp_path, "We write to you. We call you too.", "We never write to you. We never call you too.")
    found = findings_of(tmp_path)
    assert sorted(each.path for each in found) == ["PRIVACY.md", "privlint.toml"]
