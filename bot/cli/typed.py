"""What was typed, as Typer reads it: a command is imported when it is called, and no sooner.

Help is plain text, since to load what draws frames takes longer than all else that help does.
"""

import inspect
import logging
import re
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from types import TracebackType
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command
from typing_extensions import override

from bot.cli import commands, front, journal
from bot.cli.common import note
from bot.cli.log import warn_on_stderr
from bot.cli.printable import printable
from bot.cli.wrong_usage import is_help, told, too_much, unknown
from bot.errors import GONE_CODE, DatabaseGone, DrumbeatError, UsageError

_WIDEST = 1_000
"""Most columns that help is wrapped to."""


class _Stub(TyperCommand):
    """Stands for a command in lists of commands; `load` imports the real one."""

    @override
    def get_short_help_str(self, limit: int = 45) -> str:
        """Return what lists say of the command, whole: it is wrapped and never cut."""
        return self.help or ""


class _Whole(TyperCommand):
    """A command that refuses words that it doesn't take in ours."""

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words after the command's name; none may be left."""
        ctx.allow_extra_args = True
        try:
            left = super().parse_args(ctx, _filled(self, args))
        except typer.TyperException as error:
            # an option without its value is refused before it is known whose it is
            vars(error)["ctx"] = vars(error).get("ctx") or ctx
            raise
        if left and not ctx.resilient_parsing:
            ctx.fail(too_much(self, left))
        return left


def _filled(command: TyperCommand, args: list[str]) -> list[str]:
    """Return the words with '' after each option that has no value here and can do without one,
    as its metavar in brackets says.
    """
    spare = {
        name
        for option in command.params
        if str(option.metavar or "").startswith("[")
        for name in option.opts
    }
    filled: list[str] = []
    for word in args:
        if filled and filled[-1] in spare and word.startswith("-"):
            filled.append("")
        filled.append(word)
    if filled and filled[-1] in spare:
        filled.append("")
    return filled


class Commands(TyperGroup):
    """The commands of the table whose names start with `prefix`."""

    prefix = ""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        for name in front.names(self.prefix):
            self.commands[name] = _Stub(name, help=front.help_of(f"{self.prefix}{name}"))

    @override
    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command that `args` name, and import it."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            ctx.fail(unknown((c.name for c in commands.COMMANDS), self.prefix, args[0]))
        name, command, rest = super().resolve_command(ctx, args)
        if command is None or name is None:
            return name, command, rest
        self._refuse_early_options(ctx, f"{self.prefix}{name}")
        # a group's own function is called for the group's name alone, not before its commands
        self.callback = None
        return name, load(f"{self.prefix}{name}"), rest

    def _refuse_early_options(self, ctx: Any, name: str) -> None:
        given = [
            param.opts[0]
            for param in self.params
            if ctx.get_parameter_source(param.name).name == "COMMANDLINE"
        ]
        if given and not ctx.resilient_parsing:
            ctx.fail(f"Options stand after the command's name: drumbeat {name} {' '.join(given)} …")


class _All(Commands):
    """All commands: their list is the page that is shown without this tree."""

    @override
    def get_help(self, ctx: Any) -> str:
        """Return the page of `bot.cli.front`."""
        return front.page()


def load(name: str) -> Any:
    """Import and return the real command or group of this name."""
    row = next((command for command in commands.COMMANDS if command.name == name), None)
    function = getattr(import_module(f"bot.cli.{row.module}"), row.function) if row else None
    part = typer.Typer(add_completion=False, rich_markup_mode=None)
    if any(command.name.startswith(f"{name} ") for command in commands.COMMANDS):
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

    group.__doc__ = commands.GROUPS[name]
    return group


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(front.VERSION)
        raise typer.Exit


app = typer.Typer(
    cls=_All,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    # paragraphs are wrapped as the terminal is wide, and not at 80 columns
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": _WIDEST},
)


@app.callback(help=front.ABOUT)
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", "-V", callback=_version, is_eager=True, help=front.SHOW_VERSION),
    ] = False,
) -> None:
    """Take the options that stand before any command; `--version` is the only one."""


def run() -> NoReturn:
    """Run the command that was typed, and end with its exit code."""
    warn_on_stderr()
    try:
        sys.exit(app(prog_name="drumbeat", standalone_mode=False))
    except typer.TyperException as error:
        if is_help(error):
            typer.echo(error.message)
        elif words := told(error):
            _tell(words)
        sys.exit(error.exit_code)
    except typer.Abort:
        note("Stopped.")
        sys.exit(1)
    except DrumbeatError as error:
        _tell(str(error))
        sys.exit(_code(error))
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


def _code(error: DrumbeatError) -> int:
    if isinstance(error, DatabaseGone):
        return GONE_CODE
    return 2 if isinstance(error, UsageError) else 1


def _tell(text: str) -> None:
    """Write what is wrong to stderr, as an error where that leads into systemd's journal."""
    note(journal.told(printable(text), logging.ERROR))


def _tell_unexpected(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Write a traceback with control characters spelled out, since it may quote anybody's words."""
    text = printable("".join(traceback.format_exception(kind, error, trace)).rstrip("\n"))
    sys.stderr.write(f"{journal.told(text, logging.ERROR)}\n")
