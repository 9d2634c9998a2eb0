"""The whole of privlint on one page: index, link, solve, check, suppress."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import msgspec

from privlint import checks, suppress
from privlint.analysis import analyse
from privlint.analysis.flow import FileProblem, Findings
from privlint.analysis.program import build_program, find_roots
from privlint.cache import StoredRun
from privlint.deep import run_deep
from privlint.diagnostics import Diagnostic, Summary
from privlint.engine.earlier import Earlier
from privlint.engine.indexing import index_files
from privlint.engine.lowering import Lowering
from privlint.engine.reuse import KeptAnalysis, reuse
from privlint.engine.rule_list import RULES
from privlint.knowledge.load import load_catalogue, load_jurisdictions, load_models, load_taxonomy
from privlint.knowledge.merge import extend, merge
from privlint.policy.load import lock_of, stating_file
from privlint.policy.project_models import project_library
from privlint.policy.sources import display_name, read_sources

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from privlint.cache import Records
    from privlint.engine.progress import Progress
    from privlint.engine.sources import Sources
    from privlint.engine.workers import Workers
    from privlint.ir import ModuleIndex
    from privlint.models import Models
    from privlint.policy.record import Record
    from privlint.policy.types import Policy


class Task(msgspec.Struct):
    """What is to be judged by what. `roots` are import roots beside those that are found; `basis` stands for all that
    the analysis is told beside the files, empty if nothing is to be kept for another run."""

    sources: Sources
    policy: Policy
    today: datetime.date
    roots: tuple[str, ...] = ()
    policy_only: tuple[str, ...] = ()  # rules that only an exception of the policy may silence
    basis: bytes = b""


def judge(task: Task, records: Records, workers: Workers, progress: Progress) -> StoredRun:
    """All findings, the silenced ones included, sorted; paths are relative to the project root."""
    return _judged(task, records, workers, progress)[0]


def judge_and_record(task: Task, records: Records, workers: Workers, progress: Progress) -> tuple[StoredRun, Record]:
    """The same, and the record of processing that is made of it."""
    stored, found = _judged(task, records, workers, progress)
    return stored, checks.make_record(found, check_input(task), stored.diagnostics, stored.summary.files)


def _judged(task: Task, records: Records, workers: Workers, progress: Progress) -> tuple[StoredRun, Findings]:
    collects = gc.isenabled()
    gc.freeze()
    gc.disable()  # indexes and units are trees without cycles, and many
    try:
        indexes = index_files(task.sources, records, workers, progress)
        task.sources.let_go()
        found = _analysed(task, indexes, records, workers, progress)
    finally:
        gc.unfreeze()
        if collects:
            gc.enable()
    found.problems = problems_of(indexes, found)
    diagnostics = silence(checks.run_checks(found, check_input(task)), indexes, task)
    return StoredRun(diagnostics, summarise(indexes, found, diagnostics), found.unresolved), found


def _analysed(
    task: Task, indexes: Mapping[str, ModuleIndex], records: Records, workers: Workers, progress: Progress
) -> Findings:
    """What the analysis finds, or found before if no change since then concerns it."""
    kept = records.load_analysis(task.basis, KeptAnalysis) if task.basis else None
    now = reuse(kept, indexes, task.sources, records) if kept is not None else None
    if now is None:
        earlier = Earlier(kept.files if kept is not None else {}, task.sources, records)
        now = _analyse(task, indexes, records, workers, progress, earlier)
    if task.basis:
        records.keep_analysis(task.basis, now)
    return now.found


def _analyse(
    task: Task,
    indexes: Mapping[str, ModuleIndex],
    records: Records,
    workers: Workers,
    progress: Progress,
    earlier: Earlier,
) -> KeptAnalysis:
    """What the analysis finds and sees."""
    models = models_for(indexes, task.policy)
    roots = sorted({*find_roots(indexes), *task.roots})
    stored = sorted(name for name, model in models.classes.items() if model.stores)
    data = {name: (entry.category, entry.subject, entry.role) for name, entry in task.policy.data.items()}
    program = build_program(indexes, roots, data, stored)
    lowering = Lowering(program, task.sources, records, workers, progress, earlier)
    with progress.stage("following data"):
        purpose, lower, locate = task.policy.code_purpose, lowering.lower, lowering.locate
        found = run_deep(lambda: analyse(program, models, purpose, lower, locate))
    lowering.keep()
    lookups = program.lookups
    return KeptAnalysis(dict(task.sources.hashes), lowering.seen(lookups.answered), frozenset(lookups.asked), found)


def models_for(indexes: Mapping[str, ModuleIndex], policy: Policy) -> Models:
    """The project's own models, which win, and those of the libraries that it imports."""
    models = merge([project_library(policy)])
    extend(models, load_models(imported_names(indexes.values())))
    return models


def imported_names(indexes: Iterable[ModuleIndex]) -> set[str]:
    """Dotted names of modules that are imported, or may be: "a" and "a.b" for `from a import b`."""
    names: set[str] = set()
    for index in indexes:
        for each in index.imports:
            if not each.level:
                names.update({each.module, f"{each.module}.{each.name}"} if each.name else {each.module})
    return names - {""}


def problems_of(indexes: Mapping[str, ModuleIndex], found: Findings) -> list[FileProblem]:
    """What was not seen: by the index, and by the analysis."""
    problems = [FileProblem(path, problem) for path, index in indexes.items() for problem in index.problems]
    unique = {(each.path, each.problem): each for each in [*problems, *found.problems]}
    return sorted(unique.values(), key=lambda each: (each.path, each.problem.line, each.problem.column))


def check_input(task: Task) -> checks.CheckInput:
    return checks.CheckInput(
        policy=task.policy,
        jurisdictions=load_jurisdictions(),
        taxonomy=load_taxonomy(),
        catalogue=load_catalogue(),
        today=task.today,
    )


def silence(diagnostics: list[Diagnostic], indexes: Mapping[str, ModuleIndex], task: Task) -> list[Diagnostic]:
    """The findings, those silenced in the code marked, and new ones about comments that do not work."""
    suppressions: list[suppress.Suppression] = []
    spans: dict[str, suppress.FileSpans] = {}
    for path, index in indexes.items():
        read, problems = suppress.find_suppressions(index.comments, path)
        suppressions += read
        diagnostics = [*diagnostics, *problems]
        if read:
            spans[path] = suppress.read_spans("\n".join(task.sources.lines(path)), index.functions)
    return suppress.apply_suppressions(
        diagnostics, suppressions, spans, task.today, RULES, policy_only=task.policy_only
    )


def summarise(indexes: Mapping[str, ModuleIndex], found: Findings, diagnostics: list[Diagnostic]) -> Summary:
    recipients = {flow.sink.recipient or flow.sink.host for flow in found.flows}
    recipients |= {service.recipient for service in found.services}
    return Summary(
        files=len(indexes),
        not_analysed=len({each.path for each in found.problems}),
        fields=len(found.declarations),
        units=found.counts.units,
        units_lowered=found.counts.lowered,
        flows=len(found.flows),
        recipients=len(recipients - {""}),
        unresolved=found.counts.unresolved,
        cut=found.counts.cut,
        suppressed=sum(bool(each.suppressed) for each in diagnostics),
        baselined=sum(each.baselined for each in diagnostics),
    )


def policy_inputs(policy: Policy, path: Path, root: Path) -> list[str]:
    """What else was read with the policy: what it extends, its prose, its lock; relative to the root, sorted."""
    sources = read_sources(path, root)
    names = {display_name(lock_of(path), root), *(source.name for source in sources.files[1:])}
    if policy.policy.prose:
        stating = stating_file(sources, ("policy", "prose")).file
        names.add(display_name(stating.parent / policy.policy.prose, root))
    return sorted(names)
