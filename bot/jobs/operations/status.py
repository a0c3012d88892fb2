"""Status: how things are, and what needs a person.

Reads only, so it works beside a running drumbeat, and where there is no database yet.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config import Settings
from bot.jobs.broadcasts import offers
from bot.jobs.mailbox.looking import Looked, looked
from bot.jobs.operations import needs
from bot.jobs.operations.dry import reason_of
from bot.jobs.operations.needs import Need, said
from bot.jobs.operations.reload import Playing, playing
from bot.jobs.operations.surroundings import LOOKED_AT, Remark
from bot.jobs.planning import outlook, waves
from bot.jobs.planning.waves import Day, Wave
from bot.jobs.sending import depths
from bot.jobs.sending.dispatch import rests
from bot.library import Library
from bot.model import Campaign, Problem, State
from bot.model.outbox import Hold, Scope
from bot.model.outbox.depths import Depth, Jobs
from bot.model.outbox.leases import Lease
from bot.model.outbox.processes import Process
from bot.model.outbox.waves import Upcoming, Waiting
from bot.model.staff import Alert
from bot.rules.alerts import ChannelPaused, ZoneUnknown
from bot.store import Store
from bot.text import counted
from bot.times import epoch, from_epoch

LATE = timedelta(minutes=2)
"""How long a delivery that is due and not held may wait before it counts as late."""

SHOWN = 10
"""How many posts and nudges to come are shown."""

IDLE = Need(kind="idle", text="nothing sends: start `drumbeat run`")
"""What somebody should do when something is to leave and no process sends."""


@dataclass(frozen=True, kw_only=True)
class ChannelState:
    """The state of one channel of the config, and why it is in it."""

    name: str
    network: str
    #: live, dry, paused, held or resting
    state: str
    #: empty when it is live
    reason: str
    #: epoch seconds since when it is paused or held, or rests; None else
    since: int | None = None


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """The delivery that has waited longest beyond its due instant."""

    #: None for nudges that have no rows yet
    id: str | None
    due: datetime
    action: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """The state of the whole installation: the stable contract of `drumbeat status --json`."""

    channels: Sequence[ChannelState]
    #: None where no process runs
    playing: Playing | None
    next: Sequence[Upcoming]
    #: deliveries per state, each state named
    counts: Mapping[str, int]
    overdue: Overdue | None
    #: waves that have fanned out and not ended
    waves: Sequence[Wave]
    #: actions' days with waves that have still to fan out
    days: Sequence[Day]
    #: those that may leave at a pace which is paid for
    broadcasts: Sequence[offers.Line]
    holds: Sequence[Hold]
    alerts: Sequence[Alert]
    #: those that share the database, living or gone without a word
    processes: Sequence[Process]
    #: the accounts for which one sends now, once for each process that does
    leases: Sequence[Lease]
    #: what waits to leave, by account
    depths: Mapping[str, Depth]
    #: None where there is no queue that several processes share
    jobs: Jobs | None
    #: the instant of all this
    at: datetime
    problems: Sequence[Problem]
    #: what a person should do something about
    needs: Sequence[Need]
    #: what comes next, or why nothing does, in a sentence
    outlook: str
    #: the last look at the mailbox; None where nobody reads one
    mailbox: Looked | None
    #: whether a channel is paused or a delivery is late
    bad: bool

    @property
    def needs_you(self) -> list[str]:
        """Return a sentence for everything that needs a person."""
        return [need.text for need in self.needs]

    def as_json(self) -> dict[str, object]:
        """Return the report by the keys of its JSON contract."""
        return {
            "channels": [
                {"name": c.name, "network": c.network, "state": c.state, "reason": c.reason}
                for c in self.channels
            ],
            "next": [
                {
                    "due": from_epoch(u.due),
                    "campaign": u.campaign,
                    "action": u.action,
                    "channel": u.channel or None,
                    "day": u.day,
                    "state": u.state,
                }
                for u in self.next
            ],
            "counts": dict(self.counts),
            "overdue": None if self.overdue is None else vars(self.overdue),
            "waves": [
                {
                    **vars(wave),
                    "due": from_epoch(wave.due),
                    "expires": from_epoch(wave.expires),
                    "ends": None if wave.ends is None else from_epoch(wave.ends),
                }
                for wave in self.waves
            ],
            "days": [
                {
                    **vars(day),
                    "begins": from_epoch(day.begins),
                    "ends": None if day.ends is None else from_epoch(day.ends),
                    "expires": from_epoch(day.expires),
                }
                for day in self.days
            ],
            "broadcasts": [vars(line) for line in self.broadcasts],
            "holds": [
                {
                    **{word: name or None for word, name in hold.scope.values.items()},
                    "since": from_epoch(hold.since),
                    "until": None if hold.until is None else from_epoch(hold.until),
                    "reason": hold.reason,
                    "released": hold.lifting,
                }
                for hold in self.holds
            ],
            "alerts": [
                {"at": from_epoch(a.at), "kind": a.kind, "subject": a.subject, "text": a.text}
                for a in self.alerts
            ],
            "processes": [
                {
                    **vars(process),
                    "since": from_epoch(process.since),
                    "beat": from_epoch(process.beat),
                }
                for process in self.processes
            ],
            "leases": [
                {
                    "account": lease.account,
                    "holder": lease.holder,
                    "since": from_epoch(lease.since),
                    "renewed": from_epoch(lease.renewed),
                }
                for lease in self.leases
            ],
            "accounts": [
                {
                    "name": name,
                    "waiting": d.waiting,
                    "due": d.due,
                    "lag": int(d.lag(epoch(self.at))),
                }
                for name, d in self.depths.items()
            ],
            "jobs": None if self.jobs is None else vars(self.jobs),
            "problems": [vars(problem) for problem in self.problems],
            "needs_you": self.needs_you,
            "mailbox": None if self.mailbox is None else vars(self.mailbox),
            "playing": None if self.playing is None else vars(self.playing),
        }


def run(
    settings: Settings,
    library: Library | None,
    store: Store | None,
    now: datetime,
    *,
    dry: Mapping[str, str],
    problems: Sequence[Problem] = (),
    around: Sequence[Remark] = (),
    runs: bool = False,
    coming: Iterable[Waiting] = (),
) -> Report:
    """Return the state of everything.

    `library` is None where the data are too broken to be read (`problems` say why), `store` where
    there is no database yet. `dry` maps dry channels to their reasons, `around` is what was seen
    around the data, `runs` says whether a process sends from the file, and `coming` are the waves
    that have still to fan out, where the caller has them counted.
    """
    active = _active(settings, library)
    upcoming = outlook.coming(store, active, settings.channels, now, SHOWN)
    needed = needing(
        settings, library, store, now, dry=dry, problems=problems, around=around, runs=runs
    )
    states = channels(settings, store, dry, now)
    overdue = _overdue(store, now) if store else None
    return Report(
        channels=states,
        playing=playing(store, library) if store and runs else None,
        next=upcoming,
        counts=_counts(store),
        overdue=overdue,
        waves=waves.under_way(settings, store, dry, now) if store else (),
        days=_days(settings, store, dry, now, list(coming)) if store else (),
        broadcasts=offers.listed(settings, store, now) if store else (),
        holds=store.holds.all() if store else (),
        alerts=_alarms(store, runs=runs),
        processes=store.processes.all() if store else (),
        leases=store.leases.standing() if store else (),
        depths=depths.now(store, settings.channels, now) if store else {},
        jobs=store.queued.jobs() if store else None,
        at=now,
        problems=[*problems, *_zones(store)],
        needs=[*needed, *([IDLE] if store and upcoming and not runs else ())],
        outlook=outlook.sentence(
            upcoming, active, sorted(library.campaigns) if library else (), now
        ),
        mailbox=looked(store) if store and settings.mailbox else None,
        bad=_is_late(overdue, now) or any(c.state == "paused" for c in states),
    )


def needing(
    settings: Settings,
    library: Library | None,
    store: Store | None,
    now: datetime,
    *,
    dry: Mapping[str, str],
    problems: Sequence[Problem] = (),
    around: Sequence[Remark] = (),
    runs: bool = False,
) -> list[Need]:
    """Return what needs a person, from what `run` is given, without what else that counts."""
    paused = (c for c in channels(settings, store, dry, now) if c.state == "paused")
    overdue = _overdue(store, now) if store else None
    told, active = {alert.text for alert in _alarms(store, runs=runs)}, _active(settings, library)
    return [
        *map(_paused, paused),
        *([_late(overdue, now)] if overdue and _is_late(overdue, now) else ()),
        *_seen(problems, _zones(store), around, told),
        *(needs.data(settings, library, active, now) if library else ()),
        *(needs.letters(settings, store, active, now) if store else ()),
        *(_waiting(settings, store, dry, now, runs=runs) if store else ()),
    ]


def _days(
    settings: Settings,
    store: Store,
    dry: Mapping[str, str],
    now: datetime,
    coming: Sequence[Waiting],
) -> list[Day]:
    """Return the days of actions of which waves are `coming`."""
    meant = {(wave.campaign, wave.action, wave.day, wave.channel) for wave in coming}
    days = waves.days(settings, store, dry, now, coming) if coming else ()
    return [day for day in days if (day.campaign, day.action, day.day, day.channel) in meant]


def _waiting(
    settings: Settings, store: Store, dry: Mapping[str, str], now: datetime, *, runs: bool
) -> list[Need]:
    """Return what waits in the database for a person.

    Where no process runs, those needs are left out that a look at the surroundings sees itself.
    """
    waiting = needs.rows(settings, store, dry, now)
    return [need for need in waiting if runs or (need.kind, need.subject) not in LOOKED_AT]


def _seen(
    problems: Sequence[Problem],
    zones: Sequence[Problem],
    around: Sequence[Remark],
    told: Iterable[str],
) -> Iterator[Need]:
    """Yield a need for each problem of files and zones, and each remark that asks for something
    and that neither an alert nor a problem tells.
    """
    told = {*told, *map(str, problems)}
    for problem in problems:
        yield Need(kind="problem", subject=problem.file, text=str(problem))
    for problem in zones:
        yield Need(kind=ZoneUnknown.kind, subject=problem.key, text=str(problem))
    for remark in around:
        if remark.asks and remark.text not in told:
            yield Need(kind=remark.about, subject=remark.subject, text=remark.text)


def channels(
    settings: Settings, store: Store | None, dry: Mapping[str, str], now: datetime
) -> list[ChannelState]:
    """Return for every channel whether it is paused, held, dry, resting or live, and why."""
    paused = {p.name: p for p in store.channels.paused()} if store else {}
    holds = store.holds.all() if store else []
    moment, accounts = now.timestamp(), {c.account for c in settings.channels.values()}
    resting = rests.resting(store, accounts, moment) if store else {}
    states = []
    for channel in settings.channels.values():
        held = [hold for hold in holds if hold.scope in (Scope(), Scope(channel=channel.name))]
        since: int | None = None
        if pause := paused.get(channel.name):
            state, since, reason = (
                "paused",
                pause.since,
                f"{pause.reason} (since {said(pause.since)})",
            )
        elif held:
            state, since, reason = (
                "held",
                held[0].since,
                f"{held[0].scope} since {said(held[0].since)}",
            )
        elif channel.name in dry:
            state, reason = "dry", reason_of(channel.name, dry[channel.name])
        elif rest := resting.get(channel.account):
            state, since = "resting", int(rest.since)
            reason = rests.sentence(rest, channel.name, moment)
        else:
            state, reason = "live", ""
        states.append(
            ChannelState(
                name=channel.name, network=channel.network, state=state, reason=reason, since=since
            )
        )
    return states


def _alarms(store: Store | None, *, runs: bool) -> list[Alert]:
    """Return the open alerts.

    Where no process runs, those are left out about which a look at the surroundings tells more.
    """
    return [
        alert
        for alert in (store.alerts.current() if store else ())
        if runs or (alert.kind, alert.subject) not in LOOKED_AT
    ]


def _active(settings: Settings, library: Library | None) -> list[Campaign]:
    known = library.campaigns if library else {}
    return [known[name] for name in settings.active if name in known]


def _counts(store: Store | None) -> dict[str, int]:
    counts = store.listing.counts() if store else {}
    return {state.word: counts.get(state, 0) for state in State}


def _overdue(store: Store, now: datetime) -> Overdue | None:
    moment = epoch(now)
    late = []
    if row := store.listing.oldest_overdue(moment, store.holds.current()):
        late.append(
            Overdue(
                id=str(row.key),
                due=from_epoch(row.due),
                action=row.action,
                channel=row.channel,
            )
        )
    if wave := store.plan.oldest_wave(moment):
        late.append(
            Overdue(
                id=None,
                due=from_epoch(wave.due),
                action=wave.action,
                channel=wave.channel,
            )
        )
    return min(late, key=lambda overdue: overdue.due, default=None)


def what_to_do(channel: ChannelState) -> str:
    """Say why a channel is in its state, and what a person does where one is needed."""
    if channel.state != "paused":
        return channel.reason
    return f"{channel.reason}; mend the cause, then `drumbeat resume {channel.name}`"


def _paused(channel: ChannelState) -> Need:
    text = f"channel {channel.name} is paused: {what_to_do(channel)}"
    return Need(kind=ChannelPaused.kind, subject=channel.name, first=channel.since, text=text)


def _is_late(overdue: Overdue | None, now: datetime) -> bool:
    return overdue is not None and now - overdue.due > LATE


def _late(overdue: Overdue, now: datetime) -> Need:
    minutes = int((now - overdue.due).total_seconds()) // 60
    what = f"{overdue.id} ({overdue.action})" if overdue.id else f"nudges of {overdue.action}"
    text = (
        f"late by {minutes // 60} h {minutes % 60} min: {what} on {overdue.channel}, due"
        f" {overdue.due:%Y-%m-%d %H:%M} UTC"
    )
    detail = {"channel": overdue.channel}
    return Need(
        kind="late",
        subject=f"/{overdue.action}",
        first=epoch(overdue.due),
        detail=detail,
        text=text,
    )


def _zones(store: Store | None) -> list[Problem]:
    return [
        Problem(
            file="subscribers",
            key=bad.zone,
            message=f"{bad.problem}: {_people(bad.people)} nothing until their zone is corrected",
        )
        for bad in (store.people.problems() if store else ())
        if bad.people
    ]


def _people(count: int) -> str:
    return counted(count, "person there gets", "people there get")
