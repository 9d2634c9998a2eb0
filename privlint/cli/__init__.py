"""The command line: exit code 0 done, 1 findings, 2 the job could not be done."""

from __future__ import annotations

import gc
import os
import re
import sys
from typing import NoReturn

import click

from privlint import __version__
from privlint.cli.lazy import LazyGroup

COMMANDS = {
    "check": "privlint.cli.check:check",
    "clean": "privlint.cli.clean:clean",
    "completion": "privlint.cli.completion:completion",
    "explain": "privlint.cli.explain:explain",
    "map": "privlint.cli.map:map_data",
    "policy": "privlint.cli.policy:policy",
    "rules": "privlint.cli.rules:rules",
}
SUMMARIES = {
    "check": "Hold the code of a project against its privacy policy.",
    "clean": "Remove the cache.",
    "completion": "Print the completion script of a shell.",
    "explain": "Explain a rule, by code or name.",
    "map": "Write the record of processing, from policy and code.",
    "policy": "Look at the policy file by itself.",
    "rules": "List the rules.",
}


@click.group(
    cls=LazyGroup,
    commands_at=COMMANDS,
    summaries=SUMMARIES,
    default="check",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="privlint", message="%(prog)s %(version)s")
def privlint() -> None:
    """Does the code do what the privacy policy says?

    `privlint PATH` is short for `privlint check PATH`. Every option may be set as PRIVLINT_NAME in the environment.
    """


def main() -> NoReturn:
    """Runs the command of `sys.argv` and exits."""
    gc.disable()  # a process of seconds: looking for circles in what it holds takes longer than they are worth
    code = run(sys.argv[1:])
    gc.freeze()  # nor does the interpreter look when it ends
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """The exit code. Whatever goes wrong is one line on stderr; a traceback is printed with -v only."""
    try:
        found = privlint.main(arguments, prog_name="privlint", standalone_mode=False)
        code = found if isinstance(found, int) else 0
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.ClickException as error:
        _tell_usage(error)
        return 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("privlint: interrupted", err=True)
        return 2
    except BrokenPipeError:
        from privlint.cli.output import forget_stdout

        forget_stdout()
        return 0
    except Exception as error:
        return _tell_error(error, verbose=_is_verbose(arguments))
    return code


def _tell_error(error: Exception, *, verbose: bool) -> int:
    from privlint.project import ProjectError

    if verbose and not isinstance(error, ProjectError):
        import traceback

        traceback.print_exception(error)
    if isinstance(error, ProjectError):
        for line in str(error).splitlines():
            click.echo(f"privlint: {line}", err=True)
    else:
        what = f"{type(error).__name__}: {' '.join(str(error).split())}"
        where = "" if verbose else "; with -v it says where"
        click.echo(f"privlint: internal error, please report this: {what}{where}", err=True)
    return 2


def _tell_usage(error: click.ClickException) -> None:
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = f" (see {context.command_path} --help)" if context is not None else ""
    click.echo(f"privlint: {' '.join(error.format_message().split())}{hint}", err=True)


def _is_verbose(arguments: list[str]) -> bool:
    set_outside = os.environ.get("PRIVLINT_VERBOSE", "").lower() in {"1", "true", "yes", "on", "t", "y"}
    return set_outside or any(each == "--verbose" or re.fullmatch(r"-[qv]*v[qv]*", each) for each in arguments)
