"""`privlint clean`."""

from __future__ import annotations

from pathlib import Path

import click

from privlint.cli.lazy import ENVIRONMENT


@click.command(context_settings=ENVIRONMENT)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("-q", "--quiet", is_flag=True, help="Say nothing.")
def clean(paths: tuple[Path, ...], quiet: bool) -> int:
    """Remove the cache of the projects that PATHS belong to; of the current folder's without any."""
    from privlint.cache import cache_folder
    from privlint.cache import clean as remove
    from privlint.project import find_policy, show

    roots = {find_policy(path if path.is_dir() else path.parent, None)[0] for path in map(Path.resolve, paths)}
    for root in sorted(roots or {find_policy(Path.cwd(), None)[0]}):
        folder = cache_folder(root)
        removed = remove(folder)
        if not quiet:
            click.echo(f"{show(folder)}: {'removed' if removed else 'there was none'}")
    return 0
