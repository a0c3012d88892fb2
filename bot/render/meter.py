"""What one text may take: turns, characters on the way to it, and time; counted while it is made.

A template may come from a stranger, and few letters can ask for much.
"""

from collections.abc import Iterable
from time import thread_time

from jinja2.exceptions import SecurityError

from bot.files import limits


class Meter:
    """Counts what the text that is being made has taken; each method raises SecurityError for too
    much.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Begin another text."""
        self._steps = limits.MOST_STEPS
        self._room = limits.MOST_HANDLED
        self._end = thread_time() + limits.MOST_SECONDS

    def step(self) -> None:
        """Count a turn of a loop or a call."""
        self._steps -= 1
        if self._steps < 0:
            raise SecurityError(
                f"takes more than {limits.MOST_STEPS} steps: is there a loop without end?"
            )
        self._look()

    def take(self, size: int) -> None:
        """Count characters, or values of a list, before they are made where that can be told."""
        self._room -= size
        if self._room < 0:
            raise SecurityError(
                f"handles more than {limits.MOST_HANDLED:,} characters; make it simpler"
            )
        self._look()

    def taken(self, value: object) -> object:
        """Give the value, whose length is counted."""
        if isinstance(value, str | list | tuple):
            self.take(len(value))
        return value

    def text(self, pieces: Iterable[str]) -> str:
        """Put a text together, and stop as soon as it is too long."""
        kept, length = [], 0
        for piece in pieces:
            length += len(piece)
            if length > limits.MOST_MADE:
                raise SecurityError(
                    f"is longer than {limits.MOST_MADE:,} characters; make it shorter"
                )
            self.take(len(piece))
            kept.append(piece)
        return "".join(kept)

    def _look(self) -> None:
        if thread_time() > self._end:
            raise SecurityError(
                f"takes more than {limits.MOST_SECONDS} seconds of work; make it simpler"
            )
