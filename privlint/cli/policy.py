"""`privlint policy`: the policy file by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from privlint.cli.check import output_options
from privlint.cli.lazy import ENVIRONMENT
from privlint.cli.output import CannotDo, write_stdout

if TYPE_CHECKING:
    from privlint.policy.types import Policy

PARTS = ("purposes", "recipients", "groups", "retention", "rights", "data", "code", "exceptions")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def policy() -> None:
    """Look at the policy file by itself."""


@policy.command("check", context_settings=ENVIRONMENT)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@output_options
def check_policy(paths: tuple[Path, ...], **given: Any) -> int:
    """Is the policy well-formed? PATHS are policies or folders; the current folder without any.

    All errors of all files are reported at once, with their places; they end with exit code 2.
    """
    from privlint.cli.reports import DEFAULT_FORMAT, read_destinations, write_reports
    from privlint.diagnostics import Diagnostic, Summary
    from privlint.engine import read_policy, relate_paths

    destinations = read_destinations(given["output_format"] or DEFAULT_FORMAT, given["output"], given["report"])
    errors: list[Diagnostic] = []
    for root, file in dict.fromkeys(_find(path) for path in paths or (Path(),)):
        loaded = read_policy(file, root)
        if isinstance(loaded, list):
            errors += relate_paths(loaded, root, Path.cwd())
        elif not given["quiet"]:
            click.echo(_summarise(loaded, file), err=True)
    errors.sort(key=Diagnostic.sort_key)
    if errors or destinations[0].format not in {"full", "concise"}:
        write_reports(destinations, errors, Summary(), color=given["color"], quiet=given["quiet"], program=False)
    return 2 if errors else 0


@policy.command("schema", context_settings=ENVIRONMENT)
def schema() -> int:
    """Print the JSON Schema of the policy file, for editors."""
    from privlint.policy.schema import policy_schema

    write_stdout(json.dumps(policy_schema(), ensure_ascii=False, indent=2) + "\n", utf8=True)
    return 0


def _find(path: Path) -> tuple[Path, Path]:
    """Root and policy of what is given."""
    from privlint.project import find_policy

    if not path.exists():
        raise CannotDo(f"{path}: no such file or folder")
    path = path.resolve()
    if path.is_dir():
        return find_policy(path, None)
    root, own = find_policy(path.parent, path)
    return (root, own) if root in path.parents else (path.parent, path)


def _summarise(policy: Policy, file: Path) -> str:
    from privlint.project import show

    counts = [f"{len(getattr(policy, name))} {name}" for name in PARTS if getattr(policy, name)]
    return f"{show(file)}: the policy is well-formed" + (f" ({', '.join(counts)})" if counts else "")
