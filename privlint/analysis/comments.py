"""Comments that declare data: which field, parameter or line they stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.analysis.flow import FileProblem
from privlint.analysis.marks import Mark, comment_kind, parse_mark
from privlint.analysis.symbols import Function
from privlint.ir import Comment, FieldDef, ParamDef, Problem

if TYPE_CHECKING:
    from privlint.analysis.program import Program


class CommentMarks:
    """Hands each comment to what it stands on: the last line of a statement counts as well as the first, and a comment
    on a line of its own speaks of what begins on the line below."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._open: dict[tuple[str, int], Comment] = {}
        self._taken: set[tuple[str, int]] = set()
        self._crowded: set[tuple[str, int]] = set()
        self._paths: set[str] = set()
        for module in program.modules.values():
            for comment in module.index.comments:
                if comment_kind(comment) == "mark":
                    self._open[module.path, comment.line] = comment
                    self._paths.add(module.path)

    def of_field(self, path: str, field: FieldDef) -> Mark | None:
        if path not in self._paths:
            return None
        return self._take(path, range(field.line, max(field.line, field.end_line) + 1))

    def of_param(self, path: str, function: Function, param: ParamDef) -> Mark | None:
        if path not in self._paths:
            return None
        params = function.definition.params[1:] if function.owner else function.definition.params
        beside = [other for other in params if other.line == param.line]
        if len(beside) > 1:
            self._crowded.add((path, param.line))
            return None
        return self._take(path, range(param.line, param.line + 1)) if param in beside else None

    def _take(self, path: str, lines: range) -> Mark | None:
        for line in lines:
            comment = self._open.get((path, line))
            if comment is not None and not comment.own_line:
                self._taken.add((path, line))
                return parse_mark(comment.text)
        above = self._open.get((path, lines.start - 1))
        if above is not None and above.own_line:
            self._taken.add((path, above.line))
            return parse_mark(above.text)
        return None

    def rest(self) -> dict[tuple[str, int], Mark]:
        """Marks inside functions that stand on no parameter, by (path, line)."""
        found = {}
        for path, line in sorted(self._left()):
            mark = parse_mark(self._open[path, line].text)
            if mark is not None and self._in_body(path, line):
                below = 1 if self._open[path, line].own_line else 0
                found[path, line + below] = mark
        return found

    def problems(self) -> list[FileProblem]:
        found = []
        for path, line in sorted(self._open):
            comment = self._open[path, line]
            message = ""
            if parse_mark(comment.text) is None:
                message = "this comment names no category"
            elif (path, line) in self._crowded and (path, line) not in self._taken:
                message = "this comment stands on several parameters; put each on a line of its own"
            elif (path, line) in self._left() and not self._in_body(path, line):
                message = "this comment stands on no field, parameter or variable"
            if message:
                found.append(FileProblem(path, Problem("PRV903", message, line, comment.column)))
        return found

    def _left(self) -> set[tuple[str, int]]:
        return self._open.keys() - self._taken - self._crowded

    def _in_body(self, path: str, line: int) -> bool:
        unit = self._program.unit_at(path, line)
        return unit in self._program.functions
