"""Which letters cards can have: the fonts that are here, and the languages that have none."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from bot.config import Settings
from bot.errors import RenderError
from bot.jobs.campaigns.cards import all_of, day_of
from bot.jobs.campaigns.pictures import own_campaigns
from bot.library import Library
from bot.model import Campaign
from bot.pictures.cards.fonts import families, lacking, packages
from bot.render import Renderer
from bot.render.cards import card_of

_LOOKED_AT = 3
"""Cards of a campaign whose words are looked at: another script stands on all of them."""

_NAMED = 3
"""Letters that are named."""


def sentences(settings: Settings, library: Library, today: date) -> Iterator[tuple[str, str]]:
    """Yield for each language of a campaign for whose cards no font is here its campaign and tag,
    and what to do: of the active campaigns and the operator's own.
    """
    own = {campaign.id for campaign in own_campaigns(library)}
    renderer = Renderer(library.files, library.campaigns)
    for campaign in library.campaigns.values():
        if campaign.id in own.union(settings.active):
            for tag in campaign.languages:
                if missing := lacking(_words(renderer, campaign, tag, today), settings.fonts):
                    yield f"{campaign.id}, {tag}", _sentence(campaign, tag, missing)


def _words(renderer: Renderer, campaign: Campaign, tag: str, today: date) -> Iterator[str]:
    """Yield what stands on the first cards in this language, where its texts are there."""
    tried = 0
    for action in all_of(campaign):
        day = day_of(campaign, action, today)
        with suppress(RenderError):
            yield from card_of(renderer, campaign, action, language=tag, day=day)[0].words
            tried += 1
        if tried == _LOOKED_AT:
            return


def _sentence(campaign: Campaign, tag: str, missing: str) -> str:
    named = ", ".join(missing[:_NAMED])
    return (
        f"{campaign.id}: there are no cards in {tag}, since no font here has its letters"
        f" ({named} …): install {packages(missing)} or another font, and name its folder under"
        " [pictures] fonts in config.toml"
    )


def fonts(settings: Settings) -> str:
    """Return which fonts cards can have, in one sentence."""
    usual = "Libertinus Serif, which comes along: Latin, Greek, Cyrillic and Hebrew letters"
    named = families(settings.fonts)
    shown = ", ".join(named[:_SHOWN])
    more = f" and {len(named) - _SHOWN} more families" if len(named) > _SHOWN else ""
    own = f"; by [pictures] fonts {shown}{more}" if named else ""
    none = "" if named or not settings.fonts else "; no font is in the folders of [pictures] fonts"
    return f"cards can have {usual}{own}{none}"


_SHOWN = 6
"""Families that are named."""
