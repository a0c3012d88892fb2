"""A rehearsal that meets faults: the same year, played through a storm and once without, and
whether the promise was kept in it (nothing lost, nothing twice).

Nobody's clock runs here, and no socket is open: what a server that is slow, silent connections or
a cut of the power do is tried by tests with real processes.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from bot.clock import STEADY, Clock
from bot.errors import StoreError
from bot.jobs.rehearsal import company, rehearse
from bot.jobs.rehearsal.company.agenda import Agenda
from bot.jobs.rehearsal.faults import Fault, Kind
from bot.jobs.rehearsal.rehearse import Progress
from bot.jobs.rehearsal.script import Script
from bot.jobs.rehearsal.storm import Killed, Met, Storm, Stricken
from bot.jobs.rehearsal.told import Messages, messages
from bot.jobs.rehearsal.verdict import Verdict, judged
from bot.jobs.sending import decisions
from bot.jobs.sending.dispatch.allowance import accounts
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.services import Services
from bot.jobs.ticks import TICKS
from bot.model import DeliveryKey
from bot.model.staff import REHEARSAL
from bot.networks.dry.network import Network as Dry
from bot.times import epoch, from_epoch

AGAIN = timedelta(seconds=5)
"""After how long something is tried again that the database did not take."""

LOOK_UP = timedelta(seconds=60)
"""How often networks that can be asked are asked for what is uncertain."""

PATIENCE = timedelta(hours=1)
"""After how long staff say what became of a delivery that nobody else can tell of."""

AFTER = timedelta(days=3)
"""How long after the last day everything has come to an end, retries and decisions of staff too."""


@dataclass(frozen=True, kw_only=True)
class Endured:
    """What a rehearsal with faults came to: the stable contract of `rehearse --faults --json`."""

    script: Script
    #: of the faults
    seed: int
    met: Sequence[Met]
    #: for each of these, how many of the deliveries that it met ended in which state
    outcomes: Sequence[Mapping[str, int]]
    #: faults after which nothing left that they could meet
    unmet: Sequence[Fault]
    verdict: Verdict
    #: what became of the messages in both, by kind
    calm_kinds: Mapping[str, Messages]
    kinds: Mapping[str, Messages]
    #: how many uncertain deliveries staff had to tell of
    decided: int
    seconds: float

    def as_json(self) -> dict[str, object]:
        """Return the report by the keys of its JSON contract."""
        return {
            "campaign": ", ".join(self.script.campaigns),
            "from": self.script.start.isoformat(),
            "to": self.script.end.isoformat(),
            "seed": self.seed,
            "faults": [
                {
                    "kind": each.fault.kind.name.lower(),
                    "began": from_epoch(each.began),
                    "ended": from_epoch(each.ends),
                    "account": each.account,
                    "met": outcome,
                }
                for each, outcome in zip(self.met, self.outcomes, strict=True)
            ],
            "not_met": [fault.kind.name.lower() for fault in self.unmet],
            "without_faults": {s.word: n for s, n in self.verdict.calm.items()},
            "with_faults": {s.word: n for s, n in self.verdict.stormy.items()},
            "kinds": {
                word: {"without_faults": calmly, **asdict(each)}
                for word, calmly, each in self.rows()
            },
            "excused": self.verdict.excused,
            "repeated": self.verdict.repeated,
            "decided": self.decided,
            "broken": list(self.verdict.broken),
            "seconds": round(self.seconds, 3),
        }

    def _calmly(self, word: str) -> int:
        return self.calm_kinds.get(word, Messages()).sent

    def rows(self) -> list[tuple[str, int, Messages]]:
        """Return each kind of message, how many were sent without faults, and what became of them
        with faults.
        """
        words = [*self.kinds, *(word for word in self.calm_kinds if word not in self.kinds)]
        return [(word, self._calmly(word), self.kinds.get(word, Messages())) for word in words]


async def run(
    calm: Services,
    services: Services,
    script: Script,
    faults: Sequence[Fault],
    seed: int,
    progress: Progress,
) -> Endured:
    """Play the script twice, in files of their own: without faults in `calm`, then with them."""
    began = time.monotonic()
    await rehearse.run(calm, script, lambda share, day: progress(share / 3, day))
    storm = Storm(faults, services.store, seed)
    player = _Player(services, script, storm)
    await player.play(lambda share, day: progress(1 / 3 + share * 2 / 3, day))
    return Endured(
        script=script,
        seed=seed,
        met=storm.met,
        outcomes=[_outcome(player.services, each) for each in storm.met],
        unmet=storm.to_come,
        verdict=judged(calm, player.services, storm),
        calm_kinds=messages(calm),
        kinds=messages(player.services),
        decided=player.decided,
        seconds=time.monotonic() - began,
    )


def _outcome(services: Services, met: Met) -> dict[str, int]:
    entries = services.store.listing.several(met.keys)
    return dict(Counter(entry.state.word for entry in entries))


class _Player:
    """Plays a script through a storm, as `rehearse.run` does through calm."""

    def __init__(self, services: Services, script: Script, storm: Storm) -> None:
        networks = {
            name: Stricken(network, storm)
            for name, network in services.networks.items()
            if isinstance(network, Dry)
        }
        self.services = replace(services, networks=networks)
        self.networks = networks
        #: deliveries of which staff had to tell
        self.decided = 0
        self._script = script
        self._storm = storm
        self._dispatchers: list[Dispatcher] = []
        #: whether a process has ended and none has begun since
        self._down = True
        #: when staff look at what is uncertain; None where nothing is
        self._staff: datetime | None = None
        #: faults after which a person has put a new token in place
        self._mended = 0
        #: what invented people do, whatever becomes of the process
        self._agenda = Agenda(script.opens)

    async def play(self, progress: Progress) -> None:
        """Play to the end, and until nothing is under way any more."""
        storm, services = self._storm, self.services
        now = rehearse.begin(services, self._script, progress)
        first, end = rehearse.bounds(self._script)
        storm.now, storm.closes = now.timestamp(), end.timestamp()
        self._clock = Clock(storm.shows, storm.passed, "rehearsal")
        self.services = replace(services, steady=self._clock.steady)
        self._agenda = company.gathered(self.services, self._script, now)
        while now < end + AFTER:
            now = min(await self._tick(now), end + AFTER)
            progress((now - first) / (end + AFTER - first), now.date().isoformat())
        for dispatcher in self._dispatchers:
            await dispatcher.close(now)

    async def _tick(self, now: datetime) -> datetime:
        """Do all that happens at one instant; return the next."""
        try:
            believed = self._look(now)
            if self._down:
                self._start(believed)
            self._agenda.play(self.services, believed)
            for tick in TICKS:
                if tick.rehearsal:
                    await tick.do(self.services, believed)
            return await self._send(now)
        except Killed:
            self._down = True
            return now + AGAIN
        except StoreError:
            return now + AGAIN

    def _look(self, now: datetime) -> datetime:
        """Take `now` as the true instant; return the one that is believed."""
        self._storm.now = now.timestamp()
        self._storm.look()
        self._mend(now)
        self._decide(now)
        return self._clock()

    def _start(self, now: datetime) -> None:
        """Begin as a new process does on the file that the last one left."""
        self.services.store.outbox.recover(epoch(now))
        self._dispatchers = [
            Dispatcher(self.services, account, now) for account in accounts(self.services)
        ]
        self._down = False

    async def _send(self, now: datetime) -> datetime:
        """Let leave what the pace allows before something else falls due; return that instant."""
        while True:
            believed = self._look(now)
            wishes = [
                again
                for dispatcher in self._dispatchers
                if (again := await dispatcher.step(believed)) is not None
            ]
            self._reload()
            due = self._next(now)
            if not wishes or min(wishes) >= due:
                return due
            window = timedelta(seconds=self.services.pacing_window)
            now = min(due, max(min(wishes), now + window))

    def _next(self, now: datetime) -> datetime:
        """Return the next instant at which something falls due, is over or is looked up."""
        due = rehearse.next_due(self.services, now)
        if not self.services.store.outbox.any_uncertain():
            self._staff = None
        elif self._staff is None:
            self._staff = now + PATIENCE
        ends = self._storm.ends()
        instants = [
            self._agenda.following(due),
            *([from_epoch(ends)] if ends is not None else ()),
            *([now + timedelta(seconds=STEADY)] if not self._clock.steady() else ()),
            *([self._staff, now + LOOK_UP] if self._staff is not None else ()),
        ]
        following: datetime = min(instants)
        return max(following, now + timedelta(milliseconds=1))

    def _reload(self) -> None:
        if self._storm.reload:
            self._storm.reload = False
            self.services = replace(self.services)
            for dispatcher in self._dispatchers:
                dispatcher.adopt(self.services)

    def _mend(self, now: datetime) -> None:
        """Put a new token in place where its time has come: the account's channels go on."""
        over = [
            each
            for each in self._storm.met
            if each.fault.kind is Kind.TOKEN and each.ends <= now.timestamp()
        ]
        for each in over[self._mended :]:
            for channel in self.services.settings.channels.values():
                if channel.account == each.account:
                    store, settings = self.services.store, self.services.settings
                    decisions.resume(settings, store, channel.name, REHEARSAL, now)
        self._mended = len(over)

    def _decide(self, now: datetime) -> None:
        """Let staff say of each uncertain delivery whether it is there, an hour after the first."""
        if self._staff is not None and now >= self._staff:
            self._staff = None
            for key, arrived in self._uncertain():
                decide = decisions.arrived if arrived else decisions.release
                decide(self.services, str(key), REHEARSAL, now)
                self.decided += 1

    def _uncertain(self) -> Iterator[tuple[DeliveryKey, bool]]:
        """Yield what only a person can tell of, and whether it arrived."""
        for name, network in self.networks.items():
            if not (network.FINDS or network.REPEATABLE):
                for row in self.services.store.outbox.uncertain(self.services.channel_ids[name]):
                    yield row.key, network.took(row.key)
