"""How single deliveries come into the outbox; the nudges of a wave come by `Plan.fan_out`.

An occurrence, channel and recipient have one row: to put it in again changes nothing.
"""

from bot.model import PUBLIC, DeliveryKey, State
from bot.model.outbox.broadcasts import Pace
from bot.model.person import Status
from bot.store.db import Params
from bot.store.states import DECIDED, UNSENT
from bot.store.tally import reopen
from bot.store.topic import Topic


class Intake(Topic):
    """Adds, moves and drops rows before anything of them leaves."""

    def add_post(self, occurrence: int, channel: int, state: State, due: int, expires: int) -> bool:
        """Add a post's row, or bring back one that planning had cancelled.

        Returns False when the row stands already.
        """
        return self._added(
            occurrence,
            "INSERT INTO delivery AS d (occurrence, channel, recipient, state, attempts, due,"
            " expires) VALUES (:occurrence, :channel, :public, :state, 0, :due, :expires)"
            " ON CONFLICT (occurrence, channel, recipient) DO UPDATE SET state = excluded.state,"
            " due = excluded.due, expires = excluded.expires"
            f" WHERE d.state = {int(State.CANCELLED)} AND NOT {DECIDED}",
            {
                "occurrence": occurrence,
                "channel": channel,
                "public": PUBLIC,
                "state": state,
                "due": due,
                "expires": expires,
            },
        )

    def add_nudge(
        self, occurrence: int, channel: int, recipient: int, due: int, expires: int
    ) -> bool:
        """Add one subscriber's row, for somebody who moved.

        Returns False when it stands already, or is not for them.
        """
        return self._added(
            occurrence,
            "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
            " SELECT o.id, :channel, p.id, :state, 0, :due, :expires FROM person p JOIN occurrence"
            " o ON o.id = :occurrence WHERE p.id = :recipient AND p.status ="
            f" {int(Status.ACTIVE)} AND p.named_only <= o.named AND o.cancelled = 0 AND NOT EXISTS"
            " (SELECT 1 FROM broadcast b WHERE b.occurrence = o.id AND b.channel = :channel AND"
            f" b.pace = {int(Pace.CANCELLED)}) ON CONFLICT DO NOTHING",
            _queued(occurrence, channel, recipient, due, expires),
        )

    def add_note(
        self, occurrence: int, channel: int, recipient: int, due: int, expires: int
    ) -> bool:
        """Add a row that answers one person, whatever their status.

        Returns False when it stands already.
        """
        return self._added(
            occurrence,
            "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
            " VALUES (:occurrence, :channel, :recipient, :state, 0, :due, :expires) ON CONFLICT DO"
            " NOTHING",
            _queued(occurrence, channel, recipient, due, expires),
        )

    def _added(self, occurrence: int, sql: str, params: Params) -> bool:
        with self._database.transaction():
            made = self._database.execute(sql, params)
            if made:
                reopen(self._database, [occurrence])
        return made == 1

    def reschedule_post(self, occurrence: int, channel: int, due: int, expires: int) -> bool:
        """Move a post that has not left; return False when there is none to move.

        One to which staff gave an hour stays there while planning wants the same as it did then.
        """
        return (
            self._database.execute(
                "UPDATE delivery SET due = :due, expires = :expires WHERE occurrence = :occurrence"
                f" AND channel = :channel AND recipient = 0 AND state IN ({UNSENT}) AND (due <>"
                " :due OR expires <> :expires) AND NOT EXISTS (SELECT 1 FROM given_hour g WHERE"
                " g.occurrence = :occurrence AND g.channel = :channel AND g.instead = :due)",
                {"occurrence": occurrence, "channel": channel, "due": due, "expires": expires},
            )
            == 1
        )

    def keep_hour(self, key: DeliveryKey, instead: int) -> None:
        """Write down that staff gave a post another hour than planning, which wants `instead`."""
        self._database.execute(
            "INSERT INTO given_hour (occurrence, channel, instead) VALUES (:occurrence, :channel,"
            " :instead) ON CONFLICT (occurrence, channel) DO UPDATE SET instead ="
            " excluded.instead",
            {"occurrence": key.occurrence, "channel": key.channel, "instead": instead},
        )

    def drop_post(self, occurrence: int, channel: int) -> None:
        """Drop a post's row, because its channel does not post this any more."""
        self._database.execute(
            "UPDATE delivery SET state = :cancelled WHERE occurrence = :occurrence AND channel ="
            f" :channel AND recipient = 0 AND state IN ({UNSENT})",
            {"cancelled": State.CANCELLED, "occurrence": occurrence, "channel": channel},
        )


def _queued(
    occurrence: int, channel: int, recipient: int, due: int, expires: int
) -> dict[str, int]:
    return {
        "occurrence": occurrence,
        "channel": channel,
        "recipient": recipient,
        "state": State.QUEUED,
        "due": due,
        "expires": expires,
    }
