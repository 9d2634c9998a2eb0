"""Objects: versions, aliases, write-back."""

from __future__ import annotations

from tests.lower_print import show


def test_two_names_of_one_object_see_a_store() -> None:
    source = """
    def f(a):
        b = a
        b.x = 1
        return a
    """
    assert show(source) == [
        "0: param 0",
        "1: const 1",
        "2: store 0 x 1",
        "3: return 2 (2)",
    ]


def test_an_overwritten_value_is_gone() -> None:
    source = """
    def f(v):
        x = v
        x = 1
        return x
    """
    assert show(source) == [
        "0: param 0",
        "1: const 1",
        "2: return 1 (0)",
    ]


def test_a_method_call_makes_a_new_version_of_its_receiver_written_back() -> None:
    source = """
    def f(self, v):
        self.items.append(v)
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: load 0 items",
        "3: load 2 append",
        "4: call 3 (1)",
        "5: after 4 2",
        "6: store 0 items 5",
        "7: after 4 1",
        "8: const None",
        "9: return 8 (6 7)",
    ]


def test_a_named_part_is_written_back_into_the_present_version_of_its_owner() -> None:
    source = """
    def f(self, v):
        xs = self.items
        self.n = 1
        xs.append(v)
        return self
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: load 0 items",
        "3: const 1",
        "4: store 0 n 3",
        "5: load 2 append",
        "6: call 5 (1)",
        "7: after 6 2",
        "8: store 4 items 7",
        "9: after 6 1",
        "10: return 8 (8 9)",
    ]


def test_a_store_is_written_back_up_to_the_root() -> None:
    source = """
    def f(o, v):
        o.a.b['k'].c = v
        return o
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: load 0 a",
        "3: load 2 b",
        "4: const k",
        "5: item 3 4",
        "6: store 5 c 1",
        "7: storeitem 3 4 6",
        "8: store 2 b 7",
        "9: store 0 a 8",
        "10: return 9 (9 1)",
    ]


def test_a_change_of_an_element_is_a_change_of_the_container() -> None:
    source = """
    def f(xs, v):
        for x in xs:
            x.a = v
        return xs
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: join (0 6)",
        "3: elem 2",
        "4: store 3 a 1",
        "5: const None [*]",
        "6: storeitem 2 5 4",
        "7: return 2 (2 1)",
    ]


def test_a_rebound_parameter_still_hands_out_the_object_it_brought() -> None:
    source = """
    def f(o):
        o.x = 1
        o = None
        return o
    """
    assert show(source) == [
        "0: param 0",
        "1: const 1",
        "2: store 0 x 1",
        "3: const None",
        "4: return 3 (2)",
    ]


def test_a_swap_builds_nothing() -> None:
    source = """
    def f(a, b):
        a, b = b, a
        return a
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: return 1 (0 1)",
    ]


def test_a_list_grown_in_place_grows_under_all_its_names() -> None:
    source = """
    def f(v):
        a = []
        b = a
        b += [v]
        return a
    """
    assert show(source) == [
        "0: param 0",
        "1: build list () ()",
        "2: build list () (0)",
        "3: operate += (1 2)",
        "4: return 3 (0)",
    ]


def test_getattr_and_setattr_with_a_constant_name_are_the_attribute() -> None:
    source = """
    def f(o, v):
        setattr(o, 'x', v)
        return getattr(o, 'y', None)
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: store 0 x 1",
        "3: const None",
        "4: load 2 y",
        "5: const None",
        "6: join (4 5)",
        "7: return 6 (2 1)",
    ]


def test_an_item_of_dict_is_the_attribute() -> None:
    source = """
    def f(o, v):
        o.__dict__['a'] = v
        return o.__dict__['b']
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: load 0 __dict__",
        "3: store 0 a 1",
        "4: load 3 __dict__",
        "5: load 3 b",
        "6: return 5 (3 1)",
    ]


def test_deletion() -> None:
    source = """
    def f(d):
        del d['k']
        del d.x
        del d
    """
    assert show(source) == [
        "0: param 0",
        "1: const k",
        "2: storeitem 0 1 -1",
        "3: const None",
        "4: store 2 x 3",
        "5: const None",
        "6: return 5 (4)",
    ]


def test_an_argument_is_passed_in_its_present_version() -> None:
    source = """
    def f(x):
        h(x, g(x))
    """
    assert show(source) == [
        "0: param 0",
        "1: global h",
        "2: global g",
        "3: call 2 (0)",
        "4: after 3 0",
        "5: call 1 (4 3)",
        "6: after 5 4",
        "7: const None",
        "8: return 7 (6)",
    ]


def test_augmented_stores() -> None:
    source = """
    def f(o, v):
        o.x += v
        o['k'] += v
        return o
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: load 0 x",
        "3: operate += (2 1)",
        "4: store 0 x 3",
        "5: const k",
        "6: item 4 5",
        "7: operate += (6 1)",
        "8: storeitem 4 5 7",
        "9: return 8 (8 1)",
    ]


def test_a_container_of_the_module_is_filled_through_its_name() -> None:
    source = """
    def f(v):
        SEEN.append(v)
        STATE.rows.add(v)
        log.info(1)
    """
    assert show(source)[:16] == [
        "0: param 0",
        "1: global SEEN",
        "2: load 1 append",
        "3: call 2 (0)",
        "4: after 3 1",
        "5: setglobal SEEN 4",
        "6: after 3 0",
        "7: global STATE",
        "8: load 7 rows",
        "9: load 8 add",
        "10: call 9 (6)",
        "11: after 10 8",
        "12: store 7 rows 11",
        "13: setglobal STATE 12",
        "14: after 10 6",
        "15: global log",
    ]
    assert not [line for line in show(source)[16:] if "after" in line]
