"""Typst: a template and its data in, pictures or outlines out; it reads nothing but templates."""

import io
import json
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

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
    return [_opened(page) for page in _compiled(template, card, fonts, "png")]


def outlined(template: str, card: Mapping[str, object], fonts: tuple[Path, ...]) -> list[bytes]:
    """Return the pages of a template as SVG, for `bot.pictures.cards.outlines`."""
    return _compiled(template, card, fonts, "svg")


def _compiled(
    template: str, card: Mapping[str, object], fonts: tuple[Path, ...], kind: Literal["png", "svg"]
) -> list[bytes]:
    idle = _idle(template, fonts)
    try:
        compiler = idle.pop()
    except IndexError:
        source = TEMPLATES / f"{template}.typ"
        compiler = typst.Compiler(source, root=TEMPLATES, font_paths=bundle(fonts))
    try:
        told = {"card": json.dumps(card)}
        made = compiler.compile(format=kind, ppi=_DENSITY, sys_inputs=told)
    finally:
        idle.append(compiler)
    return [made] if isinstance(made, bytes) else made or []


@lru_cache(maxsize=16)
def _idle(template: str, fonts: tuple[Path, ...]) -> deque[typst.Compiler]:  # noqa: ARG001
    """Return the compilers of a template that no thread uses now: to begin anew takes 0.8 ms of CPU
    for each card.
    """
    return deque()


def _opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image
