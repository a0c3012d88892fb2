"""The shape of campaign.toml: languages, hashtags, dates, link slots and facts of a campaign."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from bot import text
from bot.files.shapes import Report, Shape
from bot.library.shapes import (
    Dated,
    Hashtag,
    Hashtags,
    Id,
    Ids,
    Language,
    Languages,
    Sourced,
    Text,
    Url,
)
from bot.model import Campaign, Fact, Link
from bot.model.campaign import CardLook, Colours
from bot.names import suggest
from bot.rules import colours


class LinkShape(Sourced):
    """A table [links.NAME]; an empty `url` is a slot that a person must still fill."""

    url: Url
    checked: date | None = None
    read: date | None = None
    page: Id | None = None
    topic: Id | None = None


def _value(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str) or value == "":
        raise ValueError("must be a number or a text")
    return value


class FactShape(Dated):
    """A table [facts.NAME]; `as_of` is the first day on which the fact may be said, `expires` the
    last one, `read` the one on which somebody last read it at `url`.
    """

    value: Annotated[object, AfterValidator(_value)]
    expires: date | None = None
    year: int | None = Field(None, ge=1900, le=2999)
    replaced_by: Id | None = None
    url: Url = ""
    read: date | None = None


def _colour(word: str) -> str:
    if not colours.COLOUR.fullmatch(word):
        raise ValueError(f"{word!r} is no colour; write it like #0b5cad")
    return word.lower()


Colour = Annotated[str, AfterValidator(_colour)]


class ColoursShape(Shape):
    """The table [colours]: how letters look. Without `dark`, it is made of the accent."""

    accent: Colour = Colours().accent
    dark: Colour | None = None


class CardsShape(Shape):
    """The table [cards]: how the pictures look that are made of words."""

    ground: Colour | None = None
    mark: Colour = CardLook().mark
    font: str = ""
    logo: Id | None = None


class CampaignShape(Shape):
    """Everything that campaign.toml may hold."""

    language: Language
    languages: Languages | None = None
    hashtag: Hashtag
    hashtags: Hashtags | None = None
    start: date | None = None
    end: date | None = None
    contact: str = ""
    source: Text
    yields_to: Ids = Field([])
    like: Id | None = None
    links: dict[Id, LinkShape] = Field({})
    facts: dict[Id, FactShape] = Field({})
    colours: ColoursShape = ColoursShape()
    cards: CardsShape = CardsShape()


def judge(shape: CampaignShape, campaign_id: str, report: Report) -> None:
    """Report keys that contradict each other, such as an `end` before the `start`."""
    if shape.languages is not None and shape.language not in shape.languages:
        report(
            "languages",
            f"{shape.language!r}, the campaign's own language, is not among them; add it",
        )
    if shape.hashtags is not None and text.normal(shape.hashtag) not in map(
        text.normal, shape.hashtags
    ):
        report(
            "hashtags",
            f"{shape.hashtag!r}, the campaign's main hashtag, is not among them; add"
            f" it{suggest(shape.hashtag, shape.hashtags)}",
        )
    if shape.start and shape.end and shape.start > shape.end:
        report("end", f"{shape.end} lies before start = {shape.start}; change one of them")
    if campaign_id in shape.yields_to:
        report("yields_to", "a campaign can't yield to itself; take its own id out")
    for key, colour, ground, cure in (
        ("accent", shape.colours.accent, colours.WHITE, "darker"),
        ("dark", shape.colours.dark, colours.NIGHT, "lighter"),
    ):
        if colour and (apart := colours.contrast(colour, ground)) < colours.READABLE:
            report(
                f"colours.{key}",
                f"{colour} can't be read on {ground}: their contrast is {apart:.1f}, and"
                f" {colours.READABLE} is the least; take a {cure} one",
            )
    _judge_cards(shape, report)
    for name, fact in shape.facts.items():
        _judge_fact(name, fact, shape.facts, report)


def _judge_fact(name: str, fact: FactShape, facts: Mapping[str, FactShape], report: Report) -> None:
    """Report keys of a fact that contradict each other, or another fact."""
    if fact.expires is not None and fact.expires < fact.as_of:
        report(
            f"facts.{name}.expires",
            f"{fact.expires} lies before as_of = {fact.as_of}; change one of them",
        )
    if fact.read is not None and not fact.url:
        report(f"facts.{name}.read", "nobody knows where it was read; add its url")
    if fact.replaced_by is None:
        return
    newer = facts.get(fact.replaced_by)
    if newer is None:
        report(
            f"facts.{name}.replaced_by",
            f"there is no fact {fact.replaced_by!r}{suggest(fact.replaced_by, facts)}; correct it,"
            f" or write [facts.{fact.replaced_by}]",
        )
    elif newer.as_of <= fact.as_of:
        report(
            f"facts.{name}.replaced_by",
            f"{fact.replaced_by} is of {newer.as_of}, which is no later than {fact.as_of}; name a"
            " newer fact, or take the line out",
        )


def _judge_cards(shape: CampaignShape, report: Report) -> None:
    """Report colours of cards that can't be told from each other."""
    look = cards_of(shape)
    if (apart := colours.contrast(look.mark, look.ground)) < colours.SEEN:
        report(
            "cards.mark",
            f"{look.mark} can't be told from the ground {look.ground}: their contrast is"
            f" {apart:.1f}, and {colours.SEEN} is the least; take a lighter or darker one",
        )
    if (apart := colours.contrast(look.ground, colours.WHITE)) < colours.READABLE:
        report(
            "cards.ground",
            f"{look.ground} can't be read on {colours.WHITE}: their contrast is {apart:.1f}, and"
            f" {colours.READABLE} is the least; take a darker one",
        )


def links(shape: CampaignShape) -> dict[str, Link]:
    """Return the campaign's link slots by name."""
    return {
        name: Link(
            name=name,
            url=link.url,
            source=link.source,
            checked=link.checked,
            read=link.read,
            page=link.page,
            topic=link.topic,
        )
        for name, link in shape.links.items()
    }


def judge_pages(campaign: Campaign, report: Report) -> None:
    """Report link slots whose page is none of ours, or one for which the campaign has no data; and
    whose topic is none of the campaign's, or stands without the page that is looked through by it.
    """
    pages, topics = campaign.pages, [topic.id for topic in campaign.topics]
    for link in campaign.links.values():
        if link.topic is not None and link.page != "pledges":
            report(
                f"links.{link.name}.topic",
                'only the page "pledges" is looked through by topic; set `page` to it, or take the'
                " line out",
            )
        elif link.topic is not None and link.topic not in topics:
            wrong = f"pledges.toml has no topic {link.topic!r}{suggest(link.topic, topics)}"
            report(f"links.{link.name}.topic", f"{wrong}; correct it, or write a [[topic]] there")
        if link.page is not None and link.page not in pages:
            wrong = f"there is no page {link.page!r}{suggest(link.page, pages)}"
            report(f"links.{link.name}.page", f"{wrong}; correct it, or take the line out")
        elif link.page is not None and not pages[link.page]:
            report(
                f"links.{link.name}.page",
                f"the campaign has no data for its page {link.page!r}; add them, or take the line"
                " out",
            )


def facts(shape: CampaignShape) -> dict[str, Fact]:
    """Return the campaign's facts by name."""
    # FactShape has already refused values that are no number or text
    return {
        name: Fact(
            name=name,
            value=fact.value,  # type: ignore[arg-type]
            source=fact.source,
            as_of=fact.as_of,
            expires=fact.expires,
            year=fact.year,
            replaced_by=fact.replaced_by or "",
            url=fact.url,
            read=fact.read,
        )
        for name, fact in shape.facts.items()
    }


def colours_of(shape: CampaignShape) -> Colours:
    """Return the colours of the campaign's letters; without one for dark screens, the accent made
    light enough.
    """
    given = shape.colours
    if "accent" not in given.model_fields_set and given.dark is None:
        return Colours()
    return Colours(
        accent=given.accent, dark=given.dark or colours.lightened(given.accent, colours.NIGHT)
    )


def cards_of(shape: CampaignShape) -> CardLook:
    """Return how the campaign's cards look; their ground is by default the accent of letters."""
    given, usual = shape.cards, CardLook()
    accent = shape.colours.accent if "accent" in shape.colours.model_fields_set else usual.ground
    return CardLook(
        ground=given.ground or accent, mark=given.mark, font=given.font, logo=given.logo or ""
    )
