"""What stands on a card: the words of an action in one language, put together from its templates,
the campaign's words and its calendar.
"""

from datetime import date
from typing import Protocol

from bot import languages
from bot.errors import RenderError
from bot.files.frozen import File
from bot.languages import stop
from bot.model import Action, Audience, Campaign, Picture, Rendered, Role
from bot.model.campaign import Card
from bot.model.words import Words
from bot.render.facts import SaidFact
from bot.render.unlinked import lacks_link


class _Texts(Protocol):
    """What of the renderer a card is made with."""

    def text(
        self,
        campaign: Campaign,
        action: Action,
        role: Role,
        *,
        language: str,
        network: str,
        audience: Audience,
        day: date,
    ) -> Rendered: ...

    def blocks(self, campaign: Campaign, action_id: str, *, language: str) -> tuple[str, ...]: ...

    def words(self, campaign: Campaign, language: str) -> Words: ...

    def picture_named(self, campaign: Campaign, slot: str) -> File | None: ...


class CardMaker(Protocol):
    """Who draws cards, as `bot.jobs.campaigns.cards` does."""

    def of_post(self, card: Card, alt: str, network: str) -> Picture | None:
        """Return the card as the picture of a post on a network; None where it can't be made."""
        ...


def card_of(
    renderer: _Texts, campaign: Campaign, action: Action, *, language: str, day: date
) -> tuple[Card, str]:
    """Return the card of an action on this day, and its alt text: that of the template, or else the
    card's words.

    A named day's card has the day, its name, and below it what the template's block `card` says, or
    else the action's title. Any other has the month, and in large letters what `card` says, or else
    the title.

    Raises `RenderError`.
    """

    def said(role: Role) -> str:
        return renderer.text(
            campaign,
            action,
            role,
            language=language,
            network="",
            audience=action.audiences[0] if action.audiences else Audience.INDIVIDUAL,
            day=day,
        ).text

    blocks = renderer.blocks(campaign, action.id, language=language)
    title = said(Role.CARD if Role.CARD.value in blocks else Role.TITLE)
    name = _name(renderer, campaign, action, language)
    card = Card(
        campaign=campaign.id,
        language=language,
        direction=languages.direction(language),
        month=0 if action.when is None and action.month is None else day.month,
        festive=bool(name),
        when=_when(campaign, action, language, day),
        title=name or title,
        line=title if name and title != name else "",
        hashtags=action.hashtags or (campaign.hashtag,),
        link=_link(campaign, action),
        look=campaign.cards,
        logo=_logo(renderer, campaign),
    )
    return card, said(Role.ALT) if Role.ALT.value in blocks else stop(card.language).join(
        card.words
    )


def card_of_fact(
    renderer: _Texts, campaign: Campaign, said: SaidFact, language: str
) -> tuple[Card, str]:
    """Return the card of a fact, and its alt text: the year that it is about, its sentence, and who
    says it. Its link is the source's own page. Raises `RenderError`.
    """
    fact = said.fact
    card = Card(
        campaign=campaign.id,
        language=language,
        direction=languages.direction(language),
        month=0,
        festive=True,
        when=str(fact.year or ""),
        title=said.sentence,
        line=said.by,
        hashtags=(campaign.hashtag,),
        link=fact.url,
        look=campaign.cards,
        logo=_logo(renderer, campaign),
    )
    return card, f"{said.cited} {campaign.hashtag}"


def _name(renderer: _Texts, campaign: Campaign, action: Action, language: str) -> str:
    """Return the name of the action's day; empty where it has none."""
    if action.observance is None:
        return ""
    return renderer.words(campaign, language).observances.get(action.observance, "")


def _when(campaign: Campaign, action: Action, language: str, day: date) -> str:
    if action.observance is not None:
        # as people write it in the alt text; on the card it is one line
        return languages.said_month_day(day, language).replace("\u00a0", " ")
    if action.month is None and action.when is None:
        return ""
    return languages.said_month(day, language, year=campaign.start is not None)


def _link(campaign: Campaign, action: Action) -> str:
    """Return the first of the action's pages; none while one of them is missing."""
    if lacks_link(campaign, action):
        return ""
    urls = (campaign.links[name].url for name in action.links if name in campaign.links)
    return next(urls, "")


def _logo(renderer: _Texts, campaign: Campaign) -> bytes | None:
    """Return the picture that the campaign names as its logo; raises `RenderError` without it."""
    if not campaign.cards.logo:
        return None
    file = renderer.picture_named(campaign, campaign.cards.logo)
    if file is None or file.fault:
        raise RenderError(
            f"campaigns/{campaign.id}/campaign.toml: cards.logo: no picture is called"
            f" {campaign.cards.logo!r}; put {campaign.cards.logo}.png into"
            f" campaigns/{campaign.id}/pictures, or take the key out"
        )
    return file.data
