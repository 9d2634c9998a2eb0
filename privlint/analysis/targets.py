"""One callee of an instruction, as seen from there."""

from __future__ import annotations

import msgspec

from privlint import ir
from privlint.analysis.paths import Path
from privlint.models import CallableModel


class Target(msgspec.Struct, frozen=True, gc=False):
    """One callee of an instruction. `kind`:

    "body"     body number `body` of unit `name`; `result`: "return", "self" (a constructor), "element" (`with` over a
               generator, iteration), "none" (it is dropped), "given", "item" or "entry" (it becomes `into`, an
               item of it, or lies there under some key)
    "model"    a callable of a library, described by `model`
    "fields"   a class without a constructor of its own: arguments become the attributes `fields` (in order)
    "sent"     the argument becomes the value of `yield` in a generator's body
    "unknown"  nothing is known but the name

    `args` are what the call passes, a receiver first if the callee takes one. `receiver` is the value a method was
    taken from (-1: none). `handover`: the kind of sink that hands the arguments over ("" if it is a plain call).
    `result_path`: where a library puts what its callback returns, below its own result. `fits`: its class only has what
    a protocol asks for. `into`: the value that gets the result of a function that another body was given ("given").
    `wraps`: the function that a decorator gave this one, which calls it in a way of its own. `passive`: what begins in
    it comes out here, but its arguments come from what is put around it.
    `lengths`: how many elements each spread argument has, in order (0: not known).
    """

    kind: str
    name: str
    body: int = 0
    args: tuple[ir.Arg, ...] = ()
    receiver: int = -1
    result: str = "return"
    model: CallableModel | None = None
    fields: tuple[str, ...] = ()
    likely: bool = False
    handover: str = ""
    result_path: Path = ()
    fits: bool = False
    into: int = -1
    lengths: tuple[int, ...] = ()
    wraps: str = ""
    passive: bool = False
