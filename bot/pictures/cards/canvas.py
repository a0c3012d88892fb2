"""A picture on which pieces are put, each pixel the number of a colour: so most of what is put
there is looked up in a table of 256 places.
"""

from functools import lru_cache
from typing import Final

from PIL import Image

from bot.pictures.cards.layout import Place
from bot.rules.colours import mixed

_STEPS: Final = 12
"""Colours between two that meet, for the edges of letters."""

_OWN: Final = 64
"""Places of the palette for a piece whose colours nobody knows before, such as a logo."""

_SHARPER: Final = 2.2
"""How much steeper the edges of letters get that are made twice as large."""

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

    def ink(self, letters: Image.Image, place: Place, colour: str) -> None:
        """Put letters of one colour on it; `letters` says how far they cover each pixel, 0-255."""
        box = self._box(place, letters.size)
        least, most = self._numbers.crop(box).getextrema()
        if least == most:
            table = _table(self._pairs, least, colour)
            self._numbers.paste(_looked_up(letters, table), box)
        else:
            self._paste(colour, letters, box)

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

    def image(self) -> Image.Image:
        """Return the picture, in colours of a palette."""
        image = self._numbers.copy()
        image.putpalette(_places(self._pairs) + self._own)
        return image

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


def enlarged(letters: Image.Image) -> Image.Image:
    """Return letters twice as large, with edges as sharp as before."""
    width, height = letters.size
    large = letters.resize((2 * width, 2 * height), Image.Resampling.BILINEAR)
    return _looked_up(large, _STEEPER)


_STEEPER: Final = bytes(
    round(min(255, max(0, (value - 127.5) * _SHARPER + 127.5))) for value in range(256)
)


def _looked_up(image: Image.Image, table: bytes) -> Image.Image:
    """Return each value of the picture as the table has it: quicker than Pillow's `point`, which
    rounds the table each time.
    """
    return Image.frombytes("L", image.size, image.tobytes().translate(table))


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
