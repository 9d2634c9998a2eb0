"""Look-ups that know library models."""

from __future__ import annotations

from textwrap import dedent

import pytest

from privlint.analysis.program import Program, Symbol, build_program, find_roots
from privlint.analysis.receivers import Instance
from privlint.analysis.text_types import TextTypes
from privlint.frontend.index import index_source
from privlint.models import AttributeModel, CallableModel, ClassModel, FieldModel, Models

MODELS = Models(
    callables={
        "orm.Query.get": CallableModel(name=("orm.Query.get",), returns="$0"),
        "orm.Query.filter": CallableModel(name=("orm.Query.filter",), returns="Self"),
        "web.render": CallableModel(name=("web.render",), returns="web.Response"),
    },
    attributes={
        ("orm.Model", "objects"): AttributeModel(owner="orm.Model", name="objects", type="orm.Query[owner]"),
        ("web.View", "request"): AttributeModel(owner="web.View", name="request", type="web.Request"),
        ("web.Request", "form"): AttributeModel(owner="web.Request", name="form", type="dict[str, str]"),
    },
    fields={"orm.ForeignKey": FieldModel(name=("orm.ForeignKey",), type="arg:to | arg:0")},
    classes={
        "orm.Query": ClassModel(name="orm.Query", iterates="$0"),
        "orm.BigModel": ClassModel(name="orm.BigModel", bases=("orm.Model",)),
    },
)
FILES = {
    "m.py": """
        import orm
        class User(orm.BigModel):
            email = ""
        class Order(orm.Model):
            user = orm.ForeignKey(User)
            second = orm.ForeignKey("m.User")
            items: "list[Item]"
            email = ""
        class Item:
            def owner(self) -> User: ...
            @classmethod
            def made(cls) -> "Item": ...
        """,
    "use.py": """
        import web
        from m import User, Order, Item
        class Page(web.View):
            def __init__(self, order: Order):
                self.order = order
                self.cache = {}
            def show(self, other, *rest, **named): ...
        def f(order: Order):
            for item in order.items: item.owner().email
            rows = User.objects.filter()
            for row in rows: row.email
            one = User.objects.get()
            one.email
            web.render(order)
            order.user.email
            order.email
            Item.made().owner().email
        class Child(Page):
            def show(self): super().show()
        """,
}


def program(*, refined: bool) -> Program:
    indexes = {path: index_source(dedent(text).encode()) for path, text in FILES.items()}
    made = build_program(indexes, find_roots(indexes))
    if refined:
        made.refine(TextTypes(made, MODELS))
    return made


@pytest.mark.parametrize(
    ("unit", "text", "known"),
    [
        ("f", "order", Instance(("m.Order",))),
        ("f", "order.user", Instance(("m.User",))),
        ("f", "order.second", Instance(("m.User",))),
        ("f", "order.items[]", Instance(("m.Item",))),
        ("f", "item.owner()", Instance(("m.User",))),
        ("f", "User.objects.get()", Instance(("m.User",))),
        ("f", "row", Instance(("m.User",))),
        ("f", "one", Instance(("m.User",))),
        ("f", "Item.made().owner()", Instance(("m.User",))),
        ("f", "unknown", None),
        ("f", "order.nothing", None),
        ("f", "()", None),
        ("f", '""', Instance(("builtins.str",))),
        ("f", "{}", Instance(("builtins.dict",))),
        ("f", ":User", Instance(("m.User",))),
        ("f", "User", Symbol("class", "m.User")),
        ("f", "web", Symbol("external", "web")),
        ("f", "web.render()", Instance(("web.Response",))),
        ("Page.show", "self.request", Instance(("web.Request",))),
        ("Page.show", "self.request.form", Instance(("builtins.dict",))),
        ("Page.show", "self.request.form[]", Instance(("builtins.str",))),
        ("Page.show", "self.order.user", Instance(("m.User",))),
        ("Page.show", "self.cache", None),
        ("Page.show", "other", None),
        ("Page.show", "named", Instance(("builtins.dict",))),
    ],
)
def test_types_of_texts(unit: str, text: str, known: object) -> None:
    made = program(refined=False)
    assert TextTypes(made, MODELS).of("use", unit, text) == known


def test_ancestors_through_libraries() -> None:
    made = program(refined=False)
    types = TextTypes(made, MODELS)
    assert types.inherits("m.User", "orm.Model")
    assert not made.is_subclass("m.User", "orm.Model")
    assert not types.inherits("m.Item", "orm.Model")


def test_what_is_known_leaves_guesses_out() -> None:
    made = program(refined=True)
    assert made.readers("m.User", "email", guessed=False) == ["use:f"]
    assert program(refined=False).readers("m.User", "email", guessed=False) == ["use:f"]  # by `Item.made().owner()`
