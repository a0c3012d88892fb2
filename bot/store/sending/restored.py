"""What a backup knows of its own making, and what it can't know: whether a delivery left after it
was made.
"""

from bot.errors import WrongDatabase
from bot.model import PUBLIC, DeliveryKey, State
from bot.store.db import Database
from bot.store.sending.statements import TAKEN
from bot.store.states import MOVING, RESTING, UNSENT
from bot.store.topic import Topic
from bot.store.webhooks.events import HookEvents

_MADE = "backup_made"

_UNENDED = "restore_not_ended"
"""The table that stands in a server's database as long as a restore into it has not ended: beside
ours, since a copy is brought back only where none of these is there.
"""


class Restored(Topic):
    """Marks deliveries as uncertain in a file that was restored from a backup."""

    def made(self) -> int:
        """Return the epoch second at which the backup was made.

        For a copy made by other means it is that of the newest result, 0 without any.
        """
        stamped = self._database.value("SELECT value FROM meta WHERE key = :key", {"key": _MADE})
        return int(stamped or self._database.value("SELECT coalesce(max(at), 0) FROM result"))

    def mark_uncertain(self, now: int, made: int, reason: str) -> dict[int, int]:
        """Mark what had not left in the backup, but may have since, as uncertain.

        That is all that is due at `now`, including what was due before the backup was made and
        still waited for its turn. What was past its grace when the backup was made can't have left.
        Returns the number of rows per channel.
        """
        counts: dict[int, int] = {}
        params = {"now": now, "made": made}
        told = HookEvents(self._database)
        with self._database.transaction():
            for waiting in _WAITING:
                self._database.execute(
                    f"{_SAY} {waiting} ON CONFLICT (occurrence, channel, recipient) DO UPDATE SET"
                    " at = excluded.at, error = excluded.error",
                    {**params, "reason": reason},
                )
                for channel, count in self._database.rows(
                    f"SELECT channel, count(*) FROM delivery {waiting} GROUP BY channel", params
                ):
                    counts[channel] = counts.get(channel, 0) + count
                posts = self._database.select(
                    DeliveryKey,
                    "SELECT occurrence, channel, recipient FROM delivery"
                    f" {waiting} AND recipient = {PUBLIC}",
                    params,
                )
                told.posts(dict.fromkeys(posts, State.UNCERTAIN), now)
                self._database.execute(
                    f"UPDATE delivery SET state = {int(State.UNCERTAIN)}, claim = {TAKEN}"
                    f" {waiting}",
                    params,
                )
        return dict(sorted(counts.items()))


def stamp(database: Database, made: int) -> None:
    """Write into a fresh copy when it was made, in epoch seconds."""
    database.execute(
        "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value"
        " = excluded.value",
        {"key": _MADE, "value": str(made)},
    )


def begin(empty: Database) -> None:
    """Note in a server's database, before a copy is brought back into it, that this has not ended:
    the copy itself is there from one moment to the next, and whoever ends us then leaves no other
    word that nothing of it may be sent.
    """
    empty.execute(f"CREATE TABLE IF NOT EXISTS {_UNENDED} (at BIGINT)")


def end(database: Database) -> None:
    """Note that all that may have left since the copy was made is marked."""
    database.execute(f"DROP TABLE {_UNENDED}")


def refuse_unended(database: Database) -> None:
    """Raise `WrongDatabase` for a database into which a restore has begun and not ended."""
    if database.has_table(_UNENDED):
        raise WrongDatabase(
            f"{database.where}: a restore into it has not come to its end, so that nobody knows"
            " what of it has left since; make another empty database (`createdb NAME`), and call"
            " `drumbeat restore` again with --db and its URL"
        )


# each by its own index, which holds only what has not ended; what has become uncertain by the first
# is in none of the second
_WAITING = tuple(
    f"WHERE state IN ({index}) AND state IN ({states}) AND due <= :now AND (expires > :made OR"
    f" state = {int(State.SENDING)})"
    for index, states in ((MOVING, MOVING), (RESTING, UNSENT))
)

_SAY = (
    "INSERT INTO result (occurrence, channel, recipient, at, error) SELECT occurrence, channel,"
    " recipient, :now, :reason FROM delivery"
)
