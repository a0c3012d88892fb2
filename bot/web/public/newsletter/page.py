"""The page on which somebody without Telegram signs up by e-mail, in steps that work without a
script.

::

    age ── too young ► a word of thanks, and nothing is kept
     ▼
    what, where to, when ── what is wrong stands at its field
     ▼
    sent: the letter's link confirms it (`bot.web.linked.join`)

The last page says the same of each address: whether it is known, has left, or has enough letters,
nobody learns here.
"""

from collections.abc import Mapping
from http import HTTPStatus

from bot.errors import StoreError
from bot.gaps import filled
from bot.jobs.newsletter import signups
from bot.model.pledge import LETTER_DAYS
from bot.web.public.danger import TRAP
from bot.web.public.making import mine
from bot.web.public.making.fields import judged, to_mend
from bot.web.public.newsletter.fields import Filled, fields, read, ready
from bot.web.public.reader import Elsewhere, Reader, Shown

_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


def shows(reader: Reader) -> bool:
    """Return whether people can sign up on the pages of the reader's campaign."""
    if not reader.takes or reader.playing:
        return False
    campaign = signups.taking(reader.services, reader.today)
    here = campaign is not None and campaign.id == reader.of.id
    return here and signups.is_open(reader.services, reader.language)


def newsletter(reader: Reader) -> Shown:
    """Show how to sign up: the question about age, or the form for who has answered it."""
    if not shows(reader):
        return _page(reader, "closed")
    if reader.query.get("sent"):
        return _page(reader, "sent", days=LETTER_DAYS, contact=_contact(reader))
    if reader.query.get("age") == "no":
        return _page(reader, "young", age=reader.services.settings.chat.age)
    if reader.query.get("age") == "yes":
        return _form(reader, {}, {})
    return _first(reader, asked="age" in reader.query)


async def signed_up(reader: Reader, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Take the form: show what is wrong with it, or send the letter."""
    if not shows(reader):
        return _page(reader, "closed")
    if sent.get("age") != "yes":
        return _first(reader, asked=True)
    await ready(reader)
    done = read(reader, sent)
    problems = judged(reader, sent, done.problems)
    return _form(reader, sent, problems) if problems else _sent(reader, done, sent)


def _sent(reader: Reader, done: Filled, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Send the letter and lead to the page that says so; show the form where that can't be."""
    said = reader.words["newsletter"]
    try:
        if not (reader.may_send() and signups.has_room(reader.services, done.address, reader.now)):
            status = HTTPStatus.TOO_MANY_REQUESTS
            return _form(reader, sent, {}, problem=said["too_many"], status=status)
        signups.ask(reader.services, done.wishes, done.address, reader.now)
    except StoreError:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return _form(reader, sent, {}, problem=said["not_sent"], status=status)
    return Elsewhere(path=f"{reader.here('newsletter')}?sent=yes")


def _first(reader: Reader, *, asked: bool) -> Shown:
    """Return the first step; with what lacks, where somebody has gone on without an answer."""
    return _page(reader, "who", **reader.asking_age(missing=asked))


def _form(
    reader: Reader,
    sent: Mapping[str, str],
    problems: Mapping[str, str],
    *,
    problem: str = "",
    status: int | None = None,
) -> Shown:
    made = fields(reader, sent, problems)
    return _page(
        reader,
        "form",
        status=status or (_WRONG if problems else HTTPStatus.OK),
        problems=to_mend(reader, made, problems),
        problem=problem,
        fields=made,
        sent=sent,
        wrong=problems,
        consent=_consent(reader),
        trap=TRAP,
    )


def _consent(reader: Reader) -> str:
    """Return what is kept and why, as it is agreed to by sending the form and using the link."""
    return filled(
        reader.words["newsletter"]["consent"],
        days=reader.number(LETTER_DAYS),
        **reader.answerable,
    )


def _contact(reader: Reader) -> str:
    privacy = reader.services.settings.privacy
    return reader.of.contact or (privacy.contact if privacy else "")


def _page(reader: Reader, step: str, *, status: int = HTTPStatus.OK, **values: object) -> Shown:
    said, wrong = reader.words["newsletter"], bool(values.get("problems"))
    title = said.get(f"{step}_title", said["title"])
    heading = filled(reader.words["pledging"]["wrong_title"], title=title) if wrong else title
    return Shown(
        template="newsletter.html",
        title=heading,
        description=said["about"],
        status=status,
        # only the first step is a page that somebody looks for
        indexed=step in ("who", "closed"),
        trail=((reader.about(reader.of).title, f"{reader.here()}/"),),
        values={
            "step": step,
            "path": reader.here("newsletter"),
            "mine": mine.shows(reader),
            **values,
        },
    )
