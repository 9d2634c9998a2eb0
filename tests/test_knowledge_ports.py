"""The small languages of library models: what is read, what is refused."""

from __future__ import annotations

import pytest

from privlint.knowledge.ports import Port, PortCall, TypeExpr, bind, parse_call, parse_flow, parse_port, parse_type


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("0", Port("0")),
        ("self", Port("self")),
        ("**", Port("**")),
        ("*[*]", Port("*", ("*",))),
        ("data['user'].email", Port("data", (("k", "user"), ".email"))),
        ('data["a b"][0][-1]', Port("data", (("k", "a b"), ("k", 0), ("k", -1)))),
        ("x[key]", Port("x", ("<key>",))),
        ("obj.*", Port("obj", (".*",))),
        ("self[=0]", Port("self", ("*",), ((0, "0"),))),
        ("self[*].=field", Port("self", ("*", ".*"), ((1, "field"),))),
    ],
)
def test_ports(text: str, port: Port) -> None:
    assert parse_port(text) == port


@pytest.mark.parametrize("text", ["", "-1", "a..b", "a[x]", "a[0", "a b", "[0]"])
def test_what_is_no_port(text: str) -> None:
    with pytest.raises(ValueError, match="is no port"):
        parse_port(text)


def test_an_argument_decides_a_place() -> None:
    port = parse_port("self[=0].=name")
    assert bind(port, {"0": "email", "name": "text"}.get).path == (("k", "email"), ".text")
    assert bind(port, lambda _: None).path == ("*", ".*")
    assert bind(parse_port("self[=0]"), {"0": 2}.get).path == (("k", 2),)


def test_position() -> None:
    assert parse_port("12[*]").position == 12
    assert parse_port("name").position == -1


def test_flows_and_calls() -> None:
    assert parse_flow("0[*] -> return") == (Port("0", ("*",)), Port("return"))
    assert parse_call("func(0[*], *) -> return[*]") == PortCall(
        Port("func"), (Port("0", ("*",)), Port("*")), Port("return", ("*",))
    )
    assert parse_call("key()") == PortCall(Port("key"))
    assert parse_call("key") == PortCall(Port("key"))


@pytest.mark.parametrize("text", ["0 return", "0 ->", "-> return"])
def test_what_is_no_flow(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        parse_flow(text)


def test_a_call_needs_its_bracket() -> None:
    with pytest.raises(ValueError, match="does not close"):
        parse_call("func(0 -> return")


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("str", TypeExpr("class", "str")),
        ("Self", TypeExpr("self")),
        ("owner", TypeExpr("owner")),
        ("$0", TypeExpr("param", "0")),
        ("arg:to", TypeExpr("arg", "to")),
        ("attr:Meta.model", TypeExpr("attr", "Meta.model")),
        ("call:0", TypeExpr("call", "0")),
        (
            "dict[str, list[owner]] | app.X",
            TypeExpr(
                "union",
                "",
                (
                    TypeExpr(
                        "class", "dict", (TypeExpr("class", "str"), TypeExpr("class", "list", (TypeExpr("owner"),)))
                    ),
                    TypeExpr("class", "app.X"),
                ),
            ),
        ),
        (
            "tuple[$0 | None, bool]",
            TypeExpr(
                "class",
                "tuple",
                (TypeExpr("union", "", (TypeExpr("param", "0"), TypeExpr("class", "None"))), TypeExpr("class", "bool")),
            ),
        ),
    ],
)
def test_types(text: str, expression: TypeExpr) -> None:
    assert parse_type(text) == expression


@pytest.mark.parametrize("text", ["", "list[", "a b", "x:0", "$0[str]", "list[]", "a]", "a |", "%"])
def test_what_is_no_type(text: str) -> None:
    with pytest.raises(ValueError, match="is no type"):
        parse_type(text)
