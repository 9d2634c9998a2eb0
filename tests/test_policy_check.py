"""`policy check` as a command: selection, silencing, exit codes, other laws, and `check --policy`."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from privlint.cli import run
from tests.analysed import judge_text
from tests.projects import write_files

PURPOSE = '[policy]\n[purposes.orders]\ncategories = ["contact"]\nbasis = "contract"\n'
KEPT = '[retention.orders]\nkeep = "7 years"\nstarts = "delivery"\n'
FORMATS = ["full", "concise", "json", "sarif", "github", "markdown"]


@pytest.fixture(autouse=True)
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def codes(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """The codes of open findings that a command prints."""
    capsys.readouterr()
    run([*arguments, "--output-format", "json", "-q"])
    printed = json.loads(capsys.readouterr().out)["diagnostics"]
    return [each["code"] for each in printed if not each["suppressed"]]


def test_a_comment_on_the_table_silences(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(inside, {"privlint.toml": PURPOSE})
    assert codes(capsys, "policy", "check") == ["PRV102"]
    silenced = "[purposes.orders] # privlint: ignore[PRV102] -- the archive law decides, see LEG-7\n"
    write_files(inside, {"privlint.toml": PURPOSE.replace("[purposes.orders]\n", silenced)})
    assert codes(capsys, "policy", "check") == []
    assert run(["policy", "check"]) == 0
    above = "# privlint: ignore[retention-unclear] -- the archive law decides, see LEG-7\n# more\n[purposes.orders]\n"
    write_files(inside, {"privlint.toml": PURPOSE.replace("[purposes.orders]\n", above)})
    assert codes(capsys, "policy", "check") == []


def test_a_comment_needs_a_reason_and_a_finding(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    silenced = "[purposes.orders] # privlint: ignore[PRV102]\n"
    write_files(inside, {"privlint.toml": PURPOSE.replace("[purposes.orders]\n", silenced)})
    assert sorted(codes(capsys, "policy", "check")) == ["PRV102", "PRV911"]
    idle = "[policy] # privlint: ignore[PRV105] -- rights stand elsewhere, see LEG-8\n"
    write_files(inside, {"privlint.toml": PURPOSE.replace("[policy]\n", idle)})
    assert sorted(codes(capsys, "policy", "check")) == ["PRV102", "PRV913"]
    quoted = PURPOSE.replace("[policy]\n", '[policy]\nname = "# privlint: ignore[PRV102]"\n')
    write_files(inside, {"privlint.toml": quoted})
    assert codes(capsys, "policy", "check") == ["PRV102"]


def test_an_exception_silences(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = '[[exceptions]]\nrule = "PRV102"\nreason = "the archive law decides"\n'
    write_files(inside, {"privlint.toml": PURPOSE + entry})
    assert codes(capsys, "policy", "check") == []
    kept = PURPOSE.replace('basis = "contract"\n', 'basis = "contract"\nretention = "orders"\n') + KEPT
    write_files(inside, {"privlint.toml": kept + entry})
    assert codes(capsys, "policy", "check") == ["PRV913"]


def test_a_question_is_put_to_rest_by_its_name(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = '[policy]\nprose = "PRIVACY.md"\nquote = "One website."\n'
    write_files(inside, {"privlint.toml": text, "PRIVACY.md": "One website.\n"})
    assert codes(capsys, "policy", "check", "--select", "PRV103").count("PRV103") == 3
    entry = '[[exceptions]]\nrule = "PRV103"\nquestion = "children"\nreason = "sold to companies only"\n'
    write_files(inside, {"privlint.toml": text + entry})
    assert codes(capsys, "policy", "check", "--select", "PRV103").count("PRV103") == 2
    write_files(inside, {"privlint.toml": text + entry.replace("children", "childhood")})
    assert "PRV913" in codes(capsys, "policy", "check")


def test_a_remark_stands_with_the_finding(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remark = PURPOSE.replace("[purposes.orders]\n", '[purposes.orders]\nreview = "the period is being agreed"\n')
    write_files(inside, {"privlint.toml": remark})
    assert run(["policy", "check", "-q"]) == 1
    assert "= at: privlint.toml:3 review: the period is being agreed" in capsys.readouterr().out


def test_settings_of_the_project_hold(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(inside, {"privlint.toml": PURPOSE, "pyproject.toml": '[tool.privlint]\nignore = ["PRV102"]\n'})
    assert codes(capsys, "policy", "check") == []
    assert codes(capsys, "policy", "check", "--ignore", "PRV104") == ["PRV102"]
    write_files(inside, {"pyproject.toml": '[tool.privlint]\nfail-on = "error"\n'})
    assert run(["policy", "check"]) == 0
    assert run(["policy", "check", "--fail-on", "warning"]) == 1
    assert run(["policy", "check", "--select", "PRV9999"]) == 2


def test_check_leaves_the_text_alone_unless_asked(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(inside, {"privlint.toml": PURPOSE, "app.py": "x = 1\n"})
    assert "PRV102" not in codes(capsys, "check")
    assert "PRV102" in codes(capsys, "check", "--policy", "privlint.toml")
    for arguments in (["--policy"], ["--policy", "."], [".", "--policy"], ["--policy", str(inside)]):
        assert "PRV102" in codes(capsys, "check", *arguments)
    assert sorted(codes(capsys, "check", "--select", "PRV10")) == ["PRV102", "PRV108"]


def test_check_always_looks_for_drift(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = '[policy]\nprose = "PRIVACY.md"\n[security]\nquote = "locked doors"\n'
    write_files(inside, {"privlint.toml": policy, "PRIVACY.md": "We have locked doors.\n", "app.py": "x = 1\n"})
    assert codes(capsys, "check") == []
    write_files(inside, {"PRIVACY.md": "We have open doors.\n"})
    assert codes(capsys, "check") == ["PRV003"]
    assert codes(capsys, "check", "--policy", "privlint.toml").count("PRV003") == 1


def test_comments_of_the_policy_work_in_check_too(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone = '[code]\n"app.gone" = "orders"{}\n'
    write_files(inside, {"privlint.toml": PURPOSE + gone.format(""), "app.py": "x = 1\n"})
    assert codes(capsys, "check").count("PRV108") == 2  # the purpose, which no code serves, is the other one
    reason = "  # privlint: ignore[PRV108] -- comes with the next release"
    write_files(inside, {"privlint.toml": PURPOSE + gone.format(reason)})
    assert codes(capsys, "check").count("PRV108") == 1
    assert "PRV913" not in codes(capsys, "policy", "check")


def test_the_cache_sees_a_new_lock(inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(
        inside, {"privlint.toml": '[policy]\nprose = "PRIVACY.md"\n', "PRIVACY.md": "One. Two.\n", "app.py": "x = 1\n"}
    )
    assert codes(capsys, "check") == []
    assert run(["policy", "accept", "-q"]) == 0
    write_files(inside, {"PRIVACY.md": "One.\n"})
    assert codes(capsys, "check") == ["PRV003"]
    (inside / "privlint.lock").unlink()
    assert codes(capsys, "check") == []


def test_nothing_of_the_analysis_is_loaded(inside: Path) -> None:
    write_files(inside, {"privlint.toml": PURPOSE})
    script = (
        "import sys\nfrom privlint.cli import run\nrun(['policy', 'check', '-q', '-o', 'out'])\n"
        "print([name for name in sys.modules if name.startswith(('libcst', 'privlint.analysis', 'privlint.frontend'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(("home", "law"), [("EEA", "GDPR Art. "), ("GB", "UK GDPR Art. "), ("CH", "FADP Art. ")])
def test_articles_are_those_of_the_home(home: str, law: str) -> None:
    text = f'[policy]\nhome = "{home}"\n[retention.orders]\nkeep = "forever"\n'
    found = [each for each in judge_text({"privlint.toml": text}) if each.code == "PRV102"]
    assert found
    assert all(article.startswith(law) for each in found for article in each.articles)


def test_a_law_that_needs_no_basis_asks_for_none() -> None:
    text = '[policy]\nhome = "{}"\n[purposes.orders]\ncategories = ["contact"]\n'
    found = {home: {each.code for each in judge_text({"privlint.toml": text.format(home)})} for home in ("CH", "GB")}
    assert "PRV104" in found["GB"]
    assert "PRV104" not in found["CH"]


@pytest.mark.parametrize(
    ("home", "country", "outside"),
    [
        ("EEA", "GP", False),
        ("EEA", "GL", True),
        ("GB", "DE", False),
        ("GB", "US", True),
        ("CH", "DE", False),
        ("CH", "BR", True),
    ],
)
def test_transfers_are_judged_from_home(home: str, country: str, outside: bool) -> None:
    text = f'[policy]\nhome = "{home}"\n[recipients.rack]\ncountry = "{country}"\nrole = "processor"\nagreement = "x"\n'
    found = [each for each in judge_text({"privlint.toml": text}) if each.code == "PRV107"]
    assert any(each.severity.value == "warning" for each in found) is outside


def test_a_decision_is_stated_once() -> None:
    entry = '[[adequacy]]\ncountry = "CH"\nreason = "an invented notice"\n'
    found = judge_text({"privlint.toml": f"[policy]\n{entry}{entry}"})
    assert [(each.code, each.line) for each in found] == [("PRV001", 6)]


@pytest.mark.parametrize("form", FORMATS)
def test_remarks_are_no_findings(form: str, inside: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(inside, {"privlint.toml": '[policy]\nreview = "ask the works council"\n'})
    assert run(["policy", "check", "--output-format", form]) == 0
    captured = capsys.readouterr()
    assert "privlint.toml:2: review: ask the works council" in captured.err
    assert "works council" not in captured.out


def test_a_policy_with_any_table_left_out_is_judged() -> None:
    example = Path(__file__).parent.parent / "examples" / "probackup"
    names = ("privlint.toml", "privlint.code.toml", "PRIVACY.md")
    files = {name: (example / name).read_text("utf-8") for name in names}
    tables = re.split(r"(?m)^(?=\[)", files["privlint.toml"])
    for number in range(1, len(tables)):
        rest = "".join(tables[:number] + tables[number + 1 :])
        assert judge_text({**files, "privlint.toml": rest}), tables[number]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "# Title\n",
        "#\n##\n",
        "a" * 10_000,
        "- \n- \n",
        "\ufeffOne.\r\nTwo.\r\n",
        "| a | b |\n|---|---|\n",
        "\x00\x01",
    ],
)
def test_odd_texts_are_read(text: str) -> None:
    policy = '[policy]\nprose = "PRIVACY.md"\n[security]\nclause = "Safety"\nquote = "locked doors"\n'
    found = judge_text({"privlint.toml": policy, "PRIVACY.md": text})
    assert "PRV003" in {each.code for each in found}


def test_another_text_altogether_is_told_quickly() -> None:
    quotes = ", ".join(f'"quoted words number {number} of many"' for number in range(60))
    policy = f'[policy]\nprose = "PRIVACY.md"\nquote = [{quotes}]\n'
    text = "\n\n".join(f"Sentence {number} has words of many kinds, number by number." for number in range(400))
    assert sum(each.code == "PRV003" for each in judge_text({"privlint.toml": policy, "PRIVACY.md": text})) == 60
