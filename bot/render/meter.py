"""Counting what one text takes while it is made: turns of loops, characters, and processor time.

A template may come from a stranger, and a short one can ask for a lot of work.
"""

from collections.abc import Iterable
from time import thread_time

from jinja2.exceptions import SecurityError

from bot.files import limits
from bot.gaps import together


class Meter:
    """Counts what the text that is being made has taken.

    `step`, `take`, `taken` and `text` raise Jinja's `SecurityError` when it is more than a limit of
    `bot.files.limits`.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin another text: all counts start anew."""
        self._steps = limits.MOST_STEPS
        self._room = limits.MOST_HANDLED
        self._end = thread_time() + limits.MOST_SECONDS

    def step(self) -> None:
        """Count one turn of a loop, or one call."""
        self._steps -= 1
        if self._steps < 0:
            raise SecurityError(
                f"takes more than {limits.MOST_STEPS} steps: is there a loop without end?"
            )
        self._look()

    def take(self, size: int) -> None:
        """Count `size` characters or values of a list, where possible before they are made."""
        self._room -= size
        if self._room < 0:
            raise SecurityError(
                f"handles more than {limits.MOST_HANDLED:,} characters; make it simpler"
            )
        self._look()

    def taken(self, value: object) -> object:
        """Count the length of a text, list or tuple; return the value as it is."""
        if isinstance(value, str | list | tuple):
            self.take(len(value))
        return value

    def text(self, pieces: Iterable[str]) -> str:
        """Return the pieces `together`; stop as soon as they are longer than `limits.MOST_MADE`."""
        kept, length = [], 0
        for piece in pieces:
            length += len(piece)
            if length > limits.MOST_MADE:
                raise SecurityError(
                    f"is longer than {limits.MOST_MADE:,} characters; make it shorter"
                )
            self.take(len(piece))
            kept.append(piece)
        return together(kept)

    def _look(self) -> None:
        if thread_time() > self._end:
            raise SecurityError(
                f"takes more than {limits.MOST_SECONDS} seconds of work; make it simpler"
            )
