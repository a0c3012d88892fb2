"""What people decide about deliveries (cancel, release, it arrived) and about a paused channel.

All of it works beside a running sender: each change is one statement that tests the state again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from typing_extensions import override

from bot.clock import WATCHED, Clock
from bot.config import Settings
from bot.errors import Missing, Overtaken, RenderError, UsageError
from bot.jobs.broadcasts import sweeps
from bot.jobs.services import Services
from bot.model import PUBLIC, DeliveryKey, State
from bot.model.database import Server, Where
from bot.model.outbox import WRITABLE, Entry
from bot.model.outbox.broadcasts import SweepKind
from bot.model.outbox.notes import Note, written
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.names import pick
from bot.rules import planner
from bot.rules.alerts import (
    ApprovalLapsed,
    ApprovalWaits,
    ChannelPaused,
    DiffersFromApproved,
    PostFailed,
    PostMissed,
    TokenRefused,
)
from bot.store import Store
from bot.store.db import has_sender
from bot.store.meta import REHEARSAL, Meta
from bot.times import epoch, from_epoch, iso

_WAITING = (State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED)
_CANCELS = (*_WAITING, State.UNCERTAIN)
_RELEASES = (State.UNCERTAIN, State.SKIPPED, State.FAILED)
_ALERTS = (
    ApprovalWaits.kind,
    DiffersFromApproved.kind,
    ApprovalLapsed.kind,
    PostFailed.kind,
    PostMissed.kind,
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of what somebody asked for one delivery."""

    #: the delivery's public id, as it was given
    id: str
    #: whether it was done; if not, the message says why and what can be done
    done: bool
    message: str

    @override
    def __str__(self) -> str:
        return f"{self.id}: {self.message}"


def clock(store: Store, now: datetime) -> datetime:
    """Return the instant by which a command decides: what the clock shows (`now`, or that of the
    database's server), or while a process runs what that process believes of it (`bot.clock`); in a
    rehearsal's file the instant to which its clock has come. Raises `StoreError`.
    """
    where = store.database.where
    if isinstance(where, Server):
        now = datetime.fromtimestamp(store.database.clock(), UTC)
    return believed(store.meta, where, now)


def believed(meta: Meta, where: Where, now: datetime) -> datetime:
    """Return the instant of `clock` by what a database says of itself that a process at `where`
    may be using: the database itself, or the one of which it is a copy.
    """
    if meta.get("kind") == REHEARSAL:
        own = meta.get("clock")
        return from_epoch(float(own)) if own else now
    watched = meta.get(WATCHED)
    if watched is None or not has_sender(where):
        return now
    return Clock(lambda: now).kept(watched)()


_PARTS = 3
_TOO_LONG = 19
"""From so many digits on, a number may not fit into the database's 64 bits."""


def parse(text: str) -> DeliveryKey:
    """Return the key that a public id such as 12-3-0 stands for; raises `UsageError` when it has
    another form.
    """
    parts = text.split("-")
    if len(parts) != _PARTS or not all(
        part.isascii() and part.isdecimal() and len(part) < _TOO_LONG for part in parts
    ):
        raise Missing(
            "this is no delivery's id; an id has the form 12-3-0, as `drumbeat outbox` lists it"
        )
    occurrence, channel, recipient = map(int, parts)
    return DeliveryKey(occurrence=occurrence, channel=channel, recipient=recipient)


def find(services: Services, text: str) -> Entry:
    """Return the delivery with this public id; raises `UsageError` when there is none."""
    key = parse(text)
    entry = services.store.listing.entry(key)
    if entry is None and services.store.history.pruned(key.occurrence):
        raise Missing(
            "nothing can be done about it any more: messages to people of that day ended long ago"
            " and are kept as counts alone ([privacy] deliveries in config.toml)"
        )
    if entry is None:
        raise Missing("there is no such delivery; `drumbeat outbox` lists all")
    return entry


def find_post(services: Services, text: str) -> Entry:
    """Return the post with this public id; raises `Missing` where there is none, also for what goes
    to one person.
    """
    if parse(text).recipient != PUBLIC:
        raise Missing(f"{text} goes to one person: it is no post")
    return find(services, text)


def each(ids: Iterable[str], act: Callable[[str], str]) -> list[Outcome]:
    """Call `act` with each id, and return what became of each; a refusal stops no other.

    `act` returns a sentence that says what was done, or raises `UsageError` or `RenderError`.
    """
    outcomes = []
    for text in ids:
        try:
            outcomes.append(Outcome(id=text, done=True, message=act(text)))
        except (UsageError, RenderError) as error:
            outcomes.append(Outcome(id=text, done=False, message=str(error)))
    return outcomes


def cancel(services: Services, text: str, by: Actor, now: datetime) -> str:
    """Cancel the delivery with the id `text`, and return a sentence that says so.

    Raises `UsageError` when it has left or ended already.
    """
    entry, moment = find(services, text), epoch(now)
    with services.store.transaction():
        if not services.store.outbox.change(entry.key, _CANCELS, State.CANCELLED):
            raise Overtaken(_not_cancelled(services, entry))
        services.store.outbox.note(entry.key, moment, error=written(Note.CANCELLED, by=by))
        services.store.audit.note(by, Verb.POST_CANCELLED, moment, entry.key)
        close_alerts(services, entry.key, moment)
    if entry.state is State.UNCERTAIN:
        return (
            f"cancelled: {entry.action} on {entry.channel} is not looked for and not sent again;"
            " whether it left stays unknown"
        )
    return f"cancelled: {entry.action} on {entry.channel} will not be sent"


def _not_cancelled(services: Services, entry: Entry) -> str:
    fresh = services.store.listing.entry(entry.key) or entry
    advice = {
        State.SENDING: (
            "it is being sent at this moment; wait until it is sent, then `drumbeat outbox retract`"
        ),
        State.SENT: "it is sent; `drumbeat outbox retract` takes it back where the network can",
    }
    return f"not cancelled: {advice.get(fresh.state, f'it is {fresh.state.word} and goes nowhere')}"


def reschedule(services: Services, text: str, due: datetime, by: Actor, now: datetime) -> str:
    """Let a post that has not left go out at another instant, with its grace counted from there,
    and return a sentence that says so.

    Planning leaves it there, until the data or its channel mean another day or hour than now. What
    was approved stays so. Raises `UsageError` for what is no such post, or an instant that is past.
    """
    entry, moment, instant = find(services, text), epoch(now), epoch(due)
    if entry.key.recipient != PUBLIC:
        raise UsageError("not moved: it goes to a subscriber, at the hour that they chose")
    if instant < moment:
        raise UsageError(f"not moved: {iso(instant)} lies in the past", "past")
    grace = services.store.plan.occurrence(entry.key.occurrence).grace
    expires = instant + int(grace.total_seconds())
    waits = entry.state is State.AWAITING_APPROVAL
    state = State.AWAITING_APPROVAL if waits else State.PLANNED
    with services.store.transaction():
        if entry.state not in WRITABLE or not services.store.outbox.change(
            entry.key, [entry.state], state, due=instant, expires=expires
        ):
            fresh = services.store.listing.entry(entry.key) or entry
            raise Overtaken(f"not moved: it is {fresh.state.word}")
        services.store.intake.keep_hour(entry.key, _planned(services, entry))
        words = written(Note.MOVED, at=iso(instant), by=by)
        services.store.outbox.note(entry.key, moment, error=words)
        services.store.audit.note(by, Verb.POST_MOVED, moment, entry.key)
        services.store.alerts.close(ApprovalWaits.kind, str(entry.key), moment)
    if reason := services.dry.get(entry.channel):
        return (
            f"moved to {iso(instant)}: {entry.action} on {entry.channel}, but nothing leaves it:"
            f" {reason}"
        )
    more = ", once somebody approves it" if waits else ""
    return f"moved: {entry.action} on {entry.channel} goes out at {iso(instant)}{more}"


def _planned(services: Services, entry: Entry) -> int:
    """Return when planning wants a post to go out, in epoch seconds."""
    channel = services.settings.channels.get(entry.channel)
    day = services.store.plan.occurrence(entry.key.occurrence).day
    return epoch(planner.post_due(day, channel)) if channel else entry.due


def release(services: Services, text: str, by: Actor, now: datetime) -> str:
    """Queue an uncertain, failed or skipped delivery again, and return a sentence that says so.

    It is due at once, with its grace counted from now. Its tries are counted from nothing unless it
    was uncertain: a network that reports a duplicate is believed only where an earlier try may have
    arrived. Raises `UsageError` when the delivery is in another state.
    """
    entry, moment = find(services, text), epoch(now)
    grace = services.store.plan.occurrence(entry.key.occurrence).grace
    expires = moment + int(grace.total_seconds())
    attempts = None if entry.state is State.UNCERTAIN else 0
    with services.store.transaction():
        changed = entry.state in _RELEASES and services.store.outbox.change(
            entry.key, [entry.state], State.QUEUED, due=moment, expires=expires, attempts=attempts
        )
        if not changed:
            raise Overtaken(_not_released(services, entry))
        words = written(Note.RELEASED, state=entry.state.word, by=by)
        services.store.outbox.note(entry.key, moment, error=words)
        services.store.audit.note(by, Verb.POST_RELEASED, moment, entry.key)
        close_alerts(services, entry.key, moment)
    if reason := services.dry.get(entry.channel):
        return f"queued again: {entry.action} on {entry.channel}, but nothing leaves it: {reason}"
    until = iso(expires)
    risk = "; it may arrive twice" if entry.state is State.UNCERTAIN else ""
    return f"queued again: {entry.action} on {entry.channel} goes out at once, until {until}{risk}"


def _not_released(services: Services, entry: Entry) -> str:
    fresh = services.store.listing.entry(entry.key) or entry
    advice = {
        State.AWAITING_APPROVAL: "; `drumbeat outbox approve` lets it go",
        State.SENT: " already",
        State.CANCELLED: " and stays so",
    }
    return (
        f"not released: it is {fresh.state.word}{advice.get(fresh.state, '')}; what can be released"
        " is uncertain, skipped or failed"
    )


def arrived(services: Services, text: str, by: Actor, now: datetime) -> str:
    """Count an uncertain delivery as sent, since a person saw it there; return a sentence that says
    so.

    Raises `UsageError` when it is not uncertain.
    """
    entry, moment = find(services, text), epoch(now)
    with services.store.transaction():
        words = written(Note.THERE, by=by)
        if not services.store.outbox.arrived(entry.key, [State.UNCERTAIN], moment, error=words):
            fresh = services.store.listing.entry(entry.key) or entry
            raise Overtaken(
                f"not noted: it is {fresh.state.word}; only of what is uncertain somebody has to"
                " say that it arrived"
            )
        services.store.audit.note(by, Verb.POST_ARRIVED, moment, entry.key)
        close_alerts(services, entry.key, moment)
    return f"sent: {entry.action} on {entry.channel} is there, says {by}"


def settle_many(
    services: Services, occurrence: int, channel: int, by: Actor, now: datetime, *, send: bool
) -> None:
    """Queue again, or give up, all uncertain nudges of one occurrence on one channel.

    With `send` they are due at once, with their grace counted from now; else they are cancelled.
    Many are settled step by step, in the job `sweeps`.
    """
    kind = SweepKind.SEND if send else SweepKind.GIVE_UP
    verb = Verb.WAVE_SENT if send else Verb.WAVE_GIVEN_UP
    with services.store.transaction():
        sweeps.begin(services, kind, occurrence, channel, by, now)
        services.store.audit.note(by, verb, epoch(now), f"{occurrence}-{channel}")


def resume(settings: Settings, store: Store, channel: str, by: Actor, now: datetime) -> bool:
    """Let a channel that is paused, or whose account rests, send again, and close its alarms;
    return False when it was neither.

    Raises `UsageError` for a channel that neither config.toml nor the database knows.
    """
    moment = epoch(now)
    pick(channel, store.channels.ids(), "channel", "drumbeat status")
    account = settings.channels[channel].account if channel in settings.channels else channel
    with store.transaction():
        resumed = store.channels.resume(channel)
        rested = store.channels.end_rest(account)
        if resumed or rested:
            store.audit.note(by, Verb.CHANNEL_RESUMED, moment, store.channels.ids()[channel])
        store.alerts.close(ChannelPaused.kind, channel, moment)
        store.alerts.close(TokenRefused.kind, account, moment)
    return resumed or rested


def close_alerts(services: Services, key: DeliveryKey, moment: int) -> None:
    """Close the alarms about a delivery that somebody has decided about."""
    for kind in _ALERTS:
        services.store.alerts.close(kind, str(key), moment)
    sweeps.close_doubt(services, key.channel, moment)
