"""When an account rests since its network fails, and when it is paused until a person comes.

What passes by itself (a network that is down, or silent) is a rest: `bot.rules.breaker` says when
it begins and that it ends with one message. What a person must mend (a token, a right, money) is a
pause of the account's channels.
"""

import logging
from collections.abc import Iterable
from dataclasses import asdict
from math import ceil

from bot.errors import NetworkError
from bot.model import PUBLIC
from bot.model.channel import Resting
from bot.model.outbox import Claimed
from bot.rules.alerts import AccountRests, ChannelPaused
from bot.rules.breaker import Breaker, Measure, Rest
from bot.rules.pacing import State as PacingState
from bot.store import Store
from bot.times import from_epoch

log = logging.getLogger(__name__)

TOLD_AFTER = 120.0
"""Seconds of trouble after which staff are told; most of it is over sooner, and needs nobody."""

ASKED = "the network asked for a rest: too many requests"
"""Why an account rests after a 429."""


def resting(store: Store, accounts: Iterable[str], now: float) -> dict[str, Resting]:
    """Return which of these accounts rest at `now`, in epoch seconds: since their network fails,
    or since it asked for that (`ASKED`).
    """
    failing = store.channels.resting()
    rests = {name: failing.get(name) or _asked(store, name, now) for name in accounts}
    return {name: rest for name, rest in rests.items() if rest is not None}


def _asked(store: Store, account: str, now: float) -> Resting | None:
    """Return the rest after a 429 that is not over yet, as the account's stored pace has it."""
    stored = store.channels.pacing(account)
    pace = PacingState.loads(stored) if stored else None
    if pace is None or pace.paused_until <= now:
        return None
    since = now if pace.complained is None else pace.complained
    return Resting(account=account, since=since, until=pace.paused_until, rests=1, reason=ASKED)


def sentence(rest: Resting, channel: str, now: float) -> str:
    """Say why a channel's account rests, since when, what happens next, and what a person can
    do.
    """
    why = f"{rest.reason} (since {_minute(rest.since)})"
    if rest.reason == ASKED:
        then = f"it goes on by itself at {_minute(ceil(rest.until))}, and nobody can hasten that"
    elif rest.until <= now:
        then = "it tries one message with what is due next, and goes on by itself"
    else:
        then = (
            f"it tries one message at {_minute(ceil(rest.until))} and goes on by itself; `drumbeat"
            f" resume {channel}` lets it try at once"
        )
    return f"{why}; {then}; nothing is lost"


def _minute(moment: float) -> str:
    return f"{from_epoch(moment):%Y-%m-%d %H:%M} UTC"


class Rests:
    """The rests of one account, kept in the database from their beginning to their end.

    `now` is the instant of the start in epoch seconds, as all instants here are; `measure` says by
    what failures are judged.
    """

    def __init__(
        self, store: Store, account: str, now: float, measure: Measure | None = None
    ) -> None:
        self._store = store
        self._account = account
        self._measure = measure
        self._now = now
        #: whether the end of a rest has not been written yet
        self._unwritten = False
        self._breaker = self._stored()

    def look(self, now: float) -> None:
        """Take `now` as the present instant, and let the account go on where a person said so or
        where its probe succeeded long ago.
        """
        self._now = now
        if self._unwritten:
            self._end()
        if self._breaker.rest is None:
            return
        if self._account not in self._store.channels.resting():  # a person ended it
            self._breaker = self._stored()
            self._close(now)
        elif self._breaker.settle(now):
            self._end()

    def allowed(self, now: float, under_way: int) -> int:
        """Return how many messages the account may try now, while so many are under way."""
        return self._breaker.allowed(now, under_way)

    def wait(self, now: float) -> float:
        """Return the seconds until the account may try a message; 0 when that is now."""
        return self._breaker.wait(now)

    def worked(self, began: float) -> None:
        """Note that the network took, or judged, a message that left at `began`."""
        if self._breaker.succeeded(began, max(began, self._now)):
            self._end()

    def failed(self, row: Claimed, error: NetworkError, began: float) -> bool:
        """Note a failure of a message that left at `began`; return whether the account rests from
        now on.
        """
        # all posts of a channel go to one place, which may be the only one that fails
        recipient = -row.channel if row.recipient == PUBLIC else row.recipient
        now = max(began, self._now)
        rests = self._breaker.failed(recipient, began, now)
        if rests and (rest := self._breaker.rest) is not None:
            self._begin(rest, error, now)
        return rests

    def pause(self, channels: Iterable[str], error: NetworkError, moment: int) -> None:
        """Pause the channels until a person has mended what the network refuses them for."""
        for name in channels:
            if self._store.channels.pause(name, str(error), moment):
                text = (
                    f"channel {name} is paused: {error}. Mend the cause, then `drumbeat resume"
                    f" {name}`; nothing is lost meanwhile"
                )
                alarm = ChannelPaused(subject=name, text=text, words=str(error))
                self._store.alerts.open(alarm, moment)
                log.error("%s", text)

    def _begin(self, rest: Rest, error: NetworkError, now: float) -> None:
        reason = f"too many messages fail, the last: {error}"
        self._store.channels.keep_rest(
            Resting(account=self._account, reason=reason, **asdict(rest))
        )
        level = logging.WARNING if rest.rests == 1 else logging.INFO
        words = "account %s rests for %.0f s, then it tries one message: %s"
        log.log(level, words, self._account, rest.until - now, reason)
        if now - rest.since >= TOLD_AFTER:
            text = f"account {self._account} rests: {reason}"
            alarm = AccountRests(subject=self._account, text=text, words=str(error))
            self._store.alerts.open(alarm, int(now))

    def _end(self) -> None:
        self._unwritten = True
        self._store.channels.end_rest(self._account)
        self._close(self._now)
        self._unwritten = False
        log.info("account %s goes on: its messages are taken again", self._account)

    def _close(self, now: float) -> None:
        self._store.alerts.close(AccountRests.kind, self._account, int(now))

    def _stored(self) -> Breaker:
        known = self._store.channels.resting().get(self._account)
        rest = Rest(since=known.since, until=known.until, rests=known.rests) if known else None
        return Breaker(self._account, now=self._now, measure=self._measure, rest=rest)
