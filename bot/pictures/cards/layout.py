"""Where things stand on a card: the pieces that Typst draws, and the places that they are put to.

All lengths are pixels. `x` is counted from the side where the language begins to be read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Final, Literal

from bot.model.campaign import Card, Size

_EDGE: Final = 64
_BAND: Final = 150
"""The band of a month's card; of this, and of all else here, a card has 675 at its shorter side."""

_CODE: Final = 160
"""What a QR code takes of the hashtags' line, with the gap before it."""

_ABOVE: Final = 1 / 2.4
"""The share of what is free that stands above the large words."""

_RULE: Final = (24, 6, 22)
"""The rule below the large words of a day's card: what is above it, its height, what is below."""

_FREE: Final = 24
"""The least that stays free above and below the large words together."""

Part = Literal["when", "logo", "title", "line", "hashtags", "code"]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Letters that stand on a card by themselves; `letters.typ` reads it."""

    part: Part
    #: a label stands in a box of its own
    kind: Literal["text", "hashtags", "label"]
    words: str = ""
    #: the same with a line end behind each Chinese sign
    parted: str = ""
    colour: str = ""
    bold: bool = False
    size: float = 0
    #: the box that letters must keep within, and between which sizes they may be to do so
    width: float = 0
    height: float = 0
    most: float = 0
    least: float = 0


@dataclass(frozen=True)
class Fit:
    """How large a piece is, so that it keeps within its box."""

    width: float
    height: float


Fits = Mapping[Part, Fit]
"""Of each piece that stands on a card."""


@dataclass(frozen=True)
class Place:
    """Where a piece stands."""

    x: int
    y: int


@dataclass(frozen=True)
class Layout:
    """How one card is laid out."""

    card: Card
    size: Size
    #: most that the large words may be high, where all is too much together
    lowered: float = inf

    @property
    def unit(self) -> float:
        """Return how many pixels a unit has: a card's shorter side is 675 of them."""
        return min(self.size.value) / 675

    @property
    def code_side(self) -> float:
        """Return how broad a QR code is, without its border."""
        return 110 * self.unit

    @property
    def logo_height(self) -> float:
        """Return how high a logo is."""
        return 64 * self.unit

    @property
    def band(self) -> int:
        """Return how broad the band is: at the side of a wide card, else at the top."""
        return 0 if self.card.festive else round(_BAND * self.unit)

    def pieces(self) -> Iterator[Piece]:
        """Yield what is set in letters."""
        card, u, day, tall = self.card, self.unit, self.card.festive, self.size is Size.TALL
        if card.when:
            yield Piece(
                part="when",
                kind="label" if day else "text",
                bold=day,
                words=card.when,
                colour="mark-ink" if day else "accent",
                size=(32 if day else 40) * u,
            )
        yield self._title()
        if card.line:
            most = (48 if tall else 40 if day else 38) * u
            yield Piece(
                part="line",
                kind="text",
                words=card.line,
                parted=_parted(card.line),
                colour="ink" if day else "dark",
                width=self._room,
                height=(260 if tall else 110) * u,
                most=most,
                least=26 * u,
            )
        yield Piece(
            part="hashtags",
            kind="hashtags",
            bold=True,
            colour="ink" if day else "accent",
            size=34 * u,
            width=self._room - (_CODE * u if card.link else 0),
        )

    def _title(self) -> Piece:
        u, day = self.unit, self.card.festive
        heights = {Size.TALL: (620, 680), Size.WIDE: (250, 290), Size.SQUARE: (330, 300)}
        largest = (104, 116) if self.size is Size.TALL else (84, 96)
        most = largest[not day] * u
        return Piece(
            part="title",
            kind="text",
            words=self.card.title,
            parted=_parted(self.card.title),
            colour="ink" if day else "ground",
            bold=True,
            width=self._room,
            height=min(heights[self.size][not day] * u, max(self.lowered, 0)),
            most=most,
            least=40 * u,
        )

    def lacking(self, fits: Fits) -> float:
        """Return by how much the pieces are too high together; at most 0 where they fit."""
        return _FREE * self.unit - self._free(fits)

    def places(self, fits: Fits) -> dict[Part, Place]:
        """Return where each piece stands."""
        top, bottom = self._top, self._bottom
        left, right = self._left, self.size.width - _EDGE * self.unit
        head = _head(fits)
        title = top + head + self._free(fits) * _ABOVE
        places: dict[Part, tuple[float, float]] = {
            "title": (left, title),
            "line": (left, title + fits["title"].height + self._gap),
            "hashtags": (left, bottom - fits["hashtags"].height),
            "when": (left, top + (head - _height(fits, "when")) / 2),
        }
        if "logo" in fits:
            places["logo"] = (right - fits["logo"].width, top + (head - fits["logo"].height) / 2)
        if "code" in fits:
            places["code"] = (right - fits["code"].width, bottom - fits["code"].height)
        return {part: Place(round(places[part][0]), round(places[part][1])) for part in fits}

    def rule(self, fits: Fits) -> tuple[Place, tuple[int, int]] | None:
        """Return where the rule below the large words stands, and its size; None without one."""
        if not self.card.festive or not self.card.line:
            return None
        title, u = self.places(fits)["title"], self.unit
        over = round(title.y + fits["title"].height + _RULE[0] * u)
        return Place(title.x, over), (round(96 * u), round(_RULE[1] * u))

    @property
    def _gap(self) -> float:
        """Return how much stands between the large words and the line."""
        return (sum(_RULE) if self.card.festive else _RULE[2]) * self.unit

    def _free(self, fits: Fits) -> float:
        foot = max(fits["hashtags"].height, _height(fits, "code"))
        line = self._gap + fits["line"].height if "line" in fits else 0
        middle = fits["title"].height + line
        return self._bottom - self._top - _head(fits) - foot - middle

    @property
    def _bottom(self) -> float:
        return self.size.height - _EDGE * self.unit

    @property
    def _left(self) -> float:
        beside = self.band if self.size is Size.WIDE else 0
        return beside + _EDGE * self.unit

    @property
    def _top(self) -> float:
        over = 14 * self.unit if self.card.festive else 0 if self.size is Size.WIDE else self.band
        return over + _EDGE * self.unit

    @property
    def _room(self) -> float:
        return self.size.width - _EDGE * self.unit - self._left


def _parted(words: str) -> str:
    return re.sub(r"(?<=[，；：。？！])(?![，；：。？！”’」』）》]|$)", "\n", words)


def _head(fits: Fits) -> float:
    return max(_height(fits, "when"), _height(fits, "logo"))


def _height(fits: Fits, part: Part) -> float:
    return fits[part].height if part in fits else 0
