"""A broadcast that isn't sent to whoever has not got it yet, and one that is sent after all.

What is decided stands at once: nothing of it is claimed any more, and what has not fanned out makes
no rows. Of many messages the rows follow step by step, in the job `sweeps`.
"""

from datetime import datetime

from bot.errors import Overtaken
from bot.jobs.broadcasts import sweeps
from bot.jobs.broadcasts.going import Going, find, of, standing
from bot.jobs.services import Services
from bot.model.outbox.broadcasts import Broadcast, SweepKind
from bot.model.outbox.waves import ToPeople
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.rules.alerts.broadcasts import BroadcastAsks, BroadcastNotPaid
from bot.store import Store
from bot.times import epoch, iso


def skip(services: Services, going: Going, by: Actor, now: datetime) -> None:
    """Send nothing more of a broadcast; the post of the same action is no part of it.

    Raises `Overtaken` where that is decided already, or its time is over.
    """
    store, moment = services.store, epoch(now)
    with store.transaction():
        refuse_over(services, going, now)
        if not store.broadcasts.skip(going.row.id, going.number, by, moment):
            raise Overtaken(_already(store, going))
        sweeps.begin(services, SweepKind.CANCEL, going.row.id, going.number, by, now)
        _noted(services, going, Verb.BROADCAST_CANCELLED, by, moment)


def skip_all(services: Services, row: ToPeople, by: Actor, now: datetime) -> None:
    """Do `skip` on each channel on which an occurrence goes to people and that isn't skipped yet.

    Raises `Overtaken` where there is none.
    """
    with services.store.transaction():
        left = [each for each in of(services, row) if standing(services, each, now) != "skipped"]
        if not left:
            raise Overtaken("not changed: it is skipped on all its channels already")
        for each in left:
            skip(services, each, by, now)


def again(services: Services, going: Going, by: Actor, now: datetime) -> None:
    """Send after all what is left of a broadcast that was skipped: to each at their own hour, or
    at once where that has passed, and to nobody whose grace is over.

    Raises `Overtaken` where nobody skipped it, its day isn't planned any more, or its time is over.
    """
    store, moment = services.store, epoch(now)
    row = going.row
    with store.transaction():
        refuse_over(services, going, now)
        if row.cancelled or not store.broadcasts.again(row.id, going.number, by, moment):
            raise Overtaken("not changed: nobody skipped it, or its day is planned no more")
        store.waves.fan_out_again(row.id, going.number, moment)
        if (own := store.oneoffs.about(row.subject)) is not None:
            store.oneoffs.fan_out_again(own.id)
        sweeps.begin(services, SweepKind.REVIVE, row.id, going.number, by, now)
        _noted(services, going, Verb.BROADCAST_RESUMED, by, moment)


def refuse_over(services: Services, going: Going, now: datetime) -> None:
    """Raise `Overtaken` where nothing of a broadcast could leave any more."""
    if standing(services, going, now) == "over":
        raise Overtaken("not changed: its time is over, and nothing more of it leaves")


def _already(store: Store, going: Going) -> str:
    broadcast = store.broadcasts.find(going.row.id, going.number)
    return decided(broadcast) if broadcast else "not changed: somebody decides about it just now"


def decided(broadcast: Broadcast) -> str:
    """Return that a broadcast was skipped, by whom and when, as the command line says it."""
    by = f" by {broadcast.by}" if broadcast.by else ""
    return (
        f"not changed: {broadcast.action} on {broadcast.channel} was cancelled{by} at"
        f" {iso(broadcast.at)} and isn't sent; `drumbeat broadcasts again {broadcast.ref}` sends"
        " what is left after all"
    )


def _noted(services: Services, going: Going, verb: Verb, by: Actor, moment: int) -> None:
    services.store.audit.note(by, verb, moment, going.ref)
    for kind in (BroadcastAsks.kind, BroadcastNotPaid.kind):
        services.store.alerts.close(kind, going.ref, moment)


# at the command line


def cancel(services: Services, ref: str, by: Actor, now: datetime, *, alone: bool = False) -> str:
    """Do `skip` to the broadcast with this id, and return a sentence that says so.

    Of many messages the rows follow step by step; here and now where no process runs that would
    carry that out (`alone`). Raises `UsageError`.
    """
    going = find(services, ref)
    skip(services, going, by, now)
    if alone:
        sweeps.finish(services, now)
    said = f"cancelled: {going.row.action} on {going.channel.name}"
    done = services.store.broadcasts.find(going.row.id, going.number)
    waited = (done.cancelled if done else 0) or 0
    if done is not None and done.share < 1:
        return (
            f"{said}; nothing more of it leaves. {waited:,} messages that waited are cancelled, and"
            " the others follow; `drumbeat broadcasts coming` says how far it is"
        )
    return f"{said}; {waited:,} messages that waited, and all that were still to come"


def resume(services: Services, ref: str, by: Actor, now: datetime, *, alone: bool = False) -> str:
    """Do `again` to the broadcast with this id, and return a sentence that says so. Raises
    `UsageError`.
    """
    going = find(services, ref)
    again(services, going, by, now)
    if alone:
        sweeps.finish(services, now)
    return (
        f"sent after all: {going.row.action} on {going.channel.name}; each at their own hour, at"
        " once where that has passed, and nobody twice"
    )
