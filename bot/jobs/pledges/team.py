"""The people behind a pledge, wherever they act from: who joins by an invitation, to whom the focal
point hands over, and who leaves or is taken out.

Each function raises `UsageError` where that may not be.
"""

from datetime import datetime

from bot.conversation.people.effects import INVITE
from bot.conversation.pledges.look import Member
from bot.errors import UsageError
from bot.jobs.pledges import journeys, moderation
from bot.jobs.services import Services
from bot.jobs.texts import letters, news
from bot.model import Audience
from bot.model.pledge import MADE, STAFF, Pledge
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.rules.journey import Event
from bot.times import epoch


def members(services: Services, pledge: int, me: int | None) -> tuple[Member, ...]:
    """Return the editors of a pledge, its focal point first; `me` is the person who looks."""
    people = services.store.people
    return tuple(
        Member(
            editor=editor,
            me=me is not None and me == editor.person,
            group=(people.address(editor.person) or "").startswith("-"),
            met=_met(services, editor.channel),
        )
        for editor in services.store.editors.team(pledge)
    )


def _met(services: Services, channel_id: int | None) -> str:
    channel = services.channel(channel_id) if channel_id is not None else None
    return letters.kind(channel.network) if channel else ""


def invite(services: Services, pledge: int, inviter: int, by: Actor, now: datetime) -> str:
    """Return the token of a new invitation, which is said once and kept nowhere; `inviter` is an
    editor, or `STAFF`.
    """
    with services.store.transaction():
        token = services.store.editors.invite(pledge, inviter, epoch(now))
        invited(services, pledge, inviter, by, now)
    return token


def invited(services: Services, pledge: int, inviter: int, by: Actor, now: datetime) -> None:
    """Write down that somebody was invited, by a link or by a letter."""
    services.store.pledges.note(pledge, "invited", by, epoch(now))
    # what editors do among themselves nobody else sees
    if inviter == STAFF:
        services.store.audit.note(by, Verb.PLEDGE_INVITED, epoch(now), pledge)


def link(bot: str, token: str, *, group: bool) -> str:
    """Return the address that opens the invitation in the chat with the bot at this address, for
    one person or for a group.
    """
    return f"{bot}?{'startgroup' if group else 'start'}={INVITE}{token}"


def joined(services: Services, pledge: Pledge, person: int, now: datetime) -> None:
    """Let a new editor speak for the pledge-maker and get its prompts at their own hour; tell the
    other editors.
    """
    store, place = services.store, services.store.people.where(person)
    if place is not None and place.audience is Audience.INDIVIDUAL:
        audience = int(pledge.audience)
        settled = store.people.place(place.channel, audience, place.zone, place.minute)
        store.people.settle(person, settled)
    line = store.pledges.note(pledge.id, "joined", Actor.person(person), epoch(now))
    others = [editor.person for editor in store.editors.team(pledge.id) if editor.person != person]
    news.tell(services, line, now, others)
    moderation.flags(services, pledge.id)


def _gets_steps(services: Services, pledge: int, to: int) -> None:
    if services.store.editors.is_missed(pledge, to):
        raise UsageError("the new focal point gets no steps: they ask for them first")


def hand_over(services: Services, pledge: int, frm: int, to: int, now: datetime) -> None:
    """Make another editor the focal point in the place of `frm`, and tell them so."""
    store = services.store
    with store.transaction():
        if any(editor.person == to and editor.away for editor in store.editors.team(pledge)):
            raise UsageError("nothing reaches the new focal point: choose another editor", "editor")
        _gets_steps(services, pledge, to)
        store.editors.hand_over(pledge, frm, to)
        handed(services, pledge, to, Actor.person(frm), now)


def appoint(services: Services, pledge: int, to: int, by: Actor, now: datetime) -> None:
    """Make another editor the focal point for staff, in the place of one who can't be reached, and
    tell them so.
    """
    store = services.store
    with store.transaction():
        store.editors.take_over(pledge, to)
        # somebody has talked to staff, so the unanswered prompts before no longer count
        journeys.happened(services, pledge, Event.HEARD, by, now)
        handed(services, pledge, to, by, now)
        store.audit.note(by, Verb.PLEDGE_HANDED_OVER, epoch(now), pledge)


def handed(services: Services, pledge: int, to: int, by: Actor, now: datetime) -> None:
    """Note that the pledge has another focal point, and tell them so wherever they are reached."""
    line = services.store.pledges.note(pledge, "handed-over", by, epoch(now))
    news.tell(services, line, now, [to])


def take_over(services: Services, pledge: int, to: int, now: datetime) -> None:
    """Make an editor the focal point in the place of one who can't be reached."""
    with services.store.transaction():
        _gets_steps(services, pledge, to)
        services.store.editors.take_over(pledge, to)
        services.store.pledges.note(pledge, "taken-over", Actor.person(to), epoch(now))


def leave(services: Services, pledge: int, person: int, now: datetime) -> None:
    """Take an editor out at their own wish; what they wrote stays. A focal point hands over
    first.
    """
    with services.store.transaction():
        if services.store.editors.focal(pledge) == person:
            raise UsageError("the focal point hands the pledge over before they leave")
        _out(services, pledge, person)
        services.store.pledges.note(pledge, "left", Actor.person(person), epoch(now))


def remove(services: Services, pledge: int, focal: int, person: int, now: datetime) -> None:
    """Take another editor out for the focal point, and tell them so."""
    store = services.store
    with store.transaction():
        if store.editors.focal(pledge) != focal or person == focal:
            raise UsageError("only the focal point takes another editor out")
        line = store.pledges.note(pledge, "removed", Actor.person(focal), epoch(now))
        news.tell(services, line, now, [person])
        _out(services, pledge, person)


def _out(services: Services, pledge: int, person: int) -> None:
    store = services.store
    store.editors.remove(pledge, person)
    mine = store.pledges.of_person(person)
    store.subscribers.set_pledge(person, any(other.state in MADE for other in mine))
