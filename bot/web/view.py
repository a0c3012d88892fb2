"""How a page looks: one template, words from content/<language>/web.toml, everything escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import DictLoader, Environment, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.jobs.services import Services
from bot.languages import direction, preferred
from bot.model.words import WebWords, web_words_of

_FOLDER = Path(__file__).parent
# read once: an update of the package must not mix its pages with code that runs already
STYLE = (_FOLDER / "style.css").read_bytes()
"""The one style sheet of all pages."""

_PAGES = Environment(
    loader=DictLoader({"page.html": (_FOLDER / "page.html").read_text("utf-8")}),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A button; what it sends stands under `answer`."""

    label: str
    value: str
    #: the one that most people want
    first: bool = False
    #: an input before it: 'url', 'date' or ''
    field: str = ""
    field_label: str = ""
    field_value: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a page says: its title and its texts."""

    title: str
    text: str = ""
    #: what was wrong with what they sent
    problem: str = ""
    choices: Sequence[Choice] = ()
    #: of the campaign, above the title
    over: str = ""


def words(services: Services, language: str) -> WebWords:
    """Return the words of pages in this language, or the nearest there is."""
    return web_words_of(services.renderer.table("web", language=language, fallback="en"))


def wanted_language(request: Request, services: Services) -> str:
    """Return the language that the browser likes best and we have.

    It is for pages that know nobody.
    """
    wanted = request.headers.get("accept-language", "")
    return preferred(wanted, services.renderer.tags("web"), "en")


def show(services: Services, page: Page, language: str, *, status: int = 200) -> Response:
    """Return the page as an HTTP answer."""
    web = services.settings.web
    html = _PAGES.get_template("page.html").render(
        page=page,
        language=language,
        direction=direction(language),
        base=urlsplit(web.public_url).path if web else "",
    )
    return HTMLResponse(html, status_code=status)
