"""What `privlint policy diff` does: this policy beside an older one, of a file or of a revision of git."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import tomli

from privlint.cli.output import CannotDo, write_stdout
from privlint.cli.policy_check import find, read_valid
from privlint.policy.changes import Change, changes
from privlint.policy.sources import extended_files
from privlint.project import show
from privlint.project.git import is_revision, read_file
from privlint.report.page import escape_markdown

if TYPE_CHECKING:
    from privlint.policy.types import Policy


def tell_changes(older: str, path: Path, form: str) -> int:
    """0 if nothing differs that matters, else 1."""
    root, file = find(path)
    new = read_valid(file, root)
    if Path(older).exists():
        old_root, old_file = find(Path(older))
        old = read_valid(old_file, old_root)
    else:
        old = _load_revision(older, file)
    found = changes(old, new)
    write_stdout(_WRITERS[form](found, old, new), utf8=form == "json")
    return int(bool(found))


# ---------------------------------------------------------------- revisions


def _load_revision(revision: str, file: Path) -> Policy:
    if not is_revision(file.parent, revision):
        raise CannotDo(f"{revision}: no file, and no revision that git knows in {show(file.parent)}")
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder).resolve() / "a" / "b" / "c"  # a text may lie above the policy
        base.mkdir(parents=True)
        if not _fetch(file.parent, revision, file.name, base):
            raise CannotDo(f"{show(file)} is not in {revision}")
        return read_valid(base / file.name, base, f"{revision}:{file.name}")


def _fetch(folder: Path, revision: str, name: str, base: Path, seen: frozenset[str] = frozenset()) -> bool:
    """Writes a file of a policy as it was, and those that it names. False if it was not there."""
    content = read_file(folder, revision, name)
    target = base / name
    if content is None or name in seen or not target.resolve().is_relative_to(base.parents[2]):
        return content is not None
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    try:
        raw = tomli.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomli.TOMLDecodeError, RecursionError):
        return True  # loading it tells
    for _, further in extended_files(raw):
        _fetch(folder, revision, (Path(name).parent / further).as_posix(), base, seen | {name})
    header = raw.get("policy")
    prose = header.get("prose") if isinstance(header, dict) else None
    if isinstance(prose, str) and not Path(prose).is_absolute():
        text = read_file(folder, revision, (Path(name).parent / prose).as_posix())
        place = base / Path(name).parent / prose
        if text is not None and place.resolve().is_relative_to(base.parents[2]):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text)
    return True


# ---------------------------------------------------------------- writing


def _line(change: Change, old: Policy, new: Policy) -> tuple[str, int]:
    place = (old if change.gone else new).place(*change.keys)
    return place.path, place.line


def _as_text(found: list[Change], old: Policy, new: Policy) -> str:
    lines = []
    for change in found:
        path, line = _line(change, old, new)
        lines.append(f"{'(before) ' if change.gone else ''}{path}:{line}: {change.text}\n")
    return "".join(lines) or "Nothing changed that a lawyer would have to know of.\n"


def _as_markdown(found: list[Change], old: Policy, new: Policy) -> str:  # noqa: ARG001 - one signature for all
    if not found:
        return "The policy did not change.\n"
    items = "".join(f"- {escape_markdown(change.text)}\n" for change in found)
    return f"## What changes in the privacy policy\n\n{items}"


def _as_json(found: list[Change], old: Policy, new: Policy) -> str:
    rows = []
    for change in found:
        path, line = _line(change, old, new)
        rows.append(
            {
                "key": ".".join(map(str, change.keys)),
                "text": change.text,
                "gone": change.gone,
                "path": path,
                "line": line,
            }
        )
    return json.dumps({"version": 1, "changes": rows}, ensure_ascii=False, indent=2) + "\n"


_WRITERS = {"text": _as_text, "markdown": _as_markdown, "json": _as_json}
