"""Prints how many findings the Markdown cases expect, and how many known gaps they carry: `python -m tests.gaps`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.mdtest import read_cases

ROOT = Path(__file__).resolve().parent.parent
GROUPS = {
    "rules": ROOT / "rules" / "diagnostics",
    "language": ROOT / "tests" / "flows",
    "libraries": ROOT / "rules" / "libraries",
}


def count_marks(folder: Path) -> Counter[str]:
    """Numbers of `cases`, of expectations `found`, `MISSING` and `SPURIOUS` in the Markdown files of a folder."""
    counts: Counter[str] = Counter()
    for path in sorted(folder.glob("*.md")):
        for case in read_cases(path):
            counts["cases"] += 1
            counts.update(expectation.mark or "found" for expectation in case.expectations)
    return counts


def main() -> None:
    print(f"{'':10}{'cases':>7}{'found':>7}{'missed':>8}{'false':>7}")
    for name, folder in GROUPS.items():
        counts = count_marks(folder)
        print(f"{name:10}{counts['cases']:>7}{counts['found']:>7}{counts['MISSING']:>8}{counts['SPURIOUS']:>7}")


if __name__ == "__main__":
    main()
