"""Does a call fit a function's parameters, as far as the index of the call tells?"""

from __future__ import annotations

from privlint.analysis.symbols import Function
from privlint.ir import CallSite, Expr

# Decorators that leave the parameters as they are written. Any other may change them.
_KEEPING = (
    frozenset(
        {"abstractmethod", "asynccontextmanager", "atomic", "cache", "cached_property", "classmethod", "contextmanager"}
    )
    | {"data_subject", "final", "lru_cache", "override", "overload", "property", "purpose", "sanitizes", "staticmethod"}
    | {"wraps"}
)


def fits(function: Function, call: CallSite, *, bound: bool, either: bool = False) -> bool:
    """`bound`: the first parameter is given by the receiver; `either`: it may be or not (`Class.method(...)`)."""
    if any(_last_name(decorator) not in _KEEPING for decorator in function.definition.decorators):
        return True
    if either:
        return _fits(function, call, 0) or _fits(function, call, 1)
    return _fits(function, call, 1 if bound and function.owner else 0)


def _fits(function: Function, call: CallSite, given: int) -> bool:
    params = function.definition.params
    kinds = {param.kind for param in params}
    positional = [param for param in params if param.kind in ("pos", "any")][given:]
    named = {param.name for param in params if param.kind in ("any", "kw")}
    if "**" not in kinds and any(word not in named and word != "**" for word in call.keywords):
        return False
    if call.nargs > len(positional) and "*" not in kinds:
        return False
    if call.nargs < 0 or "**" in call.keywords:
        return True
    missing = [param for param in positional[call.nargs :] if param.default is None and param.name not in call.keywords]
    unnamed = [p for p in params if p.kind == "kw" and p.default is None and p.name not in call.keywords]
    return not missing and not unnamed


def _last_name(decorator: Expr) -> str:
    text = decorator.args[0].text if decorator.kind == "call" and decorator.args else decorator.text
    return text.rpartition(".")[2] or text
