"""What the index records of a file."""

from __future__ import annotations

import json
from textwrap import dedent

import msgspec
import pytest

from privlint.frontend.index import index_source
from privlint.ir import AttributeUse, Comment, Expr, ModuleIndex


def index(text: str) -> ModuleIndex:
    return index_source(dedent(text).encode())


def calls(text: str) -> list[tuple[str, str, str, int, tuple[str, ...]]]:
    return [(c.unit, c.receiver, c.callee, c.nargs, c.keywords) for c in index(text).calls]


# ------------------------------------------------------------------------------------------------------------- problems


@pytest.mark.parametrize(
    ("source", "code", "line", "column"),
    [
        (b"x = 1\ny = (\n", "PRV901", 2, 5),
        (b"x = 1\n  y = 2\n", "PRV901", 2, 1),
        (b"print 'x'\n", "PRV901", 1, 1),
        (b"a = 1\nb = '\xff'\n", "PRV902", 2, 6),
        (b"# coding: no-such-codec\n", "PRV902", 1, 1),
        (b"# coding: ascii\nx = '\xc3\xa4'\n", "PRV902", 2, 6),
        (b"x = 1\ny\0 = 2\n", "PRV902", 2, 2),
        (b"\xff\xfex\0 \0=\0 \x001\0", "PRV902", 1, 1),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_its_place(source: bytes, code: str, line: int, column: int) -> None:
    found = index_source(source)
    assert [(p.code, p.line) for p in found.problems] == [(code, line)]
    assert found.problems[0].column == column or code == "PRV901"
    assert found.calls == []


@pytest.mark.parametrize("source", [b"x = " + b"[" * 2000 + b"]" * 2000, b"x = a" + b".b()" * 3000 + b"\n"])
def test_nesting_without_end_is_a_problem(source: bytes) -> None:
    assert [p.code for p in index_source(source).problems] == ["PRV903"]


def test_long_sums_and_long_chains_of_elif_are_no_problem() -> None:
    found = index("x = " + " + ".join(["f(1)"] * 800) + "\n")
    assert len(found.calls) == 800
    branches = "if a: pass\n" + "".join(f"elif f({n}): pass\n" for n in range(600))
    assert len(index(branches).calls) == 600


def test_encodings_are_read_from_the_file() -> None:
    assert [f.name for f in index_source("# coding: latin-1\nnäme = 1\n".encode("latin-1")).fields] == ["näme"]
    assert [f.name for f in index_source(b"\xef\xbb\xbfx = 1\n").fields] == ["x"]
    assert index_source(b"").lines == 0
    assert [index_source(s).lines for s in (b"x", b"x\n", b"x\r\ny", b"x\ry\r")] == [1, 1, 2, 2]


def test_warnings_of_the_parser_stay_inside() -> None:
    assert index_source(b"x = '\\d'\nassert (1, 'x')\n").problems == []


# -------------------------------------------------------------------------------------------------------------- imports


def test_imports_and_their_scopes() -> None:
    found = index(
        """
        import a.b, c as d
        from .x import y as z, w
        from .. import *
        if TYPE_CHECKING:
            from t import T
        else:
            import u
        if not typing.TYPE_CHECKING:
            import v
        elif other:
            import v2
        class C:
            import k
            def m(self):
                from f import g
                def inner():
                    import h
        """
    )
    rows = [(i.bound, i.module, i.name, i.level, i.scope, i.typing_only) for i in found.imports]
    assert rows == [
        ("a", "a.b", "", 0, "", False),
        ("d", "c", "", 0, "", False),
        ("z", "x", "y", 1, "", False),
        ("w", "x", "w", 1, "", False),
        ("*", "", "*", 2, "", False),
        ("T", "t", "T", 0, "", True),
        ("u", "u", "", 0, "", False),
        ("v", "v", "", 0, "", False),
        ("v2", "v2", "", 0, "", True),
        ("k", "k", "", 0, "C", False),
        ("g", "f", "g", 0, "C.m", False),
        ("h", "h", "", 0, "C.m.inner", False),
    ]


# ---------------------------------------------------------------------------------------------------------- definitions


def test_functions_their_parameters_and_places() -> None:
    found = index(
        """\
        @deco
        @other("x", key=1)
        async def f(a, /, b: int = 1, *args: str, c=None, **kw) -> "list[User]":
            yield 1

        def g(): return lambda: (yield)
        """
    )
    f, g = found.functions
    assert (f.qualname, f.line, f.def_line, f.end_line, f.column) == ("f", 1, 3, 4, 1)
    assert (f.is_async, f.is_generator, g.is_async, g.is_generator) == (True, True, False, False)
    kinds = [("a", "pos"), ("b", "any"), ("args", "*"), ("c", "kw"), ("kw", "**")]
    assert [(p.name, p.kind) for p in f.params] == kinds
    assert f.params[1].annotation == Expr("name", "int")
    assert [p.default for p in f.params] == [None, Expr("const", value=1), None, Expr("const"), None]
    assert f.returns == Expr("sub", "", (Expr("name", "list"), Expr("name", "User")))
    key = Expr("kw", "key", (Expr("const", value=1),))
    other = Expr("call", "", (Expr("name", "other"), Expr("const", value="x"), key))
    assert f.decorators == (Expr("name", "deco"), other)


def test_owners_parents_and_ordinals() -> None:
    found = index(
        """
        class A(Base[int], metaclass=Meta):
            @property
            def x(self): ...
            @x.setter
            def x(self, v): ...
            class B:
                def m(self):
                    def n(): ...
                    class L:
                        def k(self): ...
        if c:
            def f(): ...
        else:
            def f(): ...
        """
    )
    rows = [(f.qualname, f.ordinal, f.owner, f.parent) for f in found.functions]
    assert rows == [
        ("A.x", 0, "A", ""),
        ("A.x", 1, "A", ""),
        ("A.B.m", 0, "A.B", ""),
        ("A.B.m.n", 0, "", "A.B.m"),
        ("A.B.m.L.k", 0, "A.B.m.L", "A.B.m"),
        ("f", 0, "", ""),
        ("f", 1, "", ""),
    ]
    assert [(c.qualname, c.parent) for c in found.classes] == [("A", ""), ("A.B", ""), ("A.B.m.L", "A.B.m")]
    assert found.classes[0].keywords == (Expr("kw", "metaclass", (Expr("name", "Meta"),)),)


# --------------------------------------------------------------------------------------------------------------- fields


def test_fields_of_classes_modules_and_instances() -> None:
    found = index(
        """\
        LIMIT: int = 3
        a, b = first(), second
        for n in range(3): pass
        class C:
            email: Annotated[str, Personal("contact.email")] = field(
                default=None,
            )
            x = y = models.CharField(max_length=3)
            def __init__(self, name):
                self.name = name
                self.total: float
                self.pair = (1, 2)
                self.deep.attr = 1
                other.name = 2
            @classmethod
            def make(cls):
                cls.cache = {}
            @staticmethod
            def st(self):
                self.no = 1
        """
    )
    rows = [(f.owner, f.name, f.where, f.line, f.end_line, f.unit) for f in found.fields]
    assert rows == [
        ("", "LIMIT", "module", 1, 1, ""),
        ("", "a", "module", 2, 2, ""),
        ("", "b", "module", 2, 2, ""),
        ("", "n", "module", 3, 3, ""),
        ("C", "email", "class", 5, 7, ""),
        ("C", "x", "class", 8, 8, ""),
        ("C", "y", "class", 8, 8, ""),
        ("C", "name", "self", 10, 10, "C.__init__"),
        ("C", "total", "self", 11, 11, "C.__init__"),
        ("C", "pair", "self", 12, 12, "C.__init__"),
        ("C", "cache", "self", 17, 17, "C.make"),
    ]
    by_name = {f.name: f for f in found.fields}
    assert by_name["a"].value == Expr("call", "", (Expr("name", "first"),))
    assert by_name["b"].value == Expr("name", "second")
    assert by_name["n"].value == Expr("other")
    assert by_name["name"].value == Expr("name", "name")
    assert by_name["pair"].value == Expr("other")
    assert by_name["total"].annotation == Expr("name", "float")
    assert by_name["total"].value is None
    assert by_name["email"].annotation is not None
    assert by_name["email"].annotation.args[2].kind == "call"


def test_columns_count_code_points() -> None:
    found = index("ä = 1; x = 2\nclass Ü:\n    ö, ü = 1, 2\n")
    assert [(f.name, f.column) for f in found.fields] == [("ä", 1), ("x", 8), ("ö", 5), ("ü", 8)]


def test_annotations_keep_what_they_say() -> None:
    found = index(
        """
        a: "Optional[User]"
        b: Literal["x"] | None
        c: Annotated["User", "privlint: contact.email", Meta(1, key="x")]
        d: dict[str, "list[int]"]
        e: Tuple[int, ...]
        type Email = Annotated[str, 1]
        f: "not an expression!"
        """
    )
    texts = {f.name: f.annotation or f.value for f in found.fields}
    name = Expr("name", "User")
    assert texts["a"] == Expr("sub", "", (Expr("name", "Optional"), name))
    literal = Expr("sub", "", (Expr("name", "Literal"), Expr("const", value="x")))
    assert texts["b"] == Expr("or", "", (literal, Expr("const")))
    assert texts["c"] is not None
    assert texts["c"].args[1] == name
    assert texts["c"].args[2] == Expr("const", value="privlint: contact.email")
    assert texts["d"] is not None
    assert texts["d"].args[2].kind == "sub"
    assert texts["e"] is not None
    assert texts["e"].args[2] == Expr("other")
    assert texts["Email"] is not None
    assert texts["Email"].kind == "sub"
    assert texts["f"] == Expr("const", value="not an expression!")


# ----------------------------------------------------------------------------------------------------------------- uses


def test_calls_by_name_receiver_and_arity() -> None:
    text = """
        top(1)
        class C:
            field = make(x=1)
            @deco(2)
            def m(self, d=default()):
                self.client.send(1, *rest, key=2, **more)
                f().run()
                items[0].go()
                super().m()
                ", ".join(x)
                [].append(1)
                (lambda: inner())()
        """
    assert calls(text) == [
        ("", "", "top", 1, ()),
        ("C", "", "make", 0, ("x",)),
        ("C", "", "deco", 1, ()),
        ("C", "", "default", 0, ()),
        ("C.m", "self.client", "send", -1, ("key", "**")),
        ("C.m", "", "f", 0, ()),
        ("C.m", "f()", "run", 0, ()),
        ("C.m", "items[]", "go", 0, ()),
        ("C.m", "", "super", 0, ()),
        ("C.m", "super()", "m", 0, ()),
        ("C.m", '""', "join", 1, ()),
        ("C.m", "[]", "append", 1, ()),
        ("C.m", "", "inner", 0, ()),
    ]


def test_attributes_with_their_mode() -> None:
    found = index(
        """
        def f(user, order):
            user.email.lower()
            order.total += 1
            del order.note
            getattr(user, "phone")
            setattr(order, "memo", 1)
            attrgetter("a.b")
            match user:
                case User(name=n): pass
        """
    )
    rows = [(a.name, a.receiver, a.mode) for a in found.attributes]
    assert rows == [
        ("email", "user", "load"),
        ("total", "order", "load"),
        ("total", "order", "store"),
        ("note", "order", "del"),
        ("phone", "user", "load"),
        ("memo", "order", "store"),
        ("a", "()", "load"),
        ("b", "()", "load"),
        ("name", "user", "load"),
    ]
    assert {a.unit for a in found.attributes} == {"f"}


def test_the_line_of_a_use_is_that_of_its_name() -> None:
    found = index("x = (a\n     .b\n     .c())\n")
    assert found.attributes == [AttributeUse("", "b", "a", "load", 2)]
    assert [c.line for c in found.calls] == [3]


def test_mentions_are_names_that_are_no_local_variables() -> None:
    found = index(
        """
        def f(a):
            b = CONST
            total = helper
            called(1)
            register(handler)
            return [b for CONST2 in SOURCE if a] + [c for c in OTHER]
        def g():
            global COUNT
            COUNT += 1
            def inner():
                nonlocal_value = a_global
                return outer_local
            outer_local = 1
            return inner
        class C:
            x = CONST
            def m(self): return x
        """
    )
    assert found.mentions["CONST"] == ["C", "f"]
    assert found.mentions["helper"] == ["f"]
    assert found.mentions["handler"] == ["f"]
    assert found.mentions["SOURCE"] == ["f"]
    assert found.mentions["a_global"] == ["g"]
    assert found.mentions["COUNT"] == ["g"]
    assert found.mentions["x"] == ["C.m"]
    for name in ("a", "b", "c", "CONST2", "called", "outer_local", "inner", "self", "nonlocal_value"):
        assert name not in found.mentions
    assert found.globals_written == {"COUNT": ["g"]}


def test_names_that_a_function_imports_are_mentions() -> None:
    found = index("def f():\n    from m import helper\n    register(helper)\n")
    assert found.mentions == {"helper": ["f"]}


def test_nonlocal_writes_are_no_locals_of_the_inner_function() -> None:
    found = index("def f():\n    n = 1\n    def g():\n        nonlocal n\n        n = n + STEP\n    return g\n")
    assert found.mentions == {"STEP": ["f"]}


def test_calls_in_annotations_of_parameters_belong_to_the_enclosing_unit() -> None:
    found = index("def view(user: Annotated[User, Depends(current_user)]): ...\n")
    assert [(c.unit, c.callee) for c in found.calls] == [("", "Depends")]
    assert found.mentions == {"current_user": [""]}


def test_locals_tell_what_a_receiver_is_bound_to() -> None:
    found = index(
        """
        def f(request):
            user = User(1)
            user.save()
            item: "Item | None" = None
            item.go()
            either = A()
            if x: either = B()
            either.go()
            for row in user.rows(): row.go()
            unknown = -1
            unknown.go()
            never_a_receiver = C()
            try: ...
            except MyError as error: error.args
        """
    )
    assert found.locals == {
        "f": {
            "either": ["A()", "B()"],
            "error": ["MyError()"],
            "item": [":Item"],
            "row": ["user.rows()[]"],
            "user": ["User()"],
        }
    }


def test_strings_and_exports() -> None:
    found = index(
        """
        __all__ = ["a", "b"]
        __all__ += ("c",)
        __all__.append("d")
        x = "name", "dotted.name", "no name", f"{y}inside", b"bytes", "a" * 2, "k" "ey"
        """
    )
    assert found.exports == ["a", "b", "c", "d"]
    assert found.strings == ["a", "b", "c", "d", "dotted.name", "key", "name"]
    assert index("__all__ = [x.__name__ for x in y]").exports is None
    assert index("__all__ = ['a']\n__all__ += other.__all__").exports is None
    assert index("x = 1").exports is None


# ------------------------------------------------------------------------------------------------------------- comments


def test_comments_for_privlint_but_not_those_in_strings() -> None:
    found = index(
        """\
        a = 1  # privlint: contact.email
        # privlint: purpose=marketing
        b = "# privlint: nothing"
        c = '''
        # privlint: nothing either
        '''  #privlint:x
        # a word on privlint: nothing
        """
    )
    assert found.comments == [
        Comment(1, 8, "contact.email", False),
        Comment(2, 1, "purpose=marketing", True),
        Comment(6, 6, "x", False),
    ]


def test_an_index_can_be_stored() -> None:
    found = index("class A:\n    x: int = 1\n    def m(self): return self.x.y('\\ud800')\n")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=ModuleIndex) == found
    assert json.loads(msgspec.json.encode(found))


def test_the_same_bytes_give_the_same_index() -> None:
    text = "def f():\n    return {b, c, d, e} | g.h(i, j)\n" * 3
    assert msgspec.msgpack.encode(index(text)) == msgspec.msgpack.encode(index(text))
