"""Which fields, parameters, variables and results are declared as personal data, and how."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from privlint.analysis.comments import CommentMarks
from privlint.analysis.flow import Declaration, FileProblem
from privlint.analysis.marks import Mark, Marks
from privlint.analysis.receivers import is_property
from privlint.analysis.symbols import Class, Function, Symbol
from privlint.ir import Expr, FieldDef, ParamDef, Problem

if TYPE_CHECKING:
    from privlint.analysis.program import Program


class Conflict(msgspec.Struct, frozen=True):
    """Two declarations of one thing that disagree in category, or both name a subject and disagree in it."""

    first: Declaration
    second: Declaration


class Declarations:
    """`all` is sorted by path and line; the maps hold positions in it.

    `fields` by (class id, attribute), inherited ones included; `params` by (function id, name); `returns` by function
    id; `variables` by "module:name". `line_marks` by (path, line) are comments inside functions that stand on no
    parameter: they speak of the local variables of that line. `unmatched_data` are names of `[data]` that match no
    code, `problems` markers and comments that declare nothing.
    """

    def __init__(
        self,
        program: Program,
        marks: Marks,
        data: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str]],
        stored_bases: Collection[str],
    ) -> None:
        self._program = program
        self._marks = marks
        self._stored = frozenset(stored_bases)
        self._comments = CommentMarks(program)
        self._found: list[tuple[str, tuple[str, str], Declaration]] = []  # (kind, key, declaration)
        self._first: dict[tuple[str, tuple[str, str]], Declaration] = {}
        self.conflicts: list[Conflict] = []
        self.unmatched_data: list[str] = []
        self._collect_fields()
        self._collect_functions()
        for name in sorted(data):
            self._add_data(name, *data[name])
        self._arrange()
        self._inherit()
        self.line_marks = self._comments.rest()
        self.problems = sorted(
            [*self._unreadable(), *self._comments.problems()],
            key=lambda found: (found.path, found.problem.line, found.problem.message),
        )

    def from_annotation(self, module: str, scope: str, expr: Expr) -> Mark | None:
        """(categories, subjects, role) that an annotation declares: for local variables, which no index knows."""
        return self._marks.from_annotation(module, scope, expr)

    # --------------------------------------------------------------------------------------------------- collecting

    def _collect_fields(self) -> None:
        for module in self._program.modules.values():
            for field in module.index.fields:
                mark = self._field_mark(module.name, field)
                if mark is not None:
                    self._add_field(module.name, field, mark, "annotation")
                comment = self._comments.of_field(module.path, field)
                if comment is not None:
                    self._add_field(module.name, field, comment, "comment")

    def _field_mark(self, module: str, field: FieldDef) -> Mark | None:
        scope = field.unit or field.owner
        mark = self._marks.from_annotation(module, scope, field.annotation, field.line)
        if mark is None and field.value is not None and field.value.kind == "call":
            for arg in field.value.args[1:]:  # `attr.ib(type=Email)`
                if arg.kind == "kw" and arg.text == "type":
                    return self._marks.from_annotation(module, scope, arg.args[0], field.line)
        return mark

    def _add_field(self, module: str, field: FieldDef, mark: Mark, by: str) -> None:
        owner = f"{module}.{field.owner}" if field.owner else ""
        if owner and owner not in self._program.classes:
            return
        name = f"{owner or module}.{field.name}"
        place = (self._program.modules[module].path, field.line, field.column)
        key = (owner, field.name) if owner else (module, field.name)
        self._add("field" if owner else "variable", key, name, mark, by, place, owner)

    def _collect_functions(self) -> None:
        for function in self._program.functions.values():
            definition = function.definition
            path = self._program.modules[function.module].path
            scope = definition.qualname
            for param in definition.params:
                mark = self._marks.from_annotation(function.module, scope, param.annotation, param.line)
                if mark is not None:
                    self._add_param(function, param, mark, "annotation")
                comment = self._comments.of_param(path, function, param)
                if comment is not None:
                    self._add_param(function, param, comment, "comment")
            result = self._marks.from_annotation(function.module, scope, definition.returns, definition.def_line)
            if result is not None:
                self._add_result(function, result, "annotation")

    def _add_param(self, function: Function, param: ParamDef, mark: Mark, by: str) -> None:
        name = f"{function.module}.{function.definition.qualname}.{param.name}"
        place = (self._program.modules[function.module].path, param.line or function.definition.def_line, 1)
        self._add("param", (function.id, param.name), name, mark, by, place, "")

    def _add_result(self, function: Function, mark: Mark, by: str) -> None:
        name = f"{function.module}.{function.definition.qualname}.return"
        definition = function.definition
        place = (self._program.modules[function.module].path, definition.def_line, definition.column)
        self._add("return", (function.id, ""), name, mark, by, place, "")

    def _add(
        self, kind: str, key: tuple[str, str], name: str, mark: Mark, by: str, place: tuple[str, int, int], owner: str
    ) -> None:
        subjects = mark.subjects or (self._marks.subjects.get(owner, ()) if owner else ())
        stored = bool(owner) and not self._stored.isdisjoint(self._program.classes[owner].mro)
        made = Declaration(name, mark.categories, subjects, mark.role, by, *place, owner, stored)
        first = self._first.setdefault((kind, key), made)
        if first is made:
            self._found.append((kind, key, made))
        else:
            self._compare(first, made)

    def _compare(self, first: Declaration, second: Declaration) -> None:
        subjects = first.subjects and second.subjects and set(first.subjects) != set(second.subjects)
        if set(first.categories) != set(second.categories) or subjects:
            self.conflicts.append(Conflict(first, second))

    # --------------------------------------------------------------------------------------------------- the policy

    def _add_data(self, name: str, categories: tuple[str, ...], subjects: tuple[str, ...], role: str) -> None:
        mark = Mark(categories, subjects, role)
        for module, rest in self._splits(name):
            if rest and self._add_named(module, rest, mark):
                return
        self.unmatched_data.append(name)

    def _splits(self, name: str) -> Iterator[tuple[str, list[str]]]:
        """(module, remaining names), the longest module first."""
        parts = name.split(".")
        for size in range(len(parts) - 1, 0, -1):
            module = self._program.module_named(".".join(parts[:size]))
            if module:
                yield module, parts[size:]

    def _add_named(self, module: str, rest: list[str], mark: Mark) -> bool:
        *outer, last = rest
        if not outer:
            return self._add_variable(module, last, mark)
        symbol = self._walk(module, outer)
        if symbol is None:
            return False
        if symbol.kind == "class":
            return self._add_class_field(self._program.classes[symbol.name], last, mark)
        if symbol.kind == "function":
            return self._add_function_part(self._program.functions[symbol.name], last, mark)
        return False

    def _walk(self, module: str, names: list[str]) -> Symbol | None:
        path = ".".join(names)
        if f"{module}.{path}" in self._program.classes:
            return Symbol("class", f"{module}.{path}")
        symbol: Symbol | None = Symbol("module", module)
        for name in names:
            symbol = self._program.member(symbol, name) if symbol is not None else None
        if symbol is None and f"{module}:{path}" in self._program.functions:
            return Symbol("function", f"{module}:{path}")
        return symbol if symbol is None or symbol.kind in ("class", "function") else None

    def _add_variable(self, module: str, name: str, mark: Mark) -> bool:
        for field in self._program.modules[module].index.fields:
            if field.where == "module" and field.name == name:
                self._add_field(module, field, mark, "data")
                return True
        return False

    def _add_class_field(self, record: Class, name: str, mark: Mark) -> bool:
        member = self._program.find(record.id, name)
        if member is not None and member.function:
            function = self._program.functions[member.function]
            if is_property(function):
                self._add_result(function, mark, "data")
        elif member is None and not any(base not in self._program.classes for base in record.mro):
            return False
        line, column = record.definition.def_line, record.definition.column
        if member is not None and member.field is not None and member.owner == record.id:
            first = record.fields[name][0]
            line, column = first.line, first.column
        path = self._program.modules[record.module].path
        key = (record.id, name)
        self._add("field", key, f"{record.id}.{name}", mark, "data", (path, line, column), record.id)
        return True

    def _add_function_part(self, function: Function, name: str, mark: Mark) -> bool:
        if name == "return":
            self._add_result(function, mark, "data")
            return True
        for param in function.definition.params:
            if param.name == name:
                self._add_param(function, param, mark, "data")
                return True
        return False

    # ----------------------------------------------------------------------------------------------------- results

    def _arrange(self) -> None:
        self._found.sort(key=lambda item: (item[2].path, item[2].line, item[2].column, item[2].name))
        self.all: list[Declaration] = [made for _, _, made in self._found]
        self.fields: dict[tuple[str, str], int] = {}
        self.params: dict[tuple[str, str], int] = {}
        self.returns: dict[str, int] = {}
        self.variables: dict[str, int] = {}
        for number, (kind, key, _) in enumerate(self._found):
            if kind == "field":
                self.fields[key] = number
            elif kind == "param":
                self.params[key] = number
            elif kind == "return":
                self.returns[key[0]] = number
            else:
                self.variables[f"{key[0]}:{key[1]}"] = number

    def _inherit(self) -> None:
        own: dict[str, list[tuple[str, int]]] = {}
        for (owner, name), number in self.fields.items():
            own.setdefault(owner, []).append((name, number))
        for class_id, record in self._program.classes.items():
            for base in record.mro[1:]:
                for name, number in own.get(base, ()):
                    kept = self.fields.setdefault((class_id, name), number)
                    if self.all[kept].owner == class_id:
                        self._compare(self.all[number], self.all[kept])

    def _unreadable(self) -> list[FileProblem]:
        found = dict.fromkeys(self._marks.unreadable)
        return [FileProblem(path, Problem("PRV903", message, line)) for path, line, message in found]
