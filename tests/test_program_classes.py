"""Classes: bases, order of inheritance, members."""

from __future__ import annotations

from privlint.analysis.program import Member, Program
from tests.linking import link


def classes(text: str, **more: str) -> Program:
    return link({"m.py": text, **{f"{name}.py": body for name, body in more.items()}})


def test_order_of_inheritance_is_that_of_python() -> None:
    program = classes(
        """
        class O: ...
        class A(O): ...
        class B(O): ...
        class C(A, B): ...
        class D(object): ...
        """
    )
    assert program.classes["m.C"].mro == ("m.C", "m.A", "m.B", "m.O")
    assert program.classes["m.D"].bases == ()
    assert program.classes["m.O"].subclasses == ["m.A", "m.B"]
    assert program.heirs("m.O") == ("m.A", "m.B", "m.C")


def test_what_has_no_order_still_gets_one() -> None:
    program = classes(
        """
        class A(B): ...
        class B(A): ...
        class X: ...
        class Y(X): ...
        class Z(X, Y): ...
        class S(S): ...
        """
    )
    assert program.classes["m.A"].mro[0] == "m.A"
    assert set(program.classes["m.A"].mro) == {"m.A", "m.B"}
    assert program.classes["m.Z"].mro == ("m.Z", "m.X", "m.Y")
    assert program.classes["m.S"].mro == ("m.S", "S")


def test_bases_of_every_form() -> None:
    program = classes(
        """
        from collections import namedtuple
        from typing import Generic, TypeVar
        from django.db import models
        from sqlalchemy.orm import declarative_base
        from flask_sqlalchemy import SQLAlchemy
        from six import with_metaclass
        import other
        from other import User
        Base = declarative_base()
        db = SQLAlchemy()
        class A(models.Model, Generic[T]): ...
        class B(Base): ...
        class C(db.Model): ...
        class D(with_metaclass(Meta, A)): ...
        class E(namedtuple("E", "x y")): ...
        class User(User): ...
        class F(other.Own.Model): ...
        class G(other.own.Model): ...
        """,
        other="""
        from flask_sqlalchemy import SQLAlchemy
        class User: ...
        class Own(SQLAlchemy):
            class Model: ...
        own = Own()
        """,
    )
    bases = {name: record.bases for name, record in program.classes.items() if record.module == "m"}
    assert bases == {
        "m.A": ("django.db.models.Model", "typing.Generic"),
        "m.B": ("sqlalchemy.orm.declarative_base",),
        "m.C": ("flask_sqlalchemy.SQLAlchemy.Model",),
        "m.D": ("m.A",),
        "m.E": ("collections.namedtuple",),
        "m.User": ("other.User",),
        "m.F": ("other.Own.Model",),
        "m.G": ("other.Own.Model",),
    }
    assert program.classes["m.A"].base_exprs[1].kind == "sub"
    assert program.is_subclass("m.D", "django.db.models.Model")
    assert not program.is_subclass("m.B", "django.db.models.Model")
    assert program.is_subclass("builtins.str", "builtins.str")


def test_members_along_the_order() -> None:
    program = classes(
        """
        class A:
            x = 1
            def m(self): ...
            def n(self): self.y = 1
        class B(A):
            def m(self): ...
        class C(B):
            x = 2
        """
    )
    assert program.find("m.C", "m") == Member("m.B", "m:B.m")
    assert program.find("m.C", "m", after="m.B") == Member("m.A", "m:A.m")
    assert program.find("m.C", "m", after="m.A") is None
    found = program.find("m.C", "x")
    assert found is not None
    assert (found.owner, found.field and found.field.line) == ("m.C", 9)
    assert program.find("m.C", "y") == Member("m.A", "", program.classes["m.A"].fields["y"][0])
    assert program.find("m.C", "nothing") is None
    assert program.overriders("m.A", "m") == ["m:B.m"]


def test_a_property_is_its_getter() -> None:
    program = classes(
        """
        class A:
            @property
            def x(self): ...
            @x.setter
            def x(self, value): ...
            @x.deleter
            def x(self): ...
            @overload
            def f(self, a: int): ...
            @overload
            def f(self, a: str): ...
            def f(self, a): ...
        """
    )
    record = program.classes["m.A"]
    assert record.methods == {"x": "m:A.x", "f": "m:A.f#2"}
    assert record.setters == {"x": "m:A.x#1"}


def test_of_two_classes_of_one_name_the_later_counts() -> None:
    program = classes(
        """
        class P: ...
        class Q: ...
        if old:
            class C(P):
                def only_here(self): ...
        else:
            class C(Q):
                def m(self): ...
        """
    )
    assert program.classes["m.C"].bases == ("m.Q",)
    assert program.classes["m.C"].definition.ordinal == 1
    assert sorted(program.classes["m.C"].methods) == ["m", "only_here"]
