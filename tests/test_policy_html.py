"""A published page in HTML: read as people read it, with its own lines; markup changes nothing."""

from __future__ import annotations

import re
import shutil
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privlint.cli import run
from privlint.diagnostics import Diagnostic
from privlint.engine.policy_alone import judge_policy
from privlint.knowledge.load import load_taxonomy
from privlint.policy.html_text import read_html
from privlint.policy.load import load_policy
from privlint.policy.prose import sections
from privlint.policy.sentences import sentences
from privlint.policy.types import PolicyErrors
from tests.analysed import TODAY
from tests.projects import write_files
from tests.test_policy_drift import DRIFT, EXAMPLE

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head><title>Acme: privacy</title><style>p { color: red }</style></head>
<body>
<nav><ul><li><a href="/">Home</a></li></ul></nav>
<h1>Privacy
    policy</h1>
<p class="lead">We keep <b>orders</b> for seven
years. We use &quot;plain&quot; words &amp; <a
  href="https://acme.example/a b">more
  words</a>. Then we delete.</p>
<h2>Your rights</h2>
<ul>
  <li><strong>Access</strong>: you may see it.</li>
  <li><p><b>Erasure:</b> you may have it erased.</p></li>
</ul>
<h2>Recipients</h2>
<table><tr><th>Name</th><td>Stripe</td></tr></table>
<p>1. one<br>2. two<br><br># three<p hidden>not this</p><p>- four
<script>document.write("<p>nor this</p>")</script>
</body></html>
"""


def to_html(markdown: str) -> str:
    """A page with the words of a Markdown text, one line of the page for one of the text."""
    rows = []
    for line in markdown.splitlines():
        heading = re.match(r"(#+) (.*)", line)
        text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(heading[2] if heading else line))
        text = re.sub(r"\[([^\]]*)\]\(([^)]*)\)", r'<a href="\2">\1</a>', text)
        if heading:
            rows.append(f"<h{len(heading[1])}>{text}</h{len(heading[1])}>")
        elif line.startswith(("- ", "* ")):
            rows.append(f"<li>{text[2:]}")
        else:
            rows.append(f"{text}" if line.strip() else "<p>")
    return "<!doctype html><body>\n" + "\n".join(rows) + "\n"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """The example with its text as a page."""
    for name in ("privlint.toml", "privlint.code.toml"):
        shutil.copy(EXAMPLE / name, tmp_path / name)
    path = tmp_path / "privlint.toml"
    path.write_text(path.read_text("utf-8").replace('"PRIVACY.md"', '"privacy.html"'), "utf-8")
    (tmp_path / "privacy.html").write_text(to_html((EXAMPLE / "PRIVACY.md").read_text("utf-8")), "utf-8")
    return tmp_path


def judged(folder: Path) -> list[Diagnostic]:
    return judge_policy(folder / "privlint.toml", folder, TODAY)[1]


def drift_of(folder: Path) -> list[str]:
    return [f"{each.code} {each.message}" for each in judged(folder) if each.code in DRIFT]


# ---------------------------------------------------------------- what is read


def test_what_people_read_and_on_which_line() -> None:
    found = read_html(PAGE)
    lines = PAGE.splitlines()
    said = [(each.line, each.text) for each in sentences(found.text, found.lines)]
    assert said == [
        (8, "We keep orders for seven years."),
        (9, 'We use "plain" words & more words.'),
        (11, "Then we delete."),
        (14, "Access: you may see it."),
        (15, "Erasure: you may have it erased."),
        (18, "Name"),
        (18, "Stripe"),
        (19, "1. one 2. two"),
        (19, "# three"),
        (19, "- four"),
    ]
    for number, text in said:
        assert text.split()[0].strip('":') in lines[number - 1]


def test_headings_and_labels_are_sections() -> None:
    found = read_html(PAGE)
    assert [path for path in sections(found.text, found.lines) if path] == [
        ("Privacy policy",),
        ("Privacy policy", "Your rights"),
        ("Privacy policy", "Your rights", "Access"),
        ("Privacy policy", "Your rights", "Erasure"),
        ("Privacy policy", "Recipients"),
    ]
    assert sections(found.text, found.lines)["Privacy policy", "Recipients"].line == 17


def test_links_lead_where_they_lead() -> None:
    assert [each.links for each in sentences(read_html(PAGE).text) if each.links] == [("https://acme.example/a%20b",)]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a<p>b", "a\n\nb\n"),
        ("<p>a <i>b</i><span>c</span>.", "a bc.\n"),
        ("a<br>b", "a b\n"),
        ("<main><p>a</main><footer>b</footer>", "a\n"),
        ("<nav>menu<p>never closed", "menu\n\nnever closed\n"),
        ("<nav><nav>a</nav>b</nav>c", "c\n"),
        ("<div hidden>a<div>b</div></div>c", "c\n"),
        ('<img src="x" alt="a picture">', "a picture\n"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "**a**\n\nb\n"),
        ("<p>&#8222;a&#8220; &nbsp;&zzz; <", "\u201ea\u201c &zzz; <\n"),
        ("<p>a<b> </b>b", "a b\n"),
        ("<p><b>a </b>b", "**a** b\n"),
        ("<!-- a --><p>b<![CDATA[c]]>", "b\n"),
        ("<textarea>a</textarea>", "a\n"),
        ("{% extends 'x' %}\n{# note\nmore #}<p>a {% if b %}{{ c }}{% endif %} d", "a {{ c }} d\n"),
        ("<script>a", ""),
    ],
)
def test_odd_pages(html: str, text: str) -> None:
    assert read_html(html).text == text


@given(st.text(alphabet=st.sampled_from("<>/!-=\"' \n&#;phlibrnavstogm1a\u2028\u00e9"), max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read_html(text)
    except ValueError:
        return
    assert len(found.text.splitlines()) == len(found.lines)
    assert all(1 <= line <= text.count("\n") + 1 for line in found.lines)


# ---------------------------------------------------------------- the policy beside it


def test_a_page_is_judged_as_its_text_is(page: Path) -> None:
    as_page = judged(page)
    _, as_text = judge_policy(EXAMPLE / "privlint.toml", EXAMPLE, TODAY)
    # the example's text is accepted, the page is not
    kept = [each.message for each in as_page if each.code not in DRIFT]
    assert kept == [each.message for each in as_text]
    assert not [each.message for each in as_page if each.code == "PRV003"]


def test_places_are_lines_of_the_page(page: Path) -> None:
    assert run(["policy", "accept", str(page), "-q"]) == 0
    path = page / "privacy.html"
    text = path.read_text("utf-8").replace("for five years after it", "for six years after it")
    path.write_text(text, "utf-8")
    (found,) = [each for each in judged(page) if each.code in DRIFT]
    (place,) = [each for each in found.places if each.path == "privacy.html"]
    sentence = " ".join(text.splitlines()[place.line - 1 : place.line + 3])
    assert "six years" in sentence


MARKUP = [
    ("<h2>", '<h2 class="title" id="x">'),
    ("</h2>", "</h2>\n\n"),
    ("five years", "<em>five</em> <span>years</span>"),
    ("five years", "five\n    years"),
    ("five years", "five&nbsp;years"),
    ("<strong>", "<b>"),
    ("<p>\n", "<div>\n"),
    ("<li>", "</li><li>"),
    ("\n", " \n"),
    ("<body>", "<body><nav><a href='/'>Home</a></nav><style>p{}</style>"),
    ("</h1>", "</h1><script>var five = 'six';</script>"),
]


@pytest.mark.parametrize(("old", "new"), MARKUP)
def test_a_change_of_markup_alone_is_silent(page: Path, old: str, new: str) -> None:
    assert run(["policy", "accept", str(page), "-q"]) == 0
    path = page / "privacy.html"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    assert drift_of(page) == []


def test_a_page_on_one_line_says_the_same(page: Path) -> None:
    assert run(["policy", "accept", str(page), "-q"]) == 0
    path = page / "privacy.html"
    path.write_text(" ".join(path.read_text("utf-8").splitlines()), "utf-8")
    assert drift_of(page) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("five years", "six years", "six"),
        ("you may see your data", "you may <b>not</b> see your data", "not"),
        ("You find both below.", "", "gone"),
        ("You find both below.", "<!-- You find both below. -->", "gone"),
        ("You find both below.", "<span hidden>You find both below.</span>", "gone"),
        ("<h3>Objecting</h3>", "<h3>Saying no</h3>", "Saying no"),
        ("In short, they are these.", "In short, they are these.<p>We sell them.", "We sell them."),
    ],
)
def test_a_change_of_words_is_caught(page: Path, old: str, new: str, words: str) -> None:
    assert run(["policy", "accept", str(page), "-q"]) == 0
    path = page / "privacy.html"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    assert any(words in each for each in drift_of(page)), drift_of(page)


def test_a_first_policy_from_a_page(tmp_path: Path) -> None:
    write_files(tmp_path, {"privacy.html": to_html((EXAMPLE / "PRIVACY.md").read_text("utf-8"))})
    assert run(["policy", "init", str(tmp_path), "--from", str(tmp_path / "privacy.html")]) == 0
    assert not [each.message for each in judged(tmp_path) if each.code in ("PRV001", *DRIFT)]


# ---------------------------------------------------------------- other files

FILES: dict[str, tuple[bytes, str, str]] = {
    "policy.pdf": (b"%PDF-1.7\n", "is a PDF, which privlint does not read", "pdftotext"),
    "policy.docx": (b"PK\x03\x04rest", "is an archive", "save its text as .txt, .md or .html"),
    "policy.doc": (b"\xd0\xcf\x11\xe0rest", "is a document of a word processor", "save its text"),
    "policy.rtf": (b"{\\rtf1 hello}", "is a document of a word processor (RTF)", "save its text"),
    "policy.txt": ("caf\u00e9".encode("latin-1"), "is not UTF-8", "save it as UTF-8"),
    "empty.html": (b"<html><script>render()</script></html>", "has no text that people read", "save the page"),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_are_no_text_say_what_to_do(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, message, hint = FILES[name]
    write_files(tmp_path, {name: content, "privlint.toml": f'[policy]\nprose = "{name}"\n'})
    with pytest.raises(PolicyErrors) as caught:
        load_policy(tmp_path / "privlint.toml", load_taxonomy())
    (error,) = caught.value.errors
    assert (error.line, error.column) == (2, 9)
    assert message in error.message
    assert hint in error.hint
    (tmp_path / "privlint.toml").unlink()
    assert run(["policy", "init", str(tmp_path), "--from", str(tmp_path / name)]) == 2
    assert message in capsys.readouterr().err


def test_what_the_parser_does_not_take_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def feed(self: HTMLParser, data: str) -> None:
        raise AssertionError("no such declaration")

    monkeypatch.setattr(HTMLParser, "feed", feed)
    write_files(tmp_path, {"a.html": PAGE, "privlint.toml": '[policy]\nprose = "a.html"\n'})
    with pytest.raises(PolicyErrors, match=r"2:9: the page `a\.html` is not HTML: no such declaration"):
        load_policy(tmp_path / "privlint.toml", load_taxonomy())


def test_a_page_by_another_name_is_a_page(tmp_path: Path) -> None:
    write_files(tmp_path, {"policy.txt": PAGE, "privlint.toml": '[policy]\nprose = "policy.txt"\n'})
    policy = load_policy(tmp_path / "privlint.toml", load_taxonomy())
    assert policy.prose_text is not None
    assert "<p" not in policy.prose_text
