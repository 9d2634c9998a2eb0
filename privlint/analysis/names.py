"""What a dotted name stands for, anywhere in the program: scopes, imports, re-exports, star imports, builtins."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import TypeAlias

from privlint.analysis.loaders import Loaders
from privlint.analysis.roots import Layout
from privlint.analysis.symbols import Class, Module, Symbol, unit_id
from privlint.ir import ClassDef, Expr, FieldDef, FunctionDef, Import

Binding: TypeAlias = "Import | ClassDef | FunctionDef | FieldDef"

# Names of all supported Pythons, so that a result does not depend on the one that runs.
_BUILTINS = frozenset(dir(builtins)) | {
    "BaseExceptionGroup",
    "EncodingWarning",
    "ExceptionGroup",
    "PythonFinalizationError",
    "aiter",
    "anext",
}
# A class attribute of one of these names does not hide the type in the annotations beside it.
_BUILTIN_TYPES = frozenset(
    {"bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "memoryview", "object"}
) | {"property", "set", "str", "tuple", "type"}
_UNKNOWN = object()


class Scope:
    """The names of one module, by the scope that binds them ("" is the module itself), in source order."""

    __slots__ = ("classes", "functions", "names", "nested", "rebound", "stars")

    def __init__(self, module: Module) -> None:
        index = module.index
        self.names: dict[str, dict[str, list[Binding]]] = {"": {}}
        self.functions: set[str] = {function.qualname for function in index.functions}
        self.classes: set[str] = {found.qualname for found in index.classes}
        self.nested: dict[tuple[str, str], str] = {}  # (outer function, name) -> inner scope that imports it
        self.stars: list[Import] = []
        self.rebound = index.globals_written
        for item in index.imports:
            if item.bound == "*":
                self.stars.append(item)
            else:
                self._bind(item.scope, item.bound, item)
                self._nest(item)
        for found in index.classes:
            self._bind(*_split(found.qualname), found)
        for function in index.functions:
            self._bind(*_split(function.qualname), function)
        for field in index.fields:
            if field.where != "self":
                self._bind(field.owner, field.name, field)

    def _nest(self, item: Import) -> None:
        outer = item.scope.rpartition(".")[0]
        while outer:
            self.nested.setdefault((outer, item.bound), item.scope)
            outer = outer.rpartition(".")[0]

    def _bind(self, scope: str, name: str, binding: Binding) -> None:
        self.names.setdefault(scope, {}).setdefault(name, []).append(binding)


class Names:
    def __init__(self, modules: Mapping[str, Module], classes: Mapping[str, Class], layout: Layout) -> None:
        self._modules = modules
        self._classes = classes
        self._layout = layout
        self.loaders = Loaders(modules)
        self._scopes: dict[str, Scope] = {}
        self._resolved: dict[tuple[str, str, str], Symbol | None] = {}
        self._memo: dict[tuple[str, str, str], Symbol | None] = {}
        self._open: set[tuple[str, str, str]] = set()
        self._cut = False

    def scope(self, module: str) -> Scope:
        found = self._scopes.get(module)
        if found is None:
            found = self._scopes[module] = Scope(self._modules[module])
        return found

    # ------------------------------------------------------------------------------------------------ dotted names

    def resolve(self, module: str, dotted: str, scope: str = "") -> Symbol | None:
        key = (module, dotted, scope)
        found = self._resolved.get(key, _UNKNOWN)
        if found is _UNKNOWN:
            found = self._resolve(module, dotted, scope)
            if not self._open:
                self._resolved[key] = found
        return found  # type: ignore[return-value]

    def _resolve(self, module: str, dotted: str, scope: str) -> Symbol | None:
        first, *rest = dotted.split(".")
        symbol = self._name(module, first, scope)
        for part in rest:
            if symbol is None:
                return None
            symbol = self.member(symbol, part)
        return symbol

    def _name(self, module: str, name: str, scope: str) -> Symbol | None:
        if module not in self._modules:
            return None
        table = self.scope(module)
        innermost = scope
        while scope:
            if scope in table.functions or scope == innermost:
                found = self._in_scope(module, scope, name, whole=scope not in table.classes)
                if found is not None:
                    return found
            scope = scope.rpartition(".")[0]
        found = self.in_module(module, name)
        if found is not None:
            return found
        nested = table.nested.get((innermost, name), "") if innermost in table.functions else ""
        if nested:  # what the records of a unit say of the functions inside it
            return self._in_scope(module, nested, name, whole=True)
        if innermost and name not in _BUILTIN_TYPES:
            found = self._in_class_around(module, innermost, name)
        if found is None and name in _BUILTINS:
            return Symbol("external", f"builtins.{name}")
        return found or self._from_foreign_star(module, name)

    def _in_scope(self, module: str, scope: str, name: str, *, whole: bool) -> Symbol | None:
        """A name bound in a function or, unless `whole`, only what cannot be mistaken in a class: a nested class or
        an import. (`date: date` in a class body means the module's.)"""
        bindings = self.scope(module).names.get(scope, {}).get(name)
        if not bindings:
            return None
        if not whole:
            bindings = [b for b in bindings if isinstance(b, (ClassDef, Import))]
        return self._choose(module, scope, name, bindings)

    def _in_class_around(self, module: str, scope: str, name: str) -> Symbol | None:
        table = self.scope(module)
        while scope:
            if scope in table.classes:
                found = self._in_scope(module, scope, name, whole=True)
                if found is not None:
                    return found
            scope = scope.rpartition(".")[0]
        return None

    def _from_foreign_star(self, module: str, name: str) -> Symbol | None:
        """The one module outside of the program that a star import brings names from."""
        bases = [self.module_symbol(module, star.module, star.level) for star in self.scope(module).stars]
        foreign = [base for base in bases if base.kind == "external"]
        return Symbol("external", f"{foreign[0].name}.{name}") if len(foreign) == 1 else None

    # ------------------------------------------------------------------------------------------------- module names

    def in_module(self, module: str, name: str, *, follow: bool = True) -> Symbol | None:
        """The module's own name, star imports included; no builtins. `follow` goes through `name = other` to what
        `other` is."""
        key = (module, name, "follow" if follow else "")
        found = self._memo.get(key, _UNKNOWN)
        if found is not _UNKNOWN:
            return found  # type: ignore[return-value]
        if key in self._open:
            self._cut = True
            return None
        outer, self._cut = self._cut, False
        self._open.add(key)
        symbol = self._find_in_module(module, name, follow=follow)
        self._open.discard(key)
        if not self._cut or not self._open:
            self._memo[key] = symbol
        self._cut = bool(self._open) and (outer or self._cut)
        return symbol

    def _find_in_module(self, module: str, name: str, *, follow: bool) -> Symbol | None:
        bindings = self.scope(module).names[""].get(name)
        if bindings:
            found = self._choose(module, "", name, bindings)
            if follow and found is not None and found.kind == "variable":
                found = self._follow(found) or found
            if found is not None:
                return found
        for star in reversed(self.scope(module).stars):
            base = self.module_symbol(module, star.module, star.level)
            if base.kind != "module" or base.name not in self._modules or not self._exports(base.name, name):
                continue
            found = self.in_module(base.name, name, follow=follow) or self.submodule(base.name, name)
            if found is not None:
                return found
        return None

    def _exports(self, module: str, name: str) -> bool:
        exports = self._modules[module].index.exports
        return not name.startswith("_") if exports is None else name in exports

    def _choose(self, module: str, scope: str, name: str, bindings: list[Binding]) -> Symbol | None:
        """One of several bindings of a name: definitions of the program, then imports from outside, then values."""
        best: Symbol | None = None
        best_rank = 0
        for binding in sorted(bindings, key=lambda b: b.line):
            symbol = self._bound(module, scope, name, binding)
            rank = _rank(symbol, binding)
            if symbol is not None and (rank > best_rank or (rank == best_rank == _DEFINED)):
                best, best_rank = symbol, rank
        return best

    def _bound(self, module: str, scope: str, name: str, binding: Binding) -> Symbol | None:
        if isinstance(binding, Import):
            return self._import(module, name, binding)
        if isinstance(binding, ClassDef):
            return Symbol("class", f"{module}.{binding.qualname}")
        if isinstance(binding, FunctionDef):
            return Symbol("function", unit_id(module, binding.qualname, binding.ordinal))
        return Symbol("variable", f"{module}:{scope}.{name}" if scope else f"{module}:{name}")

    def _follow(self, variable: Symbol) -> Symbol | None:
        """`send = mailer.send` at module level: what the right side stands for, if nothing else is ever bound."""
        module, _, name = variable.name.partition(":")
        table = self.scope(module)
        bindings = table.names[""].get(name, [])
        if len(bindings) != 1 or name in table.rebound:
            return None
        field = bindings[0]
        if not isinstance(field, FieldDef) or field.annotation is not None or field.value is None:
            return None
        if field.value.kind in ("call", "sub"):
            loaded = self._imported_by_name(module, field.value) if field.value.kind == "call" else None
            return loaded or self.loaders.bound(name, field.value)
        if field.value.kind != "name" or field.value.text.partition(".")[0] == name:
            return None
        target = self._resolve(module, field.value.text, "")
        return target if target is not None and target.kind != "variable" else None

    def _imported_by_name(self, module: str, call: Expr) -> Symbol | None:
        """`models = importlib.import_module("app.models")`"""
        callee = self._resolve(module, call.args[0].text, "") if call.args[0].kind == "name" else None
        if callee is None or callee.name != "importlib.import_module" or len(call.args) < 2:
            return None
        target = call.args[1].value
        if not isinstance(target, str):
            return None
        dotted = target.lstrip(".")
        return self.module_symbol(module, dotted, len(target) - len(dotted))

    # ------------------------------------------------------------------------------------------------------ imports

    def _import(self, module: str, bound: str, item: Import) -> Symbol | None:
        if not item.name:
            top = item.module.partition(".")[0]
            return self.module_symbol(module, top if bound == top else item.module, 0)
        return self.imported(module, item.module, item.name, item.level)

    def imported(self, module: str, target: str, name: str, level: int) -> Symbol | None:
        """`from <level dots>target import name` in `module`; with no name the module itself."""
        base = self.module_symbol(module, target, level)
        if not name:
            return base
        if base.kind == "module" and base.name == module:
            return self.submodule(module, name) or self.in_module(module, name)
        return self.member(base, name)

    def module_symbol(self, importer: str, dotted: str, level: int) -> Symbol:
        """The module that an import names: of the program, or external."""
        if level:
            dotted = self._absolute(importer, dotted, level)
            known = dotted in self._modules or dotted in self._layout.packages
            return Symbol("module" if known else "external", dotted)
        found = self._layout.locate(self._modules[importer].path, dotted)
        return Symbol("module", found) if found else Symbol("external", dotted)

    def _absolute(self, importer: str, dotted: str, level: int) -> str:
        record = self._modules[importer]
        parts = importer.split(".")
        keep = len(parts) - level + (1 if record.is_package and importer != "__init__" else 0)
        base = ".".join(parts[: max(keep, 0)])
        return f"{base}.{dotted}" if base and dotted else base or dotted or "__init__"

    def submodule(self, module: str, name: str) -> Symbol | None:
        dotted = name if module == "__init__" else f"{module}.{name}"
        known = dotted in self._modules or dotted in self._layout.packages
        return Symbol("module", dotted) if known else None

    # ------------------------------------------------------------------------------------------------------ members

    def member(self, symbol: Symbol, name: str) -> Symbol | None:
        """Attribute `name` of what `symbol` stands for."""
        if symbol.kind == "external":
            return Symbol("external", f"{symbol.name}.{name}")
        if symbol.kind == "module":
            return self._module_member(symbol.name, name)
        if symbol.kind == "class":
            return self.class_member(symbol.name, name)
        return self._variable_member(symbol, name) if symbol.kind == "variable" else None

    def _module_member(self, module: str, name: str) -> Symbol | None:
        if module in self._modules:
            found = self.in_module(module, name)
            if found is not None:
                return found
        found = self.submodule(module, name)
        if found is not None or module in self._modules:
            return found or self._from_foreign_star(module, name)
        return Symbol("external", f"{module}.{name}")

    def class_member(self, class_id: str, name: str) -> Symbol | None:
        record = self._classes.get(class_id)
        line = (record.mro or (class_id, *record.bases)) if record else ()
        for owner in line:
            known = self._classes.get(owner)
            if known is None:
                continue
            qualname = known.definition.qualname
            if name in known.methods:
                return Symbol("function", known.methods[name])
            bindings = self.scope(known.module).names.get(qualname, {}).get(name)
            if bindings:
                return self._choose(known.module, qualname, name, bindings)
            if name in known.fields:
                return Symbol("variable", f"{known.module}:{qualname}.{name}")
        foreign = next((owner for owner in line if owner not in self._classes), "")
        return Symbol("external", f"{foreign}.{name}") if foreign else None

    def _variable_member(self, variable: Symbol, name: str) -> Symbol | None:
        """`db.Model` where `db = Database()`: of an instance of the class that the variable was made with."""
        key = ("", variable.name, name)
        if key in self._open:
            self._cut = True
            return None
        self._open.add(key)
        made = self.instance_class(variable)
        self._open.discard(key)
        return self.member(made, name) if made is not None else None

    def instance_class(self, variable: Symbol) -> Symbol | None:
        """The class (or external callable) whose instance a variable holds, by annotation or constructor."""
        module, _, path = variable.name.partition(":")
        scope, _, name = path.rpartition(".")
        fields = [b for b in self.scope(module).names.get(scope, {}).get(name, ()) if isinstance(b, FieldDef)]
        for field in fields:
            found = self._expr_class(module, scope, field.annotation)
            if found is not None:
                return found
        for field in fields:
            if field.value is not None and field.value.kind == "call" and field.value.args[0].kind == "name":
                return self._made_by(self._resolve(module, field.value.args[0].text, scope))
        return None

    def class_held(self, variable: Symbol) -> Symbol | None:
        """The class that a variable holds, as its annotation says: `Model: type[Base]`."""
        module, _, path = variable.name.partition(":")
        scope, _, name = path.rpartition(".")
        for field in self.scope(module).names.get(scope, {}).get(name, ()):
            expr = field.annotation if isinstance(field, FieldDef) else None
            if expr is None or expr.kind != "sub" or len(expr.args) != 2 or expr.args[1].kind != "name":
                continue
            if expr.args[0].text.rpartition(".")[2] in ("type", "Type"):
                found = self._resolve(module, expr.args[1].text, scope)
                return found if found is not None and found.kind == "class" else None
        return None

    def _made_by(self, callee: Symbol | None) -> Symbol | None:
        if callee is None or callee.kind in ("class", "external"):
            return callee
        if callee.kind != "function":
            return None
        home, _, rest = callee.name.partition(":")
        qualname = rest.partition("#")[0]
        for function in self._modules[home].index.functions:
            if function.qualname == qualname:
                return self._expr_class(home, qualname.rpartition(".")[0], function.returns)
        return None

    def _expr_class(self, module: str, scope: str, expr: Expr | None) -> Symbol | None:
        while expr is not None and expr.kind == "sub" and expr.args:
            transparent = expr.args[0].text.rpartition(".")[2] in ("Annotated", "ClassVar", "Final", "Optional")
            expr = expr.args[1 if transparent and len(expr.args) > 1 else 0]
        if expr is None or expr.kind != "name":
            return None
        found = self._resolve(module, expr.text, scope)
        return found if found is not None and found.kind in ("class", "external") else None


_DEFINED = 3


def _rank(symbol: Symbol | None, binding: Binding) -> int:
    if symbol is None:
        return 0
    if isinstance(binding, FunctionDef) and any(d.text.endswith((".setter", ".deleter")) for d in binding.decorators):
        return 1
    if symbol.kind == "external":
        return 2
    return 1 if isinstance(binding, FieldDef) else _DEFINED


def _split(qualname: str) -> tuple[str, str]:
    scope, _, name = qualname.rpartition(".")
    return scope, name
