"""The command line: a table of commands, each imported when it is called and no sooner.

A command is one line in `COMMANDS` and a function with Typer's annotations in a file of one of the
rooms; its docstring is its help. Two words make a group: ``new campaign``. A group may be a command
itself (``outbox``). Options stand after the command's name.

Exit codes: 0 fine, 1 problems found, 2 wrong usage.
"""

import os
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from types import TracebackType
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command
from typing_extensions import override

from bot import __version__
from bot.cli.log import warn_on_stderr
from bot.cli.printable import printable
from bot.errors import DrumbeatError, UsageError


class Command(NamedTuple):
    """A line of the table.

    `module` is a file of a room of this folder, `function` a function in it.
    """

    name: str
    module: str
    function: str
    help: str


COMMANDS = (
    Command(
        "check",
        "campaigns.check",
        "check",
        "Tell every problem of config, campaigns and content at once.",
    ),
    Command(
        "calendar",
        "campaigns.calendar",
        "calendar",
        "List a campaign's actions, or write them as a calendar file.",
    ),
    Command(
        "preview",
        "campaigns.calendar",
        "preview",
        "Show a text as each network would show it.",
    ),
    Command(
        "rehearse",
        "rehearsal.rehearse",
        "rehearse",
        "Play a campaign on a simulated clock; nothing leaves.",
    ),
    Command(
        "run",
        "operations.run",
        "run",
        "Run the active campaigns until stopped.",
    ),
    Command(
        "chat",
        "people.chat",
        "chat",
        "Talk to the bot in this terminal; no token needed.",
    ),
    Command(
        "reload",
        "operations.run",
        "reload",
        "Let a running drumbeat read its data again, if they are clean.",
    ),
    Command(
        "status",
        "operations.status",
        "status",
        "Say how things are, and what needs somebody.",
    ),
    Command(
        "resume",
        "operations.status",
        "resume",
        "Let a paused channel go on.",
    ),
    Command(
        "plan",
        "planning.plan",
        "plan",
        "Say what an edit of the data would add, move and cancel.",
    ),
    Command(
        "outbox",
        "sending.outbox",
        "outbox",
        "List what waits, was sent, or failed.",
    ),
    Command(
        "outbox approve",
        "sending.outbox",
        "approve",
        "Let these texts go out as they stand now.",
    ),
    Command(
        "outbox cancel",
        "sending.outbox",
        "cancel",
        "Never send these.",
    ),
    Command(
        "outbox release",
        "sending.outbox",
        "release",
        "Send these at once: what is uncertain, was skipped as too late, or failed.",
    ),
    Command(
        "outbox arrived",
        "sending.outbox",
        "arrived",
        "Say that these are there, where nobody knew whether they arrived.",
    ),
    Command(
        "outbox retract",
        "sending.outbox",
        "retract",
        "Stop these, delete those already out where the network can.",
    ),
    Command(
        "hold",
        "sending.holds",
        "hold",
        "Stop everything, a channel, a country or an action, at once.",
    ),
    Command(
        "release",
        "sending.holds",
        "release",
        "Let what was held go on.",
    ),
    Command(
        "hashtags",
        "counting.hashtags",
        "hashtags",
        "Show how often the hashtags were used, and what can't be said.",
    ),
    Command(
        "cost",
        "counting.cost",
        "cost",
        "Say what the channels cost.",
    ),
    Command(
        "contacts import",
        "people.contacts",
        "import_",
        "Take people met by e-mail, or rooms on chat services, from a CSV file.",
    ),
    Command(
        "contacts list",
        "people.contacts",
        "list_",
        "List contacts, and whether they have agreed.",
    ),
    Command(
        "contacts remove",
        "people.contacts",
        "remove",
        "Forget a contact.",
    ),
    Command(
        "pledges import",
        "pledges.pledges",
        "import_",
        "Take pledges from a CSV file.",
    ),
    Command(
        "pledges list",
        "pledges.pledges",
        "list_",
        "List pledges, and where they stand.",
    ),
    Command(
        "pledges report",
        "pledges.pledges",
        "report",
        "Report a milestone, or show a pledge.",
    ),
    Command(
        "amplify list",
        "amplify.amplify",
        "list_",
        "List posts and links of pledge-makers that wait for a look.",
    ),
    Command(
        "amplify approve",
        "amplify.amplify",
        "approve",
        "Answer the checklist for a post or link.",
    ),
    Command(
        "amplify reject",
        "amplify.amplify",
        "reject",
        "Never amplify these.",
    ),
    Command(
        "amplify withdraw",
        "amplify.amplify",
        "withdraw",
        "Take back what somebody no longer consents to.",
    ),
    Command(
        "packs",
        "sending.packs",
        "packs",
        "Give what is to be posted by hand.",
    ),
    Command(
        "packs posted",
        "sending.packs",
        "posted",
        "Say that you posted it, and where.",
    ),
    Command(
        "new campaign",
        "campaigns.new",
        "new_campaign",
        "Begin a campaign of your own.",
    ),
    Command(
        "backup",
        "operations.backup",
        "backup",
        "Copy the database, also while it is in use.",
    ),
    Command(
        "restore",
        "operations.backup",
        "restore",
        "Bring a backup back, and look up what may have left since.",
    ),
    Command(
        "keys show",
        "operations.keys",
        "show",
        "Say where the keys lie, by their fingerprints.",
    ),
    Command(
        "keys rotate",
        "operations.keys",
        "rotate",
        "Sign links in letters with a new key.",
    ),
    Command(
        "keys new",
        "operations.keys",
        "new",
        "Go on where the keys are lost for good.",
    ),
    Command(
        "doctor",
        "operations.doctor",
        "doctor",
        "Look at secrets, tokens, clock, zones, database and disk.",
    ),
)

GROUPS = {
    "amplify": "Posts of pledge-makers, and what staff decide about them.",
    "contacts": "People who are met by e-mail, and rooms on chat services.",
    "keys": "The keys that sign links and know who was forgotten.",
    "new": "Begin something new.",
    "pledges": "Promises and their milestones.",
}
"""Help of the groups that are no commands themselves."""


class _Stub(TyperCommand):
    """Stands for a command in lists; the real one is imported by `_load`."""


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
        name, command, rest = super().resolve_command(ctx, args)
        if command is None or name is None:
            return name, command, rest
        self._refuse_early_options(ctx, f"{self.prefix}{name}")
        # a group's own function is for the group's name alone
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
    """First words after `prefix`, in the table's order, each once."""
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
    """Build the real command or group."""
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
        part.command(name.rsplit(maxsplit=1)[-1])(function)  # type: ignore[type-var]
    return get_command(part)


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
    """Options of the whole; there is but one."""


def main() -> None:
    """Run the command line.

    An expected error becomes one clear line for each thing that is wrong.
    """
    for stream in (sys.stdout, sys.stderr):
        # a terminal that can't show a letter gets its code, not a crash
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    warn_on_stderr()
    try:
        app(prog_name="drumbeat")
    except DrumbeatError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except OSError as error:
        if not isinstance(error.filename, str):
            sys.excepthook = _tell_unexpected
            raise
        # a name that is too long, a folder that nobody may look into
        sys.stderr.write(f"{printable(f'{error.filename}: {error.strerror}')}\n")
        sys.exit(1)
    except Exception:
        sys.excepthook = _tell_unexpected
        raise
    finally:
        _flush()


def _tell_unexpected(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Show the traceback of a fault of ours; what it quotes may be anybody's words."""
    sys.stderr.write(printable("".join(traceback.format_exception(kind, error, trace))))


def _flush() -> None:
    """Write what is left; a reader that has gone away (``| head``) is no error."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
