"""Draws a card: its data go into a template of Typst, and what comes out becomes a small PNG."""

import io
import json
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Final

import segno
import typst
from PIL import Image

from bot.errors import PictureUnfit
from bot.model.campaign import Card, Size
from bot.pictures.cards.fonts import USUAL, bundle, families
from bot.rules.colours import INK, READABLE, WHITE, contrast, ink_on, mixed

TEMPLATES: Final = Path(__file__).parent / "templates"
"""The only folder that Typst may read."""

_STEPS: Final = 12
"""Colours between two others, for the edges of letters."""

_COLOURS: Final = 128
"""Most colours of a card with a logo, whose colours nobody knows before."""

_DENSITY: Final = 72
"""Pixels per inch at which a point of Typst is one pixel."""

_PACKING: Final = 5
"""How hard a PNG is packed, 0 to 9: more takes twice as long, for a tenth."""

_LONGEST: Final = 300
"""Most letters of one text: more would never fit, and would be measured for long."""

_PARTS: Final = {
    "title": "the large words",
    "line": "the short line",
    "hashtags": "one of the hashtags",
}


def draw(card: Card, size: Size, fonts: tuple[Path, ...]) -> bytes:
    """Return the card as a PNG of exactly this size; `fonts` are folders.

    The same goes in, the same comes out, to the byte. Raises `PictureUnfit` for words that don't
    fit. May run in several threads at once.
    """
    if longest := [part for part in card.words if len(part) > _LONGEST]:
        raise PictureUnfit(_too_long(longest[0][:40] + "…"))
    colours = _colours(card)
    data = {
        "width": size.width,
        "height": size.height,
        "language": card.language.partition("-")[0],
        "direction": card.direction,
        "month": card.month,
        "when": card.when,
        "title": card.title,
        "line": card.line,
        "hashtags": card.hashtags,
        "colours": colours,
        "fonts": [*filter(None, [card.look.font]), USUAL, *families(fonts)],
        "code": _code(card.link) if card.link else None,
        "logo": _logo(card.logo) if card.logo else None,
    }
    pages = _compiled(card, data, fonts)
    with Image.open(io.BytesIO(pages)) as image:
        plain = image.convert("RGB")
    small = (
        plain.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        if card.logo
        else plain.quantize(palette=_palette(tuple(colours.values())), dither=Image.Dither.NONE)
    )
    file = io.BytesIO()
    small.save(file, "PNG", compress_level=_PACKING)
    return file.getvalue()


def _compiled(card: Card, data: dict[str, object], fonts: tuple[Path, ...]) -> bytes:
    kind = "day" if card.festive else "month"
    try:
        made = typst.compile(
            TEMPLATES / f"{kind}.typ",
            root=TEMPLATES,
            font_paths=bundle(fonts),
            format="png",
            ppi=_DENSITY,
            sys_inputs={"card": json.dumps(data)},
        )
    except typst.TypstError as error:
        part = str(error).partition("unfit:")[2].strip(' "')
        if part not in _PARTS:
            raise
        raise PictureUnfit(_too_long(f"{_PARTS[part]}, “{_words(card, part)}”,")) from None
    if not isinstance(made, bytes):
        raise PictureUnfit(_too_long("all its words together"))
    return made


def _words(card: Card, part: str) -> str:
    return {"title": card.title, "line": card.line}.get(part) or max(card.hashtags, key=len)


def _too_long(what: str) -> str:
    return f"{what} can't be read on a card: there is no room; write less in the block `card`"


def _colours(card: Card) -> dict[str, str]:
    """Return the colours by the names that the templates use."""
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


@lru_cache(maxsize=16)
def _palette(colours: tuple[str, ...]) -> Image.Image:
    """Return a picture whose palette has these colours, and those between any two."""
    known = dict.fromkeys((*colours, WHITE, "#000000"))
    between = (
        mixed(one, other, step / _STEPS)
        for one, other in combinations(known, 2)
        for step in range(1, _STEPS)
    )
    # the pairs that meet most stand first, since a palette has 256 places
    table = list(dict.fromkeys([*known, *between]))[:256]
    image = Image.new("P", (1, 1))
    image.putpalette([int(colour[i : i + 2], 16) for colour in table for i in (1, 3, 5)])
    return image


@lru_cache(maxsize=64)
def _code(link: str) -> str:
    """Return a QR code as SVG; the templates give it its white border."""
    file = io.BytesIO()
    segno.make(link, error="m", micro=False).save(file, kind="svg", border=0, xmldecl=False)
    return file.getvalue().decode()


@lru_cache(maxsize=4)
def _logo(data: bytes) -> str:
    """Return a picture as an SVG that holds it, since bytes can't go into a template."""
    from base64 import b64encode

    with Image.open(io.BytesIO(data)) as image:
        image.thumbnail((600, 300))
        file = io.BytesIO()
        image.convert("RGBA").save(file, "PNG")
        width, height = image.size
    inside = b64encode(file.getvalue()).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><image'
        f' width="{width}" height="{height}" href="data:image/png;base64,{inside}"/></svg>'
    )
