"""Messages of staff to those who look after a pledge: a note of the outbox to each editor whom news
reach, in their own language, so that quiet hours and holds hold for it as for any other news.

Staff see how it reads, and never to whom: no address and no name is among what they get.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot import networks
from bot.errors import Missing, UsageError
from bot.jobs.services import Services
from bot.jobs.texts import news, notes
from bot.jobs.texts.wanted import Wanted
from bot.model import Rendered
from bot.model.pledge import MESSAGE, Happening, Pledge, PledgeState
from bot.model.staff import MACHINE, Actor
from bot.model.staff.audit import Verb
from bot.model.subject import News
from bot.text import visible
from bot.times import epoch

LONGEST = 2_000
"""Most characters of a message."""

_AGAIN = timedelta(days=1)
"""How long the same words to the same pledge are a second press of the same button."""

_CLOSED = (PledgeState.DRAFT, PledgeState.WITHDRAWN)


def can_be_written_to(services: Services, pledge: Pledge) -> bool:
    """Return whether staff may write to the editors of a pledge: it was sent, stands or can be sent
    again, belongs to an active campaign, and news reach at least one of them.
    """
    return not _hindrance(services, pledge)


def previews(services: Services, pledge: Pledge, text: str, now: datetime) -> tuple[Rendered, ...]:
    """Return how the message will read, once for each language and kind of channel in which it
    leaves; raises `UsageError` as `send`.
    """
    _check(services, pledge, text, now)
    line = Happening(
        id=0,
        pledge=pledge.id,
        at=epoch(now),
        by=MACHINE,
        kind=MESSAGE,
        detail={"text": visible(text)},
    )
    told = (notes.told(services, wanted, pledge, line) for wanted in _ways(services, pledge, now))
    return tuple(dict.fromkeys(told))


def send(services: Services, number: int, text: str, by: Actor, now: datetime) -> int:
    """Write to all editors of a pledge whom news reach; return how many these are.

    Raises `UsageError` where there is no such pledge, where it can't be written to, for a text that
    is empty or too long, and for one that went to the same pledge within a day.
    """
    store = services.store
    with store.transaction():
        pledge = store.pledges.get(number)
        if pledge is None:
            raise Missing(
                f"there is no pledge {number}; `drumbeat pledges list` shows all there are"
            )
        _check(services, pledge, text, now)
        hearers = news.hearers(services, number)
        line = store.pledges.note(number, MESSAGE, by, epoch(now), {"text": visible(text)})
        store.audit.note(by, Verb.PLEDGE_MESSAGE, epoch(now), number)
        news.tell(services, line, now, hearers)
    return len(hearers)


def _check(services: Services, pledge: Pledge, text: str, now: datetime) -> None:
    if why := _hindrance(services, pledge):
        raise UsageError(f"pledge {pledge.id}: {why}")
    said = visible(text)
    if not 0 < len(said) <= LONGEST:
        raise UsageError(
            f"a message has between 1 and {LONGEST:,} characters, and this one {len(said):,}",
            "length",
            most=LONGEST,
            count=len(said),
        )
    since = epoch(now - _AGAIN)
    if any(
        line.kind == MESSAGE and line.at > since and line.detail.get("text") == said
        for line in services.store.pledges.history(pledge.id)
    ):
        raise UsageError(
            f"pledge {pledge.id}: its editors were sent these very words today", "same_message"
        )


def _hindrance(services: Services, pledge: Pledge) -> str:
    """Return why nobody can be written to about a pledge; '' where they can."""
    if pledge.campaign not in {campaign.id for campaign in services.active}:
        return "its campaign isn't active; `active` in config.toml names those that are"
    if pledge.state in _CLOSED:
        return f"it is {pledge.state.word}, and its editors hear nothing about it"
    if not news.hearers(services, pledge.id):
        return "nothing reaches any of its editors now"
    return ""


def _ways(services: Services, pledge: Pledge, now: datetime) -> Iterator[Wanted]:
    """Yield what the text for each editor depends on, as when it leaves."""
    reached = set(news.hearers(services, pledge.id))
    for editor in services.store.editors.team(pledge.id):
        channel = services.channel(editor.channel) if editor.channel is not None else None
        if editor.person not in reached or channel is None:
            continue
        yield Wanted(
            campaign=pledge.campaign,
            subject=News(0),
            network=channel.network,
            audience=pledge.audience,
            day=now.date(),
            language=services.store.people.language(editor.person) or pledge.language,
            pledge=True,
            recipient=editor.person,
            buttons=networks.load(channel.network).BUTTONS,
        )
