"""Writes a document as a PDF that a screen reader can read (PDF/UA-1) and an archive can keep
(PDF/A-2a).
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time
from itertools import groupby
from pathlib import Path
from typing import Final

import segno
import typst

from bot.documents import Look, blocks
from bot.pictures.cards.fonts import USUAL, bundle, in_turn

_TEMPLATES: Final = Path(__file__).parent / "templates"
"""The only folder that Typst may read."""


def written(text: str, look: Look) -> bytes:
    """Return a Markdown text, for whose letters there are fonts, as a PDF."""
    read = blocks.read(text)
    data = {
        "title": blocks.title(read),
        "language": look.language.partition("-")[0],
        "direction": look.direction,
        "fonts": fonts(look),
        "blocks": list(_blocks(read, look.direction)),
        "colour": look.colour,
        "address": look.address,
        "code": _code(look.address) if look.address else None,
    }
    return compiled("certificate" if look.certificate else "document", data, look)


def fonts(look: Look) -> list[str | dict[str, str]]:
    """Return the families for the letters of a document, in their order."""
    return in_turn([USUAL], look.fonts, look.language, last=look.direction == "rtl")


def compiled(template: str, data: Mapping[str, object], look: Look) -> bytes:
    """Return the PDF that a template makes of what it is told."""
    made = typst.compile(
        _TEMPLATES / f"{template}.typ",
        root=_TEMPLATES,
        font_paths=bundle(look.fonts),
        format="pdf",
        pdf_standards=["ua-1", "a-2a"],
        timestamp=int(datetime.combine(look.day, time(), UTC).timestamp()),
        sys_inputs={"document": json.dumps(data)},
    )
    # a PDF is one file, however many pages it has
    assert isinstance(made, bytes)  # noqa: S101 - as said above
    return made


def _blocks(read: Sequence[blocks.Block], direction: str) -> Iterator[dict[str, object]]:
    """Yield what the templates are told of each block, of points in a row as one list."""
    for kind, row in groupby(read, key=lambda block: block.kind):
        if kind == "point":
            yield {"kind": "list", "points": [asdict(block)["runs"] for block in row]}
        else:
            for block in row:
                yield asdict(block) | {"direction": blocks.direction(block, direction)}


def _code(address: str) -> str:
    """Return the address as the SVG of a QR code."""
    file = io.BytesIO()
    segno.make(address, error="m", micro=False).save(file, kind="svg", border=0, xmldecl=False)
    return file.getvalue().decode()
