"""Makes a PNG of a chart, for who gets it in a chat: the same drawing as on the page, by Typst."""

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

import typst

from bot.pictures.charts import Chart, picture

FONT: Final = "Libertinus Serif"
"""The family of all letters, which lies in Typst's wheel: Latin and Cyrillic, nothing else."""

_TEMPLATES: Final = Path(__file__).parent / "templates"
"""The only folder that Typst may read."""

_DENSITY: Final = 72.0
"""Pixels per inch at which a point of Typst is one pixel."""

_SCRIPTS: Final = ("LATIN", "CYRILLIC")


def png(chart: Chart) -> bytes | None:
    """Return the chart as a PNG of 1200 pixels across.

    None where it has letters that the font lacks, for which boxes would be drawn. The same chart
    gives the same bytes. May run in several threads at once.
    """
    drawing = picture(chart, FONT)
    if not _has_letters(drawing):
        return None
    data = json.dumps({"drawing": drawing, "alt": f"{chart.title}. {chart.description}"})
    made = typst.compile(
        _TEMPLATES / "chart.typ",
        root=_TEMPLATES,
        font_paths=_fonts(),
        format="png",
        ppi=_DENSITY,
        sys_inputs={"data": data},
    )
    # a height that follows the drawing leaves nothing for a second page
    assert isinstance(made, bytes)  # noqa: S101 - as said above
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def _has_letters(drawing: str) -> bool:
    letters = {sign for sign in drawing if sign.isalpha()}
    return all(unicodedata.name(sign, "").startswith(_SCRIPTS) for sign in letters)
