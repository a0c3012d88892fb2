"""How much of the outbox has not ended, for whoever watches a running process.

Only the two partial indexes are read, which hold what is open: nothing here grows with what was
sent.
"""

from bot.model import State
from bot.model.outbox.holds import Holds
from bot.store.sending.statements import longest_due_sql
from bot.store.states import MOVING, RESTING
from bot.store.topic import Topic


class Backlog(Topic):
    """Counts of deliveries that are open, and the instant of the oldest that is due."""

    def moving(self, now: int) -> dict[int, tuple[int, int]]:
        """Return how many deliveries are queued or in flight, and how many of these are queued and
        due, held ones too, by channel id; where there are none, nothing.
        """
        return {
            channel: (waiting, due)
            for channel, waiting, due in self._database.rows(
                f"SELECT channel, count(*), count(*) FILTER (WHERE state = {int(State.QUEUED)} AND"
                f" due <= :now) FROM delivery WHERE state IN ({MOVING}) GROUP BY channel",
                {"now": now},
            )
        }

    def due(self, channel: int, now: int, most: int) -> int:
        """Return how many deliveries of a channel are queued and due, held ones too; no more than
        `most` are counted, which takes as long whatever else waits.
        """
        counted: int = self._database.value(
            f"SELECT count(*) FROM (SELECT 1 FROM delivery WHERE state IN ({MOVING}) AND channel ="
            f" :channel AND due <= :now AND state = {int(State.QUEUED)} LIMIT :most) few",
            {"channel": channel, "now": now, "most": most},
        )
        return counted

    def resting(self) -> dict[tuple[int, State], int]:
        """Return how many deliveries wait for their day or for a person, by channel id and state;
        where there are none, nothing.
        """
        return {
            (channel, State(state)): count
            for channel, state, count in self._database.rows(
                f"SELECT channel, state, count(*) FROM delivery WHERE state IN ({RESTING}) GROUP BY"
                " channel, state"
            )
        }

    def oldest_due(self, channel: int, now: int, holds: Holds) -> int | None:
        """Return since which epoch second the oldest queued delivery of the channel has been due;
        None where none is, or all are held.
        """
        if holds.everything or channel in holds.channels:
            return None
        row = self._database.row(
            longest_due_sql(holds.rows),
            {"channel": channel, "now": now, **holds.params},
        )
        return row[0] if row else None
