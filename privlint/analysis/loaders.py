"""Classes that code fetches by their names: `Order = get_model("order", "Order")`, whoever wrote `get_model`.

A name that is bound to a call which is given that very name as a text is taken for the class of that name, if the other
texts of the call ("order", "checkout.forms") lead to one class only. So is a name bound to a call whose one argument
is a setting that holds the dotted name of a class.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from privlint.analysis.symbols import Module, Symbol
from privlint.ir import Expr


class Loaders:
    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules

    @cached_property
    def _classes(self) -> dict[str, list[str]]:
        """Class ids by their last name."""
        found: dict[str, dict[str, None]] = {}
        for module in self._modules.values():
            for definition in module.index.classes:
                if not definition.parent:
                    class_id = f"{module.name}.{definition.qualname}"
                    found.setdefault(definition.qualname.rpartition(".")[2], {})[class_id] = None
        return {name: sorted(ids) for name, ids in found.items()}

    @cached_property
    def _settings(self) -> dict[str, list[str]]:
        """Texts with dots that modules bind to names in upper case (`USER_CLASS = "users.models.User"`)."""
        found: dict[str, dict[str, None]] = {}
        for module in self._modules.values():
            for field in module.index.fields:
                value = field.value.value if field.value is not None and field.value.kind == "const" else None
                if field.where == "module" and field.name.isupper() and isinstance(value, str) and "." in value:
                    found.setdefault(field.name, {})[value] = None
        return {name: list(texts) for name, texts in found.items()}

    def bound(self, name: str, value: Expr) -> Symbol | None:
        """The class that a variable called `name` stands for, given the call that makes it."""
        call = value.args[0] if value.kind == "sub" and value.args else value
        if call.kind != "call":
            return None
        told = self._told(name, list(_texts(call))) if name in self._classes else None
        return told or self._set(call)

    def _set(self, call: Expr) -> Symbol | None:
        """The class that a call fetches whose only argument is a setting: `load(settings.USER_CLASS)`."""
        owner, _, setting = call.args[1].text.rpartition(".") if len(call.args) == 2 else ("", "", "")
        texts = self._settings.get(setting, ()) if owner and call.args[1].kind == "name" else ()
        return self._told(texts[0].rpartition(".")[2], list(texts)) if len(texts) == 1 else None

    def made(self, call: Expr) -> Symbol | None:
        """The class that a call gives whose last text names one: `class Form(get_class("order.forms", "Form"))`."""
        texts = list(_texts(call))
        name = texts[-1].rpartition(".")[2] if texts else ""
        return self._told(name, texts) if len(texts) > 1 or "." in "".join(texts) else None

    def _told(self, name: str, texts: list[str]) -> Symbol | None:
        if not any(text.rpartition(".")[2] == name for text in texts):
            return None
        candidates = self.labelled(name, texts)
        return Symbol("class", candidates[0]) if len(candidates) == 1 else None

    def labelled(self, name: str, texts: list[str]) -> list[str]:
        """Classes of that name in a module whose path has all that the other texts say; all of them without such."""
        candidates = self._classes.get(name, [])
        labels = [part for text in texts for part in text.split(".") if part[:1].islower()]
        return [c for c in candidates if _in_order(labels, c.split("."))]


def _in_order(labels: list[str], parts: list[str]) -> bool:
    rest = iter(parts)
    return all(label in rest for label in labels)


def _texts(call: Expr) -> Iterator[str]:
    """Constant texts among the positional arguments, those of a list included."""
    for arg in call.args[1:]:
        items = arg.args if arg.kind == "seq" else (arg,)
        for item in items:
            if item.kind == "const" and isinstance(item.value, str):
                yield item.value
