"""The index of key paths to places agrees with what the TOML says."""

from __future__ import annotations

import string
from typing import Any

import tomli
from hypothesis import given
from hypothesis import strategies as st

from privlint.policy.places import index_places
from privlint.policy.types import Path, Place
from tests.policy_samples import COMPANY


def paths_in(value: Any, path: Path = ()) -> set[Path]:
    found = {path} if path else set()
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found |= paths_in(item, (*path, key))
    return found


def assert_complete(text: str) -> dict[Path, Place]:
    places = index_places(text, "p.toml")
    assert set(places) == paths_in(tomli.loads(text))
    return places


def value_at(text: str, place: Place) -> str:
    line = text.split("\n")[place.value_line - 1]
    return line[place.value_column - 1 : place.value_end_column - 1]


def key_at(text: str, place: Place) -> str:
    return text.split("\n")[place.line - 1][place.column - 1 : place.end_column - 1]


def test_every_key_of_a_whole_policy_has_a_place() -> None:
    places = assert_complete(COMPANY)
    assert key_at(COMPANY, places["recipients", "post office"]) == '"post office"'
    assert value_at(COMPANY, places["recipients", "post office", "calls", 1]) == "'boto3.client(\"ses\").send_email'"


TRICKY = '''\
# a comment with [brackets] and "quotes"
plain = 1 # [not.a.table]
"quo ted.key" . 'lit' . bare-key_1 = 2027-03-02 07:32:00Z # x
text = "a # no comment ] } \\" \\\\" # comment
literal = 'C:\\\\x # y'
many = """
first "two" line \\"""
[inside]
last""""
raw = \'\'\'
a = 'b'
\'\'\'
empty = ""
also = [] # empty
nested = [ [1, 2], # one
  [ { a = 1, "b.c" = [ "x, y", "]" ] }, ],
  "last", ]
inline = { a.b = 1, c = { d = 'e}' }, f = [ { g = true } ] }
[  table . "with space"  ] # comment
x = -1_000.5e3
[[array.of]]
n = 1
[array.of.sub]
m = 2
[[array.of.deep]]
[[array.of.deep]]
z = 3
[[array.of]]
[array.other]
"\\u00e9" = "\\t"
'''


def test_everything_that_toml_allows() -> None:
    places = assert_complete(TRICKY)
    assert value_at(TRICKY, places["quo ted.key", "lit", "bare-key_1"]) == "2027-03-02 07:32:00Z"
    assert key_at(TRICKY, places["quo ted.key", "lit"]) == "'lit'"
    assert value_at(TRICKY, places["text",]) == r'"a # no comment ] } \" \\"'
    assert value_at(TRICKY, places["many",]) == '"""'
    assert value_at(TRICKY, places["nested", 1, 0, "b.c", 0]) == '"x, y"'
    assert value_at(TRICKY, places["inline", "c", "d"]) == "'e}'"
    assert value_at(TRICKY, places["inline", "f", 0, "g"]) == "true"
    assert key_at(TRICKY, places["table", "with space"]) == '"with space"'
    assert value_at(TRICKY, places["table", "with space", "x"]) == "-1_000.5e3"
    assert places["array", "of", 0, "deep", 1, "z"].line == TRICKY.split("\n").index("z = 3") + 1
    assert key_at(TRICKY, places["array", "other", "é"]) == '"\\u00e9"'


def test_places_are_counted_from_one_in_code_points() -> None:
    place = index_places('a = 1\n"ü𝄞" = { "é" = "𝄞" }', "p.toml")["ü𝄞", "é"]
    assert place == Place(
        "p.toml", line=2, column=10, end_column=13, value_line=2, value_column=16, value_end_column=19
    )


WORDS = st.text(string.ascii_letters + " .#\"'\\[]{}=,é\n", max_size=8)
SCALARS = st.one_of(st.booleans(), st.integers(-9, 9), WORDS)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=8
)


def written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return "[\n" + ", # x\n".join(map(written, value)) + "\n]"
    return "{ " + ", ".join(f"{quoted(key)} = {written(item)}" for key, item in value.items()) + " }"


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


@given(st.dictionaries(WORDS, st.dictionaries(WORDS, VALUES, max_size=4), max_size=4))
def test_any_tree(tree: dict[str, dict[str, Any]]) -> None:
    lines = []
    for name, table in tree.items():
        lines.append(f"[{quoted(name)}]")
        lines.extend(f"{quoted(key)} = {written(value)}" for key, value in table.items())
    text = "\n".join(lines)
    assert tomli.loads(text) == tree
    assert_complete(text)
