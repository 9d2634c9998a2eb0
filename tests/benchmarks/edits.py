"""Random edits, one after another: `python -m tests.benchmarks.edits FOLDER [--edits N] [--seed N]`.

FOLDER (code and its privlint.toml) is copied. After each edit the run that may keep what was found before is held
against one without a cache; the first difference ends the script with exit code 1. It prints how many of the edits the
kept analysis survived and what the runs took.
"""

from __future__ import annotations

import argparse
import ast
import datetime
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from privlint.engine import RunOptions, pipeline, reuse, run_program
from privlint.project import find_programs

TODAY = datetime.date(2026, 11, 23)


def edit(text: str, chance: random.Random) -> str:
    """The text with one line added, changed or gone; as it is if nothing that parses came out."""
    lines = text.splitlines(keepends=True)
    plain = [number for number, line in enumerate(lines) if line[:1] == " " and line.rstrip()[-1:] in (")", "]", "s")]
    if not plain:
        return text + "# an edit\n"
    for _ in range(20):
        here, other = chance.choice(plain), chance.choice(plain)
        indent = lines[here][: len(lines[here]) - len(lines[here].lstrip())]
        kind = chance.choice(("comment", "repeat", "borrow", "remove", "rename"))
        changed = list(lines)
        if kind == "comment":
            changed.insert(here, f"{indent}# an edit\n\n")
        elif kind == "repeat":
            changed.insert(here, lines[here])
        elif kind == "borrow":
            changed.insert(here, indent + lines[other].lstrip())
        elif kind == "remove":
            changed[here] = f"{indent}pass\n"
        else:
            words = lines[other].replace("(", ".").split(".")
            if len(words) < 3 or not words[1].isidentifier() or "." not in lines[here]:
                continue
            head, _, tail = lines[here].partition(".")
            end = next((n for n, char in enumerate(tail) if not (char.isalnum() or char == "_")), len(tail))
            changed[here] = f"{head}.{words[1]}{tail[end:]}"
        result = "".join(changed)
        try:
            ast.parse(result)
        except (SyntaxError, ValueError):
            continue
        if result != text:
            return result
    return text


def run(root: Path, *, cache: bool) -> tuple[bytes, float]:
    """What is found, and the CPU seconds that it took."""
    (program,) = find_programs([root])
    start = time.process_time()
    outcome = run_program(program, RunOptions(jobs=1, cache=cache, today=TODAY))
    seconds = time.process_time() - start
    found = (outcome.diagnostics, outcome.summary, outcome.unresolved)
    return msgspec.json.encode(found), seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    kept: list[bool] = []
    plain = reuse.reuse

    def counted(*arguments: Any) -> Any:
        found = plain(*arguments)
        kept.append(found is not None)
        return found

    setattr(pipeline, "reuse", counted)  # noqa: B010 - the pipeline keeps nothing that only a benchmark needs
    seconds: dict[bool, list[float]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "code"
        shutil.copytree(given.folder, root, ignore=shutil.ignore_patterns(".privlint_cache"))
        files = sorted(root.rglob("*.py"))
        run(root, cache=True)
        for number in range(given.edits):
            path = chance.choice(files)
            try:
                path.write_text(edit(path.read_text("utf-8"), chance), "utf-8")
            except UnicodeDecodeError:
                continue
            kept.clear()
            found, took = run(root, cache=True)
            seconds[kept == [True]].append(took)
            if found != run(root, cache=False)[0]:
                print(f"edit {number} of {path.relative_to(root)}: not what a run without a cache finds")
                return 1
    print(f"{given.edits} edits, the analysis kept over {len(seconds[True])}")
    for name, times in (("kept", seconds[True]), ("made anew", seconds[False])):
        if times:
            print(f"{name}: median {statistics.median(times):.2f}, max {max(times):.2f} CPU s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
