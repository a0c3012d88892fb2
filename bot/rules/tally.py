"""A tally of what became of messages since the process began: numbers that only grow, for whoever
watches from outside.

It is kept by the messages themselves on their way, so it costs each of them little, and says
nothing of the time before.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.model import State
from bot.model.outbox import Result

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper ends of the classes in which answers are counted, in seconds.

They go from a server beside ours to the longest that an exchange may take.
"""

RESULTS = {
    **{
        state: state.word
        for state in (State.SENT, State.FAILED, State.SKIPPED, State.CANCELLED, State.UNCERTAIN)
    },
    State.QUEUED: "retried",
}
"""What is counted of messages, in words: their ends, and that a network did not take one, which is
tried again.
"""


@dataclass
class Answers:
    """How long a network took to answer."""

    #: answers by class: of `BOUNDS`, then those that took longer
    classes: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    #: seconds of all together
    seconds: float = 0.0

    def add(self, seconds: float) -> None:
        """Count an answer, or the end of the wait for one, that took so many seconds."""
        self.classes[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


class Tally:
    """What became of one account's messages, by the ids of its channels in the store."""

    def __init__(self) -> None:
        #: by channel, and by the number of the state; of those that are queued, what is tried again
        self._states: dict[int, list[int]] = {}
        #: by channel
        self.answers: dict[int, Answers] = {}
        #: how often the network asked for fewer messages
        self.limited = 0

    def settled(self, results: Iterable[Result]) -> None:
        """Count results that have been written.

        What waits on as if it had never been tried counts for nothing.
        """
        for result in results:
            if result.counted or result.state is not State.QUEUED:
                states = self._states.get(result.row.channel)
                if states is None:
                    states = self._states[result.row.channel] = [0] * (max(State) + 1)
                states[result.state] += 1

    def answered(self, channel: int, seconds: float) -> None:
        """Count a call of the network that has ended, well or not."""
        answers = self.answers.get(channel)
        if answers is None:
            answers = self.answers[channel] = Answers()
        answers.add(seconds)

    def results(self, channel: int) -> dict[str, int]:
        """Return how many messages came to each of `RESULTS`, which all are named."""
        states = self._states.get(channel) or [0] * (max(State) + 1)
        return {word: states[state] for state, word in RESULTS.items()}
