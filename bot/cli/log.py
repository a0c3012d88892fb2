"""The log, on stderr: it names no pledge, quotes nobody and holds no address.

Our own lines are written that way. What a library logs may hold anything: Apprise names the mailbox
that a server refuses, asyncio prints whole errors. So of a library's line the log has the sentence
as it stands in the library's code, with '…' for each value; where that can't be told, only the
place in the code.
"""

import inspect
import json
import logging
import re
import time
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal

from typing_extensions import override

from bot import logcontext
from bot.cli import journal
from bot.cli.common import errors
from bot.cli.printable import printable
from bot.tracebacks import discreet

Form = Literal["text", "json"]
"""How lines of the log are written."""

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


class JsonFormatter(DiscreetFormatter):
    """Formats each line as an object in JSON, for programs that collect logs.

    It has `time` (UTC, RFC 3339), `level`, `logger` and `message`; `delivery` where one is on its
    way, and `traceback` where something failed.
    """

    @override
    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if delivery := logcontext.delivery():
            said["delivery"] = delivery
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return printable(json.dumps(said, ensure_ascii=False))


class JournalFormatter(DiscreetFormatter):
    """Formats lines for systemd's journal as another does, each with its priority."""

    def __init__(self, inner: DiscreetFormatter) -> None:
        super().__init__()
        self._inner = inner

    @override
    def format(self, record: logging.LogRecord) -> str:
        return journal.marked(self._inner.format(record), record.levelno)


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


def log_to_stderr(form: Form = "text", *, steps: bool = False) -> None:
    """Log time, level and message to stderr: coloured on a terminal, as plain lines in a pipe, or
    each as an object in JSON.

    Libraries are logged from WARNING on, our own code from INFO on; with `steps` from DEBUG on,
    which is every step of every delivery.
    """
    handler = _on_terminal() if errors.is_terminal and form == "text" else _in_lines(form)
    handler.addFilter(of_others)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(logging.DEBUG if steps else logging.INFO)
    # Our jobs log their own failures; APScheduler adds only noise about jobs cancelled at a stop.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    # The queue says itself what it means for us that a connection broke.
    for name in ("procrastinate", "psycopg"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _on_terminal() -> logging.Handler:
    from rich.logging import RichHandler

    handler = RichHandler(
        console=errors,
        show_path=False,
        omit_repeated_times=False,
        log_time_format="%Y-%m-%d %H:%M:%S",
    )
    # level and time are columns of its own
    handler.setFormatter(DiscreetFormatter("%(message)s"))
    return handler


def _in_lines(form: Form) -> logging.Handler:
    formatter: DiscreetFormatter = JsonFormatter()
    if form == "text":
        formatter = DiscreetFormatter(
            "%(asctime)s %(levelname)-7s %(message)s", "%Y-%m-%dT%H:%M:%SZ"
        )
        formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(JournalFormatter(formatter) if journal.is_there() else formatter)
    return handler


def warn_on_stderr() -> None:
    """Let a command without a log write warnings and errors to stderr, the message alone."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(DiscreetFormatter("%(message)s"))
        logging.lastResort.addFilter(of_others)
