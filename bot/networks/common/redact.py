"""Keeps secrets out of logs and errors: a filter on the loggers of the libraries that a network
uses.

A bot token is part of every URL, and OAuth libraries log the headers they sign. A filter sits on
exactly the loggers that do so (filters of a parent logger don't see records of its children), so it
works at whatever level an operator sets.
"""

import logging
from collections.abc import Iterable
from urllib.parse import quote

from typing_extensions import override

from bot.model import Secret
from bot.tracebacks import discreet

HIDDEN = "(secret)"
"""What stands in a secret's place."""

SHORTEST = 6
"""Anything shorter is no secret of any network, but a placeholder.

Hiding it would garble every word that holds it.
"""


class _Redactor(logging.Filter):
    """Puts `HIDDEN` for every secret in message, arguments and traceback."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        try:
            text = record.getMessage()
        except (TypeError, ValueError):
            text = str(record.msg)
        hidden = redacted(text)
        if hidden != text:  # else it stays the sentence of the library's code, with its values
            record.msg, record.args = hidden, ()
        if record.exc_info:
            error = record.exc_info[1]
            record.exc_text = redacted(discreet(error)) if error else None
            record.exc_info = None
        return True


class _Silencer(logging.Filter):
    """Lets nothing below WARNING pass."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING


_secrets: set[str] = set()
_REDACTOR = _Redactor()
_SILENCER = _Silencer()


def conceal(
    secrets: Iterable[Secret], *, loggers: Iterable[str], silent: Iterable[str] = ()
) -> None:
    """From now on hide `secrets` in what these loggers write, and let the `silent` ones write
    warnings and errors only.

    To be called before the library's first object is built. Calling it again adds to what is
    hidden.
    """
    for secret in secrets:
        value = secret.reveal()
        _secrets.update(
            form for form in (value, quote(value, safe=""), quote(value)) if len(form) >= SHORTEST
        )
    for name in (*loggers, *silent):
        logging.getLogger(name).addFilter(_REDACTOR)
    for name in silent:
        logging.getLogger(name).addFilter(_SILENCER)


def redacted(text: str) -> str:
    """`text` with every known secret hidden."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text
