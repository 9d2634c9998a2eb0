"""Pysa on the tree of cases: models for what each case declares, and its issues brought to the line of the sink.

Sources are the declared attributes, parameters, results and variables, and the declared fields of objects that come in
as parameters, so that an object that leaves as a whole counts as well. Pysa reports where source and sink meet; the
sink itself is found by following its own summaries, so that both engines are held against the same lines.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.engine_corpus import LOGGING, Placed, module_name

Lines = set[tuple[str, int]]

CONFIG = {
    "sources": [{"name": "Personal"}],
    "sinks": [{"name": "Service"}, {"name": "Log"}],
    "features": [],
    "rules": [
        {"name": "service", "code": 9001, "sources": ["Personal"], "sinks": ["Service"], "message_format": "service"},
        {"name": "log", "code": 9002, "sources": ["Personal"], "sinks": ["Log"], "message_format": "log"},
    ],
}
STUBS = {
    "sentry_sdk/__init__.py": "def set_extra(key, value): ...\ndef set_tag(key, value): ...\ndef set_user(value): ...\n"
    "def set_context(key, value): ...\ndef capture_message(message, *args, **kwargs): ...\n",
    "requests/__init__.py": "".join(
        f"def {verb}(url, data=None, json=None, params=None, headers=None, **kwargs): ...\n"
        for verb in ("get", "post", "put", "patch", "delete")
    ),
    "privlint/__init__.py": 'class Personal:\n    def __init__(self, category, subject=""): ...\n',
}
CODES = {9001: "service", 9002: "log"}


def run_pysa(program: Path, root: Path, placed: Sequence[Placed], work: Path) -> Lines:
    """(path in the tree, line) of the sinks that Pysa's issues end at."""
    for path, text in STUBS.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    models = work / "models"
    models.mkdir()
    (models / "taint.config").write_text(json.dumps(CONFIG), encoding="utf-8")
    (models / "cases.pysa").write_text("\n".join([*_sinks(), *_sources(placed), ""]), encoding="utf-8")
    common = next(program.parent.parent.glob("lib/pyre_check/taint/common"))
    told = {"source_directories": ["."], "taint_models_path": [str(models), str(common)]}
    (root / ".pyre_configuration").write_text(json.dumps(told), encoding="utf-8")
    (root / "pyrefly.toml").write_text(
        'project-includes = ["**/*.py"]\nuntyped-def-behavior = "check-and-infer-return-type"\n', encoding="utf-8"
    )
    command = [str(program), "--noninteractive", "analyze", "--no-verify", "--save-results-to", str(work / "out")]
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root, env=environment)
    results = work / "out" / "taint-output.json"
    if not results.exists():
        raise RuntimeError(f"pyre: {done.stderr[-3000:]}")
    return _at_sinks(results, {one.package: one.kind for one in placed})


def _sinks() -> Iterator[str]:
    for text, kind in ((STUBS["sentry_sdk/__init__.py"], "sentry_sdk"), (STUBS["requests/__init__.py"], "requests")):
        for name, parameters in re.findall(r"def (\w+)\((.*)\): \.\.\.", text):
            told = ", ".join(_tainted(parameter.strip(), "Service") for parameter in parameters.split(","))
            yield f"def {kind}.{name}({told}): ..."
    for name in LOGGING:
        level = "level, " if name == "log" else ""
        yield f"def logging.{name}({level}msg: TaintSink[Log], *args: TaintSink[Log]): ..."
        yield f"def logging.Logger.{name}(self, {level}msg: TaintSink[Log], *args: TaintSink[Log]): ..."
    yield "def print(*values: TaintSink[Log]): ..."


def _tainted(parameter: str, sink: str) -> str:
    name, _, default = parameter.partition("=")
    return f"{name}: TaintSink[{sink}]" + (" = ..." if default else "")


def _sources(placed: Sequence[Placed]) -> Iterator[str]:
    for one in placed:
        declared = one.declared
        for owner, name in declared.attributes:
            yield f"{one.package}.{owner}.{name}: TaintSource[Personal] = ..."
        for name in declared.variables:
            yield f"{one.package}.{name}: TaintSource[Personal] = ..."
        for name in declared.results:
            yield f"def {one.package}.{name}() -> TaintSource[Personal]: ..."
        for owner, name in declared.parameters:
            yield f"def {one.package}.{owner}({name}: TaintSource[Personal]): ..."
        yield from _objects(one)


def _objects(one: Placed) -> Iterator[str]:
    """Objects with declared fields that are handed to functions, alone or as elements."""
    fields: dict[str, list[str]] = {}
    for owner, name in one.declared.attributes:
        fields.setdefault(owner.rpartition(".")[2], []).append(name)
    for path, tree in one.trees.items():
        prefix = f"{one.package}.{module_name(path)}"
        for owner, node in _functions(tree, prefix):
            for parameter in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
                annotation = ast.unparse(parameter.annotation).strip("'\"") if parameter.annotation else ""
                element = re.fullmatch(r"(?:list|set|tuple|Iterable|Sequence|List)\[(\w+)(?:, \.\.\.)?\]", annotation)
                steps = "_.all()" if element else "_"
                for name in fields.get(element[1] if element else annotation, ()):
                    taint = f"TaintSource[Personal, ParameterPath[{steps}.{name}]]"
                    yield f"def {owner}.{node.name}({parameter.arg}: {taint}): ..."


def _functions(
    tree: ast.Module | ast.ClassDef, prefix: str
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield prefix, node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}.{node.name}")


# ------------------------------------------------------------------------------------------------------------- results


def _at_sinks(results: Path, kinds: dict[str, str]) -> Lines:
    issues: list[dict[str, Any]] = []
    models: dict[str, dict[str, Any]] = {}
    for line in results.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry.get("kind") == "issue":
            issues.append(entry["data"])
        elif entry.get("kind") == "model":
            models[entry["data"]["callable"]] = entry["data"]
    found: Lines = set()
    for issue in issues:
        kind = CODES.get(issue["code"])
        if kind is None or kinds.get(issue["filename"].split("/")[0]) != kind:
            continue
        backward = next(trace for trace in issue["traces"] if trace["name"] == "backward")
        for root in backward["roots"]:
            found |= _ends(root, issue["filename"], models, set())
    return found


def _ends(frame: dict[str, Any], path: str, models: dict[str, dict[str, Any]], seen: set[tuple[str, str]]) -> Lines:
    """Where a frame of a trace ends, through the summaries of the functions that it names."""
    if "origin" in frame:
        return {(path, _line(frame))}
    found: Lines = set()
    call = frame.get("call", {})
    for name in call.get("resolves_to", ()):
        if (name, call["port"]) in seen or name not in models:
            continue
        seen.add((name, call["port"]))
        for sink in models[name].get("sinks", ()):
            if sink["port"].split("[")[0] == call["port"].split("[")[0]:
                for inner in sink["taint"]:
                    found |= _ends(inner, models[name].get("filename", path), models, seen)
    return found or {(path, _line(frame))}


def _line(frame: dict[str, Any]) -> int:
    """The line of the call, not that of its argument."""
    if "call_site" in frame:
        return int(frame["call_site"].split(":")[0])
    position = frame.get("origin") or frame["call"]["position"]
    return int(position["line"])
