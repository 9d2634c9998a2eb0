"""Links a project that a test writes down."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from textwrap import dedent

from privlint.analysis.program import Program, build_program, find_roots
from privlint.frontend.index import index_source


def link(
    files: Mapping[str, str],
    data: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str]] | None = None,
    stored_bases: Collection[str] = (),
    roots: list[str] | None = None,
) -> Program:
    """The program of these files; texts are dedented."""
    indexes = {path: index_source(dedent(text).encode()) for path, text in files.items()}
    for path, index in indexes.items():
        assert index.problems == [], (path, index.problems)
    return build_program(indexes, find_roots(indexes) if roots is None else roots, data, stored_bases)


def means(program: Program, module: str, dotted: str, scope: str = "") -> str:
    """ "kind name" of what a name stands for, "" if nothing."""
    symbol = program.resolve(module, dotted, scope)
    return f"{symbol.kind} {symbol.name}" if symbol is not None else ""
