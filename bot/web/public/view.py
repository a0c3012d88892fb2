"""How public pages look: their templates, and what these may do; everything is escaped."""

from datetime import date
from functools import partial
from pathlib import Path

from markupsafe import Markup, escape

from bot.conversation.people.safety import DANGER
from bot.gaps import Beside, filled
from bot.languages import own_names
from bot.links import link_spans
from bot.web.public.menu import entries
from bot.web.public.pledges import news
from bot.web.public.pledges.page import theirs
from bot.web.public.reader import WORDS, Reader, Shown
from bot.web.public.shown import instead, is_over
from bot.web.templates import environment

_FOLDER = Path(__file__).parent

# read once at the start, as templates are
STATIC = {file.name: file.read_bytes() for file in (_FOLDER / "static").iterdir()}
"""The files that pages load, by name."""

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
"""Media types of the files in `static/`, by their suffix."""


def html(reader: Reader, page: Shown) -> str:
    """Return the page as HTML."""
    return _PAGES.get_template(page.template).render(
        reader=reader,
        page=page,
        titled=_titled(reader, page),
        ended=_is_archive(reader),
        instead=instead(reader) if _is_archive(reader) else None,
        words=reader.words,
        urls=reader.urls,
        campaign=reader.campaign,
        languages=own_names(reader.services.renderer.tags(WORDS).values()),
        menu=entries(reader),
        news=news.link(reader),
        danger=reader.services.renderer.chat.label(DANGER, reader.language),
        unread=reader.services.renderer.chat.unread(reader.language),
        **page.values,
    )


def _is_archive(reader: Reader) -> bool:
    return reader.campaign is not None and is_over(reader.campaign, reader.today)


def _titled(reader: Reader, page: Shown) -> str:
    """Return the page's title as it goes round by itself: of what was rehearsed it says so."""
    if not reader.playing:
        return page.title
    return filled(str(reader.words["site"]["rehearsal_title"]), title=page.title)


def prose(text: str, *, links: bool = True) -> Markup:
    """Return words as paragraphs: escaped, with line breaks, and links and `commands` where
    they are ours; the original of what nobody has accepted in a part of its own.
    """
    if isinstance(text, Beside):
        own, original = (prose(each, links=links) for each in (text.own, text.original))
        return Markup('{}\n<div lang="en" dir="ltr">\n{}\n</div>').format(own, original)
    paragraphs = [part for part in text.split("\n\n") if part.strip()]
    return Markup("\n").join(
        Markup("<p>{}</p>").format(_lines(part.strip(), links=links)) for part in paragraphs
    )


def _lines(text: str, *, links: bool) -> Markup:
    lines = (_coded(line) if links else escape(line) for line in text.split("\n"))
    return Markup("<br>\n").join(lines)


def _coded(text: str) -> Markup:
    """Return a line with links, and what stands between two backticks as what one types."""
    before, tick, rest = text.partition("`")
    code, end, after = rest.partition("`")
    if not (tick and end and code):
        return _linked(text)
    return Markup("{}<code>{}</code>{}").format(_linked(before), code, _coded(after))


def _linked(text: str) -> Markup:
    pieces, at = list[Markup](), 0
    for start, end in link_spans(text):
        url = text[start:end]
        whole = url if "://" in url else f"https://{url}"
        pieces += [escape(text[at:start]), outside(whole, url)]
        at = end
    return Markup("").join([*pieces, escape(text[at:])])


def outside(url: str, label: str) -> Markup:
    """Return a link to somebody else's page, which learns nothing of ours; a plain label for what
    is no http(s) address.
    """
    if not url.startswith(("https://", "http://")):
        return escape(label)
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(url, label)


def said(words: str, **values: object) -> Markup:
    """Return a sentence of ours with its {places} filled in."""
    return escape(filled(words, **values))


def _day(reader: Reader, day: date, form: str = "long") -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), reader.day(day, form))


_PAGES = environment(_FOLDER / "templates", prose=prose, said=said, outside=outside, theirs=theirs)
_PAGES.globals["day"] = _day
_PAGES.globals["words_without_links"] = partial(prose, links=False)
