"""The cases of `tests/flows` as one tree of Python files that other engines can read.

Each case becomes a package of its own, its absolute imports point into that package, lines stay where they are.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

import tomli

from tests.mdtest import Case, read_cases

FLOWS = Path(__file__).resolve().parent.parent / "flows"
KINDS = {"PRV401": "service", "PRV601": "log"}
SERVICES = ("sentry_sdk", "requests")
LOGGING = ("debug", "info", "warning", "error", "critical", "exception", "log")
_COMMENT = re.compile(r"# privlint: [a-z][\w.]*\s*$")


@dataclass
class Declared:
    """What a case declares: (class, attribute), (function, parameter), functions by result, module variables; each as
    dotted names below the case's package. `items` are attributes that are keys of a TypedDict."""

    attributes: list[tuple[str, str]] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    parameters: list[tuple[str, str]] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)


@dataclass
class Placed:
    """A case in the tree: `package` holds its files, `paths` maps the path of the case to that in the tree."""

    case: Case
    package: str
    paths: dict[str, str]
    trees: dict[str, ast.Module]
    declared: Declared
    truths: set[tuple[str, int]]
    sinks: set[tuple[str, int]]
    kind: str

    @property
    def family(self) -> str:
        return Path(self.case.source).stem


def place_all(root: Path, families: tuple[str, ...] = ()) -> tuple[list[Placed], int]:
    """Writes the cases below a folder; also says how many were left out (other sinks, or not parsed by this Python)."""
    placed: list[Placed] = []
    left_out = 0
    for path in sorted(FLOWS.glob("*.md")):
        if families and path.stem not in families:
            continue
        for case in read_cases(path):
            one = place(case, root, f"c{len(placed):04}")
            if one is None:
                left_out += 1
            else:
                placed.append(one)
    return placed, left_out


def place(case: Case, root: Path, package: str) -> Placed | None:
    """Writes a case; None if its sinks are no calls that all engines can be told of."""
    kinds = {KINDS.get(rule, "") for rule in case.rules}
    python = {path: text for path, text in case.files.items() if path.endswith(".py")}
    try:
        trees = {path: ast.parse(text) for path, text in python.items()}
    except SyntaxError:
        return None
    if len(kinds) != 1 or "" in kinds:
        return None
    kind = kinds.pop()
    modules = {module_name(path) for path in python}
    paths = {path: f"{package}/{path.removeprefix('src/')}" for path in python}
    for path, text in python.items():
        target = root / paths[path]
        target.parent.mkdir(parents=True, exist_ok=True)
        for folder in [target.parent, *target.parent.parents]:
            if folder == root:
                break
            (folder / "__init__.py").touch()
        target.write_text(rewrite(text, trees[path], modules, package), encoding="utf-8")
    truths = {(e.path, e.line) for e in case.expectations if KINDS.get(e.code) == kind and e.mark != "SPURIOUS"}
    sinks = {(path, line) for path, tree in trees.items() for line in sink_lines(tree, kind)}
    return Placed(case, package, paths, trees, declarations(case, trees), truths, sinks | truths, kind)


def module_name(path: str) -> str:
    parts = Path(path.removeprefix("src/")).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def rewrite(text: str, tree: ast.Module, modules: set[str], package: str) -> str:
    """The text with its absolute imports of the case's own modules pointed into the package."""
    lines = text.split("\n")
    tops = {module.split(".")[0] for module in modules}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] in tops:
            old = lines[node.lineno - 1]
            lines[node.lineno - 1] = re.sub(
                rf"\bfrom\s+{re.escape(node.module or '')}\b", f"from {package}.{node.module}", old
            )
        elif isinstance(node, ast.Import) and any(alias.name.split(".")[0] in tops for alias in node.names):
            told = "; ".join(part for alias in node.names for part in _import(alias, tops, package))
            old = lines[node.lineno - 1]
            lines[node.lineno - 1] = f"{old[: node.col_offset]}{told}{old[node.end_col_offset :]}"
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and node.args:
            named = node.args[0]
            if isinstance(named, ast.Constant) and named.value in modules:
                old = lines[named.lineno - 1]
                lines[named.lineno - 1] = old.replace(f'"{named.value}"', f'"{package}.{named.value}"')
    return "\n".join(lines)


def _import(alias: ast.alias, tops: set[str], package: str) -> list[str]:
    top = alias.name.split(".")[0]
    if top not in tops:
        return [f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")]
    if alias.asname:
        return [f"import {package}.{alias.name} as {alias.asname}"]
    inner = [f"import {package}.{alias.name}"] if "." in alias.name else []
    return [*inner, f"from {package} import {top}"]


def sink_lines(tree: ast.Module, kind: str) -> set[int]:
    """Lines of calls of a service's functions, or of the log's."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    return {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and is_sink(_dotted(node.func, names), kind)
    }


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    text = ast.unparse(node)
    first, dot, rest = text.partition(".")
    return f"{names.get(first, first)}{dot}{rest}"


def is_sink(name: str, kind: str) -> bool:
    if kind == "service":
        return name.startswith(tuple(f"{service}." for service in SERVICES))
    return name == "print" or name.rpartition(".")[2] in LOGGING


# ------------------------------------------------------------------------------------------------------- declarations


def declarations(case: Case, trees: dict[str, ast.Module]) -> Declared:
    found = Declared()
    aliases = {"Personal(", "privlint: "}
    for tree in trees.values():
        for node in tree.body:
            if isinstance(node, ast.Assign) and "Personal(" in ast.unparse(node.value):
                aliases |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.AnnAssign) and node.value is not None and "Personal(" in ast.unparse(node.value):
                aliases.add(ast.unparse(node.target))
    for path, tree in trees.items():
        _declared_in(found, tree, module_name(path), case.files[path].splitlines(), frozenset(aliases))
    for name in tomli.loads(case.policy).get("data", {}):
        _declared_by_name(found, name, trees)
    return found


def _declared_in(found: Declared, node: ast.AST, owner: str, lines: list[str], marks: frozenset[str]) -> None:
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.ClassDef):
            _declared_in(found, inner, f"{owner}.{inner.name}", lines, marks)
            if any("TypedDict" in ast.unparse(base) for base in inner.bases):
                found.items += [name for cls, name in found.attributes if cls == f"{owner}.{inner.name}"]
        elif isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
            _declared_by(found, inner, f"{owner}.{inner.name}", marks)
            for statement in ast.walk(inner):
                if isinstance(statement, (ast.Assign, ast.AnnAssign)):
                    _take(found, statement, owner, lines, marks, inside=True)
        elif isinstance(inner, (ast.Assign, ast.AnnAssign)):
            _take(found, inner, owner, lines, marks, inside=False, top=isinstance(node, ast.Module))


def _take(
    found: Declared,
    node: ast.Assign | ast.AnnAssign,
    owner: str,
    lines: list[str],
    marks: frozenset[str],
    *,
    inside: bool,
    top: bool = False,
) -> None:
    annotated = isinstance(node, ast.AnnAssign) and _marked(node.annotation, marks)
    if not (annotated or _COMMENT.search(lines[(node.end_lineno or node.lineno) - 1])):
        return
    target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
    if inside and isinstance(target, ast.Attribute):
        found.attributes.append((owner, target.attr))
    elif not inside and isinstance(target, ast.Name):
        if top:
            found.variables.append(f"{owner}.{target.id}")
        else:
            found.attributes.append((owner, target.id))


def _marked(annotation: ast.expr | None, marks: frozenset[str]) -> bool:
    if annotation is None:
        return False
    text = ast.unparse(annotation)
    return any(mark in text if "(" in mark or ":" in mark else re.search(rf"\b{mark}\b", text) for mark in marks)


def _declared_by(
    found: Declared, node: ast.FunctionDef | ast.AsyncFunctionDef, name: str, marks: frozenset[str]
) -> None:
    for parameter in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
        if _marked(parameter.annotation, marks):
            found.parameters.append((name, parameter.arg))
    if _marked(node.returns, marks):
        found.results.append(name)


def _declared_by_name(found: Declared, name: str, trees: dict[str, ast.Module]) -> None:
    owner, _, last = name.rpartition(".")
    functions = {
        f"{module_name(path)}.{node.name}"
        for path, tree in trees.items()
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    if owner in functions:
        if last == "return":
            found.results.append(owner)
        else:
            found.parameters.append((owner, last))
    else:
        found.attributes.append((owner, last))
