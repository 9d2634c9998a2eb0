"""Law and checklist as data: every name in them means something, every fact says where it comes from."""

from __future__ import annotations

import re
from datetime import date
from typing import get_args

import pytest

from privlint.checks import POLICY_RULES, RULES
from privlint.knowledge.load import load_jurisdictions, load_review, load_taxonomy
from privlint.models import Law, Question
from privlint.policy.schema import policy_schema
from privlint.policy.tables import PolicyFile
from privlint.policy.vocabulary import Area, BasisKind, RightName

LAWS = load_jurisdictions().laws
QUESTIONS = load_review().question
USES = ("direct_marketing", "automated_decision")


def test_every_home_has_a_law() -> None:
    assert set(LAWS) == set(get_args(Area))


@pytest.mark.parametrize("law", LAWS.values(), ids=lambda law: law.home)
def test_a_law_is_dated_and_has_a_source(law: Law) -> None:
    assert law.source
    assert date.fromisoformat(law.checked_on) >= date.fromisoformat(law.in_force_from)
    assert law.cite.endswith("Art. ")


@pytest.mark.parametrize("law", LAWS.values(), ids=lambda law: law.home)
def test_names_of_a_law_are_those_of_the_policy(law: Law) -> None:
    kinds = get_args(BasisKind)
    assert set(law.bases) <= set(kinds)
    assert set(law.rights) <= set(get_args(RightName))
    for right in law.rights.values():
        assert set(right.bases) <= {*kinds, *USES, "*"}
        assert set(right.not_for) <= set(kinds)
    assert set(law.articles) <= {rule.code for rule in RULES}
    assert law.like or not law.articles or set(law.articles) >= {rule.code for rule in POLICY_RULES}
    for item in (*law.notice, *law.record_items):
        assert item.stated
        for path in item.stated:
            assert is_key_path(path), path


@pytest.mark.parametrize("law", LAWS.values(), ids=lambda law: law.home)
def test_a_law_says_what_a_record_holds(law: Law) -> None:
    assert len(law.record) == 2
    assert {item.article.rpartition("(")[0] for item in law.record_items} == {law.record[0]}


def is_key_path(path: str) -> bool:
    """Whether the format has such a key; "*" stands for any name."""
    schema = policy_schema()
    node = schema
    for part in path.split("."):
        arrays = [each for each in node.get("anyOf", []) if each.get("type") == "array"]
        if part == "*" and arrays:
            node = arrays[0]["items"]
            continue
        node = next((each for each in node.get("anyOf") or [] if "$ref" in each), node)
        while "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
        known = node.get("properties", {})
        node = known.get(part) or (node.get("additionalProperties") or {} if part == "*" or not known else {})
        if not node:
            return False
    return True


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_question_can_be_asked(question: Question) -> None:
    assert question.rule in {rule.code for rule in POLICY_RULES}
    assert question.about == "prose" or question.about in PolicyFile.__struct_fields__
    assert question.article
    assert "?" in question.ask
    assert question.ask.format(label="“A”")
    for pattern in (*question.words, *question.unless):
        re.compile(pattern)
    assert set(question.unless_category) <= set(load_taxonomy().names)
    assert all(is_key_path(path) for path in question.unless_stated)


def test_questions_have_names_of_their_own() -> None:
    assert len({question.name for question in QUESTIONS}) == len(QUESTIONS)
