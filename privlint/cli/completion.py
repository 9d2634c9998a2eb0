"""`privlint completion`."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from privlint.cli.lazy import ENVIRONMENT

VARIABLE = "_PRIVLINT_COMPLETE"
SHELLS: dict[str, type[ShellComplete]] = {"bash": BashComplete, "fish": FishComplete, "zsh": ZshComplete}


@click.command(context_settings=ENVIRONMENT)
@click.argument("shell", type=click.Choice(sorted(SHELLS)))
def completion(shell: str) -> int:
    """Print the completion script of a shell, to be evaluated by it."""
    from privlint.cli import privlint

    click.echo(SHELLS[shell](privlint, {}, "privlint", VARIABLE).source())
    return 0
