"""The rehearsal: plays a campaign on a simulated clock, through the same planner, outbox,
dispatcher and renderer as a live run.

The clock jumps from one due instant to the next and is kept in the file: a rehearsal that was ended
in the middle goes on from there. Approvals are given at once, as by a staff that never sleeps.
"""

import json
import time as clocks
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from bot.errors import UsageError
from bot.jobs.planning import plan
from bot.jobs.rehearsal import company, invented, invented_pledges, population, told
from bot.jobs.rehearsal.furnished import made_up
from bot.jobs.rehearsal.script import Script
from bot.jobs.sending.dispatch.allowance import accounts
from bot.jobs.sending.dispatch.attempt import UNMADE
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.services import Services
from bot.jobs.ticks import TICKS
from bot.model import State
from bot.model.outbox import SentInMonth, Unmade
from bot.networks.dry.network import Network as Dry
from bot.times import epoch, from_epoch

LOOK_AHEAD = timedelta(days=7)
"""Longest jump of the clock: planning looks only so far ahead."""

CHUNK = 10_000
"""How many people are subscribed in one transaction."""

KEEP_CLOCK = timedelta(hours=1)
"""How far the clock runs before it is written again.

What is repeated after a crash was done already, and changes nothing.
"""

Progress = Callable[[float, str], None]
"""Is told the share that is done, 0 to 1, and the day that is being played."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a rehearsal did: the stable contract of `drumbeat rehearse --json`."""

    script: Script
    occurrences: int
    deliveries: dict[str, int]
    by_network: dict[str, int]
    by_month: dict[str, int]
    by_audience: dict[str, int]
    #: what was sent in each month, as people are shown it
    months: tuple[SentInMonth, ...]
    duplicates: int
    #: what became of the messages, by kind
    kinds: dict[str, told.Messages]
    deeds: told.Deeds
    #: tables of config.toml that were made up for it
    made_up: tuple[str, ...]
    #: texts that a live run would hold; their deliveries are in no other count
    waiting: tuple[Unmade, ...]
    seconds: float

    def as_json(self) -> dict[str, object]:
        """Return the report by the keys of its JSON contract."""
        return {
            "campaign": ", ".join(self.script.campaigns),
            "from": self.script.start.isoformat(),
            "to": self.script.end.isoformat(),
            "occurrences": self.occurrences,
            "deliveries": self.deliveries,
            "by_network": self.by_network,
            "by_month": self.by_month,
            "by_audience": self.by_audience,
            "duplicates": self.duplicates,
            "kinds": {word: asdict(each) for word, each in self.kinds.items()},
            "people": asdict(self.deeds),
            "made_up": list(self.made_up),
            "waiting": self.waiting,
            "seconds": round(self.seconds, 3),
        }


async def run(services: Services, script: Script, progress: Progress) -> Report:
    """Play the script to its end, from the beginning or from where the file's clock stands.

    Raises `UsageError` when the file has another script.
    """
    began = clocks.monotonic()
    store = services.store
    now = begin(services, script, progress)
    first, end = bounds(script)
    store.outbox.recover(epoch(now))
    dispatchers = [Dispatcher(services, account, now) for account in accounts(services)]
    agenda = company.gathered(services, script, now)
    clock_kept = due = now
    while now < end:
        put = agenda.play(services, now)
        if due <= now:
            await _jobs(services, now)
        if put or due <= now:
            now, due = await _send(services, dispatchers, now, agenda.following(end))
        now = max(now, min(due, agenda.following(end)))
        if now - clock_kept >= KEEP_CLOCK:
            store.meta.put("clock", repr(now.timestamp()))
            clock_kept = now
        progress((now - first) / (end - first), now.date().isoformat())
    store.meta.put("clock", repr(now.timestamp()))
    invented.add(services, script.start, script.end, script.seed)
    invented_pledges.add(services, script.start, script.end)
    for dispatcher in dispatchers:
        await dispatcher.close(now)
    return _report(services, script, clocks.monotonic() - began)


def bounds(script: Script) -> tuple[datetime, datetime]:
    """Return the instants at which the first day begins and the last is over in every zone."""
    first = datetime(script.start.year, script.start.month, script.start.day, tzinfo=UTC)
    last = datetime(script.end.year, script.end.month, script.end.day, tzinfo=UTC)
    return first, last + timedelta(days=1, hours=12)


def _options(script: Script) -> str:
    """Return the options by which this script was begun, as they are typed."""
    values = json.loads(script.dumps())
    if "," in values["campaign"]:  # several are those that config.toml has active
        del values["campaign"]
    return " ".join(map("--{} {}".format, values, values.values()))


def begin(services: Services, script: Script, progress: Progress) -> datetime:
    """Subscribe the population where that is not done yet, and return the instant to which the
    file's clock has come.
    """
    meta = services.store.meta
    text = meta.get("script")
    known = Script.loads(text) if text else script
    if known != script:
        raise UsageError(
            f"this file rehearses something else: give `{_options(known)}`, or another file with"
            " --db"
        )
    meta.put("script", script.dumps())
    if meta.get("populated") is None:
        _populate(services, script, progress)
        meta.put("populated", "1")
    clock = meta.get("clock")
    return from_epoch(float(clock)) if clock else script.opens


def _populate(services: Services, script: Script, progress: Progress) -> None:
    crowd = population.crowd(services, script)
    while services.store.people.add(part := list(islice(crowd, CHUNK))) or part:
        progress(0.0, "subscribing the population")


async def _jobs(services: Services, now: datetime) -> None:
    """Do what jobs do at one instant."""
    for tick in TICKS:
        if tick.rehearsal:
            await tick.do(services, now)


async def _send(
    services: Services, dispatchers: list[Dispatcher], now: datetime, until: datetime
) -> tuple[datetime, datetime]:
    """Send what the pace lets go before jobs have something to do again, or before `until`; return
    the instant to which it came, and the one at which they have.
    """
    wishes = dict.fromkeys(dispatchers, now)
    while True:
        for dispatcher in [each for each, at in wishes.items() if at <= now]:
            again = await dispatcher.step(now)
            if again is None:  # nothing before something changes
                del wishes[dispatcher]
            else:
                wishes[dispatcher] = again
        due = next_due(services, now)
        if not wishes or min(wishes.values()) >= due:
            return now, due
        # Wait until the pace allows many messages again, not for each single one.
        soon = max(min(wishes.values()), now + timedelta(seconds=services.pacing_window))
        if soon >= min(due, until):
            return min(due, until), min(due, until)
        now = soon


def next_due(services: Services, now: datetime) -> datetime:
    """Return the next instant after `now` at which something falls due, a week away at most."""
    due = services.store.plan.next_instant(epoch(now), int(plan.LEAD.total_seconds()))
    furthest = now + LOOK_AHEAD
    return furthest if due is None else min(furthest, from_epoch(due))


def _report(services: Services, script: Script, seconds: float) -> Report:
    listing = services.store.listing
    counts, waiting = listing.counts(), listing.unmade(UNMADE)
    counts[State.SKIPPED] = counts.get(State.SKIPPED, 0) - sum(text.deliveries for text in waiting)
    ends = (State.SENT, State.SKIPPED, State.FAILED, State.UNCERTAIN, State.CANCELLED)
    return Report(
        script=script,
        occurrences=listing.occurrences(),
        deliveries={state.word: counts.get(state, 0) for state in ends},
        by_network=listing.sent_by("network"),
        by_month=listing.sent_by("month"),
        by_audience=listing.sent_by("audience"),
        months=tuple(listing.sent_by_month()),
        duplicates=sum(
            network.duplicates for network in services.networks.values() if isinstance(network, Dry)
        ),
        kinds=told.messages(services),
        deeds=told.deeds(services, script),
        made_up=made_up(services.settings),
        waiting=tuple(waiting),
        seconds=seconds,
    )
