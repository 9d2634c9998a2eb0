"""Where the nodes of a parsed text begin and end, without the white space around them.

LibCST's own provider makes a position and a range for every node, white space included, and loading it means loading
all of its metadata; what is told of a unit needs a few nodes. This is the same walk (a tree writes its text), counting
characters.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from libcst._nodes.internal import CodegenState

if TYPE_CHECKING:
    from types import TracebackType

    import libcst as cst

Span = tuple[int, int]
"""Offsets in the text, the second one exclusive."""


def spans_of(module: cst.Module) -> dict[int, Span]:
    """The span of each node of a tree, by the identity of the node."""
    state = _Spans(module.default_indent, module.default_newline)
    module._codegen(state)  # noqa: SLF001 - the walk that `Module.code` does, with another state
    return state.known


class _Spans(CodegenState):
    """`known[id(node)]` is the span of a node."""

    def __init__(self, default_indent: str, default_newline: str) -> None:
        super().__init__(default_indent, default_newline)
        self.offset = 0
        self.known: dict[int, Span] = {}
        self._starts: list[int] = []

    def add_indent_tokens(self) -> None:
        self.offset += sum(map(len, self.indent_tokens))

    def add_token(self, value: str) -> None:
        self.offset += len(value)

    def before_codegen(self, node: cst.CSTNode) -> None:
        del node
        self._starts.append(self.offset)

    def after_codegen(self, node: cst.CSTNode) -> None:
        start = self._starts.pop()
        if id(node) not in self.known:  # else it said itself where it begins
            self.known[id(node)] = (start, self.offset)

    def record_syntactic_position(  # type: ignore[override]  # a lighter manager does
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> AbstractContextManager[None]:
        return _Syntactic(self, node, start_node, end_node)


class _Syntactic(AbstractContextManager[None]):
    """What is written inside is the node itself, or reaches from one node in it to another."""

    __slots__ = ("_begin", "_end", "_node", "_start", "_state")

    def __init__(self, state: _Spans, node: cst.CSTNode, begin: cst.CSTNode | None, end: cst.CSTNode | None) -> None:
        self._state = state
        self._node = node
        self._begin = begin
        self._end = end
        self._start = state.offset

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        state = self._state
        start = self._start if self._begin is None else state.known[id(self._begin)][0]
        end = state.offset if self._end is None else state.known[id(self._end)][1]
        state.known[id(self._node)] = (start, end)
