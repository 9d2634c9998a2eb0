"""One run over one program: the stored result if nothing changed, else the pipeline."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from privlint.cache import (
    CacheError,
    Hashes,
    Records,
    Store,
    StoredRun,
    cache_folder,
    combine,
    hash_content,
    prepare,
    tool_key,
)
from privlint.diagnostics import Confidence, Diagnostic, Severity, Summary
from privlint.engine.present import add_frames, relate_paths
from privlint.engine.progress import Progress
from privlint.engine.sources import Sources, in_memory, split_lines
from privlint.engine.workers import Workers, default_jobs
from privlint.project import ProjectError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Executor

    from privlint.models import Taxonomy
    from privlint.policy.types import Policy, PolicyErrors
    from privlint.project import Program


class RunOptions(msgspec.Struct):
    """`buffers` take the place of files on disk, by path relative to the root. `executor` replaces own processes."""

    jobs: int = 0
    cache: bool = True
    today: datetime.date = msgspec.field(default_factory=datetime.date.today)
    buffers: dict[str, bytes] = {}
    progress: Progress = msgspec.field(default_factory=Progress)
    executor: Executor | None = None


class Outcome(msgspec.Struct):
    """What a run found: everything, silenced findings included, sorted, with paths as they are shown.

    `judged` is false if the policy is not valid: then the diagnostics are its errors and nothing else was looked at.
    `notes` are for people: what the cache did, what was left out."""

    diagnostics: list[Diagnostic]
    summary: Summary
    judged: bool = True
    replayed: bool = False
    notes: list[str] = []


def run_program(program: Program, options: RunOptions) -> Outcome:
    """Analyses one program from disk. Raises ProjectError for what keeps it from beginning."""
    root = program.project.root
    store = _open_store(root) if options.cache else Store(None)
    records = Records(store, tool_key())
    hashes = Hashes(store, root)
    known = {**hashes.of(program.files), **{path: hash_content(text) for path, text in options.buffers.items()}}
    sources = Sources(
        known, {**hashes.contents, **options.buffers}, lambda path: (root / path).read_bytes(), hashes.unreadable
    )
    policy = _Inputs(program, hashes, records)
    key = policy.run_key(known, hashes.unreadable, options.today)
    stored = records.load_run(key)
    notes = [store.note] if store.note else []
    outcome = Outcome([], Summary(), replayed=stored is not None, notes=notes)
    if stored is None:
        stored, outcome.judged = _judge(program, sources, records, options)
        if outcome.judged:
            policy.keep()
            records.keep_run(policy.run_key(known, hashes.unreadable, options.today), stored)
    records.commit()
    store.close()
    outcome.diagnostics = sorted(relate_paths(stored.diagnostics, root, Path.cwd()), key=Diagnostic.sort_key)
    outcome.summary = msgspec.structs.replace(stored.summary, skipped=program.skipped)
    return outcome
