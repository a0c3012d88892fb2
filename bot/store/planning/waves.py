"""What staff decide about the waves of an occurrence on one channel."""

from bot.store.tally import reopen
from bot.store.topic import Topic


class Waves(Topic):
    """The waves of a broadcast, all at once."""

    def fan_out_again(self, occurrence: int, channel: int, now: int) -> None:
        """Let an occurrence's waves on a channel fan out from their first person, but for those
        whose grace is over: who has their row already gets no other.
        """
        with self._database.transaction():
            self._database.execute(
                "UPDATE wave SET after = 0, done = 0 WHERE occurrence = :occurrence AND expires >"
                " :now AND place IN (SELECT id FROM place WHERE channel = :channel)",
                {"occurrence": occurrence, "channel": channel, "now": now},
            )
            reopen(self._database, [occurrence])
