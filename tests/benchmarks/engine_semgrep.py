"""Semgrep CE on the tree of cases: one taint rule for each name that a case declares.

A read of the declared attribute (of any object: there are no types to ask) is the source; keys are sources where a
TypedDict declares them, parameters where their annotation does.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.engine_corpus import LOGGING, SERVICES, Placed

Lines = set[tuple[str, int]]


def run_semgrep(program: Path, root: Path, placed: Sequence[Placed], work: Path) -> Lines:
    """(path in the tree, line) of what Semgrep reports for what the case of that path declares."""
    rules = work / "rules.json"
    rules.write_text(json.dumps({"rules": list(_rules(placed))}), encoding="utf-8")
    command = [str(program), "scan", "--metrics=off", "--disable-version-check", "--no-git-ignore", "--json", "--quiet"]
    command += ["--config", str(rules), "--timeout", "60", "--max-target-bytes", "0", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    if not done.stdout:
        raise RuntimeError(f"semgrep: {done.stderr[-2000:]}")
    wanted = {one.package: (one.kind, _names(one)) for one in placed}
    found: Lines = set()
    for result in json.loads(done.stdout)["results"]:
        path = Path(result["path"]).resolve().relative_to(root.resolve()).as_posix()
        kind, names = wanted[path.split("/")[0]]
        rule = result["check_id"].rpartition(".")[2]
        if rule in {f"{kind}-{name}" for name in names}:
            found.add((path, result["start"]["line"]))
    return found


def _names(one: Placed) -> set[str]:
    declared = one.declared
    names = {f"attribute-{name}" for _, name in declared.attributes}
    names |= {f"item-{name}" for name in declared.items}
    names |= {f"call-{name.rpartition('.')[2]}" for name in declared.results}
    names |= {f"name-{name.rpartition('.')[2]}" for name in declared.variables}
    return names | {f"parameter-{name}" for _, name in declared.parameters}


def _rules(placed: Sequence[Placed]) -> Iterator[dict[str, Any]]:
    for name in sorted({name for one in placed for name in _names(one)}):
        for kind in ("service", "log"):
            yield {
                "id": f"{kind}-{name}",
                "mode": "taint",
                "languages": ["python"],
                "severity": "ERROR",
                "message": name,
                "pattern-sources": _sources(*name.split("-", 1)),
                "pattern-sinks": [{"pattern": pattern} for pattern in _sinks(kind)],
            }


def _sources(how: str, name: str) -> list[dict[str, Any]]:
    if how == "attribute":
        return [{"pattern": f"$X.{name}"}, {"pattern": f'getattr($X, "{name}", ...)'}]
    if how == "item":
        return [{"pattern": f'$X["{name}"]'}, {"pattern": f'$X.get("{name}", ...)'}]
    if how == "call":
        return [{"pattern": f"{name}(...)"}]
    if how == "name":
        return [{"pattern": name}]
    function = f"def $F(..., ${'P'}: $T, ...):\n  ..."
    focus = [{"pattern": function}, {"metavariable-regex": {"metavariable": "$P", "regex": f"^{name}$"}}]
    return [{"patterns": [*focus, {"focus-metavariable": "$P"}]}]


def _sinks(kind: str) -> Iterator[str]:
    if kind == "service":
        yield from (f"{service}.$F(...)" for service in SERVICES)
    else:
        yield "print(...)"
        yield from (f"logging.{name}(...)" for name in LOGGING)
        yield from (f"$LOG.{name}(...)" for name in LOGGING)
