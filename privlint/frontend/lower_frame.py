"""The state of lowering one body: its instructions so far, and which value each local is at this point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from privlint import ir

if TYPE_CHECKING:
    import libcst as cst

    from privlint.frontend.lower_scopes import Scope

Env: TypeAlias = dict[str, int]
"""Name of a local -> value. Keys that are no identifiers are ours: "$0" the object that parameter 0 brought,
"@7" the present version of value 7, "~x" a local that a comprehension or local class hides."""

ANY_ELEMENT = "[*]"  # kind of the Const that stands as the key "any element"
_WRITE_BACK_DEPTH = 4
_FAR = ir.Const(0, None)
_ROOT_DEPTH = 8
_ORIGINS = (ir.Load, ir.Item, ir.Elem)
_NOT_OURS = (ir.Global, ir.Imported, ir.Const, ir.Function, ir.LocalClass, ir.Text, ir.Operate)


class Unit:
    """What the bodies of one unit share. `nodes[n]` is the syntax node with ordinal n; `scopes` are those of nested
    functions and classes, by the identity of their node."""

    __slots__ = ("bodies", "nodes", "problems", "scopes")

    def __init__(self, scopes: dict[int, Scope]) -> None:
        self.scopes = scopes
        self.bodies: list[ir.Body] = []
        self.nodes: list[cst.CSTNode] = []
        self.problems: list[ir.Problem] = []


class Loop:
    """An open loop: the environments at its `break`s and `continue`s."""

    __slots__ = ("breaks", "continues")

    def __init__(self) -> None:
        self.breaks: list[Env] = []
        self.continues: list[Env] = []


class Guard:
    """An open `try` or `with`: every value that a local had at the end of a statement in it."""

    __slots__ = ("catches_all", "seen")

    def __init__(self, env: Env, *, catches_all: bool) -> None:
        self.seen: dict[str, list[int]] = {name: [value] for name, value in env.items()}
        self.catches_all = catches_all

    def record(self, env: Env) -> None:
        seen = self.seen
        for name, value in env.items():
            values = seen.get(name)
            if values is None:
                seen[name] = [value]
            elif values[-1] != value and value not in values:
                values.append(value)


class Frame:
    """One body being lowered. `dead`: control cannot come here, nothing may be lowered."""

    __slots__ = (
        "_based",
        "_calls",
        "_fresh",
        "_origins",
        "body",
        "class_prefix",
        "code",
        "dead",
        "defines",
        "env",
        "exit_keys",
        "guards",
        "handling",
        "leaving",
        "log",
        "loops",
        "nodes",
        "number",
        "path",
        "scope",
        "unit",
    )

    def __init__(self, unit: Unit, scope: Scope, body: ir.Body, path: str) -> None:
        self.unit = unit
        self.nodes = unit.nodes
        self.scope = scope
        self.body = body
        self.code: list[Any] = body.code  # slots of loop headers are filled late
        self.number = len(unit.bodies)
        self.path = path  # qualified name of what is lowered, for nested classes
        self.class_prefix = ""  # "Inner." while the statements of a local class are lowered
        scope.number = self.number
        unit.bodies.append(body)
        self.env: Env = {}
        self.dead = False
        self.defines = False  # a nested body has been made, which later calls may run
        self.loops: list[Loop] = []
        self.guards: list[Guard] = []
        self.handling = -1  # the exception whose handler is being lowered
        self.leaving: list[list[Env]] = []  # for each open `with`: where an exception leaves its block
        self.log: list[tuple[int, int]] = []  # renamings (old, new) in the present statement
        self.exit_keys: list[str] = []
        self._origins: dict[int, int] = {}
        self._based: set[int] = set()
        self._fresh: dict[str, int] = {}
        self._calls = 0

    # ------------------------------------------------------------------------------------------------- instructions

    def mark(self, node: cst.CSTNode) -> int:
        """The ordinal of `node`."""
        self.nodes.append(node)
        return len(self.nodes) - 1

    def emit(self, instr: ir.AnyInstr) -> int:
        self.code.append(instr)
        return len(self.code) - 1

    # -------------------------------------------------------------------------------------------------------- names

    def read(self, name: str, node: cst.CSTNode) -> int:
        value = self.env.get(name)
        if value is not None:
            return value if name not in self.scope.shared else self._refreshed(name, value, node)
        scope = self.scope
        at = self.mark(node)
        if scope.kind == "function" and name in scope.locals:
            return self.emit(ir.Const(at, None, "unbound"))
        owner = scope.owner(name)
        return self.emit(ir.Global(at, name) if owner is None else ir.Cell(at, owner.number, name))

    def _refreshed(self, name: str, value: int, node: cst.CSTNode) -> int:
        """A local that nested bodies change: after a call, it may be what they wrote."""
        if self._fresh.get(name) == self._calls or not self._calls:
            return value
        self._fresh[name] = self._calls
        at = self.mark(node)
        joined = self.emit(ir.Join(at, (value, self.emit(ir.Cell(at, self.number, name)))))
        self._origins[joined] = self.origin(value)
        self._rename(value, joined)
        return joined

    def bind(self, name: str, value: int, at: int) -> None:
        scope = self.scope
        if type(self.code[value]) in _ORIGINS:
            self._keep_bases(value)
        if scope.plain:
            self.env[name] = value
            return
        if name in scope.globals:
            self.emit(ir.SetGlobal(at, name, value))
            return
        if name in scope.nonlocals:
            owner = scope.owner(name)
            if owner is not None:
                self.emit(ir.SetCell(at, owner.number, name, value))
            return
        self.env[name] = value
        if scope.kind != "function":
            self.emit(ir.SetGlobal(at, name, value))
        elif name in scope.captured:
            self._fresh[name] = self._calls
            self.emit(ir.SetCell(at, self.number, name, value))

    def unbind(self, name: str) -> None:
        self.env.pop(name, None)

    def called(self) -> None:
        """A call ran: nested bodies may have written what they share."""
        if self.defines:
            self._calls += 1

    def exits(self) -> tuple[int, ...]:
        """Present versions of the objects that the parameters brought, by number."""
        env = self.env
        return tuple(env.get(key, index) for index, key in enumerate(self.exit_keys))

    # ----------------------------------------------------------------------------------------------------- versions

    def origin(self, value: int) -> int:
        """The value that `value` is a later version of."""
        return self._origins.get(value, value)

    def present(self, value: int, since: int) -> int:
        """The version of `value` after the renamings logged from position `since` on."""
        for old, new in self.log[since:]:
            if old == value:
                value = new
        return value

    def is_ours(self, value: int, *, cells: bool = True) -> bool:
        """Whether writing to `value` changes an object that this body holds, rather than a module's."""
        root = self._root(value)
        return not isinstance(root, _NOT_OURS) and (cells or not isinstance(root, ir.Cell))

    def is_global(self, value: int) -> bool:
        """Whether `value` is what a name of the module refers to, or a part of it."""
        return isinstance(self._root(value), ir.Global)

    def _root(self, value: int) -> ir.AnyInstr:
        """What `value` was loaded from first; a Const where that is too far away to matter."""
        for _ in range(_ROOT_DEPTH):
            instr: ir.AnyInstr = self.code[self.origin(value)]
            if isinstance(instr, _ORIGINS):
                value = instr.base
            elif isinstance(instr, ir.Typed):
                value = instr.value
            else:
                return instr
        return _FAR

    def renew(self, old: int, new: int, at: int, since: int, *, owned: bool = True) -> None:
        """`new` is the version of `old` from here on, under all its names and in what it was loaded from.

        `owned`: the change was made here, by a store, and not by a callee."""
        for _ in range(_WRITE_BACK_DEPTH):
            origin = self.origin(old)
            self._rename(old, new)
            self._origins[new] = origin
            instr = self.code[origin]
            while type(instr) is ir.Typed:
                self._rename(instr.value, new)
                origin = self.origin(instr.value)
                instr = self.code[origin]
            if isinstance(instr, ir.Cell):
                self.emit(ir.SetCell(at, instr.body, instr.name, new))
                return
            if isinstance(instr, ir.Global) and owned:
                self.emit(ir.SetGlobal(at, instr.name, new))
                return
            if not isinstance(instr, _ORIGINS):
                return
            old = self._latest(instr.base, since)
            new = self._stored(instr, old, new, at)
            if new < 0:
                return

    def _stored(self, origin: ir.AnyInstr, base: int, value: int, at: int) -> int:
        """`base` with a new version of what was loaded from it by `origin`; -1 for a slice, which is a copy."""
        if isinstance(origin, ir.Load):
            return self.emit(ir.Store(at, base, origin.attr, value))
        if isinstance(origin, ir.Item):
            if isinstance(self.code[origin.key], ir.Slice):
                return -1
            return self.emit(ir.StoreItem(at, base, origin.key, value))
        return self.emit(ir.StoreItem(at, base, self.emit(ir.Const(at, None, ANY_ELEMENT)), value))

    def _latest(self, base: int, since: int) -> int:
        found = self.env.get(f"@{base}")
        return self.present(base, since) if found is None else found

    def _keep_bases(self, value: int) -> None:
        """From now on the versions of what `value` was loaded from are followed, since a local holds a part of it."""
        for _ in range(_WRITE_BACK_DEPTH):
            instr = self.code[self.origin(value)]
            if not isinstance(instr, _ORIGINS):
                return
            value = instr.base
            self._based.add(value)

    def _rename(self, old: int, new: int) -> None:
        env = self.env
        captured = self.scope.captured
        shared: list[str] = []
        for name, value in env.items():
            if value == old:
                env[name] = new
                if name in captured:
                    shared.append(name)
        if old in self._based:
            env.setdefault(f"@{old}", new)
        self.log.append((old, new))
        if shared and type(self.code[new]) is not ir.Join:
            for name in shared:
                self.emit(ir.SetCell(self.code[new].at, self.number, name, new))

    def narrow(self, name: str, annotation: ir.Expr, at: int) -> None:
        """Adds to what is known of the object that local `name` holds."""
        value = self.env.get(name)
        if value is None:
            return
        typed = self.emit(ir.Typed(at, value, annotation, True))
        env = self.env
        for key, known in env.items():
            if known == value:
                env[key] = typed
        self._origins[typed] = self.origin(value)
        self.log.append((value, typed))

    # -------------------------------------------------------------------------------------------------------- joins

    def take(self, ends: list[Env]) -> None:
        """Adds the present environment to `ends`, unless control cannot come here."""
        if not self.dead:
            ends.append(self.env)

    def meet(self, ends: list[Env], node: cst.CSTNode) -> None:
        """Goes on where several branches ended; nowhere if none did."""
        self.dead = not ends
        if ends:
            self.env = self.merged(ends, node)

    def merged(self, envs: list[Env], node: cst.CSTNode) -> Env:
        first = envs[0]
        if len(envs) == 1 or (len(envs) == 2 and first == envs[1]):
            return first
        made: dict[tuple[int, ...], int] = {}
        result: Env = {}
        for name in dict.fromkeys(name for env in envs for name in env):
            values = self._values(name, envs)
            result[name] = values[0] if len(values) == 1 else self.join(values, node, made)
        return result

    def _values(self, name: str, envs: list[Env]) -> list[int]:
        values: list[int] = []
        for env in envs:
            value = env.get(name)
            if value is None:
                if name[0] != "@":
                    continue
                value = int(name[1:])
            if value not in values:
                values.append(value)
        return values

    def join(self, values: list[int], node: cst.CSTNode, made: dict[tuple[int, ...], int]) -> int:
        """One of `values`; what was learnt from tests on one of the branches that bring an object is forgotten."""
        told: dict[int, int] = {}
        for value in values:
            plain = self.unnarrowed(value)
            told[plain] = plain if plain in told else value
        if len(told) == 1:
            return next(iter(told))
        key = tuple(told.values())
        found = made.get(key)
        if found is None:
            found = made[key] = self.emit(ir.Join(self.mark(node), key))
            origins = {self.origin(value) for value in key}
            if len(origins) == 1:
                self._origins[found] = origins.pop()
            self.log.extend((value, found) for value in key)
        return found

    def unnarrowed(self, value: int) -> int:
        instr = self.code[value]
        while type(instr) is ir.Typed and instr.narrowed:
            value = instr.value
            instr = self.code[value]
        return value

    def open_header(self, names: list[str], at: int) -> int:
        """A Join for the present value of `names` (which is one, or none) and those of the next rounds."""
        entry = self.env.get(names[0])
        header = self.emit(ir.Join(at, () if entry is None else (entry,)))
        for name in names:
            self.env[name] = header
        if entry is not None:
            self._origins[header] = self.origin(entry)
            self.log.append((entry, header))
            key = f"@{entry}"
            if entry in self._based and key not in self.env:
                self.env[key] = header
                names.append(key)
        return header

    def close_header(self, header: int, names: list[str], backs: list[Env]) -> None:
        join = self.code[header]
        values = list(join.values)
        for env in backs:
            for name in names:
                value = env.get(name)
                if value is not None:
                    value = self.unnarrowed(value)
                    if value != header and value not in values:
                        values.append(value)
        self.code[header] = ir.Join(join.at, tuple(values)) if values else ir.Const(join.at, None, "unbound")
