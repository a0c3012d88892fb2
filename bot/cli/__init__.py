"""The command line: each command is imported when it is called and no sooner.

A command is a line in `bot.cli.commands` and a function with Typer's annotations in a file of one
of the rooms; its docstring is its help. Two words make a group: ``new campaign``. A group may be a
command itself (``outbox``). Options stand after the command's name.

Exit codes: 0 fine, 1 problems found, 2 wrong usage.
"""

import inspect
import logging
import os
import re
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from types import TracebackType
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command
from typing_extensions import override

from bot import __version__
from bot.cli import journal
from bot.cli.commands import COMMANDS, GROUPS
from bot.cli.common import note
from bot.cli.log import warn_on_stderr
from bot.cli.printable import printable
from bot.cli.wrong_usage import told, too_much, unknown
from bot.errors import DrumbeatError, UsageError


class _Stub(TyperCommand):
    """Stands for a command in lists of commands; `_load` imports the real one."""


class _Whole(TyperCommand):
    """A command that refuses words that it doesn't take in ours."""

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words after the command's name; none may be left."""
        ctx.allow_extra_args = True
        try:
            left = super().parse_args(ctx, args)
        except typer.TyperException as error:
            # an option without its value is refused before it is known whose it is
            vars(error)["ctx"] = vars(error).get("ctx") or ctx
            raise
        if left and not ctx.resilient_parsing:
            ctx.fail(too_much(self, left))
        return left


class Commands(TyperGroup):
    """The commands of the table whose names start with `prefix`."""

    prefix = ""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        for name in _names(self.prefix):
            self.commands[name] = _Stub(name, help=_help(f"{self.prefix}{name}"))

    @override
    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command that `args` name, and import it."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            ctx.fail(unknown((c.name for c in COMMANDS), self.prefix, args[0]))
        name, command, rest = super().resolve_command(ctx, args)
        if command is None or name is None:
            return name, command, rest
        self._refuse_early_options(ctx, f"{self.prefix}{name}")
        # a group's own function is called for the group's name alone, not before its commands
        self.callback = None
        return name, _load(f"{self.prefix}{name}"), rest

    def _refuse_early_options(self, ctx: Any, name: str) -> None:
        given = [
            param.opts[0]
            for param in self.params
            if ctx.get_parameter_source(param.name).name == "COMMANDLINE"
        ]
        if given and not ctx.resilient_parsing:
            ctx.fail(f"Options stand after the command's name: drumbeat {name} {' '.join(given)} …")


def _names(prefix: str) -> list[str]:
    """Return the first words after `prefix`, in the table's order, each once."""
    return list(
        dict.fromkeys(
            c.name.removeprefix(prefix).split()[0] for c in COMMANDS if c.name.startswith(prefix)
        )
    )


def _help(name: str) -> str:
    return (
        next((command.help for command in COMMANDS if command.name == name), None) or GROUPS[name]
    )


def _load(name: str) -> Any:
    """Import and return the real command or group of this name."""
    row = next((command for command in COMMANDS if command.name == name), None)
    function = getattr(import_module(f"{__name__}.{row.module}"), row.function) if row else None
    part = typer.Typer(add_completion=False)
    if any(command.name.startswith(f"{name} ") for command in COMMANDS):
        group = type("Group", (Commands,), {"prefix": f"{name} "})
        decorate = part.callback(
            cls=group, invoke_without_command=function is not None, no_args_is_help=function is None
        )
        decorate(function or _group_of(name))
    else:
        command = part.command(name.rsplit(maxsplit=1)[-1], cls=_Whole, help=_paragraphs(function))
        command(function)  # type: ignore[type-var]
    return get_command(part)


def _paragraphs(function: object) -> str:
    """Return the docstring with each paragraph on one line, which help wraps as it is wide."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.getdoc(function) or "")


def _group_of(name: str) -> Callable[[], None]:
    def group() -> None:
        return

    group.__doc__ = GROUPS[name]
    return group


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"drumbeat {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(help="A social-media campaign automation bot. Try: drumbeat rehearse")
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", callback=_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Take the options that stand before any command; `--version` is the only one."""


def main() -> None:
    """Run the command line, and write expected errors as one line for each thing that is wrong."""
    for stream in (sys.stdout, sys.stderr):
        # a letter that the terminal's encoding lacks is written as its code
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    warn_on_stderr()
    try:
        sys.exit(app(prog_name="drumbeat", standalone_mode=False))
    except typer.TyperException as error:
        if words := told(error):
            _tell(words)
        sys.exit(error.exit_code)
    except typer.Abort:
        note("Stopped.")
        sys.exit(1)
    except DrumbeatError as error:
        _tell(str(error))
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except OSError as error:
        if not isinstance(error.filename, str):
            sys.excepthook = _tell_unexpected
            raise
        # such as a name that is too long, or a folder that may not be read
        _tell(f"{error.filename}: {error.strerror}")
        sys.exit(1)
    except Exception:
        sys.excepthook = _tell_unexpected
        raise
    finally:
        _flush()


def _tell(text: str) -> None:
    """Write what is wrong to stderr, as an error where that leads into systemd's journal."""
    note(journal.told(printable(text), logging.ERROR))


def _tell_unexpected(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Write a traceback with control characters spelled out, since it may quote anybody's words."""
    text = printable("".join(traceback.format_exception(kind, error, trace)).rstrip("\n"))
    sys.stderr.write(f"{journal.told(text, logging.ERROR)}\n")


def _flush() -> None:
    """Flush stdout; that its reader has gone away (``| head``) is no error."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
