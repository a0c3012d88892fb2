"""The pace of an account as several processes keep it together: a row for each message that its
limit lets leave in one span of time.

Whoever wants to send reserves slots, each of which nobody else gets before the message has left and
a whole span has passed. So however many reserve, and in whatever order, no more messages leave in
any span than there are slots. What is never said of a slot again (its holder was killed) only keeps
it longer.
"""

from collections.abc import Iterable, Sequence

from bot.model.outbox.slots import Slot
from bot.store.db.dialect import AT_ONCE, chosen_once
from bot.store.topic import Topic


class Slots(Topic):
    """The slots of all accounts. Instants and lengths are in milliseconds."""

    def reserve(self, account: str, n: int, most: int, now: int, until: int) -> Sequence[Slot]:
        """Reserve at most `n` of an account's `most` slots, in one statement; return them.

        `until` lies a span after the last instant at which a message may leave in one. What others
        are reserving is passed by.
        """
        with self._database.transaction(beside=True):
            numbers = self._database.column(
                "UPDATE slot SET free = :until WHERE account = :account AND free <= :now AND number"
                f" IN ({chosen_once(_FREE + self._database.skip_locked)}) RETURNING number",
                {"account": account, "n": n, "most": most, "now": now, "until": until},
            )
        return [Slot(number, now, until) for number in sorted(numbers)]

    def make(self, account: str, most: int) -> None:
        """See to it that an account has so many slots, all of them free where they are new."""
        there = self._database.value(
            "SELECT count(*) FROM slot WHERE account = :account", {"account": account}
        )
        self._database.many(
            f"INSERT INTO slot (account, number, free) SELECT :account, :number, 0{AT_ONCE} WHERE"
            " true ON CONFLICT (account, number) DO NOTHING",
            [{"account": account, "number": number} for number in range(there, most)],
        )

    def say(self, account: str, free: Iterable[tuple[Slot, int]]) -> None:
        """Say of reserved slots when others get them: a span after their message has left, or at
        once where none will leave. Of one that a rest was laid on nothing changes.
        """
        with self._database.transaction(beside=True):
            self._database.many(
                f"UPDATE slot SET free = :free{AT_ONCE} WHERE slot.account = :account AND"
                " slot.number = :number AND slot.free = :until",
                [
                    {"account": account, "number": slot.number, "until": slot.until, "free": at}
                    for slot, at in free
                ],
            )

    def first_free(self, account: str, most: int) -> int:
        """Return when the first of an account's `most` slots is free, as far as is known."""
        at: int = self._database.value(
            "SELECT coalesce(min(free), 0) FROM slot WHERE account = :account AND number < :most",
            {"account": account, "most": most},
        )
        return at

    def rest(self, account: str, until: int) -> None:
        """Let nobody reserve a slot of the account before `until`; it must be alone, since it may
        meet slots of everybody in any order.
        """
        with self._database.transaction():
            self._database.execute(
                "UPDATE slot SET free = :until WHERE account = :account AND free < :until",
                {"account": account, "until": until},
            )

    def bound(self, account: str, until: int) -> None:
        """Let no slot of the account be held longer than `until`; it must be alone, as `rest`."""
        with self._database.transaction():
            self._database.execute(
                "UPDATE slot SET free = :until WHERE account = :account AND free > :until",
                {"account": account, "until": until},
            )


_FREE = (
    "SELECT d.number FROM slot d WHERE d.account = :account AND d.number < :most AND d.free <= :now"
    " ORDER BY d.free LIMIT :n"
)
