"""Makes a PNG of a chart, for who gets it in a chat: the same drawing as on the page, by Typst."""

import json
from pathlib import Path
from typing import Final

import typst

from bot.pictures.cards.fonts import bundle, family_of, lacking, signs_of
from bot.pictures.charts import Chart, alt, letters, picture, without

_TEMPLATES: Final = Path(__file__).parent / "templates"
"""The only folder that Typst may read."""

_DENSITY: Final = 72.0
"""Pixels per inch at which a point of Typst is one pixel."""


def png(chart: Chart, language: str, fonts: tuple[Path, ...] = ()) -> bytes | None:
    """Return the chart as a PNG of 1200 pixels across; `fonts` are folders.

    Emoji that no font here has are left out of the drawing; what is said of it has them. None where
    it has letters that none has, for which boxes would be drawn. The same chart gives the same
    bytes. May run in several threads at once.
    """
    drawn = without(chart, signs_of(lacking([letters(chart)], fonts)))
    family = family_of(letters(drawn), fonts, language)
    if family is None:
        return None
    data = json.dumps({"drawing": picture(drawn, family), "alt": alt(chart, language)})
    made = typst.compile(
        _TEMPLATES / "chart.typ",
        root=_TEMPLATES,
        font_paths=bundle(fonts),
        format="png",
        ppi=_DENSITY,
        sys_inputs={"data": data},
    )
    # a height that follows the drawing leaves nothing for a second page
    assert isinstance(made, bytes)  # noqa: S101 - as said above
    return made
