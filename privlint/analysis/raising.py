"""Which handlers take an exception: where the class of what is raised is known, those of other classes do not."""

from __future__ import annotations

from collections.abc import Iterator

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.paths import Path
from privlint.analysis.types import TypeQuery

_SYNONYMS = frozenset({"builtins.IOError", "builtins.EnvironmentError"})
_GROUP = "builtins.BaseExceptionGroup"
_MARK = "!"
THROWN = "!!"
"""Begins the path of what comes out of a call as an exception, not as its result."""
_BUILTIN = "builtins."


def raised_class(query: TypeQuery, code: Code, at: int) -> str:
    """The class of the program, or the builtin one, that the `raise` at `at` makes an instance of; "" if it is not
    known for certain."""
    instr = code.code[at]
    types = query.of(code, instr.value) if isinstance(instr, ir.Raise) else ()
    if len(types) != 1 or types[0].kind != "obj":
        return ""
    made = instr.value if isinstance(instr, ir.Raise) else -1
    builtin = types[0].name.startswith(_BUILTIN) and isinstance(code.code[code.original(made)], ir.Call)
    known = builtin or (types[0].exact and types[0].name in query.program.classes)
    return types[0].name if known else ""


def marked(name: str, path: Path) -> Path:
    """What lies in an exception, with its class where that is known: so it leaves a body."""
    return (f"{_MARK}{name}", *path) if name else path


def unmarked(path: Path) -> tuple[str, Path]:
    if path and isinstance(path[0], str) and path[0].startswith(_MARK):
        return path[0].removeprefix(_MARK), path[1:]
    return "", path


def taking(query: TypeQuery, code: Code, position: int, name: str) -> Iterator[int]:
    """The handlers that may take an exception of class `name` raised at an instruction, the innermost first."""
    for catch in code.catches.get(position, ()):
        if _may_take(query, code, catch, name):
            yield catch
            if _surely_takes(query, code, catch, name):
                return


def is_told_only(code: Code, catch: int) -> bool:
    """Whether the exception goes on from there: a manager of a `with` block is told of it."""
    instr = code.code[catch]
    return isinstance(instr, ir.Catch) and instr.passes


def _may_take(query: TypeQuery, code: Code, catch: int, name: str) -> bool:
    """Whether a handler may take an exception of class `name` ("": any)."""
    instr = code.code[catch]
    if not name or not isinstance(instr, ir.Catch) or not instr.types:
        return True
    line = query.members.library.line(name)
    if _GROUP in line:
        return True  # `except*` takes parts of a group
    told = all(each in query.program.classes or each.startswith(_BUILTIN) for each in line)
    for value in instr.types:
        types = query.of(code, value)
        if not types or any(term.kind not in ("class", "ext") or term.name in line for term in types):
            return True
        if any(term.name not in query.program.classes and not _is_builtin(told, term.name) for term in types):
            return True  # one class of a library may have two names
    return False


def _is_builtin(told: bool, name: str) -> bool:
    return told and name.startswith(_BUILTIN) and name not in _SYNONYMS


def _surely_takes(query: TypeQuery, code: Code, catch: int, name: str) -> bool:
    """Whether an exception of class `name` goes no further than this handler."""
    instr = code.code[catch]
    if not name or not isinstance(instr, ir.Catch) or instr.passes:
        return False
    line = query.members.library.line(name)
    types = [term.name for value in instr.types for term in query.of(code, value)]
    if _GROUP in line:
        return False
    return not instr.types or any(each in line for each in types)
