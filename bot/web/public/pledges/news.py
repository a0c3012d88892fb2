"""What is new in a campaign, as an Atom feed (RFC 4287): pledges, what came of them, and stories to
learn from.

The instant of a pledge, or of its result, is that at which it first became public, and stays so: a
later change, a pause or a return leaves no trace in the feed. A story has the day that the data
give, else the campaign's first. It is never kept: what is withdrawn is gone with the next request.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from http import HTTPStatus

import regex
from feedgenerator import Atom1Feed
from markupsafe import escape
from starlette.exceptions import HTTPException
from typing_extensions import override

from bot.gaps import filled
from bot.jobs.pledges import public
from bot.model.makers import Published
from bot.model.public import PublicPledge
from bot.times import from_epoch
from bot.web.public import lists
from bot.web.public.pledges.naming import plain, who
from bot.web.public.reader import File, Reader

MOST = 50
"""Entries of a feed: the newest."""

_NEVER_IN_XML = regex.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True)
class _Entry:
    at: datetime
    url: str
    title: str
    author: str
    text: str
    language: str
    categories: tuple[str, ...] = ()


class _Feed(Atom1Feed):  # type: ignore[misc]  # the library has no types
    @override
    def item_attributes(self, item: Mapping[str, str]) -> dict[str, str]:
        return {"xml:lang": item["language"]}


def shows(reader: Reader) -> bool:
    """Return whether the campaign of the path has a pledge or a dated story to tell of."""
    return any(_dated(reader)) or bool(reader.services.store.search.newest(reader.of.id, 1))


def link(reader: Reader) -> tuple[str, str] | None:
    """Return title and path of the feed of the reader's campaign; None where it has none."""
    if reader.campaign is None or not shows(reader):
        return None
    return _title(reader), reader.here("news.atom")


def news(reader: Reader) -> File:
    """Give the feed; raises `HTTPException` 404 where there is nothing to tell of."""
    entries = sorted(
        [*_pledges(reader), *_results(reader), *(_story(reader, *each) for each in _dated(reader))],
        key=lambda entry: entry.at,
        reverse=True,
    )
    if not entries:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    own = reader.urls.whole(reader.here("news.atom"))
    feed = _Feed(
        title=_title(reader),
        link=reader.urls.whole(f"{reader.here()}/"),
        description=reader.words["site"]["rehearsal"] if reader.playing else "",
        language=reader.language,
        author_name=_clean(reader.about(reader.of).title),
        feed_url=own,
        feed_guid=own,
    )
    for entry in entries[:MOST]:
        feed.add_item(
            title=_clean(entry.title),
            link=entry.url,
            unique_id=entry.url,
            description=_clean(str(escape(entry.text))),
            pubdate=entry.at,
            author_name=_clean(entry.author),
            categories=entry.categories,
            language=entry.language,
        )
    return File(
        content=feed.writeString("utf-8").encode(),
        media_type="application/atom+xml; charset=utf-8",
    )


def _title(reader: Reader) -> str:
    words = reader.words["news"]
    named = words["title_rehearsal" if reader.playing else "title"]
    return _clean(filled(named, campaign=reader.about(reader.of).title))


def _pledges(reader: Reader) -> Iterator[_Entry]:
    services = reader.services
    for made in services.store.public_pledges.newest(reader.of.id, MOST):
        pledge = public.view(services, made.pledge, reader.language, reader.today)
        if isinstance(pledge, PublicPledge):
            yield _Entry(
                at=from_epoch(made.at),
                url=reader.urls.whole(reader.here("pledges", str(pledge.number))),
                title=plain(pledge.name),
                author=who(reader, pledge),
                text=plain(pledge.description or pledge.action),
                language=pledge.language,
                categories=tuple(reader.about(reader.of).topic(topic) for topic in pledge.topics),
            )


def _results(reader: Reader) -> Iterator[_Entry]:
    """Yield what came of public pledges, at the instant at which each could first be seen."""
    services, named = reader.services, reader.words["news"]["result"]
    for number, at in services.store.journeys.newly_shown(reader.of.id, MOST):
        pledge = public.view(services, number, reader.language, reader.today)
        if isinstance(pledge, PublicPledge) and pledge.scale_up:
            yield _Entry(
                at=from_epoch(at),
                url=f"{reader.urls.whole(reader.here('pledges', str(number)))}#result",
                title=filled(named, name=plain(pledge.name)),
                author=who(reader, pledge),
                text=plain(pledge.scale_up[0].answer),
                language=pledge.language,
                categories=tuple(reader.about(reader.of).topic(topic) for topic in pledge.topics),
            )


def _dated(reader: Reader) -> Iterator[tuple[Published, date]]:
    """Yield what is told by now of those whose day is known."""
    for published in reader.of.published:
        day = published.day or reader.of.start
        if day is not None and day <= reader.today:
            yield published, day


def _story(reader: Reader, published: Published, day: date) -> _Entry:
    told = lists.story(reader, published)
    return _Entry(
        at=datetime.combine(day, time(), UTC),
        url=f"{reader.urls.whole(reader.here('stories'))}#{published.id}",
        title=published.title or published.name,
        author=published.name,
        text=told.summary or told.quote,
        language=reader.language,
    )


def _clean(text: str) -> str:
    """Return a text without the characters that no XML may hold."""
    return _NEVER_IN_XML.sub("", text)
