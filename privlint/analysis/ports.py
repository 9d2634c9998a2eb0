"""Ports of a model as one call has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.arguments import argument_value
from privlint.knowledge.ports import Port, bind

if TYPE_CHECKING:
    from privlint.analysis.facts import Context
    from privlint.analysis.targets import Target
    from privlint.models import CallableModel


def bound_port(c: Context, target: Target, model: CallableModel, port: Port) -> Port:
    """The port with what the constant arguments of the call decide."""
    if not port.keyed:
        return port
    call = ir.Call(0, -1, target.args)

    def constant(argument: str) -> str | int | None:
        value = argument_value(call, model.params, argument)
        instr = c.code.code[value] if value >= 0 else None
        if not isinstance(instr, ir.Const) or isinstance(instr.value, bool):
            return None
        return instr.value if isinstance(instr.value, str | int) else None

    return bind(port, constant)
