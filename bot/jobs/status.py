"""Status: how things are, and what needs somebody. Reads only, so it works beside a running drumbeat, and where there is no database yet."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot import planner
from bot.config import Settings
from bot.jobs import outlook
from bot.library import Library
from bot.model import Action, Campaign, Occurrence, Problem, State
from bot.store import Store
from bot.store.alerts import Alert
from bot.store.holds import Hold
from bot.store.listing import Upcoming

LATE = timedelta(minutes=2)
"""What is due and not held may wait so long before it is late."""

SHOWN = 10

APPROVE_WITHIN = timedelta(days=2)
"""Posts that wait for approval need somebody when they fall due within this time."""

_SAID_OTHERWISE = ("paused", "zone", "approval", "uncertain")
"""Kinds of alerts whose cause has a line of its own in `needs_you`."""


@dataclass(frozen=True, kw_only=True)
class ChannelState:
    """A channel of the config."""

    name: str
    network: str
    #: live, dry, paused or held
    state: str
    #: empty when it is live
    reason: str


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """What has waited longest beyond its due instant."""

    #: None for nudges that have no rows yet
    id: str | None
    due: datetime
    action: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """How things are: the stable contract of `drumbeat status --json`."""

    channels: Sequence[ChannelState]
    next: Sequence[Upcoming]
    #: deliveries per state, each state named
    counts: Mapping[str, int]
    overdue: Overdue | None
    holds: Sequence[Hold]
    alerts: Sequence[Alert]
    problems: Sequence[Problem]
    #: one text for each thing that a person should do something about
    needs_you: Sequence[str]
    #: what comes next, or why nothing does, in a sentence
    outlook: str
    #: a channel is paused, or something is late
    bad: bool

    def as_json(self) -> dict[str, object]:
        """The contract's keys."""
        return {
            "channels": [vars(channel) for channel in self.channels],
            "next": [
                {
                    "due": _instant(u.due),
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
            "holds": [
                {"channel": h.channel or None, "country": h.country or None, "action": h.action or None, "since": _instant(h.since)}
                for h in self.holds
            ],
            "alerts": [{"at": _instant(a.at), "kind": a.kind, "subject": a.subject, "text": a.text} for a in self.alerts],
            "problems": [vars(problem) for problem in self.problems],
            "needs_you": list(self.needs_you),
        }


def run(
    settings: Settings,
    library: Library | None,
    store: Store | None,
    now: datetime,
    *,
    dry: Mapping[str, str],
    problems: Sequence[Problem] = (),
    runs: bool = False,
) -> Report:
    """Look at everything. `library` is None where the data are too broken to be read (`problems` say why), `store` where there is no database yet.

    `dry` gives the reasons of dry channels, `runs` says whether a process sends from the file.
    """
    active = _active(settings, library)
    upcoming = outlook.coming(store, active, settings.channels, now, SHOWN)
    states = channels(settings, store, dry)
    overdue = _overdue(store, now) if store else None
    late = overdue is not None and now - overdue.due > LATE
    problems = [*problems, *_zones(store)]
    return Report(
        channels=states,
        next=upcoming,
        counts=_counts(store),
        overdue=overdue,
        holds=store.holds.all() if store else (),
        alerts=store.alerts.current() if store else (),
        problems=problems,
        needs_you=[
            *(
                f"channel {c.name} is {c.state}: {c.reason}; mend the cause, then `drumbeat resume {c.name}`"
                for c in states
                if c.state == "paused"
            ),
            *([_lateness(overdue, now)] if overdue and late else ()),
            *map(str, problems),
            *_empty_slots(active, now),
            *(_rows(store, now) if store else ()),
            *(["nothing sends: start `drumbeat run`"] if store and upcoming and not runs else ()),
        ],
        outlook=outlook.sentence(upcoming, active, sorted(library.campaigns) if library else (), now),
        bad=late or any(c.state == "paused" for c in states),
    )


def channels(settings: Settings, store: Store | None, dry: Mapping[str, str]) -> list[ChannelState]:
    """Every channel of the config: whether it is paused, held, dry or live, and why."""
    paused = {p.name: p for p in store.channels.paused()} if store else {}
    holds = store.holds.all() if store else []
    found = []
    for channel in settings.channels.values():
        held = [hold for hold in holds if hold.channel in ("", channel.name) and not (hold.country or hold.action)]
        if pause := paused.get(channel.name):
            state, reason = "paused", f"{pause.reason} (since {_said(pause.since)})"
        elif held:
            state, reason = "held", f"{held[0]} since {_said(held[0].since)}"
        elif channel.name in dry:
            state, reason = "dry", dry[channel.name].removeprefix(f"channel {channel.name} is dry: ")
        else:
            state, reason = "live", ""
        found.append(ChannelState(name=channel.name, network=channel.network, state=state, reason=reason))
    return found


def _active(settings: Settings, library: Library | None) -> list[Campaign]:
    return [library.campaigns[name] for name in settings.active if name in library.campaigns] if library else []


def _counts(store: Store | None) -> dict[str, int]:
    counts = store.listing.counts() if store else {}
    return {state.word: counts.get(state, 0) for state in State}


def _overdue(store: Store, now: datetime) -> Overdue | None:
    moment = int(now.timestamp())
    found = []
    if row := store.listing.oldest_overdue(moment, store.holds.current()):
        found.append(Overdue(id=str(row.key), due=datetime.fromtimestamp(row.due, UTC), action=row.action, channel=row.channel))
    if wave := store.plan.oldest_wave(moment):
        found.append(Overdue(id=None, due=datetime.fromtimestamp(wave[0], UTC), action=wave[1], channel=wave[2]))
    return min(found, key=lambda overdue: overdue.due, default=None)


def _lateness(overdue: Overdue, now: datetime) -> str:
    minutes = int((now - overdue.due).total_seconds()) // 60
    what = f"{overdue.id} ({overdue.action})" if overdue.id else f"nudges of {overdue.action}"
    return f"late by {minutes // 60} h {minutes % 60} min: {what} on {overdue.channel}, due {overdue.due:%Y-%m-%d %H:%M} UTC"


def _zones(store: Store | None) -> list[Problem]:
    return [
        Problem(file="subscribers", key=zone, message=f"{problem}: {people} people there get nothing until their zone is corrected")
        for zone, problem, people in (store.people.problems() if store else ())
        if people
    ]


def _empty_slots(active: Sequence[Campaign], now: datetime) -> Iterator[str]:
    """Link slots that nobody has filled and that something within the horizon of planning needs."""
    horizon = (now + timedelta(days=62)).date()
    first: dict[tuple[str, str], Occurrence] = {}
    by_id = {campaign.id: campaign for campaign in active}
    for occurrence in planner.occurrences(active, (now - planner.LAST_ZONE).date(), horizon):
        campaign = by_id[occurrence.campaign]
        for slot in _needed(campaign.action(occurrence.action)):
            if slot in campaign.links and not campaign.links[slot].url:
                first.setdefault((campaign.id, slot), occurrence)
    for (campaign_id, slot), occurrence in first.items():
        yield (
            f"campaigns/{campaign_id}/campaign.toml: links.{slot}.url is empty, and {occurrence.action} needs it on {occurrence.day}; "
            "fill it, then `drumbeat reload`"
        )


def _needed(action: Action | None) -> tuple[str, ...]:
    return action.links if action else ()


def _rows(store: Store, now: datetime) -> Iterator[str]:
    moment = int(now.timestamp())
    waiting = store.listing.waiting(State.AWAITING_APPROVAL, moment + int(APPROVE_WITHIN.total_seconds()))
    if waiting:
        yield (
            f"{len(waiting)} posts that fall due within two days wait for approval, the first at {_said(waiting[0].due)}: "
            "`drumbeat outbox --state awaiting_approval`, then `drumbeat outbox approve ID`"
        )
    if uncertain := store.listing.counts().get(State.UNCERTAIN):
        yield f"{uncertain} deliveries are uncertain, nobody knows whether they arrived: `drumbeat outbox --state uncertain`"
    for alert in store.alerts.current():
        if alert.kind not in _SAID_OTHERWISE:
            yield alert.text


def _instant(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


def _said(moment: int) -> str:
    return f"{_instant(moment):%Y-%m-%d %H:%M} UTC"


def remember_dry(store: Store, dry: Mapping[str, str]) -> None:
    """Let `status` in another shell know which channels the running process found dry."""
    store.meta.put("dry", json.dumps(dict(dry)))


def remembered_dry(store: Store) -> dict[str, str] | None:
    """What the running process found; None when none has said so."""
    known = store.meta.get("dry")
    return None if known is None else dict(json.loads(known))
