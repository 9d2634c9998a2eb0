"""Names: scopes, closures, globals, imports, local classes."""

from __future__ import annotations

from tests.lower_print import show


def test_nonlocal_writes_are_seen_after_a_call() -> None:
    source = """
    def f(x):
        def g():
            nonlocal x
            x = 2
        g()
        return x
    """
    assert show(source) == [
        "0: param 0",
        "1: setcell 0 x 0",
        "2: function 1 ()",
        "3: call 2 ()",
        "4: cell 0 x",
        "5: join (0 4)",
        "6: return 5 (5)",
    ]
    assert show(source, 1) == [
        "0: const 2",
        "1: setcell 0 x 0",
        "2: const None",
        "3: return 2 ()",
    ]


def test_a_captured_list_is_changed_by_reference() -> None:
    source = """
    def f():
        r = []
        def g(v):
            r.append(v)
        each(g)
        return r
    """
    assert show(source) == [
        "0: build list () ()",
        "1: setcell 0 r 0",
        "2: function 1 ()",
        "3: global each",
        "4: call 3 (2)",
        "5: cell 0 r",
        "6: join (0 5)",
        "7: return 6 ()",
    ]
    assert show(source, 1) == [
        "0: param 0",
        "1: cell 0 r",
        "2: load 1 append",
        "3: call 2 (0)",
        "4: after 3 1",
        "5: setcell 0 r 4",
        "6: after 3 0",
        "7: const None",
        "8: return 7 (6)",
    ]


def test_a_lambda_reads_by_reference_and_its_default_by_value() -> None:
    source = """
    def f(x):
        return lambda y, z=x: x + y
    """
    assert show(source) == [
        "0: param 0",
        "1: setcell 0 x 0",
        "2: setcell 0 '<default 2.z>' 0",
        "3: function 1 ()",
        "4: return 3 (0)",
    ]
    assert show(source, 1) == [
        "0: param 0",
        "1: param 1",
        "2: cell 0 '<default 2.z>'",
        "3: join ()",
        "4: cell 0 x",
        "5: operate + (4 0)",
        "6: return 5 (0 1)",
    ]


def test_global_writes() -> None:
    source = """
    def f(v):
        global G
        G = v
        C['k'] = v
        return G
    """
    assert show(source) == [
        "0: param 0",
        "1: setglobal G 0",
        "2: global C",
        "3: const k",
        "4: storeitem 2 3 0",
        "5: setglobal C 4",
        "6: global G",
        "7: return 6 (0)",
    ]


def test_a_local_class_holds_what_its_body_binds() -> None:
    source = """
    def f(x):
        class K(B):
            n = x
            def m(self):
                return x
        return K()
    """
    assert show(source) == [
        "0: param 0",
        "1: setcell 0 x 0",
        "2: global B",
        "3: localclass f.K",
        "4: function 1 ()",
        "5: store 3 n 0",
        "6: store 5 m 4",
        "7: call 6 ()",
        "8: return 7 (0)",
    ]
    assert show(source, 1) == [
        "0: param 0",
        "1: cell 0 x",
        "2: return 1 (0)",
    ]


def test_local_imports() -> None:
    source = """
    def f():
        import a.b
        import c.d as e
        from .m import n as o
        return a, e, o
    """
    assert show(source) == [
        "0: imported a 0",
        "1: imported c.d 0",
        "2: imported m n 1",
        "3: build tuple () (0 1 2)",
        "4: return 3 ()",
    ]
