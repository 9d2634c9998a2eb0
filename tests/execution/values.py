"""Values for the parameters of a case's functions, by what they are annotated with."""

from __future__ import annotations

import collections.abc
import contextlib
import dataclasses
import enum
import inspect
import random
import types
import typing
from typing import Annotated, Any, Literal

from tests.execution.django_world import World
from tests.execution.markers import Markers, texts_in
from tests.execution.project import Project, category_of


class Builder:
    """Values for parameters, by what they are annotated with; `generous` says whether guesses are allowed."""

    def __init__(
        self, project: Project, markers: Markers, seed: int, generous: bool, world: World | None = None
    ) -> None:
        self.project = project
        self.markers = markers
        self.random = random.Random(seed)
        self.first = seed == 0
        self.generous = generous
        self.variables = project.variables
        self.world = world

    def choose(self, values: Any) -> Any:
        listed = list(values)
        return listed[0] if self.first else self.random.choice(listed)

    def build(self, hint: Any, category: str = "", depth: int = 0) -> Any:
        category = category_of(hint) or category if typing.get_origin(hint) is Annotated else category
        if depth > 5:
            return None
        if hint in (inspect.Parameter.empty, Any, object):
            return self._anything(depth)
        if simple := self._simple(hint, category):
            return simple[0]
        if typing.get_origin(hint) is not None or isinstance(hint, types.UnionType):
            return self._generic(hint, category, depth + 1)
        return self._named(hint, category, depth + 1)

    def _anything(self, depth: int) -> Any:
        if self.generous and not self.first and self.random.random() < 0.7 and (classes := self.project.classes()):
            made = self.build(self.random.choice(classes), depth=depth + 1)
            return [made] if self.random.random() < 0.3 else made
        return self.choose(("plain", 1, None, [], {}, *self.project.texts))

    def _simple(self, hint: Any, category: str) -> tuple[Any] | None:
        if hint is None or hint is type(None):
            return (None,)
        if hint is dict:
            return (self._mapping(),)
        if hint is str:
            return (self.markers.text(category) if category else self.choose(self.project.texts),)
        if hint is bytes:
            return (self.build(str, category).encode(),)
        if hint is bool:
            return (self.choose((True, False)),)
        if hint in (int, float):
            return (hint(self.markers.number(category) if category else self.choose(self.project.numbers)),)
        return None

    def _mapping(self) -> dict[str, Any]:
        """A mapping with some of the names that the case mentions, and under them what it writes under them."""
        share = 1.0 if self.first else self.random.choice((0.1, 0.5, 0.9))
        names = [name for name in self.project.texts if self.first or self.random.random() < share]
        return {name: self.choose(["plain", *self.project.pairs.get(name, ()), *self.project.texts]) for name in names}

    def _generic(self, hint: Any, category: str, depth: int) -> Any:
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if origin is Annotated:
            return self.build(args[0], category, depth)
        if origin is Literal:
            return self.choose(args)
        if origin in (typing.Union, types.UnionType):
            return self.build(self.choose([*(a for a in args if a is not type(None)), *args]), category, depth)
        if origin is type:
            return args[0]
        if origin is tuple and not (len(args) == 2 and args[1] is Ellipsis):
            return tuple(self.build(a, category, depth) for a in args)
        if origin is collections.abc.Callable:
            return lambda *_, **__: "plain"
        if isinstance(origin, type) and origin.__module__ in self.project.modules:
            self.variables.update(zip(getattr(origin, "__parameters__", ()), args, strict=False))
            return self.build(origin, category, depth)
        return self._container(origin, args, category, depth)

    def _container(self, origin: Any, args: tuple[Any, ...], category: str, depth: int) -> Any:
        size = self.choose((2, 1, 3, 0))
        if len(args) == 2 and isinstance(origin, type) and issubclass(origin, collections.abc.Mapping):
            keys = [self.build(args[0], category, depth) for _ in range(size)]
            return {key: self.build(args[1], category, depth) for key in keys}
        values = [self.build(args[0] if args else Any, category, depth) for _ in range(size)]
        for kind in (tuple, set, frozenset, collections.deque):
            if origin is kind:
                return kind(values)
        return iter(values) if origin in (collections.abc.Iterator, collections.abc.Generator) else values

    def _named(self, hint: Any, category: str, depth: int) -> Any:
        if isinstance(hint, typing.TypeVar):
            return self.build(self.variables.get(hint, hint.__bound__ or Any), category, depth)
        if hasattr(hint, "__supertype__"):
            return self.build(hint.__supertype__, category, depth)
        if not isinstance(hint, type):
            return self._anything(depth)
        if typing.is_typeddict(hint):
            hints = typing.get_type_hints(hint, include_extras=True)
            return {name: self.build(inner, category, depth) for name, inner in hints.items()}
        if issubclass(hint, enum.Enum):
            return self.choose(hint)
        return self.instance(hint, category, depth)

    def _declared(self, function: Any) -> dict[str, Any]:
        """What the policy declares of parameters."""
        told = self.project.declared.get(f"{function.__module__}.{function.__qualname__}", {})
        return {} if isinstance(function, type) else {name: Annotated[str, f"privlint: {told[name]}"] for name in told}

    def instance(self, owner: type, category: str, depth: int) -> Any:
        """An object of a class, its declared fields marked."""
        if inspect.isabstract(owner) or getattr(owner, "_is_protocol", False):
            owner = next((c for c in self.project.classes() if c is not owner and fits(c, owner)), owner)
        elif self.generous and not self.first:
            owner = self.choose([c for c in self.project.classes() if fits(c, owner)] or [owner])
        if self.world is not None and (given := self.world.instance(owner)) is not None:
            return given
        args, kwargs = self.arguments(owner, category, depth)
        made = owner(*args, **kwargs)
        for name, hint in hints_of(owner, fields=True).items():
            if not hasattr(made, name):
                with contextlib.suppress(Exception):
                    setattr(made, name, self.build(hint, depth=depth + 1))
        for name, own in self.project.fields(owner).items():
            if not any(own in self.markers.inside(text) for text in texts_in(getattr(made, name, None))):
                with contextlib.suppress(Exception):
                    object.__setattr__(made, name, self.build(Annotated[str, f"privlint: {own}"], own))
        return made

    def arguments(self, function: Any, category: str = "", depth: int = 0) -> tuple[list[Any], dict[str, Any]]:
        """Values for the parameters of a callable. Raises ValueError and TypeError if it has no signature."""
        hints = hints_of(function) | self._declared(function)
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for parameter in inspect.signature(function).parameters.values():
            hint = hints.get(parameter.name, parameter.annotation)
            hint = Any if isinstance(hint, str) else hint
            if self.world is not None and parameter.name not in hints:
                given = self.world.argument(parameter.name, hint)
                if given is not None and parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
                    args.append(given)
                    continue
            if parameter.default is not parameter.empty and (self.first or self.random.random() < 0.5):
                continue
            if parameter.kind is parameter.KEYWORD_ONLY:
                kwargs[parameter.name] = self.build(hint, category, depth + 1)
            elif parameter.kind is parameter.VAR_POSITIONAL:
                args.extend([self.build(hint, category, depth + 1) for _ in range(self.choose((2, 0, 1)))])
            elif parameter.kind is parameter.VAR_KEYWORD:
                kwargs["extra"] = self.build(hint, category, depth + 1)
            else:
                args.append(self.build(hint, category, depth + 1))
        return args, kwargs


def fits(one: type, other: type) -> bool:
    """Whether objects of a class may stand where the other is asked for."""
    if getattr(other, "_is_protocol", False):
        asked = {*vars(other).get("__annotations__", {}), *vars(other)} - {*dir(typing.Protocol), "__annotations__"}
        asked = {name for name in asked if not name.startswith(("_abc", "_is_", "__"))}
        return not getattr(one, "_is_protocol", False) and asked <= {*dir(one), *hints_of(one, fields=True)}
    return issubclass(one, other)


def hints_of(function: Any, *, fields: bool = False) -> dict[str, Any]:
    """Annotations of the parameters of a function, or of what makes an object of a class, or of its attributes."""
    target = function
    if isinstance(function, type) and not fields and not dataclasses.is_dataclass(function):
        target = function if issubclass(function, tuple) else inspect.getattr_static(function, "__init__")
    with contextlib.suppress(Exception):
        return typing.get_type_hints(target, include_extras=True)
    return dict(getattr(target, "__annotations__", {}))
