"""Leases: who sends for which account, and whether they still live.

A claim names the lease of its claimer, and a result is taken only under the same lease. Its holder
renews it; whoever has seen it unrenewed for `OUT` seconds by their own counter may end it and call
its rows *uncertain*. So no clock of one machine is ever compared with that of another.
"""

from bot.model.outbox.leases import Lease
from bot.store.db import Database
from bot.store.topic import Topic

OUT = 15.0
"""Seconds without a sign of life after which others end a lease."""

SAFE = 12.0
"""Seconds after its last renewal for which a holder may rely on its lease: less than `OUT`, since
two counters never run alike.
"""


class Leases(Topic):
    """The leases of a database. `passed` is in seconds of a counter that goes on while the machine
    sleeps.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        #: of this process, by token: when the renewal began that was written last
        self.mine: dict[int, float] = {}
        #: of others, by token: their beats, and since when these have been seen
        self._seen: dict[int, tuple[int, float]] = {}

    def is_safe(self, token: int, passed: float) -> bool:
        """Return whether a lease of this process can't have been ended by anybody."""
        return passed - self.mine.get(token, -SAFE) < SAFE

    def take(self, account: str, holder: str, now: int) -> int:
        """Begin a lease; return its token, which no other ever had."""
        with self._database.transaction(beside=True):
            token: int = self._database.value(
                "INSERT INTO lease (account, holder, since, renewed, beats) VALUES (:account,"
                " :holder, :now, :now, 0) RETURNING id",
                {"account": account, "holder": holder, "now": now},
            )
        return token

    def renew(self, token: int, now: int) -> bool:
        """Renew a lease; return False where somebody has ended it.

        In a transaction with a claim, nobody ends the lease before that is written.
        """
        with self._database.transaction(beside=True):
            changed = self._database.execute(
                "UPDATE lease SET renewed = :now, beats = beats + 1 WHERE id = :token",
                {"token": token, "now": now},
            )
        return changed == 1

    def end(self, token: int, beats: int | None = None) -> bool:
        """End a lease, or only where it was not renewed since its `beats`; return whether it was
        there.
        """
        changed = self._database.execute(
            "DELETE FROM lease WHERE id = :token AND beats = coalesce(:beats, beats)",
            {"token": token, "beats": beats},
        )
        return changed == 1

    def out(self, passed: float) -> list[Lease]:
        """Return the leases of others that have shown no sign of life for `OUT` seconds."""
        others = [lease for lease in self.standing() if lease.token not in self.mine]
        seen = self._seen
        self._seen = {}
        for lease in others:
            beats, since = seen.get(lease.token, (lease.beats, passed))
            self._seen[lease.token] = lease.beats, since if beats == lease.beats else passed
        return [lease for lease in others if passed - self._seen[lease.token][1] >= OUT]

    def standing(self) -> list[Lease]:
        """Return all leases, the oldest first."""
        return self._database.select(
            Lease,
            "SELECT id AS token, account, holder, since, renewed, beats FROM lease ORDER BY id",
        )
