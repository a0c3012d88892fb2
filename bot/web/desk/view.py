"""How the desk looks: its templates, and the menu of what somebody's roles show them."""

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup, escape

from bot.gaps import filled
from bot.jobs.services import Services
from bot.languages import direction, own_names, said_row, shorter
from bot.web.desk.colleague import FALLBACK, WORDS, Colleague
from bot.web.desk.pages import DeskPage
from bot.web.desk.scoped import held_now
from bot.web.public.reader import Shown, Urls
from bot.web.public.view import outside, prose, said
from bot.web.templates import environment, tightened, turned

_FOLDER = Path(__file__).parent


def coded(text: str) -> Markup:
    """Return words, escaped, in which what stands between backticks is shown as a command."""
    command = Markup("<code>{}</code>")
    return Markup("").join(
        command.format(each) if at % 2 else escape(each) for at, each in enumerate(text.split("`"))
    )


_PAGES = environment(
    _FOLDER / "templates",
    prose=prose,
    said=said,
    outside=outside,
    filled=filled,
    coded=coded,
    zip=zip,
)

# read once at the start, as templates are
STATIC = {file.name: file.read_bytes() for file in (_FOLDER / "static").iterdir()}
"""The files that the desk loads beside those of the public site, by name."""


def html(who: Colleague, page: Shown, pages: Sequence[DeskPage], *, told: str = "") -> str:
    """Return a page as HTML; `told` says what became of the form that led here."""
    words = who.words
    return _PAGES.get_template(page.template).render(
        who=who,
        page=page,
        words=words,
        urls=who.urls,
        menu=[
            (words["menu"][each.menu], who.path(each.path))
            for each in pages
            if each.menu and who.may(each.needs)
        ],
        told=told,
        held_now=held_now(who),
        roles=said_row((words["roles"][role] for role in sorted(who.member.roles)), who.language),
        languages=own_names(who.services.renderer.tags(WORDS).values()),
        playing=who.services.rehearsal,
        **page.values,
    )


def fragment(who: Colleague, template: str, **values: object) -> str:
    """Return a part of a page as HTML, which a script puts into the page: as it stands in one."""
    made = _PAGES.get_template(template).render(who=who, words=who.words, **values)
    if who.direction == "rtl":
        return turned(made)
    return tightened(made) if shorter(who.language)[-1] == "zh" else made


def plain_html(
    services: Services, urls: Urls, template: str, language: str, **values: object
) -> str:
    """Return a page for somebody who is not at a desk: how to come in, or what is wrong."""
    return _PAGES.get_template(template).render(
        words=services.renderer.table(WORDS, language=language, fallback=FALLBACK),
        urls=urls,
        language=language,
        direction=direction(language),
        playing=services.rehearsal,
        **values,
    )
