"""Who may call, read or name something."""

from __future__ import annotations

import pytest

from tests.linking import link

PLAIN = {
    "mail.py": "def send(to, *, subject=''): ...\ndef other(): ...",
    "a.py": """
        from mail import send
        from mail import send as post
        import mail, other
        def calls(): send(1)
        def keyword(): send(to=1, subject=2)
        def too_many(): send(1, 2)
        def unknown_keyword(): send(1, body=2)
        def spread(): send(*args, **kw)
        def renamed(): post(1)
        def by_module(): mail.send(1)
        def other_module(): other.send(1)
        def value(): register(send)
        def value_by_module(): register(mail.send)
        def shadowed(send): return 1
        def callback(send): send(1)
        @send
        def decorated(): ...
        def nested():
            def inner(): send(1)
        class C:
            field = send
            def send(self, x): ...
            def method(self): self.send(1)
        """,
    "b.py": """
        from z import send
        def unrelated(): send(1)
        """,
    "c.py": """
        def local():
            from mail import send as s
            s(1)
        """,
    "z.py": "def send(x): ...",
}


def test_callers_of_a_function() -> None:
    assert link(PLAIN).callers("mail:send") == [
        "a:",
        "a:C",
        "a:by_module",
        "a:callback",
        "a:calls",
        "a:keyword",
        "a:nested",
        "a:renamed",
        "a:spread",
        "a:value",
        "a:value_by_module",
        "c:local",
    ]


def test_callers_that_are_not_guessed() -> None:
    program = link(PLAIN)
    assert set(program.callers("mail:send")) - set(program.callers("mail:send", guessed=False)) == {"a:callback"}


def test_callers_through_a_package_that_hands_on() -> None:
    program = link(
        {
            "p/__init__.py": "from .impl import run\nstart = run",
            "p/impl.py": "def run(): ...",
            "a.py": "from p import run, start\ndef f(): run()\ndef g(): start()",
            "b.py": "import p\ndef f(): p.run()\ndef g(): p.start()\ndef h(): p.impl.run()",
        }
    )
    assert program.callers("p.impl:run") == ["a:f", "a:g", "b:f", "b:g", "b:h", "p:"]


METHODS = {
    "m.py": """
        class Base:
            def save(self): ...
            def run(self): self.save()
        class A(Base):
            def save(self):
                super().save()
        class B(Base):
            def go(self): self.save()
        class Mixin:
            def mixed(self): self.save()
        class C(Mixin, A): ...
        class Unrelated:
            def save(self): ...
            def go(self): self.save()
        """,
    "use.py": """
        import m
        from m import A, B, Unrelated
        def typed(a: A): a.save()
        def sibling(b: B): b.save()
        def optional(a: "A | None"): a.save()
        def union(x: A | Unrelated): x.save()
        def made():
            a = A()
            a.save()
        def made_elsewhere():
            u = Unrelated()
            u.save()
        def returned() -> A: ...
        def chained(): returned().save()
        def untyped(x): x.save()
        def unbound(a): A.save(a)
        def too_many(a): a.save(1, 2)
        def of_a_library():
            import requests
            requests.save()
        def of_a_string(): ", ".save()
        def value(a: A): return a.save
        class Holder:
            item: A
            def __init__(self, b: B):
                self.made = A()
                self.other = Unrelated()
            def by_field(self): self.item.save()
            def by_constructor(self): self.made.save()
            def not_it(self): self.other.save()
        """,
    "far.py": "def far(x): x.save()",
}


def test_callers_of_a_method() -> None:
    assert link(METHODS).callers("m:A.save") == [
        "m:Base.run",
        "m:Mixin.mixed",
        "use:Holder.by_constructor",
        "use:Holder.by_field",
        "use:chained",
        "use:made",
        "use:optional",
        "use:typed",
        "use:unbound",
        "use:union",
        "use:untyped",
        "use:value",
    ]


def test_callers_of_what_is_overridden() -> None:
    assert link(METHODS).callers("m:Base.save", guessed=False) == ["m:A.save", "m:B.go", "m:Base.run", "use:sibling"]


def test_makers_of_a_class_call_its_constructor() -> None:
    program = link(
        {
            "m.py": """
                class A:
                    def __init__(self, x): ...
                    @classmethod
                    def make(cls): return cls(1)
                class B(A): ...
                class C(A):
                    def __init__(self): super().__init__(1)
                """,
            "use.py": """
                import m
                from m import A, B as Bee, C
                def direct(): A(1)
                def heir(): Bee(1)
                def own(): C()
                def by_module(): m.A(x=1)
                def wrong(): A(1, 2)
                def passed(): return map(A, rows)
                def manager(): A.objects.all()
                """,
        }
    )
    found = ["m:A.make", "m:C.__init__", "use:by_module", "use:direct", "use:heir", "use:passed"]
    assert program.callers("m:A.__init__") == ["m:", *found]  # the module names the class as a base
    assert program.callers("m:C.__init__") == ["m:A.make", "use:own"]


def test_callers_of_properties_are_readers() -> None:
    program = link(
        {
            "m.py": """
                from functools import cached_property
                class A:
                    @property
                    def full(self): return self.first
                    @full.setter
                    def full(self, value): ...
                    @cached_property
                    def slow(self): return self.full
                    def get_x(self): ...
                    x = property(get_x)
                """,
            "use.py": """
                from m import A
                def read(a: A): return a.full
                def write(a: A): a.full = 1
                def x(a: A): return a.x
                def other(s: str): return s.full
                """,
        }
    )
    assert program.callers("m:A.full") == ["m:A.slow", "use:read"]
    assert program.callers("m:A.full#1") == ["use:write"]
    assert program.callers("m:A.get_x") == ["m:A", "use:x"]


def test_decorators_that_change_parameters_switch_the_count_off() -> None:
    program = link(
        {"m.py": "@task(bind=True)\ndef f(self, x): ...\n@cache\ndef g(x): ...\ndef a(): f(1)\ndef b(): g(1, 2)"}
    )
    assert program.callers("m:f") == ["m:a"]
    assert program.callers("m:g") == []


def test_a_nested_function_is_called_in_its_unit() -> None:
    assert link({"m.py": "def f():\n    def g(): ...\n    return g"}).callers("m:f.g") == ["m:f"]


def test_the_unit_among_several_of_one_name_is_found_by_line() -> None:
    program = link({"m.py": "def t(): ...\nif a:\n    def f(): t()\nelse:\n    def f(): pass\ndef g(): f()"})
    assert program.callers("m:t") == ["m:f"]
    assert program.callers("m:f#1") == ["m:g"]
    assert program.callers("m:f") == ["m:g"]


READERS = {
    "m.py": """
        class User:
            email: str
            def show(self): return self.email
            @classmethod
            def of(cls): return cls.email
        class Admin(User):
            def show_it(self): return self.email
        class Mixin:
            def mixed(self): return self.email
        class Both(Mixin, User): ...
        class Other:
            email = 1
            def show(self): return self.email
        """,
    "use.py": """
        import smtplib, m
        from m import User, Other
        def typed(u: User): return u.email
        def other(o: Other): return o.email
        def union(x: "User | Other"): return x.email
        def any_user(x): return x.email
        def listed(rows):
            for row in rows: row.email
        def module(): return smtplib.email
        def text(): return "x".email
        def write(u: User): u.email = 1
        def method(u: User): return u.email.lower()
        def by_name(u: User): return getattr(u, "email")
        def pattern(u):
            match u:
                case User(email=e): return e
        """,
}


def test_readers_of_an_attribute() -> None:
    program = link(READERS)
    assert program.readers("m.User", "email") == [
        "m:Admin.show_it",
        "m:Mixin.mixed",
        "m:User.of",
        "m:User.show",
        "use:any_user",
        "use:by_name",
        "use:listed",
        "use:method",
        "use:pattern",
        "use:typed",
        "use:union",
    ]
    guessed = set(program.readers("m.User", "email")) - set(program.readers("m.User", "email", guessed=False))
    assert guessed == {"use:any_user", "use:listed", "use:pattern"}


def test_readers_of_a_module_variable() -> None:
    program = link(
        {
            "conf.py": "STATE = {}\nOTHER = 1\ndef own(): return STATE\nfunc = other()\n"
            "def local():\n    STATE = 2\n    return STATE",
            "a.py": "from conf import STATE, func\ndef f(): return STATE['x']\ndef g(): return OTHER\n"
            "def h(): STATE.update(x=1)\n"
            "def i(): func(1)",
            "b.py": "import conf as c\ndef f(): return c.STATE\ndef g(): return c.func()",
            "d.py": "from conf import *\ndef f(): return STATE",
            "e.py": "from a import STATE as S\ndef f(): return S\n"
            "def g():\n    from conf import STATE as T\n    return T",
            "z.py": "STATE = 1\ndef f(): return STATE",
        }
    )
    assert program.global_readers("conf", "STATE") == ["a:f", "a:h", "b:f", "conf:own", "d:f", "e:f", "e:g"]
    assert program.global_readers("conf", "func") == ["a:i", "b:g"]


def test_mentions_of_a_class() -> None:
    program = link(
        {
            "m.py": "class User: ...",
            "p.py": "from m import User",
            "use.py": """
                import m
                from p import User as U
                def made(): U()
                def by_module(): m.User()
                def passed(): isinstance(x, U)
                def manager(): U.objects.all()
                def param(x: "list[U]"): ...
                def result() -> "m.User | None": ...
                def variable():
                    x: "U" = load()
                def outer():
                    def inner(u: U): ...
                def cast_to(): return cast("U", x)
                def none(): return User()
                class Base(U): ...
                """,
        }
    )
    assert program.mentions_class("m.User") == [
        "use:",
        "use:by_module",
        "use:cast_to",
        "use:made",
        "use:manager",
        "use:outer",
        "use:param",
        "use:passed",
        "use:result",
        "use:variable",
    ]


def test_reach() -> None:
    program = link(
        {
            "a.py": "import b",
            "b.py": "from c import x",
            "c.py": "import a",
            "d.py": "from a import *",
            "p/__init__.py": "",
            "e.py": "",
        }
    )
    assert program.reach("a") == {"a", "b", "c"}
    assert program.reach("d") == {"a", "b", "c", "d"}
    assert program.reach("e") == {"e"}


def test_guesses_stay_where_objects_can_come_to() -> None:
    program = link(
        {
            "m.py": "class A:\n    def go(self, x): ...",
            "user.py": "import m, helper\ndef f(a): a.go(1)",
            "helper.py": "def h(a): a.go(1)",
            "far.py": "def g(a): a.go(1)",
        }
    )
    assert program.callers("m:A.go") == ["helper:h", "user:f"]


@pytest.mark.parametrize("reverse", [False, True])
def test_answers_do_not_depend_on_the_order_of_questions(reverse: bool) -> None:
    program = link({**METHODS, **READERS})
    functions = sorted(program.functions, reverse=reverse)
    found = {name: program.callers(name) for name in functions}
    assert found == {name: link({**METHODS, **READERS}).callers(name) for name in sorted(program.functions)}


def test_callers_through_tables_of_functions() -> None:
    program = link(
        {
            "m.py": """
                from functools import partial
                def by_mail(x): ...
                def by_sms(x): ...
                SENDERS = {"mail": by_mail, "sms": by_sms}
                quick = partial(by_mail, 1)
                class Notifier:
                    handlers = [by_sms]
                    def run(self): self.handlers[0](1)
                    def named(self): return self.handlers
                def send(kind): SENDERS[kind](1)
                """,
            "use.py": "from m import quick\ndef go(): quick()",
        }
    )
    assert program.callers("m:by_mail") == ["m:", "m:send", "use:go"]
    assert program.callers("m:by_sms") == ["m:", "m:Notifier", "m:Notifier.named", "m:Notifier.run", "m:send"]


def test_callers_that_import_in_an_inner_function() -> None:
    program = link(
        {
            "m.py": "def f(x): ...",
            "use.py": "def outer():\n    def inner():\n        from m import f\n        return f\n    return inner",
        }
    )
    assert program.callers("m:f", guessed=False) == ["use:outer"]


def test_callers_of_what_a_decorator_puts_around_a_function() -> None:
    program = link(
        {
            "deco.py": "def logged(f):\n    def wrapper(*args): return f(*args)\n    return wrapper\n",
            "m.py": "from deco import logged\n@logged\ndef f(x): ...\ndef g(x): ...\nh = logged(g)",
            "use.py": "from m import f, h\ndef a(): f(1)\ndef b(): h(1)",
        }
    )
    assert program.callers("deco:logged.wrapper") == ["deco:logged", "use:a", "use:b"]


def test_implicit_calls_happen_where_instances_are() -> None:
    program = link(
        {
            "m.py": """
                class Rule:
                    def __call__(self, x): ...
                    def __str__(self): ...
                    def run(self): return self(1)
                check = Rule()
                class Form:
                    rule = Rule()
                    def clean(self): self.rule(1)
                """,
            "use.py": "from m import check, Rule\ndef a(): check(1)\ndef b(r: Rule): r(1)\ndef c(x): x(1)",
        }
    )
    for name in ("__call__", "__str__"):
        found = program.callers(f"m:Rule.{name}")
        assert {"m:Form.clean", "m:Rule.run", "use:a", "use:b"} <= set(found)
        assert "use:c" not in found


def test_a_class_kept_in_an_attribute_is_made_there() -> None:
    program = link(
        {
            "m.py": "class Form:\n    def __init__(self, x): ...\n"
            "class View:\n    form = Form\n    def get(self): self.form(1)"
        }
    )
    assert "m:View.get" in program.callers("m:Form.__init__")


def test_a_parameter_that_is_bound_again_is_not_only_what_it_is_annotated_as() -> None:
    program = link(
        {
            "m.py": """
                class User:
                    email = ""
                def f(user: int):
                    user = load(user)
                    return user.email
                def g(user: int):
                    user = User()
                    return user.email
                def h(user: int): return user.email
                """
        }
    )
    assert program.readers("m.User", "email") == ["m:f", "m:g"]


def test_attributes_that_are_called_are_read() -> None:
    program = link({"m.py": "class C:\n    def __init__(self, f): self.f = f\n    def go(self): self.f(1)"})
    assert program.readers("m.C", "f") == ["m:C.go"]


def test_modules_named_by_strings_are_near() -> None:
    program = link(
        {
            "shop/__init__.py": "",
            "shop/forms.py": "class OrderForm:\n    def check(self, x): ...",
            "shop/views.py": "Form = get_class('shop.forms', 'OrderForm')\ndef view(form): form.check(1)",
            "shop/far.py": "def far(form): form.check(1)",
        }
    )
    assert program.callers("shop.forms:OrderForm.check") == ["shop.views:view"]
