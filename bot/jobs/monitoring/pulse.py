"""The pulse of a running process: whatever has something to do must move.

A loop that runs says nothing of what it does. So each part of a process shows a sign, which is
another one whenever the part has come forward; a part whose sign stays the same stands still.
"""

from collections.abc import Hashable, Mapping

from bot.errors import StandsStill


class Pulse:
    """The signs of all parts of a process, which may stay the same for `patience` seconds."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        #: part -> its last sign, and when it was first seen
        self._signs: dict[str, tuple[Hashable, float]] = {}

    def feel(self, signs: Mapping[str, Hashable], now: float) -> None:
        """Take the sign of each part there is, None where it has nothing to do.

        `now` is in seconds of a monotonic clock. Raises `StandsStill` for parts that stood longer
        than they may.
        """
        self._signs = {
            part: (sign, self._since(part, sign, now))
            for part, sign in signs.items()
            if sign is not None
        }
        still = [part for part, (_, since) in self._signs.items() if now - since >= self._patience]
        if still:
            raise StandsStill(
                f"{' and '.join(still)}: for {self._patience / 60:g} minutes there has been"
                " something to do, and nothing has moved. Look at the log and at the network; where"
                " it doesn't go on by itself, start drumbeat anew"
            )

    def _since(self, part: str, sign: Hashable, now: float) -> float:
        last, since = self._signs.get(part, (None, now))
        return since if sign == last else now
