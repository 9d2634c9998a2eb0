"""Ports of a model as one call has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint import ir
from privlint.analysis.arguments import constant_argument
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
    return bind(port, lambda argument: constant_argument(c.code, call, model.params, argument))
