"""Everything that a running process shows at one instant: what it holds in memory, and what the
database says.

It is looked at from another thread than the one that sends, over a connection of its own that only
reads: nobody waits for who watches. No address, no name and no text of anybody stands in it.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.errors import StoreError
from bot.jobs.monitoring.life import Job, Life
from bot.jobs.operations import backup, status
from bot.jobs.sending import depths
from bot.jobs.sending.dispatch.allowance import accounts
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.services import Services
from bot.model import State
from bot.model.database import Server
from bot.model.outbox.depths import Depth, Jobs
from bot.networks.common.redact import redacted
from bot.rules.breaker import Phase
from bot.rules.tally import Answers
from bot.store import Store
from bot.times import from_epoch

OPEN = (State.PLANNED, State.AWAITING_APPROVAL, State.UNCERTAIN)
"""States of deliveries that wait for their day or for a person."""

_KEPT, _SHARE = 1.0, 0.05
"""Seconds for which a view serves at least, and the share of the time that looks may take: with a
million messages that wait, one takes a third of a second, and who asks often makes no more work.
"""

_LIVES = 60
"""Seconds after its last sign of life for which a process counts as one that lives."""

_STATES = ("held", "paused", "resting", "dry")
"""What an account is when each of its channels is something else than live; the first that one of
them is.
"""


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What of a channel's deliveries has not ended."""

    #: queued or in flight
    waiting: int
    #: by state, each of `OPEN` named
    open: Mapping[State, int]
    #: seconds since which the oldest that is due and not held waits; 0 where none is
    lag: float


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One channel of config.toml."""

    name: str
    account: str
    #: what became of its messages since the process began
    results: Mapping[str, int]
    answers: Answers
    #: None while the database can't be read
    backlog: Backlog | None


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account, with the channels that share its pace; numbers are of all of them."""

    name: str
    #: sending, resting, paused, held or dry; unknown while the database can't be read
    state: str
    #: of its circuit breaker; None while the database can't be read
    breaker: Phase | None
    #: messages a second: at present, and at most
    rate: float
    limit: float
    in_flight: int
    #: how many processes send for it now; None while the database can't be read
    leases: int | None
    #: how often its network asked for fewer messages since the process began
    limited: int
    #: replies of the chat that wait for their turn
    replies: int
    channels: Sequence[Channel]

    @property
    def lag(self) -> float | None:
        """Return the longest lag of its channels in seconds; None where it isn't known."""
        return max((each.lag for each in self._backlogs), default=None)

    @property
    def waiting(self) -> int | None:
        """Return how many deliveries are queued or in flight; None where it isn't known."""
        return sum(each.waiting for each in self._backlogs) if self._backlogs else None

    @property
    def uncertain(self) -> int | None:
        """Return how many deliveries are uncertain; None where it isn't known."""
        backlogs = self._backlogs
        return sum(each.open[State.UNCERTAIN] for each in backlogs) if backlogs else None

    @property
    def _backlogs(self) -> list[Backlog]:
        return [channel.backlog for channel in self.channels if channel.backlog is not None]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What the database says."""

    #: by channel
    states: Mapping[str, str]
    backlogs: Mapping[str, Backlog]
    #: by account, those that rest
    breakers: Mapping[str, Phase]
    #: by account, each that has channels
    depths: Mapping[str, Depth]
    #: by account, how many processes send for it now
    leases: Mapping[str, int]
    #: None where there is no queue that several processes share
    jobs: Jobs | None
    #: by part, how many of the processes that share it have lived in the last minute
    processes: Mapping[str, int]
    #: open alarms, by kind
    alarms: Mapping[str, int]
    #: when the last backup was made, in epoch seconds; None where none is known
    backup: int | None


@dataclass(frozen=True, kw_only=True)
class View:
    """What a running process shows at one instant."""

    #: epoch seconds
    at: float
    #: a sentence for each thing that is wrong, with what to do; none while all is well
    wrong: Sequence[str]
    #: by how many seconds the loop was late at most in the last minute
    delay: float
    jobs: Sequence[Job]
    #: jobs that fail now, and what else does
    failing: Sequence[str]
    accounts: Sequence[Account]
    #: None while the database can't be read
    rows: Rows | None
    #: whether what was last to be written could be written
    writable: bool
    #: of the database and of its write-ahead log; 0 where there is none
    size: int
    log_size: int
    #: messages, taps and the like that the chat heard since the process began
    updates: int


class Viewer:
    """Looks at a process, from any thread but one at a time.

    `services` gives those in force, `dispatchers` those of all accounts by name.
    """

    def __init__(
        self,
        services: Callable[[], Services],
        dispatchers: Mapping[str, Dispatcher],
        life: Life,
    ) -> None:
        self._services = services
        self._dispatchers = dispatchers
        self._life = life
        #: until when the last view serves
        self._last: tuple[float, View] | None = None

    def look(self) -> View:
        """Return what is to be seen now, or was a moment ago."""
        began = time.monotonic()
        if self._last is None or began > self._last[0]:
            view, took = self._look(), time.monotonic() - began
            self._last = began + max(_KEPT, took / _SHARE), view
        return self._last[1]

    def _look(self) -> View:
        services, now = self._services(), self._life.now
        failing = self._life.failing
        wrong = self._life.wrong()
        rows: Rows | None = None
        try:
            rows = _rows(services, now)
        except StoreError as error:
            wrong = list(dict.fromkeys([*wrong, redacted(str(error))]))
        path = services.settings.database
        return View(
            at=now,
            wrong=wrong,
            delay=self._life.delay,
            jobs=self._life.jobs(),
            failing=sorted(failing),
            accounts=[
                _account(services, dispatcher, rows, now)
                for name, dispatcher in sorted(dict(self._dispatchers).items())
                if name in accounts(services)
            ],
            rows=rows,
            writable="the database" not in failing.values(),
            size=0 if isinstance(path, Server) else _size(path),
            log_size=0 if isinstance(path, Server) else _size(Path(f"{path}-wal")),
            updates=self._life.updates,
        )


def _rows(services: Services, now: float) -> Rows:
    """Read the database over a connection of its own; raises `StoreError`."""
    settings = services.settings
    with closing(Store(settings.database, readonly=True, keys=settings.keys)) as store:
        resting, found = (
            store.backlog.resting(),
            depths.by_channel(store, services.channel_ids, int(now)),
        )

        def backlog(name: str, depth: Depth) -> Backlog:
            channel = services.channel_ids[name]
            return Backlog(
                waiting=depth.waiting,
                open={state: resting.get((channel, state), 0) for state in OPEN},
                lag=depth.lag(now),
            )

        return Rows(
            states={
                channel.name: channel.state
                for channel in status.channels(settings, store, services.dry, from_epoch(now))
            },
            backlogs={name: backlog(name, depth) for name, depth in found.items()},
            depths=depths.by_account(settings.channels.values(), found),
            breakers={
                name: Phase.OPEN if now < rest.until else Phase.HALF_OPEN
                for name, rest in store.channels.resting().items()
            },
            leases=Counter(lease.account for lease in store.leases.standing()),
            jobs=store.queued.jobs(),
            processes=Counter(
                process.part for process in store.processes.all() if process.beat > now - _LIVES
            ),
            alarms=Counter(alert.kind for alert in store.alerts.current()),
            backup=backup.last(store),
        )


def _account(services: Services, dispatcher: Dispatcher, rows: Rows | None, now: float) -> Account:
    pacer, name = dispatcher.shown, dispatcher.account
    channels = [
        Channel(
            name=channel.name,
            account=name,
            results=dispatcher.tally.results(services.channel_ids[channel.name]),
            answers=dispatcher.tally.answers.get(services.channel_ids[channel.name], Answers()),
            backlog=rows.backlogs.get(channel.name) if rows else None,
        )
        for channel in services.settings.channels.values()
        if channel.account == name
    ]
    return Account(
        name=name,
        state=_state([c.name for c in channels], rows, waits=now < pacer.paused_until),
        breaker=rows.breakers.get(name, Phase.CLOSED) if rows else None,
        rate=pacer.rate,
        limit=pacer.limit,
        in_flight=dispatcher.in_flight,
        leases=rows.leases.get(name, 0) if rows else None,
        limited=dispatcher.tally.limited,
        replies=pacer.waiting,
        channels=channels,
    )


def _state(channels: Sequence[str], rows: Rows | None, *, waits: bool) -> str:
    """Return the state of an account whose channels these are; `waits` after a 429."""
    if rows is None:
        return "unknown"
    states = {rows.states[name] for name in channels if name in rows.states}
    if "live" not in states:
        return next((state for state in _STATES if state in states), "sending")
    return "resting" if waits else "sending"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
