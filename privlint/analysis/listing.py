"""Classes of the program that list attributes of other objects: schemas and forms of libraries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from privlint import ir
from privlint.analysis.arguments import argument_value
from privlint.analysis.bounds import MAX_NESTED_SERIALIZERS
from privlint.analysis.paths import Path, is_item, join
from privlint.analysis.symbols import decorator_name
from privlint.analysis.targets import Target

if TYPE_CHECKING:
    from privlint.analysis.code import Code
    from privlint.analysis.terms import Type
    from privlint.analysis.types import TypeQuery
    from privlint.models import CallableModel


class Listed(NamedTuple):
    """A field that a class lists: under which name it is written, which attribute of the object it is, the class that
    declares it, and its declaration if there is one."""

    name: str
    attribute: str
    owner: str
    field: ir.FieldDef | None


def listed_fields(query: TypeQuery, code: Code, value: int) -> list[Listed] | None:
    """What the class of a value lists, and the call that made it lets through; None if that cannot be told."""
    found: dict[str, Listed] = {}
    for term in query.of(code, value) if value >= 0 else ():
        fields = fields_of_class(query, term.name)
        if fields is None:
            return None
        found.update({each.name: each for each in fields})
    only, without = _chosen(query, code, value)
    kept = [e for e in found.values() if (only is None or e.name in only) and e.name not in without]
    return kept if found else None


def fields_of_class(query: TypeQuery, owner: str) -> list[Listed] | None:
    stated = query.members.stated
    named = stated.texts(owner, "Meta.fields")
    if named is None and stated.states(owner, "Meta.model"):  # the model's own attributes, whichever they are
        return None
    return [*(Listed(name, name, owner, None) for name in named or ()), *_in_body(query, owner)]


def _in_body(query: TypeQuery, owner: str) -> Iterator[Listed]:
    for ancestor in query.members.library.line(owner):
        record = query.program.classes.get(ancestor)
        for name, fields in record.fields.items() if record else ():
            for field in fields:
                if field.where == "class" and field.value is not None and field.value.kind == "call":
                    renamed = [a.args[0].value for a in field.value.args if a.kind == "kw" and a.text == "attribute"]
                    attribute = next((text for text in renamed if isinstance(text, str)), name)
                    yield Listed(name, attribute, ancestor, field)


def _chosen(query: TypeQuery, code: Code, value: int) -> tuple[list[str] | None, list[str]]:
    """The names that the constructor was told to keep (None: all) and to leave out."""
    call = code.code[code.original(value)] if value >= 0 else None
    if not isinstance(call, ir.Call):
        return None, []
    names = [t.name for t in query.of(code, call.func) if t.kind == "class"]
    models = (query.members.library.model(base) for name in names for base in query.members.library.line(name))
    model = next((each for each in models if each is not None), None)
    if model is None:
        return None, []
    picked = [_texts(code, argument_value(call, model.params, port)) for port in model.picks]
    dropped = [_texts(code, argument_value(call, model.params, port)) for port in model.drops]
    return next((each for each in picked if each is not None), None), [name for each in dropped for name in each or ()]


def _texts(code: Code, value: int) -> list[str] | None:
    instr = code.code[value] if value >= 0 else None
    if not isinstance(instr, ir.Build) or instr.many:
        return None
    items = [code.code[each] for each in instr.values]
    return [str(item.value) for item in items if isinstance(item, ir.Const)]


# ------------------------------------------------------------------------------------------------ fields by other means


def _declared(query: TypeQuery, listed: Listed) -> tuple[ir.Expr, CallableModel] | None:
    """The call that declares a field, and its model; of `List(Nested(...))` the inner one."""
    call = listed.field.value if listed.field is not None else None
    record = query.program.classes.get(listed.owner)
    for _ in range(MAX_NESTED_SERIALIZERS):
        if call is None or call.kind != "call" or record is None:
            return None
        symbol = query.program.resolve(record.module, decorator_name(call), record.definition.qualname)
        model = query.members.library.model(symbol.name) if symbol is not None else None
        if model is not None and (model.nests or model.computes):
            return call, model
        call = next((arg for arg in call.args[1:] if arg.kind == "call"), None)
    return None


def _argument(call: ir.Expr, model: CallableModel, name: str) -> ir.Expr | None:
    given = {arg.text: arg.args[0] for arg in call.args[1:] if arg.kind == "kw" and arg.args}
    plain = [arg for arg in call.args[1:] if arg.kind != "kw"]
    position = model.params.index(name)
    return given.get(name) or (plain[position] if position < len(plain) else None)


def nested_in(query: TypeQuery, listed: Listed) -> str:
    """The class that writes the object in a field; "" if the field holds it as it is."""
    declared = _declared(query, listed)
    if declared is None or not declared[1].nests or listed.field is None:
        return ""
    call, model = declared
    expr = _argument(call, model, model.nests)
    module = query.program.classes[listed.owner].module
    if expr is not None and expr.kind == "call":
        expr = expr.args[0]
    found = query.members.stated.instances(module, listed.field.owner, expr)
    return found[0].name if found else ""


def written_below(query: TypeQuery, schema: str, path: Path, depth: int = 0) -> Path | None:
    """What becomes of `path` below an object that a nested class writes; None if it leaves it out."""
    fields = fields_of_class(query, schema) if depth <= MAX_NESTED_SERIALIZERS else None
    if not path or not fields:
        return path
    if is_item(path[0]):  # one of several objects
        inner = written_below(query, schema, path[1:], depth)
        return None if inner is None else join((path[0],), inner)
    for each in fields:
        if path[0] == f".{each.attribute}":
            nested = nested_in(query, each)
            below = written_below(query, nested, path[1:], depth + 1) if nested else path[1:]
            return None if below is None else join((("k", each.name),), below)
    return None


def computing(query: TypeQuery, code: Code, target: Target) -> Iterator[Target]:
    """Methods and functions that writing an object runs on it: each with where its result goes."""
    if target.model is None or not target.args or target.args[0].name:
        return
    written = ir.Arg("", target.args[0].value)
    for each in listed_fields(query, code, target.receiver) or ():
        declared = _declared(query, each)
        if declared is None or not declared[1].computes or each.field is None:
            continue
        path: Path = (("k", each.name),)
        expr = _argument(declared[0], declared[1], declared[1].computes)
        text = expr.value if expr is not None and expr.kind == "const" else None
        method = query.program.find(each.owner, text) if isinstance(text, str) else None
        if method is not None and method.function:
            yield Target("body", method.function, 0, (ir.Arg("", target.receiver), written), result_path=path)
        for term in _functions(query, each, declared[1]) if text is None else ():
            yield Target("body", term.name, term.body, (written,), result_path=path)


def _functions(query: TypeQuery, listed: Listed, model: CallableModel) -> Iterator[Type]:
    """Functions that the declaration of a field is given."""
    module = query.program.classes[listed.owner].module
    code = query.units.code(f"{module}:{listed.field.owner}") if listed.field is not None else None
    for bound in code.code if code is not None else ():
        call = (
            code.code[bound.value] if code and isinstance(bound, ir.SetGlobal) and bound.name == listed.name else None
        )
        if isinstance(call, ir.Call) and code is not None:
            for term in query.of(code, argument_value(call, model.params, model.computes)):
                if term.kind in ("closure", "func"):
                    yield term
