"""What a fact becomes when an attribute is read or written, by whatever syntax."""

from __future__ import annotations

import re

from privlint import ir
from privlint.analysis.code import Code
from privlint.analysis.facts import TOKEN, Context, Fact, Origin
from privlint.analysis.hits import Hit, SinkSite, is_deep
from privlint.analysis.paths import ANY, VALUE, Element, Path, below_containers, join
from privlint.analysis.solver import Solver
from privlint.analysis.told import untold

# Of what was looked up or answered (`find(name).id`, `fetch(url).status_code`): its key, its state, when it was made,
# how much it is, and what is only yes or no.
_TELLS_NOTHING = re.compile(
    r"(id|pk|\w+_id|\w+_pk|(is|has|can)_\w+|ok|status|status_code|returncode|count|total|size|length|(created|updated)_at)$"
)


def read_attribute(s: Solver, c: Context, at: int, name: str, fact: Fact, mask: int) -> None:
    """`fact` lies in or below the object whose attribute `name` the instruction at `at` reads."""
    path = fact[1]
    step = Origin("step", fact)
    if not path:
        silent = (
            _is_special(name) or _TELLS_NOTHING.match(name) or s.is_own_object(c.code, at) or _is_clean(s, c, at, name)
        )
        if not silent:  # an attribute of what should be plain data: something else was made of it
            s.add(c, at, (), s.lanes.doubted(mask & s.lanes.scalars), step)
        read_carrier(s, c, at, name, mask, step)
    elif path[0] == "." + name:
        s.add(c, at, path[1:], mask, step)
    elif name in s.query.members.library.gathering and len(path) > 1 and path[1] == "." + _gathered(s, c, at, name):
        s.add(c, at, (("k", str(path[0])[1:]), *path[2:]), mask, step)
    elif str(path[0])[1:] in s.query.members.delegation.attributes and not _is_special(name):
        _read_behind(s, c, at, name, path, mask, step)


def _gathered(s: Solver, c: Context, at: int, name: str) -> str:
    """The attribute that a mapping which a library's object has under `name` is gathered from."""
    load = c.code.code[at]
    types = s.query.of(c.code, load.base) if isinstance(load, ir.Load) else ()
    found = (s.query.members.library.attribute(t.name, name) for t in types if t.kind == "obj")
    return next((model.gathers for model in found if model is not None), "")


def _read_behind(s: Solver, c: Context, at: int, name: str, path: Path, mask: int, step: Origin) -> None:
    """The object does not have the attribute, but asks another one, which lies in `path[0]`."""
    load = c.code.code[at]
    types = s.query.of(c.code, load.base) if isinstance(load, ir.Load) else ()
    inner = str(path[0])[1:]
    holding = [t.name for t in types if t.name in s.program.classes]
    asks = any(inner in s.query.members.delegation.of(each) and not s.program.find(each, name) for each in holding)
    if not asks and holding:
        return
    mask = mask if asks else s.lanes.doubted(mask)
    if len(path) == 1:
        read_carrier(s, c, at, name, mask, step)
    elif path[1] == "." + name:
        s.add(c, at, path[2:], mask, step)


def _is_clean(s: Solver, c: Context, at: int, name: str) -> bool:
    """Whether a library says that the attribute has nothing of what its object was made of."""
    load = c.code.code[at]
    types = s.query.of(c.code, load.base) if isinstance(load, ir.Load) else ()
    found = [s.query.members.library.attribute(t.name, name) for t in types if t.kind == "obj"]
    return bool(found) and all(model is not None and model.clean for model in found)


def _is_special(name: str) -> bool:
    """`__name__`, `__class__`: of data they tell nothing."""
    return name.startswith("__") and name.endswith("__")


def read_carrier(s: Solver, c: Context, at: int, name: str, mask: int, step: Origin) -> None:
    """Reading `name` off an object that holds declared fields: the field, or another such object."""
    carriers = mask & s.lanes.carriers
    if not carriers or c.kind == TOKEN or (c.code.unit, c.code.body, at) in s.seeded:
        return
    for number, lane in s.lanes.items(carriers):
        owner = s.items.class_of(number)
        found = s.items.held(owner).get(name, -1)
        begun = [((), found)] if found >= 0 else s.derived.reads(owner, name)
        for inner, item in begun or [(path, related) for related, path in s.relation(owner, name)]:
            held = s.lanes.of(item, lane)
            s.begun[c.id, at, inner] = s.begun.get((c.id, at, inner), 0) | held
            s.add(c, at, inner, held, step)


def write_attribute(
    s: Solver, c: Context, at: int, base: int, name: str, fact: Fact, mask: int, site: int, path: Path | None = None
) -> None:
    """`fact` is written into attribute `name` of `base`; the instruction at `at` is the new version of the object, and
    the one at `site` is where the writing stands. `path`: where it lies there, if not where it did."""
    path = fact[1] if path is None else path
    step = Origin("step", fact)
    if name in s.query.members.library.sending and not _writes_back(c, at, name):
        _send(s, c, site, base, name, fact, mask)
    for term in s.query.of(c.code, base):
        if term.kind == "class" and term.name in s.program.classes:
            s.export(c, ("attr", term.name, name), fact, path, mask)
        if term.kind == "module" and term.name in s.program.modules:
            s.export(c, ("global", term.name, name), fact, path, mask)
        if term.kind == "obj" and term.name in s.program.classes:
            if not fact[1] and not _writes_back(c, at, name):
                record_write(s, c, site, term.name, name, fact, mask)
            if name in s.items.held(term.name):
                return  # a write into a declared field makes no fact: the field is a source of its own
            mask = untold(s, term.name, name, path, mask) if c.kind != TOKEN else mask
    s.add(c, at, join(("." + name,), path), mask, step)


def _send(s: Solver, c: Context, at: int, base: int, name: str, fact: Fact, mask: int) -> None:
    """Attributes of library objects that send what they are given: `response.content = page`."""
    for term in s.query.of(c.code, base):
        model = s.query.members.library.attribute(term.name, name) if term.kind == "obj" else None
        for sink in model.sink if model is not None else ():
            site = SinkSite(c.code.unit, c.code.body, at, sink.kind, f"{term.name}.{name}", sink, base)
            if is_deep(sink):
                s.hits.add(site, Hit(c.id, fact, True), mask)
            elif below_containers(fact[1]):
                s.hits.add(site, Hit(c.id, fact, False), mask & s.lanes.scalars)


def handed_back(s: Solver, c: Context, i: ir.Store, path: Path) -> int:
    """What the store only gives back: it tells the owner of an attribute of a later version of the attribute's own
    object, and this much of it whoever reads the attribute knows anyway."""
    code = c.code
    loaded = code.original(i.value)
    instr = code.code[loaded]
    if not isinstance(instr, ir.Load) or instr.attr != i.attr or code.original(instr.base) != code.original(i.base):
        return 0
    return s.begun.get((c.id, loaded, path), 0)


def item_handed_back(c: Context, i: ir.StoreItem, element: Element, path: Path) -> int:
    """The same for an item: what any item of the container was known to hold before stays known of any."""
    if not only_hands_back(c.code, i):
        return 0
    if element in (ANY, VALUE):
        return c.facts.get((c.code.original(i.value), path), 0)
    return c.facts.get((i.base, (ANY, *path)), 0) | c.facts.get((i.base, (VALUE, *path)), 0)


def only_hands_back(code: Code, i: ir.StoreItem) -> bool:
    """Whether what is stored is a later version of what the same key gave."""
    instr = code.code[code.original(i.value)] if i.value >= 0 else None
    if not isinstance(instr, ir.Item | ir.Elem) or code.original(instr.base) != code.original(i.base):
        return False
    key = code.code[i.key] if i.key >= 0 else None
    return instr.key == i.key if isinstance(instr, ir.Item) else getattr(key, "kind", "") == "[*]"


def _writes_back(c: Context, at: int, name: str) -> bool:
    """The store only tells the owner of an attribute what a call or another store did to the attribute's object."""
    code = c.code.code
    instr = code[at]
    value = instr.value if isinstance(instr, ir.Store) else -1
    while value >= 0:
        made = code[value]
        if isinstance(made, ir.After):
            value = made.value
        elif isinstance(made, ir.Store | ir.StoreItem):
            value = made.base
        else:
            return isinstance(made, ir.Load) and made.attr == name and value != getattr(instr, "value", -1)
    return False


def record_write(s: Solver, c: Context, at: int, owner: str, name: str, fact: Fact, mask: int) -> None:
    """A declared field, or any attribute of a row of a database, gets the data itself: whether it may, a check says."""
    stored = any(model.stores for model in s.query.members.library.class_models(owner))
    if stored or name in s.items.held(owner):
        site = SinkSite(c.code.unit, c.code.body, at, "store", f"{owner}.{name}")
        s.hits.add(site, Hit(c.id, fact, False), mask & s.lanes.scalars)
