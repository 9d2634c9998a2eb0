"""Import roots and module names, from paths and from what the project itself imports.

A file can be reached under several dotted names: `services/web/app/models.py` is `app.models` for its siblings and
`services.web.app.models` for the project. One name is canonical, the others find it as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from privlint.ir import ModuleIndex

_SUFFIXES = (".py", ".pyi", ".pyw")


def find_roots(paths: Iterable[str]) -> list[str]:
    """Folders that dotted names may start from, sorted; "" is the project root itself and always one.

    Beside it: `src` folders, folders with a `manage.py`, the parents of top-most packages. `paths` are POSIX, relative
    to the project root. A folder of scripts is a root for its own files only, so it is none of these.
    """
    folders = _Folders(paths)
    roots = {""}
    roots.update(_parent(package) for package in folders.top_packages)
    for path in folders.paths:
        folder, _, name = path.rpartition("/")
        if name == "manage.py":
            roots.add(folder)
        for ancestor in _ancestors(path):
            if ancestor.rpartition("/")[2] == "src" and not folders.in_package(ancestor):
                roots.add(ancestor)
    return sorted(roots)


class Layout:
    """Names of files. `name_of` maps a path to its canonical name, `path_of` back; `root_of` a path to the root that
    the name starts from; `aliases` other dotted names to the canonical one."""

    def __init__(self, files: Mapping[str, ModuleIndex], roots: Sequence[str]) -> None:
        self._folders = _Folders(path for path in files if not _is_stub_beside(path, files))
        self._files = files
        primary = {root.strip("/") for root in roots} | {""}
        self._tables = self._dotted_names(primary | self._local_roots())
        self.roots = sorted(primary - self._demoted(primary))
        self.name_of: dict[str, str] = {}
        self.path_of: dict[str, str] = {}
        self.root_of: dict[str, str] = {}
        self._name_all()
        self._found: dict[tuple[str, str], str] = {}
        self._orders: dict[str, list[str]] = {}

    @cached_property
    def aliases(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for root in sorted(self._tables):
            for dotted, path in sorted(self._tables[root].items()):
                if dotted not in self.path_of:
                    found.setdefault(dotted, self.name_of[path])
        return found

    @cached_property
    def packages(self) -> frozenset[str]:
        """Canonical names of packages, namespace packages included."""
        found = {self.name_of[path] for path in self.name_of if is_package(path)}
        for name in self.path_of:
            parts = name.split(".")
            found.update(".".join(parts[:size]) for size in range(1, len(parts)))
        return frozenset(found)

    def locate(self, importer: str, dotted: str) -> str:
        """Canonical name of the module that an absolute import of `dotted` in the file `importer` finds, or ""."""
        folder = _parent(importer)
        key = (folder, dotted)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._locate(folder, dotted)
        return found

    def _locate(self, folder: str, dotted: str) -> str:
        order = self._orders.get(folder)
        if order is None:
            order = self._orders[folder] = self._search_order(folder)
        for root in order:
            path = self._tables[root].get(dotted)
            if path is not None:
                return self.name_of[path]
        return dotted if dotted in self.packages else ""

    def _search_order(self, folder: str) -> list[str]:
        around = [folder, *reversed(_ancestors(folder))] if folder else [""]
        if self._folders.in_package(folder):
            around = [root for root in around if root in self.roots] + [r for r in around if r not in self.roots]
        inner = [root for root in around if root in self._tables]
        return inner + [root for root in self.roots if root not in inner]

    # ------------------------------------------------------------------------------------------------------- naming

    def _local_roots(self) -> set[str]:
        """Roots for the files below them only: folders of scripts, and packages unpacked inside of packages."""
        found = set()
        for path in self._folders.paths:
            folder = _parent(path)
            if not self._folders.in_package(folder):
                found.add(folder)
        for package in self._folders.packages:
            if _parent(package) not in self._folders.packages:
                found.add(_parent(package))
        return found

    def _dotted_names(self, roots: set[str]) -> dict[str, dict[str, str]]:
        tables: dict[str, dict[str, str]] = {root: {} for root in sorted(roots)}
        for path in self._folders.paths:
            for root in _ancestors(path):
                table = tables.get(root)
                if table is None or not self._belongs(path, root):
                    continue
                dotted = dotted_name(path, root)
                if dotted not in table or is_package(path):
                    table[dotted] = path
        return tables

    def _belongs(self, path: str, root: str) -> bool:
        """Below a root that lies in a package itself, packages alone can be meant by their short names."""
        if not self._folders.in_package(root):
            return True
        top = path[len(root) + 1 :].partition("/")[0]
        return f"{root}/{top}" in self._folders.packages

    def _demoted(self, primary: set[str]) -> set[str]:
        """Roots that the project's own imports speak against: parts of a namespace package, `import src.app`."""
        if len(primary) == 1:
            return set()
        imported: Counter[tuple[str, ...]] = Counter()
        for path in self._folders.paths:
            for item in self._files[path].imports:
                if not item.level and item.module:
                    imported[tuple(item.module.split("."))] += 1
        return {root for root in sorted(primary) if root and self._reached_from_above(root, primary, imported)}

    def _reached_from_above(self, root: str, primary: set[str], imported: Counter[tuple[str, ...]]) -> bool:
        tops = {dotted.partition(".")[0] for dotted in self._tables[root]}
        above = [outer for outer in _ancestors(root) if outer in primary and outer != root]
        prefixes = {tuple(root[len(outer) :].strip("/").split("/")) for outer in above}
        below = sum(count for name, count in imported.items() if name[0] in tops)
        through = 0
        for prefix in sorted(prefixes):
            size = len(prefix)
            through += sum(n for name, n in imported.items() if name[:size] == prefix and len(name) > size)
        return through > below

    def _name_all(self) -> None:
        order = sorted(self._folders.paths, key=lambda path: (path.count("/"), path))
        for path in order:
            around = [root for root in reversed(_ancestors(path)) if root in self.roots]
            around.sort(key=self._folders.in_package)  # the name that its own package has comes first
            names = [(dotted_name(path, root), root) for root in around]
            name, root = next((pair for pair in names if pair[0] not in self.path_of), (path, ""))
            self.name_of[path], self.root_of[path] = name, root
            self.path_of[name] = path


class _Folders:
    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = sorted(path for path in paths if path.endswith(_SUFFIXES))
        self.packages = {_parent(path) for path in self.paths if is_package(path)}
        self._inside: dict[str, bool] = {}

    @cached_property
    def top_packages(self) -> list[str]:
        return sorted(p for p in self.packages if p and not self.in_package(_parent(p)))

    def in_package(self, folder: str) -> bool:
        """Is it a package, or does it lie in one? (The project root is never taken for a package.)"""
        known = self._inside.get(folder)
        if known is None:
            known = bool(folder) and (folder in self.packages or self.in_package(_parent(folder)))
            self._inside[folder] = known
        return known


def is_package(path: str) -> bool:
    return path.rpartition("/")[2].partition(".")[0] == "__init__"


def dotted_name(path: str, root: str) -> str:
    """The dotted name of a file below the folder `root`; a package is named by its folder."""
    inner = path[len(root) + 1 :] if root else path
    stem = inner.rpartition(".")[0]
    if stem.endswith("/__init__"):
        stem = stem[: -len("/__init__")]
    return stem.replace("/", ".")


def stub_target(path: str, files: Mapping[str, ModuleIndex]) -> str:
    """The file that a `.pyi` stands beside, "" if it stands alone."""
    beside = path[:-1]
    return beside if path.endswith(".pyi") and beside in files else ""


def _is_stub_beside(path: str, files: Mapping[str, ModuleIndex]) -> bool:
    return bool(stub_target(path, files))


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _ancestors(path: str) -> list[str]:
    """Folders above `path`, from the project root down."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:size]) for size in range(len(parts) + 1)]
