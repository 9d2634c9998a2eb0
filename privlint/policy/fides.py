"""A data map of Fides (fideslang, YAML) as values: what it states, with the lines where it does.

Only what a policy file can hold is read: systems with their privacy declarations, the organisation, and names of its
own beside Fides' taxonomy. Everything else of the file is left alone. YAML is composed into nodes and walked here, so
that nothing in the file is ever constructed, and every error has its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from privlint.policy.names import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

DECLARATION = {
    "name": "text",
    "data_use": "text",
    "data_categories": "list",
    "data_subjects": "list",
    "legal_basis_for_processing": "text",
    "special_category_legal_basis": "text",
    "processes_special_category_data": "flag",
    "retention_period": "text",
    "data_shared_with_third_parties": "flag",
    "third_parties": "text",
}
SYSTEM = {
    "fides_key": "text",
    "name": "text",
    "legal_name": "text",
    "legal_address": "text",
    "dpo": "text",
    "uses_profiling": "flag",
    "data_security_practices": "text",
    "does_international_transfers": "flag",
    "legal_basis_for_transfers": "list",
}
CONTACT = {"name": "text", "address": "text", "email": "text", "phone": "text"}
NAMED = {"fides_key": "text", "name": "text", "parent_key": "text"}
OWN_NAMES = ("data_category", "data_subject", "data_use")


class FidesError(Exception):
    """The file is no data map. Each problem is "line:column: what is wrong"."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class Declaration(msgspec.Struct):
    """A privacy declaration, keys as in Fides; `system` is the name of the system that it belongs to."""

    system: str
    name: str = ""
    data_use: str = ""
    data_categories: list[str] = []
    data_subjects: list[str] = []
    legal_basis_for_processing: str = ""
    special_category_legal_basis: str = ""
    processes_special_category_data: bool = False
    retention_period: str = ""
    data_shared_with_third_parties: bool = False
    third_parties: str = ""
    profiling: bool = False


class DataMap(msgspec.Struct):
    """`organization`: contacts by their role in Fides (controller, data_protection_officer, representative).
    `names`: labels of names of the map's own, by table and key."""

    declarations: list[Declaration] = []
    systems: list[dict[str, Any]] = []
    organization: dict[str, dict[str, str]] = {}
    organization_name: str = ""
    names: dict[str, dict[str, str]] = {}
    left_out: list[str] = []


def read_data_map(text: str) -> DataMap:
    """The data map. Raises FidesError, and ImportError where there is no PyYAML."""
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        raise FidesError([f"{where}: this is not YAML: {error.problem or error.context}"]) from error
    except yaml.YAMLError as error:  # characters that YAML does not allow
        raise FidesError([f"1:1: this is not YAML: {' '.join(str(error).split())}"]) from error
    except RecursionError as error:
        raise FidesError(["1:1: this is not a data map: it is nested too deeply"]) from error
    return _Reader().read(root)


class _Reader:
    """Walks the nodes; what does not fit is noted and left out, so that all problems are told at once."""

    def __init__(self) -> None:
        self._problems: list[str] = []

    def read(self, root: Any) -> DataMap:
        tables = self._mapping(root, "a data map of Fides")
        found = DataMap()
        if not self._problems and "system" not in tables:
            near = next((f"; `{name}`: {hint}" for name in tables if (hint := suggest(name, ["system"]))), "")
            self._note(root, f"there is no `system`: this is not a data map of Fides{near}")
        for system in self._items(tables.get("system"), "system"):
            self._read_system(system, found)
        for organization in self._items(tables.get("organization"), "organization"):
            self._read_organization(organization, found)
        for table in OWN_NAMES:
            rows = (self._values(each, NAMED, table) for each in self._items(tables.get(table), table))
            found.names[table] = {row["fides_key"]: row["name"] or row["fides_key"] for row in rows if row["fides_key"]}
        known = {"system", "organization", *OWN_NAMES}
        found.left_out = sorted(name for name in tables if name not in known)
        if self._problems:
            raise FidesError(self._problems)
        return found

    def _read_system(self, node: Any, found: DataMap) -> None:
        system = self._values(node, SYSTEM, "system")
        found.systems.append(system)
        declarations = self._mapping(node, "a system").get("privacy_declarations")
        for each in self._items(declarations, "privacy_declarations"):
            values = self._values(each, DECLARATION, "privacy_declarations")
            if not values["data_use"]:
                self._note(each, "a privacy declaration without `data_use`")
            name = system["name"] or system["fides_key"]
            found.declarations.append(Declaration(system=name, profiling=system["uses_profiling"], **values))

    def _read_organization(self, node: Any, found: DataMap) -> None:
        if found.organization or found.organization_name:
            self._note(node, "a second `organization`: a policy has one controller")
            return
        found.organization_name = self._values(node, {"name": "text"}, "organization")["name"]
        fields = self._mapping(node, "an organization")
        for role in ("controller", "data_protection_officer", "representative"):
            if role in fields and not _is_null(fields[role]):
                found.organization[role] = self._values(fields[role], CONTACT, role)

    # ------------------------------------------------------------ nodes

    def _values(self, node: Any, form: dict[str, str], what: str) -> dict[str, Any]:
        """The values of these keys, empty where there are none."""
        fields = self._mapping(node, f"an entry of `{what}`")
        readers = {"text": self._text, "list": self._texts, "flag": self._flag}
        return {key: readers[kind](fields.get(key), key) for key, kind in form.items()}

    def _mapping(self, node: Any, what: str) -> dict[str, Any]:
        if node is None or node.id != "mapping":
            self._note(node, f"{what} is written as keys and values")
            return {}
        found: dict[str, Any] = {}
        for key, value in node.value:
            if key.id != "scalar":
                self._note(key, "a key must be a word")
            elif key.value in found:
                self._note(key, f"`{key.value}` stands twice")
            else:
                found[key.value] = value
        return found

    def _items(self, node: Any, what: str) -> Iterator[Any]:
        if node is None or _is_null(node):
            return
        if node.id != "sequence":
            self._note(node, f"`{what}` must be a list: its entries begin with `- `")
            return
        yield from node.value

    def _texts(self, node: Any, key: str) -> list[str]:
        return [text for text in (self._text(each, key) for each in self._items(node, key)) if text]

    def _text(self, node: Any, key: str) -> str:
        if node is None or _is_null(node):
            return ""
        if node.id != "scalar":
            self._note(node, f"`{key}` must be a text")
            return ""
        return " ".join(str(node.value).split())

    def _flag(self, node: Any, key: str) -> bool:
        if node is None or _is_null(node):
            return False
        if node.id != "scalar" or not node.tag.endswith(":bool"):
            self._note(node, f"`{key}` must be true or false")
            return False
        return str(node.value).lower() in ("true", "yes", "on")

    def _note(self, node: Any, message: str) -> None:
        mark = node.start_mark if node is not None else None
        where = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        self._problems.append(f"{where}: {message}")


def _is_null(node: Any) -> bool:
    return bool(node.id == "scalar" and node.tag.endswith(":null"))
