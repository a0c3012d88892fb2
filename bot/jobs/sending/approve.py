"""Approval of posts: their text is rendered and frozen when somebody approves it.

A post that would come out differently at its hour comes back for approval. None lapses unseen:
staff are warned when half of the time from its hour to the end of its grace has gone by.
"""

from datetime import datetime

from bot.errors import Overtaken, RenderError
from bot.jobs.services import Services
from bot.jobs.texts import pictures
from bot.jobs.texts.kinds import post_body
from bot.model import DeliveryKey, Rendered, State
from bot.model.outbox import Entry
from bot.model.outbox.notes import Note, written
from bot.model.staff import REHEARSAL, Actor
from bot.model.staff.audit import Verb
from bot.rules.alerts import ApprovalLapsed, ApprovalWaits, DiffersFromApproved
from bot.times import epoch

LAPSED = written(Note.LAPSED)

_FAR = 10**9
"""Seconds ahead within which everything that waits falls due."""


def run(services: Services, now: datetime) -> None:
    """Skip posts whose grace ended before anybody approved them, and warn of those that will be."""
    moment = epoch(now)
    for key in services.store.outbox.lapse(moment, LAPSED):
        services.store.alerts.close(ApprovalWaits.kind, str(key), moment)
        lapsed = ApprovalLapsed(subject=str(key), text=f"post {key} was skipped: {LAPSED}")
        services.store.alerts.open(lapsed, moment)
    for entry in services.store.listing.waiting(State.AWAITING_APPROVAL, moment):
        if (entry.expires - moment) * 2 <= entry.expires - entry.due:
            waits = ApprovalWaits(subject=str(entry.key), text=_warning(entry, moment))
            services.store.alerts.open(waits, moment)


def _warning(entry: Entry, moment: int) -> str:
    minutes = (entry.expires - moment) // 60
    return (
        f"post {entry.key} ({entry.action} on {entry.channel}) waits for approval and lapses in"
        f" {minutes // 60} h {minutes % 60} min: `drumbeat outbox approve {entry.key}` or `drumbeat"
        f" outbox cancel {entry.key}`"
    )


def approve(services: Services, key: DeliveryKey, by: Actor, now: datetime) -> None:
    """Freeze the text of a post that awaits approval, and let it leave at its hour.

    Raises `UsageError` when the post doesn't await approval or its grace has ended, `RenderError`
    when its text can't be made.
    """
    entry = services.store.listing.entry(key)
    if entry is None or entry.state is not State.AWAITING_APPROVAL:
        state = f"it is {entry.state.word}" if entry else "there is no such delivery"
        raise Overtaken(
            f"not approved: it does not wait for approval: {state}; `drumbeat outbox --state"
            " awaiting_approval` lists what does"
        )
    moment = epoch(now)
    if entry.expires <= moment:
        raise Overtaken(f"not approved: {LAPSED}")
    body = _whole(services, entry, now)
    with services.store.transaction():
        digest = services.store.approvals.freeze(key, body, by, moment)
        services.store.audit.note(by, Verb.POST_APPROVED, moment, key, digest=digest)
        services.store.outbox.change(key, [State.AWAITING_APPROVAL], State.PLANNED)
        services.store.alerts.close(ApprovalWaits.kind, str(key), moment)
        services.store.alerts.close(DiffersFromApproved.kind, str(key), moment)


def _whole(services: Services, entry: Entry, now: datetime) -> Rendered:
    """Return the post with its picture as it leaves, which is made here where nobody did so yet."""
    body = post_body(services, entry, entry.channel)
    if body.picture is None or body.picture.is_ready:
        return body
    pictures.make(services, body, services.settings.channels[entry.channel], now)
    return post_body(services, entry, entry.channel)


def at_once(services: Services, now: datetime) -> None:
    """Approve every post that waits: what a rehearsal does in place of staff.

    A post whose text can't be made stays planned; at its hour the outbox says why there is none.
    """
    moment = epoch(now)
    waiting = services.store.listing.waiting(State.AWAITING_APPROVAL, moment + _FAR)
    for entry in waiting:
        if entry.expires > moment:
            try:
                approve(services, entry.key, REHEARSAL, now)
            except RenderError:
                services.store.outbox.change(entry.key, [State.AWAITING_APPROVAL], State.PLANNED)
    if waiting:
        run(services, now)
        services.store.outbox.queue_due(moment)
