"""Draws a card: Typst fits and sets each piece of its words, and their outlines are filled."""

import unicodedata
from dataclasses import asdict
from pathlib import Path
from typing import Final

from PIL import Image

from bot.errors import PictureUnfit
from bot.model.campaign import Card, Size
from bot.pictures.cards.canvas import Canvas
from bot.pictures.cards.fonts import USUAL, in_turn, lacking
from bot.pictures.cards.layout import Fit, Fits, Layout, Part
from bot.pictures.cards.outlines import Sheet, read
from bot.pictures.cards.shared import code_of, colours_of, ground_of, logo_of, pairs_of
from bot.pictures.cards.typesetting import outlined

_LONGEST: Final = 300
"""Most letters of one text: more would never fit, and would be measured for long."""

_PARTS: Final = {
    "title": "the large words",
    "line": "the short line",
    "hashtags": "one of the hashtags",
}

_Pictures = dict[Part, Image.Image]
"""The code and the logo, where the card has them."""

_Sheets = dict[Part, Sheet]
"""What is set in letters."""


def draw(card: Card, size: Size, fonts: tuple[Path, ...]) -> bytes:
    """Return the card as a PNG of exactly this size; `fonts` are folders.

    The same goes in, the same comes out, to the byte. Raises `PictureUnfit` for words that don't
    fit. May run in several threads at once.
    """
    if longest := [part for part in card.words if len(part) > _LONGEST]:
        raise PictureUnfit(_too_long(longest[0][:40] + "…"))
    asked = _asked(card, size, fonts)
    pictures = _pictures(Layout(card, size))
    layout, fits, sheets = _laid_out(card, size, asked, fonts, pictures)
    canvas = Canvas(ground_of(card, size, layout.band), pairs_of(colours_of(card)), card.direction)
    places = layout.places(fits)
    if rule := layout.rule(fits):
        canvas.fill(*rule, card.look.mark)
    for part, picture in pictures.items():
        (canvas.put_own if part == "logo" else canvas.put)(picture, places[part])
    for part, sheet in sheets.items():
        canvas.ink(sheet, places[part])
    return canvas.png()


def _laid_out(
    card: Card,
    size: Size,
    asked: dict[str, object],
    fonts: tuple[Path, ...],
    pictures: _Pictures,
) -> tuple[Layout, Fits, _Sheets]:
    """Return how the card is laid out, and its letters; raises `PictureUnfit`."""
    layout = Layout(card, size)
    sheets = _sheets(layout, asked, fonts)
    fits = _fits(sheets, pictures)
    if (lacking := layout.lacking(fits)) > 0:
        layout = Layout(card, size, fits["title"].height - lacking)
        sheets = _sheets(layout, asked, fonts)
        fits = _fits(sheets, pictures)
        if layout.lacking(fits) > 0:
            raise PictureUnfit(_too_long("all its words together"))
    return layout, fits, sheets


def _sheets(layout: Layout, asked: dict[str, object], fonts: tuple[Path, ...]) -> _Sheets:
    """Return each piece, as large as fits; raises `PictureUnfit`."""
    pieces = list(layout.pieces())
    pages = outlined("letters", asked | {"pieces": [asdict(piece) for piece in pieces]}, fonts)
    sheets = dict(zip(pieces, map(read, pages), strict=True))
    if unfit := next((piece for piece, sheet in sheets.items() if not sheet.shapes), None):
        words = unfit.words or max(layout.card.hashtags, key=len)
        raise PictureUnfit(_too_long(f"{_PARTS[unfit.part]}, “{words}”,"))
    return {piece.part: sheet for piece, sheet in sheets.items()}


def _fits(sheets: _Sheets, pictures: _Pictures) -> Fits:
    """Return how large each piece is."""
    sizes = {part: Fit(sheet.width, sheet.height) for part, sheet in sheets.items()}
    return sizes | {part: Fit(*picture.size) for part, picture in pictures.items()}


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
        "fonts": in_turn([*filter(None, [card.look.font]), USUAL], fonts, card.language),
    }


def _is_rtl(words: str) -> bool:
    """Tell whether the first letter that has a direction is written from right to left."""
    directions = (unicodedata.bidirectional(sign) for sign in words)
    return next((each != "L" for each in directions if each in ("L", "R", "AL")), False)


def _too_long(what: str) -> str:
    return f"{what} can't be read on a card: there is no room; write less in the block `card`"
