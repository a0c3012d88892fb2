"""Who runs this instance, what is kept about readers, and how to reach a person; and the files
that search engines ask for.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from markupsafe import escape

from bot.jobs.counting import figures
from bot.jobs.pledges import public
from bot.jobs.staff.clearances import CLEAR
from bot.jobs.staff.logins import DESK
from bot.rules.tokens import Purpose
from bot.web.public.countries import pages as countries
from bot.web.public.listed import asked_of, months_of
from bot.web.public.menu import MENU
from bot.web.public.reader import FALLBACK, WORDS, File, Reader, Shown
from bot.web.public.shown import shown_campaigns

_MOST = 5_000
"""Pledges of a campaign in the sitemap."""

_MOST_IN_ALL = 50_000
"""Addresses in a sitemap (sitemaps.org), in all languages together."""


def about(reader: Reader) -> Shown:
    """Show what this is, who is responsible, privacy, licence and accessibility."""
    words, privacy = reader.words["about"], reader.services.settings.privacy
    return Shown(
        template="about.html",
        title=words["title"],
        description=words["text"],
        values={
            "privacy": privacy,
            "asks": reader.services.settings.usage.questions,
            "demonstration": _demonstration(reader),
            "contacts": list(_contacts(reader)),
        },
    )


def _demonstration(reader: Reader) -> list[str]:
    """Return what says that nobody answers for these pages: each campaign's own words for it."""
    campaigns = shown_campaigns(reader.services, reader.today).values()
    said = reader.services.renderer.page_words
    own = [said(each, reader.language, fallback=FALLBACK) for each in campaigns]
    return list(dict.fromkeys(words["about"]["demonstration"] for words in own or [reader.words]))


def _contacts(reader: Reader) -> Iterator[tuple[str, str]]:
    """Yield title and contact of each campaign that has one."""
    for campaign in shown_campaigns(reader.services, reader.today).values():
        if campaign.contact:
            yield reader.about(campaign).title, campaign.contact


def robots(sitemap: str, *, rehearsal: bool) -> File:
    """Return robots.txt: what letters link to is not for search engines, nor is what staff do, nor
    a rehearsal.
    """
    lines = ["User-agent: *"]
    if rehearsal:
        lines.append("Disallow: /")
    else:
        closed = (*(purpose.value for purpose in Purpose), CLEAR, DESK, "healthz")
        lines += [*(f"Disallow: /{name}" for name in closed), f"Sitemap: {sitemap}"]
    return File(content="\n".join([*lines, ""]).encode(), media_type="text/plain; charset=utf-8")


def sitemap(reader: Reader) -> File:
    """Return sitemap.xml with each page in each language, as many as it may hold; a rehearsal's is
    empty.
    """
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    )
    tags = sorted(reader.services.renderer.tags(WORDS).values())
    paths = islice(_paths(reader), 0 if reader.playing else _MOST_IN_ALL // len(tags))
    entries = (_entry(reader, tags, tag, parts) for parts in paths for tag in tags)
    return File(
        content=f"{head}{''.join(entries)}</urlset>\n".encode(), media_type="application/xml"
    )


def _paths(reader: Reader) -> Iterator[tuple[str, ...]]:
    """Yield the parts of each page's path behind its language; those of pledges, which can be too
    many, come last.
    """
    yield from [("",), ("about",), ("danger",)]
    campaigns = shown_campaigns(reader.services, reader.today).values()
    readers = [replace(reader, campaign=campaign) for campaign in campaigns]
    for within in readers:
        for parts in chain.from_iterable(kind(within) for kind in _KINDS):
            yield (within.of.id, *parts)
    for within in readers:
        for parts in _of_pledges(within):
            yield (within.of.id, "pledges", *parts)


def _in_menu(reader: Reader) -> Iterator[tuple[str, ...]]:
    return (entry.path or ("",) for entry in MENU if entry.shows(reader))


def _of_calendar(reader: Reader) -> Iterator[tuple[str, ...]]:
    for audience in asked_of(reader.of):
        yield ("calendar", audience.word)
        for first in months_of(reader.of, audience, reader.today):
            yield ("calendar", audience.word, f"{first:%Y-%m}")


def _of_actions(reader: Reader) -> Iterator[tuple[str, ...]]:
    return (("actions", action.id) for action in reader.of.actions if action.asks)


def _of_events(reader: Reader) -> Iterator[tuple[str, ...]]:
    return (("events", event.id) for event in reader.of.events)


def _of_countries(reader: Reader) -> Iterator[tuple[str, ...]]:
    return (("countries", code) for code in countries.with_page(reader))


def _of_digests(reader: Reader) -> Iterator[tuple[str, ...]]:
    for sent in reader.services.store.digests.approved(reader.of.id):
        yield ("digests", f"{sent.first:%Y-%m}")


def _of_figures(reader: Reader) -> Iterator[tuple[str, ...]]:
    for first in figures.months(reader.services, reader.of, reader.today):
        yield ("figures", f"{first:%Y-%m}")


_KINDS = (
    _in_menu,
    _of_calendar,
    _of_actions,
    _of_events,
    _of_countries,
    _of_digests,
    _of_figures,
)


def _of_pledges(reader: Reader) -> Iterator[tuple[str, ...]]:
    numbers = reader.services.store.search.newest(reader.of.id, _MOST)
    yield from ((str(number),) for number in numbers)
    for number in public.with_years(reader.services, reader.of, numbers, reader.today):
        yield (str(number), "year")


def _entry(reader: Reader, tags: list[str], tag: str, parts: tuple[str, ...]) -> str:
    def where(language: str) -> str:
        return str(escape(reader.urls.whole(reader.urls.path(language, *parts))))

    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{other}" href="{where(other)}"/>' for other in tags
    )
    return f"<url><loc>{where(tag)}</loc>{others}</url>\n"
