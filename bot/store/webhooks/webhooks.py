"""Webhooks as the database knows them: what each wants, and its messages until they have arrived.

::

    waiting ──claim──► waiting, due later ──taken──► delivered
       ▲                     │
       │ again               └──no time left, or gone──► given up
       └─────────────────────────────────────────────────────┘

A claim says when the message is due next before it leaves. So a crash on the way is a try that
failed: the message leaves once more, under the same id. What comes of a try counts while nobody has
claimed the message since.
"""

import json
from collections.abc import Collection, Iterable
from hashlib import sha256
from typing import Any

from typing_extensions import override

from bot.model.webhooks import HookDelivery, HookMessage, HookStanding, HookState, Webhook
from bot.model.who import Keep
from bot.store.topic import Topic
from bot.times import DAY

KEPT = 30
"""Days for which messages are kept that have arrived or were given up."""


class Webhooks(Topic):
    """The webhooks, and their messages. It knows numbers of posts and pledges, and nobody."""

    @override
    def expire(self, now: int, keep: Keep) -> int:
        before = {"before": now - KEPT * DAY}
        gone = self._database.execute("DELETE FROM hook_delivery WHERE ended < :before", before)
        self._database.execute(_UNTOLD, before)
        return gone

    def adopt(self, live: Iterable[Webhook], known: Collection[str]) -> list[str]:
        """Let these webhooks be told from now on what they want; return the names of those that
        went, with all that waited for them.

        `known` are the names of all that config.toml has: what waits for one that is not live
        waits on. One with another address than before begins anew. Writes only what is new.
        """
        wanted = {(webhook.name, kind) for webhook in live for kind in webhook.events}
        marks = {webhook.name: _mark(webhook.url) for webhook in live}
        have = set(map(tuple, self._database.rows("SELECT webhook, kind FROM hook_wanted")))
        there = dict(map(tuple, self._database.rows("SELECT name, mark FROM hook_endpoint")))
        gone = sorted(there.keys() - set(known))
        if have == wanted and not gone and marks.items() <= there.items():
            return []
        with self._database.transaction():
            for name in gone:
                self._drop(name)
            self._database.execute("DELETE FROM hook_wanted")
            self._database.many(
                "INSERT INTO hook_wanted (webhook, kind) VALUES (:webhook, :kind)",
                [{"webhook": name, "kind": kind} for name, kind in sorted(wanted)],
            )
            self._database.many(
                _BEGIN, [{"name": name, "mark": mark} for name, mark in sorted(marks.items())]
            )
        return gone

    def _drop(self, name: str) -> None:
        # what has arrived goes by its age
        for rows in (
            f"hook_delivery WHERE webhook = :name AND {_WAITING}",
            f"hook_delivery WHERE webhook = :name AND {_GIVEN_UP}",
            "hook_endpoint WHERE name = :name",
        ):
            self._database.execute(f"DELETE FROM {rows}", {"name": name})

    def claim(self, name: str, now: int) -> HookDelivery | None:
        """Return the message that is due longest, counted as tried; None where none is, or where
        the webhook is left alone.

        Whoever claims it says by `delivered` or `failed` what came of it; of what nobody says so it
        is due again after a minute.
        """
        while (
            row := self._database.first(_delivery, _DUE, {"name": name, "now": now})
        ) is not None:
            # where another claimed it just now, the next one is looked for
            if self._database.execute(_CLAIM, {"later": now + _LEASE, **_params(row)}):
                return row
        return None

    def delivered(self, row: HookDelivery, now: int) -> None:
        """Record that a message has arrived, and that its webhook works: also where another has
        claimed it since.
        """
        with self._database.transaction():
            self._end(row, HookState.DELIVERED, now)
            self._database.execute(
                "UPDATE hook_endpoint SET delivered = :now, failures = 0, rests = 0, words = ''"
                " WHERE name = :name",
                {"now": now, "name": row.webhook},
            )

    def failed(
        self,
        row: HookDelivery,
        words: str,
        now: int,
        *,
        due: int,
        rests: int,
        over: bool,
        gone: bool,
    ) -> None:
        """Record that a message was not taken, and why: it is tried again when `due`, unless it is
        `over` with it, and nothing leaves for its webhook before `rests`. One that is `gone` is
        left alone until `again`. Of a message that another has claimed since nothing is written.
        """
        with self._database.transaction():
            if self._database.row(_IS_MINE, _params(row)) is None:
                return
            if over:
                self._end(row, HookState.GIVEN_UP, now)
            else:
                self._database.execute(
                    f"UPDATE hook_delivery SET due = :due WHERE {_ROW}",
                    {"due": due, **_params(row)},
                )
            self._database.execute(
                "UPDATE hook_endpoint SET failures = failures + 1, rests = :rests, words = :words,"
                " gone = :gone WHERE name = :name",
                {
                    "rests": rests,
                    "words": words,
                    "gone": now if gone else None,
                    "name": row.webhook,
                },
            )
            self.give_up(row.webhook, now)

    def _end(self, row: HookDelivery, state: HookState, now: int) -> None:
        self._database.execute(
            f"UPDATE hook_delivery SET state = :state, ended = :now WHERE {_ROW}",
            {"state": int(state), "now": now, **_params(row)},
        )

    def give_up(self, name: str, now: int) -> int:
        """Give up all that waits for a webhook that is no more; return how many messages."""
        gone = "SELECT 1 FROM hook_endpoint WHERE name = :name AND gone IS NOT NULL"
        if self._database.row(gone, {"name": name}) is None:
            return 0
        return self._database.execute(
            f"UPDATE hook_delivery SET state = {int(HookState.GIVEN_UP)}, ended = :now WHERE"
            f" webhook = :name AND {_WAITING}",
            {"name": name, "now": now},
        )

    def again(self, name: str, now: int) -> int:
        """Let all that was given up or waits for a webhook leave now, as if it had happened now;
        return how many messages.
        """
        with self._database.transaction():
            self._database.execute(
                "UPDATE hook_endpoint SET failures = 0, rests = 0, gone = NULL WHERE name = :name",
                {"name": name},
            )
            params = {"name": name, "now": now}
            given_up = self._database.execute(
                f"UPDATE hook_delivery SET state = {int(HookState.WAITING)}, attempts = 0, due ="
                f" :now, since = :now, ended = NULL WHERE webhook = :name AND {_GIVEN_UP}",
                params,
            )
            # others keep their time: what has just been taken up again is due now already
            waiting = self._database.execute(
                f"UPDATE hook_delivery SET due = :now WHERE webhook = :name AND {_WAITING} AND"
                " due > :now",
                params,
            )
        return given_up + waiting

    def told(self) -> set[str]:
        """Return the names of the webhooks that are told something since the last `adopt`."""
        return set(self._database.column("SELECT webhook FROM hook_wanted"))

    def standing(self) -> list[HookStanding]:
        """Return how it stands with each webhook that was ever live and is in config.toml."""
        return self._database.select(HookStanding, _STANDING)


_LEASE = 60
"""Seconds after which a message is tried again of which nobody said what came of it."""

_ROW = "event = :event AND webhook = :name"

# as the partial indexes have them
_WAITING = f"state = {int(HookState.WAITING)}"
_GIVEN_UP = f"state = {int(HookState.GIVEN_UP)}"

# a claim is told by its number, as long as the message is not taken up again
_CLAIM = (
    f"UPDATE hook_delivery SET attempts = :attempts, due = :later WHERE {_ROW} AND {_WAITING} AND"
    " attempts = :attempts - 1 AND since = :since"
)
_IS_MINE = (
    f"SELECT 1 FROM hook_delivery WHERE {_ROW} AND {_WAITING} AND attempts = :attempts AND since ="
    " :since"
)

_DUE = (
    "SELECT d.webhook, d.event, d.attempts, d.since, h.failures, e.message, e.kind, e.at, e.data"
    " FROM hook_endpoint h JOIN hook_delivery d ON d.webhook = h.name JOIN hook_event e ON e.id ="
    f" d.event WHERE h.name = :name AND h.rests <= :now AND h.gone IS NULL AND d.{_WAITING} AND"
    " d.due <= :now ORDER BY d.due, d.event LIMIT 1"
)

_STANDING = (
    "SELECT h.name, h.delivered, h.failures, h.words, h.rests, h.gone, (SELECT count(*) FROM"
    f" hook_delivery d WHERE d.webhook = h.name AND d.{_WAITING}) AS waiting, (SELECT count(*) FROM"
    f" hook_delivery d WHERE d.webhook = h.name AND d.{_GIVEN_UP}) AS given_up FROM hook_endpoint h"
    " ORDER BY h.name"
)

_BEGIN = (
    "INSERT INTO hook_endpoint (name, mark) VALUES (:name, :mark) ON CONFLICT (name) DO UPDATE SET"
    " mark = excluded.mark, failures = 0, rests = 0, gone = NULL, words = '' WHERE"
    " hook_endpoint.mark <> excluded.mark"
)

_UNTOLD = (
    "DELETE FROM hook_event WHERE at < :before AND NOT EXISTS (SELECT 1 FROM hook_delivery d WHERE"
    " d.event = hook_event.id)"
)


def _params(row: HookDelivery) -> dict[str, object]:
    return {
        "event": row.event,
        "name": row.webhook,
        "attempts": row.attempts,
        "since": row.since,
    }


def _mark(url: str) -> str:
    # the address itself is kept in no database
    return sha256(url.encode()).hexdigest()[:16]


def _delivery(
    *, message: str, kind: str, at: int, data: str, attempts: int, **columns: Any
) -> HookDelivery:
    what = HookMessage(id=message, type=kind, at=at, data=json.loads(data))
    return HookDelivery(message=what, attempts=attempts + 1, **columns)
