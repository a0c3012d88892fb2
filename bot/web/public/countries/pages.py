"""Countries: as their source labels them, how far those are that go ahead of others, and a page for
each of these with what happened there. A campaign without the data has no such page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.gaps import filled
from bot.jobs.pathfinders import reports
from bot.languages import alphabetical, country_name
from bot.model.pathfinders import LifeEvent, Pathfinder, PathStanding
from bot.model.pathfinders.report import CountryReport
from bot.model.public import PublicLine
from bot.rules.pathfinders import standing
from bot.web.public.countries import files
from bot.web.public.reader import Reader, Shown


@dataclass(frozen=True, kw_only=True)
class Named:
    """A country as a list shows it; path and state are '' where only its name is known."""

    name: str
    path: str = ""
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class Told:
    """Something that happened with a country, in the reader's words."""

    what: str
    when: str
    #: what a review found; '' for all else
    found: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a country beside its life, for one part of its report."""

    title: str
    texts: tuple[str, ...]
    #: who says so, each once
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What a country said of its progress, which staff let everybody see."""

    when: str
    #: tag of the language of its own words
    language: str
    lines: tuple[PublicLine, ...]
    files: files.Links


def countries(reader: Reader) -> Shown:
    """Show the countries with the label of their source, and those that go ahead; raises
    `HTTPException` 404 without any.
    """
    if not reader.of.pages["countries"]:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    listed, of, words = reader.of.countries, reader.of.pathfinders, reader.about(reader.of)
    codes = set(listed.codes if listed else ())
    ahead = [each.code for each in of.countries if each.code not in codes] if of else []
    return Shown(
        template="countries.html",
        title=label(reader),
        trail=((words.title, f"{reader.here()}/"),),
        values={
            "listed": listed,
            "names": _named(reader, codes),
            "of": of,
            "ahead": _named(reader, ahead),
            "said_ahead": words.pathfinders,
            "later": [
                (each, words.pathfinders.say("later", each.id)) for each in (of.later if of else ())
            ],
        },
    )


def _named(reader: Reader, codes: Iterable[str]) -> list[Named]:
    return sorted((_name(reader, code) for code in codes), key=lambda each: alphabetical(each.name))


def _name(reader: Reader, code: str) -> Named:
    name, of = country_name(code, reader.language), reader.of.pathfinders
    there = of.country(code) if of else None
    at = standing(of, there, reader.today) if of and there else None
    if at is None:
        return Named(name=name)
    state = reader.about(reader.of).pathfinders.say("states", at.state.value)
    return Named(name=name, path=reader.here("countries", code), state=state)


def with_page(reader: Reader) -> list[str]:
    """Return the codes of the countries that have a page."""
    of = reader.of.pathfinders
    each = of.countries if of else ()
    return [there.code for there in each if of and standing(of, there, reader.today)]


def country(reader: Reader) -> Shown:
    """Show what happened with a country; raises `HTTPException` 404 for one that has no life."""
    of = reader.of.pathfinders
    there = of.country(reader.parts["code"]) if of else None
    at = standing(of, there, reader.today) if of and there else None
    if of is None or there is None or at is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    words = reader.about(reader.of)
    events = [each for each in there.events if each.known <= reader.today]
    return Shown(
        template="country.html",
        title=country_name(there.code, reader.language),
        description=words.pathfinders.say("states", at.state.value),
        trail=((words.title, f"{reader.here()}/"), (label(reader), reader.here("countries"))),
        values={
            "of": of,
            "state": _state(reader, at),
            "due": _due(reader, at),
            "events": [told(reader, each) for each in events],
            "known": _known(reader, there),
            "reports": [_report(reader, each) for each in published(reader, there)],
            "files": files.offered(reader, there) if of.parts else [],
        },
    )


def label(reader: Reader) -> str:
    """Return what the list of countries is called, or those that go ahead where there is none."""
    words, listed = reader.about(reader.of), reader.of.countries
    return (words.countries or listed.label) if listed else words.pathfinders.title


def _state(reader: Reader, at: PathStanding) -> str:
    said = reader.words["countries"]
    state = reader.about(reader.of).pathfinders.say("states", at.state.value)
    return filled(said["since"], state=state, day=reader.day(at.since)) if at.since else state


def _due(reader: Reader, at: PathStanding) -> str:
    """Return until when the next review is due, and how many went by without progress."""
    said = reader.words["countries"]
    if at.due is None:
        return ""
    due = filled(said["due"], day=reader.day(at.due))
    missed = filled(said["missed"], count=reader.number(at.missed)) if at.missed else ""
    return f"{due} {missed}".strip()


def told(reader: Reader, event: LifeEvent) -> Told:
    """Return something that happened, in the reader's words."""
    words = reader.about(reader.of).pathfinders
    return Told(
        what=words.say("events", event.kind.value),
        when=_when(reader, event),
        found=words.say("outcomes", event.outcome.value) if event.outcome else "",
        source=event.source,
    )


def _when(reader: Reader, event: LifeEvent) -> str:
    said = reader.words["countries"]
    if event.on is None:
        return filled(said["undated"], day=reader.day(event.by or date.max))
    if event.until is None:
        return reader.day(event.on)
    return reader.days(event.on, event.until)


def published(reader: Reader, there: Pathfinder) -> list[CountryReport]:
    """Return what a country reported and staff let everybody see, the newest first."""
    store = reader.services.store.country_reports
    return store.shown(reader.of.id, there.code)


def _report(reader: Reader, report: CountryReport) -> Reported:
    return Reported(
        when=reader.day(reports.day_of(report)),
        language=report.language,
        lines=reports.lines(reader.services, report, reader.language),
        files=files.of_report(reader, report),
    )


def _known(reader: Reader, there: Pathfinder) -> list[Known]:
    """Return what else is known of a country by the parts of its report, in their order."""
    words, of = reader.about(reader.of).pathfinders, reader.of.pathfinders
    return [
        Known(
            title=words.say("parts", part.id),
            texts=tuple(words.say("texts", each.id) for each in texts),
            sources=tuple(dict.fromkeys(each.source for each in texts)),
        )
        for part in (of.parts if of else ())
        if (texts := [each for each in there.texts if each.part == part.id])
    ]
