"""A picture on which pieces are put, each pixel the number of a colour: so most of what is put
there is looked up in a table of 256 places.
"""

from functools import lru_cache
from itertools import groupby
from math import ceil
from typing import Final

from PIL import Image

from bot.pictures.cards.layout import Place
from bot.pictures.cards.outlines import Mask, Sheet, joined
from bot.pictures.cards.packing import packed
from bot.rules.colours import mixed

_STEPS: Final = 12
"""Colours between two that meet, for the edges of letters."""

_OWN: Final = 64
"""Places of the palette for a piece whose colours nobody knows before, such as a logo."""

_Box = tuple[int, int, int, int]

Pairs = tuple[tuple[str, str], ...]
"""Colours that meet on a picture, `#rrggbb`: at most eight pairs."""


class Canvas:
    """A picture while it is put together.

    `ground` is what `numbered` returns for the same `pairs`. Places are counted from the side where
    a text of this `direction`, 'ltr' or 'rtl', begins.
    """

    def __init__(self, ground: Image.Image, pairs: Pairs, direction: str) -> None:
        self._numbers = ground.copy()
        self._pairs = pairs
        self._rtl = direction == "rtl"
        self._own = list[int]()

    def fill(self, place: Place, size: tuple[int, int], colour: str) -> None:
        """Fill a box."""
        number = _numbers_of(Image.new("RGB", (1, 1), colour), self._pairs).tobytes()[0]
        self._numbers.paste(number, self._box(place, size))

    def ink(self, sheet: Sheet, place: Place) -> None:
        """Put outlines on it, those of one colour in a row at once."""
        left, top, *_ = self._box(place, (ceil(sheet.width), ceil(sheet.height)))
        for colour, shapes in groupby(sheet.shapes, key=lambda shape: shape.colour):
            masks = list(joined(shapes))
            boxes = [mask.box(left + x, top + y) for mask, x, y in masks]
            ground = self._ground(_union(boxes))
            for (mask, _, _), box in zip(masks, boxes, strict=True):
                self._ink(mask, box, self._ground(box) if ground is None else ground, colour)

    def _ground(self, box: _Box) -> int | None:
        """Return the number of the one colour in a box; None where there are more."""
        least, most = self._numbers.crop(box).getextrema()
        return int(least) if least == most else None  # type: ignore[arg-type]  # mode L has one

    def _ink(self, mask: Mask, box: _Box, ground: int | None, colour: str) -> None:
        if ground is None:
            self._paste(colour, mask.cover, box)
        else:
            letter = _letter(mask, self._pairs, ground, colour)
            self._numbers.paste(letter, box[:2], mask.solid)

    def put(self, picture: Image.Image, place: Place) -> None:
        """Put a picture in colours that meet on it, with transparency."""
        box = self._box(place, picture.size)
        self._paste(picture.convert("RGB"), picture.getchannel("A"), box)

    def put_own(self, picture: Image.Image, place: Place) -> None:
        """Put a picture in colours of its own on it, with transparency: one at most."""
        box = self._box(place, picture.size)
        under = self._coloured(box)
        under.paste(picture, mask=picture.getchannel("A"))
        few = under.quantize(_OWN, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        self._own = (few.getpalette() or [])[: 3 * _OWN]
        first = 256 - _OWN
        table = bytes(first + min(number, _OWN - 1) for number in range(256))
        self._numbers.paste(Image.frombytes("L", few.size, few.tobytes().translate(table)), box)

    def png(self) -> bytes:
        """Return the picture as a PNG in colours of a palette."""
        return packed(self._numbers, bytes(_places(self._pairs) + self._own))

    def _box(self, place: Place, size: tuple[int, int]) -> _Box:
        width, height = size
        x = self._numbers.width - place.x - width if self._rtl else place.x
        return x, place.y, x + width, place.y + height

    def _coloured(self, box: _Box) -> Image.Image:
        under = self._numbers.crop(box)
        under.putpalette(_places(self._pairs))
        return under.convert("RGB")

    def _paste(self, picture: Image.Image | str, mask: Image.Image, box: _Box) -> None:
        under = self._coloured(box)
        under.paste(picture, (0, 0, *mask.size), mask)
        self._numbers.paste(_numbers_of(under, self._pairs), box)


def numbered(image: Image.Image, pairs: Pairs) -> Image.Image:
    """Return the picture as the numbers of its colours, for a `Canvas`."""
    return _numbers_of(image.convert("RGB"), pairs)


def _union(boxes: list[_Box]) -> _Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


@lru_cache(maxsize=1024)
def _letter(mask: Mask, pairs: Pairs, ground: int, colour: str) -> Image.Image:
    """Return a letter of this colour on one of the canvas, as numbers."""
    values = mask.cover.tobytes().translate(_table(pairs, ground, colour))
    return Image.frombytes("L", mask.cover.size, values)


def _numbers_of(image: Image.Image, pairs: Pairs) -> Image.Image:
    numbers = image.quantize(palette=_palette(pairs), dither=Image.Dither.NONE)
    return Image.frombytes("L", numbers.size, numbers.tobytes())


@lru_cache(maxsize=256)
def _table(pairs: Pairs, under: int, colour: str) -> bytes:
    """Return the number of each colour between one on the canvas and a letter's."""
    places = _places(pairs)
    ground = "#{:02x}{:02x}{:02x}".format(*places[3 * under : 3 * under + 3])
    ramp = Image.new("RGB", (256, 1))
    ramp.putdata([_parts(mixed(ground, colour, share / 255)) for share in range(256)])
    return _numbers_of(ramp, pairs).tobytes()


@lru_cache(maxsize=16)
def _palette(pairs: Pairs) -> Image.Image:
    image = Image.new("P", (1, 1))
    image.putpalette(_places(pairs))
    return image


@lru_cache(maxsize=16)
def _places(pairs: Pairs) -> list[int]:
    """Return the colours that meet, and those between each two, as red, green and blue in turn."""
    ends = [colour for pair in pairs for colour in pair]
    between = [
        mixed(one, other, step / (_STEPS + 1))
        for one, other in pairs
        for step in range(1, _STEPS + 1)
    ]
    known = list(dict.fromkeys([*ends, *between]))[: 256 - _OWN]
    known += known[:1] * (256 - _OWN - len(known))
    return [part for colour in known for part in _parts(colour)]


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
