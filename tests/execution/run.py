"""One run of a case: its modules are imported, its functions and methods called, its scripts started."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import enum
import functools
import importlib
import inspect
import itertools
import runpy
import signal
import sys
import time
import types
import typing
from collections.abc import Callable
from typing import Any

from tests.execution.django_world import World
from tests.execution.markers import Markers
from tests.execution.project import Project, category_of, evaluate
from tests.execution.values import Builder, hints_of

TRIES = 12
GENEROUS_TRIES = 60
SECONDS = 2.0


class TooLong(BaseException):
    """A call of the case did not end in time."""


class Run:
    """One run of a project; `problems` are what went wrong, in words."""

    def __init__(self, project: Project, markers: Markers, *, generous: bool) -> None:
        self.project = project
        self.markers = markers
        self.generous = generous
        self.problems: list[str] = []
        self.instances: dict[type, Any] = {}
        self.made = 0
        self.endless: set[str] = set()
        self.world: World | None = None

    def begin(self, setting_up: Callable[[dict[str, str]], None], files: dict[str, str]) -> None:
        """Sets a framework up, in whose world the case runs from then on."""
        self.world = World(self.project, self.markers)
        setting_up(files)

    def all(self) -> None:
        for name in self.project.sources:
            self.guarded(name, functools.partial(self.load, name))
        if self.world is not None:
            self.guarded("rows", self.world.fill)
            self.guarded("routes", self.world.routes)
        for seed in range(GENEROUS_TRIES if self.generous else TRIES):
            self.instances.clear()
            for name, module in list(self.project.modules.items()):
                self.functions(name, module, seed)
        for name, tree in self.project.sources.items():
            if any("__main__" in ast.unparse(node) for node in tree.body if isinstance(node, ast.If)):
                path = str(vars(self.project.modules[name])["__file__"])
                self.guarded(name, functools.partial(runpy.run_path, path, run_name="__main__"))

    def load(self, name: str) -> None:
        self.project.modules[name] = importlib.import_module(name)
        self.fill_stubs(self.project.sources[name], vars(self.project.modules[name]))
        if self.generous:
            self.declare()

    def declare(self) -> None:
        """Every declared field gives a marker, whoever wrote it."""
        builder = Builder(self.project, self.markers, 0, generous=True)
        for owner in self.project.classes():
            if "__slots__" in vars(owner) or issubclass(owner, (tuple, dict, enum.Enum)):
                continue
            hints = hints_of(owner) | getattr(owner, "__annotations__", {})
            for name, category in self.project.fields(owner).items():
                hint = evaluate(hints.get(name, str), owner)
                value = builder.build(hint if category_of(hint) else str, category)
                with contextlib.suppress(Exception):
                    setattr(owner, name, Declared(name, value))
        for module in self.project.modules.values():
            for name, hint in getattr(module, "__annotations__", {}).items():
                if category_of(hint):
                    setattr(module, name, builder.build(hint))
                elif vars(module).get(name) == {}:
                    vars(module)[name].update(
                        dict.fromkeys(self.project.numbers, next(iter(builder.build(hint).values())))
                    )
            for name, function in list(vars(module).items()):
                if inspect.isfunction(function):
                    self.declare_result(name, function, builder)

    def declare_result(self, name: str, function: types.FunctionType, builder: Builder) -> None:
        """A function whose result is declared gives a marker."""
        told = self.project.declared.get(f"{function.__module__}.{function.__qualname__}", {}).get("return", "")
        if told:
            value = builder.build(str, told)
            for module in self.project.modules.values():
                if vars(module).get(name) is function:
                    setattr(module, name, functools.wraps(function)(lambda *_, **__: value))

    def fill_stubs(self, tree: ast.AST, scope: Any) -> None:
        """A function of which the case shows no body gives a value of the type that it names."""
        for node in ast.iter_child_nodes(tree):
            value = scope.get(getattr(node, "name", ""))
            if isinstance(node, ast.ClassDef) and isinstance(value, type):
                self.fill_stubs(node, vars(value))
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns and is_stub(node):
                function = inspect.unwrap(getattr(value, "fget", None) or getattr(value, "__func__", value))
                first = min(line.lineno for line in (node, *node.decorator_list))
                if inspect.isfunction(function) and function.__code__.co_firstlineno == first:
                    self.fill_stub(function)

    def fill_stub(self, function: types.FunctionType) -> None:
        hint = hints_of(function).get("return", Any)

        def make(args: tuple[Any, ...]) -> Any:
            self.made += 1
            if hint is getattr(typing, "Self", object()):
                return args[0]
            for base in getattr(type(args[0]), "__orig_bases__", ()) if args else ():
                variables = getattr(typing.get_origin(base), "__parameters__", ())
                self.project.variables.update(zip(variables, typing.get_args(base), strict=False))
            return self.builder(0 if self.made < TRIES else self.made).build(hint)

        name = f"__made_{id(function)}__"
        vars(sys.modules["builtins"])[name] = make
        kind = "async " if inspect.iscoroutinefunction(function) else ""
        made: dict[str, Any] = {}
        exec(f"{kind}def stub(*args, **_): return {name}(args)", made)
        function.__code__ = made["stub"].__code__

    def functions(self, name: str, module: types.ModuleType, seed: int) -> None:
        for node in self.project.sources[name].body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                function = vars(module).get(node.name)
                self.guarded(f"{name}.{node.name}", functools.partial(self.call, function, seed))
            elif isinstance(node, ast.ClassDef):
                owner = vars(module).get(node.name)
                if self.world is not None:
                    self.guarded(f"{name}.{node.name}", functools.partial(self.world.visit, owner))
                self.methods(node, owner, seed)

    def methods(self, node: ast.ClassDef, owner: Any, seed: int) -> None:
        for inner in node.body:
            if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)) and not inner.name.startswith("__"):
                self.guarded(f"{node.name}.{inner.name}", functools.partial(self.method, owner, inner.name, seed))

    def method(self, owner: Any, name: str, seed: int) -> None:
        if isinstance(owner, type):
            if owner not in self.instances:
                self.instances[owner] = self.builder(seed).instance(owner, "", 1)
            self.call(getattr(self.instances[owner], name), seed)

    def builder(self, seed: int) -> Builder:
        return Builder(self.project, self.markers, seed, self.generous, self.world)

    def call(self, function: Any, seed: int) -> None:
        if not callable(function):
            return
        args, kwargs = self.builder(seed).arguments(function)
        result = function(*args, **kwargs)
        if inspect.iscoroutine(result):
            asyncio.run(result)
        elif inspect.isasyncgen(result):
            asyncio.run(_drain(result))
        elif inspect.isgenerator(result):
            list(itertools.islice(result, 100))

    def guarded(self, name: str, action: Callable[[], object]) -> None:
        if name in self.endless:
            return
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        begun = time.monotonic()
        try:
            action()
        except TooLong:
            self.endless.add(name)
            self.problems.append(f"{name}: does not end")
        except BaseException as error:  # whatever a case raises
            problem = f"{name}: {type(error).__name__}: {error}"
            if problem not in self.problems:
                self.problems.append(problem)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            if time.monotonic() - begun > SECONDS / 4:  # it waits for something: once is enough
                self.endless.add(name)


def is_stub(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return all(isinstance(inner, ast.Expr) and isinstance(inner.value, ast.Constant) for inner in node.body)


class Declared:
    """A field that holds its marker whatever is put into it."""

    def __init__(self, name: str, value: object) -> None:
        self.name = name
        self.value = value

    def __get__(self, instance: object, owner: object = None) -> object:
        return self.value

    def __set__(self, instance: object, value: object) -> None:
        vars(instance)[self.name] = self.value


async def _drain(values: Any) -> None:
    async for _ in values:
        pass
