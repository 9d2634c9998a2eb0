"""One run over one program: the stored result if nothing changed, else the pipeline."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from privlint.cache import (
    CacheError,
    Hashes,
    Records,
    Store,
    StoredRun,
    TrackedCacheError,
    cache_folder,
    combine,
    hash_content,
    prepare,
    tool_key,
)
from privlint.diagnostics import Confidence, Diagnostic, Summary, fingerprint
from privlint.engine.present import add_frames
from privlint.engine.progress import Progress
from privlint.engine.sources import Sources, in_memory, split_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from concurrent.futures import Executor

    from privlint.diagnostics import Rule
    from privlint.policy.record import Record
    from privlint.policy.types import Policy, PolicyError
    from privlint.project import Program


class RunOptions(msgspec.Struct):
    """`buffers` take the place of files on disk, by path relative to the root. `executor` replaces own processes.

    `record` asks for the record of processing. It is not stored: it is made anew of what the last analysis found, which
    is kept, so that without a change nothing is solved and LibCST is not loaded."""

    jobs: int = 0
    cache: bool = True
    today: datetime.date = msgspec.field(default_factory=datetime.date.today)
    buffers: dict[str, bytes] = {}
    progress: Progress = msgspec.field(default_factory=Progress)
    executor: Executor | None = None
    record: bool = False


class Outcome(msgspec.Struct):
    """What a run found: everything, silenced findings included, sorted, with paths relative to the project root.

    `judged` is false if the policy is not valid: then the diagnostics are its errors and nothing else was looked at.
    `warnings` are what everybody must know, `notes` what explains a slow run. `unresolved` as in StoredRun.
    `record`: if it was asked for and the policy is valid."""

    diagnostics: list[Diagnostic]
    summary: Summary
    judged: bool = True
    replayed: bool = False
    warnings: list[str] = []
    notes: list[str] = []
    unresolved: list[tuple[str, int, str]] = []
    record: Record | None = None


def run_program(program: Program, options: RunOptions) -> Outcome:
    """Analyses one program from disk. Raises ProjectError for what keeps it from beginning."""
    outcome = Outcome([], Summary())
    store = _open_store(program.project.root, outcome) if options.cache else Store(None)
    try:
        run = _Run(program, store, options)
        stored = None if options.record else run.replay()
        outcome.replayed = stored is not None
        if stored is None:
            stored, outcome.judged = run.judge()
        store.commit()
    finally:
        store.close()
    outcome.notes += [store.note] if store.note else []
    outcome.diagnostics = stored.diagnostics
    outcome.unresolved = stored.unresolved
    outcome.record = run.record
    outcome.summary = msgspec.structs.replace(stored.summary, skipped=program.skipped)
    return outcome


def _open_store(root: Path, outcome: Outcome) -> Store:
    try:
        return Store(prepare(cache_folder(root)))
    except TrackedCacheError as error:
        outcome.warnings.append(f"the cache is not used: {error}")
    except CacheError as error:
        outcome.notes.append(f"the cache is not used: {error}")
    return Store(None)


class _Run:
    """What a stored result stands for: the key of everything that decides it."""

    def __init__(self, program: Program, store: Store, options: RunOptions) -> None:
        self._project = program.project
        self._options = options
        self.record: Record | None = None
        self._policy = relative_name(self._project.policy, self._project.root)
        self._records = Records(store, tool_key())
        self._hashes = Hashes(store, self._project.root)
        self._sources = self._open_sources(program.files, options.buffers)

    def _open_sources(self, files: list[str], buffers: Mapping[str, bytes]) -> Sources:
        root = self._project.root
        on_disk = self._hashes.of(path for path in files if path not in buffers)
        given = {path: hash_content(content) for path, content in buffers.items()}
        contents, self._hashes.contents = self._hashes.contents, {}
        return Sources(
            {**on_disk, **given},
            contents,
            lambda path: (root / path).read_bytes(),
            dict(self._hashes.unreadable),
            buffers,
        )

    def replay(self) -> StoredRun | None:
        """The stored result, if nothing changed that a run reads: files, policy, settings, privlint, the day."""
        if self._policy not in self._hashes.of([self._policy]):
            return None
        return self._records.load_run(self._key(self._records.load_inputs(self._policy_key())))

    def judge(self) -> tuple[StoredRun, bool]:
        """The result of the pipeline, stored for the next run, and whether the policy is valid."""
        from privlint.engine import pipeline
        from privlint.engine.policy_comments import silence_in_policy
        from privlint.engine.workers import Workers, default_jobs

        root, settings = self._project.root, self._project.settings
        policy = read_policy(self._project.policy, root)
        if isinstance(policy, list):
            self._draw(policy)
            return StoredRun(policy, Summary(files=len(self._sources.paths))), False
        task = pipeline.Task(
            self._sources,
            policy,
            self._options.today,
            roots=tuple(self._root_name(name) for name in settings.source_roots),
            policy_only=settings.require_exceptions_in_policy,
        )
        inputs = pipeline.policy_inputs(policy, self._project.policy, root)
        key = self._key(inputs)  # of the policy that was read, whatever is written into it while the code is analysed
        task.basis = self._basis(inputs)
        with Workers(self._options.jobs or default_jobs(), self._options.executor) as workers:
            if self._options.record:
                judged = pipeline.judge_and_record(task, self._records, workers, self._options.progress)
                stored, self.record = judged
            else:
                stored = pipeline.judge(task, self._records, workers, self._options.progress)
        stored.diagnostics = silence_in_policy(
            stored.diagnostics,
            policy,
            lambda name: read_lines(root / name),
            task.today,
            policy_only=task.policy_only,
            active=("PRV003", "PRV108"),
        )
        self._draw(stored.diagnostics)
        self._records.keep_inputs(self._policy_key(), inputs)
        self._records.keep_run(key, stored)
        return stored, True

    def _draw(self, diagnostics: list[Diagnostic]) -> None:
        def lines_of(path: str) -> list[str]:
            return self._sources.lines(path) or read_lines(self._project.root / path)

        add_frames(diagnostics, lines_of)

    def _policy_key(self) -> bytes:
        return combine({self._policy: self._hashes.of([self._policy]).get(self._policy, b"")})

    def _key(self, inputs: list[str]) -> bytes:
        parts = {f"file:{path}": content for path, content in self._sources.hashes.items()}
        parts |= {f"file:{path}": reason.encode() for path, reason in self._sources.unreadable.items()}
        parts["basis"] = self._basis(inputs)
        parts["exceptions"] = "\0".join(self._project.settings.require_exceptions_in_policy).encode()
        parts["today"] = self._options.today.isoformat().encode()
        return combine(parts)

    def _basis(self, inputs: list[str]) -> bytes:
        """Stands for what the analysis is told beside the files: the policy, and where imports begin."""
        names = [self._policy, *inputs]
        parts = {f"policy:{name}": content for name, content in self._hashes.of(names).items()}
        parts["roots"] = "\0".join(map(self._root_name, self._project.settings.source_roots)).encode()
        return combine(parts)

    def _root_name(self, name: str) -> str:
        """A source root as the program names it: relative to the project root."""
        folder = self._project.settings.folder or self._project.root
        return relative_name(folder / name, self._project.root)


def relative_name(path: Path, root: Path) -> str:
    """POSIX path relative to the root, "" for the root itself; with ".." where it lies outside."""
    name = Path(os.path.relpath(path, root)).as_posix()
    return "" if name == "." else name


def read_lines(path: Path) -> list[str]:
    try:
        return split_lines(path.read_text("utf-8-sig", "replace"))
    except OSError:
        return []


def read_policy(path: Path, root: Path) -> Policy | list[Diagnostic]:
    """The policy, or its errors as findings with the lines around them, paths relative to the root."""
    from privlint.engine.rule_list import INVALID_POLICY, RULES
    from privlint.knowledge.load import load_taxonomy
    from privlint.policy.load import load_policy
    from privlint.policy.types import PolicyErrors

    try:
        return load_policy(path, load_taxonomy(), root=root, rules={rule.code: rule.name for rule in RULES})
    except PolicyErrors as errors:
        found = [_as_diagnostic(error, INVALID_POLICY) for error in errors.errors]
    add_frames(found, lambda name: read_lines(root / name))
    return found


def _as_diagnostic(error: PolicyError, rule: Rule) -> Diagnostic:
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        confidence=Confidence.CERTAIN,
        message=error.message,
        path=error.path,
        line=error.line,
        column=error.column,
        end_line=error.line,
        end_column=error.end_column,
        help=(error.hint,) if error.hint else (),
        fingerprint=fingerprint(rule.code, (), "", error.path, error.message, 0),
    )


def analyse_sources(
    files: Mapping[str, str | bytes],
    policy: str,
    *,
    today: datetime.date | None = None,
    roots: tuple[str, ...] = (),
    jobs: int = 1,
) -> list[Diagnostic]:
    """All findings in files that are given by POSIX path: the same pipeline without a project on disk.

    `policy` is the text of privlint.toml; what it names (prose, `extends`) may stand among `files`. The errors of a
    policy that is not valid are its only findings."""
    texts = {path: content.encode() if isinstance(content, str) else content for path, content in files.items()}
    code = {path: content for path, content in texts.items() if path.endswith((".py", ".pyi"))}
    loaded = _load_from_memory({**texts, "privlint.toml": policy.encode()}, without=code)
    if isinstance(loaded, list):
        return loaded
    from privlint.engine import pipeline
    from privlint.engine.workers import Workers

    sources = in_memory(code)
    task = pipeline.Task(sources, loaded, today or datetime.date.today(), roots=roots)
    with Workers(jobs) as workers:
        diagnostics = pipeline.judge(task, Records(Store(None), tool_key()), workers, Progress()).diagnostics
    shown = {"privlint.toml": split_lines(policy)}
    add_frames(diagnostics, lambda path: shown.get(path) or sources.lines(path))
    return diagnostics


def _load_from_memory(files: Mapping[str, bytes], without: Collection[str]) -> Policy | list[Diagnostic]:
    """The loader reads files, so that a policy and what it names lie in a folder for as long as it does."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for name, content in files.items():
            if name not in without:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_bytes(content)
        return read_policy(root / "privlint.toml", root)
