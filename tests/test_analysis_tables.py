"""The small algebra under the solver: masks of items, access paths, arguments against parameters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privlint.analysis.binding import Binding
from privlint.analysis.bounds import MAX_PATH
from privlint.analysis.masks import DOUBTS, Lanes, doubts, is_pseudonymous
from privlint.analysis.masks import LANES as ALL_LANES
from privlint.analysis.paths import ANY, CUT, KEY, VALUE, below_containers, join, matches
from privlint.ir import Arg, ParamDef

LANES = Lanes(fields=3, carriers=2)
MASKS = st.integers(min_value=0, max_value=(1 << 30) - 1)


@given(MASKS)
def test_likely_keeps_the_items_and_their_form(mask: int) -> None:
    doubted = LANES.likely(mask)
    assert {item for item, _ in LANES.items(doubted)} == {item for item, _ in LANES.items(mask)}
    assert all(doubts(lane) for _, lane in LANES.items(doubted))
    assert LANES.likely(doubted) == doubted


@given(MASKS, st.integers(min_value=0, max_value=ALL_LANES - 1))
def test_a_summary_of_the_bare_token_changes_nothing(mask: int, lane: int) -> None:
    assert LANES.through(mask, LANES.of(0)) == mask
    assert LANES.through(mask, LANES.of(0, lane)) == LANES.shift(mask, lane)


@given(MASKS, MASKS)
def test_new_never_repeats_what_is_known(known: int, mask: int) -> None:
    new = LANES.new(known, mask)
    assert new & known == 0
    assert new | mask == mask
    assert LANES.new(known | new, mask) == 0


def test_a_certain_item_is_not_told_again_as_likely() -> None:
    assert LANES.new(LANES.of(1), LANES.of(1, 1)) == 0
    assert LANES.new(LANES.of(1, 1), LANES.of(1)) == LANES.of(1)


@given(MASKS)
def test_a_third_doubtful_step_drops_everything(mask: int) -> None:
    assert LANES.doubted(LANES.doubted(LANES.doubted(mask))) == 0
    assert {is_pseudonymous(lane) for _, lane in LANES.items(LANES.doubted(LANES.of(0, DOUBTS)))} == {True}


def test_a_hash_is_another_thing_than_what_was_hashed() -> None:
    assert LANES.pseudonymous(LANES.of(2)) == LANES.of(2, DOUBTS)
    assert LANES.new(LANES.of(2, DOUBTS), LANES.of(2)) == LANES.of(2)


@pytest.mark.parametrize(
    ("element", "wanted", "expected"),
    [
        (("k", 0), ("k", 0), True),
        (("k", 0), ("k", 1), False),
        (("k", 0), ("k", -1), True),
        (("k", "a"), ("k", "b"), False),
        (ANY, ("k", 3), True),
        (ANY, ("k", "a"), True),
        (VALUE, ("k", "a"), True),
        (VALUE, ANY, False),
        (KEY, ANY, True),
        (("k", "a"), ANY, False),
        (("k", 2), ANY, True),
        (("k", "a"), VALUE, True),
        (KEY, VALUE, False),
        (".a", ".b", False),
    ],
)
def test_what_is_read_back_under_an_element(element: object, wanted: object, *, expected: bool) -> None:
    assert matches(element, wanted) is expected  # type: ignore[arg-type]


def test_paths_are_cut_at_their_greatest_depth() -> None:
    deep = tuple(f".a{n}" for n in range(9))
    assert join((ANY,), deep) == (*(ANY, *deep)[:MAX_PATH], CUT)
    positions = tuple(("k", n) for n in range(9))
    assert join((ANY,), positions) == (*(ANY, *positions)[:MAX_PATH], ANY)


def test_formatting_shows_containers_and_not_attributes() -> None:
    assert below_containers((ANY, ("k", "a")))
    assert not below_containers((ANY, ".email"))


def _params(text: str) -> list[ParamDef]:
    kinds = {"/": "pos", "*": "*", "=": "kw", "~": "**"}
    return [ParamDef(w.strip("/*=~"), kinds.get(w[-1], "any")) for w in text.split()]


@pytest.mark.parametrize(
    ("params", "args", "value", "path", "expected"),
    [
        ("a b", [("", 1), ("", 2)], 2, (), [(1, ())]),
        ("a b", [("", 1), ("b", 2)], 2, (".x",), [(1, (".x",))]),
        ("a rest*", [("", 1), ("", 2), ("", 3)], 3, (), [(1, (("k", 1),))]),
        ("a more~", [("", 1), ("z", 2)], 2, (), [(1, (("k", "z"),))]),
        ("a b", [("*", 1)], 1, (("k", 1),), [(1, ())]),
        ("a b", [("*", 1)], 1, (("k", 5),), []),
        ("a b", [("*", 1)], 1, (ANY,), [(0, ()), (1, ())]),
        ("a b", [("**", 1)], 1, (("k", "b"),), [(1, ())]),
        ("a more~", [("**", 1)], 1, (("k", "z"),), [(1, (("k", "z"),))]),
        ("a/ b=", [("", 1), ("b", 2)], 2, (), [(1, ())]),
        ("a", [("", 1), ("", 2)], 2, (), []),
    ],
)
def test_an_argument_becomes_the_parameter_that_python_gives_it(
    params: str, args: list[tuple[str, int]], value: int, path: tuple[object, ...], expected: list[object]
) -> None:
    binding = Binding(tuple(Arg(name, number) for name, number in args), _params(params))
    assert binding.into(value, path) == expected  # type: ignore[arg-type]


def test_a_write_to_a_parameter_is_seen_in_the_argument() -> None:
    binding = Binding((Arg("", 4), Arg("b", 7)), _params("a b"))
    assert binding.back(1, (".x",)) == [(7, (".x",))]
    assert binding.back(0, ()) == [(4, ())]
