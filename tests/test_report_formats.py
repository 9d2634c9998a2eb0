"""Every format: the golden files, and what must hold of each whatever its looks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from privlint import report
from privlint.diagnostics import Diagnostic, Severity, Step, Summary
from privlint.report import FORMATS, Options, RuleDoc, github, markup, render, sarif
from tests import report_cases as cases

DATA = Path(__file__).parent / "data"
OPTIONS = Options(version="0.1.0", rules=cases.RULES)
VARIANTS = {
    "full.txt": ("full", OPTIONS),
    "full-narrow-ascii.txt": ("full", Options(width=60, unicode=False, rules=cases.RULES)),
    "full-color.txt": ("full", Options(color=True, hyperlinks=True, root="/srv/my app", rules=cases.RULES)),
    "concise.txt": ("concise", OPTIONS),
    "report.json": ("json", OPTIONS),
    "report.sarif": ("sarif", OPTIONS),
    "github.txt": ("github", OPTIONS),
    "markdown.md": ("markdown", OPTIONS),
}
FIELDS = (
    *("code", "name", "severity", "confidence", "message", "path", "line", "column", "end_line", "end_column"),
    *(
        "category",
        "field",
        "subject",
        "purpose",
        "basis",
        "sink",
        "recipient",
        "country",
        "location",
        "clause",
        "quote",
    ),
    *("articles", "flows", "trace", "policy", "fingerprint", "suppressed", "baselined"),
)


def load(text: str) -> dict[str, Any]:
    document = json.loads(text)
    assert isinstance(document, dict)
    return document


def render_sarif(diagnostics: list[Diagnostic], summary: Summary = cases.SUMMARY) -> dict[str, Any]:
    """The run of a document that fits the schema of the standard."""
    document = load(render("sarif", diagnostics, summary, OPTIONS))
    schema = json.loads((DATA / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema).validate(document)
    run = document["runs"][0]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize("name", VARIANTS)
def test_golden_file(name: str) -> None:
    """Set PRIVLINT_UPDATE_GOLDEN=1 to write them anew, and read the difference."""
    form, options = VARIANTS[name]
    path = DATA / "golden" / name
    text = render(form, cases.make_all(), cases.SUMMARY, options)
    if os.environ.get("PRIVLINT_UPDATE_GOLDEN"):
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()


@pytest.mark.parametrize("form", FORMATS)
def test_order_of_the_input_does_not_matter(form: str) -> None:
    one = render(form, cases.make_all(), cases.SUMMARY, OPTIONS)
    assert one == render(form, cases.make_all()[::-1], cases.SUMMARY, OPTIONS)
    assert one.endswith("\n")
    assert not one.endswith("\n\n")


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_name_that_is_no_text_can_be_written(form: str) -> None:
    found = cases.make_transfer()
    found.path = "app/\udcff.py"
    text = render(form, [found], cases.SUMMARY, OPTIONS)
    assert text.encode()
    if form in report.MACHINE_FORMATS:
        assert load(text)


def test_a_format_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="there are full, concise, json"):
        render("xml", [], cases.SUMMARY, OPTIONS)


@pytest.mark.parametrize("form", ["full", "concise", "github", "markdown"])
class TestHonesty:
    """Reports for people say what they do not show."""

    def test_silenced_findings_are_counted_and_not_shown(self, form: str) -> None:
        text = render(form, cases.make_all(), cases.SUMMARY, OPTIONS)
        assert "2 suppressed" in text
        assert "1 baselined" in text
        assert "app/old" not in text

    @pytest.mark.parametrize(
        ("summary", "warning"),
        [
            (Summary(files=0), "no Python file was analysed"),
            (Summary(files=3, fields=0), "no field is declared as personal data"),
        ],
    )
    def test_a_run_over_nothing_does_not_look_like_a_pass(self, form: str, summary: Summary, warning: str) -> None:
        text = render(form, [], summary, OPTIONS)
        assert warning in " ".join(text.split())
        assert "Nothing was checked" in text
        assert "No findings" not in text

    def test_a_clean_run_says_what_it_saw(self, form: str) -> None:
        text = render(form, [], Summary(files=1, fields=2, flows=3), OPTIONS)
        assert "Checked 1 file · 2 personal-data fields · 3 flows · 0 recipients · 0 unresolved calls" in text
        assert "No findings" in text
        assert "arning" not in text

    def test_files_and_facts_that_are_missing(self, form: str) -> None:
        text = render(form, [], Summary(files=1, fields=1, not_analysed=2, cut=1), OPTIONS)
        assert "2 files could not be analysed" in text
        assert "1 fact went beyond the bounds" in text

    def test_the_policy_alone(self, form: str) -> None:
        text = render(form, [], Summary(), Options(program=False))
        assert "No findings" in text
        assert "file" not in text

    def test_likely_is_said(self, form: str) -> None:
        quiet = Options(show_confidence=False)
        assert "(likely)" in render(form, [cases.make_many_lines()], cases.SUMMARY, OPTIONS)
        assert "(likely)" not in render(form, [cases.make_many_lines()], cases.SUMMARY, quiet)


class TestJson:
    def test_fits_its_schema(self) -> None:
        schema = json.loads(Path(report.__file__).with_name("schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.Draft202012Validator(schema).validate(
            load(render("json", cases.make_all(), cases.SUMMARY, OPTIONS)),
        )

    def test_fields_of_a_finding(self) -> None:
        (found,) = load(render("json", [cases.make_transfer()], cases.SUMMARY, OPTIONS))["diagnostics"]
        assert list(found) == list(FIELDS)
        assert found["trace"] == found["flows"][0]["trace"]
        assert list(found["trace"][0]) == ["path", "line", "column", "kind", "message", "function"]
        assert [flow["confidence"] for flow in found["flows"]] == ["certain", "likely"]
        assert found["policy"] == {"path": "privlint.toml", "line": 62}

    def test_silenced_findings_have_their_flags(self) -> None:
        document = load(render("json", cases.make_all(), cases.SUMMARY, OPTIONS))
        flags = {each["path"]: (each["suppressed"], each["baselined"]) for each in document["diagnostics"]}
        assert flags["app/old.py"] == flags["app/older.py"] == (True, False)
        assert flags["app/oldest.py"] == (False, True)
        assert flags["app/marketing/sync.py"] == (False, False)

    def test_summary(self) -> None:
        document = load(render("json", [], cases.SUMMARY, OPTIONS))
        assert document["version"] == 1
        assert document["summary"] == {
            "files": 214,
            "not_analysed": 1,
            "fields": 37,
            "units": 900,
            "units_lowered": 120,
            "flows": 412,
            "recipients": 19,
            "unresolved": 3,
            "cut": 0,
            "suppressed": 2,
            "baselined": 1,
        }


class TestSarif:
    def test_rules_and_results_belong_together(self) -> None:
        run = render_sarif(cases.make_all())
        rules = run["tool"]["driver"]["rules"]
        assert [rule["id"] for rule in rules] == sorted(rule["id"] for rule in rules)
        assert {rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"]} == {True}
        transfer = next(rule for rule in rules if rule["id"] == "PRV403")
        assert transfer["help"]["markdown"] == cases.PAGE
        assert transfer["fullDescription"]["text"].startswith(
            "Personal data goes to a country outside of the home area, "
        )
        assert {"privacy", "external/cwe/cwe-359"} <= set(transfer["properties"]["tags"])
        assert transfer["properties"]["security-severity"] == "7.5"

    def test_a_rule_about_the_run_is_no_security_alert(self) -> None:
        (rule,) = (
            each for each in render_sarif([cases.make_unseen()])["tool"]["driver"]["rules"] if each["id"] == "PRV901"
        )
        assert "security-severity" not in rule["properties"]

    def test_paths_are_relative_and_escaped(self) -> None:
        (result,) = render_sarif([cases.make_many_lines()])["results"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"] == {"uri": "app/a%2Cb%3Ac%20100%25.py", "uriBaseId": "%SRCROOT%"}
        assert place["region"] == {"startLine": 100, "startColumn": 16, "endLine": 104, "endColumn": 6}

    def test_links_of_a_message_lead_to_related_locations(self) -> None:
        (result,) = render_sarif([cases.make_transfer()])["results"]
        assert "[app/models.py:12](1)" in result["message"]["text"]
        assert [each["id"] for each in result["relatedLocations"]] == [1, 2]

    def test_a_message_cannot_forge_a_link(self) -> None:
        found = cases.make_unseen()
        found.message = "see [x](1)"
        assert render_sarif([found])["results"][0]["message"]["text"] == "see [x\\](1)"

    def test_one_code_flow_for_each_field(self) -> None:
        (result,) = render_sarif([cases.make_transfer()])["results"]
        flows = [each["threadFlows"][0]["locations"] for each in result["codeFlows"]]
        assert [len(flow) for flow in flows] == [4, 4]
        assert [each["kinds"] for each in flows[0]] == [["source"], ["acquire"], ["return"], ["sink"]]
        assert [each["executionOrder"] for each in flows[0]] == [1, 2, 3, 4]
        assert [each["nestingLevel"] for each in flows[0]] == [1, 1, 0, 0]

    def test_a_long_way_loses_its_middle_and_says_so(self) -> None:
        steps = [Step("a.py", line, 1, "use", f"step {line}") for line in range(1, 251)]
        found = cases.make_transfer()
        found.flows = (cases.make_flow("f", "c", *steps),) * 5
        (result,) = render_sarif([found])["results"]
        assert len(result["codeFlows"]) == sarif.MOST_FLOWS
        locations = result["codeFlows"][0]["threadFlows"][0]["locations"]
        assert len(locations) == sarif.MOST_STEPS
        told = [each["location"]["message"]["text"] for each in locations]
        assert (told[0], told[49], told[50], told[-1]) == (
            "step 1",
            "step 50",
            "(150 steps left out) step 201",
            "step 250",
        )

    def test_too_many_results_lose_the_least_grave(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
        run = render_sarif([cases.make_log(4), cases.make_suppressed(), cases.make_transfer(), cases.make_many_lines()])
        assert [each["ruleId"] for each in run["results"]] == ["PRV401", "PRV403"]
        notes = [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]]
        assert any(note.startswith("2 results") for note in notes)

    def test_suppressions_and_baseline(self) -> None:
        results = {
            each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: each
            for each in render_sarif(cases.make_all())["results"]
        }
        assert results["app/old.py"]["suppressions"] == [
            {"kind": "inSource", "status": "accepted", "justification": "DPA signed 2026-03-02, LEG-42"}
        ]
        assert results["app/older.py"]["suppressions"][0]["kind"] == "external"
        assert results["app/oldest.py"]["baselineState"] == "unchanged"
        assert results["app/settings.py"]["baselineState"] == "new"
        assert "suppressions" not in results["app/settings.py"]
        (alone,) = render_sarif([cases.make_transfer()], Summary(files=1, fields=1))["results"]
        assert "baselineState" not in alone

    def test_unseen_files_and_empty_runs_are_notified(self) -> None:
        run = render_sarif([cases.make_unseen()], Summary(files=2, not_analysed=1))
        notes = run["invocations"][0]["toolExecutionNotifications"]
        assert notes[0]["descriptor"]["id"] == "PRV901"
        assert any("no field is declared" in each["message"]["text"] for each in notes)

    def test_the_least_that_a_finding_holds(self) -> None:
        found = Diagnostic(
            "PRV001", "invalid-policy", Severity.ERROR, cases.EMAIL.confidence, "x", "p.toml", 0, 0, 0, 0
        )
        (result,) = render_sarif([found], Summary())["results"]
        assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 1}
        assert "partialFingerprints" not in result


class TestGithub:
    def test_every_command_is_one_line(self) -> None:
        lines = render("github", cases.make_all(), cases.SUMMARY, OPTIONS).splitlines()
        commands = [line for line in lines if line.startswith("::")]
        assert len(commands) == 7
        assert lines[len(commands)].startswith("Checked ")

    def test_escapes(self) -> None:
        assert github.escape_data("100%: a,b\r\n::error::x") == "100%25: a,b%0D%0A::error::x"
        assert github.escape_property("a:b,c%") == "a%3Ab%2Cc%25"

    def test_columns_only_within_a_line(self) -> None:
        many, one = (
            render("github", [each], cases.SUMMARY, OPTIONS).splitlines()[0]
            for each in (cases.make_many_lines(), cases.make_transfer())
        )
        assert "line=100,endLine=104,title=" in many
        assert "line=41,endLine=41,col=9,endColumn=60,title=" in one

    def test_levels(self) -> None:
        found = cases.make_unseen()
        found.severity = Severity.INFO
        assert render("github", [found], cases.SUMMARY, OPTIONS).startswith("::notice ")


class TestMarkdown:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a | b", "a \\| b"),
            ("`a|b` and `c`", "`a\\|b` and `c`"),
            ("an odd ` one", "an odd \\` one"),
            ("<b>&", "&lt;b&gt;&amp;"),
            ("*_[x](y)_*", "\\*\\_\\[x\\](y)\\_\\*"),
            ("two\nlines", "two lines"),
            ("@team", "@<!-- -->team"),
            ("\x1b[2J", "␛\\[2J"),
        ],
    )
    def test_escape(self, text: str, expected: str) -> None:
        assert markup.escape(text) == expected

    def test_code_may_hold_backticks(self) -> None:
        assert markup.code("a`b") == "``a`b``"
        assert markup.code("`a`") == "`` `a` ``"
        assert markup.fence_off("```\n") == "````text\n```\n````\n\n"

    def test_fits_into_a_comment(self) -> None:
        found = []
        for number in range(2000):
            found.append(cases.make_unseen())
            found[-1].path = f"app/broken{number:04}.py"
        text = render("markdown", found, cases.SUMMARY, OPTIONS)
        assert len(text) < 65_536
        shown = sum(line.startswith("| warning") for line in text.splitlines())
        assert 0 < shown < 2000
        assert f"{2000 - shown} more in the full report" in text
        assert text.count("<details>") == text.count("</details>")


def test_summary_of_a_page() -> None:
    assert cases.RULES[0].summary == (
        "Personal data goes to a country outside of the home area, and the policy names no safeguard for it."
    )
    assert RuleDoc(cases.RULES[1].rule).summary == "in logs"


def test_without_colours_nothing_heavy_is_imported() -> None:
    script = (
        "import sys\n"
        "from privlint.report import FORMATS, Options, render\n"
        "from tests import report_cases as cases\n"
        "for form in FORMATS: render(form, cases.make_all(), cases.SUMMARY, Options())\n"
        "print(sorted({'rich', 'jinja2', 'libcst', 'click'} & set(sys.modules)))\n"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
