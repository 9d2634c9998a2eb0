"""Holds the cases of `tests/flows` against Python itself: what reaches a sink when the case runs.

`python -m tests.executing [NAME]` prints what ran, what could not and why, and what contradicts Python;
`python -m tests.executing --standard-library` does the same for the pages of `rules/libraries` that are about it.

A line of the case's own section, `Not run: reason`, says why a case cannot be run, or not wholly; without it, a case
of which an expected flow does not show, and which does not lack a library, is an error of the case.
"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli

from tests.mdtest import Case, Expectation, read_cases

ROOT = Path(__file__).resolve().parent.parent
FLOWS = ROOT / "tests" / "flows"
LIBRARIES = ROOT / "rules" / "libraries"
CHILD = "import sys; sys.path[0] = sys.argv[1]; from tests.execution.child import main; main()"
KINDS = {"PRV401": "service", "PRV601": "log"}
_LATER = re.compile(
    r"^SyntaxError|cannot import name '\w+' from 'typing'|module 'asyncio' has no attribute|no attribute 'add_note'"
)
PACKAGES = frozenset(
    [
        "arrow",
        "attr",
        "attrs",
        "bs4",
        "cbor2",
        "dataclasses_json",
        "dateutil",
        "django",
        "fastapi",
        "flask",
        "frozendict",
        "immutables",
        "jinja2",
        "jsonpatch",
        "jsonpointer",
        "lxml",
        "markupsafe",
        "marshmallow",
        "mashumaro",
        "more_itertools",
        "msgspec",
        "multidict",
        "numpy",
        "ordered_set",
        "orjson",
        "ormsgpack",
        "pandas",
        "pydantic",
        "pydantic_core",
        "pyrsistent",
        "rest_framework",
        "six",
        "starlette",
        "toolz",
        "werkzeug",
        "yaml",
    ]
)
"""Packages that cases may ask for where they are installed; the services among them have stand-ins."""
_IMPORT = re.compile(r"^\s*(?:from|import) (\w+)", re.MULTILINE)
_NOT_RUN = re.compile(r"^Not run: *(.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """What became of a case. `shown` of `expected` flows were seen, `silent` lines got nothing; `wrong` says what
    reached a sink against the expectation, `missing` what did not; `reason` why the case is not held against that."""

    case: Case
    expected: int
    shown: int
    silent: int
    wrong: tuple[str, ...]
    missing: tuple[str, ...]
    reason: str = ""
    problems: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        if (self.wrong or self.missing) and not self.reason:
            return "contradicted"
        if self.wrong or self.missing:
            return "partly" if self.shown or self.silent else "not run"
        return "executed" if self.shown or self.silent else "not run"


@dataclass
class _Truth:
    """What Python should show at one line: categories by expectation, and whether any will do."""

    categories: set[str] = field(default_factory=set)
    any: bool = False
    denied: set[str] = field(default_factory=set)


def execute(cases: Sequence[Case]) -> list[Outcome]:
    """Runs the cases, one after the other, in a process of their own."""
    jobs = "".join(f"{json.dumps(_job(case))}\n" for case in cases)
    command = [sys.executable, "-s", "-S", "-c", CHILD, str(ROOT)]
    done = subprocess.run(command, input=jobs, capture_output=True, text=True, check=False, env=_environment())
    answers = done.stdout.splitlines()
    if done.returncode or len(answers) != len(cases):
        raise RuntimeError(f"the runs ended early: {done.stderr[-2000:]}")
    return [_judge(case, json.loads(answer)) for case, answer in zip(cases, answers, strict=True)]


def _environment() -> dict[str, str]:
    return {"PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "TZ": "UTC"}


def _job(case: Case) -> dict[str, Any]:
    truths = _truths(case)
    wanted = [[path, line, c] for (path, line, _), truth in truths.items() for c in truth.categories]
    return {
        "files": case.files,
        "data": _declared(case),
        "categories": sorted({*_named(case), *(c for *_, c in wanted)}),
        "wanted": wanted,
        "packages": _packages(case),
    }


def _packages(case: Case) -> list[str]:
    """Where the packages that the case asks for are installed; nothing if one of them is not."""
    asked = {name for text in case.files.values() for name in _IMPORT.findall(text)} & PACKAGES
    specs = [importlib.util.find_spec(name) for name in sorted(asked)]
    if any(spec is None or spec.origin is None for spec in specs):
        return []
    return sorted({str(Path(str(spec.origin)).parent.parent) for spec in specs if spec is not None})


def _declared(case: Case) -> dict[str, str]:
    told = tomli.loads(case.policy).get("data", {})
    return {name: value if isinstance(value, str) else value["category"] for name, value in told.items()}


def _named(case: Case) -> Iterator[str]:
    for text in case.files.values():
        yield from re.findall(r'Personal\("([\w.]+)"', text)
        yield from re.findall(r"privlint: ([a-z_]+(?:\.\w+)*)", text)
    yield from _declared(case).values()


def _truths(case: Case) -> dict[tuple[str, int, str], _Truth]:
    truths: dict[tuple[str, int, str], _Truth] = {}
    for expectation in case.expectations:
        kind = KINDS.get(expectation.code, "")
        if not kind:
            continue
        truth = truths.setdefault((expectation.path, expectation.line, kind), _Truth())
        _add(truth, expectation)
    return truths


def _add(truth: _Truth, expectation: Expectation) -> None:
    if expectation.mark == "SPURIOUS":
        truth.denied.update(expectation.categories)
    elif expectation.categories:
        truth.categories.update(expectation.categories)
    else:
        truth.any = True


# ------------------------------------------------------------------------------------------------------------- judging


def _judge(case: Case, answer: dict[str, Any]) -> Outcome:
    kinds = {KINDS[rule] for rule in case.rules if rule in KINDS}
    truths = _truths(case)
    strict = _by_place(answer["strict"])
    loose = _by_place(answer["loose"])
    wrong: list[str] = []
    missing: list[str] = []
    shown = 0
    for place, truth in truths.items():
        seen = strict.get(place, set()) | loose.get(place, set()) | _nowhere(strict, loose, place[2])
        lost = truth.categories - seen
        if not truth.categories and truth.any and not seen:
            lost = {"anything"}
        shown += 0 if lost else 1
        if lost:
            called = place in strict or place in loose
            what = f"{place[0]}:{place[1]}: {', '.join(sorted(lost))}"
            missing.append(f"{what} does not reach the sink" if called else f"{what}: the sink is not called")
    silent = 0
    for place, found in strict.items():
        if place[2] not in kinds or not place[0]:
            continue
        truth = truths.get(place, _Truth())
        extra = set() if truth.any else found - truth.categories
        silent += not (extra or truth.categories or truth.any)
        if extra:
            note = " (a finding marked SPURIOUS is right)" if extra & truth.denied else ""
            wrong.append(f"{place[0]}:{place[1]}: {', '.join(sorted(extra))} reaches the sink{note}")
    open_ = wrong or missing or not (shown or silent)
    reason = _reason(case, answer["problems"], wrong) if open_ else ""
    return Outcome(case, len(truths), shown, silent, tuple(wrong), tuple(missing), reason, tuple(answer["problems"]))


def _by_place(found: list[list[Any]]) -> dict[tuple[str, int, str], set[str]]:
    places: dict[tuple[str, int, str], set[str]] = {}
    for kind, path, line, categories in found:
        places.setdefault((path, line, kind), set()).update(categories)
    return places


def _nowhere(
    strict: dict[tuple[str, int, str], set[str]], loose: dict[tuple[str, int, str], set[str]], kind: str
) -> set[str]:
    """What a sink got that a library called, on no line of the case (a thread's target)."""
    return strict.get(("", 0, kind), set()) | loose.get(("", 0, kind), set())


def _reason(case: Case, problems: Sequence[str], wrong: Sequence[str]) -> str:
    if (said := _said(case)) or wrong:
        return said
    for problem in problems:
        if absent := re.search(r"ModuleNotFoundError: No module named '(\w+)", problem):
            return f"needs {absent[1]}"
        if "PermissionError: socket" in problem:
            return "needs a network"
        if _LATER.search(problem):
            return "needs a later Python"
    if not any(rule in KINDS for rule in case.rules):
        return f"no stand-in for the sinks of {', '.join(case.rules)}"
    return ""


def _said(case: Case) -> str:
    """The reason that the case's own section gives."""
    path = next((folder / case.source for folder in (FLOWS, LIBRARIES) if (folder / case.source).exists()), None)
    lines = path.read_text(encoding="utf-8").splitlines()[case.line :] if path else []
    section = "\n".join(lines[: next((n for n, line in enumerate(lines) if re.match(r"#{1,6} ", line)), len(lines))])
    found = _NOT_RUN.search(section)
    return found[1] if found else ""


# ------------------------------------------------------------------------------------------------------------ printing


def outcomes(path: Path) -> list[Outcome]:
    """What became of the cases of a Markdown file."""
    return execute(read_cases(path))


def main() -> None:
    names = sys.argv[1:]
    if names == ["--standard-library"]:
        _print_pages()
        return
    total: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    print(f"{'':24}{'cases':>7}{'executed':>10}{'partly':>8}{'not run':>9}{'wrong':>7}")
    for path in sorted(FLOWS.glob("*.md")):
        if names and path.stem not in names:
            continue
        found = outcomes(path)
        states = Counter(outcome.state for outcome in found)
        total += states
        total["cases"] += len(found)
        reasons.update(o.reason or "no reason told" for o in found if o.missing or o.state == "not run")
        row = (states["executed"], states["partly"], states["not run"], states["contradicted"])
        print(f"{path.stem:24}{len(found):>7}{row[0]:>10}{row[1]:>8}{row[2]:>9}{row[3]:>7}")
        if names:
            _print_open(found)
    print(
        f"{'':24}{total['cases']:>7}{total['executed']:>10}{total['partly']:>8}{total['not run']:>9}"
        f"{total['contradicted']:>7}"
    )
    for reason, number in reasons.most_common():
        print(f"{number:>6}  {reason}")


def _print_pages() -> None:
    """The pages of `rules/libraries` that are about the standard library."""
    names = {*sys.stdlib_module_names, "builtins"}
    pages = [path for path in sorted(LIBRARIES.glob("*.md")) if path.stem.split(".")[0] in names]
    found = execute([case for path in pages for case in read_cases(path)])
    states = Counter(outcome.state for outcome in found)
    print(f"{len(pages)} pages, {len(found)} cases: {dict(states)}")
    _print_open(found)


def _print_open(found: Sequence[Outcome]) -> None:
    for outcome in found:
        if outcome.state != "executed":
            print(f"  {outcome.state}: {outcome.case.source}:{outcome.case.line} {outcome.case.name}: {outcome.reason}")
            for text in (*outcome.wrong, *outcome.missing, *outcome.problems):
                print(f"      {text}")


if __name__ == "__main__":
    main()
