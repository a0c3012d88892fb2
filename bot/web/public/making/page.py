"""The page on which a pledge is made, in steps that work without a script.

::

    age, for whom, how confirmed ── too young ► a word of thanks, and nothing is kept
        ▼
    the form ── what is wrong stands at its field ┐
        ▼  ▲───────────────────────────────────────┘
    looked over: what could be sharper ── [Change it] ► the form
        ▼
    sent: the letter's link submits it (`bot.web.linked.proposal`), or a button in Telegram,
          which the code on the page opens (`bot.conversation.pledges.form.written`)

Nothing is kept before it is sent: what was typed goes with the page, so no step ends with time. A
code stands in the form that is sent, never in an address of ours, and who sends it twice has sent
it once.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus

from markupsafe import Markup

from bot.errors import StoreError
from bot.gaps import filled
from bot.jobs.pledges import proposals
from bot.jobs.texts import documents
from bot.languages import country_name
from bot.model import Audience
from bot.model.makers import Form
from bot.model.pledge import LETTER_DAYS
from bot.pictures import qr
from bot.rules import forms
from bot.web.public.danger import TRAP
from bot.web.public.making import mine
from bot.web.public.making.fields import judged, parts, to_mend
from bot.web.public.making.filled import Filled, read, ready
from bot.web.public.making.offer import Begun, Offer, audiences, begun, offer, opening
from bot.web.public.pledges.naming import plain
from bot.web.public.reader import Elsewhere, Reader, Shown

MOST_BYTES = 250_000
"""Bytes of the form: some 20,000 characters of any script, every byte written as %XX."""

_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


def pledge(reader: Reader) -> Shown:
    """Show how a pledge is made: the first step, or the form for who has taken it."""
    offered, query = offer(reader), reader.query
    if offered is None or not offered.ways:
        return _page(reader, "closed", telegram=offered.telegram if offered else None)
    if query.get("sent"):
        return _page(reader, "sent", days=LETTER_DAYS, contact=_contact(reader))
    if query.get("age") == "no":
        return _page(reader, "young", age=reader.services.settings.chat.age)
    if (start := begun(reader, offered, query)) is None:
        return _first(reader, offered, query)
    return _form(reader, offered.form, start, {}, {})


async def written(reader: Reader, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Take the form: show what is wrong, or all of it to be looked over, or take it as sent."""
    offered = offer(reader)
    if offered is None or not offered.ways:
        return _page(reader, "closed", telegram=offered.telegram if offered else None)
    if (start := begun(reader, offered, sent)) is None:
        return _first(reader, offered, sent)
    form = offered.form.fitting(start.audience)
    if sent.get("do") == "change":
        return _form(reader, offered.form, start, sent, {})
    await ready(reader)
    done = read(reader, form, start, sent)
    if problems := judged(reader, sent, done.problems):
        return _form(reader, offered.form, start, sent, problems)
    if sent.get("do") != "send":
        return _look(reader, form, done, sent)
    return _sent(reader, form, done, sent)


def _sent(reader: Reader, form: Form, done: Filled, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Keep what was sent; show it again with the reason where that can't be."""
    said = reader.words["pledging"]
    try:
        if not (
            reader.may_send() and proposals.has_room(reader.services, done.address, reader.now)
        ):
            status = HTTPStatus.TOO_MANY_REQUESTS
            return _look(reader, form, done, sent, problem=said["too_many"], status=status)
        return _kept(reader, done, sent)
    except StoreError:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return _look(reader, form, done, sent, problem=said["not_kept"], status=status)


def _kept(reader: Reader, done: Filled, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Send the letter, and lead to the page that says so: whoever loads it again sends no other. Or
    show the code that opens it in Telegram.
    """
    if done.address:
        proposals.propose(reader.services, done.proposed(reader), done.address, reader.now)
        return Elsewhere(path=f"{reader.here('pledge')}?sent=yes")
    code = proposals.keep(reader.services, done.proposed(reader), _code(sent), reader.now)
    where = opening(reader, code)
    picture = Markup(qr.svg(where).decode())  # noqa: S704 - drawn by us, without a word in it
    return _page(reader, "telegram", where=where, code=picture, days=LETTER_DAYS)


def _code(sent: Mapping[str, str]) -> str:
    """Return the code that the form carries, or a new one: whoever chooses a code of their own
    opens nothing but what they have written.
    """
    given = sent.get("code", "")
    return given if re.fullmatch(r"[A-Za-z0-9_-]{22}", given) else proposals.new_code()


def _first(reader: Reader, offered: Offer, sent: Mapping[str, str]) -> Shown:
    """Return the first step, with what lacks where somebody has gone on without it."""
    said, label = reader.words["pledging"], reader.services.renderer.chat.label
    began = "age" in sent or "for" in sent
    makers = audiences(reader)
    lacks = {
        "age": sent.get("age") != "yes",
        "for": sent.get("for") not in makers,
        "by": offered.way(sent) is None,
    }
    wrong = said["wrong"]["choice"]
    problems = {name: wrong for name, lacking in lacks.items() if lacking and began}
    asked = {"age": reader.age_asked, "for": said["who"], "by": said["by"]}
    return _page(
        reader,
        "who",
        problems=to_mend(reader, (), problems, **asked),
        wrong=problems,
        age=reader.age_asked,
        chosen=sent,
        makers=[(word, label(word, reader.language)) for word in makers],
        ways=[(way, said[f"by_{way}"]) for way in offered.ways],
        intro=reader.about(reader.of).form("pledge").intro,
        telegram=offered.telegram,
    )


def _form(
    reader: Reader,
    form: Form,
    start: Begun,
    sent: Mapping[str, str],
    problems: Mapping[str, str],
) -> Shown:
    made = parts(reader, form.fitting(start.audience), start, sent, problems)
    fields = (each for part in made for each in part.fields)
    return _page(
        reader,
        "form",
        status=_WRONG if problems else HTTPStatus.OK,
        problems=to_mend(reader, fields, problems, agree=reader.words["pledging"]["agree"]),
        wrong=problems,
        begun=start,
        parts=made,
        sent=sent,
        consent=_consent(reader, start),
        nudges=_nudges(reader, start),
        trap=TRAP,
    )


def _look(
    reader: Reader,
    form: Form,
    done: Filled,
    sent: Mapping[str, str],
    *,
    problem: str = "",
    status: int = HTTPStatus.OK,
) -> Shown:
    """Return the whole form to be looked over, with what could be sharper; it suggests only."""
    words, language = reader.about(reader.of), reader.language
    hints = documents.hints(
        reader.services,
        reader.of,
        done.answers,
        written=language,
        language=language,
        today=reader.today,
    )
    lines = [line for step in forms.sheet(form, done.answers, words) for line in step.lines]
    group = words.group(done.stakeholder) if done.audience is Audience.ORGANIZATION else ""
    country = country_name(done.country, reader.language) if done.country else ""
    maker = (plain(done.organisation), group, country)
    return _page(
        reader,
        "look",
        status=status,
        problem=problem,
        maker=" · ".join(part for part in maker if part),
        lines=[line for line in lines if line.answer and not line.advice],
        accounts=[(handle.name, handle.url) for handle in done.handles],
        address=done.address,
        hints=hints,
        sent=_carried(done, sent),
    )


def _carried(done: Filled, sent: Mapping[str, str]) -> dict[str, str]:
    """Return what goes with the page until it is sent: the fields, and the code where no letter is
    wanted.
    """
    carried = {**sent} if done.address else {**sent, "code": _code(sent)}
    carried.pop("do", None)
    return carried


def _nudges(reader: Reader, start: Begun) -> str:
    """Return the question whether they will be written to; '' where the chat asks it itself."""
    alone = start.audience is Audience.INDIVIDUAL
    asked = reader.words["pledging"]["nudges_alone" if alone else "nudges"]
    return str(asked) if start.by_mail else ""


def _consent(reader: Reader, start: Begun) -> str:
    """Return what is kept and what may be public, as it is agreed to."""
    said = reader.words["pledging"]
    who = "alone" if start.audience is Audience.INDIVIDUAL else "named"
    return filled(
        said[f"consent_{who}" if start.by_mail else f"consent_{who}_telegram"],
        days=reader.number(LETTER_DAYS),
        **reader.answerable,
    )


def _contact(reader: Reader) -> str:
    privacy = reader.services.settings.privacy
    return reader.of.contact or (privacy.contact if privacy else "")


def _page(reader: Reader, step: str, *, status: int = HTTPStatus.OK, **values: object) -> Shown:
    said, wrong = reader.words["pledging"], bool(values.get("problems"))
    title = said.get(f"{step}_title", said["title"])
    heading = filled(said["wrong_title"], title=title) if wrong else title
    return Shown(
        template="pledging.html",
        title=heading,
        status=status,
        # only the first step is a page that somebody looks for
        indexed=step in ("who", "closed"),
        trail=((reader.about(reader.of).title, f"{reader.here()}/"),),
        values={
            "step": step,
            "path": reader.here("pledge"),
            "mine": mine.shows(reader),
            **values,
        },
    )
