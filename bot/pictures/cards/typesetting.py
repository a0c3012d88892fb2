"""Typst: a template and its data in, pictures or outlines out; it reads nothing but templates."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import typst
from PIL import Image

from bot.pictures.cards.fonts import bundle

TEMPLATES: Final = Path(__file__).parent / "templates"
"""The only folder that Typst may read."""

_DENSITY: Final = 72
"""Pixels per inch at which a point of Typst is one pixel."""


def drawn(
    template: str, card: Mapping[str, object], fonts: tuple[Path, ...] = ()
) -> list[Image.Image]:
    """Return the pages of a template, a point as a pixel; `fonts` are folders."""
    made = typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=bundle(fonts),
        format="png",
        ppi=_DENSITY,
        sys_inputs={"card": json.dumps(card)},
    )
    return [_opened(page) for page in ([made] if isinstance(made, bytes) else made or ())]


def outlined(template: str, card: Mapping[str, object], fonts: tuple[Path, ...]) -> list[bytes]:
    """Return the pages of a template as SVG, for `bot.pictures.cards.outlines`."""
    made = typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=bundle(fonts),
        format="svg",
        sys_inputs={"card": json.dumps(card)},
    )
    return [made] if isinstance(made, bytes) else made or []


def _opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image
