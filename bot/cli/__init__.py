"""The command line: each command is imported when it is called and no sooner.

A command is a line in `bot.cli.commands` and a function with Typer's annotations in a file of one
of the rooms; its docstring is its help. Two words make a group: ``new campaign``. A group may be a
command itself (``outbox``). Options stand after the command's name.

Exit codes: 0 fine, 1 problems found, 2 wrong usage, 3 the database is gone while drumbeat runs.
"""

import os
import sys
from contextlib import suppress
from typing import NoReturn

from bot.cli import front
from bot.cli.garbage import seldom_collected


def main() -> NoReturn:
    """Answer what was typed, and end the process with its exit code.

    Expected errors are one line for each thing that is wrong.
    """
    for stream in (sys.stdout, sys.stderr):
        # a letter that the terminal's encoding lacks is written as its code
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        if words := front.answer(sys.argv[1:]):
            # that its reader has gone away is no error: `_flush` looks after it
            with suppress(BrokenPipeError):
                sys.stdout.write(f"{words}\n")
            sys.exit(0)
        # what reads commands takes longer to load than all that is answered here
        with seldom_collected():
            from bot.cli.typed import run

        run()
    finally:
        _flush()


def _flush() -> None:
    """Flush stdout; that its reader has gone away (``| head``) is no error."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
