"""Changes of a program that leave what it does as it is, for properties of the analysis.

A program is the files of a case, each sink call numbered in its first argument, so that a finding can be told by the
sink it stands at, wherever that went.
"""

from __future__ import annotations

import ast
import builtins
import random
from collections.abc import Callable, Iterator

Files = dict[str, str]
Change = Callable[[Files, random.Random], Files]

SINK = "set_extra"
BINDING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
NAMED = {"locals", "vars", "eval", "exec", "globals", "dir"}


def numbered(files: Files) -> Files:
    """The files with the calls of the sink numbered, comments gone."""
    made: Files = {}
    number = 0
    for path, text in files.items():
        tree = ast.parse(text)
        for call in _sinks(tree):
            number += 1
            call.args[0] = ast.Constant(f"sink {number}")
        made[path] = _text(tree)
    return made


def sinks_by_line(files: Files) -> dict[tuple[str, int], str]:
    """The number of the sink called at (path, line)."""
    return {
        (path, call.lineno): str(call.args[0].value)
        for path, text in files.items()
        for call in _sinks(ast.parse(text))
        if isinstance(call.args[0], ast.Constant)
    }


def _sinks(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_sink(node):
            yield node


def _is_sink(node: ast.Call) -> bool:
    plain = len(node.args) == 2 and not any(isinstance(arg, ast.Starred) for arg in node.args)
    return plain and isinstance(node.func, ast.Name) and node.func.id == SINK


def names_the_sink(node: ast.Name | ast.FunctionDef) -> bool:
    return (node.id if isinstance(node, ast.Name) else node.name) == SINK


def _text(tree: ast.Module) -> str:
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


# ------------------------------------------------------------------------------------------------------------- changes


def rename_locals(files: Files, choice: random.Random) -> Files:
    """Local variables get other names; parameters and whatever else may be named from outside keep theirs."""
    made: Files = {}
    classes = {
        node.name.lower()
        for text in files.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef)
    }
    for path, text in files.items():
        tree = ast.parse(text)
        names = sorted(_local_names(tree) - classes)
        chosen = {name: f"local_{number}" for number, name in enumerate(names) if choice.random() < 0.8}
        _Rename(chosen).visit(tree)
        made[path] = _text(tree)
    return made


def _local_names(tree: ast.Module) -> set[str]:
    """Names that nothing but statements of functions bind."""
    inside: set[str] = set()
    outside: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inside |= {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and _binds(inner)}
            outside.add(node.name)
        elif isinstance(node, ast.ClassDef):
            outside |= {node.name, *_bound(node.body)}
        elif isinstance(node, ast.arg):
            outside.add(node.arg)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            outside.update(node.names)
        elif isinstance(node, ast.alias):
            outside.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.Name) and node.id in NAMED:
            return set()
    return inside - outside - set(_bound(tree.body)) - set(dir(builtins))


def _binds(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _bound(body: list[ast.stmt]) -> Iterator[str]:
    """Names that statements bind, those of functions and classes below them left out."""
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and _binds(node):
                yield node.id


class _Rename(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.name = self.names.get(node.name or "", node.name)
        return self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> ast.AST:
        node.name = self.names.get(node.name or "", node.name)
        return self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> ast.AST:
        node.name = self.names.get(node.name or "", node.name)
        return node

    def visit_MatchMapping(self, node: ast.MatchMapping) -> ast.AST:
        node.rest = self.names.get(node.rest or "", node.rest)
        return self.generic_visit(node)


def split_into_temporaries(files: Files, choice: random.Random) -> Files:
    """What a sink gets is put into a variable first, and so are the arguments of a call that it gets."""
    made: Files = {}
    for path, text in files.items():
        tree = ast.parse(text)
        _Split(choice).visit(tree)
        made[path] = _text(tree)
    return made


class _Split(ast.NodeTransformer):
    def __init__(self, choice: random.Random) -> None:
        self.choice = choice
        self.number = 0

    def visit_Expr(self, node: ast.Expr) -> list[ast.stmt] | ast.Expr:
        call = node.value
        if not isinstance(call, ast.Call) or not _is_sink(call):
            return node
        before: list[ast.stmt] = []
        value = call.args[1]
        if isinstance(value, ast.Call) and self.choice.random() < 0.7 and _is_plain(value.func):
            value.args = [arg if isinstance(arg, ast.Starred) else self._put(arg, before) for arg in value.args]
        call.args[1] = self._put(value, before)
        return [*before, node]

    def _put(self, value: ast.expr, before: list[ast.stmt]) -> ast.expr:
        if any(isinstance(node, (ast.Await, ast.NamedExpr, ast.Yield, ast.YieldFrom)) for node in ast.walk(value)):
            return value
        self.number += 1
        name = f"part_{self.number}"
        before.append(ast.Assign([ast.Name(name, ast.Store())], value))
        return ast.Name(name, ast.Load())


def _is_plain(node: ast.expr) -> bool:
    """A name: evaluating it after the arguments is the same as before them."""
    return isinstance(node, ast.Name)


def wrap_in_identity(files: Files, choice: random.Random) -> Files:
    """What a sink gets passes a function that returns its argument, in the same module or in another one."""
    made: Files = {}
    elsewhere = choice.random() < 0.5
    for path, text in files.items():
        tree = ast.parse(text)
        wrapped = 0
        for call in list(_sinks(tree)):
            if choice.random() < 0.8:
                call.args[1] = ast.Call(ast.Name("identity", ast.Load()), [call.args[1]], [])
                wrapped += 1
        if wrapped:
            told = "from same_again import identity" if elsewhere else IDENTITY
            tree.body[_after_future(tree) : _after_future(tree)] = ast.parse(told).body
        made[path] = _text(tree)
    return {**made, "same_again.py": IDENTITY} if elsewhere else made


IDENTITY = "def identity(value):\n    return value\n"


def _after_future(tree: ast.Module) -> int:
    places = [
        number + 1
        for number, node in enumerate(tree.body)
        if (isinstance(node, ast.ImportFrom) and node.module == "__future__")
        or (number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    return max(places, default=0)


def move_a_function(files: Files, choice: random.Random) -> Files:
    """A function of a module that asks for nothing but imports moves into a module of its own."""
    movable = [(path, node.name) for path, text in files.items() for node in _movable(path, ast.parse(text))]
    if not movable:
        return files
    path, name = choice.choice(movable)
    tree = ast.parse(files[path])
    index = next(n for n, node in enumerate(tree.body) if getattr(node, "name", "") == name)
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    moved = ast.Module([*imports, tree.body[index]], [])
    tree.body[index : index + 1] = ast.parse(f"from moved_away import {name}").body
    return {**files, path: _text(tree), "moved_away.py": _text(moved)}


def _movable(path: str, tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    if "/" in path or path == "models.py":
        return
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for node in tree.body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    if "*" in imported or any(isinstance(node, ast.ImportFrom) and node.level for node in tree.body):
        return
    names = [getattr(node, "name", "") for node in tree.body]
    shadowed = {*names, *_bound(tree.body)}  # builtins that the module has its own of
    for node in tree.body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or names.count(node.name) > 1:
            continue
        used = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
        own = {inner.arg for inner in ast.walk(node) if isinstance(inner, ast.arg)} | _names_inside(node)
        plain = not used & NAMED and not any(isinstance(inner, ast.Global) for inner in ast.walk(node))
        if plain and used - own <= (imported | set(dir(builtins))) - shadowed:
            yield node


def _names_inside(node: ast.AST) -> set[str]:
    found = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and _binds(inner)}
    for inner in ast.walk(node):
        if isinstance(inner, ast.alias):
            found.add((inner.asname or inner.name).split(".")[0])
        elif isinstance(inner, ast.MatchMapping):
            found.add(inner.rest or "")
        elif inner is not node and isinstance(inner, BINDING):
            found.add(inner.name or "")
    return found


def shuffle_files(files: Files, choice: random.Random) -> Files:
    paths = list(files)
    choice.shuffle(paths)
    return {path: files[path] for path in paths}


def add_a_module(files: Files, choice: random.Random) -> Files:
    """A module that nobody imports, with classes and functions of common names and with fields of its own."""
    return {choice.choice(("aside.py", "zz_aside.py", "aside/inner.py")): ASIDE, **files}


ASIDE = """
from dataclasses import dataclass
from typing import Annotated

from privlint import Personal


@dataclass
class Parcel:
    email: str
    plan: Annotated[str, Personal("health.record")]


def view(parcel: Parcel):
    return [parcel.email, parcel.plan]


def make(value, other=None):
    box = {"mail": value, "plan": other}
    box.update(x=1)
    return box


class Proxy:
    text = ""

    def get(self):
        return self.text
"""
