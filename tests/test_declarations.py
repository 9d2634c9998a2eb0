"""What is declared as personal data, and what else code says to privlint."""

from __future__ import annotations

from tests.linking import link

HEAD = """
from typing import Annotated, Optional
from privlint import Personal, data_subject, purpose, sanitizes
"""


def declared(text: str, **more: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...], str]]:
    from textwrap import dedent

    files = {"m.py": HEAD + dedent(text), **{f"{name}.py": body for name, body in more.items()}}
    found = link(files).declarations
    assert found.problems == []
    return {d.name: (d.categories, d.subjects, d.by) for d in found.all}


def test_fields_of_every_kind_of_class() -> None:
    found = declared(
        """
        import attr, attrs, pydantic, dataclasses
        from typing import NamedTuple, TypedDict, ClassVar
        from sqlalchemy.orm import Mapped, mapped_column
        @dataclasses.dataclass
        class A:
            email: Annotated[str, Personal("contact.email")]
            phone: Optional[Annotated[str, Personal("contact.phone", subject="lead", role="processor")]] = None
            plain: str = ""
        class B(pydantic.BaseModel):
            mails: list[Annotated[str, Personal("contact.email")]] = []
            by_key: dict[str, "Annotated[str, Personal('contact.email')]"]
        class C(TypedDict):
            name: Annotated[str, Personal("identity.name")]
        class D(NamedTuple):
            name: Annotated[str, Personal("identity.name")]
        class E:
            name: Mapped[Annotated[str | None, Personal("identity.name")]] = mapped_column()
            shared: ClassVar[Annotated[str, Personal("identity.name")]]
            def __init__(self):
                self.late: Annotated[str, Personal("identity.name")] = ""
        @attrs.define
        class F:
            x = attr.ib(type=Annotated[str, Personal("identity.name")])
            f: "Callable[[Annotated[str, Personal('no')]], None]"
        """
    )
    assert found == {
        "m.A.email": (("contact.email",), (), "annotation"),
        "m.A.phone": (("contact.phone",), ("lead",), "annotation"),
        "m.B.mails": (("contact.email",), (), "annotation"),
        "m.B.by_key": (("contact.email",), (), "annotation"),
        "m.C.name": (("identity.name",), (), "annotation"),
        "m.D.name": (("identity.name",), (), "annotation"),
        "m.E.name": (("identity.name",), (), "annotation"),
        "m.E.shared": (("identity.name",), (), "annotation"),
        "m.E.late": (("identity.name",), (), "annotation"),
        "m.F.x": (("identity.name",), (), "annotation"),
    }


def test_parameters_results_and_variables() -> None:
    found = declared(
        """
        current: Annotated[str, Personal("contact.email")] = ""
        Email = Annotated[str, Personal("contact.email")]
        def f(a: Email, /, b: Email, *c: Email, d: Email = "", **e: Email) -> list[Email]: ...
        class C:
            def m(self, mail: Email):
                def inner(x: Email): ...
        async def g() -> Optional[Email]: ...
        """
    )
    names = [f"m.f.{p}" for p in "abcde"] + ["m.C.m.mail", "m.C.m.inner.x", "m.current", "m.f.return", "m.g.return"]
    assert sorted(found) == sorted(names)


def test_every_way_to_name_the_marker() -> None:
    found = declared(
        """
        import privlint
        import privlint as p
        import typing_extensions as te
        from privlint.annotations import Personal as P
        CATEGORY = "contact.email"
        MARK = Personal("contact.email")
        class Personal2: ...
        class C:
            a: Annotated[str, privlint.Personal("contact.email")]
            b: Annotated[str, p.Personal(category="contact.email")]
            c: te.Annotated[str, P("contact.email")]
            d: Annotated[str, P(CATEGORY)]
            e: Annotated[str, MARK]
            f: Annotated[str, "privlint: contact.email subject=lead"]
            g: Annotated[str, "something else", Personal2("contact.email")]
            h: Annotated[str, P("contact.email"), P("identity.name")]
        """
    )
    assert sorted(found) == [f"m.C.{letter}" for letter in "abcdefh"]
    assert found["m.C.f"][1] == ("lead",)
    assert found["m.C.h"][0] == ("contact.email", "identity.name")


def test_aliases_of_types() -> None:
    found = declared(
        """
        from typing import NewType
        from lib import Mail, Wrapped, Plain
        import lib
        Second = Mail
        Both = dict[Mail, Mail] | None
        Fresh = NewType("Fresh", Mail)
        class C:
            Inner = Mail
            a: Mail
            b: lib.Mail
            c: Second
            d: Both
            e: Fresh
            f: Wrapped
            g: Plain
            h: Inner
            i: "list[Mail]"
        """,
        lib=HEAD
        + "Mail = Annotated[str, Personal('contact.email')]\nPlain = str\nLoop = Loop\n"
        + "Ping = list[Pong]\nPong = list[Ping]\n"
        + "Wrapped = Optional[Mail]\nclass X:\n    p: Ping\n",
    )
    assert sorted(found) == [f"m.C.{letter}" for letter in "abcdefhi"]


def test_comments() -> None:
    found = declared(
        """
        token = load()  # privlint: technical.id
        class C:
            email = field()  # privlint: contact.email
            phone = field(
                max_length=3,
            )  # privlint: contact.phone subject=lead -- from the form
            # privlint: identity.name, identity.birth
            name = field()
            def __init__(self, x):
                self.late = x  # privlint: contact.email
            def m(self, mail):  # privlint: contact.email
                pass
            def n(
                self,
                a,
                b,  # privlint: contact.phone
            ): ...
        text = '''
        # privlint: not.this
        '''
        other = 1  # privlint: ignore[PRV401] -- reason
        """
    )
    assert found == {
        "m.token": (("technical.id",), (), "comment"),
        "m.C.email": (("contact.email",), (), "comment"),
        "m.C.phone": (("contact.phone",), ("lead",), "comment"),
        "m.C.name": (("identity.name", "identity.birth"), (), "comment"),
        "m.C.late": (("contact.email",), (), "comment"),
        "m.C.m.mail": (("contact.email",), (), "comment"),
        "m.C.n.b": (("contact.phone",), (), "comment"),
    }


def test_comments_that_declare_nothing_are_problems() -> None:
    program = link(
        {
            "m.py": """\
                def f(a, b):  # privlint: contact.email
                    x = 1  # privlint: contact.phone
                print(1)  # privlint: contact.email
                y = 1  # privlint: subject=lead
                z: Annotated[str, Personal(some())]
                from privlint import Personal
                """
        }
    )
    found = program.declarations
    assert [(p.problem.line, p.problem.message) for p in found.problems] == [
        (1, "this comment stands on several parameters; put each on a line of its own"),
        (3, "this comment stands on no field, parameter or variable"),
        (4, "this comment names no category"),
        (5, "the category of this Personal(...) is no constant string"),
    ]
    assert {key: mark.categories for key, mark in found.line_marks.items()} == {("m.py", 2): ("contact.phone",)}
    assert found.all == []


def test_the_data_subject_of_a_class_is_the_default_and_inherited() -> None:
    found = declared(
        """
        @data_subject("person")
        class A:
            x: Annotated[str, Personal("contact.email")]
            y: Annotated[str, Personal("contact.email", subject="company")]
        class B(A):
            z: Annotated[str, Personal("contact.email")]
        @data_subject("employee")
        class C(B):
            w: Annotated[str, Personal("contact.email")]
        """
    )
    assert {name: subjects for name, (_, subjects, _) in found.items()} == {
        "m.A.x": ("person",),
        "m.A.y": ("company",),
        "m.B.z": ("person",),
        "m.C.w": ("employee",),
    }


def test_inherited_fields_belong_to_heirs() -> None:
    program = link(
        {
            "m.py": HEAD
            + "class A:\n    x: Annotated[str, Personal('contact.email')]\n    y: Annotated[str, Personal('a.b')]\n"
            + "class B(A):\n    y: Annotated[str, Personal('c.d')]\nclass C(B): ...\n"
        }
    )
    found = program.declarations
    names = {key: found.all[number].name for key, number in found.fields.items()}
    assert names == {
        ("m.A", "x"): "m.A.x",
        ("m.A", "y"): "m.A.y",
        ("m.B", "x"): "m.A.x",
        ("m.B", "y"): "m.B.y",
        ("m.C", "x"): "m.A.x",
        ("m.C", "y"): "m.B.y",
    }
    assert [(c.first.name, c.second.name) for c in found.conflicts] == [("m.A.y", "m.B.y")]


def test_the_data_of_the_policy() -> None:
    program = link(
        {
            "src/acme/__init__.py": "from .models import User",
            "src/acme/models.py": """
                from django.contrib.auth.models import AbstractUser
                TOKEN = ""
                class Base:
                    phone = 1
                class User(AbstractUser, Base):
                    name = 1
                    def __init__(self): self.late = 1
                    @property
                    def full(self): ...
                    def m(self, arg): ...
                class Plain:
                    x = 1
                def f(a, *rest): ...
                """,
            "pages/1_Patients.py": "diagnosis = 1",
        },
        data={
            "acme.models.User.name": (("identity.name",), ("person",), ""),
            "acme.models.User.email": (("contact.email",), (), ""),
            "acme.models.User.phone": (("contact.phone",), (), ""),
            "acme.User.late": (("technical",), (), ""),
            "acme.models.User.full": (("identity.name",), (), ""),
            "acme.models.User.m.arg": (("technical",), (), ""),
            "acme.models.f.return": (("technical",), (), ""),
            "acme.models.f.rest": (("technical",), (), ""),
            "acme.models.TOKEN": (("technical.id",), (), ""),
            "pages.1_Patients.diagnosis": (("health",), (), ""),
            "acme.models.Plain.missing": (("x",), (), ""),
            "acme.models.Plain": (("x",), (), ""),
            "acme.models.f.nothing": (("x",), (), ""),
            "nowhere.at.all": (("x",), (), ""),
        },
    )
    found = program.declarations
    assert found.unmatched_data == [
        "acme.models.Plain",
        "acme.models.Plain.missing",
        "acme.models.f.nothing",
        "nowhere.at.all",
    ]
    assert {d.by for d in found.all} == {"data"}
    assert {d.name: d.line for d in found.all} == {
        "acme.models.TOKEN": 3,
        "acme.models.User.email": 6,
        "acme.models.User.phone": 6,
        "acme.models.User.name": 7,
        "acme.models.User.late": 8,
        "acme.models.User.full": 6,
        "acme.models.User.full.return": 10,
        "acme.models.User.m.arg": 11,
        "acme.models.f.return": 14,
        "acme.models.f.rest": 14,
        "pages.1_Patients.diagnosis": 1,
    }
    assert found.all[found.fields["acme.models.User", "name"]].subjects == ("person",)
    assert found.all[found.params["acme.models:f", "rest"]].categories == ("technical",)
    assert found.all[found.returns["acme.models:User.full"]].categories == ("identity.name",)
    assert found.all[found.variables["pages.1_Patients:diagnosis"]].path == "pages/1_Patients.py"


def test_declarations_that_disagree() -> None:
    text = (
        HEAD
        + "class C:\n    x: Annotated[str, Personal('a.b')]  # privlint: c.d\n"
        + "    y: Annotated[str, Personal('a.b')]  # privlint: a.b\n"
        + "    z: Annotated[str, Personal('a.b', subject='s')]\n"
    )
    program = link({"m.py": text}, data={"m.C.z": (("a.b",), ("t",), ""), "m.C.y": (("a.b",), (), "")})
    found = program.declarations
    assert [(c.first.by, c.second.by, c.first.name) for c in found.conflicts] == [
        ("annotation", "comment", "m.C.x"),
        ("annotation", "data", "m.C.z"),
    ]
    assert [d.name for d in found.all] == ["m.C.x", "m.C.y", "m.C.z"]


def test_stored_fields_are_those_of_rows() -> None:
    text = HEAD + "from orm import Model\nclass A(Model):\n    x: Annotated[str, Personal('a.b')]\n"
    text += "class B:\n    x: Annotated[str, Personal('a.b')]\n"
    found = link({"m.py": text}, stored_bases=["orm.Model"]).declarations
    assert {d.name: d.stored for d in found.all} == {"m.A.x": True, "m.B.x": False}


def test_annotations_of_local_variables() -> None:
    program = link({"m.py": HEAD + "Email = Annotated[str, Personal('contact.email')]\nx: list[Email]\ny: int\n"})
    fields = {f.name: f.annotation for f in program.modules["m"].index.fields}
    assert fields["x"] is not None
    assert fields["y"] is not None
    assert program.declarations.from_annotation("m", "", fields["x"]) == (("contact.email",), (), "")
    assert program.declarations.from_annotation("m", "", fields["y"]) is None


def test_purposes_and_sanitizers() -> None:
    program = link(
        {
            "m.py": HEAD
            + """
NAME = "billing"
security = purpose("security")

@purpose("marketing")
def a(): ...

@purpose(NAME)
class B:
    @security
    def m(self): ...

def c():  # privlint: purpose=support
    x = 1  # privlint: purpose=analytics -- why
    # privlint: purpose=below
    y = 2

# privlint: purpose=jobs
@other
class D: ...

@sanitizes("contact.email", "contact.phone")
def s(): ...

@sanitizes()
def t(): ...
"""
        }
    )
    assert program.purpose_decorators == {
        "m:a": "marketing",
        "m.B": "billing",
        "m:B.m": "security",
        "m:c": "support",
        "m.D": "jobs",
    }
    assert sorted(program.purpose_comments.values()) == ["analytics", "below"]
    assert program.sanitizers == {"m:s": ("contact.email", "contact.phone"), "m:t": ()}
    assert program.declarations.problems == []


def test_privlint_in_the_program_itself_is_known() -> None:
    program = link(
        {
            "privlint/__init__.py": "from privlint.annotations import Personal, purpose",
            "privlint/annotations.py": "class Personal: ...\nclass purpose: ...",
            "app.py": "from typing import Annotated\nfrom privlint import Personal, purpose\n"
            "x: Annotated[str, Personal('a.b')]\n@purpose('p')\ndef f(): ...",
        }
    )
    assert [d.name for d in program.declarations.all] == ["app.x"]
    assert program.purpose_decorators == {"app:f": "p"}
