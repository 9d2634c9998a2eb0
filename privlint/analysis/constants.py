"""What a string is, as far as the code tells: hosts, regions, DSNs."""

from __future__ import annotations

from privlint import ir
from privlint.analysis.arguments import argument_value
from privlint.analysis.bounds import MAX_TEXT_DEPTH
from privlint.analysis.code import Code
from privlint.analysis.makers import Makers
from privlint.analysis.types import TypeQuery

HOLE = "\0"
_UNKNOWN = (HOLE,)
_MAX_TEXTS = 4
_ENVIRONMENT = frozenset({"os.environ.get", "os.getenv"})
_KEEPING = frozenset({"strip", "rstrip", "lstrip", "lower", "encode", "decode"})


class Constants:
    """`texts` of a value: its possible strings, with a hole for each part that is not known."""

    def __init__(self, query: TypeQuery, makers: Makers) -> None:
        self._query = query
        self._makers = makers
        self._open: set[tuple[str, int, int]] = set()

    def texts(self, code: Code, value: int) -> tuple[str, ...]:
        key = (code.unit, code.body, value)
        if value < 0 or key in self._open or len(self._open) > MAX_TEXT_DEPTH:
            return _UNKNOWN
        self._open.add(key)
        try:
            found = self._read(code, code.code[value])
        finally:
            self._open.discard(key)
        return tuple(dict.fromkeys(found))[:_MAX_TEXTS] or _UNKNOWN

    def constant(self, code: Code, value: int) -> str | int | float | bool | None:
        """The value of a literal; None if it is none."""
        instr = code.code[value] if value >= 0 else None
        return instr.value if isinstance(instr, ir.Const) else None

    def _read(self, code: Code, instr: ir.AnyInstr) -> tuple[str, ...]:
        if isinstance(instr, ir.Const):
            return (str(instr.value),) if instr.value is not None else ()
        if isinstance(instr, ir.Text):
            return self._joined(code, instr.parts)
        if isinstance(instr, ir.Operate):
            return self._operated(code, instr)
        if isinstance(instr, ir.Join):
            return tuple(t for v in instr.values for t in self.texts(code, v))
        if isinstance(instr, ir.After | ir.Typed | ir.Await):
            return self.texts(code, instr.value)
        if isinstance(instr, ir.Global | ir.Imported):
            return self._named(code, instr)
        if isinstance(instr, ir.Load):
            return self._attribute(code, instr)
        if isinstance(instr, ir.Call):
            return self._called(code, instr)
        if isinstance(instr, ir.Item):
            return self._item(code, instr)
        return self._param(code, instr) if isinstance(instr, ir.Param) else _UNKNOWN

    def _joined(self, code: Code, parts: tuple[int, ...]) -> tuple[str, ...]:
        found = [""]
        for part in parts:
            texts = self.texts(code, part)
            found = [left + right for left in found for right in texts][:_MAX_TEXTS]
        return tuple(found)

    def _operated(self, code: Code, instr: ir.Operate) -> tuple[str, ...]:
        if instr.operator.rstrip("=") == "+":
            return self._joined(code, instr.operands)
        if instr.operator == "%":
            return tuple(t.partition("%")[0] + HOLE for t in self.texts(code, instr.operands[0]))
        return _UNKNOWN

    def _named(self, code: Code, instr: ir.Global | ir.Imported) -> tuple[str, ...]:
        module, scope = self._query.scope(code)
        program = self._query.program
        if isinstance(instr, ir.Global):
            symbol = program.resolve(module, instr.name, scope)
        else:
            symbol = program.imported(module, instr.module, instr.name, instr.level)
        return self._variable(symbol.name) if symbol is not None and symbol.kind == "variable" else _UNKNOWN

    def _variable(self, name: str) -> tuple[str, ...]:
        module, _, variable = name.partition(":")
        owner, _, attr = variable.rpartition(".")
        return self.bound(f"{module}:{owner}", attr)

    def bound(self, unit: str, name: str) -> tuple[str, ...]:
        """Texts that a module or class body binds to `name`."""
        code = self._query.units.code(unit)
        writes = (i for i in code.code if isinstance(i, ir.SetGlobal) and i.name == name)
        return tuple(t for i in writes for t in self.texts(code, i.value))

    def _attribute(self, code: Code, load: ir.Load) -> tuple[str, ...]:
        found: list[str] = []
        if load.attr == "value" and isinstance(code.code[load.base], ir.Load):  # of a member of an enumeration
            return self.texts(code, load.base)
        program = self._query.program
        for term in self._query.of(code, load.base):
            if term.kind == "module" and term.name in program.modules:
                found += self.bound(f"{term.name}:", load.attr)
            elif term.kind in ("obj", "class") and term.name in program.classes:
                found += self._field(term.name, load.attr)
        return tuple(found)

    def _field(self, class_id: str, name: str) -> tuple[str, ...]:
        member = self._query.program.find(class_id, name)
        if member is None or member.field is None:
            return ()
        record = self._query.program.classes[member.owner]
        found: list[str] = []
        for field in record.fields[name]:
            if field.where == "self":
                code = self._query.units.code(f"{record.module}:{field.unit}")
                stores = [i for i in code.code if isinstance(i, ir.Store) and i.attr == name]
                found += [t for i in stores for t in self.texts(code, i.value)]
            elif field.value is not None and field.value.kind == "const":
                found.append(str(field.value.value))
            else:
                found += self.bound(f"{record.module}:{field.owner}", name)
        return tuple(found)

    def _item(self, code: Code, instr: ir.Item) -> tuple[str, ...]:
        """What a display holds under a constant key: `HOSTS["eu"]`."""
        key = self.constant(code, instr.key)
        if key is None:
            return _UNKNOWN
        found: list[str] = []
        for place, value in self._makers.variable(code, instr.base):
            display = place.code[value]
            if not isinstance(display, ir.Build) or display.many:
                return _UNKNOWN
            keys = [self.constant(place, k) for k in display.keys] or list(range(len(display.values)))
            found += [t for k, v in zip(keys, display.values, strict=True) if k == key for t in self.texts(place, v)]
        return tuple(found)

    def _called(self, code: Code, call: ir.Call) -> tuple[str, ...]:
        func = code.code[call.func]
        if isinstance(func, ir.Load) and func.attr in _KEEPING:
            return self.texts(code, func.base)
        if isinstance(func, ir.Load) and func.attr == "format":
            return tuple(t.partition("{")[0] + HOLE for t in self.texts(code, func.base))
        names = {t.name for t in self._query.of(code, call.func) if t.kind == "ext"}
        if names & _ENVIRONMENT:
            default = argument_value(call, ("key", "default"), "default")
            return self.texts(code, default) if default >= 0 else _UNKNOWN
        if names & {"urllib.parse.urljoin", "builtins.str"}:
            first = self.texts(code, argument_value(call, ("base", "url"), "base"))
            return tuple(text if names & {"builtins.str"} else text.rstrip("/") + "/" + HOLE for text in first)
        returned = self._makers.returned(code, call)
        return tuple(text for place, value in returned for text in self.texts(place, value)) or _UNKNOWN

    def _param(self, code: Code, instr: ir.Param) -> tuple[str, ...]:
        """A parameter's default, or the constants that its few callers pass."""
        default = code.record.params[instr.index].default
        found: list[str] = []
        if default is not None and default.kind == "const" and isinstance(default.value, str):
            found.append(default.value)
        elif default is not None and default.kind == "name":
            module, scope = self._query.scope(code)
            symbol = self._query.program.resolve(module, default.text, scope.rpartition(".")[0])
            found += self._variable(symbol.name) if symbol is not None and symbol.kind == "variable" else ()
        passed = self._makers.passed(code, instr)
        if passed is None:
            return (*found, HOLE)
        return (*found, *(text for caller, value in passed for text in self.texts(caller, value)))
