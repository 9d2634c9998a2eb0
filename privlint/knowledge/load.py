"""Reads `rules/`: library models on demand, the catalogue of recipients, the taxonomy, jurisdictions, cloud regions.

This is the one place of this layer that touches the disk. A file under `rules/libraries` is called after the import
name that it describes, so that a project costs the files of what it imports and no more.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from functools import cache, lru_cache
from itertools import islice, takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import tomli

from privlint.knowledge.hosts import HostIndex
from privlint.knowledge.merge import merge
from privlint.models import Adequacy, Category, Jurisdictions, Law, Library, Models, Recipient, Review, Taxonomy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

T = TypeVar("T")

_CATALOGUE_END = "\n[[callable]]"


class RulesError(Exception):
    """A file under `rules/` does not have the form it must have. The text names the file and the key."""


@lru_cache(maxsize=1)
def rules_folder() -> Path:
    """`privlint/_rules` of an installed wheel, or `rules/` beside the package of an editable install."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_rules", package.parent / "rules"):
        if folder.is_dir():
            return folder
    raise RulesError(f"{package / '_rules'}: the rules that belong to privlint are missing; install it again")


def load_models(imports: Collection[str] | None) -> Models:
    """Models of the libraries that a program imports (dotted module names, `from a import b` best given as "a" and
    "a.b"), of what those build on, and of builtins and the standard library; None takes every library.

    Recipients are those of the whole catalogue, since a host alone can name one."""
    models = merge(load_library(name) for name in select_libraries(imports))
    models.recipients = dict(load_catalogue())
    models.regions = dict(load_regions())
    return models


def select_libraries(imports: Collection[str] | None) -> tuple[str, ...]:
    """Names of the library files that `imports` need, sorted."""
    known = library_names()
    if imports is None:
        return known
    wanted = {name for name in known if name.partition(".")[0] in _standard_library()}
    queue = sorted(imports)
    seen: set[str] = set()
    while queue:
        module = queue.pop()
        if module in seen:
            continue
        seen.add(module)
        for name in _files_of(module):
            if name not in wanted:
                wanted.add(name)
                queue.extend(load_library(name).requires)
    return tuple(sorted(wanted))


def _files_of(module: str) -> list[str]:
    """Files of the module, of the packages around it, and of what lies in it (`from google.cloud import storage`)."""
    names, below = library_names(), module + "."
    parts = module.split(".")
    around = (".".join(parts[:number]) for number in range(1, len(parts) + 1))
    first = bisect_left(names, below)
    inside = takewhile(lambda name: name.startswith(below), islice(names, first, None))
    return [*(name for name in around if name in _name_set()), *inside]


@lru_cache(maxsize=1)
def _name_set() -> frozenset[str]:
    return frozenset(library_names())


@lru_cache(maxsize=1)
def library_names() -> tuple[str, ...]:
    """Import names that have a file, sorted; those with a leading underscore describe no import."""
    return tuple(sorted(name for name in _stems() if not name.startswith("_")))


@lru_cache(maxsize=1)
def _stems() -> tuple[str, ...]:
    return tuple(sorted(path.name[: -len(".toml")] for path in (rules_folder() / "libraries").glob("*.toml")))


@lru_cache(maxsize=1)
def _standard_library() -> frozenset[str]:
    return frozenset(sys.stdlib_module_names) | {"builtins"}


@cache
def load_library(name: str) -> Library:
    """The model file of one import name."""
    path = rules_folder() / "libraries" / f"{name}.toml"
    return _convert(path, _parse(path, _read(path)), Library)


@lru_cache(maxsize=1)
def load_catalogue() -> dict[str, Recipient]:
    """Every recipient by id. Recipients stand first in a file, so only the part before the first callable is parsed:
    a fifth of the time of the whole, and no index that could disagree with the files."""
    catalogue: dict[str, Recipient] = {}
    for stem in _stems():
        path = rules_folder() / "libraries" / f"{stem}.toml"
        head = _read(path).partition(_CATALOGUE_END)[0]
        if "[[recipient]]" not in head:
            continue
        for recipient in _convert(path, _parse(path, head).get("recipient", []), list[Recipient]):
            if recipient.id in catalogue:
                raise RulesError(f"{path}: recipient: `{recipient.id}` stands in another file too")
            catalogue[recipient.id] = recipient
    return dict(sorted(catalogue.items()))


@lru_cache(maxsize=1)
def shipped_hosts() -> HostIndex:
    """The index of the shipped catalogue's domains."""
    return HostIndex(load_catalogue(), load_regions())


def host_recipient(host: str) -> str:
    """Id of the shipped recipient whose domain is the most specific one for `host`, "" if there is none."""
    return shipped_hosts().recipient(host)


@lru_cache(maxsize=1)
def load_taxonomy() -> Taxonomy:
    path = rules_folder() / "taxonomy.toml"
    return Taxonomy(_convert(path, _parse(path, _read(path)), dict[str, Category]))


@lru_cache(maxsize=1)
def load_jurisdictions() -> Jurisdictions:
    path = rules_folder() / "jurisdictions.toml"
    content = _parse(path, _read(path))
    areas = _convert(path, content.get("areas", {}), dict[str, tuple[str, ...]])
    decisions = _convert(path, content.get("decision", []), tuple[Adequacy, ...])
    return Jurisdictions(
        areas=areas,
        decisions=tuple(single for decision in decisions for single in _by_country(decision, areas)),
        names=_convert(path, content.get("names", {}), dict[str, str]),
        checked_on=_convert(path, content.get("checked_on", ""), str),
        laws=_laws(_convert(path, content.get("law", []), tuple[Law, ...])),
    )


# Tables that one law may have from another.
SHARED = ("bases", "rights", "notice", "record", "record_items", "conditions")


def _laws(laws: Iterable[Law]) -> dict[str, Law]:
    """Laws by home, each with the tables of the law that it is `like`."""
    by_home = {law.home: law for law in laws}
    for home, law in by_home.items():
        other = by_home.get(law.like)
        if other is not None:
            taken = {name: getattr(other, name) for name in SHARED if not getattr(law, name)}
            by_home[home] = msgspec.structs.replace(law, **taken)
    return by_home


@lru_cache(maxsize=1)
def load_review() -> Review:
    """The checklist by which a text is read."""
    path = rules_folder() / "review.toml"
    return _convert(path, _parse(path, _read(path)), Review)


def _by_country(decision: Adequacy, areas: Mapping[str, tuple[str, ...]]) -> list[Adequacy]:
    """A decision on an area, once for each of its countries."""
    if decision.country not in areas or decision.country in areas[decision.country]:
        return [decision]
    return [msgspec.structs.replace(decision, country=country) for country in areas[decision.country]]


@lru_cache(maxsize=1)
def load_regions() -> dict[tuple[str, str], str]:
    """(provider, region) to the ISO country it stands in."""
    path = rules_folder() / "regions.toml"
    providers = _convert(path, _parse(path, _read(path)).get("regions", {}), dict[str, dict[str, str]])
    return {(provider, name): country for provider, names in providers.items() for name, country in names.items()}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(f"{path}: cannot be read: {error}") from error


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise RulesError(f"{path}: {error}") from error


def _convert(path: Path, content: object, form: type[T]) -> T:
    try:
        return msgspec.convert(content, form)
    except msgspec.ValidationError as error:
        what, _, key = str(error).partition(" - at ")
        raise RulesError(f"{path}: {key.strip('`').removeprefix('$.') or 'top level'}: {what}") from error
