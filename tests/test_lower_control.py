"""Control: branches, loops, exceptions, narrowing, match."""

from __future__ import annotations

from tests.lower_print import lowered, show


def test_a_loop_carries_values_to_the_next_round() -> None:
    source = """
    def f(rows):
        for r in rows:
            if r.head:
                user = r.user
            else:
                send(user)
    """
    assert show(source) == [
        "0: param 0",
        "1: join (0)",
        "2: join (9)",
        "3: elem 1",
        "4: load 3 head",
        "5: load 3 user",
        "6: global send",
        "7: call 6 (2)",
        "8: after 7 2",
        "9: join (5 8)",
        "10: const None",
        "11: return 10 (1)",
    ]


def test_a_name_bound_first_in_each_round_is_not_carried() -> None:
    source = """
    def f(rows):
        for r in rows:
            u = r.user
            send(u)
        return u
    """
    assert show(source) == [
        "0: param 0",
        "1: join (0 9)",
        "2: elem 1",
        "3: load 2 user",
        "4: global send",
        "5: call 4 (3)",
        "6: after 5 3",
        "7: store 2 user 6",
        "8: const None [*]",
        "9: storeitem 1 8 7",
        "10: join ()",
        "11: return 6 (1)",
    ]


def test_while_with_else_and_break() -> None:
    source = """
    def f(x):
        while x.more():
            if x.bad:
                break
        else:
            done(x)
        return x
    """
    assert show(source) == [
        "0: param 0",
        "1: join (0 4)",
        "2: load 1 more",
        "3: call 2 ()",
        "4: after 3 1",
        "5: load 4 bad",
        "6: global done",
        "7: call 6 (4)",
        "8: after 7 4",
        "9: join (4 8)",
        "10: return 9 (9)",
    ]


def test_an_endless_loop_is_left_by_break_only() -> None:
    source = """
    def f():
        while True:
            x = g()
            if x:
                break
        return x
    """
    assert show(source) == [
        "0: global g",
        "1: call 0 ()",
        "2: return 1 ()",
    ]


def test_dead_code_is_left_out() -> None:
    source = """
    def f(x):
        if False:
            a(x)
        return x
        b(x)
    """
    assert show(source) == [
        "0: param 0",
        "1: return 0 (0)",
    ]


def test_code_for_type_checkers_is_dead() -> None:
    source = """
    def f(x):
        if TYPE_CHECKING:
            a(x)
        else:
            b(x)
    """
    assert show(source) == [
        "0: param 0",
        "1: global b",
        "2: call 1 (0)",
        "3: after 2 0",
        "4: const None",
        "5: return 4 (3)",
    ]


def test_a_guard_narrows_what_follows() -> None:
    source = """
    def f(x):
        if not isinstance(x, A):
            return
        x.go()
    """
    assert show(source) == [
        "0: param 0",
        "1: global isinstance",
        "2: global A",
        "3: call 1 (0 2)",
        "4: operate not (3)",
        "5: typed 0 <not> True",
        "6: const None",
        "7: return 6 (5)",
        "8: typed 0 <A> True",
        "9: load 8 go",
        "10: call 9 ()",
        "11: after 10 8",
        "12: const None",
        "13: return 12 (11)",
    ]


def test_narrowing_ends_where_branches_meet() -> None:
    source = """
    def f(x):
        if isinstance(x, A):
            pass
        return x
    """
    assert show(source) == [
        "0: param 0",
        "1: global isinstance",
        "2: global A",
        "3: call 1 (0 2)",
        "4: typed 0 <A> True",
        "5: typed 0 <not> True",
        "6: return 0 (0)",
    ]


def test_is_none_narrows() -> None:
    source = """
    def f(x):
        if x is None:
            g(x)
        return x
    """
    assert show(source) == [
        "0: param 0",
        "1: const None",
        "2: operate is (0 1)",
        "3: typed 0 <const> True",
        "4: global g",
        "5: call 4 (3)",
        "6: after 5 3",
        "7: join (6 0)",
        "8: return 7 (7)",
    ]


def test_a_handler_begins_with_any_value_of_the_block() -> None:
    source = """
    def f(a):
        x = 1
        try:
            x = a.b()
        except E as e:
            g(e, x)
        return x
    """
    assert show(source) == [
        "0: param 0",
        "1: const 1",
        "2: load 0 b",
        "3: call 2 ()",
        "4: after 3 0",
        "5: join (0 4)",
        "6: join (1 3)",
        "7: global E",
        "8: catch (7) (2 5)",
        "9: global g",
        "10: call 9 (8 6)",
        "11: after 10 8",
        "12: after 10 6",
        "13: join (4 5)",
        "14: join (3 12)",
        "15: return 14 (13)",
    ]


def test_finally_keeps_the_ordinary_way_exact() -> None:
    source = """
    def f(a):
        x = a
        try:
            x = 1
        finally:
            g()
        return x
    """
    assert show(source) == [
        "0: param 0",
        "1: const 1",
        "2: global g",
        "3: call 2 ()",
        "4: return 1 (0)",
    ]


def test_a_swallowing_manager_may_skip_statements() -> None:
    source = """
    def f(x):
        with suppress(E):
            x = g()
        return x
    """
    assert show(source) == [
        "0: param 0",
        "1: global suppress",
        "2: global E",
        "3: call 1 (2)",
        "4: catch () (6 9) True",
        "5: enter 3 4",
        "6: global g",
        "7: call 6 ()",
        "8: join (0 7)",
        "9: return 8 (0)",
    ]


def test_a_caught_raise() -> None:
    source = """
    def f(x):
        try:
            raise E(x) from None
        except Exception:
            pass
    """
    assert show(source) == [
        "0: param 0",
        "1: global E",
        "2: call 1 (0)",
        "3: after 2 0",
        "4: const None",
        "5: raise 2 4 True",
        "6: join (0 3)",
        "7: global Exception",
        "8: catch () (1 6)",
        "9: const None",
        "10: return 9 (6)",
    ]


def test_a_message_of_an_assertion_is_raised() -> None:
    source = """
    def f(x):
        assert x.ok, f'{x}'
        return x
    """
    assert show(source) == [
        "0: param 0",
        "1: load 0 ok",
        "2: text (0) ()",
        "3: global AssertionError",
        "4: call 3 (2)",
        "5: raise 4 -1",
        "6: return 0 (0)",
    ]


def test_purpose_blocks_are_spans() -> None:
    source = """
    def f(u):
        with purpose('security'):
            log(u)
        log(u)
    """
    assert show(source) == [
        "0: param 0",
        "1: global purpose",
        "2: const security",
        "3: call 1 (2)",
        "4: catch () (6 9) True",
        "5: enter 3 4",
        "6: global log",
        "7: call 6 (0)",
        "8: after 7 0",
        "9: global log",
        "10: call 9 (8)",
        "11: after 10 8",
        "12: const None",
        "13: return 12 (11)",
    ]
    assert lowered(source).bodies[0].purposes == [(4, 9, "security")]


def test_patterns() -> None:
    source = """
    def f(p):
        match p:
            case {'k': v, **rest}:
                return v
            case [a, *b]:
                return b
            case P(n, age=g) if g:
                return n
            case str() | int() as s:
                return s
            case _:
                return p
    """
    assert show(source) == [
        "0: param 0",
        "1: const k",
        "2: item 0 1",
        "3: build dict (-1) (0)",
        "4: return 2 (0)",
        "5: const 0",
        "6: item 0 5",
        "7: slice 1 None None",
        "8: item 0 7",
        "9: return 8 (0)",
        "10: typed 0 <P> True",
        "11: const 0 match_arg",
        "12: item 10 11",
        "13: load 10 age",
        "14: return 12 (10)",
        "15: typed 0 <or> True",
        "16: return 15 (15)",
        "17: return 0 (0)",
    ]
