"""From a linked program and models to flows: types on demand, source-driven solving, traces, purposes."""

from __future__ import annotations

from privlint.analysis.analyse import analyse

__all__ = ["analyse"]
