"""One sheet of HTML for one letter, with every style at its element."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from html import escape
from pathlib import Path

from css_inline import CSSInliner
from jinja2 import DictLoader, Environment, StrictUndefined

from bot.languages import direction
from bot.model.campaign import Colours
from bot.render.letter.blocks import Own, blocks
from bot.rules.colours import INK, NIGHT, PALE, WHITE, ink_on

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
class Draft:
    """What a letter says."""

    subject: str
    #: BCP 47 tag of its texts, after fallback
    language: str
    #: its texts, each of one paragraph or several
    body: tuple[str, ...]
    #: why it comes, and how to stop it
    below: tuple[str, ...] = ()
    #: the links in it to pages of ours
    own: Own

    @property
    def plain(self) -> str:
        """Return the letter without a frame, as a chat room gets it."""
        return "\n\n".join([*self.body, *self.below])


def html(draft: Draft, title: str, colours: Colours) -> str:
    """Return the letter as one HTML document, with the campaign's title in the band above.

    Letters of one text differ in their links alone, so the sheet is made once, with other words in
    their places.
    """
    places = {url: f"https://{_PLACE}/{n:04}" for n, url in enumerate(_own(draft.own))}
    sheet = _sheet(_with(draft, places), title, colours)
    for url, place in places.items():
        sheet = sheet.replace(place, escape(url))
    return sheet


_PLACE = f"{secrets.token_hex(16)}.invalid"
"""Stands for links of ours; nobody can guess it, so it stands in no text for anything else."""

_KEPT = 64
"""Sheets that are kept, some 10,000 bytes each."""


def _own(own: Own) -> list[str]:
    """Return the links to pages of ours, the longest first: one may begin as another does."""
    return sorted({*own.buttons, *own.quiet} - {""}, key=len, reverse=True)


def _with(draft: Draft, places: Mapping[str, str]) -> Draft:
    """Return the letter with these words in the places of its links."""

    def put(text: str) -> str:
        for url, place in places.items():
            text = text.replace(url, place)
        return text

    own = Own(
        buttons=tuple(places.get(url, url) for url in draft.own.buttons),
        quiet=tuple(places.get(url, url) for url in draft.own.quiet),
    )
    body, below = (tuple(map(put, texts)) for texts in (draft.body, draft.below))
    return replace(draft, body=body, below=below, own=own)


@lru_cache(maxsize=_KEPT)
def _sheet(draft: Draft, title: str, colours: Colours) -> str:
    look = _look(colours)
    whole = _SHEETS.get_template("letter.html").render(
        subject=draft.subject,
        language=draft.language,
        direction=direction(draft.language),
        title=title,
        body=list(blocks(draft.body, draft.own)),
        below=list(blocks(draft.below, draft.own)),
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
        "on_accent": ink_on(look.accent),
        "dark": look.dark,
        "on_dark": ink_on(look.dark),
        "paper": WHITE,
        "ink": INK,
        "night": NIGHT,
        "pale": PALE,
        "font": _FONT,
    }
