"""The language between the frontend, which reads Python, and the analysis, which never sees it.

Two records per file, both made of its bytes alone, so both can be cached by content hash and built in another
process: a `ModuleIndex` (every file, cheap) and `UnitIR` (on demand, from LibCST).

A *unit* is one function with its nested functions and lambdas, one class body without its methods, or one module
body without its definitions. A *body* is what runs as one call: the unit itself, and each nested function or lambda.

A body is in static single assignment form: a list of instructions, and the value of an instruction is named by its
position in that list. Names of locals are gone: an assignment makes no instruction, a store into an object makes a
new version of it, a join of branches is a `Join`. So strong updates, overwritten values and dead code are settled
when the unit is lowered, and the solver follows operands only.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

# --------------------------------------------------------------------------------------------------------- expressions


TAG_KEYS = frozenset({"kind", "role", "type"})
"""Keys under which a mapping says what it is."""


class Expr(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An expression outside of bodies: an annotation, a decorator, a base class, the value of a field.

    `kind` is one of
      "name"   a dotted name as written:                    text="models.ForeignKey"
      "const"  a literal:                                   value
      "call"   args[0] is the callee, then the arguments:   keyword arguments are Expr("kw", text=name, args=[value])
      "sub"    a subscript: args[0] the base, then the items of the subscript: Annotated[str, Personal("x")]
      "or"     a union written with `|`
      "seq"    a display: text is "tuple", "list" or "set"
      "dict"   a dict display: args alternates key, value ("?" for the key of a `**` item)
      "attr"   an attribute of something that is no dotted name: args[0] the base, text the attribute
      "not"    what a failed test for the type args[0] leaves (only in `Typed`)
      "lacks"  anything without the attribute `text` (only in `Typed`)
      "tagged" a mapping that holds one of the texts args under key `text`, or whose item number `value` is such a
               mapping (only in `Typed`); "untagged": one that holds none of them there
      "other"  anything else; nothing may be concluded from it
    A string annotation is parsed and stands as what it contains.
    """

    kind: str
    text: str = ""
    args: tuple[Expr, ...] = ()
    value: str | int | float | bool | None = None


# --------------------------------------------------------------------------------------------------------------- index


class Import(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One bound name: `import a.b` binds "a" (module "a.b", name ""), `from m import n as x` binds "x"; `*` binds "*".

    `scope` is the qualified name of the function or class it stands in ("" at module level).
    `typing_only`: under `if TYPE_CHECKING`.
    """

    bound: str
    module: str
    name: str
    level: int
    line: int
    scope: str = ""
    typing_only: bool = False


class ParamDef(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """`kind`: "pos" (positional only), "any", "*" (var positional), "kw" (keyword only), "**"."""

    name: str
    kind: str
    annotation: Expr | None = None
    default: Expr | None = None
    line: int = 0


class FunctionDef(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A function at module or class level, or nested in one (`parent` then names the enclosing unit).

    `qualname` is dotted from the module: "Class.method", "outer.inner". Two definitions of one qualname differ by
    `ordinal` (0, 1, ...). `line` is that of the first decorator, `def_line` of `def`, `end_line` the last line.
    """

    qualname: str
    ordinal: int
    line: int
    def_line: int
    end_line: int
    params: tuple[ParamDef, ...]
    returns: Expr | None
    decorators: tuple[Expr, ...]
    owner: str  # qualified name of the class it is defined in, "" for a plain function
    parent: str  # qualified name of the function it is nested in, "" for a unit of its own
    is_async: bool
    is_generator: bool
    column: int = 1


class FieldDef(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A name bound in a class body, at module level, or as `self.x: T = ...` / `self.x = ...` in a method.

    `where` is "class", "module" or "self"; `owner` the qualified name of the class ("" for a module).
    """

    owner: str
    name: str
    where: str
    line: int
    column: int
    annotation: Expr | None
    value: Expr | None
    unit: str = ""  # for "self": the qualified name of the method that assigns it
    end_line: int = 0  # last line of the statement


class ClassDef(msgspec.Struct, array_like=True, frozen=True, gc=False):
    qualname: str
    ordinal: int
    line: int
    def_line: int
    end_line: int
    bases: tuple[Expr, ...]
    keywords: tuple[Expr, ...]
    decorators: tuple[Expr, ...]
    parent: str  # the enclosing function, "" if none
    column: int = 1


class CallSite(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A call, by name, for looking callers up without lowering.

    `callee` is the last name ("send" of `self.client.send(...)`, "f" of `f(...)`), `receiver` the dotted text before
    it ("self.client"; "()" stands for what is no name: `f().send` has receiver "f()", `x[0].send` "x[]"), "" for a
    plain name. `nargs` counts positional arguments, -1 if a `*` is among them; `keywords` are the names, with "**" if
    one is spread. A function that is only mentioned (passed as a value, decorated with) is in `mentions` instead.
    """

    unit: str
    callee: str
    receiver: str
    nargs: int
    keywords: tuple[str, ...]
    line: int


class AttributeUse(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """`receiver` as in CallSite; `mode` is "load", "store" or "del". The callee of a call is no use."""

    unit: str
    name: str
    receiver: str
    mode: str
    line: int


class Comment(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A comment that speaks to privlint: `text` is what follows `privlint:`; `own_line` if nothing precedes it."""

    line: int
    column: int
    text: str
    own_line: bool


class Problem(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Why something was not seen: `code` is PRV901 (does not parse), PRV902 (cannot be read), PRV903 (not analysed)."""

    code: str
    message: str
    line: int = 1
    column: int = 1


class ModuleIndex(msgspec.Struct, array_like=True):
    """All that is known of a file without lowering it. Order is source order throughout.

    `units` in other records is the qualified name of the enclosing unit: a function "f", "C.m"; a class body "C";
    "" for the module body. Uses inside a nested function or lambda belong to the outermost enclosing function.

    `locals` are hints for receivers, sorted: the text of what is assigned, as in CallSite ("User()", "self.order",
    "items[]" for an element), ":User" for an annotation, "()" where it is nothing that can be told.
    """

    lines: int
    imports: list[Import] = []
    functions: list[FunctionDef] = []
    classes: list[ClassDef] = []
    fields: list[FieldDef] = []
    calls: list[CallSite] = []
    attributes: list[AttributeUse] = []
    mentions: dict[str, list[str]] = {}  # plain name -> units that read it (sorted)
    globals_written: dict[str, list[str]] = {}  # module name -> units that rebind it through `global`
    strings: list[str] = []  # sorted unique string constants that are identifiers or dotted names (<= 80 characters)
    exports: list[str] | None = None  # __all__, when it is a literal
    comments: list[Comment] = []
    problems: list[Problem] = []
    locals: dict[str, dict[str, list[str]]] = {}  # unit -> local name used as a receiver -> what it is bound to


# ---------------------------------------------------------------------------------------------------------- body of IR

Value: TypeAlias = int  # position of the instruction that makes it; -1 is "nothing"


class Instr(msgspec.Struct, array_like=True, tag_field="op", frozen=True, gc=False):
    """`at` is the ordinal of the syntax node within the unit, in the order of lowering; `frontend.locate` turns
    ordinals of one unit into places. Operands are values."""

    at: int


class Param(Instr, tag="param", frozen=True):
    """The value of parameter number `index` of this body (`Body.params`)."""

    index: int


class Const(Instr, tag="const", frozen=True):
    value: str | int | float | bool | None
    kind: str = ""  # "bytes", "..." where the value alone does not tell (bytes stand latin-1 decoded)


class Global(Instr, tag="global", frozen=True):
    """Read of a name that is no local: a module name, an import, a builtin, or a name of the enclosing class body."""

    name: str


class Cell(Instr, tag="cell", frozen=True):
    """Read of variable `name` of the enclosing body number `body`: by reference, so any write of it may be seen."""

    body: int
    name: str


class SetCell(Instr, tag="setcell", frozen=True):
    """A write to a variable that nested bodies read, or (from a nested body) a `nonlocal` write."""

    body: int
    name: str
    value: Value


class SetGlobal(Instr, tag="setglobal", frozen=True):
    """A write to a module's name: every binding in a module body, `global` in a function, names of a class body."""

    name: str
    value: Value


class Imported(Instr, tag="imported", frozen=True):
    """A local import: the module (`name` empty) or the name of it. `level` counts leading dots."""

    module: str
    name: str
    level: int


class Load(Instr, tag="load", frozen=True):
    base: Value
    attr: str


class Item(Instr, tag="item", frozen=True):
    """`base[key]`; a slice is an Item whose key is a `Slice`. Unpacking uses constant keys (negative after a star)."""

    base: Value
    key: Value


class Slice(Instr, tag="slice", frozen=True):
    """`start:stop:step`, constants where known. As the key of an Item: the same elements, shifted by `start`."""

    start: int | None
    stop: int | None
    step: int | None = None


class Elem(Instr, tag="elem", frozen=True):
    """One element of an iteration over `base` (`for`, comprehension, star, `yield from`); keys, for a mapping."""

    base: Value


class Store(Instr, tag="store", frozen=True):
    """The version of `base` after `base.attr = value`. The lowering renames every local that is known to be the same
    object, and writes back into what it was loaded from."""

    base: Value
    attr: str
    value: Value


class StoreItem(Instr, tag="storeitem", frozen=True):
    """The version of `base` after `base[key] = value`; `value` -1 for `del base[key]`."""

    base: Value
    key: Value
    value: Value


class Build(Instr, tag="build", frozen=True):
    """A display or comprehension. `kind`: tuple, list, set, dict, gen. For a dict `keys` stands beside `values`, with
    -1 for a `**` item; else `keys` is empty and a starred item is a `Spread`. A comprehension is a Build whose one
    value (and key) is the element, with `many` set: its elements have no known position."""

    kind: str
    keys: tuple[Value, ...]
    values: tuple[Value, ...]
    many: bool = False


class Spread(Instr, tag="spread", frozen=True):
    """`*value` in a display."""

    value: Value


class Join(Instr, tag="join", frozen=True):
    """Any one of the values: where branches meet, loops, conditional expressions, `and`/`or`."""

    values: tuple[Value, ...]


class Text(Instr, tag="text", frozen=True):
    """A string made of parts (f-string, implicit and `+` concatenation with a literal): formatting calls `__format__`
    or `__str__` (`conversions`: "", "s", "r", "a" per part; "+" for an operand of `+`, which is not formatted)."""

    parts: tuple[Value, ...]
    conversions: tuple[str, ...] = ()


class Operate(Instr, tag="operate", frozen=True):
    """An operator: `operator` is the source text ("+", "%", "==", "not", "in", "u-"); in-place forms end in "="."""

    operator: str
    operands: tuple[Value, ...]


class Arg(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """`name` is "" for a positional argument, "*" and "**" for spread ones, else the keyword."""

    name: str
    value: Value


class Call(Instr, tag="call", frozen=True):
    func: Value
    args: tuple[Arg, ...]
    awaited: bool = False


class After(Instr, tag="after", frozen=True):
    """The version of `value` once instruction number `call` has run: an argument or the receiver, which the callee may
    have written to. The lowering renames as for Store."""

    call: Value
    value: Value


class Function(Instr, tag="function", frozen=True):
    """A nested function or lambda as a value: body number `body` of this unit, decorated by `decorators` (outermost
    first)."""

    body: int
    decorators: tuple[Value, ...] = ()


class LocalClass(Instr, tag="localclass", frozen=True):
    """A class statement inside a function: `qualname` as in the index."""

    qualname: str


class Typed(Instr, tag="typed", frozen=True):
    """`value`, known to be of the annotated type: `x: T = value`, `isinstance`, `match` on a class, `cast`.
    `narrowed`: learnt from a test, so it only adds to what is known."""

    value: Value
    annotation: Expr
    narrowed: bool = False


class Enter(Instr, tag="enter", frozen=True):
    """What `with manager as x` binds. `leaving`: the end of such a block, where `manager` is what the block made of `x`
    or of the manager, if it wrote to them. `error`: the exception that the block may raise, of which the manager is
    told."""

    manager: Value
    is_async: bool = False
    leaving: bool = False
    error: Value = -1


class Catch(Instr, tag="catch", frozen=True):
    """The exception a handler binds: `types` are the named classes (empty: anything), `guarded` the first instruction
    of the block that may raise it, and the one behind its last. `passes`: it is only told of, and goes on."""

    types: tuple[Value, ...]
    guarded: tuple[int, int]
    passes: bool = False


class Raise(Instr, tag="raise", frozen=True):
    """`cause` is that of `raise ... from`; `value` -1 is a bare re-raise. `caught`: the position does not leave the
    body (a handler of it takes any exception)."""

    value: Value
    cause: Value = -1
    caught: bool = False


class Return(Instr, tag="return", frozen=True):
    """`exits` are the versions of the parameters at this point, by parameter number: what a caller's objects became.
    The implicit return at the end of a body is one too (value: a Const None)."""

    value: Value
    exits: tuple[Value, ...]


class Yield(Instr, tag="yield", frozen=True):
    """The value of a Yield is what `send` passes in. `many`: `yield from`. `exits` as in Return."""

    value: Value
    many: bool = False
    exits: tuple[Value, ...] = ()


class Await(Instr, tag="await", frozen=True):
    value: Value


AnyInstr: TypeAlias = (
    Param
    | Const
    | Global
    | Cell
    | SetCell
    | SetGlobal
    | Imported
    | Load
    | Item
    | Slice
    | Elem
    | Store
    | StoreItem
    | Build
    | Spread
    | Join
    | Text
    | Operate
    | Call
    | After
    | Function
    | LocalClass
    | Typed
    | Enter
    | Catch
    | Raise
    | Return
    | Yield
    | Await
)


class Body(msgspec.Struct, array_like=True):
    """What runs as one call. Body 0 is the unit's own; `name` is "" for it, "inner" or "<lambda>" for nested ones.

    `parent` is the number of the enclosing body (-1 for body 0). `purposes` are the spans of instructions
    `[start, stop)` inside `with purpose("name"):` blocks, outermost first. `params` as in the index (for body 0 of a
    class or module: none). `loops` etc. leave no trace beside `Join`.
    """

    name: str
    parent: int
    params: list[ParamDef]
    code: list[AnyInstr]
    purposes: list[tuple[int, int, str]] = []
    is_async: bool = False
    is_generator: bool = False


class UnitIR(msgspec.Struct, array_like=True):
    """`qualname` and `ordinal` as in the index; `problems` say what could not be lowered. `digest` is that of the
    text that was lowered, empty where there was none."""

    qualname: str
    ordinal: int
    bodies: list[Body]
    problems: list[Problem] = []
    digest: bytes = b""


class Place(msgspec.Struct, array_like=True, frozen=True, order=True, gc=False):
    """Lines and columns count from 1, columns in code points; the end column is one past the last character."""

    line: int
    column: int
    end_line: int
    end_column: int
