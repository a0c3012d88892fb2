"""How deliveries come into the outbox, one by one; the nudges of a wave come by `Plan.fan_out`.

A row stands once for its occurrence, channel and recipient: putting it in again changes nothing.
"""

from bot.model import PUBLIC, State
from bot.model.person import Status
from bot.store.states import DECIDED, UNSENT
from bot.store.topic import Topic


class Intake(Topic):
    """Rows that are made, moved or dropped before anything leaves."""

    def add_post(self, occurrence: int, channel: int, state: State, due: int, expires: int) -> bool:
        """Make a post's row, or bring back one that planning had cancelled; False when it stands
        already.
        """
        made = self._database.execute(
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
        return made == 1

    def add_nudge(
        self, occurrence: int, channel: int, recipient: int, due: int, expires: int
    ) -> bool:
        """Make one subscriber's row, for somebody who moved.

        False when it stands already, or is not for them.
        """
        made = self._database.execute(
            "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
            " SELECT o.id, :channel, p.id, :state, 0, :due, :expires FROM person p JOIN occurrence"
            " o ON o.id = :occurrence WHERE p.id = :recipient AND p.status ="
            f" {int(Status.ACTIVE)} AND p.named_only <= o.named AND o.cancelled = 0 ON CONFLICT DO"
            " NOTHING",
            _queued(occurrence, channel, recipient, due, expires),
        )
        return made == 1

    def add_note(
        self, occurrence: int, channel: int, recipient: int, due: int, expires: int
    ) -> bool:
        """Make the row of what answers one person, whatever their status.

        False when it stands already.
        """
        made = self._database.execute(
            "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
            " VALUES (:occurrence, :channel, :recipient, :state, 0, :due, :expires) ON CONFLICT DO"
            " NOTHING",
            _queued(occurrence, channel, recipient, due, expires),
        )
        return made == 1

    def reschedule_post(self, occurrence: int, channel: int, due: int, expires: int) -> bool:
        """Move a post that has not left; False when there is none to move."""
        return (
            self._database.execute(
                "UPDATE delivery SET due = :due, expires = :expires WHERE occurrence = :occurrence"
                f" AND channel = :channel AND recipient = 0 AND state IN ({UNSENT}) AND (due <>"
                " :due OR expires <> :expires)",
                {"occurrence": occurrence, "channel": channel, "due": due, "expires": expires},
            )
            == 1
        )

    def drop_post(self, occurrence: int, channel: int) -> None:
        """A channel does not post this any more."""
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
