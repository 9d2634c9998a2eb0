"""Classes of the program: what they define, what they inherit from, in which order Python looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from privlint.analysis.names import Names
from privlint.analysis.symbols import Class, Function, Module, Symbol
from privlint.ir import Expr, FunctionDef, Import

_ROOTS = frozenset({"builtins.object"})
_SECOND_ARGUMENT = ("with_metaclass",)  # `with_metaclass(Meta, Base)`: the bases follow the first argument


def collect_classes(modules: Mapping[str, Module], functions: Mapping[str, Function]) -> dict[str, Class]:
    """Every class with its own methods and fields; of two of one name the later one counts."""
    classes: dict[str, Class] = {}
    for module in modules.values():
        for definition in module.index.classes:
            name = f"{module.name}.{definition.qualname}"
            classes[name] = Class(name, module.name, definition, methods={}, setters={}, fields={}, subclasses=[])
        for field in module.index.fields:
            owner = classes.get(f"{module.name}.{field.owner}") if field.owner else None
            if owner is not None:
                owner.fields.setdefault(field.name, []).append(field)
    for function in functions.values():
        if function.owner in classes:
            _add_method(classes[function.owner], function)
    return classes


def _add_method(owner: Class, function: Function) -> None:
    name = function.name
    role = accessor_role(function.definition)
    if role == "setter":
        owner.setters[name] = function.id
    if role != "getter" and name in owner.methods:
        return
    owner.methods[name] = function.id


def accessor_role(definition: FunctionDef) -> str:
    """ "setter", "deleter", "other" (`@name.register` and the like) or "getter" for what the name itself means."""
    name = definition.qualname.rpartition(".")[2]
    for decorator in definition.decorators:
        text = decorator.args[0].text if decorator.kind == "call" and decorator.args else decorator.text
        base, _, role = text.rpartition(".")
        if base == name or base.endswith(f".{name}"):
            return role if role in ("setter", "deleter") else "getter" if role == "getter" else "other"
    return "getter"


def link_bases(classes: Mapping[str, Class], names: Names) -> None:
    """Fills `bases`, `mro` and `subclasses`."""
    for name in classes:
        record = classes[name]
        pairs = [(base, expr) for expr in record.definition.bases for base in _base_names(record, names, expr)]
        kept = {base: expr for base, expr in reversed(pairs) if base not in _ROOTS and base != name}
        record.bases = tuple(reversed(kept))
        record.base_exprs = tuple(kept[base] for base in record.bases)
    orders: dict[str, tuple[str, ...]] = {}
    for name in classes:
        classes[name].mro = linearise(name, classes, orders)
        for base in classes[name].bases:
            if base in classes:
                classes[base].subclasses.append(name)
    for record in classes.values():
        record.subclasses.sort()


def _base_names(record: Class, names: Names, expr: Expr) -> list[str]:
    scope = record.definition.qualname.rpartition(".")[0]
    if expr.kind == "sub" and expr.args:
        return _base_names(record, names, expr.args[0])
    if expr.kind == "call" and expr.args:
        if expr.args[0].text.rpartition(".")[2] in _SECOND_ARGUMENT:
            rest = [arg for arg in expr.args[2:] if arg.kind != "kw"]
            return [base for arg in rest for base in _base_names(record, names, arg)]
        return _made_bases(record, names, expr)
    if expr.kind != "name":
        return []
    symbol = names.resolve(record.module, expr.text, scope)
    if symbol is not None and symbol.kind == "class" and symbol.name == record.id:
        symbol = _shadowed(record, names, expr.text)
    return [_class_name(names, symbol, expr.text)]


def _made_bases(record: Class, names: Names, call: Expr) -> list[str]:
    """What a class inherits from that a call makes: the class that its texts name, those that it is given, and the one
    whose method makes it (`Manager.from_queryset(PersonQuerySet)`), else what is called."""
    loaded = names.loaders.made(call)
    if loaded is not None:
        return [loaded.name]
    scope = record.definition.qualname.rpartition(".")[0]
    given = (names.resolve(record.module, arg.text, scope) for arg in call.args[1:] if arg.kind == "name")
    classes = [symbol.name for symbol in given if symbol is not None and symbol.kind == "class"]
    maker = call.args[0].text.rpartition(".")[0]
    if maker.rpartition(".")[2][:1].isupper():
        return [*classes, *_base_names(record, names, Expr("name", maker))]
    return [*classes, *_base_names(record, names, call.args[0])]


def _shadowed(record: Class, names: Names, text: str) -> Symbol | None:
    """`class User(User)`: the base is what the name meant before."""
    before: Symbol | None = None
    for item in names.scope(record.module).names[""].get(text, ()):
        if isinstance(item, Import) and item.line < record.definition.line:
            before = names.imported(record.module, item.module, item.name, item.level)
    return before


def _class_name(names: Names, symbol: Symbol | None, text: str) -> str:
    if symbol is None:
        return text
    if symbol.kind == "variable":
        held = names.class_held(symbol)
        if held is not None:
            return held.name
        made = names.instance_class(symbol)
        if made is not None and made.kind == "external":
            return made.name
    return symbol.name.partition("#")[0].replace(":", ".")


def linearise(
    name: str, classes: Mapping[str, Class], orders: dict[str, tuple[str, ...]], path: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Python's method resolution order; where there is none (a cycle, an inconsistent order) bases from left to right,
    depth first. A class from outside stands for itself alone."""
    known = orders.get(name)
    if known is not None:
        return known
    record = classes.get(name)
    if record is None:
        return (name,)
    bases = [base for base in record.bases if base not in path and base != name]
    tails = [list(linearise(base, classes, orders, (*path, name))) for base in bases]
    merged = _merge([*tails, bases])
    order = (name, *(merged if merged is not None else _depth_first(tails, name)))
    if len(bases) == len(record.bases):
        orders[name] = order
    return order


def _merge(sequences: Sequence[Sequence[str]]) -> list[str] | None:
    """The C3 merge, None if there is no consistent order."""
    rest = [list(sequence) for sequence in sequences if sequence]
    merged: list[str] = []
    while rest:
        for sequence in rest:
            head = sequence[0]
            if not any(head in other[1:] for other in rest):
                break
        else:
            return None
        merged.append(head)
        rest = [[item for item in sequence if item != head] for sequence in rest]
        rest = [sequence for sequence in rest if sequence]
    return merged


def _depth_first(tails: Iterable[Sequence[str]], name: str) -> list[str]:
    return [item for item in dict.fromkeys(item for tail in tails for item in tail) if item != name]
