"""A card: a picture made of words alone, for a named day, a month, or an action."""

from dataclasses import dataclass, field
from enum import Enum

from bot.model.campaign import CardLook


class Size(Enum):
    """What a card measures, in pixels: width and height."""

    #: what links, X, Bluesky, Mastodon, Telegram, Facebook and LinkedIn show whole
    WIDE = (1200, 675)
    #: Instagram
    SQUARE = (1080, 1080)
    #: stories, and screens that are held upright
    TALL = (1080, 1920)

    @property
    def width(self) -> int:
        """Return how many pixels it is wide."""
        return self.value[0]

    @property
    def height(self) -> int:
        """Return how many pixels it is high."""
        return self.value[1]

    @property
    def word(self) -> str:
        """Return the name under which people choose it: wide, square or tall."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True)
class Card:
    """All that goes into a card but its size."""

    campaign: str
    #: BCP 47 tag of the language of its words
    language: str
    #: 'ltr' or 'rtl'
    direction: str
    #: 1-12; 0 for what belongs to no month
    month: int
    #: of a named day, on the campaign's own colour; else a month's, on paper
    festive: bool
    #: the day or month as the language writes it; empty where there is none
    when: str
    title: str
    #: a short line below; may be empty
    line: str
    #: as written, with '#'
    hashtags: tuple[str, ...]
    #: address of a page that a phone's camera opens; empty without one
    link: str
    look: CardLook
    #: a picture of the campaign's own: its bytes, or None
    logo: bytes | None = field(default=None, repr=False)

    @property
    def words(self) -> tuple[str, ...]:
        """Return all that can be read on it, from the top down."""
        said = (self.when, self.title, self.line, *self.hashtags)
        return tuple(part for part in said if part)
