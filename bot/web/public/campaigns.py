"""The first page, and the page of a campaign: what is on today, and this month."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.jobs.campaigns.languages.speaking import beyond
from bot.jobs.texts.posts import otherwise
from bot.languages import language_name, said_list
from bot.model import Campaign, Link
from bot.web.public import joining
from bot.web.public.listed import Entry, dated, day_of, month_name, months
from bot.web.public.pictures import cards
from bot.web.public.reader import WORDS, Elsewhere, Reader, Shown
from bot.web.public.shown import is_over, shown_campaigns


@dataclass(frozen=True, kw_only=True)
class Card:
    """A campaign on the first page."""

    campaign: Campaign
    title: str
    about: str
    path: str
    over: bool
    #: what comes next, where it goes on
    next: Entry | None
    #: None where it has none in the reader's language
    picture: cards.Shown | None


def slashed(reader: Reader) -> Elsewhere:
    """Lead from an address without the slash at its end to the one with it."""
    campaign = reader.campaign
    path = reader.urls.home(reader.language)
    return Elsewhere(path=path if campaign is None else reader.path(campaign.id, ""))


def home(reader: Reader) -> Shown:
    """Show the campaigns: those that go on, then the archives."""
    words = reader.words["home"]
    campaigns = shown_campaigns(reader.services, reader.today).values()
    told = [_card(reader, campaign) for campaign in campaigns]
    return Shown(
        template="home.html",
        title=words["title"],
        description=words["about"],
        values={
            "current": [card for card in told if not card.over],
            "archives": [card for card in told if card.over],
        },
    )


def _card(reader: Reader, campaign: Campaign) -> Card:
    said, over = reader.about(campaign), is_over(campaign, reader.today)
    return Card(
        campaign=campaign,
        title=said.title,
        about=said.about,
        path=reader.path(campaign.id, ""),
        over=over,
        next=None if over else next(_ahead(reader, campaign), None),
        picture=None if over else _pictured(replace(reader, campaign=campaign)),
    )


def _ahead(reader: Reader, campaign: Campaign) -> Iterator[Entry]:
    return (entry for entry in dated(reader, campaign) if day_of(entry) >= reader.today)


def campaign(reader: Reader) -> Shown:
    """Show a campaign: today, the month, what comes next; of an archive the whole year's months."""
    said = reader.about(reader.of)
    listed = dated(reader, reader.of)
    over = is_over(reader.of, reader.today)
    today = [entry for entry in listed if day_of(entry) == reader.today]
    coming = next((entry for entry in listed if day_of(entry) > reader.today), None)
    pictured = _pictured(reader)
    return Shown(
        template="campaign.html",
        title=said.title,
        description=said.about,
        picture=pictured.path if pictured else None,
        alt=pictured.alt if pictured else "",
        values={
            "card": pictured,
            "about": said.about,
            "written": _written(reader),
            "also_written": _also_written(reader),
            "join": joining.address(reader),
            "over": over,
            "today": today,
            "month": month_name(reader, reader.today),
            "this_month": _of_month(listed, reader.today),
            "next": coming,
            "months": months(reader, listed) if over else [],
            "observances": _observances(reader),
            "elsewhere": _elsewhere(reader),
        },
    )


def _written(reader: Reader) -> str:
    """Return the language of the campaign's texts where these pages are in another; else ''."""
    told = otherwise([reader.of], reader.language, reader.language)
    return said_list((language_name(tag, reader.language) for _, tag in told), reader.language)


def _also_written(reader: Reader) -> str:
    """Return the campaign's languages that neither pages nor chat speak; '' for none."""
    tags = beyond([reader.of], {*_spoken(reader), reader.speaks})
    return said_list((language_name(tag, reader.language) for tag in tags), reader.language)


def _spoken(reader: Reader) -> set[str]:
    renderer = reader.services.renderer
    return {*renderer.tags(WORDS).values(), *renderer.chat.languages()}


def _pictured(reader: Reader) -> cards.Shown | None:
    """Return the card of what is on or comes next; else of this month, in an archive its last."""
    if is_over(reader.of, reader.today):
        return cards.of_month(reader, reader.of.end or reader.today)
    actions = (reader.of.action(entry.id) for entry in _ahead(reader, reader.of))
    ahead = (cards.shown(reader, each) for each in actions if each)
    return next(filter(None, ahead), None) or cards.of_month(reader, reader.today)


def _of_month(listed: Sequence[Entry], today: date) -> list[Entry]:
    month = (today.year, today.month)
    return [entry for entry in listed if (day_of(entry).year, day_of(entry).month) == month]


def _observances(reader: Reader) -> list[tuple[str, date]]:
    """Return the named days of the campaign's year, by day, with their names."""
    names = reader.about(reader.of).observances
    days = {
        (names.get(entry.observance, entry.observance), entry.date)
        for entry in dated(reader, reader.of)
        if entry.observance and entry.date
    }
    return sorted(days, key=lambda pair: pair[1])


def _elsewhere(reader: Reader) -> list[tuple[str, Link]]:
    """Return the pages of others for which the campaign has words, with these; none without an
    address, since nobody has filled it in.
    """
    labels = reader.about(reader.of).links
    links = reader.of.links.values()
    return [
        (labels[link.name], link)
        for link in links
        if link.url and not link.own and link.name in labels
    ]
