"""Makes the answers of the API of what the pages show, by the same functions."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlencode

from bot.errors import RenderError
from bot.jobs.campaigns import calendar
from bot.jobs.pledges import public
from bot.model import Action, Audience
from bot.model.makers import BoardPart
from bot.model.public import Matches, PublicPledge, Wanted
from bot.web.public.api import shapes
from bot.web.public.listed import path_of
from bot.web.public.pledges import board
from bot.web.public.pledges.one import asked
from bot.web.public.reader import Reader
from bot.web.public.record.facts import said

_AUDIENCES = {audience.word: audience for audience in Audience}


async def of_calendar(reader: Reader) -> shapes.Calendar:
    """Give the calendar, for one audience or all."""
    listed: list[calendar.CalendarEntry] = []
    for action in reader.of.actions:
        listed += _entries(reader, action)
        await asyncio.sleep(0)  # what sends has its turn between any two
    return shapes.Calendar(
        rehearsal=reader.playing,
        campaign=reader.of.id,
        title=reader.about(reader.of).title,
        url=reader.urls.whole(reader.here("calendar")),
        language=reader.speaks,
        actions=tuple(_entry(reader, entry) for entry in calendar.in_order(reader.of, listed)),
    )


def _entries(reader: Reader, action: Action) -> list[calendar.CalendarEntry]:
    wanted = reader.query.get("audience", "")
    try:
        return calendar.of_action(
            reader.of,
            action,
            reader.services.renderer,
            days=calendar.window(reader.of, None, reader.today),
            language=reader.speaks,
            today=reader.today,
            audiences=[each for each in Audience if wanted in ("", each.word)],
        )
    except RenderError:  # `drumbeat check` tells what is wrong; all others are given
        return []


def _entry(reader: Reader, entry: calendar.CalendarEntry) -> shapes.Entry:
    action, audience = reader.of.action(entry.id), _AUDIENCES[entry.audience]
    path = path_of(reader, action, audience) if action else reader.here("calendar")
    return shapes.Entry(
        id=entry.id,
        url=reader.urls.whole(path),
        audience=entry.audience,
        kind=entry.kind,
        observance=entry.observance,
        date=entry.date,
        nudge=entry.nudge,
        after=entry.after,
        month=entry.month,
        title=entry.title,
        text=entry.text,
        hashtags=entry.hashtags,
        links=entry.links,
        source=entry.source,
    )


def of_pledges(reader: Reader) -> shapes.Pledges:
    """Give a page of the public pledges that fit."""
    matches = _matches(reader)
    return shapes.Pledges(
        rehearsal=reader.playing,
        campaign=reader.of.id,
        url=reader.urls.whole(reader.here("pledges")),
        language=reader.language,
        count=matches.of,
        counts={name: dict(counts) for name, counts in matches.counts.items()},
        pledges=tuple(_pledge(reader, each) for each in _seen(reader, matches)),
        next=_next(reader, "pledges.json", matches.next),
    )


def of_results(reader: Reader) -> shapes.Results:
    """Give a page of the public results that fit."""
    matches = _matches(reader, board=True)
    return shapes.Results(
        rehearsal=reader.playing,
        campaign=reader.of.id,
        url=reader.urls.whole(reader.here(board.PATH)),
        language=reader.language,
        count=matches.of,
        counts={name: dict(counts) for name, counts in matches.counts.items()},
        results=tuple(_result(reader, each) for each in _seen(reader, matches)),
        next=_next(reader, f"{board.PATH}.json", matches.next),
    )


def _matches(reader: Reader, *, board: bool = False) -> Matches:
    query = reader.query
    phase, _, number = query["after"].partition("-")
    return reader.services.store.search.find(
        Wanted(
            campaign=reader.of.id,
            words=query["q"].strip(),
            board=board,
            group=query["group"],
            country=query["country"],
            topic=query["topic"],
            progress=query["progress"],
            language=query["language"],
            after=(int(phase), int(number)) if number else None,
        )
    )


def _seen(reader: Reader, matches: Matches) -> Iterator[PublicPledge]:
    for number in matches.pledges:
        pledge = public.view(reader.services, number, reader.language, reader.today)
        if isinstance(pledge, PublicPledge):
            yield pledge


def _next(reader: Reader, file: str, begins: tuple[int, int] | None) -> str | None:
    if begins is None:
        return None
    after = f"{begins[0]}-{begins[1]}"
    given = {name: value for name, value in {**reader.query, "after": after}.items() if value}
    path = reader.urls.path("api", reader.of.id, file)
    return f"{reader.urls.whole(path)}?{urlencode(given)}"


def of_pledge(reader: Reader) -> shapes.Pledge:
    """Give a pledge; raises `HTTPException` 410 for one that is gone, 404 for an unknown one."""
    return _pledge(reader, asked(reader))


def _pledge(reader: Reader, pledge: PublicPledge) -> shapes.Pledge:
    return shapes.Pledge(
        rehearsal=reader.playing,
        pledge=pledge.number,
        campaign=pledge.campaign,
        url=reader.urls.whole(reader.here("pledges", str(pledge.number))),
        language=pledge.language,
        name=pledge.name,
        audience=pledge.audience.word,
        group=pledge.stakeholder,
        organisation=pledge.organisation or None,
        person=pledge.person or None,
        country=pledge.country,
        description=pledge.description or None,
        action=pledge.action,
        plan=pledge.plan or None,
        impact=pledge.impact or None,
        website=pledge.website or None,
        accounts=tuple(shapes.Account(network=name, url=url) for name, url in pledge.accounts),
        topics=pledge.topics,
        progress=pledge.progress or None,
        milestones=tuple(
            shapes.Milestone(title=step.title, link=step.link) for step in pledge.milestones
        ),
        posts=pledge.posts,
        scale_up=_lines(pledge),
        verified=pledge.verified or None,
    )


def _lines(pledge: PublicPledge) -> tuple[shapes.Line, ...]:
    return tuple(shapes.Line(ask=line.ask, answer=line.answer) for line in pledge.scale_up)


def _result(reader: Reader, pledge: PublicPledge) -> shapes.Result:
    parts = {part: tuple(text for text, _ in board.told(pledge, part)) for part in BoardPart}
    return shapes.Result(
        pledge=pledge.number,
        url=reader.urls.whole(reader.here("pledges", str(pledge.number))),
        language=pledge.language,
        name=pledge.name,
        group=pledge.stakeholder,
        organisation=pledge.organisation or None,
        country=pledge.country,
        topics=pledge.topics,
        cost=parts[BoardPart.COST],
        evidence=parts[BoardPart.EVIDENCE],
        repeat=parts[BoardPart.REPEAT],
        scale_up=_lines(pledge),
    )


def of_facts(reader: Reader) -> shapes.Facts:
    """Give the facts, those that have expired, too."""
    return shapes.Facts(
        rehearsal=reader.playing,
        campaign=reader.of.id,
        url=reader.urls.whole(reader.here("facts")),
        language=reader.speaks,
        facts=tuple(
            shapes.Fact(
                name=each.fact.name,
                sentence=each.sentence,
                value=each.fact.value,
                means=each.explained.means,
                respond=each.explained.respond,
                year=each.fact.year,
                by=each.by,
                source=each.fact.source,
                as_of=each.fact.as_of,
                expires=each.fact.expires,
                source_url=each.fact.url or None,
                read=each.fact.read,
                expired=each.expired,
            )
            for each in said(reader)
        ),
    )
