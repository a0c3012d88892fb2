"""The desk of staff: posts as each network shows them, with length and price; and what staff do to them: write another text, approve, schedule one of their own.

Whoever wrote a text does not approve it as soon as two people are named as staff.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot import text as texts
from bot.errors import RenderError, UsageError
from bot.jobs import approve, cost, decide
from bot.jobs.notes import is_one_off
from bot.jobs.posts import post_body
from bot.jobs.services import Services
from bot.model import PUBLIC, Audience, Channel, DeliveryKey, Limits, Occurrence, Rendered, Role, State
from bot.store.listing import Entry
from bot.store.staff import ANNOUNCEMENT, POST, OneOff

POST_GRACE = timedelta(hours=12)
"""A one-off post may go out so late."""

ANNOUNCEMENT_GRACE = timedelta(days=3)
"""An announcement may go out so late: a nudge of the same day goes first."""

_WRITABLE = (State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A post as its network shows it."""

    entry: Entry
    title: str
    #: None when `problem` says why there is none
    body: Rendered | None
    problem: str
    length: int
    limit: int
    usd: float
    #: who wrote another text than the data's; '' for nobody
    writer: str


def shown(services: Services, entry: Entry) -> Shown:
    """The post with its text as it would leave now; what has left shows what left."""
    body, problem = _body(services, entry)
    channel = services.settings.channels.get(entry.channel)
    limits = limits_of(services, entry.channel)
    if body is not None and limits is not None:
        problem = "; ".join(too_long(body, limits))
    usd = cost.price(channel.network, cost.calls_of(body)) if channel and body else 0
    return Shown(
        entry=entry,
        title=title(services, entry.campaign, entry.action, entry.audience, entry.day, channel.language if channel else "en"),
        body=body,
        problem=problem,
        length=max((texts.measure(part, limits) for part in body.parts), default=0) if body and limits else 0,
        limit=limits.length if limits else 0,
        usd=float(usd),
        writer=writer(services, entry),
    )


def _body(services: Services, entry: Entry) -> tuple[Rendered | None, str]:
    if entry.text is not None:
        return Rendered(text=entry.text, language="und"), ""
    try:
        return post_body(services, entry.campaign, entry.action, entry.channel, entry.audience, entry.day, entry.slot), ""
    except RenderError as error:
        return None, str(error)


def title(services: Services, campaign_id: str, action_id: str, audience: Audience, day: date, language: str) -> str:
    """The action's title; its id where it has none."""
    campaign = services.library.campaigns.get(campaign_id)
    action = campaign.action(action_id) if campaign else None
    if campaign is None or action is None:
        return action_id
    try:
        return services.renderer.text(campaign, action, Role.TITLE, language=language, network="telegram", audience=audience, day=day).text
    except RenderError:
        return action_id


def limits_of(services: Services, channel: str) -> Limits | None:
    """What the channel's network takes; None for a channel that is no longer there."""
    network = services.networks.get(channel)
    return network.limits if network else None


def length_of(services: Services, channel: str, text: str) -> int:
    """In the channel's own count; 0 for a channel that is no longer there."""
    limits = limits_of(services, channel)
    return texts.measure(text, limits) if limits else 0


def too_long(body: Rendered, limits: Limits) -> tuple[str, ...]:
    """What does not fit; empty when all does."""
    first = texts.problems_of_length(body.text, limits, picture=body.picture is not None)
    return first + tuple(problem for part in body.thread for problem in texts.problems_of_length(part, limits))


def writer(services: Services, entry: Entry) -> str:
    """Who wrote the text that goes out; '' when it is the data's own."""
    key = (entry.campaign, entry.action, entry.audience, entry.slot)
    edit = services.store.edits.find(key, entry.key.channel)
    if edit is not None:
        return edit.by
    own = services.store.oneoffs.of_action(entry.action) if is_one_off(entry.action) else None
    return own.by if own else ""


def alone(services: Services) -> bool:
    """Whether nobody else could approve."""
    return len(services.settings.chat.staff) < 2  # noqa: PLR2004 - four eyes need two people


def may_approve(services: Services, entry: Entry, by: str) -> bool:
    """Whether this person may approve it: not their own words, unless they are alone."""
    return alone(services) or writer(services, entry) != by


def let_go(services: Services, key: DeliveryKey, by: str, now: datetime) -> None:
    """Approve one post; raises `UsageError` for one's own words and whatever `approve` refuses, `RenderError` without a text."""
    entry = decide.find(services, str(key))
    if not may_approve(services, entry, by):
        raise UsageError(f"{key}: somebody else must approve what you wrote yourself")
    approve.approve(services, key, by, now)


def rewrite(services: Services, key: DeliveryKey, text: str, by: str, now: datetime) -> None:
    """Give one post another text, which then waits for approval; raises `UsageError` when it has left, is over, or the text does not fit."""
    entry, moment = decide.find(services, str(key)), int(now.timestamp())
    if key.recipient != PUBLIC or entry.state not in _WRITABLE or entry.expires <= moment:
        raise UsageError(f"{key}: its text can't be changed any more, it is {entry.state.word}")
    if problems := unfit(services, entry.channel, text, picture=_has_picture(services, entry)):
        raise UsageError(f"{key}: {'; '.join(problems)}")
    store = services.store
    with store.database.transaction():
        if not store.outbox.change(key, [entry.state], State.AWAITING_APPROVAL):
            raise UsageError(f"{key}: it changed in this very moment; look at it again")
        store.edits.put((entry.campaign, entry.action, entry.audience, entry.slot), key.channel, text, by, moment)
        store.approvals.drop(key)


def _has_picture(services: Services, entry: Entry) -> bool:
    body, _ = _body(services, entry)
    return body is not None and body.picture is not None


def unfit(services: Services, channel: str, text: str, *, picture: bool = False) -> tuple[str, ...]:
    """What is too long for the channel; empty when it fits."""
    limits = limits_of(services, channel)
    return texts.problems_of_length(text, limits, picture=picture) if limits else (f"the channel {channel} is not there",)


def publish(services: Services, text: str, channels: Iterable[Channel], due: datetime, by: str, now: datetime) -> OneOff:
    """Schedule a post that stands in no calendar, by the same road as all others: review, holds, pace, ceilings."""
    store, moment = services.store, int(now.timestamp())
    with store.database.transaction():
        one = store.oneoffs.add(POST, _campaign(services), text, by, moment)
        occurrence = store.plan.add(_occurrence(one, Audience.INDIVIDUAL, due, POST_GRACE))
        for channel in channels:
            state = State.AWAITING_APPROVAL if channel.review else State.PLANNED
            instant = int(due.timestamp())
            expires = instant + int(POST_GRACE.total_seconds())
            store.outbox.add_post(occurrence, services.channel_ids[channel.name], state, instant, expires)
    return one


def announce(
    services: Services, text: str, channel: str, audiences: Iterable[Audience], language: str, country: str, by: str, now: datetime
) -> OneOff:
    """Begin an announcement; `run` brings it into the outbox, step by step."""
    store = services.store
    with store.database.transaction():
        one = store.oneoffs.add(
            ANNOUNCEMENT,
            _campaign(services),
            text,
            by,
            int(now.timestamp()),
            language=language,
            country=country,
            channel=services.channel_ids[channel],
        )
        for audience in audiences:
            store.plan.add(_occurrence(one, audience, now, ANNOUNCEMENT_GRACE))
    return one


def _campaign(services: Services) -> str:
    return services.active[0].id if services.active else ""


def _occurrence(one: OneOff, audience: Audience, due: datetime, grace: timedelta) -> Occurrence:
    day = due.astimezone(UTC).date()
    return Occurrence(
        campaign=one.campaign,
        action=one.action,
        audience=audience,
        slot=day.year * 100,
        day=day,
        grace=grace,
        nudge=one.kind == ANNOUNCEMENT,
        post=one.kind == POST,
        named=True,
    )


def run(services: Services) -> int:
    """One tick: announcements go into the outbox; gives the number of deliveries."""
    made = 0
    for one in services.store.oneoffs.to_fan_out():
        expires = one.at + int(ANNOUNCEMENT_GRACE.total_seconds())
        while (step := services.store.oneoffs.fan_out(one, expires)) is not None:
            made += step
    return made
