"""Sections, quotes and sentences of the published text."""

from __future__ import annotations

import pytest

from privlint.policy.prose import find_quote, find_sections, normalise, sections
from privlint.policy.sentences import sentences
from tests.policy_samples import PROSE

PLAIN = """\
How we handle your data

Whose data?

We hold data of the following groups of people, who

  \u2022 visit us, or
  \u2022 buy from us.

What we do with it

  \u2022 Orders \u2013 we deliver what you buy.

    Note: gifts are sent to the person that you name.
  \u2022 Letters \u2013 we tell you about new things,
    and only if you agreed.

Your rights

Right to see: ask us for a copy.

Right to object, and to stop: write to us.
"""


def test_sections_of_markdown() -> None:
    found = sections(PROSE)
    title = "Alder Lane Books: how we handle your data"
    assert list(found) == [
        (),
        (title,),
        (title, "Who we are"),
        (title, "Whose data"),
        (title, "What we hold"),
        (title, "Why"),
        (title, "Why", "Orders"),
        (title, "Why", "Newsletter"),
        (title, "Who else sees it"),
        (title, "How long"),
        (title, "Your rights"),
        (title, "Your rights", "Seeing your data"),
        (title, "Your rights", "Having it removed"),
    ]
    who = found[title, "Who we are"]
    assert (who.line, who.text.strip()) == (3, "Alder Lane Books BV decides why and how your data is used.")
    assert "serving that library" in found[title, "Why", "Orders"].text
    assert "serving that library" in found[title, "Why"].text
    assert "new titles" not in found[title, "Why", "Orders"].text


def test_sections_of_plain_text() -> None:
    found = sections(PLAIN)
    assert list(found) == [
        (),
        ("How we handle your data",),
        ("Whose data?",),
        ("What we do with it",),
        ("What we do with it", "Orders"),
        ("What we do with it", "Letters"),
        ("Your rights",),
        ("Your rights", "Right to see"),
        ("Your rights", "Right to object, and to stop"),
    ]
    assert "gifts" in found["What we do with it", "Orders"].text


def test_underlined_headings_and_fences() -> None:
    text = "Title\n=====\n\nPart\n----\n\n```\n# no heading\n```\n\n- item\n---\n\nText of it.\n"
    assert list(sections(text)) == [(), ("Title",), ("Title", "Part")]


def test_numbers_open_headings_and_lists() -> None:
    text = "1. Who we are\n\nA shop.\n\n2. What for\n\nWe do this:\n\n1. sell\n\n2. mend\n\n3. Rights\n\nMany.\n"
    assert list(sections(text)) == [(), ("Who we are",), ("What for",), ("Rights",)]
    assert find_sections(sections(text), "2. What for") == [("What for",)]


def test_two_sections_of_one_name_are_one() -> None:
    found = sections("# A\none\n# B\ntwo\n# A\nthree\n")
    assert found["A",].text == "one\nthree"
    assert find_quote(found, "A", "three").line == 6


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("e\u2011mail \u2014 \u201cas is\u201d", 'e-mail - "as is"'),
        ("it\u2019s\u00a0so\n   and\tso", "it's so and so"),
        ("**bold** and _soft_ and `code`", "bold and soft and code"),
        ("see [our page](https://x.example) now", "see our page now"),
        ("\u2022 one item", "one item"),
        ("> quoted", "quoted"),
        ("snake_case_name and 3 * 4", "snake_case_name and 3 * 4"),
        ("\ufb01ne soft\u00adhyphen", "fine softhyphen"),
    ],
)
def test_normalise(written: str, same: str) -> None:
    assert normalise(written) == same


@pytest.mark.parametrize(
    ("clause", "quote", "line"),
    [
        ("Who we are", "decides why and how your data is used", 5),
        ("Why > Orders", "to deliver what you ordered", 22),
        ("Why > Orders", "on our interest in serving that library", 24),
        ("why > orders", "on our interest in serving that library", 24),
        ("Why", "new titles", 25),
        ("What we hold", "invoicing data (VAT number", 17),
        ("What we hold", "(VAT number and invoicing address)", 18),
        ("Your rights > Seeing your data", "Seeing your data: you may ask", 37),
        ("Alder Lane Books: how we handle your data > Why", "you can switch".capitalize(), 25),
        ("", "seven years", 33),
    ],
)
def test_quotes_that_stand(clause: str, quote: str, line: int) -> None:
    search = find_quote(sections(PROSE), clause, quote)
    assert (search.result, search.line) == ("found", line)


def test_quotes_that_moved() -> None:
    search = find_quote(sections(PROSE), "Who we are", "to tell subscribers about new titles")
    assert (search.result, search.line, search.section[1:]) == ("elsewhere", 25, ("Why", "Newsletter"))


def test_quotes_that_are_gone() -> None:
    search = find_quote(sections(PROSE), "How long", "eight years")
    assert (search.result, search.line) == ("missing", 31)


def test_sections_that_are_gone() -> None:
    found = sections(PROSE)
    assert find_quote(found, "For how long", "eight years").result == "no_section"
    moved = find_quote(found, "For how long", "seven years")
    assert (moved.result, moved.line) == ("no_section", 33)
    assert find_sections(found, "Orders > Why") == []


def test_an_empty_quote_stands_nowhere() -> None:
    assert find_quote(sections(PROSE), "Why", " ").result == "missing"


def test_white_space_alone_is_no_drift() -> None:
    wrapped = PROSE.replace(" ", "\n").replace("##\n", "## ").replace("#\nAlder", "# Alder")
    assert find_quote(sections(wrapped), "", "decides why and how your data is used").result == "found"


def test_sentences() -> None:
    found = [(sentence.line, sentence.section[-1], sentence.text) for sentence in sentences(PROSE)]
    assert found[:5] == [
        (5, "Who we are", "Alder Lane Books BV decides why and how your data is used."),
        (9, "Whose data", "We hold data of"),
        (11, "Whose data", "people who browse our shop,"),
        (12, "Whose data", "people who subscribe in their own name, and"),
        (13, "Whose data", "buyers who order for a library."),
    ]
    assert (
        17,
        "What we hold",
        "For subscribers we also hold invoicing data (VAT number and invoicing address).",
    ) in found
    removal = "Having it removed: write to us and we remove it, e.g. after you have left."
    assert [text for _, section, text in found if section == "Having it removed"] == [
        removal,
        "Nothing else is needed.",
    ]


def test_headings_are_no_sentences() -> None:
    texts = [sentence.text for sentence in sentences(PLAIN)]
    assert "Your rights" not in texts
    assert "We hold data of the following groups of people, who" in texts


def test_a_heading_with_nothing_below_it_is_a_sentence() -> None:
    found = sentences("# Title\n\n## We sell your data\n\n## Rights\n\n### Access\n\nAsk.\n")
    assert [(each.line, each.text) for each in found] == [(3, "We sell your data"), (9, "Ask.")]


def test_an_empty_text() -> None:
    assert list(sections("")) == [()]
    assert sentences("") == []
    assert find_quote(sections(""), "Why", "x").result == "no_section"
