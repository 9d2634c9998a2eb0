"""A case as Python sees it: its modules, what its sources declare, the constants that they mention."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import re
import sys
import types
import typing
from pathlib import Path
from typing import Any

PLAIN = ("plain", "free", "pro", "", "12")
NUMBERS = (1, 0, 2, 3)


@dataclasses.dataclass
class Project:
    """The case as Python sees it: its modules by name, what its sources declare, and the constants they mention."""

    folder: str
    sources: dict[str, ast.Module] = dataclasses.field(default_factory=dict)
    declared: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)
    texts: list[str] = dataclasses.field(default_factory=lambda: list(PLAIN))
    numbers: list[int] = dataclasses.field(default_factory=lambda: list(NUMBERS))
    pairs: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    modules: dict[str, types.ModuleType] = dataclasses.field(default_factory=dict)
    variables: dict[object, object] = dataclasses.field(default_factory=dict)  # type variables as last bound

    def classes(self) -> list[type]:
        """The classes that the modules of the case define, in their order."""
        return [
            value
            for name, module in self.modules.items()
            for value in list(vars(module).values())
            if isinstance(value, type) and value.__module__ == name
        ]

    def fields(self, owner: type) -> dict[str, str]:
        """The declared fields of a class and of its bases, with their categories."""
        found: dict[str, str] = {}
        for base in reversed(owner.__mro__):
            for name, hint in vars(base).get("__annotations__", {}).items():
                if category := category_of(evaluate(hint, base)):
                    found[name] = category
            found |= self.declared.get(f"{base.__module__}.{base.__qualname__}", {})
        return found


def read_project(folder: str, files: dict[str, str], data: dict[str, str]) -> Project:
    project = Project(folder)
    for name, category in data.items():
        owner, _, attribute = name.rpartition(".")
        project.declared.setdefault(owner, {})[attribute] = category
    for path, text in files.items():
        if not path.endswith(".py"):
            continue
        name = module_name(path)
        project.sources[name] = ast.parse(text)
        _read_declarations(project, name, project.sources[name], text.splitlines())
        _read_constants(project, project.sources[name])
    return project


def module_name(path: str) -> str:
    parts = Path(path).with_suffix("").parts
    if parts[0] == "src":
        parts = parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _read_declarations(project: Project, prefix: str, tree: ast.AST, lines: list[str]) -> None:
    """Declarations that no annotation at run time shows: comments, and annotations of `self.name` in methods."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            found = project.declared.setdefault(f"{prefix}.{node.name}", {})
            for inner in ast.walk(node):
                if isinstance(inner, (ast.AnnAssign, ast.Assign)) and (told := _told(inner, lines)):
                    found[told[0]] = told[1]
            _read_declarations(project, f"{prefix}.{node.name}", node, lines)


def _told(node: ast.AnnAssign | ast.Assign, lines: list[str]) -> tuple[str, str] | None:
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    name = str(getattr(target, "id", "") or getattr(target, "attr", ""))
    if comment := re.search(r"# privlint: ([a-z][\w.]*)\s*$", lines[(node.end_lineno or node.lineno) - 1]):
        return name, comment[1]
    if isinstance(node, ast.AnnAssign) and isinstance(target, ast.Attribute):
        for inner in ast.walk(node.annotation):
            if isinstance(inner, ast.Call) and getattr(inner.func, "id", "") == "Personal" and inner.args:
                return name, str(ast.literal_eval(inner.args[0]))
    return None


def _read_constants(project: Project, tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            _read_pairs(project, node)
        if isinstance(node, (ast.Compare, ast.MatchValue, ast.Subscript, ast.Dict, ast.Call)):
            for inner in ast.iter_child_nodes(node):
                if isinstance(inner, ast.Constant):
                    _take_constant(project, inner.value)


def _read_pairs(project: Project, node: ast.Dict) -> None:
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(value, ast.Constant) and isinstance(value.value, str):
            project.pairs.setdefault(str(key.value), []).extend([value.value] * 5)


def _take_constant(project: Project, value: object) -> None:
    if isinstance(value, str) and value not in project.texts and len(project.texts) < 20:
        project.texts.append(value)
    elif type(value) is int and value not in project.numbers and abs(value) < 100:
        project.numbers.append(value)


def category_of(hint: object) -> str:
    """The category that an annotation declares, itself or in its arguments; "" for none."""
    for part in getattr(hint, "__metadata__", ()):
        if isinstance(part, str) and part.startswith("privlint: "):
            return part.removeprefix("privlint: ")
        if category := getattr(part, "category", ""):
            return str(category)
    for inner in typing.get_args(hint):
        if found := category_of(inner):
            return found
    return ""


def evaluate(hint: object, owner: type) -> object:
    """An annotation as an object, also where it is written as a text."""
    if not isinstance(hint, str):
        return hint
    with contextlib.suppress(Exception):
        return eval(hint, vars(sys.modules[owner.__module__]), dict(vars(owner)))
    return Any
