"""The small languages inside a library model: ports, flows, calls of a port, types. Grammar in `privlint.models`.

Every parser raises `ValueError` with a sentence that names what could not be read; results are cached, since the
solver asks for the same few hundred texts again and again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TypeAlias

import msgspec

PathElement: TypeAlias = "str | tuple[str, int | str]"
"""`".name"` for an attribute, `("k", value)` for a constant item, `"*"` for any element, `"<key>"` for a key,
`"<value>"` for what lies under a key that is a text, `".*"` for any attribute."""

_ROOT = re.compile(r"\*\*|\*|[A-Za-z_]\w*|\d+")
_STEP = re.compile(
    r"""\.(?P<attribute>\*|[A-Za-z_]\w*)|\.=(?P<named>\w+)"""
    r"""|\[(?:(?P<any>\*)|=(?P<argument>\w+)|(?P<keys>key)|(?P<values>value)|(?P<index>-?\d+)"""
    r"""|'(?P<single>[^']*)'|"(?P<double>[^"]*)")\]"""
)
_TYPE_TOKEN = re.compile(r"\s*(?:(?P<word>\$\d+|[A-Za-z_][\w.]*(?::[\w.]+)?)|(?P<sign>[\[\],|]))")
_ARGUMENT_KINDS = frozenset({"arg", "attr", "value", "elem", "call", "row", "result", "each"})


class Port(msgspec.Struct, frozen=True):
    """`root` is "self", "return", a parameter's name, a position, "*", "**" or "any"; `path` leads into its value.

    `keyed` are the places in `path` that an argument of the call decides, with its name or position: `self[=0]` has the
    path `("*",)` and `keyed` `((0, "0"),)`. Read without `bind`, such a port is any element or any attribute. `spread`
    is "*" or "**" where a call takes the port apart: `target(*args, **kwargs)`."""

    root: str
    path: tuple[PathElement, ...] = ()
    keyed: tuple[tuple[int, str], ...] = ()
    spread: str = ""

    @property
    def position(self) -> int:
        """The position that `root` names, -1 if it names none."""
        return int(self.root) if self.root.isdecimal() else -1


def bind(port: Port, constant: Callable[[str], str | int | None]) -> Port:
    """`port` with what the arguments of one call decide filled in; `constant` gives the constant value of an argument
    by name or position, None if it is none (then the port stays as wide as it is)."""
    path = list(port.path)
    for place, argument in port.keyed:
        value = constant(argument)
        if value is not None:
            path[place] = ("k", value) if path[place] == "*" else f".{value}"
    return Port(port.root, tuple(path))


class PortCall(msgspec.Struct, frozen=True):
    """The callee calls `func` with `args`; `result` is where what it returns goes, None if it is dropped."""

    func: Port
    args: tuple[Port, ...] = ()
    result: Port | None = None


class TypeExpr(msgspec.Struct, frozen=True):
    """`kind` is "class" (`name` is the qualified class, undotted for a builtin; `args` its type arguments), "union"
    (`args` are the members), "self", "owner", "param" (`name` is the number of the receiver's type argument), or
    "arg", "value", "elem", "call", "row" (`name` is the parameter or position they speak of), "attr" (`name` is the
    attribute, dotted if it lies in an inner class), "result", "each" (`name` is the method or attribute)."""

    kind: str
    name: str = ""
    args: tuple[TypeExpr, ...] = ()


@cache
def parse_port(text: str) -> Port:
    """`"data['user'].email"` -> `Port("data", (("k", "user"), ".email"))`."""
    stripped = text.strip()
    root = _ROOT.match(stripped)
    if root is None:
        raise ValueError(f"`{text}` is no port: it begins with no parameter, position, `self`, `return` or `any`")
    path: list[PathElement] = []
    keyed: list[tuple[int, str]] = []
    place = root.end()
    while place < len(stripped):
        step = _STEP.match(stripped, place)
        if step is None:
            raise ValueError(f"`{text}` is no port: cannot read `{stripped[place:]}`")
        argument = step["argument"] or step["named"]
        if argument:
            keyed.append((len(path), argument))
        path.append(_read_step(step))
        place = step.end()
    return Port(root.group(), tuple(path), tuple(keyed))


def _read_step(step: re.Match[str]) -> PathElement:
    if step["attribute"]:
        return "." + step["attribute"]
    if step["named"]:
        return ".*"
    if step["any"] or step["argument"]:
        return "*"
    if step["keys"]:
        return "<key>"
    if step["values"]:
        return "<value>"
    if step["index"]:
        return ("k", int(step["index"]))
    return ("k", step["single"] if step["single"] is not None else step["double"])


@cache
def parse_flow(text: str) -> tuple[Port, Port]:
    """`"0[*] -> return"` -> its two ports."""
    source, arrow, target = text.partition("->")
    if not arrow:
        raise ValueError(f"`{text}` is no flow: it has no `->`")
    return parse_port(source), parse_port(target)


@cache
def parse_call(text: str) -> PortCall:
    """`"func(0[*], key) -> return[*]"`; the arguments may be left out: `"func"` is called with nothing known."""
    called, _, target = text.partition("->")
    called = called.strip()
    result = parse_port(target) if target.strip() else None
    func, bracket, rest = called.partition("(")
    if not bracket:
        return PortCall(parse_port(func), (), result)
    if not rest.endswith(")"):
        raise ValueError(f"`{text}` is no call of a port: its bracket does not close")
    arguments = tuple(_parse_argument(part.strip()) for part in rest[:-1].split(",") if part.strip())
    return PortCall(parse_port(func), arguments, result)


def _parse_argument(text: str) -> Port:
    spread = text[: len(text) - len(text.lstrip("*"))]
    if spread not in ("*", "**") or text == spread:
        return parse_port(text)
    return msgspec.structs.replace(parse_port(text.lstrip("*")), spread=spread)


@cache
def parse_type(text: str) -> TypeExpr:
    """`"dict[str, list[owner]] | app.X"`; the empty text is an error: "unknown" is said by leaving the key out."""
    tokens = _tokens(text)
    expression, rest = _read_union(text, tokens)
    if rest:
        raise ValueError(f"`{text}` is no type: cannot read `{' '.join(rest)}`")
    return expression


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    stripped = text.strip()
    place = 0
    while place < len(stripped):
        token = _TYPE_TOKEN.match(stripped, place)
        if token is None:
            raise ValueError(f"`{text}` is no type: cannot read `{stripped[place:]}`")
        tokens.append(token["word"] or token["sign"])
        place = token.end()
    return tokens


def _read_union(text: str, tokens: list[str]) -> tuple[TypeExpr, list[str]]:
    first, rest = _read_one(text, tokens)
    members = [first]
    while rest and rest[0] == "|":
        member, rest = _read_one(text, rest[1:])
        members.append(member)
    return (first if len(members) == 1 else TypeExpr("union", "", tuple(members))), rest


def _read_one(text: str, tokens: list[str]) -> tuple[TypeExpr, list[str]]:
    if not tokens or tokens[0] in "[],|":
        raise ValueError(f"`{text}` is no type: a name is missing")
    word, rest = tokens[0], tokens[1:]
    arguments: list[TypeExpr] = []
    if rest and rest[0] == "[":
        closed = False
        while not closed:
            argument, rest = _read_union(text, rest[1:])
            arguments.append(argument)
            if not rest or rest[0] not in ",]":
                raise ValueError(f"`{text}` is no type: a bracket does not close")
            closed = rest[0] == "]"
        rest = rest[1:]
    return _name_type(text, word, tuple(arguments)), rest


def _name_type(text: str, word: str, arguments: tuple[TypeExpr, ...]) -> TypeExpr:
    prefix, colon, rest = word.partition(":")
    special = ""
    if colon:
        if prefix not in _ARGUMENT_KINDS:
            raise ValueError(f"`{text}` is no type: `{prefix}:` is none of {', '.join(sorted(_ARGUMENT_KINDS))}")
        special, word = prefix, rest
    elif word in ("Self", "owner"):
        special, word = word.lower(), ""
    elif word.startswith("$"):
        special, word = "param", word[1:]
    if special and arguments:
        raise ValueError(f"`{text}` is no type: `{special}` takes no type arguments")
    return TypeExpr(special or "class", word, arguments)
