"""A stub file beside a module: it adds types to what the module defines, never definitions that could run."""

from __future__ import annotations

import msgspec

from privlint.ir import FieldDef, FunctionDef, ModuleIndex, ParamDef


def complement(index: ModuleIndex, stub: ModuleIndex) -> ModuleIndex:
    """`index` with annotations, base classes' fields and imports of `stub` where it has none of its own.

    Places stay those of the module: a field that only the stub knows stands on the line of its class.
    """
    bound = {(item.scope, item.bound) for item in index.imports}
    others = [item for item in stub.imports if (item.scope, item.bound) not in bound]
    extra = [msgspec.structs.replace(item, line=0, typing_only=True) for item in others]
    stubs = {function.qualname: function for function in stub.functions if not _overloaded(function)}
    functions = [_typed(function, stubs.get(function.qualname)) for function in index.functions]
    return msgspec.structs.replace(
        index, imports=[*extra, *index.imports], functions=functions, fields=_merge_fields(index, stub)
    )


def _overloaded(function: FunctionDef) -> bool:
    return any(decorator.text.rpartition(".")[2] == "overload" for decorator in function.decorators)


def _typed(function: FunctionDef, stub: FunctionDef | None) -> FunctionDef:
    if stub is None:
        return function
    known = {param.name: param for param in stub.params}
    params = tuple(_typed_param(param, known.get(param.name)) for param in function.params)
    return msgspec.structs.replace(function, params=params, returns=function.returns or stub.returns)


def _typed_param(param: ParamDef, stub: ParamDef | None) -> ParamDef:
    if stub is None or param.annotation is not None:
        return param
    return msgspec.structs.replace(param, annotation=stub.annotation)


def _merge_fields(index: ModuleIndex, stub: ModuleIndex) -> list[FieldDef]:
    annotated = {(field.owner, field.name): field for field in stub.fields if field.annotation is not None}
    fields = []
    for field in index.fields:
        typed = annotated.pop((field.owner, field.name), None)
        if typed is not None and field.annotation is None:
            field = msgspec.structs.replace(field, annotation=typed.annotation)  # noqa: PLW2901
        fields.append(field)
    lines = {found.qualname: found.def_line for found in index.classes}
    for (owner, _), field in annotated.items():
        if owner in lines:
            fields.append(msgspec.structs.replace(field, line=lines[owner], column=1))
    return fields
