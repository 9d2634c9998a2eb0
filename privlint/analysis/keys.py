"""Keys that are no literals, as far as the code tells which they can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.bounds import MAX_KNOWN_KEYS
from privlint.analysis.code import Code
from privlint.analysis.paths import Element, is_text_key, item
from privlint.knowledge.ports import parse_flow

if TYPE_CHECKING:
    from privlint.analysis.program import Symbol
    from privlint.analysis.targets import Target
    from privlint.analysis.types import TypeQuery

_READING = frozenset({"items", "keys"})


def known_keys(query: TypeQuery, code: Code, value: int) -> tuple[Element, ...]:
    """The elements that a key can name: a constant, any of several, one of a display or of a constant of a module or
    class that is iterated over; empty if one of them is not known."""
    found = _known(query, code, value, 0)
    return tuple(dict.fromkeys(found)) if found is not None and len(found) <= MAX_KNOWN_KEYS else ()


def known_names(query: TypeQuery, code: Code, value: int) -> list[str]:
    """The names that a value can be, if all of them are known."""
    return [str(element[1]) for element in known_keys(query, code, value) if isinstance(element[1], str)]


def name_pattern(query: TypeQuery, code: Code, value: int) -> tuple[str, str] | None:
    """How a text begins and ends of which only that is known: `f"visit_{kind}"`, `"on_" + kind`."""
    instr = code.code[value] if value >= 0 else None
    parts = instr.parts if isinstance(instr, ir.Text) else ()
    first, last = (known_names(query, code, part) if parts else [] for part in (parts[:1] + parts[-1:]) or (0, 0))
    start, end = "".join(first[:1]), "".join(last[:1])
    return (start, end) if len(first) < 2 and len(last) < 2 and (len(start) > 1 or len(end) > 1) else None


def is_other_key(query: TypeQuery, code: Code, value: int, element: Element) -> bool:
    """Whether a key of which only the beginning or the end is known cannot be the one of a constant text."""
    if not is_text_key(element):
        return False
    pattern, text = name_pattern(query, code, value), str(element[1])
    return pattern is not None and not (text.startswith(pattern[0]) and text.endswith(pattern[1]))


def _known(query: TypeQuery, code: Code, value: int, depth: int) -> list[Element] | None:
    instr = code.code[value] if value >= 0 else None
    if depth > MAX_KNOWN_KEYS:
        return None
    if isinstance(instr, ir.Const):
        return _constant(instr)
    if isinstance(instr, ir.After | ir.Typed | ir.Await):
        return _known(query, code, instr.value, depth + 1)
    if isinstance(instr, ir.Join):
        return _all(query, code, instr.values, depth)
    if isinstance(instr, ir.Item):
        return _first_of_pair(query, code, instr, depth)
    if isinstance(instr, ir.Elem):
        return _listed(query, code, instr.base, depth)
    if isinstance(instr, ir.Text | ir.Build):
        return _composed(query, code, instr, depth)
    return _named(query, code, instr) if isinstance(instr, ir.Global | ir.Imported | ir.Load) else None


def _first_of_pair(query: TypeQuery, code: Code, instr: ir.Item, depth: int) -> list[Element] | None:
    """`name` of `for name, label in LABELS.items()`."""
    number, pair = code.code[instr.key], code.code[instr.base]
    if not isinstance(pair, ir.Elem) or not isinstance(number, ir.Const) or number.value != 0:
        return None
    shown = _items_of(code, pair.base)
    return _listed(query, code, shown, depth) if shown >= 0 else None


def _items_of(code: Code, value: int) -> int:
    """The mapping whose `items()` a value is; -1 for anything else."""
    instr = code.code[value]
    func = code.code[instr.func] if isinstance(instr, ir.Call) else None
    return func.base if isinstance(func, ir.Load) and func.attr == "items" else -1


def _listed(query: TypeQuery, code: Code, value: int, depth: int) -> list[Element] | None:
    """The elements of what is iterated over, or the keys of a mapping."""
    instr = made_by(code, value)
    if isinstance(instr, ir.Build):
        return None if instr.many else _all(query, code, instr.keys or instr.values, depth)
    names = query.members.stated.listed(code, value)
    return [item(name) for name in names] if names else None


def _constant(instr: ir.Const) -> list[Element] | None:
    if instr.kind == "bytes":
        return [("k", f"b{instr.value!r}")]
    if isinstance(instr.value, str) and not instr.kind:
        return [item(instr.value)]
    if isinstance(instr.value, bool):
        return [("k", int(instr.value))]
    if isinstance(instr.value, float) or (instr.value is None and not instr.kind):
        return [("k", str(instr.value))]
    return None


def _all(query: TypeQuery, code: Code, values: tuple[int, ...], depth: int) -> list[Element] | None:
    found: list[Element] = []
    for value in values:
        inner = _known(query, code, value, depth + 1)
        if inner is None:
            return None
        found += inner
    return found


def _composed(query: TypeQuery, code: Code, instr: ir.Text | ir.Build, depth: int) -> list[Element] | None:
    """A text of known parts, a tuple of them."""
    parts = instr.parts if isinstance(instr, ir.Text) else instr.values
    if isinstance(instr, ir.Build) and (instr.kind != "tuple" or instr.many):
        return None
    texts: list[str] = []
    for part in parts:
        made = code.code[part]
        whole = isinstance(made, ir.Const) and type(made.value) is int
        found = [item(made.value)] if isinstance(made, ir.Const) and whole else _known(query, code, part, depth + 1)
        if found is None or len(found) != 1:
            return None
        texts.append(str(found[0][1]))
    return [("k", "".join(texts) if isinstance(instr, ir.Text) else f"({', '.join(texts)})")]


def _named(query: TypeQuery, code: Code, instr: ir.Global | ir.Imported | ir.Load) -> list[Element] | None:
    """A constant of a module or a class; a member of an enumeration."""
    module, scope = query.scope(code)
    symbol: Symbol | None = None
    if isinstance(instr, ir.Global):
        symbol = query.program.resolve(module, instr.name, scope)
    elif isinstance(instr, ir.Imported):
        symbol = query.program.imported(module, instr.module, instr.name, instr.level)
    else:
        return _attribute(query, code, instr)
    return _of_module(query, *symbol.name.split(":")) if symbol is not None and symbol.kind == "variable" else None


def _attribute(query: TypeQuery, code: Code, load: ir.Load) -> list[Element] | None:
    base = code.code[load.base]
    if not isinstance(base, ir.Global | ir.Imported | ir.Load | ir.Param):
        return None
    types = query.of(code, load.base)
    if len(types) != 1:
        return None
    term = types[0]
    if isinstance(base, ir.Param):
        return _of_heirs(query, term.name, load.attr) if term.kind in ("obj", "class") and not base.index else None
    if term.kind == "module" and term.name in query.program.modules:
        return _of_module(query, term.name, load.attr)
    return _of_class(query, term.name, load.attr) if term.kind == "class" else None


def _of_module(query: TypeQuery, module: str, name: str) -> list[Element] | None:
    if "." in name:
        owner, _, attribute = name.rpartition(".")
        return _of_class(query, f"{module}.{owner}", attribute)
    index = query.program.modules[module].index
    fields = [f for f in index.fields if f.where == "module" and f.name == name]
    return _stated(fields[0]) if len(fields) == 1 and name not in index.globals_written else None


def _of_heirs(query: TypeQuery, owner: str, name: str) -> list[Element] | None:
    """What `self.name` is: the constants of a class and of those that derive from it, if nobody assigns another one."""
    found: list[Element] = []
    for each in (owner, *query.program.heirs(owner)):
        stated = _of_class(query, each, name)
        if stated is None:
            return None
        found += stated
    return found


def _of_class(query: TypeQuery, owner: str, name: str) -> list[Element] | None:
    found = query.program.find(owner, name)
    if found is None or found.field is None or found.field.where != "class":
        return None
    if any(each.endswith("Enum") for each in query.members.library.line(owner)):
        return [("k", f"{found.owner}.{name}")]
    return _stated(found.field) if len(query.program.classes[found.owner].fields[name]) == 1 else None


def _stated(field: ir.FieldDef) -> list[Element] | None:
    value = field.value
    return [item(value.value)] if value is not None and value.kind == "const" and type(value.value) is str else None


def iterates(code: Code, key: int, mapping: int) -> bool:
    """Whether the key comes from an iteration over the mapping that it is used on: it names what is there."""
    instr = code.code[key] if key >= 0 else None
    if isinstance(instr, ir.Item):  # `for key, value in mapping.items()`
        instr = code.code[instr.base]
    if not isinstance(instr, ir.Elem):
        return False
    source = instr.base
    made = code.code[source]
    while isinstance(made, ir.Call):
        func = code.code[made.func]
        if isinstance(func, ir.Load) and func.attr in _READING:
            source = func.base
        elif len(made.args) == 1:  # `list(mapping)`, `sorted(mapping.items())`
            source = made.args[0].value
        else:
            break
        made = code.code[source]
    return bool(versions(code, source) & versions(code, mapping))


def made_by(code: Code, value: int) -> ir.AnyInstr:
    """The instruction that every version of a value comes from, whatever loops and branches it went through; its own if
    there are several."""
    made = [code.code[each] for each in sorted(versions(code, value))]
    found = [instr for instr in made if not isinstance(instr, ir.Join)]
    return found[0] if len(found) == 1 else code.code[value]


def versions(code: Code, value: int) -> set[int]:
    """The values that `value` is a later version of, whichever branch was taken."""
    found: set[int] = set()
    pending = [value]
    while pending:
        each = code.original(pending.pop())
        if each not in found:
            found.add(each)
            instr = code.code[each]
            pending += instr.values if isinstance(instr, ir.Join) else ()
    return found


def given_again(code: Code, target: Target, goal: str, key: object, source: int = -1) -> bool:
    """Whether another argument than the value `source`, of a library's call that takes mappings over whole, holds
    `key`: what lay under it before is replaced. `goal`: where they go."""
    flows = [parse_flow(text) for text in target.model.flow] if target.model is not None else []
    whole = {port.root for port, end in flows if end.root == goal and not end.path and not port.path}
    behind = source < 0
    for place, arg in enumerate(target.args):
        taken = behind and ("**" if arg.name else str(place)) in whole
        if taken and (arg.name == key if arg.name else _displays(code, arg.value, key)):
            return True
        behind = behind or arg.value == source
    return False


def _displays(code: Code, value: int, key: object) -> bool:
    """Whether a value is a display of a mapping with that constant key."""
    display = code.code[code.original(value)] if value >= 0 else None
    if not isinstance(display, ir.Build) or display.kind != "dict" or display.many:
        return False
    return any(isinstance(i := code.code[each], ir.Const) and i.value == key for each in display.keys if each >= 0)
