"""Values: strings, operators, subscripts, displays, comprehensions."""

from __future__ import annotations

from tests.lower_print import show


def test_unpacking_with_a_star_and_nesting() -> None:
    source = """
    def f(t):
        a, *b, (c, d) = t
        return b, c, d
    """
    assert show(source) == [
        "0: param 0",
        "1: const 0",
        "2: item 0 1",
        "3: slice 1 -1 None",
        "4: item 0 3",
        "5: const -1",
        "6: item 0 5",
        "7: const 0",
        "8: item 6 7",
        "9: const 1",
        "10: item 6 9",
        "11: build tuple () (4 8 10)",
        "12: return 11 (0)",
    ]


def test_format_specs_and_conversions() -> None:
    source = """
    def f(x, w):
        return f'a{x!r:>{w}}{x=}'
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: const a",
        "3: const >",
        "4: text (2 0 3 1 0) ( r   r)",
        "5: return 4 (0 1)",
    ]


def test_percent_formatting_of_a_tuple() -> None:
    source = """
    def f(x, y):
        return '%s %r' % (x, y)
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: const '%s %r'",
        "3: text (2 0 1) ( s r)",
        "4: return 3 (0 1)",
    ]


def test_percent_formatting_takes_the_named_keys_only() -> None:
    source = """
    def f(x, y):
        return '%(a)s' % {'a': x, 'b': y}
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: const %(a)s",
        "3: text (2 0) ( s)",
        "4: return 3 (0 1)",
    ]


def test_a_sum_with_a_literal_is_text() -> None:
    source = """
    def f(x, y):
        return x + ' ' + y
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: const ' '",
        "3: text (0 2 1) (+  +)",
        "4: return 3 (0 1)",
    ]


def test_a_sum_without_a_literal_is_an_operator() -> None:
    source = """
    def f(x, y):
        return x + y + 1
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: operate + (0 1)",
        "3: const 1",
        "4: operate + (2 3)",
        "5: return 4 (0 1)",
    ]


def test_a_guard_of_what_follows_it_is_no_value() -> None:
    source = """
    def f(u):
        return u and u.name
    """
    assert show(source) == [
        "0: param 0",
        "1: load 0 name",
        "2: return 1 (0)",
    ]


def test_or_keeps_both() -> None:
    source = """
    def f(u):
        return u or 'none'
    """
    assert show(source) == [
        "0: param 0",
        "1: const none",
        "2: join (0 1)",
        "3: return 2 (0)",
    ]


def test_conditional_expression() -> None:
    source = """
    def f(u, c):
        return u if c else None
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: const None",
        "3: join (0 2)",
        "4: return 3 (0 1)",
    ]


def test_slices_and_keys() -> None:
    source = """
    def f(x, n):
        return x[1:], x[n:], x[:-1], x[::2], x[-1], x[1, 2]
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: slice 1 None None",
        "3: item 0 2",
        "4: slice -2147483648 None None",
        "5: item 0 4",
        "6: slice None -1 None",
        "7: item 0 6",
        "8: slice None None 2",
        "9: item 0 8",
        "10: const -1",
        "11: item 0 10",
        "12: const 1",
        "13: const 2",
        "14: build tuple () (12 13)",
        "15: item 0 14",
        "16: build tuple () (3 5 7 9 11 15)",
        "17: return 16 (0 1)",
    ]


def test_comprehension() -> None:
    source = """
    def f(xs):
        return [x.a for x in xs if x]
    """
    assert show(source) == [
        "0: param 0",
        "1: elem 0",
        "2: load 1 a",
        "3: build list () (2) True",
        "4: return 3 (0)",
    ]


def test_dict_comprehension() -> None:
    source = """
    def f(d):
        return {k: v for k, v in d.items()}
    """
    assert show(source) == [
        "0: param 0",
        "1: load 0 items",
        "2: call 1 ()",
        "3: after 2 0",
        "4: elem 2",
        "5: const 0",
        "6: item 4 5",
        "7: const 1",
        "8: item 4 7",
        "9: build dict (6) (8) True",
        "10: return 9 (3)",
    ]


def test_a_walrus_in_a_comprehension_binds_outside() -> None:
    source = """
    def f(xs):
        ys = [y := x for x in xs]
        return y
    """
    assert show(source) == [
        "0: param 0",
        "1: elem 0",
        "2: build list () (1) True",
        "3: return 1 (0)",
    ]


def test_a_comprehension_s_target_hides_a_local() -> None:
    source = """
    def f(x, xs):
        y = [x for x in xs]
        return x
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: elem 1",
        "3: build list () (2) True",
        "4: return 0 (0 1)",
    ]


def test_await_async_for_yield() -> None:
    source = """
    async def f(c, u):
        r = await c.send(u)
        async for x in r:
            yield x
    """
    assert show(source) == [
        "0: param 0",
        "1: param 1",
        "2: load 0 send",
        "3: call 2 (1) True",
        "4: after 3 0",
        "5: after 3 1",
        "6: await 3",
        "7: elem 6",
        "8: yield 7 (4 5)",
        "9: const None",
        "10: return 9 (4 5)",
    ]
