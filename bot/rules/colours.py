"""Colours that can be read: how far two are apart, and what is written on one. Pure.

A colour is `#rrggbb`. The contrast is that of WCAG 2.2, from 1 (the same) to 21 (black on white).
"""

import re
from itertools import count

COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
"""A colour as people write it in a file."""

READABLE = 4.5
"""The least contrast of a text with its ground (WCAG 2.2, 1.4.3, level AA)."""

WHITE, INK = "#ffffff", "#1d2430"
"""The paper of letters and pages, and what is written on it."""

NIGHT, PALE = "#1b212b", "#eef1f5"
"""The same for those who read on a dark screen."""


def contrast(one: str, other: str) -> float:
    """Return how far two colours are apart for the eye."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(ground: str) -> str:
    """Return white or black: the one that can be read better on this ground."""
    return max((WHITE, "#000000"), key=lambda ink: contrast(ink, ground))


def lightened(colour: str, ground: str) -> str:
    """Return the colour, mixed with so much white that it can be read on a dark ground."""
    red, green, blue = _parts(colour)
    for step in count():
        mixed = "#" + "".join(
            f"{round(part + (255 - part) * step / 20):02x}" for part in (red, green, blue)
        )
        if contrast(mixed, ground) >= READABLE or mixed == WHITE:
            return mixed
    raise AssertionError("20 steps give white")


def _luminance(colour: str) -> float:
    # the formula of sRGB, as WCAG writes it
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
        for part in (each / 255 for each in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
