"""Cards of campaigns: pictures made of an action's words, for posts, packs and pages.

A campaign's own file in campaigns/<id>/pictures/, named after the
slot with or without a language, goes before the card that would be drawn.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from bot.errors import PictureUnfit
from bot.model import Action, Campaign, Kind, Picture
from bot.model.campaign import Card, Size
from bot.pictures.cards.keeping import Kept
from bot.render import Renderer
from bot.render.cards import card_of
from bot.rules import dates

log = logging.getLogger(__name__)

_SQUARE = frozenset({"instagram"})
"""Networks that cut what is no square."""

_YEAR = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class CardPicture:
    """A card, or the campaign's own picture in its place, with the words for who can't see it."""

    #: a PNG of a card; of an own file the bytes as they lie in its folder
    data: bytes = field(repr=False)
    alt: str
    #: the own file; None for a card
    file: Path | None
    #: in pixels; None for an own file
    size: Size | None
    #: BCP 47 tag of its words, after fallback
    language: str
    #: the same for the same picture: for an ETag, or a name that may be kept for ever
    digest: str


class Cards:
    """Draws the cards of posts, in the size that each network shows whole."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept

    def of_post(self, card: Card, alt: str, network: str) -> Picture | None:
        """Return the card as the picture of a post on a network.

        None where nothing here has the letters of its language, or its words are too long: the post
        goes out without it, and the log says so.
        """
        size = Size.SQUARE if network in _SQUARE else Size.WIDE
        try:
            data = self.kept.png(card, size)
        except PictureUnfit as error:
            log.warning("%s: a post goes out without its card: %s", card.campaign, error)
            return None
        return Picture(path=self.kept.path(card, size), data=data, alt=alt)


def picture_of(
    renderer: Renderer, campaign: Campaign, action: Action, language: str, size: Size, day: date
) -> CardPicture:
    """Return the picture of an action on a day, in a language and a size.

    A picture of the campaign's own comes as it lies in its folder, in whatever size. Raises
    `PictureUnfit` for words that don't fit or a language for whose letters no font is here,
    `RenderError` for a text that can't be made.
    """
    kept = kept_by(renderer)
    own = renderer.picture_named(campaign, action.picture or action.id, language)
    drawn, alt = card_of(renderer, campaign, action, language=language, day=day)
    if own is not None and not own.fault:
        return CardPicture(
            data=own.data,
            alt=alt,
            file=own.path,
            size=None,
            language=drawn.language,
            digest=sha256(own.data).hexdigest()[:32],
        )
    return CardPicture(
        data=kept.png(drawn, size),
        alt=alt,
        file=None,
        size=size,
        language=drawn.language,
        digest=kept.digest(drawn, size),
    )


def kept_by(renderer: Renderer) -> Kept:
    """Return where the renderer's cards are kept: those of a command that opens no database, in
    memory.
    """
    return renderer.cards.kept if isinstance(renderer.cards, Cards) else _MEMORY


_MEMORY = Kept()


def day_of(campaign: Campaign, action: Action, today: date) -> date:
    """Return the action's next day from today on, within the campaign; else its last, else today or
    the campaign's day that is nearest to it.
    """
    start = campaign.start or today
    end = campaign.end or max(start, today) + _YEAR
    days = dates.days(action.when, start, end) if action.when is not None else []
    coming = [each for each in days if each >= today]
    if days:
        return coming[0] if coming else days[-1]
    if action.month is not None:
        return _in_month(start, end, action.month)
    return min(max(today, start), end)


def _in_month(start: date, end: date, month: int) -> date:
    """Return the first day of a month within these days; else that of the first year."""
    years = range(start.year, end.year + 1)
    firsts = [date(year, month, 1) for year in years]
    return next((day for day in firsts if day >= start.replace(day=1)), firsts[0])


def all_of(campaign: Campaign) -> Iterator[Action]:
    """Yield the actions that have a card: all but the prompts of journeys."""
    yield from (action for action in campaign.actions if action.kind is not Kind.PROMPT)
