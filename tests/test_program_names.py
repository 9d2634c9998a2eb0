"""What names stand for."""

from __future__ import annotations

import pytest

from privlint.analysis.program import Symbol
from tests.linking import link, means


def test_imports_at_all_levels() -> None:
    program = link(
        {
            "app/__init__.py": "from .models import User\nfrom . import views",
            "app/models.py": "class User: ...\ndef make(): ...\nLIMIT = 3",
            "app/views.py": "from ..app import models\nfrom app import User as Person\n"
            "import app.models as m\nimport app.models",
            "app/sub/__init__.py": "from ..models import make",
            "app/sub/deep.py": "from . import make\nfrom ...app.models import LIMIT\n"
            "import requests.api\nfrom os import path as p",
        }
    )
    assert means(program, "app", "User") == "class app.models.User"
    assert means(program, "app", "views.models.User") == "class app.models.User"
    assert means(program, "app.views", "Person") == "class app.models.User"
    assert means(program, "app.views", "m.make") == "function app.models:make"
    assert means(program, "app.views", "app.models.LIMIT") == "variable app.models:LIMIT"
    assert means(program, "app.sub", "make") == "function app.models:make"
    assert means(program, "app.sub.deep", "make") == "function app.models:make"
    assert means(program, "app.sub.deep", "LIMIT") == "variable app.models:LIMIT"
    assert means(program, "app.sub.deep", "requests.post") == "external requests.post"
    assert means(program, "app.sub.deep", "p.join") == "external os.path.join"
    assert means(program, "app.sub.deep", "len") == "external builtins.len"
    assert means(program, "app.sub.deep", "nothing") == ""
    assert program.imported("app.sub.deep", "models", "User", 2) == Symbol("class", "app.models.User")
    assert program.imported("app.views", "", "sub", 1) == Symbol("module", "app.sub")
    assert program.imported("app.views", "stripe", "", 0) == Symbol("external", "stripe")
    assert program.imported("app.views", "missing", "x", 1) == Symbol("external", "app.missing.x")


def test_star_imports_and_what_they_export() -> None:
    program = link(
        {
            "a.py": "from b import *\nfrom c import *",
            "b.py": "__all__ = ['shown', '_also']\ndef shown(): ...\ndef hidden(): ...\ndef _also(): ...",
            "c.py": "from d import *\ndef _private(): ...\ndef shown2(): ...",
            "d.py": "from a import *\ndef far(): ...",
            "e.py": "from tkinter import *\nfrom b import *",
        }
    )
    assert means(program, "a", "shown") == "function b:shown"
    assert means(program, "a", "_also") == "function b:_also"
    assert means(program, "a", "hidden") == ""
    assert means(program, "a", "far") == "function d:far"
    assert means(program, "a", "_private") == ""
    assert means(program, "d", "shown2") == "function c:shown2"
    assert means(program, "e", "Button") == "external tkinter.Button"
    assert means(program, "e", "shown") == "function b:shown"


def test_import_cycles_end() -> None:
    program = link(
        {"a.py": "from b import x, y", "b.py": "from a import x, y\ny = 1", "c.py": "c = c.d\nfrom c import c"}
    )
    assert means(program, "a", "x") == ""
    assert means(program, "a", "y") == "variable b:y"
    assert means(program, "c", "c.d") in ("", "variable c:c")


def test_a_name_of_the_package_wins_over_a_submodule() -> None:
    program = link(
        {
            "p/__init__.py": "from .send import send\nfrom . import mail",
            "p/send.py": "def send(): ...",
            "p/mail.py": "def go(): ...",
            "q.py": "from p import send, mail, other\nimport p.send",
        }
    )
    assert means(program, "q", "send") == "function p.send:send"
    assert means(program, "q", "mail.go") == "function p.mail:go"
    assert means(program, "q", "p.send") == "function p.send:send"
    assert means(program, "q", "other") == ""


def test_several_bindings_of_a_name() -> None:
    program = link(
        {
            "lib.py": "def send(): ...",
            "a.py": """
                try:
                    from lib import send
                except ImportError:
                    send = None
                try:
                    import ujson as json
                except ImportError:
                    json = None
                if x:
                    def f(): ...
                else:
                    def f(): ...
                from elsewhere import g
                def g(): ...
                class C: ...
                C = decorate(C)
            """,
        }
    )
    assert means(program, "a", "send") == "function lib:send"
    assert means(program, "a", "json.loads") == "external ujson.loads"
    assert means(program, "a", "f") == "function a:f#1"
    assert means(program, "a", "g") == "function a:g"
    assert means(program, "a", "C") == "class a.C"


def test_aliases_are_followed_unless_the_name_is_bound_again() -> None:
    program = link(
        {
            "a.py": """
                import requests
                from b import helper
                post = requests.post
                h = helper
                twice = helper
                twice = print
                changed = helper
                typed: object = helper
                def reset():
                    global changed
                    changed = None
            """,
            "b.py": "def helper(): ...\nVALUE = 1\nalias = VALUE",
        }
    )
    assert means(program, "a", "post") == "external requests.post"
    assert means(program, "a", "h") == "function b:helper"
    assert means(program, "a", "twice") == "variable a:twice"
    assert means(program, "a", "changed") == "variable a:changed"
    assert means(program, "a", "typed") == "variable a:typed"
    assert means(program, "b", "alias") == "variable b:alias"


SCOPES = {
    "a.py": """
        from datetime import date
        def helper(): ...
        class C:
            date: date
            type: str
            code = 1
            class Meta: ...
            def helper(self): ...
            def m(self):
                from lib import local
                def inner():
                    import deep
                class Local:
                    def k(self): ...
        """,
    "lib.py": "def local(): ...",
}


@pytest.mark.parametrize(
    ("name", "scope", "meaning"),
    [
        ("date", "C", "external datetime.date"),
        ("type", "C", "external builtins.type"),
        ("code", "C", "variable a:C.code"),
        ("Meta", "C", "class a.C.Meta"),
        ("helper", "C", "function a:helper"),
        ("helper", "C.m", "function a:helper"),
        ("local", "C.m", "function lib:local"),
        ("local", "C", ""),
        ("local", "C.m.inner", "function lib:local"),
        ("deep.x", "C.m.inner", "external deep.x"),
        ("inner", "C.m", "function a:C.m.inner"),
        ("Local", "C.m", "class a.C.m.Local"),
        ("Meta", "C.m", "class a.C.Meta"),
        ("C.Meta", "", "class a.C.Meta"),
        ("C.m", "", "function a:C.m"),
    ],
)
def test_scopes(name: str, scope: str, meaning: str) -> None:
    assert means(link(SCOPES), "a", name, scope) == meaning


def test_members_of_instances_that_modules_hold() -> None:
    program = link(
        {
            "app.py": """
                from flask import Flask
                from store import Client, connect, Base
                app = Flask(__name__)
                client = Client()
                base: Base = load()
                other = connect()
            """,
            "store.py": """
                import sqlalchemy
                class Base:
                    limit = 1
                    def run(self): ...
                class Client(Base, sqlalchemy.Thing): ...
                def connect() -> Client: ...
            """,
        }
    )
    assert means(program, "app", "app.route") == "external flask.Flask.route"
    assert means(program, "app", "client.run") == "function store:Base.run"
    assert means(program, "app", "client.limit") == "variable store:Base.limit"
    assert means(program, "app", "client.foreign") == "external sqlalchemy.Thing.foreign"
    assert means(program, "app", "base.run") == "function store:Base.run"
    assert means(program, "app", "other.run") == "function store:Base.run"
    assert means(program, "app", "base.nothing") == ""


def test_modules_imported_by_a_constant_name() -> None:
    program = link(
        {
            "app/__init__.py": "",
            "app/a.py": "import importlib\nm = importlib.import_module('app.b')\nr = importlib.import_module('.b')\n"
            "x = importlib.import_module(name)",
            "app/b.py": "def f(): ...",
        }
    )
    assert means(program, "app.a", "m.f") == "function app.b:f"
    assert means(program, "app.a", "r.f") == "function app.b:f"
    assert means(program, "app.a", "x") == "variable app.a:x"


def test_a_stub_beside_a_module_adds_types() -> None:
    program = link(
        {
            "m.py": "class C:\n    x = None\n    def f(self, a, b: int = 1): return a\n\ndef g(): ...",
            "m.pyi": "from other import T\nclass C:\n    x: T\n    y: T\n"
            "    def f(self, a: T, b: str = ...) -> T: ...\ndef h(): ...",
            "only.pyi": "def stubbed() -> int: ...",
            "other.py": "class T: ...",
        }
    )
    function = program.functions["m:C.f"].definition
    assert [p.annotation and p.annotation.text for p in function.params] == [None, "T", "int"]
    assert function.returns is not None
    assert function.line == 3
    assert means(program, "m", "T") == "class other.T"
    assert sorted(program.classes["m.C"].fields) == ["x", "y"]
    assert "m:h" not in program.functions
    assert "only:stubbed" in program.functions
    assert program.by_path["m.pyi"] == "m"


def test_units_and_lines() -> None:
    program = link(
        {
            "m.py": """\
                import os

                @deco
                def f():
                    def inner():
                        pass
                    class L:
                        def k(self): pass
                class C:
                    x = 1
                    @property
                    def p(self): return 1
                    @p.setter
                    def p(self, v):
                        pass
                    class D:
                        y = 1
                        def m(self): pass
                x = 1
                """
        }
    )
    assert program.units("m") == ["m:", "m:f", "m:C", "m:C.p", "m:C.p#1", "m:C.D", "m:C.D.m"]
    lines = {
        1: "m:",
        3: "m:f",
        6: "m:f",
        8: "m:f",
        9: "m:C",
        10: "m:C",
        12: "m:C.p",
        13: "m:C.p#1",
        17: "m:C.D",
        19: "m:",
    }
    assert {line: program.unit_at("m.py", line) for line in lines} == lines
    span = program.unit_span("m:C")
    assert (span.path, span.kind, span.first_line, span.last_line) == ("m.py", "class", 9, 18)
    assert span.spans == ((11, 12), (13, 15), (16, 18))
    assert program.unit_span("m:").spans == ((3, 8), (9, 18))
    assert program.unit_span("m:f").spans == ()
    assert program.unit_span("m:C.p#1").ordinal == 1
    assert program.unit_of("m:f.L.k") == "m:f"
    assert program.unit_of("m:C.p#1") == "m:C.p#1"
    with pytest.raises(KeyError):
        program.unit_span("m:f.inner")


def test_all_names() -> None:
    program = link({"src/a/b.py": "x = 1\nclass C:\n    y = 1\n    def m(self): self.z = 2"})
    assert {"a", "a.b", "src.a.b", "a.b.x", "a.b.C", "a.b.C.y", "a.b.C.m", "a.b.C.z"} <= program.all_names


def test_all_names_hold_the_names_of_data_that_match_by_an_alias() -> None:
    files = {"src/a/b.py": "class C:\n    y = 1"}
    data = {"src.a.b.C.y": (("contact.email",), (), ""), "src.a.b.C.n.y": (("contact.email",), (), "")}
    assert {name for name in link(files, data).all_names if name.startswith("src.a.b.")} == {"src.a.b.C.y"}
