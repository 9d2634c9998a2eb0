"""Prints, as JSON, what the analysis of one project counts; no workers, no cache, so CPU time is that of one core."""

from __future__ import annotations

import datetime
import json
import sys
import time
from pathlib import Path
from typing import Any

from privlint.analysis import analyse
from privlint.analysis.flow import Findings
from privlint.engine import pipeline
from privlint.engine.run import RunOptions, run_program
from privlint.project import find_programs


def main(root: Path) -> None:
    kept: list[Findings] = []
    spent: list[float] = []
    real = analyse

    def timed(*arguments: Any) -> Findings:
        started = time.process_time()
        kept.append(real(*arguments))
        spent.append(time.process_time() - started)
        return kept[-1]

    setattr(pipeline, "analyse", timed)  # noqa: B010 - the pipeline keeps nothing that only a benchmark needs
    started = time.process_time()
    (program,) = find_programs([root])
    outcome = run_program(program, RunOptions(jobs=1, cache=False, today=datetime.date(2026, 11, 23)))
    total = time.process_time() - started
    counts, facts = kept[0].counts, kept[0].counts.facts or [0]
    lines = sum(path.read_bytes().count(b"\n") for path in root.rglob("*.py"))
    figures = {
        "lines": lines,
        "lines_per_cpu_s": round(lines / total),
        "one_core_cpu_s": round(total, 2),
        "analysis_cpu_s": round(spent[0], 2),
        "units": counts.units,
        "units_lowered": counts.lowered,
        "units_reached": counts.reached,
        "facts": sum(facts),
        "facts_median": facts[len(facts) // 2],
        "facts_p99": facts[len(facts) * 99 // 100],
        "facts_max": facts[-1],
        "steps": counts.steps,
        "cut": counts.cut,
        "unresolved": counts.unresolved,
        "flows": len(kept[0].flows),
        "findings": len(outcome.diagnostics),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
