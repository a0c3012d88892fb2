"""How a page looks: one template, words from content/<language>/web.toml, everything escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.conversation.people.safety import DANGER
from bot.jobs.services import Services
from bot.languages import direction, nearest, preferred
from bot.model.words.web import WebWords, web_words_of
from bot.web.public.reader import FALLBACK, WORDS
from bot.web.templates import environment

_FOLDER = Path(__file__).parent
_FALLBACK = "en"

# read once at the start: an update of the package must not mix new pages with running code
STYLE = (_FOLDER / "style.css").read_bytes()
"""The one style sheet of all pages."""

_PAGES = environment(_FOLDER)


@dataclass(frozen=True, kw_only=True)
class Blank:
    """A field that is filled in before a button; left empty, it says nothing."""

    name: str
    label: str
    value: str
    #: kind of the input: 'text', 'email', 'tel'
    kind: str = "text"
    #: what browsers fill in by themselves
    autocomplete: str = "off"
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A button of a page; the form sends its `value` as `answer`, and its input as `field`."""

    label: str
    value: str
    #: whether it is the button that most people want
    first: bool = False
    #: kind of the input before it: 'text', 'area' for several lines, 'date', or '' for none
    field: str = ""
    field_label: str = ""
    field_value: str = ""
    #: an example in the empty field
    field_hint: str = ""
    blanks: Sequence[Blank] = ()
    #: what stands above the blanks
    blanks_label: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a page shows: its title, its texts and its buttons."""

    title: str
    #: paragraphs with empty lines between them
    text: str = ""
    #: what was wrong with what they sent
    problem: str = ""
    choices: Sequence[Choice] = ()
    #: the line above the title: of the campaign, or whose pledge it is
    over: str = ""


def words(services: Services, language: str) -> WebWords:
    """Return the words of pages in this language, or the nearest there is."""
    return web_words_of(services.renderer.table("web", language=language, fallback=_FALLBACK))


def spoken(services: Services, language: str) -> str:
    """Return the tag of the language in which `words` says what pages say in this one."""
    return nearest(language, services.renderer.tags("web").values()) or _FALLBACK


def wanted_language(request: Request, services: Services) -> str:
    """Return the language of ours that the browser likes best; English where it likes none.

    It is for pages that don't know who reads them.
    """
    wanted = request.headers.get("accept-language", "")
    return preferred(wanted, services.renderer.tags("web"), _FALLBACK)


def _of_site(services: Services, language: str) -> str:
    """Return the tag in which the public site speaks to who reads this language."""
    return nearest(language, services.renderer.tags(WORDS).values()) or FALLBACK


def show(services: Services, page: Page, language: str, *, status: int = 200) -> Response:
    """Return the page as an HTTP answer."""
    web = services.settings.web
    html = _PAGES.get_template("page.html").render(
        page=page,
        language=language,
        direction=direction(language),
        base=urlsplit(web.public_url).path.rstrip("/") if web else "",
        danger=services.renderer.chat.label(DANGER, language),
        unread=services.renderer.chat.unread(language),
        site_language=_of_site(services, language),
    )
    return HTMLResponse(html, status_code=status)
