"""privlint, Semgrep CE and Pysa on the cases of `tests/flows`: recall and precision for each family.

    python -m venv SEMGREP && SEMGREP/bin/pip install semgrep
    python -m venv PYRE && PYRE/bin/pip install pyre-check pyrefly
    python -m tests.benchmarks.engines --semgrep SEMGREP/bin/semgrep --pyre PYRE/bin/pyre [--write TABLE] [--list ...]

What counts are lines with a call of a sink: right if data reaches the call and the line is reported, whichever field
it is. Recall is over the lines that data reaches, precision over the lines reported. All expectations are those that
Python itself confirms (`python -m tests.executing`): a known gap of privlint counts against privlint. Cases of other
sinks (responses, mail, files), of which the engines would need to be told one by one, are left out. Pysa is helped by
stubs where they exist (`pip install django-stubs djangorestframework-stubs` and the frameworks beside it).
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.analysed import analyse_case
from tests.benchmarks.engine_corpus import Placed, place_all
from tests.benchmarks.engine_pysa import run_pysa
from tests.benchmarks.engine_semgrep import run_semgrep

Lines = set[tuple[str, int]]

FAMILIES = {  # the files of `tests/flows`, by what of the language they are about
    "values and containers": ("values-and-containers", "places"),
    "strings and the standard library": ("strings", "text-and-library"),
    "names and scope": ("names-and-scope", "closures"),
    "functions": ("functions", "callables", "call-targets", "passing", "coroutines-and-generators"),
    "objects": ("objects", "receivers"),
    "implicit calls": ("implicit-calls", "protocols"),
    "control": ("control", "match-and-handlers"),
    "types": ("types", "annotations"),
    "modules and packages": ("modules", "packages"),
    "code that is not seen": ("unseen-code", "shapes-of-applications", "reading-applications"),
    "frameworks": ("django", "library-models", "tasks-and-web"),
}


@dataclass(frozen=True)
class Score:
    right: int
    wrong: int
    lost: int

    @property
    def recall(self) -> float:
        return 100 * self.right / (self.right + self.lost) if self.right + self.lost else 100.0

    @property
    def precision(self) -> float:
        return 100 * self.right / (self.right + self.wrong) if self.right + self.wrong else 100.0


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.engines", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--semgrep", type=Path, help="the program of Semgrep")
    parser.add_argument("--pyre", type=Path, help="the program of Pyre, in an environment with pyrefly")
    parser.add_argument("--write", type=Path, help="save the table")
    parser.add_argument("--files", action="store_true", help="a line for each file instead of each family")
    parser.add_argument(
        "--list", nargs="*", metavar="FILE", help="print where another engine is right and privlint not"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        work = Path(made).resolve()
        root = work / "tree"
        root.mkdir()
        placed, left_out = place_all(root)
        found = {"privlint": ours(placed)}
        if arguments.semgrep:
            found["Semgrep CE"] = run_semgrep(arguments.semgrep.absolute(), root, placed, work)
        if arguments.pyre:
            found["Pysa"] = run_pysa(arguments.pyre.absolute(), root, placed, work)
    groups = by_file(placed) if arguments.files else FAMILIES
    text = "\n".join([*table(placed, found, groups), "", f"{len(placed)} cases, {left_out} left out.", ""])
    print(text)
    if arguments.write:
        arguments.write.write_text(text, encoding="utf-8")
    if arguments.list is not None:
        print("\n".join(differences(placed, found, arguments.list)))


def ours(placed: Sequence[Placed]) -> Lines:
    """(path in the tree, line) of privlint's own findings."""
    found: Lines = set()
    for one in placed:
        for diagnostic in analyse_case(one.case):
            if diagnostic.code in one.case.rules and not diagnostic.suppressed and diagnostic.path in one.paths:
                found.add((one.paths[diagnostic.path], diagnostic.line))
    return found


def score(placed: Iterable[Placed], found: Lines) -> Score:
    right = wrong = lost = 0
    for one in placed:
        truths = {(one.paths[path], line) for path, line in one.truths}
        told = {place for place in found if place[0].split("/")[0] == one.package}
        right += len(told & truths)
        wrong += len(told - truths)
        lost += len(truths - told)
    return Score(right, wrong, lost)


def by_file(placed: Sequence[Placed]) -> dict[str, tuple[str, ...]]:
    return {name: (name,) for name in sorted({one.family for one in placed})}


def table(placed: Sequence[Placed], found: dict[str, Lines], groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """A Markdown table; cells are recall / precision in percent."""
    yield "| family | cases | lines reached | lines clean | " + " | ".join(found) + " |"
    yield "|---|--:|--:|--:|" + "--:|" * len(found)
    everything = tuple({one.family: None for one in placed})
    for name, files in {**groups, "**all**": everything}.items():
        members = [one for one in placed if one.family in files]
        reached = sum(len(one.truths) for one in members)
        clean = sum(len(one.sinks - one.truths) for one in members)
        cells = [f"{s.recall:.0f} / {s.precision:.0f}" for s in (score(members, lines) for lines in found.values())]
        yield f"| {name} | {len(members)} | {reached} | {clean} | " + " | ".join(cells) + " |"


def differences(placed: Sequence[Placed], found: dict[str, Lines], families: Sequence[str]) -> Iterator[str]:
    """Lines at which privlint is wrong and another engine right."""
    own = found["privlint"]
    for one in placed:
        if families and one.family not in families:
            continue
        for path, line in sorted(one.sinks):
            place, truth = (one.paths[path], line), (path, line) in one.truths
            better = [name for name, lines in found.items() if (place in lines) == truth]
            if (place in own) != truth and better:
                what = "missed" if truth else "false"
                where = f"{one.case.source}:{one.case.line} {one.case.name}: {path}:{line}"
                yield f"{where} {what}; right: {', '.join(better)}"


if __name__ == "__main__":
    main()
