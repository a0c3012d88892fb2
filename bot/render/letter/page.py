"""One sheet of HTML for one letter, with every style at its element."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from css_inline import CSSInliner
from jinja2 import DictLoader, Environment, StrictUndefined

from bot.languages import direction
from bot.model.campaign import Colours
from bot.render.letter.blocks import Own, blocks
from bot.rules import colours

_FOLDER = Path(__file__).parent
_FILES = ("letter.html", "letter.css", "screens.css")
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Helvetica, Arial, sans-serif"

# read once at the start: an update of the package must not mix new letters with running code
_SHEETS = Environment(
    loader=DictLoader({name: (_FOLDER / name).read_text("utf-8") for name in _FILES}),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """All that a letter shows."""

    subject: str
    #: BCP 47 tag
    language: str
    #: the campaign's, in the band above
    title: str
    body: Sequence[str]
    #: who writes, why, and how to stop it
    below: Sequence[str]
    own: Own
    colours: Colours


def html(sheet: Sheet) -> str:
    """Return the letter as one HTML document."""
    look = _look(sheet.colours)
    whole = _SHEETS.get_template("letter.html").render(
        subject=sheet.subject,
        language=sheet.language,
        direction=direction(sheet.language),
        title=sheet.title,
        body=list(blocks(sheet.body, sheet.own)),
        below=list(blocks(sheet.below, sheet.own)),
        style=_SHEETS.get_template("letter.css").render(look),
        screens=_SHEETS.get_template("screens.css").render(look),
        **look,
    )
    return _inliner().inline(whole)


@cache
def _inliner() -> CSSInliner:
    # What is for dark and narrow screens is marked to stay where it is: `keep_at_rules` moves it
    # before the charset, which a browser looks for in the first 1,024 bytes. Nothing may be fetched
    # from elsewhere.
    return CSSInliner(load_remote_stylesheets=False)


def _look(look: Colours) -> dict[str, object]:
    return {
        "accent": look.accent,
        "on_accent": colours.ink_on(look.accent),
        "dark": look.dark,
        "on_dark": colours.ink_on(look.dark),
        "paper": colours.WHITE,
        "ink": colours.INK,
        "night": colours.NIGHT,
        "pale": colours.PALE,
        "font": _FONT,
    }
