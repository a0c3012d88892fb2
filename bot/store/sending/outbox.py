"""Deliveries from being planned to their result.

The database keeps the promise: one row per (occurrence, channel, recipient), and a row is *sending*
before its call goes out.

::

    planned ──due──────────────────────────► queued ──claim──► sending ──► sent
       ▲                                     ▲  │  ▲              │
       │ approve                  approve,   │  │  └─ try later ──┤──────► failed
    awaiting_approval ─── due has passed ────┘  │                 │
       ▲      │                                 │                 ├──────► skipped
       │      └── grace over: skipped           │                 ├──────► cancelled
       └──────── differs from what was approved ┘                 └──────► uncertain

    failed      no try can help, or the grace is over
    skipped     later than its grace, or the channel is dry
    cancelled   the person stopped, paused or blocked
    uncertain   nobody knows whether it left; where it is found it is sent, where it is not, or a
                person releases it, it is queued

People also cancel what waits or is uncertain, release what failed or was skipped (queued again,
with a new grace), and take back what was sent, where the network can delete it (cancelled, with its
receipt).

Rows to be claimed and rows in flight share one partial index, whose last column tells them apart: a
claim passes by what is in flight without a look at it.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from typing_extensions import override

from bot.model import PUBLIC, DeliveryKey, State
from bot.model.outbox import Claimed, Heard, Result
from bot.model.outbox.holds import Holds
from bot.model.who import Purpose, Who
from bot.store.db import Database
from bot.store.sending.passed import Passed
from bot.store.sending.statements import (
    ANY_DUE,
    CLAIM,
    DEADLINE,
    DECIDED,
    FIRST_TRY,
    GIVE_UP,
    GOING,
    IS_MINE,
    LAST,
    LATER_END,
    LEAVING,
    LOOK,
    NO_LATER,
    OF_LEASE,
    OF_NOBODY,
    OF_PERSON,
    PEOPLE,
    PERHAPS_SINCE,
    RESULT,
    SENT_SINCE,
    SETTLE,
    claim_sql,
    first_due_sql,
    in_order,
    settling,
)
from bot.store.states import MOVING, RESTING, listed
from bot.store.tally import BEGIN_ANEW, reopen
from bot.store.topic import Personal, Topic, unsigned
from bot.store.webhooks.events import HookEvents


class Outbox(Topic):
    """The deliveries on their way out: all that is sent passes through here."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.MESSAGES: {
            "delivery": ("recipient",),
            "result": ("recipient", "receipt", "url", "error", "text"),
        }
    }

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._passed = Passed(database)
        self._told = HookEvents(database)

    @override
    def forget(self, who: Who, now: int) -> int:
        # Rows stay, without their person, so that counts stay true; what waits is cancelled.
        self._unsign_decisions(who)
        if who.person is None:
            return 0
        params = {
            "channel": who.channel,
            "person": who.person,
            "nobody": -secrets.randbits(62) - 1,
            "cancelled": int(State.CANCELLED),
        }
        stopped = self._database.column(
            f"UPDATE delivery SET state = :cancelled WHERE {OF_PERSON} AND state IN ({GOING})"
            " RETURNING occurrence",
            params,
        )
        reopen(self._database, stopped)
        # Their rows now stand elsewhere: what is being counted may have been past that place.
        self._database.execute(BEGIN_ANEW)
        self._database.execute(f"UPDATE delivery SET recipient = :nobody WHERE {OF_PERSON}", params)
        self._database.execute(
            "UPDATE result SET recipient = :nobody, receipt = NULL, url = NULL, error = NULL,"
            f" text = NULL WHERE {OF_PERSON}",
            params,
        )
        return 0

    def _unsign_decisions(self, who: Who) -> None:
        """Take the person's name off the sentences about decisions on deliveries."""
        for occurrence, channel, recipient, error in self._database.rows(DECIDED):
            key = {"occurrence": occurrence, "channel": channel, "recipient": recipient}
            words = unsigned(error, who)
            if words != error:
                self._database.execute(
                    "UPDATE result SET error = :error WHERE occurrence = :occurrence AND channel ="
                    " :channel AND recipient = :recipient",
                    {"error": words, **key},
                )

    # the clock moves rows

    def queue_due(self, now: int) -> int:
        """Move planned rows that are due to queued; return their number."""
        return self._database.execute(
            f"UPDATE delivery SET state = :queued WHERE state IN ({RESTING}) AND state = :planned"
            " AND due <= :now",
            {"queued": State.QUEUED, "planned": State.PLANNED, "now": now},
        )

    def lapse(self, now: int, reason: str) -> list[DeliveryKey]:
        """Move rows awaiting approval whose grace is over to skipped; return their keys."""
        if (
            self._database.row(
                f"SELECT 1 FROM delivery WHERE state IN ({RESTING}) AND state = :awaiting AND due"
                " <= :now AND expires <= :now LIMIT 1",
                {"now": now, "awaiting": State.AWAITING_APPROVAL},
            )
            is None
        ):
            return []
        with self._database.transaction():
            keys = self._database.select(
                DeliveryKey,
                f"UPDATE delivery SET state = :skipped WHERE state IN ({RESTING}) AND state ="
                " :awaiting AND due <= :now AND expires <= :now RETURNING occurrence, channel,"
                " recipient",
                {"skipped": State.SKIPPED, "awaiting": State.AWAITING_APPROVAL, "now": now},
            )
            self._say(keys, reason, now)
        return keys

    def no_later(self, now: int) -> Iterator[None]:
        """Let every queued row be looked at now that was put off by a clock which lay ahead of
        `now`: what was said of it lies in the future.

        Yields between steps of 500 rows; whoever doesn't come to the end begins anew another time.
        """
        for (channel,) in self._database.rows("SELECT id FROM channel ORDER BY id"):
            at: Sequence[int] | None = (now + 1, 0, 0, 0, 0)
            while at is not None:
                params = {"channel": channel, "now": now, "look": LOOK} | _at("from", at)
                at = self._database.row(LATER_END, params)
                self._database.execute(NO_LATER, params | _at("upto", LAST if at is None else at))
                if at is not None:
                    yield

    def has_due(self, channel: int, now: int) -> bool:
        """Return whether anything of the channel could be claimed."""
        return self._database.row(ANY_DUE, {"channel": channel, "now": now}) is not None

    def deadline(self, channel: int, now: int) -> int | None:
        """Return the earliest deadline of what is due on a channel, held or not; None where
        nothing is.
        """
        expires: int | None = self._database.value(DEADLINE, {"channel": channel, "now": now})
        return expires

    def first_due(
        self, channel: int, now: int, holds: Holds, *, posts: int | None = None
    ) -> tuple[int, int, int] | None:
        """Return occurrence, recipient and tries of the row that `claim` would take first; None
        where it would take none.
        """
        if holds.everything or channel in holds.channels:
            return None
        nudges_only = " AND d.recipient > 0" if posts == 0 else ""
        row = self._database.row(
            first_due_sql(holds.rows + nudges_only),
            {"channel": channel, "now": now, "limit": 1, **holds.params},
        )
        return (row[0], row[1], row[2]) if row else None

    def claim(
        self,
        channel: int,
        now: int,
        limit: int,
        holds: Holds,
        *,
        posts: int | None = None,
        token: int = 0,
    ) -> list[Claimed]:
        """Move at most `limit` (≤ 100) due rows that are not held from queued to sending, under the
        lease `token`, earliest deadline first, and of one deadline the one that has been due
        longest.

        This is one transaction, committed before anything is sent, beside those of others: what
        they are claiming is passed by. With `posts`, at most so many of the rows are posts. That it
        returns none doesn't mean that nothing is due.
        """
        if posts is not None:
            nudges_only = replace(holds, people=f"{holds.people} AND d.recipient > 0")
            return (
                self.claim(channel, now, min(limit, posts), holds, token=token)
                if posts
                else self.claim(channel, now, limit, nudges_only, token=token)
            )
        if limit < 1 or holds.everything or channel in holds.channels:
            return []
        with self._database.transaction(beside=True):
            taken = self._take(channel, now, min(limit, CLAIM), holds, token)
            people = self._people(sorted({recipient for _, recipient, *_ in taken} - {PUBLIC}))
            # Written with the claim, so that a post's time is the same at every later try.
            self._database.many(
                FIRST_TRY,
                [
                    {"occurrence": occurrence, "channel": channel, "now": now}
                    for occurrence, recipient, attempts, *_ in taken
                    if recipient == PUBLIC and attempts == 1
                ],
            )
            return [
                self._claimed(occurrence, channel, recipient, rest, people, token)
                for occurrence, recipient, *rest in taken
            ]

    def _take(
        self, channel: int, now: int, limit: int, holds: Holds, token: int
    ) -> Sequence[Sequence[Any]]:
        params = {"channel": channel, "now": now, "limit": limit, "claim": token, **holds.params}
        of_people, as_held = holds.of_people, (holds.rows, holds.params)
        passed = self._passed.rows(channel, now, as_held) if of_people else ""
        sql = claim_sql(holds.rows + passed, self._database.skip_locked)
        taken = self._database.rows(sql, params)
        if of_people:
            self._passed.by(channel, now, taken, limit)
        return sorted(taken, key=in_order)

    def _claimed(
        self,
        occurrence: int,
        channel: int,
        recipient: int,
        rest: Sequence[Any],
        people: Mapping[int, Sequence[Any]],
        token: int = 0,
    ) -> Claimed:
        person = people.get(recipient, _NOBODY)
        began = self._began(occurrence, channel) if recipient == PUBLIC else 0
        return Claimed(occurrence, channel, recipient, *(*rest, *person, began, token))

    def _began(self, occurrence: int, channel: int) -> int:
        """Return when a post was first tried; 0 where an older version tried it."""
        at = self._database.value(
            "SELECT at FROM first_try WHERE occurrence = :occurrence AND channel = :channel",
            {"occurrence": occurrence, "channel": channel},
        )
        return int(at or 0)

    def _people(self, ids: Sequence[int]) -> dict[int, Sequence[Any]]:
        if not ids:
            return {}
        rows = self._database.rows(PEOPLE, {"ids": json.dumps(ids)})
        return {number: person for number, *person in rows}

    def settle(self, results: Iterable[Result], now: int) -> list[Result]:
        """Write the results of claimed rows, all in one transaction; return those that were not
        taken, of which nothing is written: their rows were taken from whoever claimed them, or
        their person was forgotten.
        """
        results = list(results)
        self._passed.again(results)
        with self._database.transaction(beside=True):
            posts = self._told.under_way(results)
            settled = self._database.many(SETTLE, map(settling, results))
            refused = [] if settled == len(results) else self._refused(results)
            if refused:
                results = [result for result in results if result not in refused]
            self._database.many(
                RESULT,
                [
                    _result(r.row, now, r.receipt, r.url, r.error, r.text)
                    for r in results
                    if r.receipt or r.url or r.error or r.text
                ],
            )
            self._told.posts(posts, now)
        return refused

    def _refused(self, results: Iterable[Result]) -> list[Result]:
        return [r for r in results if self._database.row(IS_MINE, settling(r)) is None]

    def posts_since(self, channel: int, since: int) -> int:
        """Return how many posts of the channel left since this epoch second, or may have."""
        return sum(
            int(self._database.value(sql, {"channel": channel, "since": since}))
            for sql in (SENT_SINCE, PERHAPS_SINCE)
        )

    def recover(self, now: int) -> int:
        """Move rows that a crash left in sending to uncertain; return their number.

        Only the file's one sender may call it, before it sends: it ends all leases.
        """
        with self._database.transaction():
            self._database.execute("DELETE FROM lease")
            return self._give_up("", {}, now)

    def give_up(self, token: int, now: int) -> int:
        """Move the rows in flight of a lease that has been ended to uncertain, for good: a result
        of theirs that comes later is not taken. Return their number.
        """
        return self._give_up(OF_LEASE, {"token": token}, now)

    def give_up_orphans(self, now: int) -> int:
        """Do the same with rows in flight whose lease is no more, or that have none."""
        return self._give_up(OF_NOBODY, {}, now)

    def _give_up(self, which: str, params: Mapping[str, int], now: int) -> int:
        with self._database.transaction():
            keys = self._database.select(DeliveryKey, GIVE_UP.format(which), params)
            self._say(
                keys,
                "drumbeat ended while this was being sent; nobody knows whether it left",
                now,
            )
            self._told.posts(dict.fromkeys(keys, State.UNCERTAIN), now)
        return len(keys)

    def sending(self) -> int:
        """Return how many rows are in flight."""
        return int(
            self._database.value(
                f"SELECT count(*) FROM delivery WHERE state IN ({MOVING}) AND state = :sending",
                {"sending": State.SENDING},
            )
        )

    def heard(self, row: Claimed, occurrences: Sequence[int]) -> list[Heard]:
        """Return the nudges of these occurrences to the same person, by due.

        None for a row that has left before: the person asked to get it again.
        """
        numbers = ", ".join(str(int(number)) for number in occurrences)
        params = {"occurrence": row.occurrence, "channel": row.channel, "recipient": row.recipient}
        mine = (
            "SELECT receipt FROM result WHERE occurrence = :occurrence AND channel = :channel AND"
            " recipient = :recipient"
        )
        if self._database.value(mine, params) is not None:
            return []
        return self._database.select(
            Heard,
            f"SELECT d.due, d.occurrence, CASE d.state WHEN {int(State.SENT)} THEN coalesce(r.at,"
            " d.due) END AS sent FROM delivery d LEFT JOIN result r ON r.occurrence = d.occurrence"
            " AND r.channel = d.channel AND r.recipient = d.recipient WHERE d.occurrence IN"
            f" ({numbers}) AND d.channel = :channel AND d.recipient = :recipient AND d.state IN"
            f" ({LEAVING}) ORDER BY d.due, d.occurrence",
            params,
        )

    # uncertain rows, and the decisions of people

    def any_uncertain(self) -> bool:
        """Return whether any row is uncertain."""
        sql = f"SELECT 1 FROM delivery WHERE state IN ({RESTING}) AND state = :uncertain LIMIT 1"
        return self._database.row(sql, {"uncertain": State.UNCERTAIN}) is not None

    def uncertain(self, channel: int) -> list[Claimed]:
        """Return the uncertain rows of the channel, by due."""
        rows = self._database.rows(
            "SELECT occurrence, recipient, attempts, due, expires FROM delivery WHERE"
            f" state IN ({RESTING}) AND state = :uncertain AND channel = :channel ORDER BY due,"
            " occurrence, recipient",
            {"uncertain": State.UNCERTAIN, "channel": channel},
        )
        claimed = []
        for occurrence, recipient, *rest in rows:
            people = self._people([recipient]) if recipient != PUBLIC else {}
            claimed.append(self._claimed(occurrence, channel, recipient, rest, people))
        return claimed

    def has_uncertain(self, channel: int) -> bool:
        """Return whether any row of the channel is uncertain."""
        sql = (
            f"SELECT 1 FROM delivery WHERE state IN ({RESTING}) AND state = :uncertain AND"
            " channel = :channel LIMIT 1"
        )
        return (
            self._database.row(sql, {"uncertain": State.UNCERTAIN, "channel": channel}) is not None
        )

    def change(
        self,
        key: DeliveryKey,
        frm: Sequence[State],
        to: State,
        *,
        due: int | None = None,
        expires: int | None = None,
        attempts: int | None = None,
    ) -> bool:
        """Move one row from one of the states `frm` to another; return False when it is in none of
        them.
        """
        with self._database.transaction():
            changed = self._database.execute(
                "UPDATE delivery SET state = :to, due = coalesce(:due, due), expires ="
                " coalesce(:expires, expires), attempts = coalesce(:attempts, attempts) WHERE"
                " occurrence = :occurrence AND channel = :channel AND recipient = :recipient AND"
                f" state IN ({listed(frm)})",
                {"to": to, "due": due, "expires": expires, "attempts": attempts, **_params(key)},
            )
            if changed:
                reopen(self._database, [key.occurrence])
        return changed == 1

    def arrived(
        self, key: DeliveryKey, frm: Sequence[State], now: int, **known: str | None
    ) -> bool:
        """Move one row of which nobody knew whether it left to sent, with what `note` takes; return
        False when it is in none of the states `frm`.
        """
        with self._database.transaction():
            moved = self.change(key, frm, State.SENT)
            if moved:
                self.note(key, now, **known)
                self._told.posts({key: State.SENT}, now)
        return moved

    def note(
        self,
        key: DeliveryKey,
        now: int,
        *,
        receipt: str | None = None,
        url: str | None = None,
        error: str | None = None,
    ) -> None:
        """Store a receipt, an address or an error for a row; None leaves what is stored."""
        self._database.many(RESULT, [_result(key, now, receipt, url, error)])

    def _say(self, keys: Iterable[DeliveryKey], error: str, now: int) -> None:
        self._database.many(RESULT, [_result(key, now, None, None, error) for key in keys])


_NOBODY = ("", "", False, 1, "")


def _result(
    row: Claimed | DeliveryKey,
    at: int,
    receipt: str | None,
    url: str | None,
    error: str | None,
    text: str | None = None,
) -> dict[str, object]:
    return {
        "occurrence": row.occurrence,
        "channel": row.channel,
        "recipient": row.recipient,
        "at": at,
        "receipt": receipt,
        "url": url,
        "error": error,
        "text": text,
    }


def _at(name: str, row: Sequence[int]) -> dict[str, int]:
    return {f"{name}{n}": value for n, value in enumerate(row)}


def _params(key: DeliveryKey) -> dict[str, int]:
    return {"occurrence": key.occurrence, "channel": key.channel, "recipient": key.recipient}
