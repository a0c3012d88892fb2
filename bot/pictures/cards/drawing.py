"""Draws a card: Typst fits and draws each piece of its words, and a small PNG is put together.

What Typst draws it packs, and it is unpacked again, which takes longer than all else: so it draws
no more than the letters, the large ones at half their size, and what cards share once for all.
"""

import io
import unicodedata
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops

from bot.errors import PictureUnfit
from bot.model.campaign import Card, Size
from bot.pictures.cards.canvas import Canvas, enlarged
from bot.pictures.cards.fonts import USUAL, families, lacking
from bot.pictures.cards.layout import Fit, Fits, Layout, Part, Place, Sheet
from bot.pictures.cards.shared import code_of, colours_of, ground_of, logo_of, pairs_of
from bot.pictures.cards.typesetting import drawn, told

_PACKING: Final = 4
"""How hard a PNG is packed, 0 to 9. Only runs of one colour are looked for (Z_RLE): of a card that
leaves as little as all else that zlib tries, in less than half the time.
"""

_LONGEST: Final = 300
"""Most letters of one text: more would never fit, and would be measured for long."""

_PARTS: Final = {
    "title": "the large words",
    "line": "the short line",
    "hashtags": "one of the hashtags",
}

_Pictures = dict[Part, Image.Image]
"""The code and the logo, where the card has them."""


def draw(card: Card, size: Size, fonts: tuple[Path, ...]) -> bytes:
    """Return the card as a PNG of exactly this size; `fonts` are folders.

    The same goes in, the same comes out, to the byte. Raises `PictureUnfit` for words that don't
    fit. May run in several threads at once.
    """
    if longest := [part for part in card.words if len(part) > _LONGEST]:
        raise PictureUnfit(_too_long(longest[0][:40] + "…"))
    asked = _asked(card, size, fonts)
    pictures = _pictures(Layout(card, size))
    layout, fits = _laid_out(card, size, asked, fonts, pictures)
    canvas = Canvas(ground_of(card, size, layout.band), pairs_of(colours_of(card)), card.direction)
    places = layout.places(fits)
    if rule := layout.rule(fits):
        canvas.fill(*rule, card.look.mark)
    for part, picture in pictures.items():
        (canvas.put_own if part == "logo" else canvas.put)(picture, places[part])
    sheets = [Sheet(piece, fits[piece.part]) for piece in layout.pieces()]
    pages = drawn("words", asked | {"pieces": [sheet.asked for sheet in sheets]}, fonts)
    for sheet, page in zip(sheets, pages, strict=True):
        _put(canvas, sheet, page, places[sheet.piece.part], card)
    return _packed(canvas.image())


def _put(canvas: Canvas, sheet: Sheet, page: Image.Image, place: Place, card: Card) -> None:
    at = place.moved(-sheet.beside, -sheet.over)
    if not sheet.letters:
        canvas.put(page, at)
        return
    mask = ImageChops.invert(page.getchannel("R"))
    canvas.ink(enlarged(mask) if sheet.halved else mask, at, colours_of(card)[sheet.piece.colour])


def _laid_out(
    card: Card,
    size: Size,
    asked: dict[str, object],
    fonts: tuple[Path, ...],
    pictures: _Pictures,
) -> tuple[Layout, Fits]:
    """Return how the card is laid out; raises `PictureUnfit`."""
    layout = Layout(card, size)
    fits = _fits(layout, asked, fonts, pictures)
    if (lacking := layout.lacking(fits)) > 0:
        layout = Layout(card, size, fits["title"].height - lacking)
        fits = _fits(layout, asked, fonts, pictures)
        if layout.lacking(fits) > 0:
            raise PictureUnfit(_too_long("all its words together"))
    return layout, fits


def _fits(
    layout: Layout, asked: dict[str, object], fonts: tuple[Path, ...], pictures: _Pictures
) -> Fits:
    """Return how large each piece is; raises `PictureUnfit`."""
    pieces = list(layout.pieces())
    all_told = told("fits", "fits", asked | {"pieces": [asdict(each) for each in pieces]}, fonts)
    fits = dict(zip(pieces, all_told, strict=True))
    if unfit := next((piece for piece, fit in fits.items() if fit is None), None):
        words = unfit.words or max(layout.card.hashtags, key=len)
        raise PictureUnfit(_too_long(f"{_PARTS[unfit.part]}, “{words}”,"))
    return {piece.part: Fit(**fit) for piece, fit in fits.items()} | {
        part: Fit(size=image.height, width=image.width, height=image.height)
        for part, image in pictures.items()
    }


def _pictures(layout: Layout) -> _Pictures:
    card, size = layout.card, layout.size
    pictures: _Pictures = {}
    if card.logo:
        pictures["logo"] = logo_of(card.logo, size, layout.logo_height)
    if card.link:
        pictures["code"] = code_of(card.link, size, layout.code_side)
    return pictures


def _asked(card: Card, size: Size, fonts: tuple[Path, ...]) -> dict[str, object]:
    """Return what the templates are told of a card, but for its pieces."""
    return {
        "width": size.width,
        "height": size.height,
        "language": card.language.partition("-")[0],
        "direction": card.direction,
        "hashtags": [{"words": words, "rtl": _is_rtl(words)} for words in card.hashtags],
        "deep": bool(lacking(card.words, ())),
        "colours": dict(colours_of(card)),
        "fonts": [*filter(None, [card.look.font]), USUAL, *families(fonts)],
    }


def _is_rtl(words: str) -> bool:
    """Tell whether the first letter that has a direction is written from right to left."""
    directions = (unicodedata.bidirectional(sign) for sign in words)
    return next((each != "L" for each in directions if each in ("L", "R", "AL")), False)


def _packed(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=_PACKING, compress_type=zlib.Z_RLE)
    return file.getvalue()


def _too_long(what: str) -> str:
    return f"{what} can't be read on a card: there is no room; write less in the block `card`"
