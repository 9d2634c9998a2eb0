"""Subcommands that are imported when they run, and a default one."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping


class LazyGroup(click.Group):
    """`commands_at` are "module:attribute" by name, `summaries` their lines of the help. What is no command and no
    option of the group goes to the command `default`."""

    def __init__(
        self, *args: Any, commands_at: Mapping[str, str], summaries: Mapping[str, str], default: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._commands_at = commands_at
        self._summaries = summaries
        self._default = default

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(self._commands_at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        if cmd_name not in self._commands_at:
            return None
        module, _, attribute = self._commands_at[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and self._default and not self._is_own(ctx, args[0]):
            args = [self._default, *args]
        return super().parse_args(ctx, args)

    def _is_own(self, ctx: click.Context, word: str) -> bool:
        """Whether a first word is a command or an option of the group, or neither that nor a path."""
        if word in self._commands_at:
            return True
        if word.startswith("-"):
            return word in {name for param in self.get_params(ctx) for name in param.opts}
        return not os.path.lexists(word) and os.sep not in word and "." not in word

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self._commands_at and not args[0].startswith("-"):
            from privlint.policy.names import suggest

            hint = suggest(args[0], self._commands_at)
            ctx.fail(f"`{args[0]}` is no command and no path" + (f"; {hint}" if hint else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, self._summaries[name]) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


ENVIRONMENT = {"auto_envvar_prefix": "PRIVLINT", "help_option_names": ["-h", "--help"]}
"""`context_settings` of every command: one variable per option, the same for all commands."""
