"""What several cards share, drawn once for all of them: colours, grounds, codes and logos."""

import io
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import segno
from PIL import Image

from bot.model.campaign import Card, Size
from bot.pictures.cards.canvas import Pairs, numbered
from bot.pictures.cards.typesetting import drawn
from bot.rules.colours import INK, READABLE, WHITE, contrast, ink_on, mixed

Colours = Mapping[str, str]
"""`#rrggbb` by the names that the templates use."""

_BLACK: Final = "#000000"
_Known = tuple[tuple[str, str], ...]


def colours_of(card: Card) -> Colours:
    """Return the colours of a card."""
    ground, mark = card.look.ground, card.look.mark
    accent = next(
        colour
        for share in (0.25, 0.15, 0.0)
        if contrast(colour := mixed(ground, WHITE, share), paper := mixed(WHITE, ground, 0.05))
        >= READABLE
        or not share
    )
    return {
        "ground": ground,
        "ink": ink_on(ground),
        "mark": mark,
        "mark-ink": ink_on(mark),
        "paper": paper,
        "dark": INK,
        "accent": accent,
    }


def pairs_of(colours: Colours) -> Pairs:
    """Return the colours that meet on a card, those that meet most first."""
    on_ground = ("ground", "ink"), ("ground", "mark"), ("mark", "mark-ink"), ("ink", "mark")
    on_paper = ("paper", "ground"), ("paper", "accent"), ("paper", "dark")
    named = ((colours[one], colours[other]) for one, other in (*on_ground, *on_paper))
    return (*named, (WHITE, _BLACK))


def ground_of(card: Card, size: Size, band: int) -> Image.Image:
    """Return what lies under the words of a card, for a `Canvas`.

    `band` is how broad a month's band is, at the side of a wide card, else at the top; pixels.
    """
    known = tuple(colours_of(card).items())
    if card.festive:
        return _day(size, card.direction, known)
    return _month(size, card.direction, card.month, band, known)


@lru_cache(maxsize=6)
def _day(size: Size, direction: str, known: _Known) -> Image.Image:
    [page] = drawn("day", _about(size, size.value, direction, known))
    return numbered(page, pairs_of(dict(known)))


@lru_cache(maxsize=6)
def _month(size: Size, direction: str, month: int, band: int, known: _Known) -> Image.Image:
    beside = size is Size.WIDE
    page = (band, size.height) if beside else (size.width, band)
    [strip] = drawn("month", _about(size, page, direction, known) | {"month": month})
    whole = Image.new("RGB", size.value, dict(known)["paper"])
    whole.paste(strip, (size.width - band if beside and direction == "rtl" else 0, 0))
    return numbered(whole, pairs_of(dict(known)))


def _about(size: Size, page: tuple[int, int], direction: str, known: _Known) -> dict[str, object]:
    return {
        "width": size.width,
        "height": size.height,
        "page": page,
        "direction": direction,
        "colours": dict(known),
    }


@lru_cache(maxsize=16)
def code_of(link: str, size: Size, side: float) -> Image.Image:
    """Return a QR code with its white border; `side` is its own, pixels."""
    file = io.BytesIO()
    segno.make(link, error="m", micro=False).save(file, kind="svg", border=0, xmldecl=False)
    return _picture("code", file.getvalue().decode(), size, side)


@lru_cache(maxsize=16)
def logo_of(data: bytes, size: Size, height: float) -> Image.Image:
    """Return a logo so many pixels high."""
    with Image.open(io.BytesIO(data)) as image:
        image.thumbnail((600, 300))
        file = io.BytesIO()
        image.convert("RGBA").save(file, "PNG")
        width, high = image.size
    # an SVG that holds it, since bytes can't go into a template
    inside = b64encode(file.getvalue()).decode()
    return _picture(
        "logo",
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{high}"><image'
        f' width="{width}" height="{high}" href="data:image/png;base64,{inside}"/></svg>',
        size,
        height,
    )


def _picture(kind: str, svg: str, card: Size, size: float) -> Image.Image:
    about = _about(card, (0, 0), "ltr", ()) | {"kind": kind, "picture": svg, "size": size}
    [page] = drawn("picture", about)
    return page
