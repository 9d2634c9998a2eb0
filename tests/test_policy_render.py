"""`policy render`: the notice says what the policy file says, and nothing else."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from privlint.cli import run
from privlint.knowledge.load import load_jurisdictions, load_taxonomy
from privlint.policy.load import load_policy
from privlint.report.notice import write_notice
from privlint.report.page import escape_markdown, heading, paragraph, table, write_html, write_markdown
from tests.test_policies import FOLDER

PHARMACY = FOLDER / "pharmacy" / "privlint.toml"
EXAMPLE = Path(__file__).parent.parent / "examples" / "probackup"


def notice(path: Path) -> str:
    return write_markdown(write_notice(load_policy(path, load_taxonomy()), load_jurisdictions()))


@pytest.mark.parametrize("path", [PHARMACY, EXAMPLE / "privlint.toml"], ids=["pharmacy", "example"])
def test_everything_that_is_stated_is_told(path: Path) -> None:
    policy = load_policy(path, load_taxonomy())
    text = notice(path)
    for table_of in (policy.subjects, policy.groups, policy.purposes, policy.recipient_classes, policy.retention):
        for name, element in table_of.items():
            assert (element.label or name.replace("_", " ")) in text
    for recipient in policy.recipients:
        assert recipient.replace("_", " ") in text.lower()
    for purpose in policy.purposes.values():
        assert all(basis.interest in text for basis in purpose.basis)


def test_the_notice_in_full_words() -> None:
    text = notice(PHARMACY)
    assert text.startswith("# Privacy notice of Veldbies Apotheek\n\nVersion 4, in force since 2026-03-01.\n")
    condition = "special categories: health or social care, by law or contract (GDPR Art. 9(2)(h))"
    assert f"- Basis: a contract (GDPR Art. 6(1)(b)); {condition}\n" in text
    assert "- Kept: 2 years from last order or until withdrawal of consent, whichever is earlier\n" in text
    assert "- A decision is made by automated means\n- People are profiled\n" in text
    assert "| answerly | help desk | United States | standard contractual clauses | account data |\n" in text
    assert "- data portability (GDPR Art. 20)\n" in text
    assert "A copy of the safeguards: from the data protection officer." in text


def test_bases_that_differ_by_people_are_told_apart() -> None:
    text = notice(EXAMPLE / "privlint.toml")
    assert "for contact persons of organisations; our interest: doing business\n" in text
    assert "- Kept for contact persons of organisations: as long as its purpose needs it" in text


def test_a_small_policy_has_a_small_notice(tmp_path: Path) -> None:
    path = tmp_path / "privlint.toml"
    path.write_text("[policy]\n", "utf-8")
    assert notice(path) == "# Privacy notice\n"


def test_nothing_is_taken_for_markup() -> None:
    blocks = [heading(1, "A & <b>"), paragraph("one*two*"), table(("a|b",), [("<script>",)])]
    assert write_markdown(blocks) == "# A & \\<b\\>\n\none\\*two\\*\n\n| a\\|b |\n|---|\n| \\<script\\> |\n"
    page = write_html(blocks)
    assert "<title>A &amp; &lt;b&gt;</title>" in page
    assert "<script>" not in page


class Tags(HTMLParser):
    """Open elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "render", str(EXAMPLE), "--to", "html"]) == 0
    parser = Tags()
    parser.feed(capsys.readouterr().out)
    assert parser.open == []


@pytest.mark.parametrize("name", ["notice.md", "notice.html"])
def test_a_published_page_is_held_against_the_policy(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / name
    form = ["--to", "html"] if name.endswith("html") else []
    assert run(["policy", "render", str(PHARMACY), "-o", str(page), *form]) == 0
    assert run(["policy", "render", str(PHARMACY), "--check", str(page)]) == 0
    page.write_text(page.read_text("utf-8").replace("20 years", "10 years"), "utf-8")
    capsys.readouterr()
    assert run(["policy", "render", str(PHARMACY), "--check", str(page)]) == 1
    out = capsys.readouterr().out
    assert "10 years" in out
    assert "20 years" in out


def test_what_cannot_be_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "render", str(PHARMACY), "--check", str(tmp_path / "none.md")]) == 2
    (tmp_path / "privlint.toml").write_text("[policy]\nhom = 1\n", "utf-8")
    assert run(["policy", "render", str(tmp_path)]) == 2
    assert "privlint.toml:2" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["a_b", "app/__init__.py", "_x_", "a_ _b", "*y* [z](w) `q`", "x__y__z", "<b>", "a|b"])
def test_text_is_no_markup(text: str) -> None:
    shown = MarkdownIt().renderInline(escape_markdown(text))
    assert unescape(shown) == text
