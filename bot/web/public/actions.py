"""The page of an action: what is asked, a text to share, and where it can be shared."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from http import HTTPStatus
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException

from bot.gaps import filled
from bot.jobs.campaigns import calendar
from bot.model import Action, Audience, Rendered, Role
from bot.rules import planner
from bot.rules.sharing import addresses, letter
from bot.web.public import joining, menu
from bot.web.public.listed import ASKED, path_of, said, usual
from bot.web.public.pictures import cards
from bot.web.public.reader import Reader, Shown
from bot.web.public.shown import is_over


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter to those who decide, with gaps to fill in, and ways into a mail program."""

    subject: str
    text: str
    language: str
    #: opens it in the reader's own mail program
    mail: str
    #: name, address that opens it there ('' without one), page and day of who can get it
    recipients: list[tuple[str, str, str, date]]


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """A text to share: its words, the tag of its language, and name and address of each app."""

    text: str
    language: str
    apps: list[tuple[str, str]]


def action(reader: Reader) -> Shown:
    """Show an action; raises `HTTPException` 404 for one that the campaign doesn't have.

    What asks nothing of anybody (the opening of a month) has no page.
    """
    asked = reader.of.action(reader.parts["action"])
    if asked is None or not asked.asks:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    day = _day(reader, asked)
    render = partial(_render, reader, asked, day or reader.today)
    title = render(Role.TITLE)
    nudge = render(Role.NUDGE) or render(Role.SHARE)
    words = reader.about(reader.of)
    card = cards.shown(reader, asked)
    return Shown(
        template="action.html",
        title=title.text if title else asked.id,
        description=_first_sentence(nudge.text) if nudge else "",
        trail=(
            (words.title, f"{reader.here()}/"),
            (reader.words["calendar"]["title"], reader.here("calendar")),
        ),
        picture=card.path if card else None,
        alt=card.alt if card else "",
        values={
            "card": card,
            "action": asked,
            "audience": _audience(reader, asked).word,
            "audiences": _audiences(reader, asked),
            "join": joining.address(reader),
            "on": day,
            "named": words.observances.get(asked.observance or ""),
            "asked": nudge,
            "pages": _pages(reader, asked),
            "advice": render(Role.ADVICE) if asked.safeguarding else None,
            "alternative": render(Role.ALTERNATIVE) if asked.safeguarding else None,
            "letter": _letter(reader, asked, day or reader.today),
            "sharings": _sharings(reader, asked, day or reader.today),
            "over": is_over(reader.of, reader.today),
        },
    )


def _pages(reader: Reader, asked: Action) -> list[tuple[str, str]]:
    """Return label and path of our own pages that serve what the action asks for."""
    links = (reader.of.links[name] for name in asked.links if name in reader.of.links)
    listed = {entry.key for entry in menu.shown(reader)}
    pages = dict.fromkeys((link.page, link.topic) for link in links if link.page in listed)
    return [_page(reader, page, topic) for page, topic in pages if page is not None]


def _page(reader: Reader, page: str, topic: str | None) -> tuple[str, str]:
    label = reader.words["menu"][page]
    if topic is None:
        return label, reader.here(page)
    named = reader.about(reader.of).topic(topic)
    told = filled(reader.words["action"]["page_of_topic"], page=label, topic=named)
    return told, f"{reader.here(page)}?{urlencode({'topic': topic})}"


def _day(reader: Reader, asked: Action) -> date | None:
    """Return the action's day in the campaign's year; None for what has none."""
    if asked.when is None:
        return None
    start, end = calendar.window(reader.of, None, reader.today)
    return next((day for day, _ in planner.instances(asked, start, end)), None)


def _render(
    reader: Reader, asked: Action, day: date, role: Role, wording: int = 0
) -> Rendered | None:
    return said(reader, reader.of, asked, role, _audience(reader, asked), day, wording)


def _audience(reader: Reader, asked: Action) -> Audience:
    """Return to whom the page speaks: the audience that the reader comes from."""
    wanted = reader.query.get(ASKED, "")
    return next((each for each in asked.audiences if each.word == wanted), usual(asked))


def _audiences(reader: Reader, asked: Action) -> list[tuple[str, str]]:
    """Return word and path for each audience; none where the page says the same to all."""
    paths = [(each, path_of(reader, asked, each)) for each in Audience if each in asked.audiences]
    if len({path for _, path in paths}) == 1:
        return []
    return [(each.word, path) for each, path in paths]


def _sharings(reader: Reader, asked: Action, day: date) -> list[Sharing]:
    """Return the wordings to share, so that not all post alike."""
    count = reader.services.renderer.wordings(
        reader.of, asked, Role.SHARE, language=reader.speaks, network=calendar.LIST
    )
    page = reader.urls.whole(path_of(reader, asked, _audience(reader, asked)))
    targets = reader.services.library.shared.targets
    texts = (_render(reader, asked, day, Role.SHARE, wording) for wording in range(count))
    return [
        Sharing(
            text=text.text,
            language=text.language,
            apps=list(addresses(targets, text.text, page)),
        )
        for text in texts
        if text is not None
    ]


def _letter(reader: Reader, asked: Action, day: date) -> Letter | None:
    """Return the letter that goes with the action; None where there is none."""
    subject, text = (_render(reader, asked, day, role) for role in (Role.SUBJECT, Role.LETTER))
    if subject is None or text is None:
        return None
    words, names = reader.words["action"], reader.about(reader.of).deciders
    gaps = {gap: words[f"letter_{gap}"] for gap in ("own", "name", "place")}
    body = letter.written(text.text, to="", **gaps)
    return Letter(
        subject=subject.text,
        text=body,
        language=text.language,
        mail=_mail("", subject.text, body),
        recipients=[
            (
                names.get(each.id, each.id),
                _mail(each.email, subject.text, body) if each.email else "",
                each.page,
                each.read,
            )
            for each in reader.of.deciders.values()
        ],
    )


def _mail(address: str, subject: str, body: str) -> str:
    """Return the address that opens a letter in a mail program (RFC 6068: lines end with CRLF)."""
    fields = {"subject": subject, "body": body.replace("\n", "\r\n")}
    return f"mailto:{quote(address, safe='@')}?{urlencode(fields, quote_via=quote)}"


def _first_sentence(text: str) -> str:
    return text.strip().partition("\n")[0]
