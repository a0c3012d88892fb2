"""Colours that can be read: how far two are apart, and what is written on one. Pure.

A colour is `#rrggbb`. The contrast is that of WCAG 2.2, from 1 (the same) to 21 (black on white).
"""

import math
import re
from itertools import count

COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
"""A colour as people write it in a file."""

READABLE = 4.5
"""The least contrast of a text with its ground (WCAG 2.2, 1.4.3, level AA)."""

SEEN = 3.0
"""The least contrast of large letters and shapes with their ground (WCAG 2.2, 1.4.3 and 1.4.11)."""

WHITE, INK = "#ffffff", "#1d2430"
"""The paper of letters and pages, and what is written on it."""

NIGHT, PALE = "#1b212b", "#eef1f5"
"""The same for those who read on a dark screen."""


_NAMES = {
    "black": 0x000000,
    "gray": 0x808080,
    "silver": 0xC0C0C0,
    "white": 0xFFFFFF,
    "slategray": 0x708090,
    "maroon": 0x800000,
    "firebrick": 0xB22222,
    "red": 0xFF0000,
    "tomato": 0xFF6347,
    "salmon": 0xFA8072,
    "saddlebrown": 0x8B4513,
    "chocolate": 0xD2691E,
    "darkorange": 0xFF8C00,
    "orange": 0xFFA500,
    "gold": 0xFFD700,
    "khaki": 0xF0E68C,
    "olive": 0x808000,
    "darkgreen": 0x006400,
    "green": 0x008000,
    "seagreen": 0x2E8B57,
    "limegreen": 0x32CD32,
    "lightgreen": 0x90EE90,
    "teal": 0x008080,
    "turquoise": 0x40E0D0,
    "darkslategray": 0x2F4F4F,
    "skyblue": 0x87CEEB,
    "dodgerblue": 0x1E90FF,
    "steelblue": 0x4682B4,
    "royalblue": 0x4169E1,
    "blue": 0x0000FF,
    "navy": 0x000080,
    "darkslateblue": 0x483D8B,
    "indigo": 0x4B0082,
    "purple": 0x800080,
    "darkorchid": 0x9932CC,
    "orchid": 0xDA70D6,
    "plum": 0xDDA0DD,
    "hotpink": 0xFF69B4,
    "crimson": 0xDC143C,
}
"""Names of colours in CSS, as far apart as people tell colours of calendars."""


def contrast(one: str, other: str) -> float:
    """Return how far two colours are apart for the eye."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(ground: str) -> str:
    """Return white or black: the one that can be read better on this ground."""
    return max((WHITE, "#000000"), key=lambda ink: contrast(ink, ground))


def mixed(one: str, other: str, share: float) -> str:
    """Return one colour with a share, 0 to 1, of the other in it."""
    parts = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def lightened(colour: str, ground: str) -> str:
    """Return the colour, mixed with so much white that it can be read on a dark ground."""
    for step in count():
        lighter = mixed(colour, WHITE, step / 20)
        if contrast(lighter, ground) >= READABLE or lighter == WHITE:
            return lighter
    raise AssertionError("20 steps give white")


def named(colour: str) -> str:
    """Return the name in CSS that comes nearest to this colour for the eye, of those in `_NAMES`.

    The distance is that of Oklab, in which a blue stays nearer to another blue than to a green.
    """
    wanted = _oklab(colour)
    return min(_NAMES, key=lambda name: math.dist(wanted, _oklab(f"#{_NAMES[name]:06x}")))


def _oklab(colour: str) -> tuple[float, float, float]:
    # the matrices of Björn Ottosson, "A perceptual color space for image processing" (2020)
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> tuple[float, ...]:
    # the formula of sRGB, as WCAG writes it
    return tuple(
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
        for part in (each / 255 for each in _parts(colour))
    )


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
