"""Lines for systemd's journal: where stderr leads straight into it, each begins with its priority,
so that `journalctl -p warning` shows what somebody should look at.
"""

import logging
import os
import sys

_PRIORITIES = ((logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))


def is_there() -> bool:
    """Return whether stderr leads straight into the journal, as systemd says of it."""
    given = os.environ.get("JOURNAL_STREAM")
    try:
        state = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):  # closed, or no file at all
        return False
    return given == f"{state.st_dev}:{state.st_ino}"


def marked(text: str, level: int) -> str:
    """Return the text with the priority of a level of the log at each of its lines: the journal
    keeps each line by itself.
    """
    priority = next((number for least, number in _PRIORITIES if level >= least), 7)
    return "\n".join(f"<{priority}>{line}" for line in text.split("\n"))


def told(text: str, level: int) -> str:
    """Return the text as it goes to stderr, marked where that leads into the journal."""
    return marked(text, level) if is_there() else text
