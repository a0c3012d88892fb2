"""Makes the answers of the API about events and countries of what the pages show, by the same
functions.
"""

from collections.abc import Iterator

from bot.jobs.pathfinders import reports
from bot.languages import alphabetical, country_name
from bot.model import Link
from bot.model.pathfinders import LifeEvent, Pathfinder, PathStanding
from bot.rules.events.when import takes
from bot.rules.pathfinders import standing
from bot.web.public.api import shapes
from bot.web.public.countries.pages import label, published
from bot.web.public.events import listed, roadmap
from bot.web.public.reader import Reader


def of_events(reader: Reader) -> shapes.Events:
    """Give the events by day, and the steps of the roadmap in its order."""
    return shapes.Events(
        rehearsal=reader.playing,
        campaign=reader.of.id,
        url=reader.urls.whole(reader.here("events")),
        language=reader.speaks,
        events=tuple(_event(reader, each) for each in listed.said(reader)),
        roadmap=tuple(_step(each) for each in roadmap.said(reader)),
    )


def _event(reader: Reader, said: listed.SaidEvent) -> shapes.Event:
    event = said.event
    return shapes.Event(
        id=event.id,
        url=reader.urls.whole(said.path),
        title=said.title,
        about=said.about or None,
        place=said.place or None,
        state=event.state.value,
        over=said.over,
        start=event.starts,
        end=event.ends,
        date=event.day,
        last_date=event.last_day,
        month=f"{event.month:%Y-%m}" if event.month else None,
        zone=str(event.starts.tzinfo) if event.starts else None,
        languages=event.languages,
        organisers=event.organisers,
        capacity=event.capacity,
        signup=takes(event, reader.now, reader.today),
        link=_address(said.link),
        recording=_address(said.recording),
        source=event.source,
        source_url=event.url or None,
        read=event.read,
    )


def _address(link: Link | None) -> str | None:
    return link.url if link else None


def _step(said: roadmap.SaidStep) -> shapes.Step:
    step = said.step
    return shapes.Step(
        id=step.id,
        title=said.title,
        when=said.when,
        event=step.event,
        source=step.source,
        came=said.came or None,
        came_source=step.came.source if step.came else None,
        came_url=(step.came.url or None) if step.came else None,
    )


def of_countries(reader: Reader) -> shapes.Countries:
    """Give the countries of the campaign's list, and those that go ahead with what happened."""
    of = reader.of.pathfinders
    return shapes.Countries(
        rehearsal=reader.playing,
        campaign=reader.of.id,
        url=reader.urls.whole(reader.here("countries")),
        language=reader.speaks,
        listed=_listed(reader),
        as_of=of.as_of if of else None,
        source=of.source if of else None,
        ahead=tuple(_ahead(reader)),
    )


def _listed(reader: Reader) -> shapes.CountryList | None:
    countries = reader.of.countries
    if countries is None:
        return None
    named = [(country_name(code, reader.speaks), code) for code in countries.codes]
    return shapes.CountryList(
        label=label(reader),
        source=countries.source,
        as_of=countries.as_of,
        countries=tuple(
            shapes.ListedCountry(country=code, name=name)
            for name, code in sorted(named, key=lambda each: alphabetical(each[0]))
        ),
    )


def _ahead(reader: Reader) -> Iterator[shapes.CountryAhead]:
    of = reader.of.pathfinders
    for country in of.countries if of else ():
        at = standing(of, country, reader.today) if of else None
        if at is not None:
            yield _country(reader, country, at)


def _country(reader: Reader, country: Pathfinder, at: PathStanding) -> shapes.CountryAhead:
    return shapes.CountryAhead(
        country=country.code,
        name=country_name(country.code, reader.speaks),
        url=reader.urls.whole(reader.here("countries", country.code)),
        state=at.state.value,
        since=at.since,
        due=at.due,
        missed=at.missed,
        events=tuple(_life(each) for each in country.events if each.known <= reader.today),
        reports=tuple(_reports(reader, country)),
    )


def _life(event: LifeEvent) -> shapes.CountryEvent:
    return shapes.CountryEvent(
        kind=event.kind.value,
        on=event.on,
        until=event.until,
        by=event.by,
        outcome=event.outcome.value if event.outcome else None,
        source=event.source,
    )


def _reports(reader: Reader, country: Pathfinder) -> Iterator[shapes.Report]:
    for report in published(reader, country):
        lines = reports.lines(reader.services, report, reader.speaks)
        yield shapes.Report(
            date=reports.day_of(report),
            language=report.language,
            lines=tuple(shapes.Line(ask=line.ask, answer=line.answer) for line in lines),
        )
