"""What people and servers sent, on a terminal or in a log: control characters are spelled out.

Names, posts and answers may hold escape sequences, with which a terminal can be told to hide,
change or do something.
"""

import logging
import re

from typing_extensions import override

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printable(text: str) -> str:
    r"""Return the text with its control characters spelled out, as `\u001b`; lines and tabs stay.

    So spelled they may stand in JSON as well.
    """
    return _CONTROLS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text.replace("\r\n", "\n"))


class PrintableFormatter(logging.Formatter):
    """A log's formatter whose lines hold no control characters."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))
