"""Events for webhooks, written in the transaction of what happened.

Each becomes one message, and a delivery for each webhook that wants its kind; where none does,
nothing is written.
"""

import json
import secrets
from collections.abc import Iterable, Mapping

from bot.model import PUBLIC, DeliveryKey, State
from bot.model.outbox import Result
from bot.model.webhooks import HookKind, HookState
from bot.store.db import Database

_TOLD = {
    State.SENT: HookKind.POST_SENT,
    State.FAILED: HookKind.POST_FAILED,
    State.UNCERTAIN: HookKind.POST_UNCERTAIN,
}
"""The states of a post that webhooks are told of."""


class HookEvents:
    """Writes events; other topics call it within their own transactions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def under_way(self, results: Iterable[Result]) -> dict[DeliveryKey, State]:
        """Return the posts among the results that are *sending* still, under the same claim, and
        will be told of, with the states that they get; of nudges nothing is asked.
        """
        posts = [r for r in results if r.row.recipient == PUBLIC and r.state in _TOLD]
        return {
            r.row.key: r.state
            for r in posts
            if self._database.row(_SENDING, {**_of(r.row.key), "claim": r.row.claim}) is not None
        }

    def posts(self, changed: Mapping[DeliveryKey, State], now: int) -> None:
        """Record that these deliveries have come into these states; nudges, and states of which
        nobody is told, are passed by.
        """
        for key, state in changed.items():
            if key.recipient == PUBLIC and state in _TOLD:
                self._post(key, _TOLD[state], now)

    def pledge(self, kind: HookKind, pledge: int, campaign: str, now: int) -> None:
        """Record what happened to a pledge."""
        self._record(kind, {"pledge": pledge, "campaign": campaign}, now)

    def step(self, pledge: int, action: str, now: int) -> None:
        """Record that a milestone of a pledge is done."""
        campaign = self._database.value(
            "SELECT campaign FROM pledge WHERE id = :pledge", {"pledge": pledge}
        )
        data = {"pledge": pledge, "campaign": campaign, "action": action}
        self._record(HookKind.STEP_DONE, data, now)

    def alarm(self, number: int, kind: str, now: int, *, but: str = "") -> None:
        """Record that an alarm was opened; the webhook that it is about is not told, by `but`."""
        self._record(HookKind.ALARM, {"alarm": number, "kind": kind}, now, but=but)

    def _post(self, key: DeliveryKey, kind: HookKind, now: int) -> None:
        about = self._database.row(_ABOUT, _of(key))
        if about is not None:
            campaign, action, day, channel = about
            data = {
                "post": str(key),
                "campaign": campaign,
                "action": action,
                "day": day,
                "channel": channel,
            }
            self._record(kind, data, now)

    def _record(
        self, kind: HookKind, data: Mapping[str, object], now: int, *, but: str = ""
    ) -> None:
        wanting = self._database.column(
            "SELECT webhook FROM hook_wanted WHERE kind = :kind AND webhook <> :but",
            {"kind": kind, "but": but},
        )
        if not wanting:
            return
        [(event,)] = self._database.rows(
            "INSERT INTO hook_event (message, kind, at, data) VALUES (:message, :kind, :now, :data)"
            " RETURNING id",
            {
                "message": f"msg_{secrets.token_urlsafe(18)}",
                "kind": kind,
                "now": now,
                "data": json.dumps(data),
            },
        )
        self._database.many(
            "INSERT INTO hook_delivery (webhook, event, state, attempts, due, since) VALUES"
            " (:webhook, :event, :waiting, 0, :now, :now)",
            [
                {"webhook": name, "event": event, "waiting": int(HookState.WAITING), "now": now}
                for name in wanting
            ],
        )


_SENDING = (
    "SELECT 1 FROM delivery WHERE occurrence = :occurrence AND channel = :channel AND recipient ="
    f" {PUBLIC} AND state = {int(State.SENDING)} AND claim = :claim"
)

_ABOUT = (
    "SELECT o.campaign, o.action, o.day, c.name FROM occurrence o JOIN channel c ON c.id = :channel"
    " WHERE o.id = :occurrence"
)


def _of(key: DeliveryKey) -> dict[str, int]:
    return {"occurrence": key.occurrence, "channel": key.channel}
