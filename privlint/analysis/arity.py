"""Does a call fit a function's parameters, as far as the index of the call tells?"""

from __future__ import annotations

from typing import NamedTuple

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


class Arity:
    """Signatures are read once for each function."""

    def __init__(self) -> None:
        self._known: dict[str, _Signature] = {}

    def fits(self, function: Function, call: CallSite, *, bound: bool, either: bool = False) -> bool:
        """`bound`: the first parameter is given by the receiver; `either`: it may be or not (`Class.method(...)`)."""
        signature = self._known.get(function.id)
        if signature is None:
            signature = self._known[function.id] = _read(function)
        if signature.changed:
            return True
        if either:
            return signature.takes(call, 0) or signature.takes(call, 1)
        return signature.takes(call, 1 if bound and function.owner else 0)


class _Signature(NamedTuple):
    """What parameters take: `positional` as (name, needed), names that keywords may have and those that they must
    have, whether any more of either kind may come. `changed`: by a decorator, nobody knows how."""

    positional: tuple[tuple[str, bool], ...]
    named: frozenset[str]
    needed: tuple[str, ...]
    more: bool
    more_named: bool
    changed: bool

    def takes(self, call: CallSite, given: int) -> bool:
        """Whether the call fits if the first `given` parameters have their values already."""
        if not self.more_named and any(word not in self.named and word != "**" for word in call.keywords):
            return False
        if call.nargs > len(self.positional) - given and not self.more:
            return False
        if call.nargs < 0 or "**" in call.keywords:
            return True
        open_ones = (name for name, needed in self.positional[given:][call.nargs :] if needed)
        return all(name in call.keywords for name in (*open_ones, *self.needed))


def _read(function: Function) -> _Signature:
    params = function.definition.params
    kinds = {param.kind for param in params}
    return _Signature(
        tuple((param.name, param.default is None) for param in params if param.kind in ("pos", "any")),
        frozenset(param.name for param in params if param.kind in ("any", "kw")),
        tuple(param.name for param in params if param.kind == "kw" and param.default is None),
        "*" in kinds,
        "**" in kinds,
        any(_last_name(decorator) not in _KEEPING for decorator in function.definition.decorators),
    )


def _last_name(decorator: Expr) -> str:
    text = decorator.args[0].text if decorator.kind == "call" and decorator.args else decorator.text
    return text.rpartition(".")[2] or text
