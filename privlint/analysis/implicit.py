"""Calls that nobody wrote down: operators, iteration, made-up attributes, missing keys, descriptors."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from privlint import ir
from privlint.analysis.symbols import decorator_name
from privlint.analysis.targets import Target
from privlint.analysis.terms import Type

if TYPE_CHECKING:
    from privlint.analysis.callees import Callees
    from privlint.analysis.code import Code
    from privlint.analysis.program import Function

_BINARY = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "@": "matmul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "<<": "lshift",
    ">>": "rshift",
    "&": "and",
    "^": "xor",
    "|": "or",
}
_COMPARED = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_UNARY = {"u-": "__neg__", "u+": "__pos__", "u~": "__invert__", "~": "__invert__"}
_CONSTRUCTING = frozenset({"__init__", "__new__", "__post_init__", "__init_subclass__"})
_ITERATING = ("__iter__", "__aiter__")
_FOLLOWING = ("__next__", "__anext__")
_FALLING = (".__missing__", ".__getattr__", ".__getattribute__", ".__setattr__")
CONCATENATED = "+"  # conversion of a part of a Text that is an operand of `+`, which formats nothing


def is_implicit(name: str) -> bool:
    """Whether a method is called without its name being written at the call."""
    return name.startswith("__") and name.endswith("__") and name not in _CONSTRUCTING


_CALLED_BY: dict[str, tuple[type, ...]] = {
    "__iter__": (ir.Elem, ir.Spread),
    "__aiter__": (ir.Elem, ir.Spread),
    "__next__": (ir.Elem, ir.Spread),
    "__anext__": (ir.Elem, ir.Spread),
    "__exit__": (ir.Enter,),
    "__aexit__": (ir.Enter,),
    "__contains__": (ir.Operate,),
    "__delitem__": (ir.StoreItem,),
    "__setattr__": (ir.Store,),
    "__getattribute__": (ir.Load,),
    "__class_getitem__": (ir.Item,),
    "__enter__": (ir.Enter,),
    "__aenter__": (ir.Enter,),
    "__getitem__": (ir.Item,),
    "__missing__": (ir.Item,),
    "__setitem__": (ir.StoreItem,),
    "__getattr__": (ir.Load,),
    "__get__": (ir.Load,),
    "__set__": (ir.Store,),
    "__call__": (ir.Call,),
    **{f"__{mark}{name}__": (ir.Operate, ir.Text) for name in _BINARY.values() for mark in ("", "r", "i")},
    **dict.fromkeys(_UNARY.values(), (ir.Operate,)),
    **{f"__{name}__": (ir.Operate,) for name in _COMPARED.values()},
}


def called_by(name: str) -> tuple[type, ...]:
    """Instructions that call a method of this name without naming it."""
    return _CALLED_BY.get(name, ())


class Implicit:
    """Targets of instructions that call methods of the project's classes by themselves."""

    def __init__(self, callees: Callees) -> None:
        self._callees = callees
        self._program = callees.program
        self._query = callees.query
        classes = callees.program.classes
        self.defined = frozenset(name for owner in classes.values() for name in owner.methods if is_implicit(name))
        self.operators = frozenset(self._defined_operators())

    def _defined_operators(self) -> Iterable[str]:
        for sign, name in _BINARY.items():
            if not self.defined.isdisjoint({f"__{name}__", f"__r{name}__", f"__i{name}__"}):
                yield from (sign, f"{sign}=")
        for sign, method in _UNARY.items():
            if method in self.defined:
                yield sign
        for sign, name in _COMPARED.items():
            if f"__{name}__" in self.defined:
                yield sign
        if "__contains__" in self.defined:
            yield from ("in", "not in")

    # ---------------------------------------------------------------------------------------------------- operators

    def operate(self, code: Code, instr: ir.Operate) -> list[Target]:
        if instr.operator not in self.operators:
            return []
        if instr.operator in _UNARY:
            return self._on(code, instr.operands[0], (_UNARY[instr.operator],), ())
        left, right = instr.operands[0], instr.operands[-1]
        if instr.operator in _COMPARED:  # what a comparison tells is no personal data
            return self._on(code, left, (f"__{_COMPARED[instr.operator]}__",), (right,), "none")
        if instr.operator in ("in", "not in"):
            return self._on(code, right, ("__contains__",), (left,), "none")
        name = _BINARY[instr.operator.removesuffix("=")]
        plain = (f"__i{name}__", f"__{name}__") if instr.operator.endswith("=") else (f"__{name}__",)
        return self._on(code, left, plain, (right,)) or self._on(code, right, (f"__r{name}__",), (left,))

    def concatenate(self, code: Code, instr: ir.Text) -> list[Target]:
        """Operands of `+` beside a literal."""
        if CONCATENATED not in instr.conversions or "+" not in self.operators:
            return []
        found: list[Target] = []
        for number, how in enumerate(instr.conversions):
            if how != CONCATENATED:
                continue
            if number + 1 < len(instr.parts):
                found += self._on(code, instr.parts[number], ("__add__",), (instr.parts[number + 1],))
            if number > 0:
                found += self._on(code, instr.parts[number], ("__radd__",), (instr.parts[number - 1],))
        return found

    # ------------------------------------------------------------------------------------------- items and elements

    def iterate(self, code: Code, base: int) -> list[Target]:
        """`for x in base`: elements of what `__iter__` gives, what `__next__` returns if it gives the object, items."""
        if not self.iterates:
            return []
        found = self._on(code, base, _ITERATING, (), "element")
        if not found or self._gives_itself(code, base, found):
            found += self._on(code, base, _FOLLOWING, ())
        return found or self._on(code, base, ("__getitem__",), (-1,))

    @cached_property
    def iterates(self) -> bool:
        """Whether any class of the program says how it is iterated over."""
        return not self.defined.isdisjoint({*_ITERATING, *_FOLLOWING, "__getitem__"})

    def _gives_itself(self, code: Code, base: int, targets: list[Target]) -> bool:
        given = {t.name for target in targets for t in self._query.returned(target.name)}
        kept = {t.name for t in self._query.of(code, base)}
        return any(self._program.is_subclass(k, g) for k in kept for g in given)

    def gone_through(self, code: Code, value: int) -> list[Target]:
        """Somebody iterates over `value`: what comes out is told as what lies in it."""
        return [
            msgspec.structs.replace(target, result="given" if target.result == "element" else "item", into=value)
            for target in (self.iterate(code, value) if self.iterates else ())
        ]

    def looked_through(self, code: Code, value: int) -> list[Target]:
        """Somebody takes over all items of `value`, a mapping of the program's own making: those of its keys."""
        if "__getitem__" not in self.defined:
            return []
        mappings = [term for term in self._own(code, value) if self._program.find(term.name, "keys") is not None]
        found = self._targets(mappings, ("__getitem__",), value, (-1,))
        return [msgspec.structs.replace(target, result="entry", into=value) for target in found]

    def missing(self, code: Code, instr: ir.Item) -> list[Target]:
        return self._on(code, instr.base, ("__missing__",), (instr.key,)) if "__missing__" in self.defined else []

    def unpacked(self, code: Code, instr: ir.Item) -> list[Target]:
        """`a, b = base`, for what has no items of its own."""
        return self.iterate(code, instr.base) if "__iter__" in self.defined else []

    def of_class(self, code: Code, instr: ir.Item) -> list[Target]:
        """`Class[key]`."""
        if "__class_getitem__" not in self.defined:
            return []
        classes = (t.name for t in self._query.of(code, instr.base) if t.kind == "class")
        found = (self._program.find(name, "__class_getitem__") for name in classes)
        args = (ir.Arg("", -1), ir.Arg("", instr.key))
        return [Target("body", member.function, 0, args) for member in found if member is not None and member.function]

    def named(self, code: Code, base: int, name: str, values: tuple[int, ...], result: str) -> list[Target]:
        """A library calls method `name` of `base`: `abs`, `next`, `thread.start()`."""
        return self._targets(self._own(code, base), (name,), base, values, result)

    def deleted(self, code: Code, instr: ir.StoreItem) -> list[Target]:
        return self._on(code, instr.base, ("__delitem__",), (instr.key,), "none")

    def left(self, code: Code, instr: ir.Enter) -> list[Target]:
        """`with` calls `__exit__` in the end."""
        name = "__aexit__" if instr.is_async else "__exit__"
        return self._on(code, instr.manager, (name,), (-1, instr.error, -1), "none")

    # ---------------------------------------------------------------------------------------------------- attributes

    def made_up(self, code: Code, load: ir.Load) -> list[Target]:
        """`__getattr__`, for attributes that the class does not have."""
        if load.attr.startswith("__") and load.attr.endswith("__"):
            return []  # of names of the language's own no object makes anything up
        found: list[Target] = []
        for term in self._own(code, load.base):
            if self._program.find(term.name, load.attr) is None:
                found += self._targets([term], ("__getattr__",), load.base, (-1,))
            found += self._targets([term], ("__getattribute__",), load.base, (-1,))
        return found

    def set(self, code: Code, store: ir.Store) -> list[Target]:
        """`__setattr__`, for every attribute."""
        return self._on(code, store.base, ("__setattr__",), (-1, store.value), "none")

    def described(self) -> frozenset[str]:
        """Names of class attributes that are descriptors of the project."""
        if self.defined.isdisjoint({"__get__", "__set__"}):
            return frozenset()
        return frozenset(
            name
            for owner in self._program.classes.values()
            for name, fields in owner.fields.items()
            if any(self._is_descriptor(owner.module, field) for field in fields)
        )

    def _is_descriptor(self, module: str, field: ir.FieldDef) -> bool:
        if field.where != "class" or field.value is None or field.value.kind != "call":
            return False
        symbol = self._program.resolve(module, decorator_name(field.value), field.owner)
        if symbol is None or symbol.kind != "class":
            return False
        return any(self._program.find(symbol.name, name) is not None for name in ("__get__", "__set__"))

    def descriptor(self, code: Code, base: int, attr: str, name: str, values: tuple[int, ...]) -> list[Target]:
        """`__get__` or `__set__` of what the class holds under `attr`."""
        found: list[Target] = []
        for term in self._own(code, base) if name in self.defined else ():
            held = self._query.members.class_level(term.name, attr)
            for function in (f for t in held for f in self._methods(t, (name,))):
                args = (ir.Arg("", -1), ir.Arg("", base), *(ir.Arg("", value) for value in values))
                found.append(Target("body", function.id, 0, args, base, "return" if name == "__get__" else "none"))
        return found

    # ------------------------------------------------------------------------------------------------------- common

    def _on(
        self, code: Code, base: int, names: tuple[str, ...], values: tuple[int, ...], result: str = "return"
    ) -> list[Target]:
        if self.defined.isdisjoint(names):
            return []
        return self._targets(self._own(code, base), names, base, values, result)

    def _own(self, code: Code, value: int) -> list[Type]:
        return [t for t in self._query.of(code, value) if t.kind == "obj" and t.name in self._program.classes]

    def _methods(self, term: Type, names: tuple[str, ...]) -> list[Function]:
        for name in names:
            found = self._callees.methods(term, name) if term.name in self._program.classes else []
            if found:
                return found
        return []

    def _targets(
        self, terms: Iterable[Type], names: tuple[str, ...], base: int, values: tuple[int, ...], result: str = "return"
    ) -> list[Target]:
        args = tuple(ir.Arg("", value) for value in (base, *values))
        functions = (function for term in terms for function in self._methods(term, names))
        return [Target("body", function.id, 0, args, base, result) for function in functions]


def fall_through(targets: tuple[Target, ...]) -> bool:
    """Whether the plain meaning of the instruction holds as well: a key may be missing or not."""
    return all(target.name.endswith(_FALLING) for target in targets)
