"""The log, on stderr: it names no pledge, quotes nobody and holds no address.

Our own lines are written that way. What a library logs may hold anything: Apprise names the mailbox
that a server refuses, asyncio prints whole errors. So of a library's line the log has the sentence
as it stands in the library's code, with '…' for each value; where that can't be told, only the
place in the code.
"""

import inspect
import logging
import re
import time
from types import TracebackType

from typing_extensions import override

from bot.cli import journal
from bot.cli.common import errors
from bot.cli.printable import printable
from bot.tracebacks import discreet

_OURS = "bot"
_VALUE = re.compile(r"%(?:\([^)]*\))?[#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?[a-zA-Z]")


class DiscreetFormatter(logging.Formatter):
    """Formats lines that steer no terminal, and tracebacks that quote nobody.

    What follows a line break is indented, so that no message can look like two.
    """

    @override
    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record)).replace("\n", "\n    ")

    @override
    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        return discreet(ei[1]) if ei[1] is not None else ""


class JournalFormatter(DiscreetFormatter):
    """Formats lines for systemd's journal, each with its priority."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        return journal.marked(super().format(record), record.levelno)


def of_others(record: logging.LogRecord) -> bool:
    """Filter log records: all pass, but those of libraries lose the values in them.

    A record whose words another filter of ours has replaced is marked as `discreet` and stays.
    """
    ours = record.name.partition(".")[0] == _OURS or getattr(record, "discreet", False)
    if not ours:
        where = f"{record.name}, {record.module}:{record.lineno}"
        words = str(record.msg)
        if _is_literal(record):
            said = _VALUE.sub("…", words).replace("%%", "%") if record.args else words
            record.msg = f"{said.strip()} ({where})"
        else:
            record.msg = f"a library says what may quote somebody ({where})"
        record.args = ()
        record.stack_info = None
    return True


def _is_literal(record: logging.LogRecord) -> bool:
    """Return whether the message is a constant in the code that logs, and so holds no value."""
    frame = inspect.currentframe()
    while frame is not None:
        code = frame.f_code
        if code.co_filename == record.pathname and code.co_name == record.funcName:
            return record.msg in code.co_consts
        frame = frame.f_back
    return False


def log_to_stderr() -> None:
    """Log time, level and message to stderr: coloured on a terminal, as plain lines in a pipe.

    Libraries are logged from WARNING on, our own code from INFO on.
    """
    if errors.is_terminal:
        from rich.logging import RichHandler

        handler: logging.Handler = RichHandler(
            console=errors,
            show_path=False,
            omit_repeated_times=False,
            log_time_format="%Y-%m-%d %H:%M:%S",
        )
        # level and time are columns of its own
        formatter: logging.Formatter = DiscreetFormatter("%(message)s")
    else:
        kind = JournalFormatter if journal.is_there() else DiscreetFormatter
        formatter = kind("%(asctime)s %(levelname)-7s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        formatter.converter = time.gmtime
        handler = logging.StreamHandler()
    logging.basicConfig(level=logging.WARNING, handlers=[_of(handler, formatter)], force=True)
    logging.getLogger("bot").setLevel(logging.INFO)
    # Our jobs log their own failures; APScheduler adds only noise about jobs cancelled at a stop.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)


def warn_on_stderr() -> None:
    """Let a command without a log write warnings and errors to stderr, the message alone."""
    if logging.lastResort is not None:
        _of(logging.lastResort, DiscreetFormatter("%(message)s"))


def _of(handler: logging.Handler, formatter: logging.Formatter) -> logging.Handler:
    handler.setFormatter(formatter)
    handler.addFilter(of_others)
    return handler
