"""Mail bodies out of templates."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, PackageLoader, select_autoescape


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(loader=PackageLoader("probackup.campaigns"), autoescape=select_autoescape())


def render(name: str, context: dict[str, object]) -> str:
    return _templates().get_template(f"{name}.html").render(context)
