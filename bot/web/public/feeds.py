"""Calendar feeds: a campaign's for each audience or all, and the days of one action, or an event,
to keep.

Their address is a path without a query, which every calendar app takes behind webcal://.
"""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.jobs.campaigns import feed
from bot.model import Audience
from bot.rules.events import calendars
from bot.web.public.listed import asked_of, usual
from bot.web.public.reader import File, Reader, Urls

_TYPE = "text/calendar; charset=utf-8"

FRESH = 3600
"""Seconds for which a feed may be kept without asking again; apps ask a few times a day."""


async def of_all(reader: Reader) -> File:
    """Give the feed of all audiences, each of whose events says whom it is for."""
    return await _file(reader, None, reader.here("calendar.ics"))


async def of_audience(reader: Reader) -> File:
    """Give the feed of an audience; raises `HTTPException` 404 for one that is asked nothing."""
    wanted = reader.parts["audience"]
    audience = next((each for each in asked_of(reader.of) if each.word == wanted), None)
    if audience is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return await _file(reader, audience, reader.here(named(audience)))


async def of_action(reader: Reader) -> File:
    """Give the days of an action for the audience of its page, as a file to keep.

    Raises `HTTPException` 404 where there is no such action, or none of its days.
    """
    action = reader.of.action(reader.parts["action"])
    if action is None or not action.asks or action.when is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    wanted = feed.Wanted(
        campaign=reader.of,
        language=reader.language,
        audience=usual(action),
        action=action.id,
        pages=pages(reader.urls),
    )
    return await _kept(reader, wanted, f"{reader.of.id}-{action.id}.ics")


async def of_event(reader: Reader) -> File:
    """Give an event as a file to keep; raises `HTTPException` 404 for one that isn't there, or
    whose day nobody knows.
    """
    wanted = feed.Wanted(
        campaign=reader.of,
        language=reader.language,
        action=calendars.name(reader.parts["event"]),
        pages=pages(reader.urls),
    )
    return await _kept(reader, wanted, f"{reader.of.id}-{reader.parts['event']}.ics")


async def _kept(reader: Reader, wanted: feed.Wanted, name: str) -> File:
    made = await feed.feed(reader.services, wanted, reader.now)
    if not made.events:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return File(
        content=made.content,
        media_type=_TYPE,
        filename=name,
        changed=made.modified,
        fresh=FRESH,
    )


async def _file(reader: Reader, audience: Audience | None, path: str) -> File:
    wanted = feed.Wanted(
        campaign=reader.of,
        language=reader.language,
        audience=audience,
        pages=pages(reader.urls),
        source=reader.urls.whole(path),
    )
    made = await feed.feed(reader.services, wanted, reader.now)
    return File(content=made.content, media_type=_TYPE, changed=made.modified, fresh=FRESH)


def pages(urls: Urls) -> feed.Pages:
    """Return what gives the address of an action's page, of a campaign's without an action, and
    that below which the pages of its events stand.
    """

    def page(language: str, campaign: str, action: str | None) -> str:
        last = ("actions", action) if action else ("",)
        last = ("events",) if action == feed.EVENTS else last
        return urls.whole(urls.path(language, campaign, *last))

    return page


def named(audience: Audience) -> str:
    """Return the last part of the path of an audience's feed."""
    return f"calendar-{audience.word}.ics"


def subscribing(reader: Reader, audience: Audience) -> Mapping[str, str]:
    """Return the addresses by which the feed of an audience, and that of all, can be subscribed to.

    ``app`` opens the reader's calendar app, ``web`` is for calendars on the web, which ask for an
    address. Those of all are there only where the campaign asks several audiences.
    """
    own = reader.urls.whole(reader.here(named(audience)))
    addresses = {"app": _webcal(own), "web": own}
    if feed.is_for_several(reader.of):
        whole = reader.urls.whole(reader.here("calendar.ics"))
        addresses |= {"app_all": _webcal(whole), "web_all": whole}
    return addresses


def _webcal(url: str) -> str:
    return f"webcal://{url.partition('://')[2]}"
