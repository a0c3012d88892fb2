"""Posts as staff see them, with length and price on each network, and what staff do to them: write
another text, approve, schedule one of their own.

As soon as two people are named as staff, nobody approves a text that they wrote themselves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot import text as texts
from bot.errors import Overtaken, RenderError, UsageError
from bot.jobs.broadcasts import announcements
from bot.jobs.counting import cost
from bot.jobs.sending import approve, decisions
from bot.jobs.services import Services
from bot.jobs.texts.kinds import post_body
from bot.jobs.texts.pictures import WAITS
from bot.model import (
    PUBLIC,
    Audience,
    Channel,
    DeliveryKey,
    Limits,
    Occurrence,
    Picture,
    Rendered,
    State,
)
from bot.model.channel import Excess
from bot.model.outbox import WRITABLE, ActionDay, Entry, Shown
from bot.model.staff import ANNOUNCEMENT, FORMER_STAFF, POST, Actor, OneOff, Whom
from bot.model.staff.audit import Verb
from bot.model.staff.drafts import OwnPicture
from bot.model.subject import Written
from bot.store.sending.approvals import digests
from bot.times import epoch

POST_GRACE = timedelta(hours=12)
"""The grace of a one-off post."""

TITLE = 48
"""Most characters of the words by which a post without a title is called."""


PREPARING = f"{WAITS}; look again in a minute"
"""The problem of a post whose picture is not ready yet."""


def shown(services: Services, entry: Entry) -> Shown:
    """Return the post with the text that left, or that would leave now."""
    body, problem = _body(services, entry)
    channel = services.settings.channels.get(entry.channel)
    limits = limits_of(services, entry.channel)
    usd = cost.price(channel.network, cost.calls_of(body)) if channel and body else 0
    return Shown(
        entry=entry,
        body=body,
        problem=problem,
        over=too_long(body, limits) if body and limits and entry.text is None else (),
        length=(
            max((texts.measure(part, limits) for part in body.parts), default=0)
            if body and limits
            else 0
        ),
        limit=limits.length if limits else 0,
        usd=float(usd),
        writer=writer(services, entry),
    )


def _body(services: Services, entry: Entry) -> tuple[Rendered | None, str]:
    if entry.text is not None:
        return _as_left(services, entry, entry.text), ""
    try:
        body = post_body(services, entry, entry.channel)
    except RenderError as error:
        return None, str(error)
    if body.picture is not None and not body.picture.is_ready:
        return None, PREPARING
    return body, ""


def _as_left(services: Services, entry: Entry, text: str) -> Rendered:
    """Return a post that left: with its picture and the posts of its thread as long as they are
    known to be those that left, else its text alone.
    """
    try:
        body = post_body(services, entry, entry.channel)
    except RenderError:
        body = None
    is_same = body is not None and body.whole == text and _is_as_approved(services, entry, body)
    return body if body is not None and is_same else Rendered(text=text, language="und")


def _is_as_approved(services: Services, entry: Entry, body: Rendered) -> bool:
    """Return whether a post is the one that was approved; without an approval, whether it has no
    picture that may have been another one.
    """
    approval = services.store.approvals.find(entry.key.occurrence, entry.key.channel)
    return body.picture is None if approval is None else approval.digest in digests(body)


def title(services: Services, about: ActionDay, language: str) -> str:
    """Return the action's title, or that of the prompt that a note follows; else the first words of
    what staff wrote, else the action's id.
    """
    subject = about.subject
    if isinstance(subject, Written):
        own = services.store.oneoffs.about(subject)
        first = next(iter(texts.parts(own.text)), own.text) if own else about.action
        return texts.beginning(first, TITLE)
    campaign = services.library.campaigns.get(about.campaign)
    action = campaign.action(subject.about) if campaign else None
    if campaign is None or action is None:
        return subject.about
    try:
        return services.renderer.title(
            campaign, action, language=language, audience=about.audience, day=about.day
        )
    except RenderError:
        return subject.about


def limits_of(services: Services, channel: str) -> Limits | None:
    """Return what the channel's network accepts; None for a channel that is no longer there."""
    network = services.networks.get(channel)
    return network.limits if network else None


def length_of(services: Services, channel: str, text: str) -> int:
    """Return the text's length in the channel's own count; 0 for a channel that is no longer
    there.
    """
    limits = limits_of(services, channel)
    return texts.measure(text, limits) if limits else 0


def too_long(body: Rendered, limits: Limits) -> tuple[Excess, ...]:
    """Return what does not fit; empty when all does. The picture goes with the first post of a
    thread.
    """
    return tuple(
        replace(excess, post=number, posts=len(body.parts))
        for number, part in enumerate(body.parts, 1)
        for excess in texts.excess(part, limits, picture=body.picture is not None and number == 1)
    )


def writer(services: Services, entry: Entry) -> Actor | None:
    """Return who wrote the text that goes out; None when it is the data's own."""
    edit = services.store.edits.find(entry, entry.key.channel)
    if edit is not None:
        return edit.by
    own = services.store.oneoffs.about(entry.subject)
    return own.by if own else None


def may_approve(services: Services, entry: Entry, by: Actor) -> bool:
    """Return whether this person may approve the post: neither their own words nor a picture that
    they gave it, unless they are the only member of staff.
    """
    team = services.team
    authors = {writer(services, entry), giver(services, entry)} - {None}
    return team.alone or all(author is None or team.two(author, by) for author in authors)


def giver(services: Services, entry: Entry) -> Actor | None:
    """Return who gave the post its picture; None where it has none but that of the data."""
    own = services.store.oneoffs.about(entry.subject)
    return own.by if own and services.store.own_pictures.given(own.id) else None


def let_go(services: Services, key: DeliveryKey, by: Actor, now: datetime) -> None:
    """Approve one post.

    Raises `UsageError` for the approver's own words and for whatever `approve` refuses,
    `RenderError` where the text can't be made.
    """
    entry = decisions.find(services, str(key))
    if not may_approve(services, entry, by):
        raise UsageError(f"not approved: {_why_not(services, entry, by)}")
    approve.approve(services, key, by, now)


def _why_not(services: Services, entry: Entry, by: Actor) -> str:
    author = writer(services, entry)
    if author == FORMER_STAFF:
        return (
            "who wrote this text is forgotten, so nobody knows who else they were: write it again,"
            " and somebody else approves it"
        )
    if author is not None and services.team.unknown(author) and author != by:
        return (
            f"{author} wrote this text, whom no member of staff is called now, so that it may be"
            " anybody: write it again, and somebody else approves it"
        )
    if services.team.unknown(by):
        return (
            f"staff wrote this text, and the login {by} may be anybody's: name it under a"
            " [staff.NAME] in config.toml"
        )
    return "somebody else must approve what you wrote yourself"


def rewrite(services: Services, key: DeliveryKey, text: str, by: Actor, now: datetime) -> None:
    """Give one post another text, which then waits for approval. A line of dashes in it begins the
    next post of a thread.

    Raises `UsageError` when the post has left or is over, or the text does not fit.
    """
    entry, moment = decisions.find(services, str(key)), epoch(now)
    if key.recipient != PUBLIC or entry.state not in WRITABLE or entry.expires <= moment:
        raise Overtaken(f"{key}: its text can't be changed any more, it is {entry.state.word}")
    posts = texts.parts(text)
    if not posts or limits_of(services, entry.channel) is None:
        raise UsageError(
            f"{key}:"
            f" {'there is no text' if not posts else f'the channel {entry.channel} is not there'}"
        )
    if faults := unfit(services, entry, text):
        raise UsageError(f"{key}: {'; '.join(map(str, faults))}")
    store = services.store
    with store.transaction():
        if not store.outbox.change(key, [entry.state], State.AWAITING_APPROVAL):
            raise Overtaken(f"{key}: it changed in this very moment; look at it again")
        store.edits.put(entry, key.channel, texts.joined(posts), by, moment)
        store.approvals.drop(key)
        store.audit.note(by, Verb.POST_REWRITTEN, moment, key)


def unfit(services: Services, entry: Entry, text: str) -> tuple[Excess, ...]:
    """Return what is too long where this text, one post or a thread, stands in the place of the
    post's own; empty when it fits.
    """
    body, _ = _body(services, entry)
    posts = texts.parts(text)
    return (
        too_long_there(services, entry.channel, posts, picture=body.picture if body else None)
        if posts
        else ()
    )


def too_long_there(
    services: Services, channel: str, posts: Sequence[str], picture: Picture | None = None
) -> tuple[Excess, ...]:
    """Return what is too long for the channel in a post, or in a thread of several; empty when it
    fits or the channel is no longer there.
    """
    limits = limits_of(services, channel)
    return (
        too_long(
            Rendered(text=posts[0], language="und", picture=picture, thread=tuple(posts[1:])),
            limits,
        )
        if limits
        else ()
    )


def publish(
    services: Services,
    text: str,
    channels: Iterable[Channel],
    due: datetime,
    by: Actor,
    now: datetime,
    *,
    campaign: str = "",
    picture: OwnPicture | None = None,
    asks: bool = False,
) -> OneOff:
    """Schedule a post that stands in no calendar, of a campaign, or of the first there is. It goes
    the way of all others: review, holds, pace, ceilings. With `asks`, or a picture, in which
    somebody may be seen, it waits for approval on every channel.
    """
    store, moment = services.store, epoch(now)
    with store.transaction():
        oneoff = store.oneoffs.add(POST, campaign or _campaign(services), text, by, moment)
        if picture is not None:
            store.own_pictures.give(oneoff.id, picture)
        occurrence = store.plan.add(_occurrence(oneoff, Audience.INDIVIDUAL, due, POST_GRACE))
        for channel in channels:
            waits = channel.review or asks or picture is not None
            state = State.AWAITING_APPROVAL if waits else State.PLANNED
            instant = epoch(due)
            expires = instant + int(POST_GRACE.total_seconds())
            store.intake.add_post(
                occurrence, services.channel_ids[channel.name], state, instant, expires
            )
        store.audit.note(by, Verb.WRITTEN, moment, oneoff.id)
    return oneoff


def reached(services: Services) -> list[Channel]:
    """Return the channels to which announcements go: all that carry nudges and are live, e-mail and
    chat services too.
    """
    return [
        c
        for c in services.settings.channels.values()
        if c.nudges and c.name not in services.dry and c.name in services.channel_ids
    ]


def announce(
    services: Services,
    text: str,
    whom: Whom,
    by: Actor,
    now: datetime,
) -> tuple[OneOff, ...]:
    """Begin an announcement on each channel that reaches people, and return one for each.

    `bot.jobs.broadcasts.announcements` brings them into the outbox, step by step.
    """
    store = services.store
    with store.transaction():
        made = tuple(
            store.oneoffs.add(
                ANNOUNCEMENT,
                _campaign(services),
                text,
                by,
                epoch(now),
                language=whom.language,
                country=whom.country,
                groups=whom.groups,
                channel=services.channel_ids[channel.name],
            )
            for channel in reached(services)
        )
        for oneoff in made:
            for audience in whom.audiences:
                store.plan.add(_occurrence(oneoff, audience, now, announcements.GRACE))
        if made:
            numbers = "-".join(str(oneoff.id) for oneoff in made)
            store.audit.note(by, Verb.ANNOUNCED, epoch(now), numbers)
    return made


def audience_of(services: Services, whom: Whom) -> int:
    """Return how many people an announcement would reach now."""
    ids = [services.channel_ids[channel.name] for channel in reached(services)]
    return sum(services.store.oneoffs.count(channel, whom) for channel in ids)


def _campaign(services: Services) -> str:
    return services.active[0].id if services.active else ""


def _occurrence(oneoff: OneOff, audience: Audience, due: datetime, grace: timedelta) -> Occurrence:
    day = due.astimezone(UTC).date()
    return Occurrence(
        campaign=oneoff.campaign,
        action=oneoff.action,
        audience=audience,
        slot=day.year * 100,
        day=day,
        grace=grace,
        nudge=oneoff.kind == ANNOUNCEMENT,
        post=oneoff.kind == POST,
        named=True,
    )
